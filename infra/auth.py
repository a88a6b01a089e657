"""Sign-in links and sessions: reference tokens of which only digests are stored, so that withdrawing counts at once."""

import contextlib
import hashlib
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

from infra.errors import StorageUnavailable
from infra.sqlite_files import is_storage_trouble, open_sqlite

TOKEN_BYTES: Final = 24
"""192 bits that cannot be guessed."""
LOOK_FOR_OTHERS_EVERY: Final = 0.5
"""Seconds for which a cached session is believed before asking whether another process changed the file."""
CACHED_SESSIONS: Final = 4096
LONGEST_RAW: Final = 4000
LETTERS: Final = "23456789abcdefghjkmnpqrstvwxyz"

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS links (
  id TEXT PRIMARY KEY, digest BLOB NOT NULL UNIQUE, role TEXT NOT NULL, compound TEXT, actor TEXT NOT NULL,
  station TEXT, reusable INTEGER NOT NULL, created REAL NOT NULL, expires REAL NOT NULL, used_at REAL,
  revoked_at REAL, session_seconds REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS sessions (
  id TEXT PRIMARY KEY, digest BLOB NOT NULL UNIQUE, link TEXT NOT NULL, role TEXT NOT NULL, compound TEXT,
  actor TEXT NOT NULL, station TEXT, created REAL NOT NULL, expires REAL NOT NULL, language TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS sessions_by_link ON sessions (link);
CREATE TABLE IF NOT EXISTS set_aside_raw (
  id TEXT PRIMARY KEY, received_at REAL NOT NULL, compound TEXT, raw TEXT NOT NULL
) STRICT;
"""
LINK_COLUMNS: Final = "id, role, compound, actor, station, reusable, created, expires, used_at, revoked_at"
SESSION_COLUMNS: Final = "id, role, compound, actor, station, created, expires, language, link"


class Link(NamedTuple):
    id: str
    role: str
    compound: str | None
    actor: str
    station: str | None
    reusable: bool
    created: datetime
    expires: datetime
    used_at: datetime | None
    revoked_at: datetime | None


class Session(NamedTuple):
    id: str
    """Names the session in lists; it opens nothing."""
    role: str
    compound: str | None
    actor: str
    station: str | None
    created: datetime
    expires: datetime
    language: str | None
    link: str


class SetAside(NamedTuple):
    id: str
    received_at: datetime
    compound: str | None
    raw: str


def this_moment() -> datetime:
    return datetime.now(UTC)


class AccessStore:
    """Who may come in. One file beside the log; every method may be called from any thread.

    Raises StorageUnavailable where the file is locked, full or broken.
    """

    def __init__(self, path: Path, *, now: Callable[[], datetime] = this_moment) -> None:
        self.now = now
        self._lock = threading.RLock()
        self._cache: dict[bytes, Session] = {}
        self._believe_until = 0.0
        with _storage_trouble_named():
            self._connection = open_sqlite(path, synchronous="NORMAL", busy_timeout=2.0)
            self._connection.executescript(SCHEMA)
            path.chmod(0o600)
            self._seen_version = self._file_version()

    def issue_link(
        self,
        role: str,
        *,
        compound: str | None = None,
        station: str | None = None,
        actor: str | None = None,
        reusable: bool = False,
        valid_for: timedelta = timedelta(days=1),
        session_for: timedelta = timedelta(hours=16),
    ) -> str:
        """A new link's token. Without ``actor`` a new opaque name such as ``gate-7f3k`` is made."""
        token, now = secrets.token_urlsafe(TOKEN_BYTES), self.now()
        with self._transaction() as rows:
            rows.execute(
                "INSERT INTO links (id, digest, role, compound, actor, station, reusable, created, expires,"
                " session_seconds) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    secrets.token_hex(8),
                    _digest(token),
                    role,
                    compound,
                    actor or self._new_actor(role),
                    station,
                    int(reusable),
                    now.timestamp(),
                    (now + valid_for).timestamp(),
                    session_for.total_seconds(),
                ),
            )
        return token

    def redeem(self, token: str) -> str | None:
        """The token of a new session; None for a link that is unknown, used, withdrawn or over."""
        now = self.now().timestamp()
        with self._transaction() as rows:
            found = rows.execute(
                "UPDATE links SET used_at = ? WHERE digest = ? AND expires > ? AND revoked_at IS NULL"
                " AND (reusable = 1 OR used_at IS NULL)"
                " RETURNING id, role, compound, actor, station, session_seconds",
                (now, _digest(token), now),
            ).fetchone()
            if found is None:
                return None
            link, role, compound, actor, station, seconds = found
            session_token = secrets.token_urlsafe(TOKEN_BYTES)
            rows.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
                (
                    secrets.token_hex(8),
                    _digest(session_token),
                    link,
                    role,
                    compound,
                    actor,
                    station,
                    now,
                    now + seconds,
                ),
            )
        return session_token

    def session(self, token: str) -> Session | None:
        """The session behind a token while it lasts. Other processes' changes are seen within a second."""
        digest = _digest(token)
        if time.monotonic() < self._believe_until:
            known = self._cache.get(digest)
            if known is not None:
                return known if known.expires > self.now() else None
        with self._lock, _storage_trouble_named():
            self._forget_if_changed_elsewhere()
            known = self._cache.get(digest)
            if known is None:
                row = self._connection.execute(
                    f"SELECT {SESSION_COLUMNS} FROM sessions WHERE digest = ?",  # noqa: S608 — our own column names
                    (digest,),
                ).fetchone()
                if row is None:
                    return None
                known = _session_from(row)
                if len(self._cache) >= CACHED_SESSIONS:
                    self._cache.clear()
                self._cache[digest] = known
        return known if known.expires > self.now() else None

    def remember_language(self, session: str, language: str) -> None:
        with self._transaction() as rows:
            rows.execute("UPDATE sessions SET language = ? WHERE id = ?", (language, session))

    def sign_out(self, token: str) -> None:
        with self._transaction() as rows:
            rows.execute("DELETE FROM sessions WHERE digest = ?", (_digest(token),))

    def revoke_link(self, link: str) -> bool:
        """Withdraws a link together with every session it opened; false where there is no such link."""
        with self._transaction() as rows:
            withdrawn = rows.execute(
                "UPDATE links SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", (self.now().timestamp(), link)
            ).rowcount
            rows.execute("DELETE FROM sessions WHERE link = ?", (link,))
        return withdrawn > 0

    def revoke_session(self, session: str) -> bool:
        with self._transaction() as rows:
            return rows.execute("DELETE FROM sessions WHERE id = ?", (session,)).rowcount > 0

    def revoke_actor(self, actor: str) -> int:
        """Withdraws every link and session of one acting person; returns how many there were."""
        with self._transaction() as rows:
            links = rows.execute(
                "UPDATE links SET revoked_at = ? WHERE actor = ? AND revoked_at IS NULL",
                (self.now().timestamp(), actor),
            ).rowcount
            return links + rows.execute("DELETE FROM sessions WHERE actor = ?", (actor,)).rowcount

    def sessions(self, compound: str | None = None) -> list[Session]:
        """Sessions that last, newest first; of one compound or of all."""
        rows = self._read(
            f"SELECT {SESSION_COLUMNS} FROM sessions WHERE expires > ? AND (? IS NULL OR compound = ?)"  # noqa: S608 — our own column names
            " ORDER BY created DESC, id",
            (self.now().timestamp(), compound, compound),
        )
        return [_session_from(row) for row in rows]

    def links(self, compound: str | None = None) -> list[Link]:
        """All links ever issued, newest first; of one compound or of all."""
        rows = self._read(
            f"SELECT {LINK_COLUMNS} FROM links WHERE (? IS NULL OR compound = ?) ORDER BY created DESC, id",  # noqa: S608 — our own column names
            (compound, compound),
        )
        return [_link_from(row) for row in rows]

    def add_set_aside(self, scan: str, raw: str, *, compound: str | None = None) -> None:
        """Keeps what was sent where a scan could not be read; the same scan once. At most 4000 characters."""
        with self._transaction() as rows:
            rows.execute(
                "INSERT OR IGNORE INTO set_aside_raw VALUES (?, ?, ?, ?)",
                (scan, self.now().timestamp(), compound, raw[:LONGEST_RAW]),
            )

    def set_aside(self, compound: str | None = None, *, limit: int = 500) -> list[SetAside]:
        rows = self._read(
            "SELECT id, received_at, compound, raw FROM set_aside_raw WHERE (? IS NULL OR compound = ?)"
            " ORDER BY received_at DESC, id LIMIT ?",
            (compound, compound, limit),
        )
        return [SetAside(scan, _at(received), where, raw) for scan, received, where, raw in rows]

    def purge_set_aside(self, *, compound: str | None = None, before: datetime | None = None) -> int:
        """Deletes raw texts, all or those of a compound, received before a moment; returns how many."""
        limit = before.timestamp() if before else float("inf")
        with self._transaction() as rows:
            sql = "DELETE FROM set_aside_raw WHERE received_at < ? AND (? IS NULL OR compound = ?)"
            return rows.execute(sql, (limit, compound, compound)).rowcount

    def close(self) -> None:
        with self._lock:
            self._cache.clear()
            self._believe_until = 0.0
            self._connection.close()

    def _new_actor(self, role: str) -> str:
        while True:
            actor = f"{role}-" + "".join(secrets.choice(LETTERS) for _ in range(4))
            if self._connection.execute("SELECT 1 FROM links WHERE actor = ?", (actor,)).fetchone() is None:
                return actor

    def _read(self, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        with self._lock, _storage_trouble_named():
            return self._connection.execute(statement, values).fetchall()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """A change of the file; the cache is empty before anybody can read again."""
        with self._lock, _storage_trouble_named():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            finally:
                self._cache.clear()

    def _forget_if_changed_elsewhere(self) -> None:
        if time.monotonic() < self._believe_until:
            return
        version = self._file_version()
        if version != self._seen_version:
            self._cache.clear()
            self._seen_version = version
        self._believe_until = time.monotonic() + LOOK_FOR_OTHERS_EVERY

    def _file_version(self) -> int:
        """Changes whenever another connection has written."""
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])


@contextlib.contextmanager
def _storage_trouble_named() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if is_storage_trouble(error):
            raise StorageUnavailable("the file of sign-ins cannot be used at the moment") from error
        raise


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _session_from(row: tuple[Any, ...]) -> Session:
    name, role, compound, actor, station, created, expires, language, link = row
    return Session(name, role, compound, actor, station, _at(created), _at(expires), language, link)


def _link_from(row: tuple[Any, ...]) -> Link:
    name, role, compound, actor, station, reusable, created, expires, *moments = row
    used, revoked = (None if moment is None else _at(moment) for moment in moments)
    return Link(name, role, compound, actor, station, bool(reusable), _at(created), _at(expires), used, revoked)
