"""The read database: a file of its own that can always be built again from the log.

``path`` is where everybody looks. After a rebuild it becomes a symbolic link to the newest file, because SQLite
finds its side files (-wal, -shm) by the real name: an old one can then never be taken for the new file's.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from infra.errors import Fenced, StorageUnavailable
from infra.many_rows import takes_many, write_many
from infra.sqlite_files import PRIMARY_CODE, is_storage_trouble, open_sqlite

__all__ = ["Broken", "Fenced", "Position", "SqliteReadStore", "SqliteRows", "StorageUnavailable", "swap_in"]

FILE_IS_BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
KEYS_AT_ONCE = 900
IDLE_READERS = 8
READER_CACHE_KIB = 4096
WRITER_CACHE_KIB = 12_288
FAST_WRITER_CACHE_KIB = 262_144

_POSITIONS = """CREATE TABLE IF NOT EXISTS positions (
    projection TEXT NOT NULL, partition INTEGER NOT NULL, next_offset INTEGER NOT NULL, last_id INTEGER NOT NULL,
    PRIMARY KEY (projection, partition)) WITHOUT ROWID"""


class Broken(StorageUnavailable):
    """The file holds no database that can be read; only building it again helps."""


class Position(NamedTuple):
    """How far a projection has come: the offset to read next and the last log position folded."""

    next_offset: int
    last_id: int


class _Opened(NamedTuple):
    connection: sqlite3.Connection
    file: tuple[int, int]


class _Selects(Protocol):
    def execute(self, sql: str, params: Sequence[Any] = ()) -> Any: ...
    def select(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]: ...


class SqliteRows:
    """One transaction."""

    __slots__ = ("_connection",)

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, params: Sequence[Any] = ()) -> sqlite3.Cursor:
        return self._connection.execute(sql, params)

    def executemany(self, sql: str, params: Iterable[Sequence[Any]]) -> None:
        if takes_many(sql):
            write_many(self._connection.execute, sql, params)
        else:
            self._connection.executemany(sql, params)

    def select(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, params).fetchall()

    def select_in(self, sql: str, keys: Sequence[Any], params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run ``sql`` with ``{keys}`` filled in, in chunks; ``params`` stand before ``{keys}``."""
        found: list[tuple[Any, ...]] = []
        for begin in range(0, len(keys), KEYS_AT_ONCE):
            chunk = _padded(keys[begin : begin + KEYS_AT_ONCE])
            marks = ",".join("?" * len(chunk))
            found += self._connection.execute(sql.replace("{keys}", marks), (*params, *chunk)).fetchall()
        return found


