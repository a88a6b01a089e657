"""Coming in and going out: redeeming a link on a tap, handing out links, signing out."""

import re
from datetime import timedelta
from ipaddress import ip_address
from typing import Annotated, Final, Literal, NamedTuple

import segno
import structlog
from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from infra.auth import Link, Scope
from services.access import (
    ISSUABLE_ROLES,
    Anyone,
    IssuesLinks,
    NotAllowed,
    Person,
    SignInNeeded,
    address_of,
    entrance_of,
    session_token,
    spend,
)
from services.cookies import leave, set_session
from services.csrf import form_token
from services.own_paths import own_path
from services.pages.layout import home_of, render

router = APIRouter(include_in_schema=False)
log = structlog.get_logger(__name__)

SEE_OTHER: Final = 303
EMPTY: Final = "empty"
IssuableRole = Literal["staff", "auditor", "gate", "disinfection", "sorter", "runner", "captain", "leader", "viewer"]


class Card(NamedTuple):
    """A sign-in link as it is handed out, on the screen or on paper."""

    role: str
    actor: str
    station: str | None
    url: str
    qr: str


@router.get("/")
async def start(request: Request, person: Anyone) -> Response:
    if person is None and not entrance_of(request).public_board:
        raise SignInNeeded
    return RedirectResponse(home_of(person) if person else "/board", SEE_OTHER)


@router.get("/j")
async def join(request: Request, _person: Anyone, wanted: Annotated[str, Query(alias="next")] = "") -> Response:
    """Where a badge leads. The code is behind the #, which no server and no preview robot gets to see."""
    in_wechat = "micromessenger" in request.headers.get("user-agent", "").lower()
    return render(request, "join.html", failed=False, in_wechat=in_wechat, wanted=own_path(wanted))


@router.post("/j")
async def redeem(
    request: Request,
    _person: Anyone,
    token: Annotated[str, Form(max_length=200)],
    wanted: Annotated[str, Form(alias="next")] = "",
) -> Response:
    """Opens a session of its own making, never one that the browser brought, and ends the one before."""
    spend(request, "redeem", key=address_of(request))
    access = entrance_of(request).access
    opened = access.redeem(token.strip().rpartition("#")[2])
    session = access.session(opened) if opened else None
    if opened is None or session is None:
        log.warning("sign_in_refused", by="link")
        return render(request, "join.html", status_code=403, failed=True, in_wechat=False, wanted=own_path(wanted))
    before = session_token(request)
    if before:
        access.sign_out(before)
    response = RedirectResponse(own_path(wanted) or "/", SEE_OTHER)
    set_session(request, response, opened, session.expires)
    return response


@router.post("/signout")
async def sign_out(request: Request, _person: Anyone, queue: Annotated[str, Form(max_length=10)] = "") -> Response:
    """The field ``queue`` comes from the page that keeps the scans which are not sent yet."""
    token = session_token(request)
    if token:
        entrance_of(request).access.sign_out(token)
    response = RedirectResponse("/j", SEE_OTHER)
    leave(request, response, queue_is_empty=queue == EMPTY)
    return response


@router.get("/form-token")
async def new_form_token(request: Request, _person: Anyone) -> JSONResponse:
    """For a page that stayed open while somebody signed in again in another tab; other sites cannot read it."""
    return JSONResponse({"token": form_token(request)})


@router.get("/links")
async def links(request: Request, person: IssuesLinks) -> Response:
    return _links_page(request, person, cards=[])


async def scope_said(
    buildings: Annotated[str, Form(max_length=200)] = "", group_buys: Annotated[str, Form(max_length=400)] = ""
) -> Scope:
    """What a captain's or leader's link is limited to; nothing written is no limit."""
    named = [
        re.split(r"[\s,，、;；]+", text.strip(" ,，、;；\n\r\t")) if text.strip() else None
        for text in (buildings, group_buys)
    ]
    return Scope.of(buildings=named[0], group_buys=named[1])


@router.post("/links")
async def issue(
    request: Request,
    person: IssuesLinks,
    role: Annotated[IssuableRole, Form()],
    scope: Annotated[Scope, Depends(scope_said)],
    station: Annotated[str, Form(pattern=r"^([A-Za-z0-9][A-Za-z0-9_.:-]{0,31})?$")] = "",
    how_many: Annotated[int, Form(ge=1, le=40)] = 1,
    hours: Annotated[int, Form(ge=1, le=720)] = 16,
) -> Response:
    """Shows the new links once: only their digests are kept."""
    entrance = entrance_of(request)
    compound = _compound_for(request, person)
    address = _address(request)
    cards = []
    for _ in range(how_many):
        token = entrance.access.issue_link(
            role,
            compound=compound,
            station=station or None,
            scope=scope,
            valid_for=timedelta(hours=max(hours, 24)),
            session_for=timedelta(hours=hours),
        )
        made = entrance.access.links(compound)[0]
        url = f"{address}/j#{token}"
        code = segno.make(url, error="m", micro=False)
        qr = code.svg_inline(border=2, omitsize=True, svgclass="qr", lineclass=None)
        cards.append(Card(made.role, made.actor, made.station, url, qr))
    return _links_page(request, person, cards=cards)


@router.post("/links/revoke")
async def revoke(request: Request, person: IssuesLinks, link: Annotated[str, Form(max_length=64)]) -> Response:
    if link not in {known.id for known in _links_seen_by(request, person)}:
        raise NotAllowed("issue-links")
    entrance_of(request).access.revoke_link(link)
    return RedirectResponse("/links", SEE_OTHER)


def _links_page(request: Request, person: Person, *, cards: list[Card]) -> Response:
    access = entrance_of(request).access
    opened_by = [session.link for session in access.sessions(person.compound)]
    shown = [
        (link, opened_by.count(link.id), link.expires.timestamp() < access.now().timestamp())
        for link in _links_seen_by(request, person)
    ]
    address = _address(request)
    return render(
        request,
        "links.html",
        cards=cards,
        links=shown,
        roles=ISSUABLE_ROLES,
        address=address,
        only_this_machine=_is_this_machine(address),
    )


def _links_seen_by(request: Request, person: Person) -> list[Link]:
    """Those of the person's compound; administrators' links are for administrators only."""
    links = entrance_of(request).access.links(person.compound)
    return [link for link in links if link.role != "admin" or person.role == "admin"]


def _compound_for(request: Request, person: Person) -> str | None:
    """Who belongs to no compound hands out links for the only one there is."""
    compounds = entrance_of(request).compounds()
    return person.compound or (compounds[0] if len(compounds) == 1 else None)


def _address(request: Request) -> str:
    return (entrance_of(request).public_address or str(request.base_url)).rstrip("/")


def _is_this_machine(address: str) -> bool:
    host = address.partition("://")[2].rpartition(":")[0] or address.partition("://")[2]
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
