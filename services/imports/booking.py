"""From a table that was read to orders that are booked: which group buy, what changes, and what would go wrong.

Everything is worked out before anything is written; booking is one decision, all or nothing.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Final, NamedTuple
from uuid import UUID, uuid4

from domain.base import Event, HouseholdId, Refused
from domain.community.compound import AddHouseholds, Compound, doors_by_building
from domain.community.doors import Roster, household_id
from domain.goods.facts import building_of
from domain.procurement.group_buys import (
    GroupBuy,
    ImportOrders,
    OrderLine,
    RowCorrection,
    TableOrder,
    doubt_about,
    to_book,
)
from infra.asks import Past
from infra.directory import Directory, Subject, Words
from infra.read_store import SqliteReadStore
from projections import orders
from projections.base import Rows
from services.counted import counted
from services.imports.corrections import Correction, apply_corrections
from services.imports.notices import (
    add_notices,
    corrected_before,
    orders_that_stay,
    phones_taken_out,
    without_phone_numbers,
    words_for_directory,
)
from services.imports.order_rows import OrderRow
from services.imports.orders import OrderReading
from services.imports.phone_numbers import PHONE, good_without_phones

SOURCE: Final = "import"
LONGEST_NAME: Final = 120
SHARED: Final = 0.6
"""Another group buy that has this share of the table's orders is probably the same one under another name."""
LONG_NUMBER: Final = re.compile(rf"{PHONE.pattern}|\d{{10,}}")
COPY_MARKS: Final = re.compile(
    r"\s*(?:[(（]\d{1,3}[)）]|-?\s*(?:副本|拷贝|copy)\s*\d*|[_-]?(?:19|20)\d{2}[-_.年]?\d{1,2}[-_.月]?\d{1,2}日?"
    r"(?:[-_ T]?\d{2}[-_.:：]?\d{2}(?:[-_.:：]?\d{2})?)?|[_-]?\d{1,2}月\d{1,2}日|[_ -]\d{10,14})\s*$",
    re.IGNORECASE,
)


class Changes(NamedTuple):
    """What booking would do to the orders of this source."""

    added: tuple[HouseholdId, ...]
    changed: tuple[HouseholdId, ...]
    withdrawn: tuple[HouseholdId, ...]
    unchanged: int


class Preview(NamedTuple):
    reading: OrderReading
    group_buy: str
    title: str
    known: bool
    """Whether the group buy exists already."""
    digest: str
    orders: tuple[TableOrder, ...]
    kept: frozenset[HouseholdId]
    corrections: tuple[RowCorrection, ...]
    new_corrections: int
    """Of how many rows something is said that is not kept yet."""
    changes: Changes
    doubt: Refused | None
    """What would vanish of the orders that stand."""
    same_as: str | None
    """Title of another group buy that most of these orders stand in already."""
    possibly_double: tuple[HouseholdId, ...]
    """Doors that ordered in this group buy through another source, too."""
    cards: tuple[tuple[Subject, Words], ...] = ()
    """Names, phones and notes that go to the directory with the orders."""
    new_cards: int = 0
    """How many of them do not stand there yet."""

    @property
    def unclear(self) -> int:
        return len(self.reading.of("unclear"))


def name_of(file_name: str) -> str:
    """A group buy's name from a file's: without ending, copy marks, dates and long numbers, which may be phones."""
    name = PurePath(file_name).stem.strip()
    while (shorter := COPY_MARKS.sub("", name)) != name and shorter:
        name = shorter
    return LONG_NUMBER.sub("", name).strip(" _-")[:LONGEST_NAME].strip() or "orders"


def id_of(title: str) -> str:
    """The id of a group buy from its name: readable where it is plain ASCII, else a digest."""
    if re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", title):
        return title
    return f"g-{hashlib.sha256(title.encode()).hexdigest()[:12]}"


def digest_of(rows: Sequence[OrderRow]) -> str:
    """Of what was read, so that the same orders in another file are the same import."""
    return hashlib.sha256("\n".join(sorted(f"{row.digest} {row.outcome}" for row in rows)).encode()).hexdigest()


def orders_in(rows: Iterable[OrderRow]) -> tuple[TableOrder, ...]:
    """One order per door, lines of the same good and unit summed, in the order of the table; without phone numbers."""
    sums: dict[str, dict[tuple[str, str], int]] = {}
    for row in rows:
        if row.outcome == "ok" and row.household and row.quantity:
            lines = sums.setdefault(row.household, {})
            good = good_without_phones(row.item, row.unit)
            lines[good] = lines.get(good, 0) + row.quantity
    return tuple(
        TableOrder(
            household=household,
            lines=tuple(OrderLine(item=item, unit=unit, quantity=number) for (item, unit), number in lines.items()),
        )
        for household, lines in sums.items()
    )


