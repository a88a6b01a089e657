"""baogong import households: read a roster, found the compound when it is new."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, get_args
from uuid import UUID, uuid4

import typer

from domain.community.compound import AddHouseholds, CompoundFounded, HouseholdsRemoved, UndoRoster, doors_by_building
from domain.community.door_settings import DoorPart, DoorSettings
from domain.community.doors import household_id
from infra.tables import open_tables
from projections import orders, roster
from services.commands.terminal import ACTOR, DEFAULT_DATA, CompoundOption, Data, compound_in, opened, stop, told
from services.imports.households import (
    HouseholdReading,
    UnreadablePattern,
    read_blocks,
    read_households,
    read_pattern,
)
from services.office import Asked, answer_of
from services.wiring import House, now

SHOWN_ROWS = 30


def register(app: typer.Typer) -> None:
    app.command("households")(import_households)


def import_households(
    *,
    file: Annotated[Path | None, typer.Argument(help="Table with the columns 楼号 and 房号.", metavar="FILE")] = None,
    compound: CompoundOption = None,
    data: Data = DEFAULT_DATA,
    pattern: Annotated[str | None, typer.Option(help="Instead of a file: '1-28号: 1-18层 x 01-04; 29号 别墅'.")] = None,
    name: Annotated[list[str] | None, typer.Option(help="The compound's name as people write it.")] = None,
    street: Annotated[list[str] | None, typer.Option(help="Its own street with number: 某路168弄.")] = None,
    town: Annotated[list[str] | None, typer.Option(help="Town or district that people write in front.")] = None,
    blocks: Annotated[
        str | None, typer.Option(help="Do 栋, 幢, 楼 mean the same as 号? same, different, or a table FILE.")
    ] = None,
    parts: Annotated[str | None, typer.Option(help="Parts of a door, such as 弄,号,室.")] = None,
    password: Annotated[str | None, typer.Option(help="Password of a protected workbook.")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Show what would be added, add nothing.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take back the latest roster import.")] = False,
) -> None:
    """Read the roster of households; founds the compound when it is new."""
    with opened(data, create=not undo) as house:
        if undo:
            undo_latest(house, compound_in(house, compound))
            return
        if (file is None) == (pattern is None):
            stop("Name a FILE or a --pattern, one of the two.")
        where = named(house, compound)
        read = read_file(file, password) if file else None
        doors = read.doors if read else pattern_doors(pattern or "")
        settings = DoorSettings(
            names=tuple(name or ()),
            streets=tuple(street or ()),
            towns=tuple(town or ()),
            blocks=blocks_said(blocks),
            parts=parts_said(parts) if parts else read.parts if read else DoorSettings().parts,
        )
        known = house.places.roster(where).households
        new = sum(household_id(building, room) not in known for building, room in doors)
        told.print(f"{len(doors)} doors in {len({building for building, _ in doors})} buildings read, {new} are new.")
        if not doors:
            stop("No door of this table can be read; nothing was added.")
        if not preview:
            add(house, where, doors, settings)


def named(house: House, compound: str | None) -> str:
    """A compound may be new here; only its id has to be well formed."""
    if compound is None:
        return compound_in(house, None)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,31}", compound):
        stop(
            f"--compound {compound}: an id has small letters a-z, digits and dashes, such as shengdu; --name is for 圣都汇."
        )
    return compound


def add(house: House, compound: str, doors: Sequence[tuple[str, str | None]], settings: DoorSettings) -> None:
    request = AddHouseholds(
        id=uuid4(), compound=compound, actor=ACTOR, happened_at=now(), doors=settings, roster=doors_by_building(doors)
    )
    answer = answer_of(house.office.take_now([Asked(request)])[0])
    founded = any(isinstance(each.event, CompoundFounded) for each in answer.events)
    if not answer.events:
        told.print("Nothing to add: all of them are known.")
    else:
        told.print(f"{'Founded' if founded else 'Added to'} compound {compound}.")


def read_file(file: Path, password: str | None) -> HouseholdReading:
    """Says what is unclear; all of the roster is added or nothing."""
    reading = read_households(open_tables(file, file.name, password))
    for notice in reading.notices:
        told.print(f"Note: {notice}.", markup=False)
    for row in reading.unclear[:SHOWN_ROWS]:
        told.print(f"Row {row.row}: {row.why}", style="red", markup=False)
    if reading.unclear:
        stop(
            f"{len(reading.unclear)} rows are unclear, nothing was added. Correct them in the table and import it again."
        )
    return reading


def pattern_doors(pattern: str) -> Sequence[tuple[str, str | None]]:
    try:
        return read_pattern(pattern)
    except UnreadablePattern as unreadable:
        stop(f"--pattern: {unreadable}")


def blocks_said(blocks: str | None) -> Literal["same", "different"] | dict[str, tuple[str, ...]] | None:
    plain: dict[str | None, Literal["same", "different"] | None] = {
        None: None,
        "same": "same",
        "different": "different",
    }
    if blocks in plain:
        return plain[blocks]
    table = Path(str(blocks))
    if not table.is_file():
        stop(f"--blocks {blocks}: say same, different, or name a table FILE with the columns 栋 and 号.")
    return read_blocks(open_tables(table, table.name))


def parts_said(parts: str) -> tuple[DoorPart, ...]:
    known = get_args(DoorPart)
    said = tuple(part.strip() for part in parts.replace("，", ",").split(","))
    if wrong := [part for part in said if part not in known]:
        stop(f"--parts {wrong[0]}: parts of a door are {', '.join(known)}.")
    return tuple(part for part in known if part in said)


def undo_latest(house: House, compound: str) -> None:
    with house.read.reading() as rows:
        standing = [each for each in roster.roster_imports(rows, compound) if not each.undone]
        ordered = frozenset(household for _, household in orders.ordered_doors(rows, compound))
    if not standing:
        stop("There is no roster import that could be undone.")
    request = UndoRoster(
        id=uuid4(), compound=compound, actor=ACTOR, happened_at=now(), undone=UUID(standing[0].command), ordered=ordered
    )
    answer = answer_of(house.office.take_now([Asked(request)])[0])
    gone = sum(len(each.event.households) for each in answer.events if isinstance(each.event, HouseholdsRemoved))
    told.print(f"Undone: {gone} doors are gone again; doors that another roster lists stay.")
