"""The corrections file: unclear rows that the preview writes, a person fills in, and the next reading takes back."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from domain.base import Message
from domain.community.door_columns import DoorColumns, read_columns
from domain.community.doors import Roster
from infra.tables import Sheet
from services.counted import counted
from services.imports.headers import spoken
from services.imports.layouts import UnreadableTable
from services.imports.order_rows import OrderRow
from services.imports.orders import OrderReading, read_again
from services.imports.quantities import quantity_of

COLUMNS = (
    "digest", "row", "building", "room", "item", "unit", "quantity", "why", "nearest",
    "correct_building", "correct_room", "correct_quantity", "leave_out",
)  # fmt: skip
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")
DIGEST = re.compile(r"[0-9a-f]{64}")
YES = {"x", "yes", "y", "1", "true", "是", "√", "✓", "v"}
NOT_ABOUT_THE_DOOR = {"state-unknown", "partly-refunded", "refund-unreadable"}
ABOUT_THE_QUANTITY = {
    "quantity-unreadable", "quantity-missing", "quantity-formula", "quantity-merged", "quantities-differ",
}  # fmt: skip
LEFT_OUT = "left out on purpose"


class Correction(Message):
    """What a person says of one row; what is None stays as it was read."""

    digest: str
    building: str | None = None
    room: str | None = None
    quantity: int | None = None
    leave_out: bool = False
    row: int | None = None
    """The line of the corrections file, for messages."""


def corrections_csv(reading: OrderReading) -> bytes:
    """The unclear rows as csv with a BOM; the last four columns are for the person."""
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
        )
        table.writerow([*map(_harmless, read), "", "", "", ""])
    return written.getvalue().encode("utf-8-sig")


def _harmless(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA_BEGINS) else text


def read_corrections(sheets: Sequence[Sheet]) -> tuple[Correction, ...]:
    """The rows of a corrections file in which a person wrote something; raises UnreadableTable."""
    for sheet in sheets:
        header = [spoken(cell) for cell in sheet.rows[0]] if sheet.rows else []
        if "digest" not in header:
            continue
        if missing := [name for name in COLUMNS[-4:] if name not in header]:
            raise UnreadableTable("not-corrections", f"this corrections file lacks the columns {', '.join(missing)}", 1)
        said = [
            _correction(dict(zip(header, row, strict=False)), sheet.number(index + 1))
            for index, row in enumerate(sheet.rows[1:])
        ]
        return tuple(correction for correction in said if correction is not None)
    raise UnreadableTable(
        "not-corrections", "this is no corrections file: it has no column digest; take the file that the preview wrote"
    )


def _correction(cells: dict[str, object], row: int) -> Correction | None:
    building, room = (_written(cells.get(f"correct_{part}")) for part in ("building", "room"))
    counted, left = cells.get("correct_quantity"), _written(cells.get("leave_out")) or ""
    if not any((building, room, _written(counted), left)):
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
    return Correction(digest=digest, building=building, room=room, quantity=quantity, leave_out=bool(left), row=row)


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
        _corrected(row, by_digest[row.digest], roster, add_doors=add_doors)
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


def _corrected(row: OrderRow, correction: Correction, roster: Roster, *, add_doors: bool) -> OrderRow:
    if correction.leave_out:
        return row.model_copy(update={"outcome": "skipped", "reason": "left-out", "why": LEFT_OUT, "nearest": ()})
    quantity = correction.quantity if correction.quantity is not None else row.quantity
    if row.reason in NOT_ABOUT_THE_DOOR and correction.quantity is None:
        return row
    said_door = correction.building is not None or correction.room is not None
    if not said_door and row.reason not in NOT_ABOUT_THE_DOOR | ABOUT_THE_QUANTITY:
        return row.model_copy(update={"quantity": quantity})
    cells = (correction.building, correction.room) if said_door else (row.building, row.room)
    door = read_columns(DoorColumns(building=(cells[0],), room=(cells[1],)), roster, add_doors=add_doors)
    if door.reason or quantity is None or not row.item:
        reason, why = (door.reason, door.why) if door.reason else (row.reason, row.why)
        return row.model_copy(
            update={
                "building": door.building,
                "room": door.room,
                "quantity": quantity,
                "nearest": door.nearest,
                "reason": reason,
                "why": why,
            }
        )
    return row.model_copy(
        update={
            "building": door.building, "room": door.room, "household": door.household, "quantity": quantity, "outcome": "ok",
            "why": "", "reason": "", "nearest": (), "new_door": door.new,
        }
    )  # fmt: skip
