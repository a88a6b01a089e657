"""One member: standing, roles, captaincies, badges and shifts, sign-ins; and what the committee does about them."""

from collections.abc import Awaitable
from datetime import timedelta
from functools import partial
from typing import Annotated, Final, NamedTuple

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from domain.base import Refused
from domain.community.people.facts import HowNamed, MemberRole, SuspensionReason
from domain.goods.handling import PLACE_TIME
from infra.auth import Scope
from infra.directory import LONGEST
from projections import badges, orders, people
from projections.badges import Badge
from projections.base import milliseconds, moment_of
from projections.people import Captain
from services import directory
from services.access import CompoundInView, ManagesCaptains, ManagesMembers, Person, must
from services.api.house import InHouse
from services.crew.administrators import may_change
from services.crew.desk import INVITED_ROLES, MEMBER_ROLES, CommitteeDesk
from services.crew.windows import end_of_day
from services.pages.badge_shown import badges_shown
from services.pages.directory_desk import reasons
from services.pages.import_desk import address
from services.pages.language import Language, language_of, say
from services.pages.layout import render
from services.pages.left_behind import left_behind
from services.pages.limits_said import There, limits_said, must_be_limited, named
from services.pages.people_page import (
    REFUSED,
    SEE_OTHER,
    MemberToChange,
    Number,
    address_for_phones,
    desk_of,
    named_in,
    refusal_shown,
)
from services.pages.stations import station_names
from services.paper.badges import joining_address, qr_of
from services.roles import may_give
from services.wiring import House, now

router = APIRouter(include_in_schema=False)

A_CAPTAINCY: Final = timedelta(days=30)
NEVER_GIVEN: Final = frozenset({"captain", "district"})
"""Captains are named; staff of the district belong to no compound."""

Written = Annotated[str, Form(max_length=400)]


class RoleHeld(NamedTuple):
    role: str
    limits: str
    is_open: bool
    """It can be signed in with; the record alone says so too."""
    may_invite: bool


class Captaincy(NamedTuple):
    building: str
    how: str
    deputy: bool
    day: str


class Naming(NamedTuple):
    """The form by which a captain is named, as it was filled in."""

    buildings: str
    until: str
    how: HowNamed = "recruited"
    deputy: bool = False

    @property
    def named(self) -> list[str]:
        return named_in(self.buildings)


async def naming_in(
    buildings: Annotated[str, Form(min_length=1, max_length=200)],
    until: Annotated[str, Form(max_length=32)],
    how: Annotated[HowNamed, Form()] = "recruited",
    deputy: Annotated[str, Form(max_length=3)] = "",
) -> Naming:
    return Naming(buildings, until, how, bool(deputy))


class Invitation(NamedTuple):
    role: str
    url: str
    qr: str


@router.get("/members/{member}")
def member_page(
    request: Request, person: ManagesMembers, compound: CompoundInView, house: InHouse, member: Number
) -> Response:
    return filled(request, person, compound, house, member)


@router.post("/members/{member}/approve")
async def approve(
    request: Request,
    person: ManagesMembers,
    compound: CompoundInView,
    house: InHouse,
    member: MemberToChange,
    back: Annotated[str, Form(max_length=8)] = "",
) -> Response:
    doing = desk_of(house, compound, person).approve(member)
    lists = "/members?standing=waiting" if back == "list" else None
    return await done(request, person, compound, house, member, doing, back=lists)


@router.post("/members/{member}/suspend")
async def suspend(
    request: Request,
    person: ManagesMembers,
    compound: CompoundInView,
    house: InHouse,
    member: MemberToChange,
    reason: Annotated[SuspensionReason, Form()],
) -> Response:
    doing = desk_of(house, compound, person).suspend(member, reason)
    return await done(request, person, compound, house, member, doing)


@router.post("/members/{member}/reinstate")
async def reinstate(
    request: Request, person: ManagesMembers, compound: CompoundInView, house: InHouse, member: MemberToChange
) -> Response:
    doing = desk_of(house, compound, person).reinstate(member)
    return await done(request, person, compound, house, member, doing)


