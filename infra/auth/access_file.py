"""The one file of everything that opens a door, and what all kinds of credentials share."""

import contextlib
import hashlib
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from infra.errors import StorageUnavailable
from infra.sqlite_files import is_storage_trouble, open_sqlite

TOKEN_BYTES: Final = 24
"""192 bits that cannot be guessed."""
REMEMBERED: Final = 4096


def this_moment() -> datetime:
    return datetime.now(UTC)


class AccessFile:
    """Every method may be called from any thread. Raises StorageUnavailable where the file is locked, full or broken.

    Credentials that were looked up are remembered until anybody, here or in another process, has written to the file.
    """

    tables: str = ""
    """Statements that make the tables where they are missing."""
    later_columns: Mapping[str, Mapping[str, str]] = {}
    """By table: columns that files of earlier versions do not have yet, and their types."""

    def __init__(self, path: Path, *, now: Callable[[], datetime] = this_moment) -> None:
        self.now = now
        self._lock = threading.RLock()
        self._remembered: dict[bytes, Any] = {}
        with storage_trouble_named():
            self._connection = open_sqlite(path, synchronous="NORMAL", busy_timeout=2.0)
            path.chmod(0o600)
            self._connection.executescript(self.tables)
            self._add_later_columns()
            self._seen_version = self._file_version()

    def close(self) -> None:
        with self._lock:
            self._remembered.clear()
            self._connection.close()

    def _looked_up(self, token: str, statement: str, made: Callable[[tuple[Any, ...]], Any]) -> Any:
        """What is made of the row that the token's digest leads to; None where there is none.

        The statement names the kind of credential as well, so that no token passes for one of another kind.
        """
        wanted = digest(token)
        with self._lock:
            try:
                self._forget_what_changed_elsewhere()
                known = self._remembered.get(wanted)
                if known is not None and known[0] is statement:
                    return known[1]
                row = self._connection.execute(statement, (wanted,)).fetchone()
            except sqlite3.Error as error:
                raise named(error) from error
            if row is None:
                return None
            found = made(row)
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            self._remembered[wanted] = statement, found
            return found

    def _read(self, statement: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        with self._lock, storage_trouble_named():
            return self._connection.execute(statement, values).fetchall()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """A change of the file; nothing is remembered any more before anybody can look again."""
        with self._lock, storage_trouble_named():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            finally:
                self._remembered.clear()

    def _forget_what_changed_elsewhere(self) -> None:
        version = self._file_version()
        if version != self._seen_version:
            self._remembered.clear()
            self._seen_version = version

    def _file_version(self) -> int:
        """Changes whenever another connection has written; asking takes a few microseconds."""
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def _add_later_columns(self) -> None:
        for table, columns in self.later_columns.items():
            there = {row[1] for row in self._connection.execute(f"PRAGMA table_info({table})")}
            for column, kind in columns.items():
                if column not in there:
                    with contextlib.suppress(sqlite3.OperationalError):  # another process that starts added it first
                        self._connection.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")


@contextlib.contextmanager
def storage_trouble_named() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise named(error) from error


def named(error: sqlite3.Error) -> Exception:
    """StorageUnavailable where the machine is to blame, else the error itself."""
    return (
        StorageUnavailable("the file of sign-ins cannot be used at the moment") if is_storage_trouble(error) else error
    )


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def new_id() -> str:
    """Names a credential in lists; it opens nothing."""
    return secrets.token_hex(8)


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def at_or_none(seconds: float | None) -> datetime | None:
    return None if seconds is None else at(seconds)
