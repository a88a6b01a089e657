"""Reads a table of orders against a roster: rows, totals, and what a person should know. It books nothing."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pydantic import Field

from domain.base import HouseholdId, Message
from domain.community.doors import Roster
from infra.directory import Words
from infra.tables import Sheet
from services.imports.forgetting import forgetting
from services.imports.goods_columns import order_layouts
from services.imports.headers import is_total, spoken
from services.imports.layouts import Layout, UnreadableTable
from services.imports.order_rows import OrderRow, TableRead, read_rows
from services.imports.phone_numbers import without_phones
from services.imports.quantities import count_of, good_and_unit, good_key, quantity_of, told_apart_by_price
from services.imports.sheets_by_building import joined_by_building, stated_together
from services.imports.sheets_by_good import joined_by_good
from services.imports.sums_of_blocks import with_sums_of_blocks

__all__ = ["GoodTotal", "OrderReading", "OrderRow", "UnreadableTable", "read_again", "read_orders"]

MOST_ORDERS = 12_000
SHOWN = 10
TITLE_LENGTH = 120
GoodKey = tuple[str, str]
Names = dict[GoodKey, tuple[str, str]]


class GoodTotal(Message):
    """What was read of one good beside what the file itself says of it."""

    item: str
    unit: str = ""
    read: int
    """Ok and unclear rows together; skipped rows do not count."""
    skipped: int = 0
    unclear: int = 0
    stated: int | None = None
    """None where the file says nothing of this good."""
    of_all: bool = False
    """The sum of all goods (合计), where the file says only that."""

    @property
    def differs(self) -> bool:
        return self.stated is not None and self.stated not in {self.read, self.read + self.skipped}


class OrderReading(Message):
    rows: tuple[OrderRow, ...]
    totals: tuple[GoodTotal, ...]
    title: str | None = None
    """What 团购标题 says in the workbook."""
    sheet: str
    form: str
    """long or wide."""
    notices: tuple[str, ...] = ()
    new_doors: tuple[HouseholdId, ...] = ()
    words: Mapping[int, Words] = Field(default={}, repr=False, exclude=True)
    """Names, phones and notes by row; for the directory, and for nothing that is printed or sent."""

    said: Mapping[int, tuple[tuple[str, str], ...]] = Field(default={}, repr=False, exclude=True)
    """Headers and cells of unclear rows, to be shown to who brought the table and to nobody else."""

    def of(self, outcome: str) -> tuple[OrderRow, ...]:
        return tuple(row for row in self.rows if row.outcome == outcome)


@forgetting
def read_orders(
    sheets: Sequence[Sheet], roster: Roster, *, add_doors: bool = False, sheet: str | None = None
) -> OrderReading:
    """Read the orders of a workbook; raises UnreadableTable where no row can be read at all."""
    shown = (
        [each for each in sheets if not each.hidden]
        if sheet is None
        else [each for each in sheets if each.name == sheet]
    )
    shown = joined_by_building(shown, roster.settings.names, asked_for=sheet is not None)
    shown = joined_by_good(shown)
    known = order_layouts(shown, roster.settings.names)
    chosen = [layout for layout in known if layout.kind in {"long", "wide"} and _has_rows(layout)]
    if not chosen:
        raise _nothing_found(known, shown)
    readings = [(layout, read_rows(layout, roster, add_doors=add_doors)) for layout in chosen]
    readings.sort(key=lambda pair: pair[0].kind != "long")
    layout, table = readings[0]
    if layout.nameless:
        raise UnreadableTable(
            "column-without-name",
            f"column {layout.nameless} holds quantities and has no name; write the good above it, or empty it",
            layout.sheet.number(layout.header),
        )
    if len(table.rows) > MOST_ORDERS and len({row.row for row in table.rows}) > MOST_ORDERS:
        raise UnreadableTable("too-many-rows", "the table has more than 12,000 orders; split the file by building")
    notices = _about_sheets(readings) + [notice for each in shown for notice in each.notices]
    if unread := [without_phones(each.name) for each in sheets if each.hidden and each not in shown and each.rows]:
        notices.append(f"hidden sheets were not read: {_few(unread)}")
    return OrderReading(
        rows=tuple(table.rows),
        totals=_totals(table.rows, *_stated(table, known, layout.sheet.parts)),
        title=_title(known, notices),
        sheet=without_phones(layout.sheet.name),
        form=layout.kind,
        notices=tuple(dict.fromkeys([*notices, *_about_rows(layout, table)])),
        new_doors=_new_doors(table.rows),
        words=table.words,
        said=table.said,
    )


def _has_rows(layout: Layout) -> bool:
    return any(spoken(str(cell or "")) for row in layout.sheet.rows[layout.header + 1 :] for cell in row)


def _nothing_found(known: list[Layout], sheets: Sequence[Sheet]) -> UnreadableTable:
    needed = "needed are a door (楼号 and 房号, or 门牌号, or 详细地址), a good (商品) and a quantity (数量), or a column for each good"
    for layout in known:
        at = layout.sheet.number(layout.header)
        if layout.kind in {"long", "wide"}:
            return UnreadableTable(
                "no-orders", f"the sheet {layout.sheet.name} has a header and no order below it; export it again", at
            )
        if layout.kind == "no-quantity":
            if layout.unused:
                return UnreadableTable(
                    "no-quantity-column",
                    f"no column of quantities was found, call the one that is meant 数量: {_few(layout.unused)}; "
                    f"the columns are: {layout.seen()}; {needed}",
                    at,
                )
            return UnreadableTable(
                "no-quantity-column",
                f"no column of quantities was found; the columns are: {layout.seen()}; {needed}",
                at,
            )
    for kind in ("no-door", "summary", "other"):
        for layout in known:
            if layout.kind == kind and any(
                each in layout.columns for each in ("whole", "building", "room", "address", "block")
            ):
                return UnreadableTable(
                    "no-goods-column",
                    f"no column of goods was found; the columns are: {layout.seen()}; {needed}",
                    layout.sheet.number(layout.header),
                )
            if layout.kind == kind:
                return UnreadableTable(
                    "no-door-column",
                    f"no column with doors was found; the columns are: {layout.seen()}; {needed}",
                    layout.sheet.number(layout.header),
                )
    empty = not any(each.rows for each in sheets)
    return (
        UnreadableTable("empty", "the table is empty; export it again")
        if empty
        else UnreadableTable("no-header", f"no header row was found; {needed}")
    )


def _booked(table: TableRead) -> Counter[tuple[str | None, str | None, str, int | None]]:
    return Counter(
        (row.building, row.room, spoken(row.item), row.quantity) for row in table.rows if row.outcome != "skipped"
    )


def _about_sheets(readings: list[tuple[Layout, TableRead]]) -> list[str]:
    layout, table = readings[0]
    form = {"long": "a row per good", "wide": "a column per good"}[layout.kind]
    notices = [f"the sheet {without_phones(layout.sheet.name)} was read ({form})"]
    for other, other_table in readings[1:]:
        if _booked(other_table) == _booked(table):
            notices.append(f"the sheet {other.sheet.name} says the same and was not read again")
        elif other.kind == layout.kind:
            names = ", ".join(each.sheet.name for each, _ in readings)
            raise UnreadableTable(
                "several-order-sheets",
                f"several sheets hold orders and differ: {names}; bring each in a file of its own",
            )
        else:
            notices.append(
                f"the sheet {other.sheet.name} holds the orders in its other form and differs; compare the two before importing"
            )
    return notices


def _about_rows(layout: Layout, table: TableRead) -> list[str]:
    notices = []
    shared = sorted(door for door, people in table.people.items() if len(people) > 1)
    if shared:
        notices.append(f"several people ordered at one door, all are kept: {_few(shared)}")
    if table.beside:
        notices.append(f"rows without an order were passed over: {_few(map(str, table.beside))}")
    if table.sums:
        notices.append(f"rows of sums were passed over: {_few(map(str, table.sums))}")
    if table.twins:
        notices.append(f"rows that say the same twice, all are kept: {_few(map(str, table.twins))}")
    if hidden := sorted({row.row for row in table.rows} & {layout.sheet.number(at) for at in layout.sheet.hidden_rows}):
        notices.append(f"hidden rows were read like the others: {_few(map(str, hidden))}")
    if columns := [name for at, name in layout.read_columns() if at in layout.sheet.hidden_columns]:
        notices.append(f"hidden columns were read like the others: {_few(columns)}")
    if layout.titled:
        notices.append(f"no column names a good, it was taken from the title: {layout.goods[0].item}")
    elif layout.goods:
        notices.append(f"read as goods, a column each: {_few(good.item for good in layout.goods)}")
    if ticked := [good.item for good in layout.goods if good.ticked]:
        notices.append(f"a tick was read as one: {_few(ticked)}")
    if crossed := [good.item for good in layout.goods if good.crosses]:
        notices.append(f"a cross was read as none: {_few(crossed)}")
    if answered := [good.item for good in layout.goods if good.answered]:
        notices.append(f"是 was read as one, and 否 as none: {_few(answered)}")
    if layout.unused:
        notices.append(f"columns that were not used: {_few(layout.unused)}")
    return notices


def _few(names: Iterable[str]) -> str:
    known = list(names)
    return ", ".join(known[:SHOWN]) + (f" and {len(known) - SHOWN} more" if len(known) > SHOWN else "")


def _title(known: list[Layout], notices: list[str]) -> str | None:
    titles = {
        str(row[at]).strip().splitlines()[0].strip()[:TITLE_LENGTH]
        for layout in known
        for row in layout.sheet.rows[layout.header + 1 :]
        for at in layout.at("title")
        if at < len(row) and isinstance(row[at], str) and str(row[at]).strip()
    }
    if len(titles) > 1:
        notices.append(
            f"the file names {len(titles)} group buys (团购标题); export them one by one, or name the one that is meant"
        )
    return titles.pop() if len(titles) == 1 else None


def read_again(reading: OrderReading, rows: tuple[OrderRow, ...], notices: Iterable[str] = ()) -> OrderReading:
    """The same reading with other rows (after corrections), its totals and new doors told anew."""
    of_goods = [total for total in reading.totals if not total.of_all and total.stated is not None]
    names = {good_key(total.item, total.unit): (total.item, total.unit) for total in of_goods}
    stated = {good_key(t.item, t.unit): t.stated for t in reading.totals if t.stated is not None and not t.of_all}
    all_goods = next((total.stated for total in reading.totals if total.of_all), None)
    return reading.model_copy(
        update={
            "rows": rows,
            "totals": _totals(rows, names, stated, all_goods),
            "notices": (*reading.notices, *notices),
            "new_doors": _new_doors(rows),
        }
    )


def _new_doors(rows: Iterable[OrderRow]) -> tuple[HouseholdId, ...]:
    return tuple(dict.fromkeys(row.household for row in rows if row.new_door and row.household))


def _totals(
    rows: Iterable[OrderRow],
    names: Names,
    stated: dict[GoodKey, int],
    all_goods: int | None,
) -> tuple[GoodTotal, ...]:
    sums: dict[str, Counter[GoodKey]] = {outcome: Counter() for outcome in ("ok", "unclear", "skipped")}
    written: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        written[row.outcome, row.item, row.unit] += row.quantity or 0
    for (outcome, item, unit), quantity in written.items():
        key = good_key(item, unit)
        names.setdefault(key, (item, unit))
        sums[outcome][key] += quantity

    def total(item: str, unit: str, counts: dict[str, int], said: int | None, *, of_all: bool = False) -> GoodTotal:
        ordered = counts["ok"] + counts["unclear"]
        return GoodTotal(
            item=item,
            unit=unit,
            read=ordered,
            unclear=counts["unclear"],
            skipped=counts["skipped"],
            stated=said,
            of_all=of_all,
        )

    goods = [
        total(item, unit, {outcome: of[key] for outcome, of in sums.items()}, stated.get(key))
        for key, (item, unit) in names.items()
    ]
    if all_goods is not None:
        goods.append(total("合计", "", {outcome: of.total() for outcome, of in sums.items()}, all_goods, of_all=True))
    return tuple(goods)


def _stated(
    table: TableRead, known: list[Layout], parts: Sequence[int]
) -> tuple[Names, dict[GoodKey, int], int | None]:
    """What the file says of its goods, in a totals row or a sheet of totals; and of all goods together."""
    written = [(row.item, row.unit) for row in table.rows]
    keys = {good: good_key(*good) for good in set(written)}
    names: Names = {keys[good]: good for good in written}
    stated: dict[GoodKey, int] = {}
    all_goods: int | None = None
    said = stated_together(table.stated, parts) if parts else with_sums_of_blocks(table.stated, table.rows)
    for _, counts, of_all in said:
        if of_all:
            all_goods = counts.get(("", ""), all_goods)
        else:
            stated.update({good_key(*good): count for good, count in counts.items()})
            names |= {good_key(*good): good for good in counts if good_key(*good) not in names}
    for layout in known:
        if layout.kind == "summary":
            of_goods, together = _of_summary(layout, names)
            stated.update(of_goods)
            all_goods = together if all_goods is None else all_goods
    return names, stated, all_goods


def _of_summary(layout: Layout, names: Names) -> tuple[dict[GoodKey, int], int | None]:
    """What a list of goods says of each, and of all together."""
    sums: Counter[GoodKey] = Counter()
    together: int | None = None
    counted = layout.at("sold") or layout.at("quantity") or layout.at("portions")
    columns = (layout.at("item")[0], next(iter(layout.at("spec")), None), counted[0])
    rows = [
        (row, [row[at] if at is not None and at < len(row) else "" for at in columns])
        for row in layout.sheet.rows[layout.header + 1 :]
    ]
    by_price = told_apart_by_price((item, spec) for _, (item, spec, _) in rows)
    for row, (named, spec, counted_as) in rows:
        if any(map(is_total, row)):
            together = count_of(counted_as)
            continue
        item, unit = good_and_unit(named, spec)
        if good_key(item, unit) in by_price:
            item, unit = good_and_unit(named, spec, with_price=True)
        count = quantity_of(counted_as, blank_is_none=True)
        if item and isinstance(count, int):
            names.setdefault(good_key(item, unit), (item, unit))
            sums[good_key(item, unit)] += count
    return dict(sums), together