def cards_in(reading: OrderReading) -> tuple[tuple[Subject, Words], ...]:
    """What clear rows say of the people behind their doors, each card once."""
    cards: dict[tuple[Subject, Words], None] = {}
    for row in reading.rows:
        words = reading.words.get(row.row)
        if words and row.outcome == "ok" and row.household:
            cards.setdefault((Subject("household", row.household), words))
    return tuple(cards)


class Wanted(NamedTuple):
    """What a person says beside the table itself."""

    file_name: str
    named: str | None = None
    """The group buy; without it the table's own title counts, else the file's name."""
    add_doors: bool = False
    corrections: tuple[Correction, ...] = ()


def preview(
    read: SqliteReadStore, directory: Directory, compound: str, table: OrderReading, roster: Roster, wanted: Wanted
) -> Preview:
    """Raises Refused where the name that a person gave is too long."""
    title = title_of(table, wanted)
    with read.reading() as rows:
        listed = orders.group_buys(rows, compound)
        found = next((each for each in listed if title in {each.title, each.group_buy}), None)
        group_buy = found.group_buy if found else id_of(title)
        kept_before = {each.digest: each for each in orders.corrections(rows, compound, group_buy)}
        earlier = {digest: Correction(**each.model_dump()) for digest, each in kept_before.items()}
        said = earlier | {each.digest: each for each in wanted.corrections}
        reading = corrected(table, said, roster, add_doors=wanted.add_doors, new=len(wanted.corrections))
        booked = orders_in(reading.rows)
        standing = orders.orders_of(rows, compound, group_buy) if found else []
        others = [(each.title, each.group_buy) for each in listed if each.group_buy != group_buy]
        same_as = None if found else look_alike(rows, compound, booked, others)
    doors = {order.household for order in booked}
    before = {each.household: each.lines for each in standing if each.source == SOURCE}
    kept = doors_of_unclear(reading, before)
    now = to_book(booked, before, kept)
    corrections = tuple(RowCorrection(**each.model_dump(exclude={"row"})) for each in said.values())
    cards = cards_in(reading)
    new_cards = directory.unknown(compound, cards)
    notices = (
        *words_for_directory(len({subject for subject, _ in cards}), new_cards),
        *phones_taken_out(reading),
        *corrected_before(table, reading, earlier.keys() - {each.digest for each in wanted.corrections}),
        *orders_that_stay(kept.intersection(before)),
    )
    return Preview(
        reading=without_phone_numbers(add_notices(reading, notices)),
        group_buy=group_buy,
        title=found.title if found else title,
        known=found is not None,
        digest=digest_of(reading.rows),
        orders=booked,
        kept=kept,
        corrections=corrections,
        new_corrections=sum(kept_before.get(each.digest) != each for each in corrections),
        changes=changes(now, before, kept),
        doubt=doubt_about(before, now, kept) or doubt_about_unread(reading, changes(now, before, kept)),
        same_as=same_as,
        possibly_double=tuple(sorted({o.household for o in standing if o.source != SOURCE and o.household in doors})),
        cards=cards,
        new_cards=new_cards,
    )


def doors_of_unclear(reading: OrderReading, before: Iterable[str]) -> frozenset[HouseholdId]:
    """Doors whose orders stay, as a row that nobody has settled may be theirs: of a room that is not read, its building's."""
    unclear = [row for row in reading.of("unclear") if row.building is not None]
    whole = {row.building for row in unclear if row.room is None}
    meant = {household_id(row.building, row.room) for row in unclear if row.building is not None}
    nearest = {door for row in reading.of("unclear") for door in row.nearest}
    return frozenset(meant | nearest | {door for door in before if building_of(door) in whole})


def doubt_about_unread(reading: OrderReading, changes: Changes) -> Refused | None:
    """An order that seems to be gone may stand in a row whose door nobody could read."""
    unread = sum(1 for row in reading.of("unclear") if row.building is None)
    if not unread or not changes.withdrawn:
        return None
    return Refused(
        "import-unread",
        f"{counted(unread, 'row names', 'rows name')} no certain door, and {counted(len(changes.withdrawn), 'order', 'orders')} of this "
        "group buy would be withdrawn; they may be the same. Settle those rows first, or confirm that these orders are withdrawn.",
    )


def title_of(table: OrderReading, wanted: Wanted) -> str:
    if wanted.named and len(wanted.named) > LONGEST_NAME:
        raise Refused("name-too-long", f"The name of a group buy has at most {LONGEST_NAME} characters; shorten it.")
    name = wanted.named or table.title or name_of(wanted.file_name)
    return LONG_NUMBER.sub("", name).strip()[:LONGEST_NAME] or "orders"


