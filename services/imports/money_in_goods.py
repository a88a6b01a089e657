"""Amounts of money where a table seems to say how many: 苹果（25元） above 25 and 50, 总金额 that adds them up."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from infra.tables import Cell
from services.imports.beside_goods import MONEY
from services.imports.forgetting import remembered
from services.imports.headers import BRACKETS, spoken
from services.imports.layouts import GoodColumn, Layout, filled
from services.imports.quantities import money_of

PRICE = re.compile(r"([0-9]+(?:\.[0-9]+)?)(?:元|块|rmb)|[¥￥]([0-9]+(?:\.[0-9]+)?)|[^0-9.]([0-9]+(?:\.[0-9]+)?)$")
"""Also 苹果25, of which nobody knows whether it is a price."""
SURELY_NO_COUNT = 10
"""Nobody orders ten, twenty and thirty of what costs ten, and nothing between."""
LEAST_PRICE = 5
"""Beside goods without prices, a column of money with 3 in it may count 1 and 2."""
HALF = 0.5


def goods_in_money(layout: Layout, goods: Sequence[GoodColumn], rows: Sequence[Sequence[Cell]]) -> list[GoodColumn]:
    """The same; where the cells of a good may be what it costs, the doubt says so."""
    header = layout.sheet.rows[layout.header]
    prices = {good.column: price for good in goods if (price := _price(spoken(header[good.column])))}
    priced = {at for at, price in prices.items() if _are_multiples(rows, at, price)}
    sums = [*layout.at("sum"), *_sums_of_money(layout)]
    added = priced and priced == prices.keys() and any(_adds_up(rows, at, goods) for at in sums)
    if added or (any(_adds_up(rows, at, goods) for at in _sums_of_money(layout)) and _may_be_prices(rows, goods)):
        return [good._replace(doubt="maybe-money") for good in goods]
    surely = {at for at in priced if prices[at] >= SURELY_NO_COUNT}
    return [good._replace(doubt="maybe-money") if good.column in surely else good for good in goods]


class RowsInMoney:
    """Single rows of a table of quantities in which somebody wrote the amounts."""

    def __init__(self, layout: Layout) -> None:
        header = layout.sheet.rows[layout.header]
        self.prices = {good.column: _price(spoken(header[good.column])) for good in layout.goods}
        self.sums = [*layout.at("sum"), *_sums_of_money(layout)] if all(self.prices.values()) else []

    def holds(self, row: Sequence[Cell]) -> bool:
        if not any(filled(row[at]) for at in self.sums):
            return False
        said = [(amount, price) for at, price in self.prices.items() if (amount := money_of(row[at])) and price]
        if not all(isinstance(amount, Decimal) and amount % price == 0 for amount, price in said):
            return False
        together = sum(amount for amount, _ in said if isinstance(amount, Decimal))
        return any(money_of(row[at]) == together for at in self.sums)


@remembered
def _price(header: str) -> Decimal | None:
    found = PRICE.search(header)
    price = Decimal(found[1] or found[2] or found[3]) if found else Decimal(0)
    return price if price > 1 else None


def _are_multiples(rows: Iterable[Sequence[Cell]], column: int, price: Decimal) -> bool:
    said = {row[column] for row in rows if column < len(row) and filled(row[column])}
    amounts = [amount for cell in said if (amount := money_of(cell)) is not None]
    return any(amounts) and all(isinstance(amount, Decimal) and amount % price == 0 for amount in amounts)


def _sums_of_money(layout: Layout) -> list[int]:
    """Columns that say by their name that they hold money; total may count goods."""
    header = layout.sheet.rows[layout.header]
    return [
        at for at in layout.at("amount", "other") if MONEY.fullmatch(BRACKETS.sub("", spoken(header[at]))) is not None
    ]


def _adds_up(rows: Iterable[Sequence[Cell]], column: int, goods: Sequence[GoodColumn]) -> bool:
    """Whether the column says, in more than half of the rows that say anything, what the cells of the goods are together."""
    said = agree = 0
    for row in rows:
        amount = money_of(row[column]) if column < len(row) else None
        if amount:
            said += 1
            agree += amount == sum(_amounts(row, goods))
    return agree > HALF * said


def _may_be_prices(rows: Iterable[Sequence[Cell]], goods: Sequence[GoodColumn]) -> bool:
    return all(amount >= LEAST_PRICE for row in rows for amount in _amounts(row, goods) if amount)


def _amounts(row: Sequence[Cell], goods: Sequence[GoodColumn]) -> Iterable[Decimal]:
    amounts = (money_of(row[good.column]) for good in goods if good.column < len(row))
    return (amount for amount in amounts if isinstance(amount, Decimal))
