"""Signing in with a password, choosing a role, setting and changing the password."""

import asyncio
from typing import Annotated, Final
from urllib.parse import urlsplit

import structlog
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from domain.base import Refused
from infra.auth import Grant, PasswordRefused, Session
from services.access import (
    Anyone,
    CompoundInView,
    FoundsCompound,
    SeesOwnSessions,
    SignInNeeded,
    address_of,
    entrance_of,
    give_back,
    spend,
)
from services.api.house import InHouse
from services.crew.coming_in import become_member
from services.limits import Kind
from services.openid import OpenIdProvider
from services.own_paths import own_path
from services.pages.known_devices import known_device, remember_device
from services.pages.language import LANGUAGES, N_, language_of, say
from services.pages.layout import render
from services.pages.on_this_phone import acting, come_in, turn_into
from services.pages.own_password import BY_PERSON, may_have_a_password
from services.pages.words import role_name
from services.roles import ROLES

router = APIRouter(include_in_schema=False)
log = structlog.get_logger(__name__)

SEE_OTHER: Final = 303
OPENS_ROLES: Final = frozenset({"password", "oidc"})
"""Ways of coming in that show the roles one holds; a badge or an invitation opens its own role only."""
Secret = Annotated[str, Form(max_length=1000)]
WHY_NOT: Final = {
    "too-short": N_("Take at least 10 characters; a few words in a row are easy to remember."),
    "too-long": N_("Take at most 200 characters."),
    "like-the-login": N_("The password must not hold the login or the member number."),
    "too-common": N_("This is one of the passwords that are tried first. A few words in a row are better."),
    "login-not-opaque": N_("A login is 2 to 32 small letters and digits, such as desk-2; no phone number."),
    "login-taken": N_("Somebody else has this login."),
    "old-wrong": N_("The old password is not right."),
    "not-the-same": N_("The two new passwords differ."),
}


@router.get("/signin")
async def signin(request: Request, _person: Anyone, wanted: Annotated[str, Query(alias="next")] = "") -> Response:
    return signin_page(request, wanted)


@router.post("/signin")
async def check(
    request: Request,
    _person: Anyone,
    login: Annotated[str, Form(max_length=64)],
    password: Secret,
    wanted: Annotated[str, Form(alias="next")] = "",
) -> Response:
    """One answer for an unknown login, a wrong password and somebody without a role."""
    named = login.strip().casefold()
    counted = counted_as(request, named)
    for kind, key in counted:
        spend(request, kind, key=key)
    access = entrance_of(request).access
    member = await asyncio.to_thread(access.check_password, named, password)
    held = access.roles_of(member) if member else []
    token = access.open_session(held[0], how="password") if held else None
    if token is None:
        log.warning("sign_in_refused", by="password")
        return signin_page(request, wanted, failed=True, login=named, status_code=403)
    for kind, key in counted:
        give_back(request, kind, key=key)
    path = own_path(wanted)
    response = RedirectResponse("/role" if len(held) > 1 else path or "/", SEE_OTHER)
    come_in(request, response, token)
    remember_device(request, response, named)
    return response


def counted_as(request: Request, login: str) -> list[tuple[Kind, str]]:
    """What a wrong password counts against, the narrowest first: see docs/decisions/15."""
    device, address = known_device(request, login), address_of(request)
    if device is not None:
        return [("password-login", f"device {device}")]
    return [("password-login", f"{address} {login}"), ("password-address", address), ("password-everywhere", login)]


def signin_page(
    request: Request, wanted: str, *, failed: bool = False, login: str = "", status_code: int = 200
) -> Response:
    return render(
        request,
        "signin.html",
        status_code=status_code,
        wanted=own_path(wanted),
        failed=failed,
        login=login,
        by_openid=getattr(request.app.state, "openid", None) is not None,
    )


@router.get("/role")
async def roles(request: Request, person: SeesOwnSessions) -> Response:
    """Whoever holds several roles chooses as which of them to act."""
    entrance = entrance_of(request)
    held = [(grant, entrance.name_of(grant.compound) if grant.compound else "") for grant in roles_open_to(request)]
    return render(request, "role.html", held=held, acts=(person.role, person.compound or ""))


