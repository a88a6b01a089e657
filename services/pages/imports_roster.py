"""The roster of doors: founding a compound, adding doors from a table or a pattern, taking a roster back."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, Final, Literal, NamedTuple, get_args
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import Response

from domain.base import Refused
from domain.community.compound import AddHouseholds, UndoRoster, doors_by_building
from domain.community.door_settings import DoorPart, DoorSettings
from infra.tables import UnreadableFile
from projections import orders, roster
from services.access import CompoundInView, ImportsHouseholds, NotAllowed, Person
from services.imports.households import HouseholdReading, read_blocks, read_households
from services.imports.layouts import UnreadableTable
from services.imports.roster_pattern import UnreadablePattern, read_pattern
from services.imports.shelf import RosterToAdd
from services.pages.import_desk import (
    AtDesk,
    CompoundOrNone,
    Desk,
    Unreadable,
    address,
    ask,
    asked_by,
    see_other,
    sheets_of,
    status_of,
    unreadable_text,
)
from services.pages.import_words import notice_text, refused_text, row_text
from services.pages.language import language_of, say
from services.pages.layout import render
from services.pages.lists import moment
from services.undelivered import in_number_order
from services.wiring import House

router = APIRouter(include_in_schema=False)

COMPOUND_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
ROWS_SHOWN: Final = 200
PARTS: Final[tuple[DoorPart, ...]] = get_args(DoorPart)
Words = Annotated[str, Form(max_length=400)]


class Said(NamedTuple):
    """The form as it was sent, without files and password."""

    compound: str = ""
    pattern: str = ""
    name: str = ""
    street: str = ""
    town: str = ""
    blocks: str = ""
    parts: tuple[str, ...] = ()


async def said_of(
    compound: Annotated[str, Form(max_length=32)] = "",
    pattern: Annotated[str, Form(max_length=4000)] = "",
    name: Words = "",
    street: Words = "",
    town: Words = "",
    blocks: Annotated[Literal["", "same", "different", "table"], Form()] = "",
    parts: Annotated[list[DoorPart], Form()] = [],  # noqa: B006 — FastAPI copies defaults
) -> Said:
    return Said(compound.strip(), pattern.strip(), name, street, town, blocks, tuple(parts))


@router.get("/import/households")
def roster_page(person: ImportsHouseholds, compound: CompoundOrNone, desk: AtDesk, added: int = 0) -> Response:
    return page(desk, person, compound, added=added)


@router.post("/import/households")
def read_roster(
    person: ImportsHouseholds,
    compound: CompoundOrNone,
    desk: AtDesk,
    said: Annotated[Said, Depends(said_of)],
    file: Annotated[UploadFile | None, File()] = None,
    blocks_table: Annotated[UploadFile | None, File()] = None,
    password: Annotated[str, Form(max_length=255)] = "",
) -> Response:
    try:
        target, founding = target_of(person, compound, said, desk.house)
        reading, listed = doors_in(file, password, said.pattern)
        kept = RosterToAdd(
            founding=founding,
            settings=settings_in(said, blocks_table, reading) if founding else DoorSettings(),
            listed=doors_by_building(listed),
            rows=tuple(row for row in reading.rows if row.outcome != "ok") if reading else (),
            notices=reading.notices if reading else (),
        )
    except (UnreadableFile, UnreadableTable, UnreadablePattern) as error:
        return page(desk, person, compound, said=said, error=error)
    except Refused as refusal:
        return page(desk, person, compound, said=said, refusal=refusal)
    token = desk.shelf.put(target, person.actor, kept)
    return see_other(desk.request, f"/import/households/{target}/{token}")


def target_of(person: Person, compound: str | None, said: Said, house: House) -> tuple[str, bool]:
    """The compound that gets the doors, and whether it is founded by them; raises Refused or NotAllowed."""
    with house.read.reading() as rows:
        there = roster.compounds(rows)
    target = compound if compound is not None else said.compound
    if not COMPOUND_ID.fullmatch(target):
        raise Refused("compound-id", "Give the compound an id: small letters, digits and dashes.")
    if compound is None and target in there:
        raise Refused("compound-new", f"There is a compound {target} already.")
    founding = target not in there
    if founding and not person.may("found-compound"):
        raise NotAllowed("found-compound")
    if person.compound not in {None, target}:
        raise NotAllowed("found-compound")
    return target, founding


def doors_in(
    file: UploadFile | None, password: str, pattern: str
) -> tuple[HouseholdReading | None, tuple[tuple[str, str | None], ...]]:
    """From the table, or from the pattern where no table was chosen."""
    if pattern and (file is None or not file.filename):
        return None, read_pattern(pattern)
    reading = read_households(sheets_of(file, password))
    if not reading.doors:
        raise UnreadableTable("no-clear-door", "no row of this table names a door")
    return reading, reading.doors


def settings_in(said: Said, blocks_table: UploadFile | None, reading: HouseholdReading | None) -> DoorSettings:
    blocks: Literal["same", "different"] | dict[str, tuple[str, ...]] | None = None
    if said.blocks == "table":
        blocks = read_blocks(sheets_of(blocks_table))
    elif said.blocks in {"same", "different"}:
        blocks = "same" if said.blocks == "same" else "different"
    needed = {"号", "室", *said.parts, *(reading.parts if reading else ())}
    return DoorSettings(
        names=words_in(said.name),
        streets=words_in(said.street),
        towns=words_in(said.town),
        blocks=blocks,
        parts=tuple(part for part in PARTS if part in needed),
    )


def words_in(text: str) -> tuple[str, ...]:
    return tuple(word for word in re.split(r"[\s,，、;；]+", text) if word)


@router.get("/import/households/{target}/{token}")
def roster_preview(person: ImportsHouseholds, desk: AtDesk, target: str, token: str) -> Response:
    kept = desk.shelf.find(token, target, person.actor, RosterToAdd)
    return preview(desk, target, token, kept) if kept else over(desk.request)


@router.post("/import/households/{target}/{token}")
def add_roster(
    person: ImportsHouseholds,
    desk: AtDesk,
    target: str,
    token: str,
    leave_unclear: Annotated[str, Form(max_length=5)] = "",
) -> Response:
    house = desk.house
    kept = desk.shelf.find(token, target, person.actor, RosterToAdd)
    if kept is None:
        return over(desk.request)
    try:
        if any(row.outcome == "unclear" for row in kept.rows) and not leave_unclear:
            raise Refused("rows-unclear", "Some rows are unclear.")
        before = len(house.places.roster(target).households)
        ask(house, AddHouseholds(**asked_by(target, person.actor), doors=kept.settings, roster=kept.listed))
    except Refused as refusal:
        return preview(desk, target, token, kept, refusal=refusal)
    desk.shelf.take_down(token)
    added = str(len(house.places.roster(target).households) - before)
    said = {"compound": target} if person.compound is None and kept.founding else {}
    return see_other(desk.request, "/import/households", added=added, **said)


@router.post("/import/households/undo")
def undo_roster(
    person: ImportsHouseholds,
    compound: CompoundInView,
    desk: AtDesk,
    command: Annotated[UUID, Form()],
) -> Response:
    with desk.house.read.reading() as rows:
        ordered = frozenset(household for _, household in orders.ordered_doors(rows, compound))
    try:
        ask(desk.house, UndoRoster(**asked_by(compound, person.actor), undone=command, ordered=ordered))
    except Refused as refusal:
        return page(desk, person, compound, refusal=refusal)
    return see_other(desk.request, "/import/households")


def page(
    desk: Desk,
    person: Person,
    compound: str | None,
    *,
    said: Said = Said(),  # noqa: B008 — a tuple, never changed
    error: Unreadable | None = None,
    refusal: Refused | None = None,
    added: int = 0,
) -> Response:
    request, house = desk.request, desk.house
    language = language_of(request)
    settings: DoorSettings | None = None
    buildings: dict[str, int] = {}
    listed: Sequence[roster.RosterImport] = ()
    if compound is not None:
        with house.read.reading() as rows:
            settings, listed = roster.door_settings(rows, compound), roster.roster_imports(rows, compound)
            buildings = roster.buildings(rows, compound)
    context: dict[str, Any] = {
        "address": partial(address, request),
        "compound": compound,
        "founding": settings is None,
        "may_found": person.may("found-compound") and person.compound in {None, compound},
        "may_found_another": person.may("found-compound") and person.compound is None and settings is not None,
        "said": said,
        "asks_password": error is not None and error.reason in {"password-missing", "password-wrong"},
        "parts": [part for part in PARTS if part not in {"号", "室"}],
        "told": told_of(error, request) if error else "",
        "refusal": refused_text(language, refusal) if refusal else "",
        "buildings": sorted(buildings.items(), key=lambda each: in_number_order(each[0])),
        "doors": sum(buildings.values()),
        "imports": [(each, moment(each.imported_at)) for each in listed],
        "added": added,
    }
    status = status_of(error) if error else 409 if refusal else 200
    return render(request, "import_roster.html", status_code=status, **context)


def told_of(error: Unreadable, request: Request) -> str:
    language = language_of(request)
    if error.reason == "no-file":
        return say(language, "Choose a table, or write the doors as a pattern.")
    return unreadable_text(language, error)


def preview(desk: Desk, target: str, token: str, kept: RosterToAdd, *, refusal: Refused | None = None) -> Response:
    request = desk.request
    language = language_of(request)
    known = desk.house.places.roster(target)
    buildings = [
        (
            each.building,
            len(each.rooms) + each.villa,
            sum(not known.knows(each.building, room) for room in (*each.rooms, *([None] if each.villa else []))),
        )
        for each in kept.listed
    ]
    unclear = [row for row in kept.rows if row.outcome == "unclear"]
    twice = [row for row in kept.rows if row.outcome == "skipped"]
    context: dict[str, Any] = {
        "address": partial(address, request),
        "target": target,
        "token": token,
        "kept": kept,
        "buildings": sorted(buildings, key=lambda each: in_number_order(each[0])),
        "doors": sum(doors for _, doors, _ in buildings),
        "new": sum(new for _, _, new in buildings),
        "unclear": unclear,
        "twice": twice,
        "rows_shown": ROWS_SHOWN,
        "why": partial(row_text, language),
        "notices": [notice_text(language, each) for each in kept.notices],
        "refusal": refused_text(language, refusal) if refusal else "",
    }
    return render(request, "import_roster_preview.html", status_code=409 if refusal else 200, **context)


def over(request: Request) -> Response:
    language = language_of(request)
    text = refused_text(language, Refused("preview-over", "The preview is over; choose the file again."))
    back: dict[str, Any] = {
        "link": address(request, "/import/households"),
        "link_text": say(language, "Choose the file again"),
    }
    return render(request, "import_over.html", status_code=410, text=text, **back)
