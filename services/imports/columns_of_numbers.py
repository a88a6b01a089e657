"""Columns whose headers and numbers make it unlikely that they are goods, and those that count another column again."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from infra.tables import Cell
from services.imports.headers import spoken
from services.imports.quantities import quantity_of

PLACEHOLDER: Final = re.compile(r"(?:列|栏|字段|未命名|field|column|col|unnamed|sheet|untitled)[:_-]?[0-9]*|[a-z]列")
LEADING_ZERO: Final = re.compile(r"0[0-9]+")
MORE_THAN_A_DOOR_ORDERS: Final = 200
HALF, SEVERAL = 0.5, 2
SUM_OF_ONE: Final = re.compile(
    r"(?P<good>.+?)[(:_-]?(?:合计|小计|总计|共计|总数|总和|总量?|共)[):]?|(?:合计|小计|总计|共计|总数)[(:_-]?(?P<behind>.+?)[):]?"
)
SURELY_A_SUM: Final = re.compile(r".+(?:合计|总计|共计|总和)[):]?")
ORDERED: Final = re.compile(r"(?P<good>.+?)[(_-]?(?:预?订购?|下单|购买?|[要买])(?:数量?)?\)?")
CAME_BESIDE: Final = re.compile(r"(?P<good>.+?)[(_-]?(?:实收|签收|实到|到货|实发|已[发收取领]货?|领取)(?:数量?)?\)?")
"""Beside a good that says of itself no more than its name."""
CAME: Final = re.compile(r"(?P<good>.+?)[(_-]?(?:实?收|签收|收货|实?到|到货|已?发货?|实发|已取|领取?)(?:数量?)?\)?")


def may_be_no_good(header: Cell, cells: Iterable[Cell]) -> bool:
    """列1 and 0071 say so, and so do numbers that are larger than what a household orders."""
    if PLACEHOLDER.fullmatch(spoken(header)):
        return True
    often = Counter(cells)
    if any(isinstance(cell, str) and cell[:1] == "0" and LEADING_ZERO.fullmatch(cell.strip()) for cell in often):
        return True
    if len(often) < SEVERAL:
        return False
    counts = {cell: count for cell in often if isinstance(count := quantity_of(cell, blank_is_none=True), int)}
    large = {count for count in counts.values() if count > MORE_THAN_A_DOOR_ORDERS}
    return len(large) >= SEVERAL and len(large) > HALF * sum(often[cell] for cell in counts)


def added_up_in(names: Mapping[int, str]) -> dict[int, list[int]]:
    """苹果合计 by its column, with those of 苹果第一批 and 苹果第二批."""
    sums = {}
    for at, name in names.items():
        if found := SUM_OF_ONE.fullmatch(spoken(name)):
            good = found["good"] or found["behind"]
            if added := [other for other, each in names.items() if other != at and spoken(each).startswith(good)]:
                sums[at] = added
            elif SURELY_A_SUM.fullmatch(spoken(name)) and len(names) > SEVERAL:
                sums[at] = [other for other in names if other != at]
    return sums


def came_of(names: Mapping[int, str]) -> dict[int, tuple[int, str]]:
    """苹果收 by its column, with that of 苹果订 beside it, and 苹果."""
    ordered = {found["good"]: at for at, name in names.items() if (found := ORDERED.fullmatch(spoken(name)))}
    beside = {at: found["good"] for at, name in names.items() if (found := CAME_BESIDE.fullmatch(spoken(name)))}
    plain = {spoken(name): at for at, name in names.items()}
    ordered = {good: plain[good] for good in beside.values() if good in plain} | ordered
    came = {at: found["good"] for at, name in names.items() if (found := CAME.fullmatch(spoken(name)))}
    return {at: (ordered[good], good) for at, good in came.items() if good in ordered and ordered[good] != at}


def adds_up(rows: Sequence[Sequence[Cell]], column: int, columns: Sequence[int]) -> bool:
    for row in rows:
        said, *others = (
            count if at < len(row) and isinstance(count := quantity_of(row[at], blank_is_none=True), int) else 0
            for at in (column, *columns)
        )
        if said and said != sum(others):
            return False
    return True
