"""Sign-in links: handed out as cards with a QR code, listed, withdrawn."""

from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Annotated, Final, Literal, NamedTuple

import segno
from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from domain.base import Refused
from infra.auth import Link
from services.access import ISSUABLE_ROLES, CompoundInView, Exports, IssuesLinks, NotAllowed, Person, entrance_of
from services.api.house import InHouse
from services.crew.administrators import opens_as_admin
from services.csv_out import csv_answer
from services.pages.language import N_, language_of, say
from services.pages.layout import render
from services.pages.limits_said import There, limits_said, must_be_limited
from services.pages.lists import header
from services.pages.words import Look, role_name
from services.wiring import House

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
def links(request: Request, person: IssuesLinks, house: InHouse) -> Response:
    return _links_page(request, person, house, cards=[])


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


class Said(NamedTuple):
    """The form as it was filled in."""

    role: str = ""
    station: str = ""
    buildings: str = ""
    group_buys: str = ""
    how_many: int = 1
    hours: int = 16


async def said_in(
    *,
    role: Annotated[IssuableRole, Form()],
    station: Annotated[str, Form(pattern=r"^([A-Za-z0-9][A-Za-z0-9_.:-]{0,31})?$")] = "",
    buildings: Annotated[str, Form(max_length=200)] = "",
    group_buys: Annotated[str, Form(max_length=400)] = "",
    how_many: Annotated[int, Form(ge=1, le=40)] = 1,
    hours: Annotated[int, Form(ge=1, le=720)] = 16,
) -> Said:
    return Said(role, station, buildings, group_buys, how_many, hours)


@router.post("/links")
def issue(
    request: Request,
    person: IssuesLinks,
    compound: CompoundInView,
    house: InHouse,
    said: Annotated[Said, Depends(said_in)],
) -> Response:
    """Shows the new links once: only their digests are kept."""
    entrance, language = entrance_of(request), language_of(request)
    with house.read.reading() as rows:
        there = There.read(rows, compound)
    try:
        scope = limits_said(
            there, language, buildings=[said.buildings], group_buys=[said.group_buys], station=said.station
        )
        must_be_limited(there, language, said.role, scope)
    except Refused as refusal:
        return _links_page(request, person, house, cards=[], said=said, refusal=refusal.text)
    address = _address(request)
    cards = []
    for _ in range(said.how_many):
        token = entrance.access.issue_link(
            said.role,
            compound=compound,
            station=said.station or None,
            scope=scope,
            valid_for=timedelta(hours=max(said.hours, 24)),
            session_for=timedelta(hours=said.hours),
            made_by=person.actor,
        )
        made = entrance.access.links(compound)[0]
        url = f"{address}/j#{token}"
        code = segno.make(url, error="m", micro=False)
        qr = code.svg_inline(border=2, omitsize=True, svgclass="qr", lineclass=None)
        cards.append(Card(made.role, made.actor, made.station, url, qr))
    return _links_page(request, person, house, cards=cards)


@router.post("/links/revoke")
async def revoke(request: Request, person: IssuesLinks, link: Annotated[str, Form(max_length=64)]) -> Response:
    if link not in {known.id for known in _links_seen_by(request, person)}:
        raise NotAllowed("issue-links")
    entrance_of(request).access.revoke_link(link)
    return RedirectResponse("/links", SEE_OTHER)


def _links_page(
    request: Request,
    person: Person,
    house: House,
    *,
    cards: list[Card],
    said: Said = Said(),  # noqa: B008 — a tuple, never changed
    refusal: str = "",
) -> Response:
    address, compound = _address(request), _compound_of(request, person)
    with house.read.reading() as rows:
        there = There.read(rows, compound) if compound else None
    return render(
        request,
        "links.html",
        status_code=409 if refusal else 200,
        cards=cards,
        links=_listed(request, person),
        roles=ISSUABLE_ROLES,
        said=said,
        there=there,
        refusal=refusal,
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
    access = entrance_of(request).access
    links = access.links(person.compound)
    if person.role == "admin":
        return links
    administrators = {actor for actor in {link.actor for link in links} if opens_as_admin(access, actor)}
    return [link for link in links if link.role != "admin" and link.actor not in administrators]


def _compound_of(request: Request, person: Person) -> str | None:
    """None where there are several to choose from."""
    compounds, asked = entrance_of(request).compounds(), request.query_params.get("compound")
    return person.compound or (asked if asked in compounds else compounds[0] if len(compounds) == 1 else None)


def _address(request: Request) -> str:
    return (entrance_of(request).public_address or str(request.base_url)).rstrip("/")


def _is_this_machine(address: str) -> bool:
    host = address.partition("://")[2].rpartition(":")[0] or address.partition("://")[2]
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
