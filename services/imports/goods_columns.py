"""Which columns of a table are goods, and which only look like them."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import chain

from infra.tables import Cell, Sheet
from services.imports.columns_of_numbers import added_up_in, adds_up, came_of, may_be_no_good
from services.imports.counted_again import counted_again, counts_alone
from services.imports.headers import BRACKETS, building_added_up, is_total, spoken, stands_beside_goods
from services.imports.how_many import good_asked_for
from services.imports.layouts import (
    DOOR_COLUMNS,
    GoodColumn,
    Kind,
    Layout,
    counts,
    filled,
    header_layouts,
    letters_of,
    short,
)
from services.imports.money_in_goods import goods_in_money
from services.imports.names_of_counts import may_be_a_number, named_without_count
from services.imports.quantities import NAMED_COUNT, good_and_unit, good_key, quantity_of
from services.imports.titles import good_of_title, is_surely_a_good

QUESTION_NUMBER = re.compile(r"^\s*[0-9]{1,2}\s*[、.．]\s*(?=[^0-9])")
MAY_BE_NO_GOOD = re.compile(
    r"抗原|票|卡|已.{1,2}|编组|分组|组别?|小组|团|备用|测试|状态|类型|级别|(?:数量|份数|件数)[0-9一二三四五六七八九十]*"
)
SAYS_HOW_MANY = re.compile(r"数量|多少|几[份箱个件盒袋]|需求量|购买量|订购量|份数|件数|个数")
ASKED_FOR = re.compile(
    r"是否(?:需要|要|购买|订购?|买|参加)(?P<good>(?!发票|代收|送货|上门|帮忙|志愿).{2,12}?)(?:团购)?\??"
)
TICKS = {"√", "✓", "✔", "☑", "✅"}
CROSSES = {"×", "x", "✗", "✘", "✕", "✖", "❌"}
YES = {"是", "要", "需要", "√", "✓", "✔", "y", "yes"}
HALF, MOSTLY = 0.5, 0.8
"""In so many rows a column must add up the goods to be taken for their sum; 袋数 may count bags instead."""
SUMS_ENOUGH = 3
"""So many households must have ordered two goods before a column that adds them up is taken for their sum."""


def order_layouts(sheets: Iterable[Sheet], own_names: Collection[str] = ()) -> list[Layout]:
    """What each sheet with a header row is, and which of its columns are goods."""
    known = header_layouts(sheets)
    goods = {
        good_key(*good_and_unit(row[at], ""))[0]
        for layout in known
        if layout.kind == "summary"
        for at in layout.at("item")
        for row in layout.sheet.rows[layout.header + 1 :]
        if at < len(row) and row[at] and not is_total(row[at])
    }
    return [_with_goods(layout, goods, own_names) for layout in known]


def _with_goods(layout: Layout, summary_goods: set[str], own_names: Collection[str]) -> Layout:
    if layout.kind == "no-quantity":
        layout = _with_named_count(layout)
    read = {*layout.at("quantity"), *(at for each in layout.sets for at in each if at is not None)}
    unknown = [(at, header) for at, header in layout.unknown() if at not in read]
    if layout.kind == "no-quantity" and _names_goods(layout):
        may_count = sorted([*unknown, *_beside(layout)])
        return layout._replace(unused=tuple(short(header) for at, header in may_count if counts(layout.below(at))))
    if layout.kind == "long":
        return layout._replace(unused=_in_use(layout, unknown))
    if layout.kind not in {"other", "no-quantity"}:
        return layout
    goods, unused, rows = _asked_for(layout), [], _order_rows(layout)
    answered: list[GoodColumn] = []
    for index, header in unknown:
        item, unit = good_asked_for(header) or good_and_unit(QUESTION_NUMBER.sub("", header), "")
        if _is_answered(rows, index):
            answered.append(GoodColumn(index, item, unit, answered=True))
        elif good_key(item, unit)[0] in summary_goods or (counts(layout.below(index)) and not _names_a_count(header)):
            goods.append(GoodColumn(index, item, unit))
        else:
            unused.append((index, header))
    if any(counts(layout.below(at)) for at in layout.at("quantity", "portions", "sum", "recount")):
        unused, answered = [*unused, *((good.column, good.item) for good in answered)], []
    sure = _surely(answered, summary_goods, beside_others=bool(goods))
    unused += [(good.column, good.item) for good in answered if good.column not in {each.column for each in sure}]
    goods += sure
    if not goods:
        return _with_good_of_title(layout, own_names)
    goods, again = _counted_once(goods, rows)
    doubts = counted_again({each.column: str(layout.sheet.rows[layout.header][each.column]) for each in goods}, rows)
    goods = [good._replace(doubt=good.doubt or doubts.get(good.column, "")) for good in goods]
    unused += again
    goods = _with_prices(layout, named_without_count(goods))
    door = any(part in layout.columns for part in DOOR_COLUMNS)
    kind: Kind = "wide" if door else "no-door" if "person" in layout.columns else "other"
    return layout._replace(
        kind=kind,
        nameless=_nameless(layout, goods, rows),
        goods=tuple(_doubted(layout, goods, good, summary_goods, rows) for good in goods_in_money(layout, goods, rows)),
        sums=_sums(layout, goods, rows),
        unused=_in_use(layout, [*unused, *_beside(layout)]),
    )


def _is_answered(rows: Sequence[Sequence[Cell]], column: int) -> bool:
    said = set()
    for row in rows:
        if column < len(row) and filled(row[column]):
            if (answer := spoken(row[column])) not in {"是", "否"}:
                return False
            said.add(answer)
    return "是" in said


def _surely(answered: Sequence[GoodColumn], summary_goods: set[str], *, beside_others: bool) -> list[GoodColumn]:
    """蔬菜包 with 是 and 否 below it. Where one such column is surely a good, the others may be goods, too."""
    sure = [
        good for good in answered if is_surely_a_good(good.item) or good_key(good.item, good.unit)[0] in summary_goods
    ]
    if beside_others or not sure:
        return sure
    return [good if good in sure else good._replace(doubt="maybe-no-good") for good in answered]


def _with_good_of_title(layout: Layout, own_names: Collection[str]) -> Layout:
    """鸡蛋团购登记表 above 门牌 and 份数: one good, and one column says how many of it."""
    counted = layout.at("quantity", "portions")
    door = any(part in layout.columns for part in DOOR_COLUMNS)
    if (
        layout.kind != "other"
        or not door
        or len(counted) != 1
        or {"item", "spare_item", "title"} & layout.columns.keys()
    ):
        return layout
    if not counts(layout.below(counted[0])) or (good := good_of_title(layout, own_names)) is None:
        return layout
    goods = (GoodColumn(counted[0], *good),)
    return layout._replace(kind="wide", titled=True, goods=goods, unused=_in_use(layout, layout.unknown()))


def _with_prices(layout: Layout, goods: Sequence[GoodColumn]) -> list[GoodColumn]:
    """The same, and columns that only their prices tell apart keep them: 套餐（50元） beside 套餐（80元）."""
    often = Counter(good_key(good.item, good.unit) for good in goods)
    header = layout.sheet.rows[layout.header]
    apart = []
    for good in goods:
        if often[good_key(good.item, good.unit)] > 1:
            item, unit = good_and_unit(QUESTION_NUMBER.sub("", str(header[good.column])), "", with_price=True)
            good = good._replace(item=item, unit=unit)  # noqa: PLW2901
        apart.append(good)
    return apart


def _with_named_count(layout: Layout) -> Layout:
    """箱数 beside a column of goods is their quantity, where it is the only such column."""
    header = layout.sheet.rows[layout.header]
    named = [*layout.unknown(), *((at, str(header[at])) for at in layout.at("sum"))]
    count = [at for at, name in named if _names_a_count(name)]
    if len(count) != 1:
        return layout
    return layout._replace(columns={**layout.columns, "quantity": count}, kind="long")


def _names_a_count(header: str) -> bool:
    return NAMED_COUNT.fullmatch(BRACKETS.sub("", spoken(header))) is not None


def _names_goods(layout: Layout) -> bool:
    """Whether the column of goods says anything; else the goods are the other columns."""
    return any(filled(cell) for at in layout.at("item") for cell in layout.below(at))


def _beside(layout: Layout) -> list[tuple[int, str]]:
    header = layout.sheet.rows[layout.header]
    return [(at, cell) for at, cell in enumerate(header) if isinstance(cell, str) and stands_beside_goods(cell)]


def _in_use(layout: Layout, columns: Iterable[tuple[int, str]]) -> tuple[str, ...]:
    return tuple(short(header) for at, header in sorted(columns) if any(map(filled, layout.below(at))))


def _doubted(
    layout: Layout,
    goods: Sequence[GoodColumn],
    good: GoodColumn,
    summary_goods: set[str],
    rows: Sequence[Sequence[Cell]],
) -> GoodColumn:
    """The same, with why it may be none: a list of goods lacks it, its name may be no good's, or it adds up the others."""
    said = {spoken(cell) for cell in {row[good.column] for row in rows if good.column < len(row)} if filled(cell)}
    if good.doubt:
        return good
    if (layout.header, good.column) in layout.sheet.partly_struck:
        return good._replace(doubt="partly-struck")
    if (layout.header, good.column) in layout.sheet.struck:
        return good._replace(doubt="struck-through")
    if said & TICKS and said <= TICKS | CROSSES:
        good = good._replace(ticked=True, crosses=frozenset(said & CROSSES))
    names = [good_key(each.item, each.unit)[0] for each in goods]
    name = good_key(good.item, good.unit)[0]
    if summary_goods.intersection(names):
        return good if name in summary_goods else good._replace(doubt="not-in-summary")
    only_says_how_many = len(goods) == 1 and SAYS_HOW_MANY.search(name) and _names_things(layout, goods)
    if MAY_BE_NO_GOOD.fullmatch(name) or may_be_a_number(name, names) or only_says_how_many:
        return good._replace(doubt="maybe-no-good")
    header = layout.sheet.rows[layout.header][good.column]
    if may_be_no_good(header, (row[good.column] for row in rows if good.column < len(row))):
        return good._replace(doubt="maybe-no-good")
    others = [each for each in goods if each.column != good.column]
    return good._replace(doubt="maybe-sum") if _always_adds_up(rows, good.column, others) else good


