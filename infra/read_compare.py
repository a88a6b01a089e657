"""Comparing two read databases row by row."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple


class Difference(NamedTuple):
    """Rows of one table that stand on one side only."""

    table: str
    only_stored: int
    only_rebuilt: int


def compare(stored: Path, rebuilt: Path, tables: Iterable[str]) -> list[Difference]:
    """The tables in which they differ."""
    with closing(sqlite3.connect(f"file:{stored}?mode=ro", uri=True)) as connection:
        connection.execute("ATTACH DATABASE ? AS rebuilt", (f"file:{rebuilt}?mode=ro",))
        found = [Difference(table, *_only(connection, table)) for table in tables]
    return [each for each in found if each.only_stored or each.only_rebuilt]


def _only(connection: sqlite3.Connection, table: str) -> tuple[int, int]:
    def count(one: str, other: str) -> int:
        sql = f"SELECT COUNT(*) FROM (SELECT * FROM {one}.{table} EXCEPT SELECT * FROM {other}.{table})"  # noqa: S608 — our own tables
        return int(connection.execute(sql).fetchone()[0])

    return count("main", "rebuilt"), count("rebuilt", "main")
