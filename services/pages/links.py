"""Sign-in links: handed out as cards with a QR code, listed, withdrawn."""

import re
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Annotated, Final, Literal, NamedTuple

import segno
from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from infra.auth import Link, Scope
from services.access import ISSUABLE_ROLES, CompoundInView, Exports, IssuesLinks, NotAllowed, Person, entrance_of
from services.csv_out import csv_answer
from services.pages.language import N_, language_of, say
from services.pages.layout import render
from services.pages.lists import header
from services.pages.words import Look, role_name

router = APIRouter(include_in_schema=False)

SEE_OTHER: Final = 303
IssuableRole = Literal["staff", "auditor", "gate", "disinfection", "sorter", "runner", "captain", "leader", "viewer"]


HEADER: Final = (
    N_("Who"), N_("Role"), N_("Station"), N_("Buildings"), N_("Group buys"), N_("Made"), N_("Made by"), N_("Valid until"),
    N_("Signed in"), N_("Withdrawn"), N_("State"),
)  # fmt: skip
WITHDRAWN: Final = Look(N_("withdrawn"), "stop", "bad")
SIGNED_IN: Final = Look(N_("signed in"), "check", "good")
SIGNED_OUT: Final = Look(N_("signed out"), "exit", "quiet")
OVER: Final = Look(N_("over"), "rest", "quiet")
NOT_USED: Final = Look(N_("not used yet"), "key", "moving")


class Card(NamedTuple):
    """A sign-in link as it is handed out, on the screen or on paper."""

    role: str
    actor: str
    station: str | None
    url: str
    qr: str


@router.get("/links")
async def links(request: Request, person: IssuesLinks) -> Response:
    return _links_page(request, person, cards=[])


@router.get("/links.csv")
async def links_csv(request: Request, person: IssuesLinks, _exports: Exports, compound: CompoundInView) -> Response:
    language = language_of(request)
    lines = (
        (
            link.actor,
            role_name(language, link.role),
            link.station or "",
            " ".join(sorted(link.scope.buildings or ())),
            " ".join(sorted(link.scope.group_buys or ())),
            link.created,
            link.made_by or "",
            link.expires,
            link.used_at,
            link.revoked_at,
            say(language, state.text),
        )
        for link, state in _listed(request, person)
    )
    return csv_answer("links", compound, header(language, HEADER), lines)


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
            made_by=person.actor,
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
    address = _address(request)
    return render(
        request,
        "links.html",
        cards=cards,
        links=_listed(request, person),
        roles=ISSUABLE_ROLES,
        address=address,
        only_this_machine=_is_this_machine(address),
    )


def _listed(request: Request, person: Person) -> list[tuple[Link, Look]]:
    access = entrance_of(request).access
    opened = {session.link for session in access.sessions(person.compound)}
    at = access.now()
    return [(link, _state(link, at, is_open=link.id in opened)) for link in _links_seen_by(request, person)]


def _state(link: Link, at: datetime, *, is_open: bool) -> Look:
    if link.revoked_at:
        return WITHDRAWN
    if is_open:
        return SIGNED_IN
    if link.used_at and not link.reusable:
        return SIGNED_OUT
    return OVER if link.expires < at else NOT_USED


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
