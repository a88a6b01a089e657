"""/teams: formed by task, joined, left, disbanded; they give and take goods under their number."""

from collections.abc import Awaitable
from typing import Annotated, Any, Final, NamedTuple
from uuid import uuid4

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from domain.base import Refused
from domain.base import Request as Asking
from domain.community.teams import DisbandTeam, FormTeam, JoinTeam, LeaveTeam, Task
from projections import badges, people, teams
from projections.base import milliseconds, moment_of
from projections.teams import Team
from services.access import CompoundInView, Exports, ManagesMembers, Person
from services.api.house import InHouse
from services.crew.desk import asked_and_shown
from services.csv_out import csv_answer
from services.numbers import new_team_number
from services.pages.language import N_, language_of
from services.pages.layout import render
from services.pages.lists import header
from services.pages.people_page import REFUSED, SEE_OTHER, labels_shown, refusal_shown
from services.pages.words import words_of
from services.wiring import House, now

router = APIRouter(include_in_schema=False)

ICONS: Final = {
    "gate": "gate",
    "disinfection": "spray",
    "sorting": "shelf",
    "delivery": "walk",
    "handouts": "hand",
    "errands": "door",
}
HEADER: Final = (N_("Team"), N_("Task"), N_("Number"), N_("On shift"), N_("Formed"))

TeamSaid = Annotated[str, Path(max_length=16)]
MemberSaid = Annotated[str, Form(max_length=16)]


class Mate(NamedTuple):
    member: str
    on_shift: bool
    suspended: bool = False


class TeamShown(NamedTuple):
    row: Team
    members: list[Mate]
    others: list[Mate]
    """Approved members who are not in it."""


@router.get("/teams")
def teams_page(request: Request, _person: ManagesMembers, compound: CompoundInView, house: InHouse) -> Response:
    return filled(request, compound, house)


@router.get("/teams.csv")
def teams_csv(
    request: Request, _person: ManagesMembers, _exports: Exports, compound: CompoundInView, house: InHouse
) -> Response:
    language = language_of(request)
    tasks = dict(words_of(language, "task"))
    lines = (
        (each.row.team, tasks[each.row.task], mate.member, "✓" if mate.on_shift else "", moment_of(each.row.formed_at))
        for each in listed(house, compound)
        for mate in each.members or [Mate("", on_shift=False)]
    )
    return csv_answer("teams", compound, header(language, HEADER), lines)


@router.post("/teams")
async def form_team(
    request: Request,
    person: ManagesMembers,
    compound: CompoundInView,
    house: InHouse,
    task: Annotated[Task, Form()],
) -> Response:
    team = new_team_number()
    asked = FormTeam(**said(person, compound), team=team, task=task)
    return await done(request, compound, house, team, asked_and_shown(house, asked))


@router.post("/teams/{team}/join")
async def join(
    request: Request,
    person: ManagesMembers,
    compound: CompoundInView,
    house: InHouse,
    team: TeamSaid,
    member: MemberSaid,
) -> Response:
    return await done(request, compound, house, team, ask(house, JoinTeam, person, compound, team=team, member=member))


@router.post("/teams/{team}/leave")
async def leave(
    request: Request,
    person: ManagesMembers,
    compound: CompoundInView,
    house: InHouse,
    team: TeamSaid,
    member: MemberSaid,
) -> Response:
    return await done(request, compound, house, team, ask(house, LeaveTeam, person, compound, team=team, member=member))


@router.post("/teams/{team}/disband")
async def disband(
    request: Request, person: ManagesMembers, compound: CompoundInView, house: InHouse, team: TeamSaid
) -> Response:
    return await done(request, compound, house, "", ask(house, DisbandTeam, person, compound, team=team))


def said(person: Person, compound: str) -> dict[str, Any]:
    return {"id": uuid4(), "compound": compound, "actor": person.actor, "happened_at": now()}


async def ask(house: House, kind: type[Asking], person: Person, compound: str, **about: str) -> None:
    """What is no number of ours is refused as unknown."""
    try:
        asked = kind(**said(person, compound), **about)
    except ValidationError:
        raise Refused("team-known", "There is no such team, or it was disbanded.") from None
    await asked_and_shown(house, asked)


async def done(request: Request, compound: str, house: House, team: str, doing: Awaitable[None]) -> Response:
    try:
        await doing
    except Refused as refusal:
        return filled(request, compound, house, refusal)
    return RedirectResponse(f"/teams#{team}" if team else "/teams", SEE_OTHER)


def listed(house: House, compound: str) -> list[TeamShown]:
    at = milliseconds(now())
    with house.read.reading() as rows:
        there = teams.teams(rows, compound)
        working = {badge.member for badge in badges.on_shift(rows, compound, at)}
        approved = [each.member for each in people.members(rows, compound, at, standing="approved")]
        suspended = {each.member for each in people.members(rows, compound, at, standing="suspended")}
    known: dict[str, Mate] = {}

    def mate(member: str) -> Mate:
        if member not in known:
            known[member] = Mate(member, member in working, member in suspended)
        return known[member]

    return [
        TeamShown(
            team,
            [mate(member) for member in team.members],
            sorted((mate(each) for each in approved if each not in team.members), key=lambda each: not each.on_shift),
        )
        for team in there
    ]


def filled(request: Request, compound: str, house: House, refusal: Refused | None = None) -> Response:
    shown = listed(house, compound)
    members = (mate.member for each in shown for mate in (*each.members, *each.others))
    return render(
        request,
        "teams.html",
        status_code=REFUSED if refusal else 200,
        teams=shown,
        labels=labels_shown(request, house, compound, members),
        task_icons=ICONS,
        refusal=refusal_shown(request, refusal),
    )