@router.post("/role")
async def choose_role(
    request: Request, _person: SeesOwnSessions, role: Annotated[str, Form(max_length=120)]
) -> Response:
    """``role``: the role and, behind a blank, the compound."""
    grant = next((each for each in roles_open_to(request) if f"{each.role} {each.compound}" == role), None)
    before = acting(request)
    if grant is None or before is None:
        raise Refused("own-role", "You do not hold this role, or you have to sign in with your password for it.")
    token = entrance_of(request).access.open_session(grant, how=before.session.how)
    if token is None:
        raise SignInNeeded
    response = RedirectResponse("/", SEE_OTHER)
    turn_into(request, response, token)
    return response


def roles_open_to(request: Request) -> list[Grant]:
    here = acting(request)
    if here is None or here.session.how not in OPENS_ROLES:
        return []
    return entrance_of(request).access.roles_of(here.session.actor)


@router.get("/password")
async def own_password(
    request: Request,
    _person: SeesOwnSessions,
    first: Annotated[str, Query(max_length=1)] = "",
    saved: Annotated[str, Query(max_length=1)] = "",
    linked: Annotated[str, Query(max_length=1)] = "",
    unlinked: Annotated[str, Query(max_length=1)] = "",
) -> Response:
    return password_page(request, first=bool(first), saved=bool(saved), linked=bool(linked), unlinked=bool(unlinked))


@router.post("/password")
async def save_password(
    request: Request,
    _person: SeesOwnSessions,
    new: Secret,
    again: Secret,
    old: Secret = "",
    login: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    session = session_of(request)
    if not may_have_a_password(session):
        raise Refused("password-own", "A password is for registered members who came by an invitation.")
    spend(request, "password-login", key=session.actor)
    access = entrance_of(request).access
    if new != again:
        return password_page(request, mistake="not-the-same", login=login)
    words = words_known_to_all(request)
    try:
        if access.has_password(session.actor):
            if not await asyncio.to_thread(access.change_password, session.actor, old, new, words=words):
                return password_page(request, mistake="old-wrong")
        else:
            named = login.strip().casefold() or None
            await asyncio.to_thread(access.set_password, session.actor, new, login=named, words=words)
    except PasswordRefused as refused:
        return password_page(request, mistake=refused.reason, login=login)
    give_back(request, "password-login", key=session.actor)
    response = RedirectResponse("/password?saved=1", SEE_OTHER)
    for signs_in_as in {session.actor, login.strip().casefold()} - {""}:
        remember_device(request, response, signs_in_as)
    return response


@router.post("/password/member")
async def register_oneself(
    request: Request, person: FoundsCompound, compound: CompoundInView, house: InHouse
) -> Response:
    """The administrator of the first start becomes a member, who may have a password."""
    session = session_of(request)
    if session.how not in BY_PERSON or may_have_a_password(session):
        raise Refused("member-already", "You are a member already.")
    number = await become_member(house, person.actor, compound)
    house.access.give_role(number, "admin", session.compound or "")
    (grant,) = house.access.roles_of(number)
    token = house.access.open_session(grant, how="link")
    response = RedirectResponse("/password?first=1", SEE_OTHER)
    if token:
        turn_into(request, response, token)
    return response


def words_known_to_all(request: Request) -> list[str]:
    """The first that somebody tries who guesses: what the compounds are called, and the roles."""
    entrance = entrance_of(request)
    ids = entrance.compounds()
    parts = [part for each in ids for part in each.split("-")]
    roles = [role_name(language, role) for language in LANGUAGES for role in ROLES]
    return [*ids, *parts, *(entrance.name_of(each) for each in ids), *ROLES, *roles]


def session_of(request: Request) -> Session:
    here = acting(request)
    if here is None:  # a program, which has a key
        raise HTTPException(404)
    return here.session


def password_page(
    request: Request,
    *,
    first: bool = False,
    saved: bool = False,
    linked: bool = False,
    unlinked: bool = False,
    mistake: str = "",
    login: str = "",
) -> Response:
    here = acting(request)
    session = here.session if here else None
    member = session is not None and may_have_a_password(session)
    access = entrance_of(request).access
    openid: OpenIdProvider | None = getattr(request.app.state, "openid", None)
    return render(
        request,
        "password.html",
        status_code=409 if mistake else 200,
        member=member,
        may_register=session is not None and not member and session.role == "admin" and session.how in BY_PERSON,
        has_one=bool(session and member and access.has_password(session.actor)),
        first=first,
        saved=saved,
        linked=linked,
        unlinked=unlinked,
        linked_since=access.linked_since(openid.issuer, session.actor) if openid and session else None,
        accounts_at=urlsplit(openid.issuer).hostname if openid else "",
        login=login,
        mistake=say(language_of(request), WHY_NOT[mistake]) if mistake else "",
    )
