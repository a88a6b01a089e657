"""Rows that add up others: the last ones that do not say so, and sums of one good that stand like a good."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal

from infra.tables import Cell
from services.imports.headers import Column, spoken
from services.imports.layouts import DOOR_COLUMNS, Layout, filled
from services.imports.merged_cells import Row
from services.imports.quantities import money_of, quantity_of

NAMING: tuple[Column, ...] = (*DOOR_COLUMNS, "unit", "phase", "lane", "item", "spec", "person", "phone", "number")
SUM_OF_A_GOOD = re.compile(r"(.+?)[(:]?(?:合计|小计|总计|共计)[):]?")
ROWS_ENOUGH = 2
"""Below a single order, the same number may be a second order whose door was forgotten."""


def sums_of_goods(below: Iterable[Row], places: Sequence[int]) -> set[str]:
    """苹果合计 in the column of the good, where 苹果 stands there, too."""
    written = {row[at]: row.said[at] for row in below for at in places if row.said[at]}
    goods = set(written.values())
    sums = {cell: found for cell, said in written.items() if (found := SUM_OF_A_GOOD.fullmatch(said))}
    return {cell for cell, found in sums.items() if isinstance(cell, str) and found[1] in goods}


def sums_without_a_word(layout: Layout, rows: Sequence[Sequence[Cell]], no_orders: Collection[int]) -> set[int]:
    """Rows at the end that hold nothing but numbers, each the sum of its column; ``no_orders`` are lines and rows of sums that say so."""
    counted = {good.column for good in layout.goods} or {each.quantity for each in layout.sets}
    counted = counted or set(layout.at("quantity", "portions", "sold"))
    below = [at for at in range(layout.header + 1, len(rows)) if at not in no_orders and any(map(filled, rows[at]))]
    last = list(_last_numbers(rows, below, layout.at(*NAMING)))
    if not last:
        return set()
    found = {index for index, _ in last}
    orders = [rows[at] for at in below if at not in found]
    ticked = {good.column for good in layout.goods if good.ticked}
    added = {at for _, numbers in last for at in numbers}
    sums = {at: _sum(orders, at, counted=at in ticked, crosses=_crosses(layout, at)) for at in added | counted}
    if sum(1 for row in orders if any(filled(row[at]) for at in counted)) < ROWS_ENOUGH:
        return set()
    if any(sums[at] != 0 for at in counted - added):
        return set()
    agree = all(sums[at] == number for _, numbers in last for at, number in numbers.items())
    return found if agree and counted & added else set()


def _last_numbers(
    rows: Sequence[Sequence[Cell]], below: Sequence[int], naming: Sequence[int]
) -> Iterator[tuple[int, dict[int, Decimal]]]:
    for index in reversed(below):
        if any(filled(rows[index][at]) for at in naming):
            return
        numbers = {at: money_of(cell) for at, cell in enumerate(rows[index]) if filled(cell)}
        known = {at: number for at, number in numbers.items() if isinstance(number, Decimal)}
        if len(known) < len(numbers):
            return
        yield index, known


def _crosses(layout: Layout, column: int) -> frozenset[str]:
    return frozenset().union(*(good.crosses for good in layout.goods if good.column == column))


def _sum(rows: Sequence[Sequence[Cell]], column: int, *, counted: bool, crosses: frozenset[str]) -> Decimal | None:
    """What a column adds up to; None where a cell of it cannot be read."""
    together = Decimal(0)
    for row in rows:
        cell = row[column]
        if counted:
            together += filled(cell) and spoken(cell) not in crosses
            continue
        quantity = quantity_of(cell, blank_is_none=True)
        number = Decimal(quantity) if isinstance(quantity, int) else money_of(cell)
        if isinstance(number, str):
            return None
        together += number or 0
    return together
