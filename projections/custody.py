"""Where every parcel is now: stage, hands, door; and which are not yet delivered."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson

from domain.base import Recorded, subject_of
from domain.goods.crates import crate_view
from domain.goods.custody import family, label_neighbours, view_of
from domain.goods.deliveries import delivery_view
from domain.goods.facts import GoodsFact
from domain.goods.handling import PLACE_TIME
from domain.goods.parcel_view import FINAL_STAGES, ParcelView
from domain.procurement.group_buys import OrderFact
from projections import trails as trail_tables
from projections.base import Batch, Key, Named, ParcelChange, ParcelSum, Projection, Rows, milliseconds
from projections.trails import CompoundPast, Trails, leading_to, remember, write

TABLES = (
    """CREATE TABLE IF NOT EXISTS custody (
        compound TEXT NOT NULL, code TEXT NOT NULL, labels TEXT NOT NULL, group_buy TEXT, household TEXT,
        building TEXT, piece INTEGER, of INTEGER, delivery TEXT, crate TEXT, stage TEXT NOT NULL,
        holder_kind TEXT, holder TEXT, since INTEGER, packed_at INTEGER, delivered_at INTEGER,
        held INTEGER NOT NULL, doubts INTEGER NOT NULL, day TEXT NOT NULL,
        PRIMARY KEY (compound, code)) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS custody_by_household ON custody (compound, household)",
    "CREATE INDEX IF NOT EXISTS custody_by_stage ON custody (compound, stage, building)",
    """CREATE INDEX IF NOT EXISTS custody_elsewhere ON custody (compound, holder)
        WHERE holder_kind = 'household' AND holder IS NOT household""",
    """CREATE TABLE IF NOT EXISTS label_owners (
        compound TEXT NOT NULL, label TEXT NOT NULL, code TEXT NOT NULL,
        PRIMARY KEY (compound, label)) WITHOUT ROWID""",
)
COLUMNS = (
    "code", "labels", "group_buy", "household", "building", "piece", "of", "delivery", "crate", "stage",
    "holder_kind", "holder", "since", "packed_at", "delivered_at", "held", "doubts", "day",
)  # fmt: skip
NOT_YET = ("declared", "sorted", "with-volunteer", "with-captain", "downstairs", "problem", "held", "returned")


class Custody(NamedTuple):
    """A row of the read model; times are milliseconds since 1970."""

    code: str
    labels: str
    group_buy: str | None
    household: str | None
    building: str | None
    piece: int | None
    of: int | None
    delivery: str | None
    crate: str | None
    stage: str
    holder_kind: str | None
    holder: str | None
    since: int | None
    packed_at: int | None
    delivered_at: int | None
    held: int
    doubts: int
    day: str


class CustodyFold:
    """Folds batches; keeps the trails that it needed last in memory."""

    def __init__(self, trails: Trails | None = None) -> None:
        self.trails = trails or Trails()

    def __call__(self, rows: Rows, batch: Batch) -> None:
        try:
            self.fold(rows, batch)
        except BaseException:
            self.trails.clear()
            raise
        self.trails.shrink()

    def fold(self, rows: Rows, batch: Batch) -> None:
        goods: dict[str, list[Recorded]] = defaultdict(list)
        orders: dict[str, list[OrderFact]] = defaultdict(list)
        for each in batch.recorded:
            if isinstance(each.event, GoodsFact):
                goods[each.event.compound].append(each)
            elif isinstance(each.event, OrderFact):
                orders[each.event.compound].append(each.event)
        for compound in goods.keys() | orders.keys():
            facts = goods[compound]
            touched = self.trails.forget_doors(orders[compound])
            self.trails.load(rows, compound, {subject_of(each.stream) for each in facts})
            write(rows, facts)
            touched |= remember(self.trails, facts)
            self.read(rows, batch, compound, leading_to(rows, compound, touched))

    def read(self, rows: Rows, batch: Batch, compound: str, subjects: set[str]) -> None:
        self.trails.load(rows, compound, subjects)
        past = self.trails.past(compound)
        parcels = {subject for subject in subjects if subject.startswith("parcel-")}
        twins = {twin for subject in parcels for twin in label_neighbours(past, subject)}
        parcels |= twins
        before = rows_of(rows, compound, [subject.removeprefix("parcel-") for subject in parcels])
        changes = [change_of(past, Key(compound, subject), before) for subject in sorted(parcels)]
        batch.parcels.extend(change for change in changes if change.after or change.before)
        forget_labels(rows, compound, [change.key for change in changes if change.key.subject in twins])
        write_custody(rows, compound, changes)
        for subject in subjects:
            if subject.startswith("delivery-"):
                batch.deliveries[Key(compound, subject)] = past.read(delivery_view, subject)
            elif subject.startswith("crate-"):
                batch.crates[Key(compound, subject)] = past.read(crate_view, subject)


def change_of(past: CompoundPast, key: Key, before: dict[str, Custody]) -> ParcelChange:
    stood = before.get(key.subject.removeprefix("parcel-"))
    counted = ParcelSum(stood.day, stood.building or "", stood.stage) if stood else None
    doubted = bool(stood and stood.doubts)
    named = named_by(stood) if stood else None
    labels = family(past, key.subject)
    if labels[0] != key.subject:
        return ParcelChange(key, counted, doubted, None, None, named)
    view = view_of(past, labels)
    if not past.counts(view):
        return ParcelChange(key, counted, doubted, None, None, named)
    counts_as = ParcelSum(day_of(view), view.building or "", view.stage)
    return ParcelChange(key, counted, doubted, view, counts_as, named)


