"""Whether an order stands: paid, here, at one door, and with nothing beside it that takes it back."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from domain.community.door_columns import DoorColumns
from domain.community.door_words import CHINESE, number
from domain.community.doors import DoorRead, Roster, household_id
from infra.tables import Cell
from services.imports.asked_headers import ASKS_BAD, ASKS_GOOD, YES_OR_NO, answers_against
from services.imports.behind_doors import brackets_in
from services.imports.corrected_rows import Corrections
from services.imports.doors_in_names import are_numbered, doors_in_name, good_is_sent_elsewhere
from services.imports.headers import Column, column_of, spoken
from services.imports.how_paid import says_how_paid
from services.imports.layouts import Layout
from services.imports.lines_between import NOTHING_BELOW, LinesBetween, is_of_another_good
from services.imports.merged_cells import Row, comment_column
from services.imports.notes import HEADS_OTHERS, TAKEN_BACK_IN_A_NAME, Notes, Said
from services.imports.other_compounds import OWN_BY_A_WORD, OtherCompounds
from services.imports.quantities import NONE_WORDS, NOT_REFUNDED, PAID, SKIPPED, money_of

DOOR_PARTS: tuple[Column, ...] = DoorColumns._fields  # type: ignore[assignment]
WHY = {
    "no-good": "no good is named",
    "several-goods": "several goods with quantities of their own stand in one cell",
    "goods-differ": "two columns name goods and differ",
    "good-cancelled": "the name of the good says that it was cancelled",
    "good-changes": "the name of the good says that it changes another good, takes it back, or how many it is",
    "maybe-no-good": "this column may be no good but something else that is counted",
    "maybe-money": "this column may hold amounts of money and not how many",
    "maybe-sum": "this column adds up the others in every row; is it a good, or their sum",
    "not-in-summary": "the file's own list of goods lacks this column",
    "sum-differs": "the goods of this row and their sum in the file differ",
    "amount-differs": "price times quantity is not the amount that stands in this row",
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
    "note-changes": "a note or another column may cancel or change the order",
    "corrected-row": "a row of this door says that it corrects another; which of them stands",
    "struck-through": "this row is struck through in the table",
    "partly-struck": "a part of a cell of this row is struck through in the table, and was not read",
    "line-takes-back": "a line of its own in the table may take this order back, send it elsewhere or mean another good",
    "note-other-door": "a note names another door",
    "receiver-other-door": "the name of the receiver names another door",
    "other-pickup": "the order is for another compound's pick-up place",
    "other-compound": "a column names another compound, another part of this one, or another street or town",
    "captains-sum": "a building without rooms: a sum of its captain, to be booked as bulk for the captain",
}
BESIDE = {
    "state-unknown", "partly-refunded", "refund-unreadable", "returned", "note-changes", "note-other-door", "receiver-other-door",
    "line-takes-back", "struck-through", "partly-struck", "corrected-row",
}  # fmt: skip
"""Doubts that come from what stands beside an order: where it says something else, an earlier answer does not hold."""
HALL = re.compile(
    rf"([0-9]+|[{CHINESE}]+)(?:号楼?|栋|幢|楼|座|#)(?:[一1]楼|底楼|楼下)?(?:入户)?(?:大厅|大堂|门厅|门口|门洞|架空层|楼下|一楼|底楼)"
)
"""A place at a building of one's own compound, as far as the roster has the building."""
OF_A_COMPOUND = re.compile(
    r"(?:小区|[苑汇城府庭园邸墅湾郡]|花园|公寓|新村|家园|名邸|华庭|广场|[0-9]+弄)(?:[一二三四五0-9]期)?$|^.{2,12}(?:路|街|道)[0-9]+[弄号]"
)
SKIPPED_AS = {"cancelled": "已取消", "unpaid": "待支付", "refunded": "已退款"}
OTHER_DOOR = re.compile(
    r".*(?:新|更正|更改|变更|修改|改|实际|代收|代送|转送|送到?).{0,3}(?:房|室|楼|门牌|地址|栋|幢).*|更正|改到|转到"
)
"""Headers of columns that nobody reads and that may send an order elsewhere."""
WILLING = re.compile(
    r"(?:可否|能否|愿否|可不可以|能不能|愿不愿意?|是否(?:可以?|能够?|愿意?)).{0,6}(?:代收|代拿|代领|代送|帮)"
)
"""What a household may do for others says nothing of its own order."""
OF_SOMEBODY_ELSE = re.compile(
    r"(?:所属|帮卖|开团|本楼)?(?:团长|楼长|楼组长|推荐人|邀请人|介绍人|上级)(?:昵称|姓名|名称|信息)?|(?:商品|产品|货品|规格|sku)(?:编码|编号|代码|id)|"
    r"货号|款号|条码|sku(?:id)?"
)
"""Headers of columns whose doors are of others in every row, or no doors at all."""


