"""/members: who belongs to the compound, found by what they are; /apply: a resident asks to be taken on."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any, Final, NamedTuple, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from domain.base import Refused
from domain.community.people.facts import Body
from projections import badges, people, roster
from projections.base import milliseconds
from projections.people import Member, Standing
from services.access import (
    Anyone,
    CompoundInView,
    Exports,
    ManagesMembers,
    Person,
    address_of,
    compound_in_view,
    entrance_of,
    spend,
)
from services.api.house import InHouse
from services.crew.desk import MEMBER_ROLES, apply_as_volunteer
from services.csv_out import csv_answer
from services.pages.language import N_, language_of
from services.pages.layout import render
from services.pages.lists import header, moment
from services.pages.people_page import REFUSED, SEE_OTHER, address_for_phones, desk_of, labels_shown, refusal_shown
from services.pages.words import role_name, words_of
from services.undelivered import in_number_order
from services.wiring import House, now

router = APIRouter(include_in_schema=False)

MOST_SHOWN: Final = 300
NUMBER: Final = re.compile(r"m[0-9a-hjkmnp-tv-z]{8}")
HEADER: Final = (
    N_("Number"), N_("Belongs to"), N_("State"), N_("Applied by themselves"), N_("Roles"), N_("Captain of building"),
    N_("Registered"), N_("Approved"), N_("Suspended"), N_("Reason"), N_("On shift"),
)  # fmt: skip


class Chosen(NamedTuple):
    """What the list is narrowed to; empty is no limit."""

    number: str = ""
    body: str = ""
    standing: str = ""
    role: str = ""
    building: str = ""

    @property
    def query(self) -> str:
        return urlencode({name: value for name, value in self._asdict().items() if value})


async def chosen_in(
    number: Annotated[str, Query(max_length=16)] = "",
    body: Annotated[str, Query(max_length=32)] = "",
    standing: Annotated[str, Query(max_length=16)] = "",
    role: Annotated[str, Query(max_length=16)] = "",
    building: Annotated[str, Query(max_length=16)] = "",
) -> Chosen:
    return Chosen(number.strip().lower(), body, standing, role, building)


Narrowed = Annotated[Chosen, Depends(chosen_in)]


class Listed(NamedTuple):
    row: Member
    on_shift: str | None
    """The role of the shift that they are on now."""


class Members(NamedTuple):
    listed: list[Listed]
    sums: dict[str, int]
    buildings: list[str]


def found(house: House, compound: str, chosen: Chosen) -> Members:
    at = milliseconds(now())
    with house.read.reading() as rows:
        everybody = people.members(rows, compound, at)
        shifts = {badge.member: badge.role for badge in badges.on_shift(rows, compound, at)}
        buildings = sorted(roster.buildings(rows, compound), key=in_number_order)
    standings = Counter(each.standing for each in everybody)
    sums = {
        **{name: standings[name] for name in get_args(Standing)},
        "on_shift": len(shifts),
        "all": len(everybody),
    }
    listed = [
        Listed(each, shifts.get(each.member))
        for each in sorted(everybody, key=lambda member: member.standing != "waiting")
        if fits(each, chosen)
    ]
    return Members(listed, sums, buildings)


def fits(member: Member, chosen: Chosen) -> bool:
    return (
        chosen.number in member.member
        and chosen.body in {"", member.body}
        and chosen.standing in {"", member.standing}
        and (not chosen.role or chosen.role in member.roles)
        and (not chosen.building or chosen.building in member.buildings)
    )


@router.get("/members")
def members_page(
    request: Request, _person: ManagesMembers, compound: CompoundInView, house: InHouse, chosen: Narrowed
) -> Response:
    return filled(request, compound, house, chosen)


@router.get("/members.csv")
def members_csv(
    request: Request,
    _person: ManagesMembers,
    _exports: Exports,
    compound: CompoundInView,
    house: InHouse,
    chosen: Narrowed,
) -> Response:
    language = language_of(request)
    named = {name: dict(words_of(language, name)) for name in ("body", "standing", "suspend")}
    lines = (
        (
            row.member,
            named["body"].get(row.body, row.body),
            named["standing"][row.standing],
            "✓" if row.applied else "",
            " ".join(role_name(language, role) for role in row.roles),
            " ".join(row.buildings),
            moment(row.registered_at),
            moment(row.approved_at),
            moment(row.suspended_at),
            named["suspend"].get(row.suspended_for or "", row.suspended_for),
            role_name(language, on_shift) if on_shift else "",
        )
        for row, on_shift in found(house, compound, chosen).listed
    )
    return csv_answer("members", compound, header(language, HEADER), lines)


@router.post("/members")
async def register(
    request: Request,
    person: ManagesMembers,
    compound: CompoundInView,
    house: InHouse,
    body: Annotated[Body, Form()],
    approve: Annotated[str, Form(max_length=3)] = "",
) -> Response:
    try:
        member = await desk_of(house, compound, person).register(body, approve=bool(approve))
    except Refused as refusal:
        return filled(request, compound, house, Chosen(), refusal)
    return RedirectResponse(f"/members/{member}", SEE_OTHER)


def filled(request: Request, compound: str, house: House, chosen: Chosen, refusal: Refused | None = None) -> Response:
    listed, sums, buildings = found(house, compound, chosen)
    return render(
        request,
        "members.html",
        status_code=REFUSED if refusal else 200,
        members=listed[:MOST_SHOWN],
        labels=labels_shown(request, house, compound, (each.row.member for each in listed[:MOST_SHOWN])),
        more=max(0, len(listed) - MOST_SHOWN),
        sums=sums,
        chosen=chosen,
        asked=chosen.query,
        buildings=buildings,
        roles=MEMBER_ROLES,
        apply_address=f"{address_for_phones(request, house)}/apply",
        refusal=refusal_shown(request, refusal),
    )


@router.get("/apply")
async def apply_page(
    request: Request,
    person: Anyone,
    number: Annotated[str, Query(max_length=16)] = "",
    compound: Annotated[str, Query(max_length=32)] = "",
) -> Response:
    """Whether a number is one of ours is not told."""
    shown = number if NUMBER.fullmatch(number) else ""
    return apply_filled(request, person, compound, number=shown)


@router.post("/apply")
async def apply(
    request: Request, person: Anyone, house: InHouse, compound: Annotated[str, Form(max_length=32)] = ""
) -> Response:
    spend(request, "apply", key=address_of(request))
    choices = compounds_open(request, person)
    place = compound if compound in choices else choices[0] if len(choices) == 1 else None
    try:
        member = await apply_as_volunteer(house, place or await compound_in_view(request))
    except Refused as refusal:
        return apply_filled(request, person, compound, refusal=refusal)
    return RedirectResponse(f"/apply?{urlencode({'number': member, 'compound': place or ''})}", SEE_OTHER)


def compounds_open(request: Request, person: Person | None) -> Sequence[str]:
    """Whoever is signed in to a compound is shown no other."""
    return (person.compound,) if person and person.compound else entrance_of(request).compounds()


def apply_filled(
    request: Request, person: Person | None, compound: str, *, number: str = "", refusal: Refused | None = None
) -> Response:
    entrance, choices = entrance_of(request), compounds_open(request, person)
    place = compound if compound in choices else choices[0] if len(choices) == 1 else None
    more: dict[str, Any] = {
        "choices": [(each, entrance.name_of(each)) for each in choices],
        "compound": place or "",
        "place_applied": entrance.name_of(place) if place else "",
    }
    return render(
        request,
        "apply.html",
        status_code=REFUSED if refusal else 200,
        number=number,
        refusal=refusal_shown(request, refusal),
        **more,
    )
