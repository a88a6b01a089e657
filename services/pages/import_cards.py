"""Unclear rows as a form: one card for each row of the table, and what a person said in it."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from domain.community.doors import SENTENCES, Roster
from services.imports.corrections import ABOUT_THE_DOOR, ABOUT_THE_GOOD, IN_THE_TABLE_ONLY, Correction, good_said
from services.imports.order_rows import OrderRow
from services.imports.orders import OrderReading
from services.imports.quantities import quantity_of
from services.pages.language import N_

MAY_CHANGE_THE_GOOD: Final = {
    "note-changes", "line-takes-back", "struck-through", "partly-struck", "corrected-row", "good-cancelled", "good-changes", "maybe-no-good",
}  # fmt: skip
MOST_CARDS: Final = 200
PART: Final = re.compile(r"[^\s/-]{1,16}")
LEAVE_OUT: Final = "out"
KEEP: Final = "keep"
NO_PART: Final = N_("Building and room take letters and digits, at most 16, without blanks and dashes.")
NO_COUNT: Final = N_("The quantity takes a whole number from 1 to 9999.")


class Fields(NamedTuple):
    """What stands in the fields of a card."""

    choice: str = ""
    """A door that was offered, ``keep``, ``out``, or nothing."""
    building: str = ""
    room: str = ""
    quantities: tuple[str, ...] = ()
    goods: tuple[str, ...] = ()


class Card(NamedTuple):
    rows: tuple[OrderRow, ...]
    """What one answer settles: the goods of one row, and neighbouring rows that name the same door and the same doubt."""
    fields: Fields
    mistake: str = ""

    @property
    def key(self) -> str:
        return key_of(self.rows[0])

    @property
    def first(self) -> OrderRow:
        return self.rows[0]

    @property
    def last(self) -> OrderRow:
        return self.rows[-1]

    @property
    def door(self) -> str:
        return "-".join(filter(None, (self.first.building, self.first.room)))

    @property
    def asks_door(self) -> bool:
        return bool(ABOUT_THE_DOOR.intersection(self.doubts))

    @property
    def asks_good(self) -> bool:
        return bool(ABOUT_THE_GOOD.intersection(self.doubts))

    @property
    def may_name_a_good(self) -> bool:
        """Also where words beside the order may change it to another good."""
        return self.asks_good or bool(MAY_CHANGE_THE_GOOD.intersection(self.doubts))

    @property
    def may_be_corrected(self) -> bool:
        return not IN_THE_TABLE_ONLY.intersection(self.doubts)

    @property
    def says_how_many(self) -> bool:
        """Whether a quantity was read of every row: who names another good means so many of it."""
        return all(row.quantity is not None for row in self.rows)

    @property
    def may_be_kept(self) -> bool:
        """Whether nothing is asked but if the order stands as it was read."""
        asks = self.asks_door or self.asks_good or not self.may_be_corrected
        return not asks and self.says_how_many

    @property
    def doubts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each for row in self.rows for each in (row.reason, *row.also)))


def key_of(row: OrderRow) -> str:
    return row.digest[:16]


def together(rows: tuple[OrderRow, ...]) -> Iterator[tuple[OrderRow, ...]]:
    group: list[OrderRow] = []
    for row in rows:
        if group and not is_one_matter(group[-1], row):
            yield tuple(group)
            group = []
        group.append(row)
    if group:
        yield tuple(group)


def is_one_matter(row: OrderRow, following: OrderRow) -> bool:
    same = (row.building, row.room, row.reason, row.nearest)
    if same != (following.building, following.room, following.reason, following.nearest):
        return False
    if row.row == following.row:
        return True
    return following.row == row.row + 1 and None not in {row.building, row.room} and row.reason in SENTENCES


def cards(reading: OrderReading, corrections: tuple[Correction, ...]) -> list[Card]:
    said = {each.digest: each for each in corrections}
    return [Card(rows, remembered(rows, said)) for rows in together(reading.of("unclear"))]


def remembered(rows: tuple[OrderRow, ...], said: Mapping[str, Correction]) -> Fields:
    """What was said of a row before and did not settle it."""
    known = [said.get(row.digest) for row in rows]
    door = next((each for each in known if each is not None), None)
    quantities = tuple("" if each is None or each.quantity is None else str(each.quantity) for each in known)
    goods = tuple(
        "" if each is None or each.item is None else f"{each.item} {each.unit or ''}".strip() for each in known
    )
    return Fields("", (door and door.building) or "", (door and door.room) or "", quantities, goods)


def typed(card: Card, form: Mapping[str, object]) -> Fields:
    def field(name: str, key: str) -> str:
        value = form.get(f"{name}.{key}")
        return unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else ""

    building, room = field("building", card.key), field("room", card.key)
    if not room and re.fullmatch(r"[^\s/-]+ ?[-—–] ?[^\s/-]+", building):
        building, room = (part.strip() for part in re.split(r"[-—–]", building))
    quantities = tuple(field("quantity", key_of(row)) for row in card.rows)
    goods = tuple(field("good", key_of(row)) for row in card.rows)
    return Fields(field("choice", card.key), building, room, quantities, goods)


def mistake_in(fields: Fields) -> str:
    if fields.choice in {LEAVE_OUT, KEEP}:
        return ""
    if any(part and not PART.fullmatch(part) for part in (fields.building, fields.room)):
        return NO_PART
    counts = [quantity_of(text, blank_is_none=False) for text in fields.quantities if text]
    return "" if all(isinstance(count, int) for count in counts) else NO_COUNT


def corrections_in(card: Card, fields: Fields, roster: Roster) -> list[Correction]:
    """What the fields of a card say of its rows; nothing where they are empty."""
    if fields.choice == LEAVE_OUT:
        return [Correction(digest=row.digest, leave_out=True) for row in card.rows]
    keeps = fields.choice == KEEP and card.may_be_kept
    building, room = door_meant(card.first, fields, roster)
    found = []
    for row, text, named in zip(card.rows, fields.quantities, fields.goods, strict=True):
        counted = quantity_of(text, blank_is_none=False) if text else None
        quantity = counted if isinstance(counted, int) else None
        item, unit = good_said(named or None)
        if quantity is None and (keeps or (item is not None and card.says_how_many)):
            quantity = row.quantity
        if building is not None or quantity is not None or item is not None:
            found.append(
                Correction(digest=row.digest, building=building, room=room, item=item, unit=unit, quantity=quantity)
            )
    return found


def door_meant(row: OrderRow, fields: Fields, roster: Roster) -> tuple[str | None, str | None]:
    """The door that was tapped, else the fields; a field left empty keeps what was read, and a villa has no room."""
    if fields.choice and fields.choice != KEEP:
        tapped, dash, behind = fields.choice.partition("-")
        return tapped, behind if dash else None
    if not fields.building and not fields.room:
        return None, None
    building = fields.building or row.building
    return building, fields.room or (None if building in roster.villas else row.room)