def named_by(stood: Custody) -> Named | None:
    if stood.group_buy is None or stood.household is None:
        return None
    return Named(stood.group_buy, stood.household, stood.piece, stood.of)


def day_of(view: ParcelView) -> str:
    if view.stage not in FINAL_STAGES or view.since is None:
        return ""
    return view.since.astimezone(PLACE_TIME).date().isoformat()


def write_custody(rows: Rows, compound: str, changes: Sequence[ParcelChange]) -> None:
    gone = [(compound, change.key.subject.removeprefix("parcel-")) for change in changes if change.after is None]
    if gone:
        rows.executemany("DELETE FROM custody WHERE compound = ? AND code = ?", gone)
    standing = [(change.after, change.counts_as) for change in changes if change.after and change.counts_as]
    marks = ", ".join("?" * (len(COLUMNS) + 1))
    rows.executemany(
        f"INSERT OR REPLACE INTO custody VALUES ({marks})",  # noqa: S608 — only marks
        [row_of(compound, view, counts_as.day) for view, counts_as in standing],
    )
    owners = [(compound, label, view.code) for view, _ in standing for label in view.labels[1:]]
    if owners:
        rows.executemany("INSERT OR REPLACE INTO label_owners VALUES (?, ?, ?)", owners)


def forget_labels(rows: Rows, compound: str, labels: Sequence[Key]) -> None:
    """Whose a label is may have changed with the batch."""
    gone = [(compound, key.subject.removeprefix("parcel-")) for key in labels]
    if gone:
        rows.executemany("DELETE FROM label_owners WHERE compound = ? AND label = ?", gone)


def row_of(compound: str, view: ParcelView, day: str) -> tuple[Any, ...]:
    meant, holder = view.meant, view.holder
    return (
        compound,
        view.code,
        orjson.dumps(view.labels).decode() if len(view.labels) > 1 else f'["{view.code}"]',
        meant.group_buy if meant else None,
        meant.household if meant else None,
        meant.building if meant else None,
        meant.piece if meant else None,
        view.of,
        view.delivery.code if view.delivery else None,
        view.crate,
        view.stage,
        holder.kind if holder else None,
        holder.id if holder else None,
        milliseconds(view.since) if view.since else None,
        milliseconds(view.packed_at) if view.packed_at else None,
        milliseconds(view.delivered_at) if view.delivered_at else None,
        int(view.held),
        sum([len(doubted.rules) for doubted in view.doubts.values()]) if view.doubts else 0,
        day,
    )


SELECT = f"SELECT {', '.join(COLUMNS)} FROM custody"  # noqa: S608 — our own column names


def rows_of(rows: Rows, compound: str, codes: Sequence[str]) -> dict[str, Custody]:
    found = rows.select_in(f"{SELECT} WHERE compound = ? AND code IN ({{keys}})", codes, (compound,))
    return {row[0]: Custody(*row) for row in found}


def parcel(rows: Rows, compound: str, code: str) -> Custody | None:
    """The parcel that a label means, by its own code or by a label bound to it."""
    owner = rows.select("SELECT code FROM label_owners WHERE compound = ? AND label = ?", (compound, code))
    found = rows.select(f"{SELECT} WHERE compound = ? AND code = ?", (compound, owner[0][0] if owner else code))
    return Custody(*found[0]) if found else None


def of_household(rows: Rows, compound: str, household: str) -> list[Custody]:
    sql = f"{SELECT} WHERE compound = ? AND household = ? ORDER BY since DESC, code"
    return [Custody(*row) for row in rows.select(sql, (compound, household))]


def lying_at(rows: Rows, compound: str, household: str) -> list[Custody]:
    """Parcels of others that were left at this door."""
    sql = f"{SELECT} WHERE compound = ? AND holder = ? AND holder_kind = 'household' AND holder IS NOT household ORDER BY code"
    return [Custody(*row) for row in rows.select(sql, (compound, household))]


def not_yet_delivered(rows: Rows, compound: str, building: str | None = None) -> list[Custody]:
    """Parcels that have not reached a door and still may."""
    return at_stages(rows, compound, NOT_YET, building)


def never_to_come(rows: Rows, compound: str, building: str | None = None) -> list[Custody]:
    """Parcels that were destroyed: their doors got nothing."""
    return at_stages(rows, compound, ("destroyed",), building)


def at_stages(rows: Rows, compound: str, stages: Sequence[str], building: str | None) -> list[Custody]:
    marks = ", ".join("?" * len(stages))
    sql = f"{SELECT} WHERE compound = ? AND stage IN ({marks})"
    params: list[str] = [compound, *stages]
    if building is not None:
        sql += " AND building = ?"
        params.append(building)
    return [Custody(*row) for row in rows.select(sql, params)]


def projection(trails: Trails | None = None) -> Projection:
    return Projection("custody", (*trail_tables.TABLES, *TABLES), CustodyFold(trails))