class Judged(NamedTuple):
    outcome: Literal["ok", "unclear", "skipped"]
    reason: str = ""
    why: str = ""
    nearest: tuple[str, ...] = ()
    """Doors that may be meant, where the doubt is between them."""


STANDS: Final = Judged("ok")


def doubted(reason: str, nearest: Iterable[str] = ()) -> Judged:
    return Judged("unclear", reason, WHY[reason], tuple(dict.fromkeys(nearest)))


class Cells:
    """The cells of a row under headers of a meaning."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.known: dict[tuple[Column, ...], tuple[int, ...]] = {}

    def places(self, *columns: Column) -> tuple[int, ...]:
        places = self.known.get(columns)
        if places is None:
            places = self.known[columns] = self.layout.at(*columns)
        return places

    def __call__(self, row: Row, *columns: Column) -> list[Cell]:
        return [row[at] for at in self.places(*columns)]

    def said(self, row: Row, *columns: Column) -> list[str]:
        """What they say in one way of writing."""
        return [row.said[at] for at in self.places(*columns)]


class Standing:
    def __init__(self, layout: Layout, cells: Cells, below: list[Row], roster: Roster, goods: Collection[str]) -> None:
        self.layout, self.cells, self.roster = layout, cells, roster
        self.has_states = any(spoken(cell) for row in below for cell in cells(row, "state"))
        self.states, self.refunds = layout.at("state"), layout.at("refund_state", "refund")
        self.returned, self.note_columns = layout.at("returned"), layout.at("note")
        self.own_names = [spoken(name) for name in (*roster.settings.names, *roster.settings.streets)]
        self.named_places = layout.at("pickup", "compound")
        self.tells_how = layout.at("spare_state")
        self.buildings = {key.building for key in roster.by_key}
        self.places_differ = bool(roster.settings.names) and any(
            self._is_own(place) for row in below for place in self._pickups(row)
        )
        self.others = OtherCompounds(layout, below, roster)
        self.goods = goods
        self.notes = Notes(roster, goods)
        header = [spoken(cell) for cell in layout.sheet.rows[layout.header]]
        self.receivers = [at for at in layout.at("person") if re.search(r"收|rec", header[at])]
        self.people = layout.at("person")
        self.numbered = are_numbered(below, self.people, layout.at("room", "whole", "address"))
        in_sets = [at for each in layout.sets for at in (each.item, each.spec) if at is not None]
        self.goods_named = (*layout.at("item", "spec"), *in_sets) if layout.kind == "long" else ()
        self.names = layout.at(*DOOR_PARTS, "person", "number")
        written = {cell for row in below for cell in [row[at] for at in self.names] if isinstance(cell, str)}
        self.taken_back_names = {cell for cell in written if TAKEN_BACK_IN_A_NAME.search(spoken(cell))}
        self.unread = _unread(layout, len(below[0]) if below else 0)
        asks = (ASKS_BAD, ASKS_GOOD)
        self.asked = {
            at: header[at]
            for at in self.unread
            if at < len(header) and any(each.fullmatch(header[at]) for each in asks)
        }
        self.elsewhere = [
            at
            for at in self.unread
            if at < len(header) and OTHER_DOOR.fullmatch(header[at]) and not WILLING.search(header[at])
        ]
        self.addresses = layout.at("address") if layout.at("whole", "building", "block", "room") else ()
        self.in_brackets = {
            text: heard
            for text in {row.said[at] for at in self.addresses for row in below}
            if (heard := self.notes.heard(brackets_in(text)))
        }
        self.columns_beside = (
            *layout.at("state", "refund_state", "refund", "amount", "returned", "note"),
            *self.receivers,
            *self.unread,
        )
        self.noted = (*layout.at("note"), *comment_column(layout))
        of_others = [at for at in self.unread if at < len(header) and OF_SOMEBODY_ELSE.fullmatch(header[at])]
        self.worded = (*layout.at("note"), *(at for at in self.unread if at not in of_others))
        self.answers = {at for at in self.unread if at < len(header) and header[at]}
        self.width = len(below[0]) if below else 0
        self.struck = _struck_rows(layout, layout.sheet.struck)
        self.partly_struck = _struck_rows(layout, layout.sheet.partly_struck)
        self.corrections = Corrections(layout, below, layout.at(*DOOR_PARTS, "number"), self.people, layout.at("item"))
        self.taken_back_doors: set[str] = set()
        self.below_lines: set[int] = set()
        self.goods_of_lines: dict[int, str] = {}

    def judged(self, index: int, row: Row, door: DoorRead, ordered: Mapping[str, int | None]) -> Judged:
        """Before its goods and quantities are looked at; ``ordered`` are these, goods in one way of writing."""
        paid = self._paid(row)
        if paid.outcome != "ok":
            return paid
        words = self.notes.heard(text for at in self.worded if (text := spoken(row[at])) and self._is_said(at, text))
        if reason := self._doubted_beside(index, row, door, words, ordered):
            return doubted(reason)
        if door.reason == "room-missing" and not self.layout.at("room", "whole", "address"):
            return doubted("captains-sum")
        if door.reason or door.building is None:
            return Judged("unclear", door.reason, door.why)
        own, household = (door.building, door.room), household_id(door.building, door.room)
        noted = self.notes.heard([row.said[at] for at in self.note_columns]) if self.note_columns else []
        if self.in_brackets:
            in_brackets = [said for at in self.addresses for said in self.in_brackets.get(row.said[at], ())]
            words, noted = [*words, *in_brackets], [*noted, *in_brackets]
        if (
            any(said.names_another_door(*own, self.roster) for said in words)
            or any(said.may_name_another_room(*own, self.roster) for said in noted)
            or (self.elsewhere and self._sent_elsewhere(row, own))
            or good_is_sent_elsewhere([row.said[at] for at in self.goods_named], *own, self.roster, self.notes)
        ):
            return doubted("note-other-door", (household, *self._doors_in([*words, *noted], door.building)))
        people = self.notes.heard([row.said[at] for at in self.people])
        received = self.notes.heard([row.said[at] for at in self.receivers]) if self.receivers else []
        if any(said.doors - {household} for said in people) or any(
            said.names_another_door(*own, self.roster) for said in received
        ):
            return doubted("receiver-other-door", (household, *self._doors_in([*people, *received], door.building)))
        named = [
            door
            for at in self.people
            if row.said[at]
            for door in doors_in_name(
                row.said[at], *own, self.roster, received=at in self.receivers, numbered=self.numbered
            )
        ]
        return doubted("receiver-other-door", (household, *named)) if named else STANDS

    def _doors_in(self, words: Iterable[Said], building: str) -> Iterator[str]:
        for said in words:
            yield from sorted(said.doors)
            rooms = (room for room in sorted(said.rooms | said.numbers) if self.roster.knows(building, room))
            yield from (household_id(building, room) for room in rooms)

    def _doubted_beside(
        self, index: int, row: Row, door: DoorRead, words: Sequence[Said], ordered: Mapping[str, int | None]
    ) -> str:
        """What stands beside an order and may take it back, by a stable id."""
        if self.named_places and self._is_elsewhere(row):
            return "other-pickup"
        if (self.others.doubted or self.others.pickups) and self.others.named_in(row):
            return "other-compound"
        if self.returned and any(row.said[at] not in NONE_WORDS for at in self.returned):
            return "returned"
        if index in self.struck:
            return "struck-through"
        if index in self.partly_struck:
            return "partly-struck"
        if index in self.below_lines or door.household in self.taken_back_doors:
            return "line-takes-back"
        if index in self.goods_of_lines and is_of_another_good(self.goods_of_lines[index], [*ordered]):
            return "line-takes-back"
        noted = self.notes.heard([row.said[at] for at in self.noted]) if self.noted else ()
        counts = {count for said in noted for count in said.counts}
        goods = {good for said in words for good in said.goods}
        quantities = ordered.values()
        if (
            any(said.takes_back for said in words)
            or (self.taken_back_names and not self.taken_back_names.isdisjoint([row[at] for at in self.names]))
            or any(answers_against(header, row.said[at]) for at, header in self.asked.items())
            or (counts and None not in quantities and counts - _counts_of(quantities))
            or any(not any(good in own for own in ordered) for good in goods)
        ):
            return "note-changes"
        return "corrected-row" if self.corrections.change(door.household, ordered) else ""

    def _is_said(self, at: int, text: str) -> bool:
        """A bare yes or no answers the header of its column; it is no word about the order."""
        return at < self.width and (at not in self.answers or text not in YES_OR_NO)

    def hear_lines(self, lines: Sequence[tuple[int, str | None]]) -> None:
        """Rows by index, and the text of those that are one line of words: what such a line takes back, it may name or head."""
        between = LinesBetween(self.layout, self.roster, self.goods, lines)
        heading, below, first = False, NOTHING_BELOW, True
        for index, text in lines:
            if text is None:
                first = False
                if heading or below.doubted:
                    self.below_lines.add(index)
                elif below.good:
                    self.goods_of_lines[index] = below.good
                continue
            line = spoken(text)
            said = self.notes.read(line)
            self.taken_back_doors |= said.doors if said.takes_back else set()
            heading = (said.takes_back and not said.doors) or HEADS_OTHERS.search(line) is not None
            below = between.below(line, first=first)

    def columns_of_places(self) -> set[int]:
        """Where another compound may be named."""
        return {*self.named_places, *self.others.doubted}

    def said_beside(self, row: Row) -> str:
        return "\x1f".join([row.said[at] for at in self.columns_beside])

    def _sent_elsewhere(self, row: Row, own: tuple[str, str | None]) -> bool:
        said = (row.said[at] for at in self.elsewhere)
        return any(text not in {*NONE_WORDS, *own, household_id(*own)} for text in said)

    def _is_elsewhere(self, row: Row) -> bool:
        """Whether what names the pick-up place names another compound, and nothing beside it this one."""
        said = list(self._pickups(row))
        if any(HALL.fullmatch(place) for place in said):
            return True
        if not said or any(self._is_own(place) for place in said):
            return False
        return self.places_differ or any(OF_A_COMPOUND.search(place) for place in said)

    def _is_own(self, place: str) -> bool:
        """By its name or street, or a part of them: 锦绣 and 168弄; or by a word: 本小区."""
        for name in self.own_names:
            if name in place or (len(place) > 1 and place in name):
                return True
        return OWN_BY_A_WORD.fullmatch(place) is not None

    def _pickups(self, row: Row) -> Iterator[str]:
        """What may name a compound; the hall of a building here names none, that of another does."""
        for cell in self.cells(row, "pickup", "compound"):
            if place := spoken(cell):
                hall = HALL.fullmatch(place)
                if hall is None or number(hall[1]) not in self.buildings:
                    yield place

    def _paid(self, row: Row) -> Judged:
        refund = self._refund(row)
        if refund.outcome == "unclear":
            return refund
        for at in self.states if self.has_states else ():
            state = row.said[at]
            if state in SKIPPED:
                return Judged("skipped", SKIPPED[state], SKIPPED_AS[SKIPPED[state]])
            if state not in PAID and not (at in self.tells_how and says_how_paid(state)):
                return doubted("state-unknown")
        return refund

    def _refund(self, row: Row) -> Judged:
        if not self.refunds:
            return STANDS
        fully = Judged("skipped", "refunded", SKIPPED_AS["refunded"])
        for cell in [row[at] for at in self.refunds]:
            money, word = money_of(cell), spoken(cell)
            if money is None or money == 0 or (word and word in NOT_REFUNDED):
                continue
            if word in SKIPPED:
                return fully
            if money == "unreadable":
                return doubted("partly-refunded" if "退" in word else "refund-unreadable")
            amounts = {amount for at in self.cells(row, "amount") if isinstance(amount := money_of(at), Decimal)}
            return fully if amounts == {money} else doubted("partly-refunded")
        return STANDS


def _unread(layout: Layout, width: int) -> list[int]:
    """Columns that make no order and may still say something about it, those without a name among them."""
    header = layout.sheet.rows[layout.header]
    read = {at for at, _ in layout.read_columns()} | set(layout.sums)
    meant = {at: column_of(cell) for at, cell in enumerate(header)}
    return [at for at in range(width) if at not in read and meant.get(at) in {None, "other", "recount"}]


def _struck_rows(layout: Layout, cells: Collection[tuple[int, int]]) -> set[int]:
    """Rows in which a cell of the order or of its door is struck through, merged ones over all their rows."""
    sheet = layout.sheet
    if not cells:
        return set()
    places = {at for at, _ in layout.read_columns()} | set(layout.at("person", "number"))
    below = {area[:2]: area for area in sheet.merged}
    struck: set[int] = set()
    for row, column in cells:
        if column in places:
            area = below.get((row, column))
            struck |= {*range(row, area.bottom + 1)} if area else {row}
    return struck


def _counts_of(quantities: Iterable[int | None]) -> set[int]:
    counts = [quantity for quantity in quantities if quantity is not None]
    return {*counts, sum(counts)}
