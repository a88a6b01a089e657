"""Signing in by an OpenID provider, and linking one's account there to oneself."""

import hmac
from collections.abc import Callable, Mapping
from typing import Annotated, Final

import structlog
from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from domain.base import Refused
from services.access import Anyone, Entrance, Person, SeesOwnSessions, address_of, entrance_of, spend
from services.openid import NotSignedIn, OpenIdProvider, ProviderSilent, Started, started_from
from services.own_paths import own_path
from services.pages.language import N_, language_of, say
from services.pages.layout import render
from services.pages.on_this_phone import acting, come_in
from services.pages.own_password import may_have_a_password

router = APIRouter(include_in_schema=False)
log = structlog.get_logger(__name__)

SEE_OTHER: Final = 303
WAITS: Final = 600
"""Seconds that a person may take at the provider."""
FORBIDDEN: Final = 403
BAD_GATEWAY: Final = 502
Text = Annotated[str, Query(max_length=4000)]
FAILED: Final[Mapping[str, tuple[str, str]]] = {
    "silent": (N_("The sign-in service did not answer."), N_("Try again in a while, or use your password.")),
    "untrue": (
        N_("The sign-in service gave an answer that cannot be trusted."),
        N_("Try again, or use your password. If it stays so, tell whoever runs this server."),
    ),
    "unfinished": (
        N_("This sign-in was not finished."),
        N_("Nothing has changed. Start again; it has to be finished in the same browser within ten minutes."),
    ),
    "unknown": (
        N_("This account does not open anything here."),
        N_("Open the invitation that the committee staff sent you first, and link the account there."),
    ),
    "taken": (
        N_("This account belongs to another member here."),
        N_("Choose another account at the sign-in service, or ask the committee staff."),
    ),
}
"""What is said by what went wrong."""


@router.get("/oidc/start")
def start(request: Request, _person: Anyone, wanted: Annotated[str, Query(alias="next")] = "") -> Response:
    """Leads to the provider. Nothing changes here; a cookie of this browser knows what it asked."""
    return on_the_way(request, RedirectResponse, wanted=own_path(wanted) or "")


@router.post("/oidc/link")
def link(request: Request, person: SeesOwnSessions) -> Response:
    """Who came by an invitation links the account, so that from now on it signs them in."""
    here = acting(request)
    if here is None or person.session is None:
        raise HTTPException(404)
    if not may_have_a_password(here.session):
        raise Refused("account-own", "An account is linked by registered members who came by an invitation.")
    return on_the_way(request, lambda url: render(request, "openid.html", url=url), person.session)


@router.post("/oidc/unlink")
def unlink(request: Request, person: SeesOwnSessions) -> Response:
    """The account opens nothing here any more; who has no other way in sets a password first."""
    provider, access = provider_in(request), entrance_of(request).access
    if not access.has_password(person.actor):
        raise Refused("password-first", "Set a password first: without the account nothing else would let you in.")
    access.unlink_subjects(provider.issuer, person.actor)
    return RedirectResponse("/password?unlinked=1", SEE_OTHER)


@router.get("/oidc/back")
def back(request: Request, person: Anyone, state: Text = "", code: Text = "", error: Text = "") -> Response:
    provider, started = provider_in(request), started_from(request.cookies.get(cookie_name(request)))
    spend(request, "oidc", key=address_of(request))
    if started is None or not code or not hmac.compare_digest(state.encode(), started.state.encode()):
        return refused(request, "unfinished", "state")
    if error:
        return refused(request, "unfinished", "denied", started.wanted)
    try:
        subject = provider.subject(started, code, way_back(request))
    except NotSignedIn as failed:
        return not_believed(request, failed, started.wanted)
    if started.purpose:
        return linked(request, started, provider.issuer, subject, person)
    return signed_in(request, provider.issuer, subject, started.wanted)


def linked(request: Request, started: Started, issuer: str, subject: str, person: Person | None) -> Response:
    """Only to the member whose session asked for it."""
    if person is None or person.session != started.purpose:
        return refused(request, "unfinished", "session")
    if not entrance_of(request).access.link_subject(issuer, subject, person.actor):
        return refused(request, "taken", "taken")
    return over(request, RedirectResponse("/password?linked=1", SEE_OTHER))


def signed_in(request: Request, issuer: str, subject: str, wanted: str) -> Response:
    access = entrance_of(request).access
    member = access.member_of_subject(issuer, subject)
    held = access.roles_of(member) if member else []
    token = access.open_session(held[0], how="oidc") if held else None
    if token is None:
        return refused(request, "unknown", "unknown", wanted)
    path = own_path(wanted) or "/"
    response = over(request, RedirectResponse("/role" if len(held) > 1 else path, SEE_OTHER))
    come_in(request, response, token)
    return response


def on_the_way(request: Request, answer: Callable[[str], Response], purpose: str = "", *, wanted: str = "") -> Response:
    provider = provider_in(request)
    spend(request, "oidc", key=address_of(request))
    try:
        started = provider.start(way_back(request), purpose)._replace(wanted=wanted)
    except NotSignedIn as failed:
        return not_believed(request, failed, wanted)
    response = answer(started.url)
    response.set_cookie(
        cookie_name(request), started.kept(), max_age=WAITS, httponly=True, samesite="lax", secure=is_https(request)
    )
    return response


def not_believed(request: Request, failed: NotSignedIn, wanted: str) -> Response:
    silent = isinstance(failed, ProviderSilent)
    return refused(request, "silent" if silent else "untrue", str(failed), wanted)


def refused(request: Request, failed: str, reason: str, wanted: str = "") -> Response:
    """The log learns why in a word, the person what to do."""
    log.warning("sign_in_refused", by="oidc", reason=reason)
    heading, text = (say(language_of(request), said) for said in FAILED[failed])
    status = BAD_GATEWAY if failed == "silent" else FORBIDDEN
    page = render(
        request, "openid.html", status_code=status, url="", heading=heading, text=text, wanted=own_path(wanted)
    )
    return over(request, page)


def over(request: Request, response: Response) -> Response:
    response.delete_cookie(cookie_name(request), httponly=True, samesite="lax", secure=is_https(request))
    return response


def provider_in(request: Request) -> OpenIdProvider:
    provider: OpenIdProvider | None = getattr(request.app.state, "openid", None)
    if provider is None:
        raise HTTPException(404)
    return provider


def way_back(request: Request) -> str:
    entrance: Entrance = entrance_of(request)
    return f"{(entrance.public_address or str(request.base_url)).rstrip('/')}/oidc/back"


def cookie_name(request: Request) -> str:
    return "__Host-baogong-oidc" if is_https(request) else "baogong-oidc"


def is_https(request: Request) -> bool:
    return bool(request.scope["scheme"] == "https")