class SqliteReadStore:
    """One writer and any number of readers, from any thread. ``fast`` gives up crash safety, for rebuilding only."""

    def __init__(self, path: Path | str, *, fast: bool = False, busy_timeout: float = 5.0) -> None:
        self.path = Path(path)
        self._fast = fast
        self._busy_timeout = busy_timeout
        self._writing = threading.Lock()
        self._writer: _Opened | None = None
        self._resting = threading.Lock()
        self._idle: list[_Opened] = []
        self._closed = False
        with _in_our_words():
            connection = self._connect(create=True)
            try:
                if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'positions'").fetchone():
                    connection.execute(_POSITIONS)
            finally:
                connection.close()

    @contextmanager
    def transaction(self) -> Iterator[SqliteRows]:
        """The single writer's; everything or nothing."""
        with self._writing, _in_our_words():
            connection = self._open_writer()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield SqliteRows(connection)
                connection.execute("COMMIT")
            except BaseException:
                connection.rollback()
                raise

    @contextmanager
    def reading(self) -> Iterator[SqliteRows]:
        """A reader's; all its questions are answered as of one moment."""
        with _in_our_words():
            reader = self._take_reader()
            try:
                reader.connection.execute("BEGIN")
                yield SqliteRows(reader.connection)
            finally:
                self._put_back(reader)

    def position(self, rows: _Selects, projection: str, partition: int = 0) -> Position:
        """(0, 0) before the first ``advance``."""
        found = rows.select(
            "SELECT next_offset, last_id FROM positions WHERE projection = ? AND partition = ?", (projection, partition)
        )
        return Position(*found[0]) if found else Position(0, 0)

    def advance(
        self, rows: _Selects, projection: str, partition: int, expected: int, next_offset: int, last_id: int
    ) -> None:
        """Move on in the writer's transaction; raises Fenced when ``expected`` is no longer the next offset."""
        rows.execute("INSERT OR IGNORE INTO positions VALUES (?, ?, 0, 0)", (projection, partition))
        moved = rows.execute(
            "UPDATE positions SET next_offset = ?, last_id = ? WHERE projection = ? AND partition = ? AND next_offset = ?",
            (next_offset, last_id, projection, partition, expected),
        )
        if moved.rowcount == 0:
            raise Fenced(f"{projection} is no longer at {expected}")

    def begin_anew_unless(self, rows: _Selects, shape: int) -> bool:
        """Drops all that was folded in another shape, positions too; True when something was dropped."""
        if rows.select("PRAGMA user_version") == [(shape,)]:
            return False
        found = rows.select(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
        )
        tables = [name for (name,) in found if name != "positions"]
        for table in tables:
            rows.execute(f"DROP TABLE {table}")
        rows.execute("DELETE FROM positions")
        rows.execute(f"PRAGMA user_version = {shape}")
        return bool(tables)

    def reopen(self) -> None:
        """Forget every connection. Not needed after ``swap_in``: each transaction looks which file is there."""
        with self._writing:
            self._close_writer()
        with self._resting:
            idle, self._idle = self._idle, []
        for reader in idle:
            reader.connection.close()

    def swap_in(self, new_path: Path | str) -> None:
        """Put a finished file, which nobody has open any more, in this one's place, also under a running server."""
        with self._writing:
            self._close_writer()
            swap_in(self.path, Path(new_path), self._busy_timeout)
        self.reopen()

    def take_over(self, path: Path, tables: Iterable[str]) -> None:
        """All rows of these tables of another file, which shares none with this one."""
        with self._writing, _in_our_words():
            connection = self._open_writer()
            connection.execute("ATTACH DATABASE ? AS other", (f"{path.absolute().as_uri()}?mode=ro",))
            connection.execute("BEGIN IMMEDIATE")
            for table in tables:
                connection.execute(f"INSERT INTO main.{table} SELECT * FROM other.{table}")  # noqa: S608 — our own tables
            connection.execute("COMMIT")
            connection.execute("DETACH DATABASE other")

    def close(self) -> None:
        self._closed = True
        self.reopen()

    def _open_writer(self) -> sqlite3.Connection:
        if self._writer is None or self._writer.file != self._current_file():
            self._close_writer()
            self._writer = self._open(FAST_WRITER_CACHE_KIB if self._fast else WRITER_CACHE_KIB)
        return self._writer.connection

    def _close_writer(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.connection.close()

    def _take_reader(self) -> _Opened:
        current = self._current_file()
        while True:
            with self._resting:
                reader = self._idle.pop() if self._idle else None
            if reader is None:
                break
            if reader.file == current:
                return reader
            reader.connection.close()
        opened = self._open(READER_CACHE_KIB)
        opened.connection.execute("PRAGMA query_only = 1")
        return opened

    def _put_back(self, reader: _Opened) -> None:
        try:
            reader.connection.rollback()
        except sqlite3.Error:
            reader.connection.close()
            return
        with self._resting:
            if len(self._idle) < IDLE_READERS and not self._closed:
                self._idle.append(reader)
                return
        reader.connection.close()

    def _open(self, cache_kib: int) -> _Opened:
        """The file may be swapped between looking and opening, so look again."""
        while True:
            file = self._current_file()
            try:
                connection = self._connect(create=False, cache_kib=cache_kib)
            except sqlite3.Error:
                if file == self._current_file():
                    raise
                continue
            if file == self._current_file():
                return _Opened(connection, file)
            connection.close()

    def _current_file(self) -> tuple[int, int]:
        if self._closed:
            raise StorageUnavailable("the read database is closed")
        try:
            found = self.path.stat()
        except OSError as error:
            raise StorageUnavailable("the read database is not there") from error
        return found.st_dev, found.st_ino

    def _connect(self, *, create: bool, cache_kib: int = READER_CACHE_KIB) -> sqlite3.Connection:
        return open_sqlite(
            self.path,
            synchronous="OFF" if self._fast else "NORMAL",
            busy_timeout=self._busy_timeout,
            create=create,
            journal="OFF" if self._fast else "WAL",
            cache_kib=cache_kib,
        )


def swap_in(path: Path, new: Path, busy_timeout: float = 5.0) -> None:
    """Put a finished file where everybody looks. What is there now is not opened: it may be broken."""
    with _in_our_words():
        _finish(new, busy_timeout)
    old = path.resolve() if path.is_symlink() else None
    newest = path.with_name(f"{path.stem}.{time.time_ns():x}{path.suffix}")
    new.replace(newest)
    link = newest.with_suffix(".link")
    link.symlink_to(newest.name)
    link.replace(path)
    _sync(path.parent)
    _remove_side_files(old or path)
    if old is not None:
        old.unlink(missing_ok=True)


def _padded(keys: Sequence[Any]) -> list[Any]:
    """Repeat the last key up to a power of two, so that few different statements are prepared."""
    wanted = min(1 << (len(keys) - 1).bit_length(), KEYS_AT_ONCE)
    return [*keys, *[keys[-1]] * (wanted - len(keys))]


def _finish(path: Path, busy_timeout: float) -> None:
    """Bring everything into the one file, and that to the disk."""
    connection = open_sqlite(path, synchronous="FULL", busy_timeout=busy_timeout, create=False)
    try:
        (unfinished, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.close()
    if unfinished or Path(f"{path}-wal").exists():
        raise StorageUnavailable(f"{path.name} is still open elsewhere")
    _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_side_files(path: Path) -> None:
    for suffix in ("-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & PRIMARY_CODE in FILE_IS_BROKEN:
            raise Broken(str(error)) from error
        if is_storage_trouble(error):
            raise StorageUnavailable(str(error)) from error
        raise