def _counted_once(
    goods: Sequence[GoodColumn], rows: Sequence[Sequence[Cell]]
) -> tuple[list[GoodColumn], list[tuple[int, str]]]:
    """The goods without columns that count one of them again, and these: 苹果合计 beside its parts, 苹果收 beside 苹果订."""
    names = {good.column: good.item for good in goods}
    sums, came = added_up_in(names), came_of(names)
    alone = {at for at, (ordered, _) in came.items() if counts_alone(rows, at, ordered)}
    came = {at: of for at, of in came.items() if at not in alone}
    agree = {at for at, parts in sums.items() if adds_up(rows, at, parts)}
    ordered = dict(came.values())
    once = [
        good._replace(item=ordered.get(good.column, good.item), doubt=_why(good, sums, alone))
        for good in goods
        if good.column not in agree and good.column not in came
    ]
    return once, [(at, names[at]) for at in {*agree, *came}]


def _why(good: GoodColumn, sums: Collection[int], alone: Collection[int]) -> str:
    if good.column in sums:
        return "maybe-sum"
    return "quantities-differ" if good.column in alone else good.doubt


def _names_things(layout: Layout, goods: Sequence[GoodColumn]) -> bool:
    """Whether a column that nobody knows, or a title, says anything: 需要的套餐 beside 需要的数量."""
    columns = {*(at for at, _ in layout.unknown()), *layout.at("title")} - {good.column for good in goods}
    return any(filled(cell) for at in columns for cell in layout.below(at))


