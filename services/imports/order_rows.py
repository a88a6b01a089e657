"""Reads the rows of a sheet of orders, long (a row per good) or wide (a column per good)."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, NamedTuple

from domain.base import HouseholdId, Message
from domain.community.door_columns import DoorColumns, read_columns
from domain.community.door_words import CHINESE, number
from domain.community.doors import Cell, DoorRead, Roster
from infra.directory import Words
from infra.tables import Sheet
from services.imports.headers import Column, building_added_up, is_total, spoken
from services.imports.layouts import Layout
from services.imports.merged_cells import filled_rows
from services.imports.quantities import (
    NOT_REFUNDED,
    PAID,
    SKIPPED,
    count_of,
    good_and_unit,
    money_of,
    quantity_of,
    text_of,
    without_own_count,
)

WHY = {
    "no-good": "no good is named",
    "several-goods": "several goods with quantities of their own stand in one cell",
    "quantity-unreadable": "the quantity cannot be read as a whole number from 1 to 9999",
    "quantity-missing": "the quantity is missing",
    "quantity-formula": "the quantity is a formula whose value was not stored; save the file once in a table program",
    "quantity-merged": "the quantity is merged over several rows or goods",
    "quantities-differ": "two quantities stand in this row and differ",
    "state-unknown": "the state of the order is not known",
    "partly-refunded": "the order was refunded in part",
    "refund-unreadable": "the refund cannot be read",
    "other-pickup": "the order is for another compound's pick-up place",
    "captains-sum": "a building without rooms: a sum of its captain, to be booked as bulk for the captain",
}
SEVERAL_GOODS = re.compile(
    r"(?<![斤升克盒瓶袋枚])[\u4e00-\u9fff)）]\s*[x×*X]\s*\d+\s*[\s,，;；、+]+\S|\d\s*[份箱盒个袋件包瓶]\s*[,，;；、+]\s*\S"
)
HALL = re.compile(
    rf"([0-9]+|[{CHINESE}]+)(?:号楼?|栋|幢|楼|座|#)(?:[一1]楼|底楼|楼下)?(?:入户)?(?:大厅|大堂|门厅|门口|门洞|架空层|楼下|一楼|底楼)"
)
"""A place at a building of one's own compound, as far as the roster has the building."""
SKIPPED_AS = {"cancelled": "已取消", "unpaid": "待支付", "refunded": "已退款"}
DOOR_PARTS: tuple[Column, ...] = ("building", "block", "room", "whole", "unit", "phase", "lane", "address")
PERSONAL: tuple[Column, Column] = ("person", "phone")
NO_WORDS = {"-", "--", "—", "/", "无", "没有", "(空)", "空", "nan", "none", "null"}
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
    household: HouseholdId | None = None
    """Only where the outcome is ok."""
    nearest: tuple[HouseholdId, ...] = ()
    new_door: bool = False
    digest: str

    def line(self) -> dict[str, str | int | None]:
        """The row as the preview prints it."""
        return self.model_dump(include={"row", "building", "room", "item", "unit", "quantity", "outcome", "why"})


class Judged(NamedTuple):
    outcome: Literal["ok", "unclear", "skipped"]
    reason: str = ""
    why: str = ""


class Ordered(NamedTuple):
    """One good of one row, before its door is read."""

    item: str
    unit: str
    quantity: int | None
    reason: str
    written: str


class TableRead(NamedTuple):
    rows: list[OrderRow]
    people: dict[str, set[str]]
    """Digests of the people who ordered, by household; they stay in memory."""
    words: dict[int, Words]
    """Names, phones and notes by row, for the directory; they stay in memory until the table is booked."""
    beside: tuple[int, ...]
    """Rows that hold no order."""
    sums: tuple[int, ...]
    """Rows that add others up."""
    stated: list[tuple[int, dict[tuple[str, str], int], bool]]
    """Totals rows of the file: row, quantity by (item, unit), and whether one sum is meant for all goods."""


def read_rows(layout: Layout, roster: Roster, *, add_doors: bool) -> TableRead:
    return _Reader(layout, roster, add_doors=add_doors).read()


