"""baogong import orders: preview and book a sign-up table; take an import back."""

import sys
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import orjson
import typer
from pydantic import ValidationError
from rich.table import Table

from domain.procurement.group_buys import ImportUndone, UndoImport
from infra.asks import Answer
from infra.tables import open_tables
from projections import orders, roster
from projections.packed_pieces import Packed
from services.commands.terminal import ACTOR, DEFAULT_DATA, CompoundOption, Data, compound_in, opened, out, stop, told
from services.counted import counted
from services.imports import booking, handing_over
from services.imports.corrections import corrections_csv, read_corrections
from services.imports.orders import OrderReading, read_orders
from services.wiring import House, now

SHOWN_ROWS = 30
TOO_LONG = (
    "A value is too long or too large: a good's name has at most 200 characters, a door at most 9,999 of one good, "
    "and a building or room neither blanks nor dashes. Correct the table and import it again."
)


def register(app: typer.Typer) -> None:
    app.command("orders")(import_orders)
    app.command("undo")(undo)


def import_orders(
    *,
    file: Annotated[
        Path, typer.Argument(help="The table a group-buy tool exports: .xlsx, .xls, .ods or .csv.", metavar="FILE")
    ],
    compound: CompoundOption = None,
    group_buy: Annotated[
        str | None, typer.Option(help="Name of the group buy; the file's name where not given.")
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Show what would be booked, book nothing.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One object per row on standard output.")] = False,
    leave_unclear: Annotated[
        bool, typer.Option("--leave-unclear", help="Book the clear rows, leave out the unclear.")
    ] = False,
    add_doors: Annotated[bool, typer.Option("--add-doors", help="Add doors that are not on the roster.")] = False,
    password: Annotated[str | None, typer.Option(help="Password of a protected workbook.")] = None,
    corrections: Annotated[
        Path | None, typer.Option(help="Corrections FILE that a preview wrote and a person filled in.")
    ] = None,
    write_corrections: Annotated[
        Path | None, typer.Option(help="Write the unclear rows to FILE, to be filled in.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Name of the sheet to read, where several hold orders.")] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Confirm what would be asked: another group buy, many orders gone.")
    ] = False,
    data: Data = DEFAULT_DATA,
) -> None:
    """Read a sign-up table; all of it is booked or nothing, unless unclear rows are left out on purpose."""
    with opened(data) as house, told.status("Reading the table …"):
        where = compound_in(house, compound)
        doors = house.places.roster(where)
        reading = read_orders(open_tables(file, file.name, password), doors, add_doors=add_doors, sheet=sheet)
        wanted = booking.Wanted(file.name, group_buy, add_doors=add_doors)
        try:
            shown = booking.preview(house.read, house.directory, where, reading, doors, wanted)
            if corrections:
                said = read_corrections(open_tables(corrections, corrections.name), reading, shown.reading)
                wanted = wanted._replace(corrections=said)
                shown = booking.preview(house.read, house.directory, where, reading, doors, wanted)
        except ValidationError:
            stop(TOO_LONG)
        if json:
            print_rows(shown.reading)
        show(shown, rows=not json)
        if write_corrections is not None:
            write(write_corrections, shown)
        if not preview:
            book(house, shown, where, leave_unclear=leave_unclear, sure=yes)


def write(file: Path, shown: booking.Preview) -> None:
    try:
        file.write_bytes(corrections_csv(shown.reading))
    except OSError as error:
        stop(f"--write-corrections {file}: this file cannot be written ({error.strerror}); nothing was booked.")
    told.print(f"{counted(shown.unclear, 'unclear row')} written to {file}.", markup=False)


def book(house: House, shown: booking.Preview, compound: str, *, leave_unclear: bool, sure: bool) -> None:
    asked = booking.booking(
        shown,
        house.places.roster(compound),
        compound=compound,
        actor=ACTOR,
        at=now(),
        leave_unclear=leave_unclear,
        sure=sure,
    )
    answer, cards = handing_over.book(house, asked, shown)
    if cards:
        told.print(f"New entries in the directory (names, phone numbers, notes): {cards}.")
    if not answer.events:
        told.print("Nothing to book: these very orders stand already.")
        return
    changes = shown.changes
    if asked.doors is not None:
        told.print(f"New on the roster: {', '.join(shown.reading.new_doors)}.", markup=False)
    if shown.new_corrections:
        told.print(f"Corrections kept for newer tables: {shown.new_corrections}.")
    told.print(
        f"Booked in group buy “{shown.title}” ({shown.group_buy}). Doors added: {len(changes.added)}, "
        f"changed: {len(changes.changed)}, withdrawn: {len(changes.withdrawn)}, unchanged: {changes.unchanged}. "
        f"Undo: baogong import undo --group-buy {shown.group_buy} --compound {compound}",
        markup=False,
    )


def print_rows(reading: OrderReading) -> None:
    for row in reading.rows:
        out(orjson.dumps({name: getattr(row, name) for name in JSON_FIELDS}))
    sys.stdout.flush()