def _asked_for(layout: Layout) -> list[GoodColumn]:
    """是否需要蔬菜包: a yes is an order, though nobody says of how many."""
    asked = []
    for at, cell in enumerate(layout.sheet.rows[layout.header]):
        found = ASKED_FOR.fullmatch(spoken(cell))
        if found and not stands_beside_goods(found["good"]) and any(spoken(said) in YES for said in layout.below(at)):
            asked.append(GoodColumn(at, found["good"], ""))
    return asked


def _sums(layout: Layout, goods: Sequence[GoodColumn], rows: Sequence[Sequence[Cell]]) -> tuple[int, ...]:
    named = [at for at, header in layout.unknown() if _names_a_count(header)]
    headers = Counter(spoken(cell) for cell in layout.sheet.rows[layout.header])
    columns = {*named, *layout.at("sum", "sold", "quantity", "portions", "recount")}
    columns = {at for at in columns if headers[spoken(layout.sheet.rows[layout.header][at])] == 1}
    shares = {at: MOSTLY if at in named else HALF for at in sorted(columns)}
    return tuple(at for at, share in shares.items() if _adds_up(rows, at, goods, share=share))


def _order_rows(layout: Layout) -> list[list[Cell]]:
    rows = layout.sheet.rows[layout.header + 1 :]
    sums = {cell for cell in set(chain.from_iterable(rows)) if is_total(cell) or building_added_up(cell)}
    return [row for row in rows if sums.isdisjoint(row)]


