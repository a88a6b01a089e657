"""Teams by task and who is in them."""

from collections import defaultdict
from typing import NamedTuple

from domain.base import Event
from domain.community.teams import Task, TeamDisbanded, TeamFormed, TeamJoined, TeamLeft
from projections.base import Batch, Projection, Rows, milliseconds

TABLES = (
    """CREATE TABLE IF NOT EXISTS teams (
        compound TEXT NOT NULL, team TEXT NOT NULL, task TEXT NOT NULL, formed_at INTEGER NOT NULL,
        disbanded_at INTEGER, PRIMARY KEY (compound, team)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS team_members (
        compound TEXT NOT NULL, team TEXT NOT NULL, member TEXT NOT NULL, joined_at INTEGER NOT NULL,
        PRIMARY KEY (compound, team, member)) WITHOUT ROWID""",
)
FACTS: frozenset[type[Event]] = frozenset({TeamFormed, TeamJoined, TeamLeft, TeamDisbanded})


class Team(NamedTuple):
    """Times are milliseconds since 1970."""

    team: str
    task: str
    formed_at: int
    disbanded_at: int | None
    members: tuple[str, ...]


def fold(rows: Rows, batch: Batch) -> None:
    for recorded in batch.recorded:
        if type(recorded.event) in FACTS:
            apply(rows, recorded.event)


def apply(rows: Rows, event: Event) -> None:
    at = milliseconds(event.happened_at)
    match event:
        case TeamFormed():
            rows.execute(
                "INSERT INTO teams VALUES (?, ?, ?, ?, NULL) ON CONFLICT DO NOTHING",
                (event.compound, event.team, event.task, at),
            )
        case TeamJoined():
            rows.execute(
                "INSERT INTO team_members VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (event.compound, event.team, event.member, at),
            )
        case TeamLeft():
            rows.execute(
                "DELETE FROM team_members WHERE compound = ? AND team = ? AND member = ?",
                (event.compound, event.team, event.member),
            )
        case TeamDisbanded():
            rows.execute(
                "UPDATE teams SET disbanded_at = ? WHERE compound = ? AND team = ?", (at, event.compound, event.team)
            )
        case _:
            pass


def teams(rows: Rows, compound: str, task: Task | None = None, *, disbanded: bool = False) -> list[Team]:
    """By task, the oldest first; those that were disbanded only where asked for."""
    found = rows.select(
        "SELECT team, task, formed_at, disbanded_at FROM teams WHERE compound = ? ORDER BY task, formed_at, team",
        (compound,),
    )
    listed = rows.select(
        "SELECT team, member FROM team_members WHERE compound = ? ORDER BY joined_at, member", (compound,)
    )
    members: defaultdict[str, list[str]] = defaultdict(list)
    for team, member in listed:
        members[team].append(member)
    return [
        Team(team, for_task, formed_at, disbanded_at, tuple(members[team]))
        for team, for_task, formed_at, disbanded_at in found
        if task in {None, for_task} and (disbanded or disbanded_at is None)
    ]


PROJECTION = Projection("teams", TABLES, fold)
