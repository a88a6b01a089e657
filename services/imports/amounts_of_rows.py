"""Price times quantity where a table says the amount, too: a row in which they differ is asked about."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from infra.tables import Cell
from services.imports.headers import BRACKETS, spoken
from services.imports.layouts import Layout
from services.imports.quantities import money_of, quantity_of

PRICE = re.compile(r"(?:商品|团购?|团当前|销售|优惠)?(?:单价|价格|售价|团购价)|(?:unit)?price")
AMOUNT = re.compile(r"(?:商品)?(?:小计|金额|合计|总价)(?:金额)?|(?:小计|合计)金额|总金额|amount|subtotal")
"""Of the row; 订单金额 and 实付 are of an order, which may have several."""
HALF, ROWS_ENOUGH = 0.5, 2


class Priced:
    """The columns of a price, of how many, and of the amount of a row."""

    def __init__(self, layout: Layout, quantities: Sequence[int], below: Sequence[Sequence[Cell]]) -> None:
        header = [BRACKETS.sub("", spoken(cell)) for cell in layout.sheet.rows[layout.header]]
        prices, amounts = ([at for at, cell in enumerate(header) if form.fullmatch(cell)] for form in (PRICE, AMOUNT))
        self.columns: tuple[int, int, int] | None = None
        self.usual = False
        """Whether price times quantity is the amount in most rows: elsewhere discounts and freight are in it."""
        if len(prices) != 1 or len(amounts) != 1 or not quantities:
            return
        self.columns = prices[0], quantities[0], amounts[0]
        doors = layout.at("whole", "building", "block", "room", "address", "number")
        orders = Counter(self._of_an_order(row, doors) for row in below)
        alone = [row for row in below if orders[self._of_an_order(row, doors)] == 1]
        agrees = [price * count == amount for row in alone for price, count, amount in self._said(row)]
        self.usual = sum(agrees) >= ROWS_ENOUGH and sum(agrees) > HALF * len(agrees)
        self.doors, self.orders = doors, orders
        self.per_price = self._counts_otherwise(alone)

    def _counts_otherwise(self, rows: Sequence[Sequence[Cell]]) -> bool:
        """Whether the price is of a part of what is counted, as 5 a pound beside boxes: then each price has its one ratio."""
        ratios: dict[Decimal, list[Decimal]] = {}
        for row in rows:
            for price, count, amount in self._said(row):
                ratios.setdefault(price, []).append(amount / count if count else amount)
        several = [each for each in ratios.values() if len(each) > 1]
        return bool(several) and all(len(set(each)) == 1 and each[0] != price for price, each in ratios.items())

    def differs(self, row: Sequence[Cell]) -> bool:
        for price, count, amount in self._said(row):
            if price * count == amount:
                continue
            if count == amount:
                return True
            alone = self.orders[self._of_an_order(row, self.doors)] == 1
            of_another_count = amount % price == 0 and amount > price * count and not self.per_price
            return alone and (self.usual or of_another_count)
        return False

    def _of_an_order(self, row: Sequence[Cell], doors: Sequence[int]) -> tuple[object, ...]:
        """Rows of one door with one amount may share it."""
        return (*(spoken(str(row[at])) for at in doors), money_of(row[self.columns[2]]) if self.columns else None)

    def _said(self, row: Sequence[Cell]) -> Iterator[tuple[Decimal, int, Decimal]]:
        if self.columns is None:
            return
        price, count, amount = self.columns
        of_one, together = money_of(row[price]), money_of(row[amount])
        counted = quantity_of(row[count], blank_is_none=True)
        if not isinstance(of_one, Decimal) or not isinstance(together, Decimal) or not isinstance(counted, int):
            return
        if of_one and together:
            yield of_one, counted, together