def _several(row: Sequence[Cell], goods: Sequence[GoodColumn]) -> bool:
    said = [quantity_of(row[good.column], blank_is_none=True) for good in goods if good.column < len(row)]
    return sum(1 for quantity in said if isinstance(quantity, int)) > 1


def _always_adds_up(rows: Sequence[Sequence[Cell]], column: int, goods: Sequence[GoodColumn]) -> bool:
    """In every row that says anything, and in some of them more than one good: asked of each good, so it ends early."""
    several = 0
    for row in rows:
        if column < len(row) and filled(row[column]):
            if quantity_of(row[column], blank_is_none=True) != (sum_of(row, goods) or None):
                return False
            several += _several(row, goods)
    return several >= SUMS_ENOUGH


def _adds_up(rows: Sequence[Sequence[Cell]], column: int, goods: Sequence[GoodColumn], *, share: float) -> bool:
    """Whether a column says, in such a share of the rows that say anything, how many goods there are together."""
    said = [row for row in rows if column < len(row) and filled(row[column])]
    agree = sum(1 for row in said if quantity_of(row[column], blank_is_none=True) == (sum_of(row, goods) or None))
    return bool(said) and agree > 0 and agree >= share * len(said)


def sum_of(row: Sequence[Cell], goods: Sequence[GoodColumn]) -> int:
    said = (quantity_of(row[good.column], blank_is_none=True) for good in goods if good.column < len(row))
    return sum(quantity for quantity in said if isinstance(quantity, int))


def _nameless(layout: Layout, goods: Sequence[GoodColumn], rows: Sequence[Sequence[Cell]]) -> str:
    header, below = layout.sheet.rows[layout.header], layout.sheet.rows[layout.header + 1 :]
    first_known = min(at for places in layout.columns.values() for at in places) if layout.columns else 0
    for index in range(first_known, max((len(row) for row in below), default=0)):
        if index < len(header) and filled(header[index]):
            continue
        said = [row for row in rows if index < len(row) and filled(row[index])]
        if counts([row[index] for row in said]) and not all(sum_of(row, goods) == row[index] for row in said):
            return letters_of(index)
    return ""
