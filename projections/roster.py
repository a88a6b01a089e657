"""Which compounds, doors and stations there are."""

from typing import NamedTuple

import orjson

from domain.base import Event
from domain.community.compound import (
    BuildingAdded,
    CompoundFounded,
    HouseholdCaredFor,
    HouseholdsAdded,
    HouseholdsRemoved,
    StationClosed,
    StationOpened,
)
from domain.community.door_settings import DoorSettings
from domain.goods.facts import building_of
from projections.base import Batch, Projection, Rows, milliseconds

TABLES = (
    "CREATE TABLE IF NOT EXISTS compounds (compound TEXT PRIMARY KEY, doors TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE IF NOT EXISTS buildings (
        compound TEXT NOT NULL, building TEXT NOT NULL, PRIMARY KEY (compound, building)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS households (
        compound TEXT NOT NULL, household TEXT NOT NULL, building TEXT NOT NULL, room TEXT,
        PRIMARY KEY (compound, household)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS roster_imports (
        compound TEXT NOT NULL, command TEXT NOT NULL, imported_at INTEGER NOT NULL, households INTEGER NOT NULL,
        undone INTEGER NOT NULL, PRIMARY KEY (compound, command)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS cared_for (
        compound TEXT NOT NULL, household TEXT NOT NULL, PRIMARY KEY (compound, household)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS stations (
        compound TEXT NOT NULL, station TEXT NOT NULL, kind TEXT NOT NULL, building TEXT,
        PRIMARY KEY (compound, station)) WITHOUT ROWID""",
)


class Station(NamedTuple):
    station: str
    kind: str
    building: str | None


class RosterImport(NamedTuple):
    command: str
    imported_at: int
    households: int
    """Doors that were new."""
    undone: bool


def fold(rows: Rows, batch: Batch) -> None:
    for recorded in batch.recorded:
        apply(rows, recorded.event)


def apply(rows: Rows, event: Event) -> None:
    match event:
        case CompoundFounded():
            rows.execute(
                "INSERT OR REPLACE INTO compounds VALUES (?, ?)", (event.compound, event.doors.model_dump_json())
            )
        case BuildingAdded():
            rows.execute("INSERT INTO buildings VALUES (?, ?) ON CONFLICT DO NOTHING", (event.compound, event.building))
        case HouseholdsAdded():
            add_households(rows, event)
        case HouseholdsRemoved():
            remove_households(rows, event)
        case HouseholdCaredFor():
            sql = (
                "INSERT INTO cared_for VALUES (?, ?) ON CONFLICT DO NOTHING"
                if event.cared_for
                else "DELETE FROM cared_for WHERE compound = ? AND household = ?"
            )
            rows.execute(sql, (event.compound, event.household))
        case StationOpened():
            rows.execute(
                "INSERT OR REPLACE INTO stations VALUES (?, ?, ?, ?)",
                (event.compound, event.station, event.kind, event.building),
            )
        case StationClosed():
            rows.execute("DELETE FROM stations WHERE compound = ? AND station = ?", (event.compound, event.station))
        case _:
            pass


def add_households(rows: Rows, event: HouseholdsAdded) -> None:
    building = event.building
    doors: list[tuple[str, str | None]] = [(f"{building}-{room}", room) for room in event.rooms]
    if not doors:
        doors = [(building, None)]
    rows.execute("INSERT INTO buildings VALUES (?, ?) ON CONFLICT DO NOTHING", (event.compound, building))
    before = doors_in(rows, event.compound, building)
    rows.executemany(
        "INSERT INTO households VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [(event.compound, household, building, room) for household, room in doors],
    )
    rows.execute(
        "INSERT INTO roster_imports VALUES (?, ?, ?, ?, 0) ON CONFLICT (compound, command) "
        "DO UPDATE SET households = roster_imports.households + excluded.households",
        (
            event.compound,
            event.command.hex,
            milliseconds(event.happened_at),
            doors_in(rows, event.compound, building) - before,
        ),
    )


def doors_in(rows: Rows, compound: str, building: str) -> int:
    sql = "SELECT COUNT(*) FROM households WHERE compound = ? AND household >= ? AND household < ? AND building = ?"
    (found,) = rows.select(sql, (compound, building, f"{building}.", building))[0]
    return int(found)


def remove_households(rows: Rows, event: HouseholdsRemoved) -> None:
    rows.executemany(
        "DELETE FROM households WHERE compound = ? AND household = ?",
        [(event.compound, household) for household in event.households],
    )
    emptied = {building_of(household) for household in event.households}
    rows.executemany(
        "DELETE FROM buildings WHERE compound = ? AND building = ? AND NOT EXISTS (SELECT 1 FROM households AS h "
        "WHERE h.compound = buildings.compound AND h.building = buildings.building)",
        [(event.compound, building) for building in sorted(emptied)],
    )
    rows.execute(
        "UPDATE roster_imports SET undone = 1 WHERE compound = ? AND command = ?", (event.compound, event.undone.hex)
    )


def cared_for(rows: Rows, compound: str) -> frozenset[str]:
    """The doors for which their captain cares."""
    return frozenset(door for (door,) in rows.select("SELECT household FROM cared_for WHERE compound = ?", (compound,)))


def compounds(rows: Rows) -> list[str]:
    return [compound for (compound,) in rows.select("SELECT compound FROM compounds ORDER BY compound")]


def door_settings(rows: Rows, compound: str) -> DoorSettings | None:
    found = rows.select("SELECT doors FROM compounds WHERE compound = ?", (compound,))
    return DoorSettings.model_validate(orjson.loads(found[0][0])) if found else None


def households(rows: Rows, compound: str) -> list[tuple[str, str, str | None]]:
    """(household, building, room) of every door."""
    sql = "SELECT household, building, room FROM households WHERE compound = ?"
    return [(household, building, room) for household, building, room in rows.select(sql, (compound,))]


def buildings(rows: Rows, compound: str) -> dict[str, int]:
    """Building -> number of doors."""
    found = rows.select(
        "SELECT b.building, COUNT(h.household) FROM buildings AS b LEFT JOIN households AS h "
        "ON h.compound = b.compound AND h.building = b.building WHERE b.compound = ? GROUP BY b.building",
        (compound,),
    )
    return dict(found)


def stations(rows: Rows, compound: str) -> list[Station]:
    sql = "SELECT station, kind, building FROM stations WHERE compound = ? ORDER BY kind, station"
    return [Station(*row) for row in rows.select(sql, (compound,))]


def roster_imports(rows: Rows, compound: str) -> list[RosterImport]:
    sql = "SELECT command, imported_at, households, undone FROM roster_imports WHERE compound = ? ORDER BY imported_at DESC"
    return [RosterImport(*row) for row in rows.select(sql, (compound,))]


def times_changed(rows: Rows) -> dict[str, tuple[int, int, int]]:
    """By compound, figures of which one grows whenever a door is added or taken away."""
    sql = "SELECT compound, COUNT(*), SUM(households), SUM(undone) FROM roster_imports GROUP BY compound"
    return {compound: (imports, doors, undone) for compound, imports, doors, undone in rows.select(sql)}


PROJECTION = Projection("roster", TABLES, fold)