class _Reader:
    def __init__(self, layout: Layout, roster: Roster, *, add_doors: bool) -> None:
        self.layout, self.roster, self.add_doors = layout, roster, add_doors
        self.sheet: Sheet = layout.sheet
        self.rows, self.merged_quantities = filled_rows(layout)
        self.doors: dict[DoorColumns, tuple[DoorRead, str]] = {}
        self.goods: dict[tuple[Cell, Cell], tuple[str, str]] = {}
        self.places: dict[tuple[Column, ...], tuple[int, ...]] = {}
        self.seen: Counter[str] = Counter()
        self.quantity_columns = layout.at("quantity") or layout.at("portions") or layout.at("sold")
        self.ignored = {part for part in IGNORED_IF_ALL_THE_SAME if self._ignored(part)}
        self.has_states = any(spoken(cell) for row in self._below() for cell in self._cells(row, "state"))
        self.buildings = {key.building for key in roster.by_key}
        self.own_pickups = self._own_pickups()

    def read(self) -> TableRead:
        rows: list[OrderRow] = []
        people: dict[str, set[str]] = {}
        beside: list[int] = []
        sums: list[int] = []
        stated: list[tuple[int, dict[tuple[str, str], int], bool]] = []
        words: dict[int, Words] = {}
        added_up = {index: building for index, row in enumerate(self.rows) if (building := self._added_up(row))}
        for index in sorted(range(self.layout.header + 1, len(self.rows)), key=added_up.__contains__):
            row = self.rows[index]
            if all(cell is None or cell == "" for cell in row):
                continue
            if row == self.rows[self.layout.header]:
                beside.append(self.sheet.number(index))
                continue
            summed = index in added_up and any(each.building == added_up[index] and each.room for each in rows)
            if (kind := self._totals_row(row)) or summed:
                sums.append(self.sheet.number(index))
                if kind == "total":
                    stated.append(self._stated(index, row))
                continue
            found = self._orders(index, row)
            if not found:
                beside.append(self.sheet.number(index))
            rows += found
            if found and (said := self._words(row)):
                words[self.sheet.number(index)] = said
            who = self._person(row)
            for order in found:
                if order.outcome == "ok" and order.household and who:
                    people.setdefault(order.household, set()).add(who)
        rows.sort(key=lambda each: each.row)
        return TableRead(rows, people, words, tuple(sorted(beside)), tuple(sorted(sums)), stated)

    def _below(self) -> Iterator[list[Cell]]:
        return iter(self.rows[self.layout.header + 1 :])

    def _cells(self, row: list[Cell], *columns: Column) -> tuple[Cell, ...]:
        places = self.places.get(columns)
        if places is None:
            places = self.places[columns] = self.layout.at(*columns)
        return tuple([row[at] for at in places])

    def _ignored(self, part: Column) -> bool:
        """A part that doors do not have here tells nothing, as long as everybody wrote the same."""
        if IGNORED_IF_ALL_THE_SAME[part] in self.roster.settings.parts or (
            part == "lane" and self.roster.settings.streets
        ):
            return False
        values = {
            spoken(text_of(cell)).strip("第期单元弄号")
            for row in self._below()
            if not self._totals_row(row)
            for cell in self._cells(row, part)
        }
        return len({number(value) or value for value in values if value}) <= 1

    def _own_pickups(self) -> set[str] | None:
        """Names of pick-up places that are this compound's; None where the column does not tell compounds apart."""
        names = [spoken(name) for name in self.roster.settings.names]
        values = {place for row in self._below() for place in self._pickups(row)}
        own = {value for value in values if any(name in value for name in names)}
        return own if own and own != values else None

    def _pickups(self, row: list[Cell]) -> list[str]:
        """What may name a compound; the hall of a building here names none."""
        said = [place for cell in self._cells(row, "pickup", "compound") if (place := spoken(cell))]
        halls = {place: found[1] for place in said if (found := HALL.fullmatch(place))}
        return [place for place in said if number(halls.get(place, "")) not in self.buildings]

    def _totals_row(self, row: list[Cell]) -> Literal["", "total", "part"]:
        first = next((cell for cell in row if cell is not None and cell != ""), None)
        people = self._cells(row, "person")
        for cell in (first, *people, *self._cells(row, "number", "item", "whole", "building", "block")):
            if (kind := is_total(cell)) and not (cell in people and self._names_a_door(row)):
                return kind
        return ""

    def _names_a_door(self, row: list[Cell]) -> bool:
        """Whether a nickname such as sum or 共 stands beside a door, and is no more than a nickname."""
        return any(spoken(text_of(cell)) and not is_total(cell) for cell in self._cells(row, *DOOR_PARTS[:4]))

    def _added_up(self, row: list[Cell]) -> str | None:
        """12号楼小计. A captain's sum says so, too, and is an order: there no other row names a door of that building."""
        if any(spoken(text_of(cell)) and not building_added_up(cell) for cell in self._cells(row, "room")):
            return None
        cells = (*self._cells(row, "number", "whole", "building", "block", "room"), *row[:1])
        return next((building for cell in cells if (building := building_added_up(cell))), None)

    def _stated(self, index: int, row: list[Cell]) -> tuple[int, dict[tuple[str, str], int], bool]:
        if self.layout.kind == "wide":
            sums = {(good.item, good.unit): count_of(row[good.column]) for good in self.layout.goods}
            return self.sheet.number(index), {good: count for good, count in sums.items() if count is not None}, False
        counts = [count for at in self.quantity_columns if (count := count_of(row[at])) is not None]
        return self.sheet.number(index), {("", ""): counts[0]} if counts else {}, True

    def _orders(self, index: int, row: list[Cell]) -> list[OrderRow]:
        ordered = list(self._long(index, row) if self.layout.kind == "long" else self._wide(index, row))
        if not ordered:
            return []
        columns = self._door_columns(row)
        if columns not in self.doors:
            words = "\x1f".join(spoken(text_of(cell)) for cells in columns for cell in cells)
            self.doors[columns] = read_columns(columns, self.roster, add_doors=self.add_doors), words
        door, words = self.doors[columns]
        words = "\x1f".join((words, *(spoken(text_of(cell)) for cell in self._cells(row, "number"))))
        judged = self._judged(row, door)
        return [self._order_row(self.sheet.number(index), words, good, door, judged) for good in ordered]

    def _door_columns(self, row: list[Cell]) -> DoorColumns:
        """The cells of the door; TRUE is not 1, though they count as equal."""
        parts = (() if part in self.ignored else self._cells(row, part) for part in DoorColumns._fields)  # type: ignore[arg-type]
        return DoorColumns(
            *(tuple([str(cell) if isinstance(cell, bool) else cell for cell in cells]) for cells in parts)
        )

    def _long(self, index: int, row: list[Cell]) -> Iterator[Ordered]:
        written = (
            next((cell for cell in self._cells(row, "item") if text_of(cell).strip()), ""),
            next(iter(self._cells(row, "spec")), ""),
        )
        several, own = SEVERAL_GOODS.search(text_of(written[0])), None
        if not several and self.layout.at("item") == self.layout.at("spare_item"):
            named, own = without_own_count(written[0])
            written = named, written[1]
        if written not in self.goods:
            self.goods[written] = good_and_unit(*written)
        item, unit = self.goods[written]
        cells = [row[at] for at in self.quantity_columns]
        if not item and not any(
            spoken(text_of(cell)) for cell in (*cells, *self._cells(row, *DOOR_PARTS, "number", "person"))
        ):
            return
        if (
            not item
            and not spoken(text_of(cells[0]))
            and not any(spoken(text_of(cell)) for cell in self._cells(row, *DOOR_PARTS[:5]))
        ):
            return
        if not item and not text_of(cells[0]).strip() and sum(1 for cell in row if text_of(cell).strip()) == 1:
            return
        quantity, reason = self._quantity(index, self.quantity_columns[0], cells[0])
        others = [*cells[1:], *self._cells(row, "portions"), own]
        if quantity and any(
            other != quantity for cell in others if isinstance(other := quantity_of(cell, blank_is_none=True), int)
        ):
            quantity, reason = None, "quantities-differ"
        yield Ordered(
            item,
            unit,
            quantity,
            reason or ("several-goods" if several else "" if item else "no-good"),
            "|".join(spoken(text_of(cell)) for cell in cells),
        )

    def _wide(self, index: int, row: list[Cell]) -> Iterator[Ordered]:
        for good in self.layout.goods:
            cell = row[good.column]
            if (index, good.column) not in self.sheet.without_value:
                if (cell is None or cell == "") or quantity_of(cell, blank_is_none=True) is None:
                    continue
            elif cell is not None and cell != "":
                continue
            quantity, reason = self._quantity(index, good.column, cell)
            yield Ordered(good.item, good.unit, quantity, reason, spoken(text_of(cell)))

    def _quantity(self, index: int, column: int, cell: Cell) -> tuple[int | None, str]:
        if (index, column) in self.merged_quantities:
            return None, "quantity-merged"
        if cell is None or cell == "" or (isinstance(cell, str) and not cell.strip()):
            return None, "quantity-formula" if (index, column) in self.sheet.without_value else "quantity-missing"
        quantity = quantity_of(cell, blank_is_none=False)
        return (quantity, "") if isinstance(quantity, int) else (None, "quantity-unreadable")

    def _judged(self, row: list[Cell], door: DoorRead) -> Judged:
        """Whether the order stands, before its good and quantity are looked at: paid, here, at one door."""
        paid = self._paid(row)
        if paid.outcome != "ok":
            return paid
        if self.own_pickups is not None and any(place not in self.own_pickups for place in self._pickups(row)):
            return Judged("unclear", "other-pickup", WHY["other-pickup"])
        if door.reason == "room-missing" and not self.layout.at("room", "whole", "address"):
            return Judged("unclear", "captains-sum", WHY["captains-sum"])
        return Judged("unclear", door.reason, door.why) if door.reason else Judged("ok")

    def _paid(self, row: list[Cell]) -> Judged:
        refund = self._refund(row)
        if refund.outcome == "unclear":
            return refund
        for cell in self._cells(row, "state") if self.has_states else ():
            state = spoken(cell)
            if state in SKIPPED:
                return Judged("skipped", SKIPPED[state], SKIPPED_AS[SKIPPED[state]])
            if state not in PAID:
                return Judged("unclear", "state-unknown", WHY["state-unknown"])
        return refund

    def _refund(self, row: list[Cell]) -> Judged:
        partly = Judged("unclear", "partly-refunded", WHY["partly-refunded"])
        fully = Judged("skipped", "refunded", SKIPPED_AS["refunded"])
        for cell in self._cells(row, "refund_state", "refund"):
            money, word = money_of(cell), spoken(cell)
            if money is None or money == 0 or (word and word in NOT_REFUNDED):
                continue
            if word in SKIPPED:
                return fully
            if money == "unreadable":
                return partly if "退" in word else Judged("unclear", "refund-unreadable", WHY["refund-unreadable"])
            amounts = {amount for at in self._cells(row, "amount") if isinstance(amount := money_of(at), Decimal)}
            return fully if amounts == {money} else partly
        return Judged("ok")

    def _order_row(self, row: int, words: str, good: Ordered, door: DoorRead, judged: Judged) -> OrderRow:
        if judged.outcome == "ok" and good.reason:
            judged = Judged("unclear", good.reason, WHY[good.reason])
        stands = judged.outcome == "ok"
        return OrderRow(
            row=row,
            building=door.building,
            room=door.room,
            item=good.item,
            unit=good.unit,
            quantity=good.quantity,
            outcome=judged.outcome,
            why=judged.why,
            reason=judged.reason,
            household=door.household if stands else None,
            nearest=() if stands else door.nearest,
            new_door=door.new and stands,
            digest=self._digest(words, good),
        )

    def _digest(self, words: str, good: Ordered) -> str:
        """The row as a correction knows it again: door, good, quantity and 跟团号; a twin of it counts on."""
        text = "\x1f".join((words, spoken(good.item), spoken(good.unit), good.written))
        self.seen[text] += 1
        return hashlib.sha256(f"{text}\x1e{self.seen[text]}".encode()).hexdigest()

    def _words(self, row: list[Cell]) -> Words:
        name, phone = (next(self._texts(row, column), "") for column in PERSONAL)
        return Words(name=name, phone=phone, note="；".join(dict.fromkeys(self._texts(row, "note")))).tidied()

    def _texts(self, row: list[Cell], column: Column) -> Iterator[str]:
        return (text for cell in self._cells(row, column) if (text := text_of(cell).strip()) and text not in NO_WORDS)

    def _person(self, row: list[Cell]) -> str:
        who = next((text for cell in self._cells(row, "person") if (text := spoken(text_of(cell)))), "")
        who = who or next((text for cell in self._cells(row, "number") if (text := spoken(text_of(cell)))), "")
        return hashlib.sha256(who.encode()).hexdigest() if who else ""
