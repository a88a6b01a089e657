"""Group buys: what each household ordered, and the imports that said so.

An order is one per household and source; what one source says never touches another's orders.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, NamedTuple, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from domain.base import Building, Event, GroupBuyId, HouseholdId, Message, Refused, Request, Room, said_by

Title = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Source = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
VANISHING_SHARE = 5
"""More than one order in five gone from a newer table looks like a filtered export."""
REPLACED_SHARE = 2
"""More than half of what the doors ordered gone looks like the table of another group buy."""


class OrderLine(Message):
    item: str = Field(min_length=1, max_length=200)
    unit: str = Field(default="", max_length=100)
    quantity: int = Field(ge=1, le=9999)


class GroupBuyFact(Event):
    stored: ClassVar[bool] = False

    group_buy: GroupBuyId

    @property
    def stream(self) -> str:
        return f"group-buy-{self.group_buy}"


class GroupBuyOpened(GroupBuyFact):
    title: Title


class OrderFact(GroupBuyFact):
    stored: ClassVar[bool] = False

    household: HouseholdId
    source: Source


class OrderPlaced(OrderFact):
    lines: tuple[OrderLine, ...]


class OrderChanged(OrderFact):
    lines: tuple[OrderLine, ...]


class OrderWithdrawn(OrderFact):
    pass


class OrdersImported(GroupBuyFact):
    """A table was read into orders; the last fact of its transaction."""

    source: Source
    digest: Digest
    rows: int
    booked: int
    left_unclear: int = 0
    skipped: int = 0


class RowCorrection(Message):
    """What a person said of an unclear row, known by the row's digest; what is None stays as it was read."""

    digest: Digest
    building: Building | None = None
    room: Room | None = None
    item: str | None = Field(default=None, min_length=1, max_length=200)
    unit: str | None = Field(default=None, max_length=100)
    """Only where ``item`` is said, too."""
    quantity: int | None = Field(default=None, ge=1, le=9999)
    leave_out: bool = False


class RowsCorrected(GroupBuyFact):
    """Holds for every newer table of the same group buy."""

    shape: ClassVar[int] = 2

    rows: tuple[RowCorrection, ...]


class ImportUndone(GroupBuyFact):
    undone: UUID


class Imported(NamedTuple):
    command: UUID
    source: str
    digest: str
    before: Mapping[str, tuple[OrderLine, ...]]
    """The lines of every household that the import touched as they were; empty where it had no order."""


Orders = Mapping[str, tuple[OrderLine, ...]]
"""Lines by household, all of one source."""


class GroupBuy:
    """What decisions about a group buy need of its past."""

    def __init__(self) -> None:
        self.title: str | None = None
        self.orders: dict[tuple[str, str], tuple[OrderLine, ...]] = {}
        self.doors: Counter[str] = Counter()
        """How many sources say that a household ordered."""
        self.imports: tuple[Imported, ...] = ()
        self._said: dict[UUID, tuple[RowCorrection, ...]] = {}
        self._touched: dict[UUID, dict[str, tuple[OrderLine, ...]]] = {}

    def evolve(self, event: Event) -> Self:
        match event:
            case GroupBuyOpened():
                self.title = event.title
            case OrderPlaced() | OrderChanged():
                self._touch(event.command, event.household, event.source)
                self.doors[event.household] += (event.household, event.source) not in self.orders
                self.orders[event.household, event.source] = event.lines
            case OrderWithdrawn():
                self._touch(event.command, event.household, event.source)
                if self.orders.pop((event.household, event.source), None) is not None:
                    self.doors[event.household] -= 1
            case OrdersImported():
                before = self._touched.pop(event.command, {})
                self.imports = (*self.imports, Imported(event.command, event.source, event.digest, before))
            case RowsCorrected():
                self._said[event.command] = event.rows
            case ImportUndone():
                self._touched.pop(event.command, None)
                self._said.pop(event.undone, None)
                self.imports = tuple(each for each in self.imports if each.command != event.undone)
            case _:
                pass
        return self

    def _touch(self, command: UUID, household: str, source: str) -> None:
        before = self._touched.setdefault(command, {})
        before.setdefault(household, self.orders.get((household, source), ()))

    @property
    def corrections(self) -> dict[str, RowCorrection]:
        """By the row's digest; the latest import that stands and said something of the row counts."""
        return {row.digest: row for rows in self._said.values() for row in rows}

    def may_have_ordered(self, household: str) -> bool:
        return not self.orders or self.doors[household] > 0

    def of_source(self, source: str) -> dict[str, tuple[OrderLine, ...]]:
        return {household: lines for (household, said_by), lines in self.orders.items() if said_by == source}


class TableOrder(Message):
    household: HouseholdId
    lines: tuple[OrderLine, ...] = Field(min_length=1)


