"""What does not fit and is not yet settled; and scans that could not be read at all."""

from typing import NamedTuple

from domain.base import Event
from domain.goods.facts import Doubts, DoubtSettled
from domain.goods.set_aside import ScanSetAside
from projections.base import Batch, Key, Projection, Rows, milliseconds
from projections.trails import told

TABLES = (
    """CREATE TABLE IF NOT EXISTS doubts (
        compound TEXT NOT NULL, subject TEXT NOT NULL, scan TEXT NOT NULL, rule TEXT NOT NULL,
        happened_at INTEGER NOT NULL, name TEXT NOT NULL, actor TEXT NOT NULL, station TEXT, code TEXT NOT NULL,
        building TEXT, household TEXT, PRIMARY KEY (compound, subject, scan, rule)) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS doubts_by_time ON doubts (compound, happened_at)",
    """CREATE TABLE IF NOT EXISTS settlements (
        compound TEXT NOT NULL, scan TEXT NOT NULL, rule TEXT NOT NULL, reason TEXT NOT NULL, actor TEXT NOT NULL,
        settled_at INTEGER NOT NULL, settling TEXT NOT NULL, PRIMARY KEY (compound, scan, rule)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS set_aside (
        compound TEXT NOT NULL, scan TEXT NOT NULL, received_at INTEGER NOT NULL, reason TEXT NOT NULL,
        actor TEXT NOT NULL, PRIMARY KEY (compound, scan)) WITHOUT ROWID""",
)


class OpenDoubt(NamedTuple):
    """One rule that one scan broke; ``parcels`` counts what it concerns. Times are milliseconds since 1970."""

    scan: str
    rule: str
    happened_at: int
    name: str
    actor: str
    station: str | None
    code: str
    building: str | None
    household: str | None
    parcels: int


class SetAside(NamedTuple):
    scan: str
    received_at: int
    reason: str
    actor: str


class DoubtSum(NamedTuple):
    """``latest`` is when the newest of them happened, in milliseconds since 1970."""

    rule: str
    scans: int
    latest: int


class SettledDoubt(NamedTuple):
    """Times are milliseconds since 1970."""

    scan: str
    rule: str
    happened_at: int
    name: str
    actor: str
    station: str | None
    code: str
    building: str | None
    household: str | None
    parcels: int
    reason: str
    settled_by: str
    settled_at: int


def fold(rows: Rows, batch: Batch) -> None:
    for change in batch.parcels:
        view = change.after
        if change.doubted_before or (view and view.doubts):
            place = (view.building, view.household) if view else (None, None)
            replace(rows, change.key, view.doubts if view else {}, place)
    for key, delivery in batch.deliveries.items():
        replace(rows, key, delivery.doubts, (None, None))
    for key, crate in batch.crates.items():
        replace(rows, key, crate.doubts, (crate.building, None))
    for recorded in batch.recorded:
        note(rows, recorded.event)


def settlement_row(event: DoubtSettled) -> tuple[str, str, str, str, str, int, str]:
    settled_at = milliseconds(event.happened_at)
    return event.compound, event.scan.hex, event.rule, event.reason, event.actor, settled_at, event.command.hex


def replace(rows: Rows, key: Key, doubts: Doubts, place: tuple[str | None, str | None]) -> None:
    rows.execute("DELETE FROM doubts WHERE compound = ? AND subject = ?", key)
    rows.executemany(
        "INSERT INTO doubts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (*key, scan.hex, rule, *told(doubted.fact), *place)
            for scan, doubted in doubts.items()
            for rule in doubted.rules
        ],
    )


def note(rows: Rows, event: Event) -> None:
    if isinstance(event, DoubtSettled):
        rows.execute(
            "INSERT INTO settlements VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (compound, scan, rule) DO UPDATE SET "
            "reason = excluded.reason, actor = excluded.actor, settled_at = excluded.settled_at, "
            "settling = excluded.settling WHERE (excluded.settled_at, excluded.settling) "
            "< (settlements.settled_at, settlements.settling)",
            settlement_row(event),
        )
    elif isinstance(event, ScanSetAside):
        rows.execute(
            "INSERT INTO set_aside VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (event.compound, event.command.hex, milliseconds(event.happened_at), event.reason, event.actor),
        )


OWN_CODE = "COALESCE((SELECT o.code FROM label_owners AS o WHERE o.compound = d.compound AND o.label = d.code), d.code)"
PLACE = f"""
    COALESCE(MIN(d.building), (SELECT c.building FROM custody AS c WHERE c.compound = d.compound AND c.code = {OWN_CODE})),
    COALESCE(MIN(d.household), (SELECT c.household FROM custody AS c WHERE c.compound = d.compound AND c.code = {OWN_CODE}))
"""  # noqa: S608 — our own words
"""What a doubt about a hand does not say of its place, the parcel's own row does."""
GROUPED = "d.compound, d.scan, d.rule, d.happened_at, d.name, d.actor, d.station, d.code"
OPEN = """
    FROM doubts AS d WHERE d.compound = ? AND NOT EXISTS (
        SELECT 1 FROM settlements AS s WHERE s.compound = d.compound AND s.scan = d.scan AND s.rule = d.rule)
"""


def open_doubts(rows: Rows, compound: str, most: int = 500, rule: str | None = None) -> list[OpenDoubt]:
    """Newest first; what one scan broke for several parcels is one line."""
    only, params = (" AND d.rule = ?", (compound, rule)) if rule else ("", (compound,))
    found = rows.select(
        f"SELECT d.scan, d.rule, d.happened_at, d.name, d.actor, d.station, d.code, {PLACE}, COUNT(*) {OPEN} {only} "
        f"GROUP BY {GROUPED} ORDER BY d.happened_at DESC, d.scan, d.rule LIMIT ?",
        (*params, most),
    )
    return [OpenDoubt(*row) for row in found]


def open_count(rows: Rows, compound: str) -> int:
    counted = rows.select(f"SELECT COUNT(DISTINCT d.scan || d.rule) {OPEN}", (compound,))
    return int(counted[0][0])


def open_by_rule(rows: Rows, compound: str) -> list[DoubtSum]:
    """Newest first."""
    found = rows.select(
        f"SELECT d.rule, COUNT(DISTINCT d.scan), MAX(d.happened_at) AS latest {OPEN} "
        "GROUP BY d.rule ORDER BY latest DESC, d.rule",
        (compound,),
    )
    return [DoubtSum(*row) for row in found]


def settled_doubts(rows: Rows, compound: str, most: int = 500) -> list[SettledDoubt]:
    """Settled last comes first; what one scan broke for several parcels is one line."""
    sql = (
        f"SELECT d.scan, d.rule, d.happened_at, d.name, d.actor, d.station, d.code, {PLACE}, COUNT(*), "  # noqa: S608 — our own words
        "s.reason, s.actor, s.settled_at FROM settlements AS s JOIN doubts AS d "
        "ON d.compound = s.compound AND d.scan = s.scan AND d.rule = s.rule WHERE s.compound = ? "
        f"GROUP BY {GROUPED}, s.reason, s.actor, s.settled_at ORDER BY s.settled_at DESC, d.scan, d.rule LIMIT ?"
    )
    found = rows.select(sql, (compound, most))
    return [SettledDoubt(*row) for row in found]


def set_aside(rows: Rows, compound: str, most: int = 200) -> list[SetAside]:
    sql = "SELECT scan, received_at, reason, actor FROM set_aside WHERE compound = ? ORDER BY received_at DESC LIMIT ?"
    return [SetAside(*row) for row in rows.select(sql, (compound, most))]


PROJECTION = Projection("doubts", TABLES, fold)