@router.post("/members/{member}/roles")
async def give_role(  # noqa: PLR0913 — the fields of a form
    request: Request,
    person: ManagesMembers,
    compound: CompoundInView,
    house: InHouse,
    *,
    member: MemberToChange,
    role: Annotated[MemberRole, Form()],
    buildings: Written = "",
    group_buys: Written = "",
) -> Response:
    """Nobody hands out more than their own."""
    must(may_give(person, role) and role not in NEVER_GIVEN, "manage-members")

    async def doing() -> None:
        with house.read.reading() as rows:
            there = There.read(rows, compound)
        limits = limits_said(there, language_of(request), buildings=[buildings], group_buys=[group_buys])
        must_be_limited(there, language_of(request), role, limits)
        desk = desk_of(house, compound, person)
        await desk.give_role(member, role, buildings=limits.buildings, group_buys=limits.group_buys)

    return await done(request, person, compound, house, member, doing(), opened="role")


@router.post("/members/{member}/roles/withdraw")
async def withdraw_role(
    request: Request,
    person: ManagesMembers,
    compound: CompoundInView,
    house: InHouse,
    member: MemberToChange,
    role: Annotated[MemberRole, Form()],
) -> Response:
    must(may_give(person, role), "manage-members")
    doing = desk_of(house, compound, person).withdraw_role(member, role)
    return await done(request, person, compound, house, member, doing)


@router.post("/members/{member}/captain")
async def name_captain(
    request: Request,
    person: ManagesCaptains,
    compound: CompoundInView,
    house: InHouse,
    *,
    member: MemberToChange,
    said: Annotated[Naming, Depends(naming_in)],
    instead: Annotated[str, Form(max_length=3)] = "",
) -> Response:
    try:
        with house.read.reading() as rows:
            there = There.read(rows, compound)
        buildings = named(there, language_of(request), "building", [said.buildings])
        if not buildings:
            raise Refused("captain-named", "A captain is named for buildings and until a date.")
        said = said._replace(buildings=" ".join(buildings))
        last = end_of_day(said.until)
        desk = desk_of(house, compound, person)
        await desk.name_captain(member, buildings, said.how, last, deputy=said.deputy, instead=bool(instead))
    except Refused as refusal:
        return filled(request, person, compound, house, member, refusal=refusal, opened="captain", naming=said)
    return RedirectResponse(f"/members/{member}", SEE_OTHER)


@router.post("/members/{member}/captain/relieve")
async def relieve_captain(
    request: Request,
    person: ManagesCaptains,
    compound: CompoundInView,
    house: InHouse,
    member: MemberToChange,
    buildings: Written = "",
) -> Response:
    doing = desk_of(house, compound, person).relieve_captain(member, named_in(buildings))
    return await done(request, person, compound, house, member, doing)


@router.post("/members/{member}/invite")
async def invite(
    request: Request,
    person: ManagesMembers,
    compound: CompoundInView,
    house: InHouse,
    member: MemberToChange,
    role: Annotated[MemberRole, Form()],
) -> Response:
    """The link is shown in the answer, this once."""
    must(may_give(person, role), "manage-members")
    try:
        token = await desk_of(house, compound, person).invite(member, role)
    except Refused as refusal:
        return filled(request, person, compound, house, member, refusal=refusal)
    url = joining_address(address_for_phones(request, house), token)
    return filled(request, person, compound, house, member, invitation=Invitation(role, url, qr_of(url)))


@router.post("/members/{member}/signout")
async def sign_out(
    request: Request, person: ManagesMembers, compound: CompoundInView, house: InHouse, member: MemberToChange
) -> Response:
    async def doing() -> None:
        await desk_of(house, compound, person).sign_out_everywhere(member)

    return await done(request, person, compound, house, member, doing())


async def done(  # noqa: PLR0913 — what every act on this page needs
    request: Request,
    person: Person,
    compound: str,
    house: House,
    member: str,
    doing: Awaitable[object],
    *,
    back: str | None = None,
    opened: str = "",
) -> Response:
    """Back to the member, or the page again with why it was refused."""
    try:
        await doing
    except Refused as refusal:
        return filled(request, person, compound, house, member, refusal=refusal, opened=opened)
    return RedirectResponse(back or f"/members/{member}", SEE_OTHER)


