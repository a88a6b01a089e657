"""Comparing two read databases row by row, the stored one as of one moment while a server goes on writing it."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from infra.read_store import Broken

__all__ = ["Difference", "StoredTables", "as_stored"]


class Difference(NamedTuple):
    """Rows of one table that stand on one side only."""

    table: str
    only_stored: int
    only_rebuilt: int


class StoredTables:
    """A stored read database at one moment."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def position(self, projection: str) -> int:
        """The last log position that is folded into it; 0 where nothing is."""
        sql = "SELECT last_id FROM positions WHERE projection = ? AND partition = 0"
        found = self._connection.execute(sql, (projection,)).fetchone()
        return int(found[0]) if found else 0

    def differences(self, rebuilt: Path, tables: Iterable[str]) -> list[Difference]:
        """The tables in which they differ."""
        self._connection.execute("ATTACH DATABASE ? AS rebuilt", (f"{rebuilt.absolute().as_uri()}?mode=ro",))
        found = [Difference(table, *self._only(table)) for table in tables]
        return [each for each in found if each.only_stored or each.only_rebuilt]

    def _only(self, table: str) -> tuple[int, int]:
        return self._count(table, "main", "rebuilt"), self._count(table, "rebuilt", "main")

    def _count(self, table: str, one: str, other: str) -> int:
        sql = f"SELECT COUNT(*) FROM (SELECT * FROM {one}.{table} EXCEPT SELECT * FROM {other}.{table})"  # noqa: S608 — our own tables
        return int(self._connection.execute(sql).fetchone()[0])


@contextmanager
def as_stored(path: Path) -> Iterator[StoredTables]:
    """Nothing that is written meanwhile is seen. Raises Broken where the file cannot be read."""
    address = f"{path.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection:
            connection.execute("BEGIN")
            yield StoredTables(connection)
    except sqlite3.DatabaseError as error:
        raise Broken(str(error)) from error
