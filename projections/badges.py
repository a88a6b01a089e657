"""Badges with their windows and shifts: issued, redeemed, revoked, and who is on shift now."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

import orjson

from domain.base import Event
from domain.community.people.facts import BadgeIssued, BadgeRedeemed, BadgeRevoked, ShiftEnded, ShiftStarted
from projections.base import Batch, Projection, Row, Rows, milliseconds

TABLES = (
    """CREATE TABLE IF NOT EXISTS badges (
        compound TEXT NOT NULL, badge TEXT NOT NULL, member TEXT NOT NULL, role TEXT NOT NULL, station TEXT,
        buildings TEXT NOT NULL, begins INTEGER NOT NULL, until INTEGER NOT NULL, issued_at INTEGER NOT NULL,
        issued_by TEXT NOT NULL, redeemed_at INTEGER, device TEXT, revoked_at INTEGER, revoked_for TEXT,
        started_at INTEGER, ended_at INTEGER, team TEXT, PRIMARY KEY (compound, badge)) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS badges_by_window ON badges (compound, until)",
    "CREATE INDEX IF NOT EXISTS badges_by_member ON badges (compound, member)",
)
COLUMNS = (
    "badge", "member", "role", "station", "buildings", "begins", "until", "issued_at", "issued_by", "redeemed_at",
    "device", "revoked_at", "revoked_for", "started_at", "ended_at", "team",
)  # fmt: skip
FACTS: frozenset[type[Event]] = frozenset({BadgeIssued, BadgeRedeemed, BadgeRevoked, ShiftStarted, ShiftEnded})
SELECT = f"SELECT {', '.join(COLUMNS)} FROM badges"  # noqa: S608 — our own column names

BadgeStage = Literal["issued", "redeemed", "on-shift", "ended", "over", "revoked"]


class Badge(NamedTuple):
    """Times are milliseconds since 1970."""

    badge: str
    member: str
    role: str
    station: str | None
    buildings: tuple[str, ...]
    """Empty: not bound to buildings."""
    begins: int
    until: int
    issued_at: int
    issued_by: str
    redeemed_at: int | None
    device: str | None
    revoked_at: int | None
    revoked_for: str | None
    started_at: int | None
    ended_at: int | None
    team: str | None

    def stage_at(self, now: int) -> BadgeStage:
        """``over``: its time has passed and nobody ended a shift."""
        if self.revoked_at is not None:
            return "revoked"
        if self.ended_at is not None:
            return "ended"
        if now > self.until:
            return "over"
        if self.started_at is not None:
            return "on-shift"
        return "issued" if self.redeemed_at is None else "redeemed"


def fold(rows: Rows, batch: Batch) -> None:
    for recorded in batch.recorded:
        if type(recorded.event) in FACTS:
            apply(rows, recorded.event)


def apply(rows: Rows, event: Event) -> None:
    at = milliseconds(event.happened_at)
    match event:
        case BadgeIssued():
            window = milliseconds(event.from_), milliseconds(event.until)
            buildings = orjson.dumps(event.buildings).decode()
            rows.execute(
                "INSERT INTO badges VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL, NULL, NULL, NULL, NULL) "
                "ON CONFLICT DO NOTHING",
                (
                    event.compound, event.badge, event.member, event.role, event.station, buildings, *window, at,
                    event.actor,
                ),
            )  # fmt: skip
        case BadgeRedeemed():
            change(rows, event, "redeemed_at = ?, device = ?", at, event.device)
        case BadgeRevoked():
            change(rows, event, "revoked_at = ?, revoked_for = ?", at, event.reason)
        case ShiftStarted():
            change(rows, event, "started_at = ?, team = ?", at, event.team)
        case ShiftEnded():
            change(rows, event, "ended_at = ?", at)
        case _:
            pass


def change(
    rows: Rows, event: BadgeRedeemed | BadgeRevoked | ShiftStarted | ShiftEnded, columns: str, *values: object
) -> None:
    rows.execute(
        f"UPDATE badges SET {columns} WHERE compound = ? AND badge = ?",  # noqa: S608 — our own column names
        (*values, event.compound, event.badge),
    )


def badge(rows: Rows, compound: str, asked: str) -> Badge | None:
    found = _badges(rows.select(f"{SELECT} WHERE compound = ? AND badge = ?", (compound, asked)))
    return found[0] if found else None


def badges_between(rows: Rows, compound: str, begin: int, end: int) -> list[Badge]:
    """Badges whose window touches this time, in milliseconds since 1970; the one that begins first comes first."""
    sql = f"{SELECT} WHERE compound = ? AND until >= ? AND begins < ? ORDER BY begins, issued_at, badge"
    return _badges(rows.select(sql, (compound, begin, end)))


def badges_of(rows: Rows, compound: str, member: str) -> list[Badge]:
    """Newest first."""
    sql = f"{SELECT} WHERE compound = ? AND member = ? ORDER BY issued_at DESC, badge"
    return _badges(rows.select(sql, (compound, member)))


def badges_issued_by(rows: Rows, compound: str, maker: str) -> list[Badge]:
    return _badges(rows.select(f"{SELECT} WHERE compound = ? AND issued_by = ?", (compound, maker)))


def on_shift(rows: Rows, compound: str, now: int) -> list[Badge]:
    """Started, not ended, not revoked, and its time not over; who has been there longest comes first."""
    sql = (
        f"{SELECT} WHERE compound = ? AND until >= ? AND started_at IS NOT NULL AND ended_at IS NULL "
        "AND revoked_at IS NULL ORDER BY started_at, badge"
    )
    return _badges(rows.select(sql, (compound, now)))


def _badges(found: Iterable[Row]) -> list[Badge]:
    return [Badge(*row)._replace(buildings=tuple(orjson.loads(row[COLUMNS.index("buildings")]))) for row in found]


PROJECTION = Projection("badges", TABLES, fold)