def filled(  # noqa: PLR0913
    request: Request,
    person: Person,
    compound: str,
    house: House,
    member: str,
    *,
    refusal: Refused | None = None,
    invitation: Invitation | None = None,
    opened: str = "",
    naming: Naming | None = None,
) -> Response:
    """An invitation is photographed and sent on, therefore no words of the directory stand beside it."""
    desk, moment = desk_of(house, compound, person), now()
    sees = person.may("see-directory") and invitation is None
    at = milliseconds(moment)
    with house.read.reading() as rows:
        row = people.member(rows, compound, member, at)
        held = badges.badges_of(rows, compound, member)
        group_buys = [each.title for each in orders.group_buys(rows, compound)]
        names = station_names(rows, compound, language_of(request))
        in_charge = people.captaincies(rows, compound, at, member)
        left = left_behind(rows, compound, row, at) if row and row.suspended_at is not None else None
    if row is None:
        raise HTTPException(404)
    sessions = [each for each in house.access.sessions(actor=member) if each.compound in {None, compound}]
    keys = [key for key in house.access.api_keys(compound) if key.actor == member and key.revoked_at is None]
    return render(
        request,
        "member.html",
        status_code=REFUSED if refusal else 200,
        row=row,
        may_change=may_change(house, compound, person, member),
        shown=directory.shown_to(house, person, compound, directory.member(member)) if sees else None,
        reasons=reasons(request, "member"),
        longest=LONGEST,
        address=partial(address, request),
        registered_at=moment_of(row.registered_at),
        roles=[role_shown(language_of(request), desk, member, role) for role in row.roles],
        givable=[role for role in MEMBER_ROLES if role not in NEVER_GIVEN and may_give(person, role)],
        captaincies=[captaincy(each) for each in in_charge],
        naming=naming or Naming("", (moment + A_CAPTAINCY).astimezone(PLACE_TIME).date().isoformat()),
        replaced=replaced(in_charge, naming) if refusal and refusal.rule == "captain-again" else [],
        badges=badges_shown(held, at, sessions),
        left=left,
        station_names=names,
        hours=hours_on_shift(held, at),
        sessions=len(sessions),
        keys=len(keys),
        invitation=invitation,
        opened=opened,
        group_buys=group_buys,
        refusal=refusal_shown(request, refusal),
    )


def role_shown(language: Language, desk: CommitteeDesk, member: str, role: str) -> RoleHeld:
    grant = desk.grant_of(member, role)
    limits = limits_shown(language, grant.scope) if grant else ""
    return RoleHeld(role, limits, grant is not None, role in INVITED_ROLES)


def limits_shown(language: Language, scope: Scope) -> str:
    named = []
    if scope.buildings is not None:
        named.append(say(language, "Buildings: %(buildings)s.", buildings=" ".join(sorted(scope.buildings))))
    if scope.group_buys is not None:
        named.append(say(language, "Group buys: %(group_buys)s.", group_buys=" ".join(sorted(scope.group_buys))))
    return " ".join(named)


def captaincy(named: Captain) -> Captaincy:
    day = moment_of(named.until).astimezone(PLACE_TIME).date().isoformat()
    return Captaincy(named.building, named.how, named.deputy, day)


def replaced(in_charge: list[Captain], naming: Naming | None) -> list[Captaincy]:
    """What stands for the buildings that they are named for once more."""
    return [captaincy(each) for each in in_charge if naming and each.building in naming.named]


def hours_on_shift(held: list[Badge], at: int) -> str:
    """Of all shifts so far; an open one counts until now or its window's end."""
    ends = [(each.started_at, each.ended_at or each.revoked_at or min(at, each.until)) for each in held]
    hours = sum(max(0, end - begin) for begin, end in ends if begin is not None) / 3_600_000
    return f"{hours:.1f}" if hours else ""
