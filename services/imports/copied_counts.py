"""Quantities that say the same as another column in every row: 数量 beside 金额, 数量 beside 房号."""

import re
from collections.abc import Sequence
from typing import Final

from services.imports.headers import spoken
from services.imports.layouts import Layout
from services.imports.merged_cells import Row

OF_MONEY: Final = re.compile(r".*(?:金额|总价|价钱|价格|单价|实付|应付)")
ROWS_ENOUGH, MORE_THAN_A_COUNT = 2, 9
"""One 元 each, and few of them, is a price."""


def copied_counts(layout: Layout, quantities: Sequence[int], below: Sequence[Row], *, priced: bool) -> str:
    """Why no quantity of such a table is certain; nothing for all others. A price says by itself which amounts are counts."""
    if not (layout.kind == "long" or layout.titled) or not quantities:
        return ""
    header = layout.sheet.rows[layout.header]
    money = (
        set[int]()
        if priced
        else {*layout.at("amount"), *(at for at, cell in enumerate(header) if OF_MONEY.fullmatch(spoken(cell)))}
    )
    for columns, doubt in ((money, "maybe-money"), (layout.at("room"), "maybe-no-good")):
        if any(_says_the_same(below, quantities[0], at) for at in columns):
            return doubt
    return ""


def _says_the_same(below: Sequence[Row], counted: int, other: int) -> bool:
    large = rows = 0
    for row in below:
        count = row.said[counted]
        if count and count != row.said[other]:
            return False
        rows += bool(count)
        large += count.isdecimal() and int(count) > MORE_THAN_A_COUNT
    return rows >= ROWS_ENOUGH and large > 0
