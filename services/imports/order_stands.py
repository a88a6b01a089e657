"""Whether an order stands: paid, here, at one door, and with nothing beside it that takes it back."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, NamedTuple

from domain.community.door_words import CHINESE, number
from domain.community.doors import DoorRead, Roster, household_id
from infra.tables import Cell
from services.imports.headers import Column, spoken
from services.imports.layouts import Layout
from services.imports.quantities import COUNTED_IN, NONE_WORDS, NOT_REFUNDED, PAID, SKIPPED, money_of, text_of

WHY = {
    "no-good": "no good is named",
    "several-goods": "several goods with quantities of their own stand in one cell",
    "goods-differ": "two columns name goods and differ",
    "good-cancelled": "the name of the good says that it was cancelled",
    "maybe-no-good": "this column may be no good but something else that is counted",
    "maybe-sum": "this column adds up the others in every row; is it a good, or their sum",
    "not-in-summary": "the file's own list of goods lacks this column",
    "sum-differs": "the goods of this row and their sum in the file differ",
    "quantity-unreadable": "the quantity cannot be read as a whole number from 1 to 9999",
    "quantity-missing": "the quantity is missing",
    "quantity-formula": "the quantity is a formula whose value was not stored; save the file once in a table program",
    "quantity-merged": "the quantity is merged over several rows or goods",
    "quantity-in-pieces": "the quantity may count the pieces in the good's unit",
    "quantities-differ": "two quantities stand in this row and differ",
    "state-unknown": "the state of the order is not known",
    "partly-refunded": "the order was refunded in part",
    "refund-unreadable": "the refund cannot be read",
    "returned": "a column says that goods came back or were taken off",
    "note-changes": "a note may cancel or change the order",
    "note-other-door": "a note names another door",
    "receiver-other-door": "the name of the receiver names another door",
    "other-pickup": "the order is for another compound's pick-up place",
    "captains-sum": "a building without rooms: a sum of its captain, to be booked as bulk for the captain",
}
BESIDE = {
    "state-unknown", "partly-refunded", "refund-unreadable", "returned", "note-changes", "note-other-door", "receiver-other-door",
}  # fmt: skip
"""Doubts that come from what stands beside an order: where it says something else, an earlier answer does not hold."""
HALL = re.compile(
    rf"([0-9]+|[{CHINESE}]+)(?:号楼?|栋|幢|楼|座|#)(?:[一1]楼|底楼|楼下)?(?:入户)?(?:大厅|大堂|门厅|门口|门洞|架空层|楼下|一楼|底楼)"
)
"""A place at a building of one's own compound, as far as the roster has the building."""
SKIPPED_AS = {"cancelled": "已取消", "unpaid": "待支付", "refunded": "已退款"}
ONLY_IF = re.compile(
    r"(?:如|若|要是|万一|假如|缺货|没货|无货|断货|没有了?|坏|破|碎|不够|质量).{0,10}?(?:退.?|取消|换.?|不要了?)"
)
"""What is to be done if something is missing or broken takes nothing back."""
TAKES_BACK = re.compile(
    rf"^(?:不要|不用|退|换|改)$|不要了|不需要了?|不用了|不买了|不想要|退了|[已请要全再]退|退[款货单掉钱团订]|取消|作废|撤[回销单]|[改换变]更?(?:成|为|到|至|送|[0-9{CHINESE}两])|"
    rf"更改|修改|[多少加减][要买订点]?[{CHINESE}两0-9]+(?:{COUNTED_IN})|(?:只要|只需|总共|一共|实际)要?[{CHINESE}两0-9]+|[下填写拍点选]错|错了|下重|多[拍下点]|重复"
)
DOOR_IN_WORDS = re.compile(
    rf"(?<![0-9])([0-9]{{1,3}}|[{CHINESE}]{{1,4}})(?:号楼?|栋|幢|楼|座|#|[-—–－/])(?:[0-9]单元)?([0-9]{{3,4}})(?![0-9])"
)


class Judged(NamedTuple):
    outcome: Literal["ok", "unclear", "skipped"]
    reason: str = ""
    why: str = ""


def doubted(reason: str) -> Judged:
    return Judged("unclear", reason, WHY[reason])