class ImportOrders(Request):
    """Book a sign-up table: all of its clear rows, as the difference to what the same source said before."""

    group_buy: GroupBuyId
    title: Title
    source: Source
    digest: Digest
    orders: tuple[TableOrder, ...]
    kept: frozenset[HouseholdId] = frozenset()
    """Doors of which a row is unclear: an order that they have stays as it is."""
    corrections: tuple[RowCorrection, ...] = ()
    rows: int
    left_unclear: int = 0
    skipped: int = 0
    sure: bool = False
    """A person has confirmed that many orders may go."""

    @property
    def stream(self) -> str:
        return f"group-buy-{self.group_buy}"

    def decide(self, past: GroupBuy) -> list[Event]:
        before = past.of_source(self.source)
        wanted = to_book(self.orders, before, self.kept)
        gone = [household for household in before if household not in wanted and household not in self.kept]
        doubt = doubt_about(before, wanted, self.kept)
        if doubt and not self.sure:
            raise doubt
        changes = list(self.changes(before, wanted, gone))
        known = past.corrections
        corrected = tuple(row for row in self.corrections if known.get(row.digest) != row)
        imported_before = [each for each in past.imports if each.source == self.source]
        if not changes and not corrected and imported_before:
            return []
        opened = [] if past.title else [GroupBuyOpened(**self.common(), title=self.title)]
        marker = OrdersImported(
            **self.common(),
            source=self.source,
            digest=self.digest,
            rows=self.rows,
            booked=len(wanted),
            left_unclear=self.left_unclear,
            skipped=self.skipped,
        )
        corrections = [RowsCorrected(**self.common(), rows=corrected)] if corrected else []
        return [*opened, *corrections, *changes, marker]

    def changes(
        self,
        before: Orders,
        wanted: Orders,
        gone: Iterable[str],
    ) -> Iterable[Event]:
        for household, lines in wanted.items():
            if household not in before:
                yield OrderPlaced(**self.common(), household=household, source=self.source, lines=lines)
            elif before[household] != lines:
                yield OrderChanged(**self.common(), household=household, source=self.source, lines=lines)
        for household in gone:
            yield OrderWithdrawn(**self.common(), household=household, source=self.source)

    def common(self) -> dict[str, Any]:
        return said_by(self) | {"group_buy": self.group_buy}


def to_book(orders: Iterable[TableOrder], before: Orders, kept: frozenset[str]) -> dict[str, tuple[OrderLine, ...]]:
    """The table's orders, without doors that have one already and of which a row is unclear."""
    return {order.household: order.lines for order in orders if order.household not in kept.intersection(before)}


def doubt_about(before: Orders, wanted: Orders, kept: frozenset[str]) -> Refused | None:
    """What a person has to confirm where a newer table leaves out much of what stands."""
    gone = [household for household in before if household not in wanted and household not in kept]
    if len(gone) * VANISHING_SHARE > len(before):
        return Refused(
            "import-shrinks",
            f"{len(gone)} of {len(before)} orders of this group buy are missing in the table. Is it a filtered "
            "export? Import the whole table, or confirm that these orders are withdrawn.",
        )
    ordered = {(household, line.item) for household in before for line in before[household]}
    still = {(household, line.item) for household in wanted for line in wanted[household]}
    lost = [(household, item) for household, item in ordered - still if household not in kept]
    if len(lost) * REPLACED_SHARE > len(ordered):
        return Refused(
            "import-replaces",
            f"{len(lost)} of {len(ordered)} goods that the doors of this group buy ordered are missing in the table. Is "
            "it the table of another group buy? Name that one, or confirm that these orders are replaced.",
        )
    return None


class UndoImport(Request):
    """Take back the latest import of a group buy: every order it touched is as it was before."""

    group_buy: GroupBuyId
    undone: UUID | None = None
    """The import to take back; None means the latest."""

    @property
    def stream(self) -> str:
        return f"group-buy-{self.group_buy}"

    def decide(self, past: GroupBuy) -> list[Event]:
        if not past.imports:
            raise Refused("import-known", "This group buy has no import that could be undone.")
        latest = past.imports[-1]
        if self.undone not in {None, latest.command}:
            raise Refused("import-latest", "Only the latest import of a group buy can be undone; undo that one first.")
        common = said_by(self) | {"group_buy": self.group_buy}
        now = past.of_source(latest.source)
        facts: list[Event] = []
        for household, lines in latest.before.items():
            if not lines and household in now:
                facts.append(OrderWithdrawn(**common, household=household, source=latest.source))
            elif lines and household in now and lines != now[household]:
                facts.append(OrderChanged(**common, household=household, source=latest.source, lines=lines))
            elif lines and household not in now:
                facts.append(OrderPlaced(**common, household=household, source=latest.source, lines=lines))
        return [*facts, ImportUndone(**common, undone=latest.command)]
