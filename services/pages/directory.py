"""The directory: which doors have an entry, one door's entries, what a person writes there, and dropping all of it."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Final, NamedTuple
from urllib.parse import quote

from fastapi import APIRouter, Form, HTTPException, Path, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from domain.base import HouseholdId, Refused
from domain.community.doors import read_door
from domain.goods.facts import building_of
from infra.directory import LONGEST, Subject
from projections import roster
from services import directory
from services.access import (
    Person,
    PurgesDirectory,
    SeesDirectory,
    Unmasks,
    WritesDirectory,
)
from services.directory import household, may_care_for, own_buildings
from services.pages.directory_desk import (
    CONFLICT,
    AtDesk,
    CardForm,
    Desk,
    Ticked,
    UnmaskForm,
    asked_to_unmask,
    reasons,
    refused_text,
    showing_signed,
    shown,
    written,
)
from services.pages.import_desk import see_other
from services.signatures import open_signatures
from services.undelivered import in_number_order

router = APIRouter(include_in_schema=False)

BAD_REQUEST: Final = 400
NOT_FOUND: Final = 404

Door = Annotated[str, Form(max_length=80)]


class Asked(BaseModel):
    """How a page was come back to."""

    unknown: Ticked = ""
    near: Annotated[str, Field(max_length=400)] = ""
    purged: Ticked = ""


class Tile(NamedTuple):
    building: str
    doors: int
    """With an entry."""
    cared_for: int


class Told(NamedTuple):
    """What the front page says beside the buildings."""

    unknown: bool = False
    nearest: Sequence[str] = ()
    refusal: Refused | None = None
    purged: bool = False
    status: int = 200


@router.get("/directory")
def directory_page(person: SeesDirectory, desk: AtDesk, asked: Annotated[Asked, Query()]) -> Response:
    nearest = doors_of(desk, asked.near)
    return front(desk, person, Told(unknown=bool(asked.unknown), nearest=nearest, purged=bool(asked.purged)))


@router.post("/directory")
def find_door(_person: SeesDirectory, desk: AtDesk, door: Door) -> Response:
    return found_door(desk, door, "/directory/doors", "/directory")


def found_door(desk: Desk, door: str, there: str, back: str) -> Response:
    """To the door that was meant, or back with the nearest ones; what was typed, a name perhaps, stands in no address."""
    places = desk.house.places
    found = places.household(desk.compound, door)
    if found is not None:
        return see_other(desk.request, f"{there}/{quote(found)}")
    near = read_door(door, places.roster(desk.compound)).nearest
    return see_other(desk.request, back, unknown="yes", near=",".join(near))


def doors_of(desk: Desk, listed: str) -> list[str]:
    """Those of a list in an address that are on the roster."""
    known = desk.house.places.roster(desk.compound).households
    return [door for door in listed.split(",") if door in known]


@router.get("/directory/buildings/{building}")
def building_page(person: SeesDirectory, desk: AtDesk, building: str) -> Response:
    """All entries of a building, most of them hidden; the look is noted for each door."""
    if building not in desk.house.places.roster(desk.compound).buildings:
        raise HTTPException(NOT_FOUND)
    directory.must_care_for(person, household(building))
    cards = desk.house.directory.look_over(desk.compound, building, who=person.actor)
    cards.sort(key=lambda card: in_number_order(card.subject.id))
    lines = [(directory.masked_subject(card.subject), directory.masked(card)) for card in cards]
    return shown(desk, "directory_building.html", building=building, lines=lines)


@router.get("/directory/entries/{card}")
def entry(_person: SeesDirectory, desk: AtDesk, card: Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]) -> Response:
    """To the door of an entry: lists that hide doors do not tell them in their links either."""
    subject = desk.house.directory.subject_of(desk.compound, card)
    if subject is None or subject.kind != "household":
        raise HTTPException(NOT_FOUND)
    return to_door(desk, subject.id)


@router.get("/directory/doors/{door}")
def door_page(person: SeesDirectory, desk: AtDesk, door: HouseholdId) -> Response:
    return at_door(desk, person, door)


@router.post("/directory/doors/{door}")
def write(person: WritesDirectory, desk: AtDesk, door: HouseholdId, said: Annotated[CardForm, Form()]) -> Response:
    subject = known_door(desk, door)
    try:
        written(desk, person, subject, said)
    except Refused as refusal:
        return at_door(desk, person, door, refusal)
    return to_door(desk, door)


@router.post("/directory/doors/{door}/care")
def care(
    person: WritesDirectory, desk: AtDesk, door: HouseholdId, cared_for: Annotated[str, Form(max_length=8)] = ""
) -> Response:
    directory.must_care_for(person, known_door(desk, door))
    directory.care(desk.house, desk.compound, person.actor, door, cared_for=bool(cared_for))
    return to_door(desk, door)


@router.post("/directory/doors/{door}/unmask")
def unmask(person: Unmasks, desk: AtDesk, door: HouseholdId, said: Annotated[UnmaskForm, Form()]) -> Response:
    """Asks for the second person; in an emergency the words are open at once."""
    subject = known_door(desk, door)
    try:
        asked_to_unmask(desk, person, subject, said)
    except Refused as refusal:
        return at_door(desk, person, door, refusal)
    return to_door(desk, door, held=bool(said.held))


@router.post("/directory/doors/{door}/show")
def show(person: Unmasks, desk: AtDesk, door: HouseholdId, said: Annotated[UnmaskForm, Form()]) -> Response:
    """Begins the ten minutes that a second person has signed for."""
    known_door(desk, door)
    try:
        showing_signed(desk, person, said)
    except Refused as refusal:
        return at_door(desk, person, door, refusal)
    return to_door(desk, door, held=bool(said.held))


@router.post("/directory/unlocked")
def say_unlocked(
    person: PurgesDirectory, desk: AtDesk, on: Annotated[str, Form(pattern=r"^(\d{4}-\d\d-\d\d)?$")] = ""
) -> Response:
    """The day on which the lockdown ended; from then on the time runs after which all is dropped."""
    try:
        day = date.fromisoformat(on) if on else None
    except ValueError:
        raise HTTPException(BAD_REQUEST) from None
    desk.house.directory.say_unlocked(desk.compound, day, by=person.actor)
    return see_other(desk.request, "/directory")


@router.post("/directory/purge")
def purge(person: PurgesDirectory, desk: AtDesk, sure: Annotated[str, Form(max_length=8)] = "") -> Response:
    if not sure:
        refusal = Refused("purge-sure", "Tick that everything in the directory is to be dropped.")
        return front(desk, person, Told(refusal=refusal, status=CONFLICT))
    directory.purge(desk.house, desk.compound, by=person.actor)
    return see_other(desk.request, "/directory", purged="yes")


def to_door(desk: Desk, door: str, *, held: bool = False) -> Response:
    return see_other(desk.request, f"/{'held' if held else 'directory/doors'}/{quote(door)}")


def known_door(desk: Desk, door: str) -> Subject:
    """Raises 404 for a door that is not on the roster."""
    if door not in desk.house.places.roster(desk.compound).households:
        raise HTTPException(NOT_FOUND)
    return household(door)


def front(desk: Desk, person: Person, told: Told) -> Response:
    request, compound, house = desk
    with house.read.reading() as rows:
        buildings = roster.buildings(rows, compound)
        cared_for = Counter(map(building_of, roster.cared_for(rows, compound)))
    doors = Counter(map(building_of, house.directory.doors(compound)))
    own = sorted(own_buildings(person, buildings), key=in_number_order)
    return shown(
        desk,
        "directory.html",
        status=told.status,
        tiles=[Tile(building, doors[building], cared_for[building]) for building in own],
        entries=sum(doors[building] for building in own),
        members=house.directory.members(compound) if person.buildings is None else 0,
        unknown=told.unknown,
        nearest=[door for door in told.nearest if may_care_for(person, building_of(door))],
        refusal=refused_text(request, told.refusal),
        purged=told.purged,
        signatures=len(open_signatures(house, compound, person)),
        keeping=directory.keeping(house, compound),
        purges=house.directory.purges(compound)[:1],
        today=directory.today(),
    )


def at_door(desk: Desk, person: Person, door: str, refusal: Refused | None = None) -> Response:
    request, compound, house = desk
    subject = known_door(desk, door)
    with house.read.reading() as rows:
        cared_for = door in roster.cared_for(rows, compound)
    return shown(
        desk,
        "directory_door.html",
        status=CONFLICT if refusal else 200,
        door=door,
        building=building_of(door),
        shown=directory.shown_to(house, person, compound, subject),
        cared_for=cared_for,
        reasons=reasons(request, "household"),
        longest=LONGEST,
        refusal=refused_text(request, refusal),
    )
