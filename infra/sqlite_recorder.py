"""`eventsourcing`'s recorder on SQLite, with what the stock one lacks.

Positions are never issued twice, many streams are read in one query, retries are found by command,
links between streams are written with the facts, and the log can be followed.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from eventsourcing.persistence import (
    ApplicationRecorder,
    DatabaseError,
    IntegrityError,
    InterfaceError,
    Notification,
    OperationalError,
    StoredEvent,
    Subscription,
)
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
)

from infra.many_rows import write_many
from infra.sqlite_files import Synchronous, open_sqlite

Row = tuple[int, str, int, str, bytes]
"""Position, stream, version, topic, state."""

WRITER_CACHE_KIB = 12_288
_COLUMNS = "notification_id, originator_id, originator_version, topic, state"


class Link(NamedTuple):
    compound: str
    subject: str
    related: str


class SqliteDatastore(SQLiteDatastore):
    """Readers share a pool; there is one connection for writing, which also notices other writers."""

    def __init__(self, path: Path, *, synchronous: Synchronous = "FULL", busy_timeout: float = 5.0) -> None:
        super().__init__(str(path), originator_id_type="text")
        self.pool = _Pool(path, busy_timeout)
        self._path = path
        self._synchronous: Synchronous = synchronous
        self._busy_timeout = busy_timeout
        self._writing = threading.RLock()
        self._writer: sqlite3.Connection | None = None
        self._seen_version: int | None = None

    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[SQLiteCursor]:
        if not commit:
            with super().transaction(commit=False) as cursor:
                yield cursor
            return
        with self._writing, _said_by_eventsourcing():
            connection = self._open_writer()
            cursor = SQLiteCursor(connection.cursor())
            try:
                cursor.execute("BEGIN IMMEDIATE")
                yield cursor
                cursor.execute("COMMIT")
            except BaseException as error:
                self._give_up(connection, error)
                raise

    def others_wrote(self) -> bool:
        """True when another connection committed since this was last asked; our own commits do not count."""
        with self._writing, _said_by_eventsourcing():
            version: int = self._open_writer().execute("PRAGMA data_version").fetchone()[0]
            before, self._seen_version = self._seen_version, version
            return version != before

    def others_wrote_meanwhile(self, cursor: SQLiteCursor) -> bool:
        """The same inside a write transaction, without forgetting it: nobody else can write until it ends."""
        cursor.execute("PRAGMA data_version")
        return bool(cursor.fetchone()[0] != self._seen_version)

    def close(self) -> None:
        self.pool.close()
        if getattr(self, "_writing", None) is None:
            return
        with self._writing:
            self._close_writer()

    def _open_writer(self) -> sqlite3.Connection:
        if self.pool.closed:
            raise InterfaceError("the log is closed")
        if self._writer is None:
            self._writer = open_sqlite(
                self._path,
                synchronous=self._synchronous,
                busy_timeout=self._busy_timeout,
                cache_kib=WRITER_CACHE_KIB,
            )
        return self._writer

    def _give_up(self, connection: sqlite3.Connection, error: BaseException) -> None:
        try:
            connection.rollback()
        except sqlite3.Error:
            self._close_writer()
        if isinstance(error, sqlite3.Error) and not isinstance(error, sqlite3.IntegrityError):
            self._close_writer()

    def _close_writer(self) -> None:
        writer, self._writer, self._seen_version = self._writer, None, None
        if writer is not None:
            writer.close()


class SqliteRecorder(SQLiteApplicationRecorder):
    """The compound and command columns are taken from the stream's name and the state; the truth stays there."""

    datastore: SqliteDatastore

    def construct_create_table_statements(self) -> list[str]:
        return [
            f"""CREATE TABLE IF NOT EXISTS {self.events_table_name} (
                notification_id INTEGER PRIMARY KEY AUTOINCREMENT,
                originator_id TEXT NOT NULL,
                originator_version INTEGER NOT NULL,
                topic TEXT NOT NULL,
                state BLOB NOT NULL,
                compound TEXT NOT NULL,
                command TEXT NOT NULL,
                UNIQUE (originator_id, originator_version))""",
            f"""CREATE INDEX IF NOT EXISTS {self.events_table_name}_by_command
                ON {self.events_table_name} (compound, command)""",
            """CREATE TABLE IF NOT EXISTS stream_links (
                compound TEXT NOT NULL, subject TEXT NOT NULL, related TEXT NOT NULL,
                PRIMARY KEY (compound, subject, related)) WITHOUT ROWID""",
        ]

    def _insert_events(
        self,
        c: SQLiteCursor,
        stored_events: Sequence[StoredEvent],
        *,
        commands: Iterable[str] | None = None,
        links: Sequence[Link] = (),
        only_if_unchanged: bool = False,
        **_: Any,
    ) -> Sequence[int]:
        if only_if_unchanged and self.datastore.others_wrote_meanwhile(c):
            raise IntegrityError("another process wrote to the log meanwhile")
        c.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (self.events_table_name,))
        row = c.fetchone()
        first = (row[0] if row else 0) + 1
        positions = range(first, first + len(stored_events))
        write_many(
            c.execute,
            f"INSERT INTO {self.events_table_name} VALUES (?,?,?,?,?,?,?)",  # noqa: S608 — our own table name
            [
                (
                    position,
                    stream,
                    event.originator_version,
                    event.topic,
                    event.state,
                    stream[: stream.index("/")],
                    command,
                )
                for position, event, command in zip(
                    positions, stored_events, commands or map(_command_of, stored_events), strict=True
                )
                for stream in (str(event.originator_id),)
            ],
        )
        if links:
            write_many(c.execute, "INSERT OR IGNORE INTO stream_links VALUES (?,?,?)", links)
        return positions

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        after = (start or 0) - 1 if inclusive_of_start else start or 0
        return [
            Notification(stream, version, topic, state, position)
            for position, stream, version, topic, state in self.select_after(after, limit, stop, topics)
        ]

    def select_after(
        self,
        after: int,
        limit: int,
        upto: int | None = None,
        topics: Sequence[str] = (),
        compounds: Sequence[str] | None = None,
    ) -> list[Row]:
        statement = f"SELECT {_COLUMNS} FROM {self.events_table_name} WHERE notification_id > ?"  # noqa: S608 — as above
        params: list[Any] = [after]
        if upto is not None:
            statement += " AND notification_id <= ?"
            params.append(upto)
        if topics:
            statement += " AND topic IN (SELECT value FROM json_each(?))"
            params.append(_keys(topics))
        if compounds is not None:
            statement += " AND +compound IN (SELECT value FROM json_each(?))"  # the plus: no index, in log order
            params.append(_keys(compounds))
        return self._rows(f"{statement} ORDER BY notification_id LIMIT ?", [*params, limit])

    def select_many(self, streams: Iterable[str]) -> list[Row]:
        """All of these streams in one query, ordered by stream and version; no limit on how many."""
        return self._rows(
            f"SELECT {_COLUMNS} FROM json_each(?) AS asked "  # noqa: S608 — as above
            f"CROSS JOIN {self.events_table_name} ON originator_id = asked.value "
            "ORDER BY originator_id, originator_version",
            (_keys(streams),),
        )

    def select_commands(self, asked: Iterable[tuple[str, str]]) -> list[Row]:
        """What was recorded for these (compound, command), in the order of the log."""
        return self._rows(
            f"SELECT {_COLUMNS} FROM json_each(?) AS asked CROSS JOIN {self.events_table_name} "  # noqa: S608 — as above
            "ON compound = json_extract(asked.value, '$[0]') AND command = json_extract(asked.value, '$[1]') "
            "ORDER BY notification_id",
            (_keys(asked),),
        )

    def select_links(self, asked: Iterable[tuple[str, str]]) -> list[tuple[str, str, str]]:
        """(compound, subject, related) of these (compound, subject), sorted."""
        return self._rows(
            "SELECT compound, subject, related FROM json_each(?) AS asked CROSS JOIN stream_links "
            "ON compound = json_extract(asked.value, '$[0]') AND subject = json_extract(asked.value, '$[1]') "
            "ORDER BY compound, subject, related",
            (_keys(asked),),
        )

    def count_by_compound(self, upto: int) -> list[tuple[str, int]]:
        return self._rows(
            f"SELECT compound, COUNT(*) FROM {self.events_table_name} "  # noqa: S608 — as above
            "WHERE notification_id <= ? GROUP BY compound",
            (upto,),
        )

    def max_notification_id(self) -> int:
        rows = self._rows(f"SELECT MAX(notification_id) FROM {self.events_table_name}")  # noqa: S608 — as above
        return rows[0][0] or 0

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> "PollingSubscription":
        return PollingSubscription(self, gt, topics)

    def others_wrote(self) -> bool:
        return self.datastore.others_wrote()

    def close(self) -> None:
        self.datastore.close()

    def _rows(self, statement: str, params: Sequence[Any] = ()) -> list[Any]:
        with self.datastore.transaction(commit=False) as c:
            c.sqlite_cursor.row_factory = None
            c.execute(statement, params)
            rows: list[Any] = c.fetchall()
            return rows


