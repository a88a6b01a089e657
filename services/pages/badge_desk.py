"""/badges: badges are issued and shown once, who is on shift is seen, and one tap ends it."""

from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID, uuid4, uuid5

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from domain.base import Refused
from domain.community.people.facts import MemberRole, RevocationReason
from domain.goods.handling import PLACE_TIME
from projections import badges, people, roster
from projections.base import milliseconds, moment_of
from projections.people import Member
from services.access import CompoundInView, Exports, IssuesBadges, entrance_of
from services.api.house import InHouse
from services.crew.desk import BadgeTerms, IssuedBadge
from services.crew.windows import Preset, first_offered, offered, window_of, window_shown
from services.csv_out import csv_answer
from services.pages.assets import static_url
from services.pages.badge_sheets import badges_document
from services.pages.badge_shown import BadgeShown, badges_shown
from services.pages.language import N_, Language, language_of, say
from services.pages.layout import render
from services.pages.limits_said import There, named
from services.pages.lists import header
from services.pages.paper_documents import Served
from services.pages.people_page import (
    REFUSED,
    SEE_OTHER,
    address_for_phones,
    desk_of,
    is_of_no_use,
    labels_shown,
    refusal_shown,
)
from services.pages.stations import station_names
from services.pages.words import role_name, words_of
from services.paper.badges import BadgeCard, badge_cards
from services.roles import ROLES
from services.undelivered import in_number_order
from services.wiring import House, now

router = APIRouter(include_in_schema=False)

BADGE_ROLES: Final = tuple(role for role in ROLES if role in {"gate", "disinfection", "sorter", "runner", "captain"})
MOST_AT_ONCE: Final = 80
A_DAY: Final = timedelta(days=1)
PRESETS: Final[dict[str, str]] = {
    "today": N_("Today %(window)s"),
    "next-hours": N_("12 hours from now"),
    "tomorrow": N_("Tomorrow %(window)s"),
    "own": N_("Another time"),
}
HEADER: Final = (
    N_("Number"), N_("Role"), N_("Station"), N_("Buildings"), N_("From"), N_("To"), N_("State"), N_("Shift began"),
    N_("Shift ended"), N_("Revoked"), N_("Reason"),
)  # fmt: skip

BadgeNumber = Annotated[str, Path(max_length=40)]


class Recipient(NamedTuple):
    row: Member
    on_shift: bool
    has_badge: bool


class Said(NamedTuple):
    """The form as it was filled in."""

    members: tuple[str, ...] = ()
    role: str = "runner"
    preset: Preset = "today"
    begins: str = ""
    ends: str = ""
    station: str = ""
    buildings: str = ""


async def said_in(
    *,
    member: Annotated[list[str] | None, Form(max_length=MOST_AT_ONCE)] = None,
    role: Annotated[MemberRole, Form()],
    preset: Annotated[Preset | None, Form()] = None,
    begins: Annotated[str, Form(max_length=32)] = "",
    ends: Annotated[str, Form(max_length=32)] = "",
    station: Annotated[str, Form(max_length=32)] = "",
    buildings: Annotated[str, Form(max_length=200)] = "",
) -> Said:
    return Said(
        tuple(dict.fromkeys(member or ())), role, preset or first_offered(now()), begins, ends, station, buildings
    )


@router.get("/badges")
def badges_page(
    request: Request,
    _person: IssuesBadges,
    compound: CompoundInView,
    house: InHouse,
    member: Annotated[str, Query(max_length=16)] = "",
) -> Response:
    return filled(request, compound, house, Said((member,) if member else (), preset=first_offered(now())))


@router.get("/badges/day")
def badge_day(request: Request, _person: IssuesBadges, compound: CompoundInView, house: InHouse) -> Response:
    """The part of the page that changes by itself."""
    day = day_shown(house, compound)
    members = (each.row.member for each in (*day["on_shift"], *day["today"], *day["past"]))
    with house.read.reading() as rows:
        names = station_names(rows, compound, language_of(request))
    labels = labels_shown(request, house, compound, members)
    return render(request, "fragments/badge_day.html", labels=labels, station_names=names, **day)


