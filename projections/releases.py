"""Parcels that one person has signed free and a second one has not: they stay held, or were freed in an emergency."""

from typing import NamedTuple

from projections.base import Batch, Projection, Rows, milliseconds

TABLES = (
    """CREATE TABLE IF NOT EXISTS releases (
        compound TEXT NOT NULL, subject TEXT NOT NULL, code TEXT NOT NULL, reason TEXT NOT NULL, emergency INTEGER NOT NULL, actor TEXT NOT NULL,
        released_at INTEGER NOT NULL, building TEXT, household TEXT, PRIMARY KEY (compound, subject)) WITHOUT ROWID""",
)


class OpenRelease(NamedTuple):
    """``released_at`` is in milliseconds since 1970."""

    code: str
    reason: str
    emergency: bool
    actor: str
    released_at: int
    building: str | None
    household: str | None


def fold(rows: Rows, batch: Batch) -> None:
    if not batch.parcels:
        return
    known = set(rows.select("SELECT compound, subject FROM releases"))
    for change in batch.parcels:
        if change.key in known:
            rows.execute("DELETE FROM releases WHERE compound = ? AND subject = ?", change.key)
        if change.after and change.after.unsigned:
            first, view = change.after.unsigned[0], change.after
            rows.execute(
                "INSERT INTO releases VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *change.key,
                    view.code,
                    first.reason,
                    first.emergency,
                    first.actor,
                    milliseconds(first.happened_at),
                    view.building,
                    view.household,
                ),
            )


def open_releases(rows: Rows, compound: str) -> list[OpenRelease]:
    """Newest first."""
    sql = (
        "SELECT code, reason, emergency, actor, released_at, building, household FROM releases "
        "WHERE compound = ? ORDER BY released_at DESC, code"
    )
    return [
        OpenRelease(code, reason, bool(emergency), *rest)
        for code, reason, emergency, *rest in rows.select(sql, (compound,))
    ]


PROJECTION = Projection("releases", TABLES, fold)
