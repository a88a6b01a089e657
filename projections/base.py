"""What every read model needs: rows to write, a batch to fold, and nothing of any database's own."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar

from domain.base import Recorded
from domain.goods.crates import CrateView
from domain.goods.deliveries import DeliveryView
from domain.goods.parcel_view import ParcelView

Row = tuple[Any, ...]


class Rows(Protocol):
    """One transaction on the read database."""

    def execute(self, sql: str, params: Sequence[Any] = ()) -> Any: ...

    def executemany(self, sql: str, params: Iterable[Sequence[Any]]) -> Any: ...

    def select(self, sql: str, params: Sequence[Any] = ()) -> list[Row]: ...

    def select_in(self, sql: str, keys: Sequence[Any], params: Sequence[Any] = ()) -> list[Row]:
        """Runs ``sql`` with its ``{keys}`` replaced by the keys' marks, in chunks; ``params`` come first."""
        ...


class Key(NamedTuple):
    compound: str
    subject: str


class ParcelSum(NamedTuple):
    """What sums are made of: where a parcel counted before, or counts now."""

    day: str
    """The day it was finished; empty while it is under way."""
    building: str
    stage: str


class Named(NamedTuple):
    """Which piece of an order a parcel is."""

    group_buy: str
    household: str
    piece: int | None
    of: int | None


class ParcelChange(NamedTuple):
    key: Key
    before: ParcelSum | None
    doubted_before: bool
    after: ParcelView | None
    """None when a label turned out to belong to another parcel, or the order of a piece that no hand has touched is gone."""
    counts_as: ParcelSum | None
    named_before: Named | None

    @property
    def named(self) -> Named | None:
        if self.after is None or self.after.meant is None:
            return None
        meant = self.after.meant
        return Named(meant.group_buy, meant.household, meant.piece, self.after.of)


@dataclass(slots=True)
class Batch:
    """Some recorded facts, in log order, and what they changed; earlier projections fill in for later ones."""

    recorded: Sequence[Recorded]
    parcels: list[ParcelChange] = field(default_factory=list)
    deliveries: dict[Key, DeliveryView] = field(default_factory=dict)
    crates: dict[Key, CrateView] = field(default_factory=dict)


class Projection(NamedTuple):
    name: str
    tables: Sequence[str]
    fold: Callable[[Rows, Batch], None]

    @property
    def table_names(self) -> list[str]:
        words = [statement.split() for statement in self.tables]
        return [each[5] for each in words if each[1] == "TABLE"]


Kept = TypeVar("Kept")


class Recent(Generic[Kept]):
    """Keeps the most recently used values, and no more than a given number."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.kept: OrderedDict[tuple[str, str], Kept] = OrderedDict()

    def get(self, key: tuple[str, str]) -> Kept | None:
        found = self.kept.get(key)
        if found is not None:
            self.kept.move_to_end(key)
        return found

    def put(self, key: tuple[str, str], value: Kept) -> None:
        self.kept[key] = value
        self.kept.move_to_end(key)

    def shrink(self) -> None:
        while len(self.kept) > self.most:
            self.kept.popitem(last=False)

    def clear(self) -> None:
        self.kept.clear()


EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND: Final = timedelta(milliseconds=1)


def milliseconds(moment: datetime) -> int:
    """Since 1970; how times stand in rows, so that they sort and compare."""
    return (moment - EPOCH) // MILLISECOND


def moment_of(value: int) -> datetime:
    return datetime.fromtimestamp(value / 1000, UTC)
