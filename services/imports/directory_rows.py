"""Reads a table for the directory: a door, a name, a phone number, a help need, a note. It writes nothing."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from domain.base import HouseholdId
from domain.community.door_columns import DoorColumns, read_columns
from domain.community.doors import Roster
from infra.directory import Subject, Words
from infra.tables import Cell, Sheet
from services.imports.forgetting import forgetting
from services.imports.headers import Column, is_total, spoken
from services.imports.layouts import Layout, UnreadableTable, header_layouts
from services.imports.merged_cells import filled_rows
from services.imports.quantities import text_of

HELP: Final = re.compile(r"help|needs?|帮助|帮扶|求助|照护|照顾|关爱|困难|需求|特殊情况")
DOORS: Final[tuple[Column, ...]] = ("whole", "building", "block", "room", "address")
NEEDED: Final = (
    "needed are a door (楼号 and 房号, or 门牌号) and one of name (姓名), phone (电话), help (需要帮助), note (备注)"
)


class DirectoryRow(NamedTuple):
    row: int
    household: HouseholdId | None
    """None where the door is not certain."""
    why: str
    words: Words

    @property
    def card(self) -> tuple[Subject, Words] | None:
        return (Subject("household", self.household), self.words) if self.household and self.words else None


@forgetting
def read_directory(sheets: Sequence[Sheet], roster: Roster) -> tuple[DirectoryRow, ...]:
    """Rows that say something of somebody; raises UnreadableTable where there are none."""
    for layout in header_layouts([sheet for sheet in sheets if not sheet.hidden]):
        helps = help_columns(layout)
        if layout.at(*DOORS) and (helps or layout.at("person", "phone", "note")):
            return rows_of(layout, roster, helps)
    raise UnreadableTable("no-header", f"no header row was found; {NEEDED}")


def help_columns(layout: Layout) -> tuple[int, ...]:
    header = layout.sheet.rows[layout.header]
    known = {at for columns in layout.columns.values() for at in columns}
    return tuple(
        at
        for at, cell in enumerate(header)
        if HELP.search(spoken(cell)) and (at not in known or at in layout.at("note"))
    )


def rows_of(layout: Layout, roster: Roster, helps: tuple[int, ...]) -> tuple[DirectoryRow, ...]:
    rows, _ = filled_rows(layout)
    found = [
        row_of(layout, roster, layout.sheet.number(index), rows[index], helps)
        for index in range(layout.header + 1, len(rows))
        if not is_total(next((cell for cell in rows[index] if cell not in {"", None}), ""))
    ]
    read = tuple(row for row in found if row.words)
    if not read:
        raise UnreadableTable("empty", f"no row of this table says anything of anybody; {NEEDED}")
    return read


def row_of(layout: Layout, roster: Roster, number: int, row: list[Cell], helps: tuple[int, ...]) -> DirectoryRow:
    def joined(places: Sequence[int]) -> str:
        return "；".join(dict.fromkeys(text for at in places if (text := text_of(row[at]).strip())))

    parts = (tuple(row[at] for at in layout.at(part)) for part in DoorColumns._fields)  # type: ignore[arg-type]
    door = read_columns(DoorColumns(*parts), roster)
    words = Words(
        name=joined(layout.at("person")[:1]),
        phone=joined(layout.at("phone")[:1]),
        help=joined(helps),
        note=joined([at for at in layout.at("note") if at not in helps]),
    )
    return DirectoryRow(number, None if door.reason else door.household, door.why, words.tidied())
