"""The corrections file: unclear rows that the preview writes, a person fills in, and the next reading takes back."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date

from domain.base import Message
from domain.community.door_columns import DoorColumns, read_columns
from domain.community.doors import SENTENCES, Roster
from infra.tables import Sheet
from services.counted import counted
from services.imports.headers import spoken
from services.imports.layouts import UnreadableTable
from services.imports.order_rows import OrderRow
from services.imports.order_stands import WHY
from services.imports.orders import OrderReading, read_again
from services.imports.quantities import good_and_unit, good_key, quantity_of

COLUMNS = (
    "digest", "row", "building", "room", "item", "unit", "quantity", "why", "nearest", "in_the_table",
    "correct_building", "correct_room", "correct_item", "correct_quantity", "leave_out",
)  # fmt: skip
FILLED_IN_WRONGLY = ("building", "room", "quantity")
SAID = 5
"""The last columns are for the person."""
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")
DIGEST = re.compile(r"[0-9a-f]{64}")
YES = {"x", "yes", "y", "1", "true", "是", "√", "✓", "v"}
ABOUT_THE_DOOR = {
    *SENTENCES,
    "captains-sum",
    "note-other-door",
    "receiver-other-door",
    "other-pickup",
    "other-compound",
}
ABOUT_THE_GOOD = {"no-good", "goods-differ"}
IN_THE_TABLE_ONLY = {"several-goods"}
"""All other doubts are settled by how many there are."""
LEFT_OUT = "left out on purpose"


class Correction(Message):
    """What a person says of one row; what is None stays as it was read."""

    digest: str
    building: str | None = None
    room: str | None = None
    item: str | None = None
    unit: str | None = None
    quantity: int | None = None
    leave_out: bool = False
    row: int | None = None
    """The line of the corrections file, for messages."""


def corrections_csv(reading: OrderReading) -> bytes:
    """The unclear rows as csv with a BOM."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(COLUMNS)
    for row in reading.of("unclear"):
        read = (
            row.digest,
            row.row,
            row.building,
            row.room,
            row.item,
            row.unit,
            row.quantity,
            row.why,
            " ".join(row.nearest),
            " · ".join(f"{header}: {text}" for header, text in reading.said.get(row.row, ())),
        )
        table.writerow([*map(_harmless, read), *([""] * SAID)])
    return written.getvalue().encode("utf-8-sig")


def _harmless(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA_BEGINS) else text


def read_corrections(sheets: Sequence[Sheet], *readings: OrderReading) -> tuple[Correction, ...]:
    """The rows of a corrections file in which a person wrote something; raises UnreadableTable.

    Also where it says other than ``readings`` in a column that repeats the table: what a person wrote there would be lost.
    """
    read = _as_read(readings)
    for sheet in sheets:
        header = [spoken(cell) for cell in sheet.rows[0]] if sheet.rows else []
        if "digest" not in header:
            continue
        if missing := [name for name in COLUMNS[-SAID:] if name not in header]:
            raise UnreadableTable("not-corrections", f"this corrections file lacks the columns {', '.join(missing)}", 1)
        below = [
            (dict(zip(header, row, strict=False)), sheet.number(index + 1)) for index, row in enumerate(sheet.rows[1:])
        ]
        for cells, row in below:
            _refuse_a_wrong_column(cells, row, read)
        said = [_correction(cells, row) for cells, row in below]
        return tuple(correction for correction in said if correction is not None)
    raise UnreadableTable(
        "not-corrections", "this is no corrections file: it has no column digest; take the file that the preview wrote"
    )


def _as_read(readings: Iterable[OrderReading]) -> dict[str, dict[str, set[str]]]:
    """By digest and column, in whichever of the readings."""
    read: dict[str, dict[str, set[str]]] = {}
    for row in (row for reading in readings for row in reading.of("unclear")):
        for column in FILLED_IN_WRONGLY:
            read.setdefault(row.digest, {}).setdefault(column, set()).add(_compared(getattr(row, column)))
    return read


def _compared(cell: object) -> str:
    """A table program makes 502 of 0502."""
    return spoken(_written(cell)).lstrip("0")


def _refuse_a_wrong_column(
    cells: Mapping[str, object], row: int, read: Mapping[str, Mapping[str, AbstractSet[str]]]
) -> None:
    known = read.get(spoken(cells.get("digest")))
    if known is None or _written(cells.get("leave_out")):
        return
    wrong = [
        column
        for column in FILLED_IN_WRONGLY
        if not isinstance(cells.get(column), date)  # a table program makes a day of 12-5
        and (said := _compared(cells.get(column)))
        and said not in known[column]
        and not _written(cells.get(f"correct_{column}"))
    ]
    if wrong:
        raise UnreadableTable(
            "corrected-elsewhere",
            f"the columns {', '.join(wrong)} of this row say other than the table, and only the columns correct_… are read; "
            f"write it in {', '.join(f'correct_{column}' for column in wrong)}",
            row,
        )


