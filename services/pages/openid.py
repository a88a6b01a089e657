"""Signing in by an OpenID provider, and linking one's account there to oneself."""

import hmac
from collections.abc import Callable
from typing import Annotated, Final

import structlog
from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from services.access import Anyone, Entrance, Person, SeesOwnSessions, address_of, entrance_of, spend
from services.openid import NotSignedIn, OpenIdProvider, Started, started_from
from services.pages.layout import render
from services.pages.on_this_phone import come_in

router = APIRouter(include_in_schema=False)
log = structlog.get_logger(__name__)

SEE_OTHER: Final = 303
WAITS: Final = 600
"""Seconds that a person may take at the provider."""
Text = Annotated[str, Query(max_length=4000)]


@router.get("/oidc/start")
def start(request: Request, _person: Anyone) -> Response:
    """Leads to the provider. Nothing changes here; a cookie of this browser knows what it asked."""
    return on_the_way(request, RedirectResponse, "")


@router.post("/oidc/link")
def link(request: Request, person: SeesOwnSessions) -> Response:
    """Who came by an invitation links the account, so that from now on it signs them in."""
    if person.session is None:
        raise HTTPException(404)
    return on_the_way(request, lambda url: render(request, "openid.html", url=url, failed=False), person.session)


@router.get("/oidc/back")
def back(request: Request, person: Anyone, state: Text = "", code: Text = "") -> Response:
    provider, started = provider_in(request), started_from(request.cookies.get(cookie_name(request)))
    spend(request, "oidc", key=address_of(request))
    if started is None or not code or not hmac.compare_digest(state.encode(), started.state.encode()):
        return refused(request, "state")
    try:
        subject = provider.subject(started, code, way_back(request))
    except NotSignedIn as error:
        return refused(request, str(error))
    if started.purpose:
        return linked(request, started, provider.issuer, subject, person)
    return signed_in(request, provider.issuer, subject)


def linked(request: Request, started: Started, issuer: str, subject: str, person: Person | None) -> Response:
    """Only to the member whose session asked for it."""
    if person is None or person.session != started.purpose:
        return refused(request, "session")
    if not entrance_of(request).access.link_subject(issuer, subject, person.actor):
        return refused(request, "taken")
    return over(request, RedirectResponse("/", SEE_OTHER))


def signed_in(request: Request, issuer: str, subject: str) -> Response:
    access = entrance_of(request).access
    member = access.member_of_subject(issuer, subject)
    held = access.roles_of(member) if member else []
    token = access.open_session(held[0], how="oidc") if held else None
    if token is None:
        return refused(request, "unknown")
    response = over(request, RedirectResponse("/role" if len(held) > 1 else "/", SEE_OTHER))
    come_in(request, response, token)
    return response


def on_the_way(request: Request, answer: Callable[[str], Response], purpose: str) -> Response:
    provider = provider_in(request)
    spend(request, "oidc", key=address_of(request))
    try:
        started = provider.start(way_back(request), purpose)
    except NotSignedIn as error:
        return refused(request, str(error))
    response = answer(started.url)
    response.set_cookie(
        cookie_name(request), started.kept(), max_age=WAITS, httponly=True, samesite="lax", secure=is_https(request)
    )
    return response


def refused(request: Request, reason: str) -> Response:
    log.warning("sign_in_refused", by="oidc", reason=reason)
    return over(request, render(request, "openid.html", status_code=403, url="", failed=True))


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