@router.get("/badges.csv")
def badges_csv(
    request: Request, _person: IssuesBadges, _exports: Exports, compound: CompoundInView, house: InHouse
) -> Response:
    language = language_of(request)
    named = {name: dict(words_of(language, name)) for name in ("badge-stage", "revoke")}
    lines = (
        (
            each.row.member,
            role_name(language, each.row.role),
            each.row.station,
            " ".join(each.row.buildings),
            moment_of(each.row.begins),
            moment_of(each.row.until),
            named["badge-stage"][each.stage],
            each.started,
            moment_of(each.row.ended_at) if each.row.ended_at else None,
            moment_of(each.row.revoked_at) if each.row.revoked_at else None,
            named["revoke"].get(each.row.revoked_for or ""),
        )
        for each in badges_of_today(house, compound)
    )
    return csv_answer("badges", compound, header(language, HEADER), lines)


@router.post("/badges")
async def issue(
    request: Request,
    person: IssuesBadges,
    compound: CompoundInView,
    house: InHouse,
    said: Annotated[Said, Depends(said_in)],
    run: Annotated[UUID, Form()],
    show: Annotated[str, Form(max_length=8)] = "screen",
) -> Response:
    """The codes are shown in the answer, this once; sent a second time, the form makes no second badge."""
    desk = desk_of(house, compound, person)
    issued: list[IssuedBadge] = []
    try:
        if not said.members:
            raise Refused("nobody-chosen", "Choose first for whom: tick one or more numbers.")
        terms = terms_said(said, house, compound, language_of(request))
        for member in said.members:
            issued.append(await desk.issue_badge(member, terms, request=uuid5(run, member)))  # noqa: PERF401 — those before a refusal are shown
    except Refused as refusal:
        return filled(request, compound, house, said, refusal, issued)
    if show == "sheet":
        return sheet(request, compound, house, issued)
    return filled(request, compound, house, Said(preset=said.preset, role=said.role), None, issued)


@router.post("/badges/{badge}/roll")
async def roll(
    request: Request, person: IssuesBadges, compound: CompoundInView, house: InHouse, badge: BadgeNumber
) -> Response:
    try:
        issued = await desk_of(house, compound, person).roll_badge(badge)
    except Refused as refusal:
        return filled(request, compound, house, Said(), refusal)
    return filled(request, compound, house, Said(), None, [issued])


@router.post("/badges/{badge}/revoke")
async def revoke(
    request: Request,
    person: IssuesBadges,
    compound: CompoundInView,
    house: InHouse,
    badge: BadgeNumber,
    reason: Annotated[RevocationReason, Form()] = "staff-decision",
    back: Annotated[str, Form(max_length=8)] = "",
) -> Response:
    desk = desk_of(house, compound, person)
    return await done(request, compound, house, badge, desk.revoke_badge(badge, reason), back)


@router.post("/badges/{badge}/end")
async def end_shift(
    request: Request, person: IssuesBadges, compound: CompoundInView, house: InHouse, badge: BadgeNumber
) -> Response:
    """Of somebody else; one's own shift is ended on the phone."""
    return await done(request, compound, house, badge, desk_of(house, compound, person).end_shift(badge), "")


async def done(
    request: Request, compound: str, house: House, badge: str, doing: Awaitable[None], back: str
) -> Response:
    try:
        await doing
    except Refused as refusal:
        return filled(request, compound, house, Said(), refusal)
    if back in {"member", "maker"}:
        with house.read.reading() as rows:
            known = badges.badge(rows, compound, badge)
        shown = known and (known.issued_by if back == "maker" else known.member)
        return RedirectResponse(f"/members/{shown}" if shown else "/members", SEE_OTHER)
    return RedirectResponse("/badges", SEE_OTHER)


def terms_said(said: Said, house: House, compound: str, language: Language) -> BadgeTerms:
    """Raises Refused."""
    role: Any = said.role
    window = window_of(said.preset, now(), said.begins, said.ends)
    with house.read.reading() as rows:
        there = There.read(rows, compound)
    if said.station:
        named(there, language, "station", [said.station])
    return BadgeTerms(role, *window, said.station or None, tuple(named(there, language, "building", [said.buildings])))


