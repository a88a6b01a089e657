"""Sums below each block of a table, which are together what the file says: 合计 below 12号楼, and 合计 below 13号楼."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import inf
from operator import itemgetter

from services.imports.order_rows import OrderRow
from services.imports.sheets_by_building import Stated

SEVERAL = 2
ALL_GOODS = ("", "")


def with_sums_of_blocks(stated: Sequence[Stated], rows: Sequence[OrderRow]) -> list[Stated]:
    """The same, and what blocks say together behind it, as far as it is nearer to what was read than the last sum alone."""
    if len(stated) < SEVERAL:
        return list(stated)
    orders = sorted({row.row for row in rows})
    read = _read(row for row in rows if row.outcome != "skipped"), _read(rows)
    together = [*stated]
    for of_all in (False, True):
        sums = sorted((each for each in stated if each[2] is of_all), key=itemgetter(0))
        blocks = _of_blocks(sums, orders)
        if len(blocks) < SEVERAL:
            continue
        last = {good: count for _, counts, _ in sums for good, count in counts.items()}
        added = Counter[tuple[str, str]]()
        for _, counts, _ in blocks:
            added.update(counts)
        nearer = {
            good: count
            for good, count in added.items()
            if min(abs(count - known[good]) for known in read) < min(abs(last[good] - known[good]) for known in read)
        }
        together.append((sums[-1][0], nearer, of_all))
    return together


def _read(rows: Iterable[OrderRow]) -> Counter[tuple[str, str]]:
    read = Counter[tuple[str, str]]()
    for row in rows:
        read[row.item, row.unit] += row.quantity or 0
    read[ALL_GOODS] = read.total()
    return read


def _of_blocks(sums: Sequence[Stated], orders: Sequence[int]) -> list[Stated]:
    """The sums with orders of their own above them; or below them, where the first has none above."""
    at = [each[0] for each in sums]
    below = bool(at) and bisect_left(orders, at[0]) == 0
    edges = [*at, inf] if below else [-inf, *at]
    return [
        each
        for each, (first, last) in zip(sums, pairwise(edges), strict=True)
        if bisect_left(orders, last) > bisect_right(orders, first)
    ]
