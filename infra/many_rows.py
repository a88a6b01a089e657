"""Writing many rows in few statements.

SQLite gives up Python's lock for every row of ``executemany``; where another thread is busy, taking it back costs far more
than the row.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

SIZES: Final = (256, 64, 16, 4, 1)
"""Rows of one statement; few different statements are prepared, whatever the number of rows."""
VALUES: Final = re.compile(r"VALUES (\(\?(?:, ?\?)*\))")


def write_many(execute: Callable[[str, Sequence[Any]], Any], sql: str, rows: Iterable[Sequence[Any]]) -> None:
    """Runs ``INSERT … VALUES (?, …) …`` for all rows, in their order."""
    waiting = list(rows)
    begin = 0
    for size in SIZES:
        while len(waiting) - begin >= size:
            execute(_for_rows(sql, size), [value for row in waiting[begin : begin + size] for value in row])
            begin += size


def takes_many(sql: str) -> bool:
    return VALUES.search(sql) is not None


@lru_cache(maxsize=256)
def _for_rows(sql: str, size: int) -> str:
    return VALUES.sub(lambda found: "VALUES " + ",".join([found[1]] * size), sql, count=1)