class Cells:
    """The cells of a row under headers of a meaning."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.places: dict[tuple[Column, ...], tuple[int, ...]] = {}

    def __call__(self, row: list[Cell], *columns: Column) -> tuple[Cell, ...]:
        places = self.places.get(columns)
        if places is None:
            places = self.places[columns] = self.layout.at(*columns)
        return tuple([row[at] for at in places]) if places else ()


class Standing:
    def __init__(self, layout: Layout, cells: Cells, below: list[list[Cell]], roster: Roster) -> None:
        self.layout, self.cells, self.roster = layout, cells, roster
        self.has_states = any(spoken(cell) for row in below for cell in cells(row, "state"))
        self.buildings = {key.building for key in roster.by_key}
        self.own_pickups = self._own_pickups(below)
        header = layout.sheet.rows[layout.header]
        self.receivers = [at for at in layout.at("person") if re.search(r"收|rec", spoken(header[at]))]
        self.columns_beside = (
            *layout.at("state", "refund_state", "refund", "amount", "returned", "note"),
            *self.receivers,
        )
        self.said: dict[str, tuple[bool, tuple[str, ...]]] = {}

    def judged(self, row: list[Cell], door: DoorRead) -> Judged:
        """Before its good and quantity are looked at."""
        paid = self._paid(row)
        if paid.outcome != "ok":
            return paid
        if self.own_pickups is not None and any(place not in self.own_pickups for place in self._pickups(row)):
            return doubted("other-pickup")
        if any(_says_something(cell) for cell in self.cells(row, "returned")):
            return doubted("returned")
        notes = [self._in_words(text) for cell in self.cells(row, "note") if (text := spoken(text_of(cell)))]
        if any(takes_back for takes_back, _ in notes):
            return doubted("note-changes")
        if door.reason == "room-missing" and not self.layout.at("room", "whole", "address"):
            return doubted("captains-sum")
        if door.reason:
            return Judged("unclear", door.reason, door.why)
        if any(other != door.household for _, doors in notes for other in doors):
            return doubted("note-other-door")
        received = (self._in_words(text) for at in self.receivers if (text := spoken(text_of(row[at]))))
        if any(other != door.household for _, doors in received for other in doors):
            return doubted("receiver-other-door")
        return Judged("ok")

    def said_beside(self, row: list[Cell]) -> str:
        return "\x1f".join(spoken(text_of(row[at])) for at in self.columns_beside)

    def _in_words(self, text: str) -> tuple[bool, tuple[str, ...]]:
        """Whether words take an order back, and which doors of the roster they name."""
        if text not in self.said:
            named = ((number(building) or building, room) for building, room in DOOR_IN_WORDS.findall(text))
            doors = tuple(household_id(*door) for door in named if self.roster.knows(*door))
            self.said[text] = TAKES_BACK.search(ONLY_IF.sub("", text)) is not None, doors
        return self.said[text]

    def _own_pickups(self, below: list[list[Cell]]) -> set[str] | None:
        """Names of pick-up places that are this compound's; None where the column does not tell compounds apart."""
        names = [spoken(name) for name in self.roster.settings.names]
        values = {place for row in below for place in self._pickups(row)}
        own = {value for value in values if any(name in value for name in names)}
        return own if own and own != values else None

    def _pickups(self, row: list[Cell]) -> Iterator[str]:
        """What may name a compound; the hall of a building here names none."""
        for cell in self.cells(row, "pickup", "compound"):
            if place := spoken(cell):
                hall = HALL.fullmatch(place)
                if hall is None or number(hall[1]) not in self.buildings:
                    yield place

    def _paid(self, row: list[Cell]) -> Judged:
        refund = self._refund(row)
        if refund.outcome == "unclear":
            return refund
        for cell in self.cells(row, "state") if self.has_states else ():
            state = spoken(cell)
            if state in SKIPPED:
                return Judged("skipped", SKIPPED[state], SKIPPED_AS[SKIPPED[state]])
            if state not in PAID:
                return doubted("state-unknown")
        return refund

    def _refund(self, row: list[Cell]) -> Judged:
        fully = Judged("skipped", "refunded", SKIPPED_AS["refunded"])
        for cell in self.cells(row, "refund_state", "refund"):
            money, word = money_of(cell), spoken(cell)
            if money is None or money == 0 or (word and word in NOT_REFUNDED):
                continue
            if word in SKIPPED:
                return fully
            if money == "unreadable":
                return doubted("partly-refunded" if "退" in word else "refund-unreadable")
            amounts = {amount for at in self.cells(row, "amount") if isinstance(amount := money_of(at), Decimal)}
            return fully if amounts == {money} else doubted("partly-refunded")
        return Judged("ok")


def _says_something(cell: Cell) -> bool:
    return spoken(text_of(cell)) not in NONE_WORDS