class PollingSubscription(Subscription[ApplicationRecorder]):
    """Yields notifications for ever; stop it from another thread, or leave the ``with`` block."""

    def __init__(
        self,
        recorder: ApplicationRecorder,
        gt: int | None = None,
        topics: Sequence[str] = (),
        *,
        every: float = 0.05,
        page: int = 500,
    ) -> None:
        super().__init__(recorder, gt, topics)
        self._every = every
        self._page = page
        self._stopped = threading.Event()
        self._waiting: Iterator[Notification] = iter(())

    def stop(self) -> None:
        super().stop()
        self._stopped.set()

    def __next__(self) -> Notification:
        while not self._stopped.is_set():
            for notification in self._waiting:
                self._last_notification_id = notification.id
                return notification
            page = self._recorder.select_notifications(
                self._last_notification_id, self._page, topics=self._topics, inclusive_of_start=False
            )
            self._waiting = iter(page)
            if not page:
                self._stopped.wait(self._every)
        raise StopIteration


class _Pool(SQLiteConnectionPool):
    def __init__(self, path: Path, busy_timeout: float) -> None:
        super().__init__(db_name=str(path), pool_timeout=busy_timeout)
        self._path = path
        self._busy_timeout = busy_timeout

    def _create_connection(self) -> SQLiteConnection:
        with _said_by_eventsourcing():
            connection = open_sqlite(self._path, synchronous="NORMAL", busy_timeout=self._busy_timeout)
            connection.execute("PRAGMA query_only = 1")
            connection.row_factory = sqlite3.Row
            return SQLiteConnection(connection, max_age=None)


@contextmanager
def _said_by_eventsourcing() -> Iterator[None]:
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise IntegrityError(error) from error
    except sqlite3.OperationalError as error:
        raise OperationalError(error) from error
    except sqlite3.Error as error:
        raise DatabaseError(error) from error


def _keys(asked: Iterable[Any]) -> str:
    """As JSON, so that one prepared statement serves any number of keys; each once, because they are joined."""
    return orjson.dumps(list(dict.fromkeys(asked))).decode()


def _command_of(stored: StoredEvent) -> str:
    return str(orjson.loads(stored.state)["event"]["command"]).replace("-", "")