def _correction(cells: Mapping[str, object], row: int) -> Correction | None:
    building, room = (_written(cells.get(f"correct_{part}")) for part in ("building", "room"))
    counted, left = cells.get("correct_quantity"), _written(cells.get("leave_out")) or ""
    named = _written(cells.get("correct_item"))
    if not any((building, room, named, _written(counted), left)):
        return None
    digest = spoken(cells.get("digest"))
    if not DIGEST.fullmatch(digest):
        raise UnreadableTable(
            "digest-damaged", "the digest of this row was changed; take the row from the preview's file again", row
        )
    if left and left.lower() not in YES:
        raise UnreadableTable("leave-out-unreadable", "leave_out takes x, or nothing", row)
    quantity = quantity_of(counted, blank_is_none=False) if _written(counted) else None
    if quantity == "unreadable":
        raise UnreadableTable("quantity-unreadable", "correct_quantity is no count from 1 to 9999", row)
    item, unit = good_said(named)
    return Correction(
        digest=digest,
        building=building,
        room=room,
        item=item,
        unit=unit,
        quantity=quantity,
        leave_out=bool(left),
        row=row,
    )


def good_said(named: str | None) -> tuple[str | None, str | None]:
    """A good as a person names it, with its unit in brackets or behind a blank; nothing where nothing is said."""
    return good_and_unit(named, "") if named else (None, None)


def _written(cell: object) -> str | None:
    if cell is None:
        return None
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    return text.strip().lstrip("'") or None


def apply_corrections(
    reading: OrderReading, corrections: Iterable[Correction], roster: Roster, *, add_doors: bool = False
) -> OrderReading:
    """The same reading with what people said of its unclear rows; corrections of other rows are named in a notice."""
    by_digest = {correction.digest: correction for correction in corrections}
    rows = tuple(
        _corrected(row, as_written_here(reading, by_digest[row.digest]), roster, add_doors=add_doors)
        if row.outcome == "unclear" and row.digest in by_digest
        else row
        for row in reading.rows
    )
    met = {row.digest for row in reading.rows if row.outcome == "unclear"}
    strangers = sum(1 for digest in by_digest if digest not in met)
    notices = (
        [
            f"{counted(strangers, 'correction is', 'corrections are')} for rows that are not unclear in this file; they were not used"
        ]
        if strangers
        else []
    )
    return read_again(reading, rows, notices)


def as_written_here(reading: OrderReading, said: Correction) -> Correction:
    """A good that the table knows, in the table's own writing; its unit where there is only one."""
    if said.item is None:
        return said
    goods = {good_key(row.item, row.unit): (row.item, row.unit) for row in reading.rows if row.item}
    key = good_key(said.item, said.unit or "")
    alike = [good for (item, unit), good in goods.items() if item == key[0] and (unit == key[1] or not key[1])]
    found = goods.get(key) or (alike[0] if len(alike) == 1 else None)
    return said.model_copy(update={"item": found[0], "unit": found[1]}) if found else said


def _corrected(row: OrderRow, said: Correction, roster: Roster, *, add_doors: bool) -> OrderRow:
    if said.leave_out:
        return row.model_copy(
            update={"outcome": "skipped", "reason": "left-out", "why": LEFT_OUT, "also": (), "nearest": ()}
        )
    good = {} if said.item is None else {"item": said.item, "unit": said.unit or ""}
    counted = {} if said.quantity is None else {"quantity": said.quantity}
    row = row.model_copy(update={**good, **counted})
    says_door = said.building is not None or said.room is not None
    cells = (said.building or row.building, said.room) if says_door else (row.building, row.room)
    door = read_columns(DoorColumns(building=(cells[0],), room=(cells[1],)), roster, add_doors=add_doors)
    open_doubts = [each for each in (row.reason, *row.also) if not _settled(each, said, says_door=says_door)]
    if says_door:
        row = row.model_copy(update={"building": door.building, "room": door.room, "nearest": door.nearest})
    if door.reason and not ABOUT_THE_DOOR.intersection(open_doubts):
        open_doubts = [door.reason, *open_doubts]
    if not open_doubts and row.quantity is None:
        open_doubts = ["quantity-missing"]
    if open_doubts:
        why = {**SENTENCES, **WHY}[open_doubts[0]]
        return row.model_copy(update={"reason": open_doubts[0], "also": tuple(open_doubts[1:]), "why": why})
    return row.model_copy(
        update={
            "building": door.building, "room": door.room, "household": door.household, "outcome": "ok", "why": "", "reason": "",
            "also": (), "nearest": (), "new_door": door.new,
        }
    )  # fmt: skip


def _settled(reason: str, said: Correction, *, says_door: bool) -> bool:
    if reason in ABOUT_THE_DOOR:
        return says_door
    if reason in IN_THE_TABLE_ONLY:
        return False
    return (said.item if reason in ABOUT_THE_GOOD else said.quantity) is not None
