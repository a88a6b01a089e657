"""How often the code of each door was renewed; only the code of the latest serial opens."""

from typing import NamedTuple

from domain.community.door_codes import DoorCodesRenewed
from projections.base import Batch, Projection, Rows, milliseconds

TABLES = (
    """CREATE TABLE IF NOT EXISTS door_codes (
        compound TEXT NOT NULL, household TEXT NOT NULL, building TEXT NOT NULL, serial INTEGER NOT NULL,
        renewed_at INTEGER NOT NULL, PRIMARY KEY (compound, household)) WITHOUT ROWID""",
    "CREATE TABLE IF NOT EXISTS door_renewals (compound TEXT PRIMARY KEY, times INTEGER NOT NULL) WITHOUT ROWID",
)


class DoorCode(NamedTuple):
    """``renewed_at`` is in milliseconds since 1970."""

    household: str
    serial: int
    renewed_at: int


def fold(rows: Rows, batch: Batch) -> None:
    for recorded in batch.recorded:
        event = recorded.event
        if isinstance(event, DoorCodesRenewed):
            at = milliseconds(event.happened_at)
            rows.executemany(
                "INSERT INTO door_codes VALUES (?, ?, ?, 1, ?) ON CONFLICT (compound, household) "
                "DO UPDATE SET serial = door_codes.serial + 1, renewed_at = excluded.renewed_at",
                [(event.compound, household, event.building, at) for household in event.households],
            )
            rows.execute(
                "INSERT INTO door_renewals VALUES (?, 1) ON CONFLICT (compound) DO UPDATE SET times = door_renewals.times + 1",
                (event.compound,),
            )


def times_renewed(rows: Rows) -> dict[str, int]:
    """By compound, how often codes were renewed there; one where none was is left out."""
    return dict(rows.select("SELECT compound, times FROM door_renewals"))


def serials(rows: Rows, compound: str, building: str | None = None) -> dict[str, DoorCode]:
    """By household; a door whose code was never made is left out."""
    only, params = (" AND building = ?", (building,)) if building is not None else ("", ())
    sql = f"SELECT household, serial, renewed_at FROM door_codes WHERE compound = ?{only}"  # noqa: S608 — only marks
    return {row[0]: DoorCode(*row) for row in rows.select(sql, (compound, *params))}


def serial(rows: Rows, compound: str, household: str) -> int:
    """0 where no code was ever made."""
    sql = "SELECT serial FROM door_codes WHERE compound = ? AND household = ?"
    found = rows.select(sql, (compound, household))
    return int(found[0][0]) if found else 0


PROJECTION = Projection("door_codes", TABLES, fold)
