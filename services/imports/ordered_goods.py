"""The goods of one row and how many of each, in a table with a row per good or with a column per good."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from domain.community.door_words import CHINESE
from infra.tables import Cell
from services.imports.amounts_of_rows import Priced
from services.imports.beside_goods import PAID_FOR
from services.imports.copied_counts import copied_counts
from services.imports.forgetting import remembered
from services.imports.goods_that_change import changes_a_good
from services.imports.headers import BRACKETS, is_total, spoken
from services.imports.layouts import GoodColumn, GoodSet, Layout, filled
from services.imports.merged_cells import Row
from services.imports.money_in_goods import RowsInMoney
from services.imports.no_goods import names_no_good
from services.imports.notes import HOW_MANY
from services.imports.order_stands import DOOR_PARTS, Cells
from services.imports.quantities import (
    COUNTED_IN,
    SO_MANY_PIECES,
    counts_dozens,
    counts_pieces,
    good_and_unit,
    good_key,
    is_a_multiple_of_pieces,
    quantity_in,
    quantity_of,
    said_in,
    text_of,
    told_apart_by_price,
    without_own_count,
)
from services.imports.titles import is_surely_a_good

COUNT_OF_GOOD = rf"[\u4e00-\u9fff)）][^\S\n]*(?:[x×*X]\s*\d+(?:{COUNTED_IN})?|\d+\s*(?:{COUNTED_IN})|(?<![斤升克])\d+(?=[\s,，;；、/+]|$))"
SEVERAL_GOODS = re.compile(
    rf"(?<![斤升克盒瓶袋枚])[\u4e00-\u9fff)）]\s*[x×*X]\s*\d+\s*[\s,，;；、+]+\S|\d\s*[份箱盒个袋件包瓶]\s*[,，;；、+]\s*\S|"
    rf"{COUNT_OF_GOOD}[\s,，;；、+]*\S*?{COUNT_OF_GOOD}|┋|\S\s*\n\s*\S"
)
OWN_QUANTITY = re.compile(
    rf"(?P<name>.+?)[x×*]?(?P<behind>(?:[0-9]+|[{CHINESE}两俩]+)(?:{COUNTED_IN})?)|(?P<before>(?:[0-9]+|[{CHINESE}两俩]+)(?:{COUNTED_IN}))(?P<good>.+)"
)
COUNT_IN_UNIT = re.compile(r"(?:[x×*共])?(?P<count>[0-9]{1,3}|[一二三四五六七八九十两俩]+)份?")
BEFORE_A_COUNT = re.compile(r"共$|[¥￥]?[0-9]+(?:\.[0-9]+)?(?:元|块)?(?:[/每一]?[份箱盒袋])?[x×*,]?$")
EACH_OF_SEVERAL = re.compile(rf"[、,，+和及/].+各(?:[0-9]+|[{CHINESE}两俩]+)(?:{COUNTED_IN})?$")
"""苹果、梨各1; 青菜、菠菜各1斤 may be the name of a bundle."""
BETWEEN_GOODS = re.compile(r"[,，、+;；/]|和")
TAKEN_BACK = re.compile(r"取消|作废|退[款货单了]|已退|不要了|下架|停售|缺货|^退(?!热|烧)|[(（【]退[)）】]|^退$")


WANTS_SOME = re.compile(rf"^[+加]?(?:再?[要订买加拼来]|\+)(?:[0-9]{{1,2}}|[{CHINESE}两俩]{{1,2}})(?:{COUNTED_IN})?$")
"""要1 or +1 beside a door and no good."""
ON_TOP = re.compile(r"[赠加补多]")
"""No more of 赠品数量 takes nothing away."""


class Ordered(NamedTuple):
    """One good of one row, before its door is read."""

    item: str
    unit: str
    quantity: int | None
    reason: str
    """Why it is not certain, or nothing."""
    written: str
    """What stands in the cells of its quantity: a correction knows the row again by it."""


class Good(NamedTuple):
    """What the cells that name a good say, whatever stands beside them."""

    item: str
    unit: str
    own_count: int | None
    """鸡蛋x3 or 2箱鸡蛋, where 鸡蛋 is a good of the table: how many the name itself says."""
    doubt: str
    bare: tuple[str, str] | None = None
    """What the good is without the count in its name."""


class OrderedGoods:
    def __init__(self, layout: Layout, cells: Cells, below: list[Row], merged: set[tuple[int, int]]) -> None:
        self.layout, self.cells, self.merged = layout, cells, merged
        self.goods: dict[tuple[Cell, Cell], Good] = {}
        self.names: dict[tuple[str, str], tuple[str, str]] = {}
        """What is one good is called as it was written first: 5 斤 is 5斤."""
        self.quantities = layout.at("quantity") or layout.at("portions") or layout.at("sold")
        self.priced = Priced(layout, self.quantities if layout.kind == "long" or layout.titled else (), below)
        self.copied = copied_counts(layout, self.quantities, below, priced=self.priced.columns is not None)
        self.money = RowsInMoney(layout)
        self.recounts = [at for at in layout.at("recount") if any(_count(row[at]) for row in below)]
        self.counted_within = layout.at("item") == layout.at("spare_item")
        header = layout.sheet.rows[layout.header]
        came = [at for at in layout.at("recount") if not ON_TOP.search(spoken(header[at]))]
        self.zeros = [at for at in came if self._tells_by_zeros(at, below)]
        told_otherwise = any(good.ticked or good.answered for good in layout.goods)
        self.sums = {*layout.sums, *(layout.at("quantity", "portions") if told_otherwise else ())}
        """A tick is one, unless a column beside it says how many."""
        self.unknown = [at for at, _ in layout.unknown() if at not in self.quantities]
        self.items = self._telling(layout.at("item"), below)
        self.alone = self._named(below)
        """The goods of the table, in one way of writing."""
        columns = [(each.item, each.spec) for each in layout.sets] or [
            (item, spec) for item in self.items for spec in layout.at("spec")[:1] or (None,)
        ]
        self.by_price = told_apart_by_price(
            (row[item], "" if spec is None else row[spec]) for row in below for item, spec in columns
        )
        self.several_specs = self._several_specs(columns, below)

    def _tells_by_zeros(self, column: int, below: Iterable[list[Cell]]) -> bool:
        """Whether 0 stands in some rows of 实发数量 and not in all, as in a column that nobody filled in."""
        counted = [*self.quantities, *(good.column for good in self.layout.goods)]
        rows = [row for row in below if any(filled(row[at]) for at in counted) and not any(map(is_total, row))]
        zeros = sum(1 for row in rows if _is_zero(row[column]))
        return 0 < zeros < len(rows)

    def _none_came(self, row: list[Cell]) -> bool:
        return any(_is_zero(row[at]) for at in self.zeros)

    def _named(self, below: Iterable[Row]) -> set[str]:
        items = [*self.items, *(each.item for each in self.layout.sets)]
        named = [good_and_unit(cell, "") for cell in {row[at] for row in below for at in items}]
        self.units: dict[str, set[str]] = {}
        for item, unit in named:
            self.units.setdefault(spoken(item), set()).add(spoken(unit))
        return (self.units.keys() | {spoken(good.item) for good in self.layout.goods}) - {""}

    def of(self, index: int, row: Row) -> list[Ordered]:
        if self.layout.kind == "wide":
            return list(self._wide(index, row))
        if self.layout.sets:
            return [good for each in self.layout.sets for good in self._of_set(index, row, each)]
        return list(self._long(index, row))

    def _telling(self, items: tuple[int, ...], below: list[Row]) -> tuple[int, ...]:
        """Columns of goods; one that says the same in every row is a title where another one tells goods apart."""
        said = {at: {text for row in below if (text := row.said[at])} for at in items}
        return tuple(at for at in items if len(said[at]) > 1) or items

    def _long(self, index: int, row: Row) -> Iterator[Ordered]:
        named = [row[at] for at in self.items if row.said[at]]
        written = (named[0] if named else "", next(iter(self.cells(row, "spec")), ""))
        own = None
        if self.counted_within and not SEVERAL_GOODS.search(text_of(written[0])):
            bare, own = without_own_count(written[0])
            written = bare, written[1]
        cells = [row[at] for at in self.quantities]
        if not text_of(written[0]).strip() and self._holds_no_order(index, row, cells):
            return
        good = self._good(index, self.quantities[0], written, cells)
        others = [*cells[1:], *self.cells(row, "portions"), *(row[at] for at in self.recounts), own]
        if good.quantity and any(other != good.quantity for cell in others if (other := _count(cell)) is not None):
            good = good._replace(quantity=None, reason="quantities-differ")
        if good.quantity and self._none_came(row):
            good = good._replace(quantity=None, reason="quantities-differ")
        if good.quantity and not good.reason and self.priced.differs(row):
            good = good._replace(reason="amount-differs")
        if self.copied and not good.reason:
            good = good._replace(reason=self.copied)
        if good.reason in {"", "quantities-differ"} and len(named) > 1 and _differ(named):
            good = good._replace(reason="goods-differ")
        yield good

    def _holds_no_order(self, index: int, row: Row, cells: list[Cell]) -> bool:
        """A row without a good: a note below the table, or a door of a list in which this one ordered nothing."""
        quantity = index, self.quantities[0]
        if spoken(text_of(cells[0])) or quantity in self.merged or quantity in self.layout.sheet.without_value:
            return False
        words = (row.said[at] for at in (*self.layout.at("spec", "note"), *self.unknown))
        return not any(self.cells.said(row, *DOOR_PARTS[:5])) or not any(words)

    def _of_set(self, index: int, row: Row, each: GoodSet) -> Iterator[Ordered]:
        written = row[each.item], "" if each.spec is None else row[each.spec]
        if text_of(written[0]).strip() or _count(row[each.quantity]):
            yield self._good(index, each.quantity, written, [row[each.quantity]])

    def _good(self, index: int, column: int, written: tuple[Cell, Cell], cells: list[Cell]) -> Ordered:
        good = self.goods.get(written)
        if good is None:
            good = self.goods[written] = self._good_of(written)
        quantity, reason = self._quantity(index, column, cells[0], good.item, good.unit)
        if quantity and good.own_count not in {None, quantity}:
            quantity, reason = None, "quantities-differ"
        elif quantity and good.own_count and good.bare:
            good = good._replace(item=good.bare[0], unit=good.bare[1])
        written_count = "|".join([said_in(cell) for cell in cells])
        return Ordered(good.item, good.unit, quantity, reason or good.doubt, written_count)

    def _good_of(self, written: tuple[Cell, Cell]) -> Good:
        named = self._unit_told_apart(written, self._good_and_unit(written))
        item, unit = self.names.setdefault(good_key(*named), named)
        text = text_of(written[0])
        each = EACH_OF_SEVERAL.search(BRACKETS.sub("", text)) is not None
        count, bare = self._count_within(item), item
        if (found := OWN_QUANTITY.fullmatch(spoken(item))) and count:
            bare = _without_count(found)
        elif (found := COUNT_IN_UNIT.fullmatch(spoken(unit))) and self._unit_counts(text, item, unit):
            count = _count(found["count"])
        bare_good = self.names.setdefault(good_key(bare, ""), (bare, "")) if count else None
        several = each or SEVERAL_GOODS.search(text) is not None or self._names_several(item)
        doubt = "several-goods" if several else _doubt_about(item, unit)
        if not doubt and not count and changes_a_good(spoken(text), self.alone):
            doubt = "good-changes"
        return Good(item, unit, count, doubt, bare_good)

    def _unit_counts(self, written: str, item: str, unit: str) -> bool:
        """苹果(3) is three of it, where 苹果 or 苹果 2 stand in the table, too; where all say 可乐(24), that is its name."""
        own = spoken(good_and_unit(written, "")[1]) == spoken(unit)
        return own and (unit.endswith("份") or len(self.units.get(spoken(item), ())) > 1)

    def _count_within(self, item: str) -> int | None:
        found = OWN_QUANTITY.fullmatch(spoken(item))
        if found is None or _without_count(found) not in self.alone:
            return None
        return _count(found["behind"] or found["before"])

    def _several_specs(self, columns: Iterable[tuple[int, int | None]], below: Sequence[Row]) -> set[str]:
        """Goods that are told apart by the column beside them, whatever stands in their brackets."""
        specs: dict[str, set[str]] = {}
        for item, spec in columns:
            for named, told in {(row[item], row[spec]) for row in below} if spec is not None else ():
                if (said := spoken(text_of(told))) and (name := spoken(text_of(named))):
                    specs.setdefault(name, set()).add(said)
        return {
            name for name, said in specs.items() if len(said) > 1 and spoken(good_and_unit(name, "")[1]) not in said
        }

    def _good_and_unit(self, written: tuple[Cell, Cell]) -> tuple[str, str]:
        named = good_and_unit(*written)
        return good_and_unit(*written, with_price=True) if good_key(*named) in self.by_price else named

    def _unit_told_apart(self, written: tuple[Cell, Cell], named: tuple[str, str]) -> tuple[str, str]:
        """牛奶(巴氏鲜奶) with 950ml and 1.8L are two goods; 荔枝(每箱四斤) is one, whatever a row says beside it."""
        spec = " ".join(text_of(written[1]).split())
        name = spoken(text_of(written[0]))
        if name not in self.several_specs or not spec or spoken(spec) in spoken(named[1]):
            return named
        return named[0], f"{named[1]} {spec}"

    def _names_several(self, item: str) -> bool:
        """苹果、鸡蛋 where both are goods of the table by themselves; 牛奶+酸奶 may be the name of one, 苹果/鸡蛋 is one or the other."""
        parts = [spoken(part) for part in BETWEEN_GOODS.split(item)]
        if len(parts) > 1 and all(part in self.alone for part in parts):
            return True
        choices = [spoken(part) for part in item.split("/")]
        return len(choices) > 1 and all(part in self.alone or is_surely_a_good(part) for part in choices)

    def _wide(self, index: int, row: Row) -> Iterator[Ordered]:
        counts = [_counted(good, row[good.column]) for good in self.layout.goods]
        together = sum(count for count in counts if isinstance(count, int))
        differs = "unreadable" not in counts and any(
            count != together for at in self.sums if (count := _count(row[at])) is not None
        )
        in_money = self.money.holds(row)
        ordered = False
        for good, ordered_here in zip(self.layout.goods, counts, strict=True):
            cell = row[good.column]
            if (index, good.column) in self.layout.sheet.without_value:
                if cell is not None and cell != "":
                    continue
            elif ordered_here is None:
                continue
            ordered = True
            counted = 1 if good.ticked or good.answered else cell
            quantity, reason = self._quantity(index, good.column, counted, good.item, good.unit)
            reason = reason or good.doubt or ("quantities-differ" if self._none_came(row) else "")
            priced_otherwise = self.layout.titled and bool(quantity) and self.priced.differs(row)
            reason = reason or ("amount-differs" if in_money or priced_otherwise else "") or self.copied
            reason = reason or ("sum-differs" if differs else _doubt_about(good.item, good.unit))
            yield Ordered(good.item, good.unit, quantity, reason, row.said[good.column])
        if not ordered and (differs or self._says_something_else(row)):
            said = (*self.layout.sums, *self.layout.at("note"), *self.unknown)
            yield Ordered("", "", None, "no-good", "|".join(row.said[at] for at in said))

    def _says_something_else(self, row: Row) -> bool:
        """A door without a good, and beside it a count or a good in the notes: 要1份鸡蛋."""
        if not any(self.cells.said(row, *DOOR_PARTS[:5])):
            return False
        notes = filter(None, self.cells.said(row, "note"))
        return any(
            HOW_MANY.search(text) or WANTS_SOME.search(text) or any(good in text for good in self.alone)
            for text in notes
        )

    def _quantity(self, index: int, column: int, cell: Cell, item: str, unit: str) -> tuple[int | None, str]:
        if (index, column) in self.merged:
            return None, "quantity-merged"
        if cell is None or cell == "" or (isinstance(cell, str) and not cell.strip()):
            formula = (index, column) in self.layout.sheet.without_value
            return None, "quantity-formula" if formula else "quantity-missing"
        quantity = quantity_of(cell, blank_is_none=False)
        if not isinstance(quantity, int):
            own = quantity_in(cell, unit or self._counted_in(column))
            return own, "" if own else "quantity-unreadable"
        pieces = counts_pieces(cell, item, unit) or (
            counts_dozens(cell) and "打" not in f"{unit}{self._header(column)}"
        )
        if quantity >= SO_MANY_PIECES and text_of(cell).strip().isdecimal():
            pieces = pieces or is_a_multiple_of_pieces(quantity, item, unit)
        return (None, "quantity-in-pieces") if pieces else (quantity, "")

    def _header(self, column: int) -> str:
        return spoken(self.layout.sheet.rows[self.layout.header][column])

    def _counted_in(self, column: int) -> str:
        """What the header of a column of quantities says that it counts: 斤, of 数量(斤)."""
        found = BRACKETS.search(self._header(column))
        return found[0][1:-1] if found else ""


def _without_count(found: re.Match[str]) -> str:
    """苹果 of 苹果x2, 苹果共2份, 苹果50元2份 and 苹果25*2."""
    name = found["name"] or found["good"]
    return BEFORE_A_COUNT.sub("", name) or name


def _is_zero(cell: Cell) -> bool:
    return spoken(text_of(cell)) in {"0", "0份", "零"}


def _counted(good: GoodColumn, cell: Cell) -> int | Literal["unreadable"] | None:
    if good.ticked or good.answered:
        said = spoken(cell)
        return None if not said or said in good.crosses or said == "否" else 1
    return quantity_of(cell, blank_is_none=True)


def _count(cell: Cell) -> int | None:
    count = quantity_of(cell, blank_is_none=True)
    return count if isinstance(count, int) else None


@remembered
def _doubt_about(item: str, unit: str) -> str:
    if names_no_good(item):
        return "no-good"
    if PAID_FOR.fullmatch(spoken(item)):
        return "maybe-no-good"
    return "good-cancelled" if TAKEN_BACK.search(item) or TAKEN_BACK.search(unit) else ""


def _differ(named: Iterable[Cell]) -> bool:
    """Whether cells of goods name different ones; 苹果 and 苹果5斤 are one."""
    said = sorted({spoken(text_of(cell)) for cell in named}, key=len)
    return any(said[0] not in each for each in said[1:])
