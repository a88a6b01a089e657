"""What a preview tells a person beside the rows: corrections of earlier imports, orders that stay, phone numbers."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import TypeVar

from services.counted import counted
from services.imports.order_rows import OrderRow
from services.imports.orders import GoodTotal, OrderReading
from services.imports.phone_numbers import good_without_phones, has_phone

Named = TypeVar("Named", OrderRow, GoodTotal)
DOORS_NAMED = 10


def add_notices(reading: OrderReading, notices: Iterable[str]) -> OrderReading:
    return reading.model_copy(update={"notices": (*reading.notices, *notices)})


def corrected_before(table: OrderReading, reading: OrderReading, earlier: AbstractSet[str]) -> Iterable[str]:
    """Names every row that reads otherwise by what was said of it at an earlier import."""
    unclear = {row.digest for row in table.of("unclear")}
    told = []
    for row in reading.rows:
        if row.digest not in earlier or row.digest not in unclear:
            continue
        if row.outcome == "skipped":
            told.append(f"{row.row} → –")
        elif row.outcome == "ok":
            told.append(f"{row.row} → {row.household} × {row.quantity}")
    if told:
        rows = counted(len(told), "row is", "rows are")
        yield f"{rows} corrected as at an earlier import (row → door; – is left out): {', '.join(told)}"


def orders_that_stay(doors: AbstractSet[str]) -> Iterable[str]:
    """Of these doors a row is unclear, so that nobody knows what they order now."""
    if doors:
        named = sorted(doors)
        more = f" and {len(named) - DOORS_NAMED} more" if len(named) > DOORS_NAMED else ""
        yield (
            f"the orders of {counted(len(named), 'door')} stay as they are, as a row of theirs is unclear: "
            f"{', '.join(named[:DOORS_NAMED])}{more}"
        )


def phones_taken_out(reading: OrderReading) -> Iterable[str]:
    rows = sum(has_phone(f"{row.item} {row.unit}") for row in reading.rows)
    if rows:
        yield f"phone numbers beside the goods of {counted(rows, 'row')} are taken out"


def without_phone_numbers(reading: OrderReading) -> OrderReading:
    """As it is going to be booked: nobody needs to see a number beside a good, nor keep it in a file of corrections."""
    return reading.model_copy(
        update={
            "rows": tuple(goods_only(row) for row in reading.rows),
            "totals": tuple(goods_only(total) for total in reading.totals),
        }
    )


def goods_only(named: Named) -> Named:
    if not has_phone(f"{named.item} {named.unit}"):
        return named
    item, unit = good_without_phones(named.item, named.unit)
    return named.model_copy(update={"item": item, "unit": unit})


def words_for_directory(doors: int, new: int) -> Iterable[str]:
    """Names, phones and notes of so many doors; so many entries stand nowhere yet."""
    if doors:
        yield (
            f"names, phone numbers and notes of {counted(doors, 'door')} go to the directory when this is booked, and "
            f"nowhere else; {counted(new, 'entry is', 'entries are')} new"
        )
