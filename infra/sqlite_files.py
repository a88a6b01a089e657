"""Opening SQLite files: one place for what every connection of ours has in common."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Literal

from infra.errors import StorageUnavailable

Synchronous = Literal["OFF", "NORMAL", "FULL", "EXTRA"]
Journal = Literal["WAL", "OFF"]

CHECKPOINT_AFTER_PAGES = 4000
"""16 MB of log before the writer folds it into the file: fewer stalls than SQLite's own 4 MB."""

PRIMARY_CODE = 0xFF
"""SQLite's result codes carry the detail in their higher bits."""

PASSING_TROUBLE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    }
)


def is_storage_trouble(error: sqlite3.Error) -> bool:
    """True when the machine is to blame (locked, full, unreadable), false for a wrong statement."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and (code & PRIMARY_CODE) in PASSING_TROUBLE


def says_damaged(error: BaseException) -> bool:
    """True when trying again is of no use: a file is broken, or was never one of SQLite's."""
    return not {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}.isdisjoint(_codes_of(error))


def says_full(error: BaseException) -> bool:
    return sqlite3.SQLITE_FULL in _codes_of(error)


def _codes_of(error: BaseException | None) -> Iterator[int]:
    """Of everything that led to the error."""
    while error is not None:
        if code := getattr(error, "sqlite_errorcode", 0):
            yield code & PRIMARY_CODE
        error = error.__cause__ or error.__context__


def reads_well(path: Path) -> bool:
    """Reads the whole file, which takes its time."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.DatabaseError:
        return False


def open_sqlite(
    path: Path,
    *,
    synchronous: Synchronous,
    busy_timeout: float,
    create: bool = True,
    journal: Journal = "WAL",
    cache_kib: int = 4096,
    secure_delete: bool = False,
) -> sqlite3.Connection:
    """Open in autocommit mode, for use from any one thread at a time; seconds of ``busy_timeout`` wait for locks.

    ``secure_delete`` overwrites in the file what is deleted; ``scrub`` takes it out of the write-ahead log, too.
    A new file is readable by its owner only, and so are the files that SQLite puts beside it.
    """
    if create and not path.exists():
        with suppress(OSError):  # where it cannot be made, SQLite says so
            path.touch(mode=0o600)
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={'rwc' if create else 'rw'}",
        uri=True,
        timeout=busy_timeout,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=512,
    )
    try:
        _set_journal(connection, journal, busy_timeout)
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute(f"PRAGMA cache_size = -{cache_kib}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_AFTER_PAGES}")
        connection.execute(f"PRAGMA secure_delete = {'ON' if secure_delete else 'OFF'}")
    except BaseException:
        connection.close()
        raise
    return connection


def _set_journal(connection: sqlite3.Connection, journal: Journal, busy_timeout: float) -> None:
    """Changing the journal does not wait for locks by itself, so processes that start together would fail."""
    deadline = time.monotonic() + busy_timeout
    while True:
        try:
            (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
            if mode.upper() != journal:
                connection.execute(f"PRAGMA journal_mode = {journal}")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & PRIMARY_CODE != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def scrub(connection: sqlite3.Connection, busy_timeout: float = 5.0) -> None:
    """Writes the file anew and cuts its write-ahead log, so that nothing of what was deleted is left in either.

    Raises StorageUnavailable where somebody else reads the file all that time.
    """
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("VACUUM")
    deadline = time.monotonic() + busy_timeout
    while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        if time.monotonic() > deadline:
            raise StorageUnavailable("somebody is reading the file; what was deleted is not yet out of it")
        time.sleep(0.05)


def scrub_file(path: Path) -> None:
    """The same for a file that others may have open, too; where there is none there is nothing to do."""
    if path.exists():
        connection = open_sqlite(path, synchronous="NORMAL", busy_timeout=5.0, create=False, secure_delete=True)
        try:
            scrub(connection)
        finally:
            connection.close()
