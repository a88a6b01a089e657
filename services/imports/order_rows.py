"""Reads the rows of a sheet of orders, long (a row per good) or wide (a column per good)."""

import hashlib
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from domain.base import HouseholdId, Message
from domain.community.door_columns import DoorColumns, read_columns
from domain.community.door_words import number
from domain.community.doors import DoorRead, Roster, household_id, unclear
from domain.community.written_doors import Written
from infra.directory import Words
from infra.tables import Sheet
from services.imports.building_headings import bare_number, line_in
from services.imports.buyers import PERSONAL, digest_of_person, words_about
from services.imports.floors import with_floors
from services.imports.headers import Column, building_added_up, column_of, is_total, spoken
from services.imports.layouts import DOOR_COLUMNS, Layout, UnreadableTable, filled, short
from services.imports.merged_cells import Row, filled_rows
from services.imports.order_stands import BESIDE, DOOR_PARTS, Cells, Judged, Standing, doubted
from services.imports.ordered_goods import Ordered, OrderedGoods
from services.imports.phone_numbers import without_phones
from services.imports.quantities import count_of, good_key, quantity_of, text_of
from services.imports.sheets_by_building import building_of_part, may_be_of
from services.imports.sums_below import sums_of_goods, sums_without_a_word
from services.imports.under_headings import under_headings

PRICES = {"单价", "价格", "售价", "团购价", "金额", "规格", "单位", "包装", "价格(元)", "单价(元)"}
AMOUNT = re.compile(r"[¥￥]?[0-9.]+(?:元|块)(?:/.{1,3})?|[¥￥][0-9.]+")
EXAMPLE = re.compile(r"(?:填写)?(?:示例|样例|范例|举例|示范)|例[:如子]|\(例\)")
CELL_SHOWN = 80
PLACES = {"other-pickup", "other-compound"}
IGNORED_IF_ALL_THE_SAME: dict[Column, str] = {"phase": "期", "unit": "单元", "lane": "弄"}


class OrderRow(Message):
    row: int
    building: str | None
    room: str | None
    item: str
    unit: str
    quantity: int | None
    outcome: Literal["ok", "unclear", "skipped"]
    why: str = ""
    reason: str = ""
    """The stable id behind ``why``: pages translate by it."""
    also: tuple[str, ...] = ()
    """What is not certain besides, by stable ids."""
    household: HouseholdId | None = None
    """Only where the outcome is ok."""
    nearest: tuple[HouseholdId, ...] = ()
    new_door: bool = False
    digest: str

    def line(self) -> dict[str, str | int | None]:
        """The row as the preview prints it."""
        return self.model_dump(include={"row", "building", "room", "item", "unit", "quantity", "outcome", "why"})


class Shared(NamedTuple):
    """What stands in a row beside each of its goods, for their digests."""

    row: int
    words: str
    """Its door and 跟团号."""
    who: str
    """跟团号 and name; nothing where neither is said."""
    beside: str
    """What was doubted."""
    household: HouseholdId | None
    """Where the order stands, as far as its goods do."""


class TableRead(NamedTuple):
    rows: list[OrderRow]
    people: dict[str, set[str]]
    """Digests of the people who ordered, by household; they stay in memory."""
    words: dict[int, Words]
    """Names, phones and notes by row, for the directory; they stay in memory until the table is booked."""
    said: dict[int, tuple[tuple[str, str], ...]]
    """Headers and cells of unclear rows, for the person who decides; they stay in memory, too."""
    beside: tuple[int, ...]
    """Rows that hold no order."""
    sums: tuple[int, ...]
    """Rows that add others up."""
    twins: tuple[int, ...]
    """Rows that say the same as an earlier one, 跟团号 included."""
    stated: list[tuple[int, dict[tuple[str, str], int], bool]]
    """Totals rows of the file: row, quantity by (item, unit), and whether one sum is meant for all goods."""


def read_rows(layout: Layout, roster: Roster, *, add_doors: bool) -> TableRead:
    return _Reader(layout, roster, add_doors=add_doors).read()


