"""Acts that one person did in an emergency and that a second person has or has not signed yet."""

from typing import NamedTuple

from domain.base import Event
from domain.community.emergencies import Countersigned, EmergencyActed
from projections.base import Batch, Projection, Rows, milliseconds

TABLES = (
    """CREATE TABLE IF NOT EXISTS emergencies (
        compound TEXT NOT NULL, emergency TEXT NOT NULL, act TEXT NOT NULL, subject TEXT NOT NULL, reason TEXT NOT NULL,
        actor TEXT NOT NULL, acted_at INTEGER NOT NULL, signed_by TEXT, signed_at INTEGER,
        PRIMARY KEY (compound, emergency)) WITHOUT ROWID""",
)
FACTS: frozenset[type[Event]] = frozenset({EmergencyActed, Countersigned})
SELECT = "SELECT emergency, act, subject, reason, actor, acted_at, signed_by, signed_at FROM emergencies"


class Emergency(NamedTuple):
    """Times are milliseconds since 1970; ``signed_by`` is None until a second person has signed."""

    emergency: str
    act: str
    subject: str
    reason: str
    actor: str
    acted_at: int
    signed_by: str | None
    signed_at: int | None


def fold(rows: Rows, batch: Batch) -> None:
    for recorded in batch.recorded:
        if type(recorded.event) in FACTS:
            apply(rows, recorded.event)


def apply(rows: Rows, event: Event) -> None:
    at = milliseconds(event.happened_at)
    match event:
        case EmergencyActed():
            said = event.command.hex, event.act, event.subject, event.reason, event.actor, at
            rows.execute(
                "INSERT INTO emergencies VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL) ON CONFLICT DO NOTHING",
                (event.compound, *said),
            )
        case Countersigned():
            rows.execute(
                "UPDATE emergencies SET signed_by = ?, signed_at = ? WHERE compound = ? AND emergency = ?",
                (event.actor, at, event.compound, event.emergency),
            )
        case _:
            pass


def open_emergencies(rows: Rows, compound: str) -> list[Emergency]:
    """Those that wait for a second person, the oldest first."""
    sql = f"{SELECT} WHERE compound = ? AND signed_by IS NULL ORDER BY acted_at, emergency"
    return [Emergency(*row) for row in rows.select(sql, (compound,))]


def emergency(rows: Rows, compound: str, asked: str) -> Emergency | None:
    found = rows.select(f"{SELECT} WHERE compound = ? AND emergency = ?", (compound, asked))
    return Emergency(*found[0]) if found else None


PROJECTION = Projection("emergencies", TABLES, fold)