def corrected(
    table: OrderReading, said: Mapping[str, Correction], roster: Roster, *, add_doors: bool, new: int
) -> OrderReading:
    """With what was said of its unclear rows now and at earlier imports; old corrections of other rows are no news."""
    unclear = {row.digest for row in table.of("unclear")}
    used = [each for digest, each in said.items() if digest in unclear]
    return apply_corrections(table, said.values() if new else used, roster, add_doors=add_doors) if said else table


def changes(
    wanted: Mapping[str, tuple[OrderLine, ...]], before: Mapping[str, tuple[OrderLine, ...]], kept: frozenset[str]
) -> Changes:
    return Changes(
        added=tuple(household for household in wanted if household not in before),
        changed=tuple(door for door, lines in wanted.items() if door in before and before[door] != lines),
        withdrawn=tuple(door for door in before if door not in wanted and door not in kept),
        unchanged=sum(door in kept or wanted.get(door) == lines for door, lines in before.items()),
    )


def look_alike(
    rows: Rows, compound: str, booked: Sequence[TableOrder], others: Iterable[tuple[str, str]]
) -> str | None:
    wanted = {(order.household, line.item) for order in booked for line in order.lines}
    for title, group_buy in others:
        standing = orders.orders_of(rows, compound, group_buy)
        there = {(order.household, line.item) for order in standing for line in order.lines}
        if wanted and len(wanted & there) >= SHARED * len(wanted):
            return title
    return None


@dataclass(frozen=True, slots=True)
class Booking:
    """New doors and the orders of a table in one: both are booked, or neither."""

    doors: AddHouseholds | None
    orders: ImportOrders

    @property
    def command(self) -> UUID:
        return self.orders.id

    @property
    def compound(self) -> str:
        return self.orders.compound

    def wanted(self) -> Sequence[str]:
        return [each.stream for each in (self.doors, self.orders) if each is not None]

    def decide(self, past: Past) -> Sequence[Event]:
        group_buy = past.state(self.orders.stream)
        booked = self.orders.decide(group_buy if isinstance(group_buy, GroupBuy) else GroupBuy())
        if self.doors is None:
            return booked
        compound = past.state(self.doors.stream)
        return [*self.doors.decide(compound if isinstance(compound, Compound) else Compound()), *booked]


def booking(
    shown: Preview,
    roster: Roster,
    *,
    compound: str,
    actor: str,
    at: datetime,
    leave_unclear: bool = False,
    sure: bool = False,
) -> Booking:
    """What books all that was previewed.

    Raises Refused where something is unclear and not left out on purpose, where another group buy looks the same, or
    where the table has no order at all.
    """
    if shown.unclear and not leave_unclear:
        raise Refused(
            "rows-unclear",
            f"{counted(shown.unclear, 'row is', 'rows are')} unclear, nothing was booked. Correct them (on the page, or "
            "--write-corrections FILE and then --corrections FILE), or leave them out on purpose (--leave-unclear).",
        )
    if shown.same_as and not sure:
        raise Refused(
            "group-buy-doubled",
            f"Most of these orders stand in the group buy “{shown.same_as}” already. Name that one to import a newer "
            "table of it, or confirm that this is another one (--yes).",
        )
    if not shown.orders:
        raise Refused("orders-found", "No row of this table can be booked.")
    if shown.doubt and not sure:
        raise Refused(shown.doubt.rule, f"{shown.doubt.text} (To confirm: --yes.)")
    command = uuid4()
    doors: AddHouseholds | None = None
    new = [door.partition("-") for door in shown.reading.new_doors]
    if new:
        listed = doors_by_building((building, room if dash else None) for building, dash, room in new)
        doors = AddHouseholds(
            id=command, compound=compound, actor=actor, happened_at=at, doors=roster.settings, roster=listed
        )
    return Booking(doors, import_request(shown, command, compound=compound, actor=actor, at=at, sure=sure))


def import_request(
    shown: Preview, command: UUID, *, compound: str, actor: str, at: datetime, sure: bool
) -> ImportOrders:
    return ImportOrders(
        id=command,
        compound=compound,
        actor=actor,
        happened_at=at,
        group_buy=shown.group_buy,
        title=shown.title,
        source=SOURCE,
        digest=shown.digest,
        orders=shown.orders,
        kept=shown.kept,
        corrections=shown.corrections,
        rows=len(shown.reading.rows),
        left_unclear=shown.unclear,
        skipped=len(shown.reading.of("skipped")),
        sure=sure,
    )