class _Reader:
    def __init__(self, layout: Layout, roster: Roster, *, add_doors: bool) -> None:
        self.rows, merged = filled_rows(layout)
        layout = with_floors(layout, self.rows)
        self.layout, self.roster, self.add_doors = layout, roster, add_doors
        self.sheet: Sheet = layout.sheet
        self.cells = Cells(layout)
        texts = {cell for row in self.rows for cell in row if isinstance(cell, str)}
        self.totals = {text: kind for text in texts if (kind := is_total(text))}
        self.sums_of_buildings = {text for text in texts if building_added_up(text)}
        self.sums_of_goods = sums_of_goods(self._below(), self.cells.places("item"))
        self.examples = {text for text in texts if EXAMPLE.match(spoken(text))}
        self.doors: dict[DoorColumns, tuple[DoorRead, str]] = {}
        self.seen: dict[str, int] = {}
        self.written: set[tuple[str, str]] = set()
        self.twins: set[int] = set()
        self.ignored = {part for part in IGNORED_IF_ALL_THE_SAME if self._ignored(part)}
        self.columns_read = [at for at, _ in layout.read_columns()]
        self.door_places = [() if part in self.ignored else layout.at(part) for part in DOOR_PARTS]
        self.ordered = OrderedGoods(layout, self.cells, self.rows[layout.header + 1 :], merged)
        below = self.rows[layout.header + 1 :]
        self.standing = Standing(layout, self.cells, below, roster, self.ordered.alone)
        lines = list(enumerate(map(line_in, below), layout.header + 1))
        self.standing.hear_lines(lines)
        self.lines = {index for index, text in lines if text is not None}
        self.under, self.beneath, self.heads = under_headings(layout, self.rows, lines, self.ordered.quantities, roster)
        self._hear_corrections()

    def _hear_corrections(self) -> None:
        """Which rows say that they correct another: all orders of these doors are asked about."""
        first = self.layout.header + 1

        def order_of(at: int) -> tuple[str | None, set[str]]:
            goods = {spoken(good.item) for good in self.ordered.of(first + at, self.rows[first + at])}
            return self._door(first + at, self.rows[first + at])[0].household if goods else None, goods

        self.standing.corrections.hear(self.rows[first:], order_of)

    def read(self) -> TableRead:
        rows: list[OrderRow] = []
        people: dict[str, set[str]] = {}
        beside: list[int] = []
        sums: list[int] = []
        stated: list[tuple[int, dict[tuple[str, str], int], bool]] = []
        words: dict[int, Words] = {}
        cells: dict[int, tuple[tuple[str, str], ...]] = {}
        added_up = {index: building for index, row in enumerate(self.rows) if (building := self._added_up(row))}
        totals = {index: kind for index, row in enumerate(self.rows) if (kind := self._totals_row(row))}
        no_orders = {*self.lines, *added_up, *totals}
        totals |= dict.fromkeys(sums_without_a_word(self.layout, self.rows, no_orders), "total")
        for index in sorted(range(self.layout.header + 1, len(self.rows)), key=added_up.__contains__):
            row = self.rows[index]
            if all(cell is None or cell == "" for cell in row):
                continue
            if self._is_header(index, row):
                beside.append(self.sheet.number(index))
                continue
            summed = index in added_up and any(each.building == added_up[index] and each.room for each in rows)
            if index in totals or summed:
                sums.append(self.sheet.number(index))
                if totals.get(index) == "total":
                    stated.append(self._stated(index, row))
                continue
            no_order = (
                index in self.lines
                or index in self.heads
                or self._is_a_price_list(index, row)
                or self._is_an_example(row)
            )
            found = [] if no_order else self._orders(index, row)
            if not found:
                beside.append(self.sheet.number(index))
            rows += found
            if found and (said := words_about(self.cells, row)):
                words[self.sheet.number(index)] = said
            if any(order.outcome == "unclear" for order in found):
                cells[self.sheet.number(index)] = tuple(self._said(row, found))
            who = digest_of_person(self.cells, row)
            for order in found:
                if order.outcome == "ok" and order.household and who:
                    people.setdefault(order.household, set()).add(who)
        rows.sort(key=lambda each: each.row)
        return TableRead(
            rows, people, words, cells, tuple(sorted(beside)), tuple(sorted(sums)), tuple(sorted(self.twins)), stated
        )

    def _is_header(self, index: int, row: Row) -> bool:
        """The header again, as a page break repeats it; raises UnreadableTable where it says something else."""
        header = self.rows[self.layout.header]
        if row == header:
            return True
        doors = [row[at] for at in self.cells.places(*DOOR_COLUMNS) if row.said[at]]
        if not doors or not all(isinstance(cell, str) and not cell[0].isdigit() and column_of(cell) for cell in doors):
            return False
        if sum(1 for cell in row if column_of(cell)) < 2:  # noqa: PLR2004 — one may be a nickname
            return False
        if [spoken(cell) for cell in row] == [spoken(cell) for cell in header]:
            return True
        raise UnreadableTable(
            "several-headers",
            "this row is another header, and its columns mean something else; bring the rows below it in a file of their own",
            self.sheet.number(index),
        )

    def _below(self) -> Iterator[Row]:
        return iter(self.rows[self.layout.header + 1 :])

    def _ignored(self, part: Column) -> bool:
        """A part that doors do not have here tells nothing, as long as everybody wrote the same."""
        if IGNORED_IF_ALL_THE_SAME[part] in self.roster.settings.parts or (
            part == "lane" and self.roster.settings.streets
        ):
            return False
        if not self.layout.at(part):
            return True
        values = {
            said.strip("第期单元弄号")
            for row in self._below()
            if not self._totals_row(row)
            for said in self.cells.said(row, part)
        }
        return len({number(value) or value for value in values if value}) <= 1

    def _totals_row(self, row: Row) -> Literal["", "total", "part"]:
        if not self.sums_of_goods.isdisjoint(row) and not any(self.cells.said(row, *DOOR_PARTS, *PERSONAL)):
            return "part"
        if self.totals.keys().isdisjoint(row):
            return ""
        said = self.cells(row, "number", "item", "whole", "building", "block")
        first = next((cell for cell in row if cell is not None and cell != ""), None)
        for cell in said:
            if kind := is_total(cell):
                return kind
        for cell in (first, *self.cells(row, "person")):
            if (kind := is_total(cell)) and not self._names_a_door(row):
                return kind
        return ""

    def _names_a_door(self, row: Row) -> bool:
        """Whether a nickname such as sum or 共 stands beside a door, and is no more than a nickname."""
        return any(row.said[at] and row[at] not in self.totals for at in self.cells.places(*DOOR_PARTS[:4]))

    def _is_a_price_list(self, index: int, row: Row) -> bool:
        """单价, 规格, amounts or units alone, between the header and the orders."""
        if self._names_a_door(row) or any(self.cells.said(row, *PERSONAL)):
            return next(filter(None, row.said)) in PRICES
        said = [text for text in row.said if text]
        if not said:
            return False
        units = index <= self.layout.header + 2 and not any(
            isinstance(quantity_of(text, blank_is_none=True), int) for text in said
        )
        return said[0] in PRICES or all(AMOUNT.fullmatch(text) for text in said) or units

    def _is_an_example(self, row: Row) -> bool:
        """The row that shows how to fill in the form."""
        if self.examples.isdisjoint(row):
            return False
        first = next((cell for cell in row if filled(cell)), "")
        return any(cell in self.examples for cell in (first, *self.cells(row, "person", "number", "note")))

    def _added_up(self, row: Row) -> str | None:
        """12号楼小计. A captain's sum says so, too, and is an order: there no other row names a door of that building."""
        if self.sums_of_buildings.isdisjoint(row):
            return self._building_of_a_sum(row)
        if any(spoken(text_of(cell)) and not building_added_up(cell) for cell in self.cells(row, "room")):
            return None
        cells = (*self.cells(row, "number", "whole", "building", "block", "room"), *row[:1])
        return next((building for cell in cells if (building := building_added_up(cell))), None)

    def _building_of_a_sum(self, row: Row) -> str | None:
        """13 in the column of the building, and 合计 in that of the room."""
        if self.totals.keys().isdisjoint(row):
            return None
        rooms = [cell for cell in self.cells(row, "room") if filled(cell)]
        buildings = set(filter(None, self.cells.said(row, "building", "block")))
        if not rooms or not all(map(is_total, rooms)) or len(buildings) != 1:
            return None
        return bare_number(buildings.pop())

    def _stated(self, index: int, row: Row) -> tuple[int, dict[tuple[str, str], int], bool]:
        if self.layout.kind == "wide":
            sums = {(good.item, good.unit): count_of(row[good.column]) for good in self.layout.goods}
            return self.sheet.number(index), {good: count for good, count in sums.items() if count is not None}, False
        columns = [each.quantity for each in self.layout.sets] or self.ordered.quantities[:1]
        counts = [count for at in columns if (count := count_of(row[at])) is not None]
        return self.sheet.number(index), {("", ""): sum(counts)} if counts else {}, True

    def _orders(self, index: int, row: Row) -> list[OrderRow]:
        ordered = self.ordered.of(index, row)
        if not ordered:
            return []
        door, words = self._door(index, row)
        words = "\x1f".join((words, *self.cells.said(row, "number")))
        judged = self.standing.judged(index, row, door, {spoken(good.item): good.quantity for good in ordered})
        who = "".join(self.cells.said(row, "number", "person"))
        beside = self.standing.said_beside(row) if judged.reason in BESIDE else ""
        household = door.household if judged.outcome == "ok" else None
        shared = Shared(self.sheet.number(index), words, who, beside, household)
        return [self._order_row(shared, good, door, judged) for good in ordered]

    def _door(self, index: int, row: Row) -> tuple[DoorRead, str]:
        """And the words in which it stands there."""
        columns = self._door_columns(index, row)
        known = self.doors.get(columns)
        if known is None:
            words = "\x1f".join(spoken(text_of(cell)) for cells in columns for cell in cells)
            known = self.doors[columns] = read_columns(columns, self.roster, add_doors=self.add_doors), words
        door, words = known
        heading = None
        if (self.sheet.buildings or index in self.beneath) and index not in self.under and not door.reason:
            heading = building_of_part(self.sheet, index) or self.beneath.get(index)
        if heading and door.building and not may_be_of(door.building, heading, self.roster):
            written = Written(building=door.building, room=door.room)
            door = unclear("columns-differ", written, (household_id(door.building, door.room),))
        return door, words

    def _door_columns(self, index: int, row: Row) -> DoorColumns:
        """The cells of the door; TRUE is not 1, though they count as equal."""
        columns = DoorColumns(
            *[
                tuple([str(row[at]) if isinstance(row[at], bool) else row[at] for at in places]) if places else ()
                for places in self.door_places
            ]
        )
        return columns._replace(building=(self.under[index],)) if index in self.under else columns

    def _order_row(self, shared: Shared, good: Ordered, door: DoorRead, judged: Judged) -> OrderRow:
        also: tuple[str, ...] = ()
        if judged.outcome == "unclear":
            of_door = "" if judged.reason == "captains-sum" else door.reason
            also = tuple(each for each in dict.fromkeys((of_door, good.reason)) if each not in {"", judged.reason})
        elif judged.outcome == "ok" and good.reason:
            judged = doubted(good.reason)
        stands = judged.outcome == "ok"
        return OrderRow(
            row=shared.row,
            building=door.building,
            room=door.room,
            item=good.item,
            unit=good.unit,
            quantity=good.quantity,
            outcome=judged.outcome,
            why=judged.why,
            reason=judged.reason,
            also=also,
            household=shared.household if stands else None,
            nearest=() if stands else judged.nearest or door.nearest,
            new_door=door.new and stands,
            digest=self._digest(shared, good),
        )

    def _digest(self, shared: Shared, good: Ordered) -> str:
        """The row as a correction knows it again: door, good, quantity, 跟团号 and what was doubted; a twin of it counts on."""
        beside = (shared.beside,) if shared.beside else ()
        text = "\x1f".join((shared.words, *good_key(good.item, good.unit), good.written, *beside))
        self.seen[text] = times = self.seen.get(text, 0) + 1
        if shared.who:
            if times > 1 and (text, shared.who) in self.written:
                self.twins.add(shared.row)
            self.written.add((text, shared.who))
        return hashlib.sha256(f"{text}\x1e{times}".encode()).hexdigest()

    def _said(self, row: Row, found: list[OrderRow]) -> Iterator[tuple[str, str]]:
        header = self.rows[self.layout.header]
        reasons = {order.reason for order in found}
        beside = () if BESIDE.isdisjoint(reasons) else self.standing.columns_beside
        places = () if PLACES.isdisjoint(reasons) else self.standing.columns_of_places()
        for at in sorted({*self.columns_read, *beside, *places}):
            if text := text_of(row[at]).strip():
                yield short(text_of(header[at])), without_phones(" ".join(text.split())[:CELL_SHOWN])