JSON_FIELDS = ("row", "building", "room", "item", "unit", "quantity", "outcome", "why")


def show(shown: booking.Preview, *, rows: bool) -> None:
    reading = shown.reading
    told.print(f"Sheet {reading.sheet} ({reading.form}), group buy “{shown.title}”:", markup=False)
    counts = {outcome: len(reading.of(outcome)) for outcome in ("ok", "unclear", "skipped")}
    told.print(f"{counted(counts['ok'], 'row')} ok, {counts['unclear']} unclear, {counts['skipped']} skipped.")
    doubtful = [row for row in reading.rows if row.outcome != "ok"]
    if rows and doubtful:
        table = Table("row", "door", "good", "quantity", "outcome", "why", "nearest doors")
        for row in doubtful[:SHOWN_ROWS]:
            door = "-".join(filter(None, (row.building, row.room)))
            quantity = "" if row.quantity is None else str(row.quantity)
            table.add_row(str(row.row), door, row.item, quantity, row.outcome, row.why, ", ".join(row.nearest))
        told.print(table)
        if len(doubtful) > SHOWN_ROWS:
            told.print(f"… and {len(doubtful) - SHOWN_ROWS} more; see them all with --json.")
    show_totals(reading)
    for notice in reading.notices:
        told.print(f"Note: {notice}.", markup=False)
    if shown.known:
        show_changes(shown.changes)
    if shown.same_as:
        told.print(f"Most of these orders stand in the group buy “{shown.same_as}” already.", markup=False)
    if shown.doubt:
        told.print(f"Before it is booked: {shown.doubt.text}", markup=False)
    if shown.possibly_double:
        told.print(f"Possibly double, ordered elsewhere too: {', '.join(shown.possibly_double[:10])}", markup=False)


def show_changes(changes: booking.Changes) -> None:
    """Against the orders that this group buy has from earlier tables."""
    if changes.unchanged:
        told.print(f"Doors that stay as they are: {changes.unchanged}.")
    for what, doors in (("added", changes.added), ("changed", changes.changed), ("withdrawn", changes.withdrawn)):
        if doors:
            more = f" and {len(doors) - SHOWN_ROWS} more" if len(doors) > SHOWN_ROWS else ""
            told.print(f"Doors {what}: {len(doors)} ({', '.join(doors[:SHOWN_ROWS])}{more}).", markup=False)


def show_totals(reading: OrderReading) -> None:
    table = Table("good", "unit", "in all", "unclear", "the file says")
    for total in reading.totals:
        stated = "" if total.stated is None else str(total.stated)
        if total.stated is not None and total.differs:
            stated += f" (differs by {total.read - total.stated:+d})"
        table.add_row(
            total.item,
            total.unit,
            str(total.read),
            str(total.unclear or ""),
            stated,
            style="red" if total.differs else "",
        )
    told.print(table)


def undo(
    *,
    group_buy: Annotated[str, typer.Option(help="Id or name of the group buy whose latest import is taken back.")],
    compound: CompoundOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask, though pieces of it are packed already.")] = False,
    data: Data = DEFAULT_DATA,
) -> None:
    """Take back the latest import of a group buy: its orders are as they were before."""
    with opened(data) as house:
        where = compound_in(house, compound)
        with house.read.reading() as rows:
            known = orders.group_buys(rows, where)
        found = next((each.group_buy for each in known if group_buy in {each.group_buy, each.title}), None)
        if found is None:
            stop(f"There is no group buy {group_buy}; there are: {', '.join(each.title for each in known) or 'none'}.")
        packed = handing_over.already_packed(house, where, found)
        if packed and not yes and not typer.confirm(words_about(packed), err=True):
            raise typer.Exit(1)
        request = UndoImport(id=uuid4(), compound=where, actor=ACTOR, happened_at=now(), group_buy=found)
        answer, cards = handing_over.undo(house, request, sure=True)
        told.print(
            f"Undone: {counted(len(answer.events) - 1, 'order is as it was', 'orders are as they were')} before; "
            "corrections of that import are forgotten, too."
        )
        if cards:
            told.print(f"Taken out of the directory again: {counted(cards, 'entry', 'entries')}.")
        say_which_doors_stay(house, where, answer)


def words_about(packed: Packed) -> str:
    return (
        f"{counted(packed.pieces, 'piece of this group buy is', 'pieces of this group buy are')} packed already, "
        f"{packed.delivered} of them delivered. They stay as they are, even where no order of their door is left. "
        "Undo the import all the same?"
    )


def say_which_doors_stay(house: House, compound: str, answer: Answer) -> None:
    undone = {each.event.undone.hex for each in answer.events if isinstance(each.event, ImportUndone)}
    with house.read.reading() as rows:
        brought = [each for each in roster.roster_imports(rows, compound) if each.command in undone and not each.undone]
    if brought:
        told.print(
            f"The {counted(brought[0].households, 'door that it added stays', 'doors that it added stay')} on the roster. "
            "To take the latest roster back, too: "
            f"baogong import households --undo --compound {compound}",
            markup=False,
        )