def sheet(request: Request, compound: str, house: House, issued: list[IssuedBadge]) -> Response:
    address = address_for_phones(request, house)
    language = language_of(request)
    warning = say(language, "Phones cannot reach this address: labels printed with it only work on this computer.")
    served = Served(static_url("badge_sheet.css"), "/badges", warning if is_of_no_use(address) else "")
    place = entrance_of(request).name_of(compound)
    with house.read.reading() as rows:
        names = station_names(rows, compound, language)
    return HTMLResponse(badges_document(badge_cards(issued, address), place, names, language, served=served))


def badges_of_today(house: House, compound: str) -> list[BadgeShown]:
    """Those whose window touches today, in the compound's time, or who are on shift."""
    moment = now()
    begin = moment.astimezone(PLACE_TIME).replace(hour=0, minute=0, second=0, microsecond=0)
    at = milliseconds(moment)
    with house.read.reading() as rows:
        listed = badges.badges_between(rows, compound, milliseconds(begin), milliseconds(begin + A_DAY))
    return badges_shown(listed, at, house.access.sessions(compound))


def day_shown(house: House, compound: str) -> dict[str, Any]:
    listed = badges_of_today(house, compound)
    working = [each for each in listed if each.stage == "on-shift"]
    others = sorted((each for each in listed if each.stage != "on-shift"), key=lambda each: -each.row.issued_at)
    return {
        "on_shift": sorted(working, key=lambda each: (BADGE_ROLES.index(each.row.role), each.row.started_at)),
        "today": sorted((each for each in others if each.is_in_force), key=lambda each: each.stage),
        "past": [each for each in others if not each.is_in_force],
        "as_of": now(),
    }


def recipients(house: House, compound: str) -> list[Recipient]:
    """Approved members, volunteers first and those without a badge before those with one."""
    at = milliseconds(now())
    shown = badges_of_today(house, compound)
    working = {each.row.member for each in shown if each.stage == "on-shift"}
    badged = {each.row.member for each in shown if each.is_in_force}
    with house.read.reading() as rows:
        approved = people.members(rows, compound, at, standing="approved")
    approved.sort(key=lambda each: (each.member in badged, each.body != "volunteer"))
    return [Recipient(each, each.member in working, each.member in badged) for each in approved]


def filled(
    request: Request,
    compound: str,
    house: House,
    said: Said,
    refusal: Refused | None = None,
    issued: list[IssuedBadge] | None = None,
) -> Response:
    moment, language = now(), language_of(request)
    windows = offered(moment)
    if said.preset != "own" and said.preset not in windows:
        said = said._replace(preset=first_offered(moment))
    with house.read.reading() as rows:
        stations = sorted(
            (each.kind == "lobby", in_number_order(each.station), each.station)
            for each in roster.stations(rows, compound)
        )
        names = station_names(rows, compound, language)
    address = address_for_phones(request, house)
    there, day = recipients(house, compound), day_shown(house, compound)
    shown = (each.row.member for each in (*there, *day["on_shift"], *day["today"], *day["past"]))
    cards: list[BadgeCard] = badge_cards(issued or [], address)
    return render(
        request,
        "badge_desk.html",
        status_code=REFUSED if refusal else 200,
        cards=cards,
        address=address,
        only_this_machine=is_of_no_use(address),
        window_shown=window_shown,
        people=there,
        labels=labels_shown(request, house, compound, shown),
        badge_roles=BADGE_ROLES,
        presets=[
            (name, say(language, text, window=hours_of(windows, name)))
            for name, text in PRESETS.items()
            if name == "own" or name in windows
        ],
        stations=[name for *_, name in stations],
        station_names=names,
        said=said if said.begins or said.ends else said._replace(**own_window(moment)),
        run=uuid4(),
        refusal=refusal_shown(request, refusal),
        **day,
    )


def hours_of(windows: Any, preset: str) -> str:
    if preset not in windows:
        return ""
    begins, ends = (each.astimezone(PLACE_TIME) for each in windows[preset])
    return f"{begins:%H:%M}–{ends:%H:%M}"


def own_window(moment: datetime) -> dict[str, Any]:
    """What the fields of another time begin with."""
    begins = moment.astimezone(PLACE_TIME).replace(minute=0, second=0, microsecond=0)
    return {"begins": f"{begins:%Y-%m-%dT%H:%M}", "ends": f"{begins + timedelta(hours=8):%Y-%m-%dT%H:%M}"}
