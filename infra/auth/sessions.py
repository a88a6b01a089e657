"""Sessions: reference tokens of which only digests are kept, so that withdrawing them counts at once."""

import sqlite3
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from infra.auth.access_file import AccessFile, at, digest, new_id, new_token
from infra.auth.scope import NO_LIMIT, Scope

TABLES: Final = """
CREATE TABLE IF NOT EXISTS sessions (
  id TEXT PRIMARY KEY, digest BLOB NOT NULL UNIQUE, link TEXT NOT NULL, role TEXT NOT NULL, compound TEXT,
  actor TEXT NOT NULL, station TEXT, created REAL NOT NULL, expires REAL NOT NULL, language TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS sessions_by_link ON sessions (link);
CREATE TABLE IF NOT EXISTS upload_keys (
  id TEXT PRIMARY KEY, digest BLOB NOT NULL UNIQUE, session TEXT NOT NULL, badge TEXT NOT NULL, device TEXT NOT NULL,
  role TEXT NOT NULL, compound TEXT NOT NULL, actor TEXT NOT NULL, station TEXT, scope TEXT,
  begins REAL NOT NULL, ends REAL NOT NULL
) STRICT;
"""
LATER_COLUMNS: Final = {
    "sessions": {"how": "TEXT NOT NULL DEFAULT 'link'", "badge": "TEXT", "device": "TEXT", "scope": "TEXT"},
    "upload_keys": {"session_digest": "BLOB"},
}
COLUMNS: Final = "id, role, compound, actor, station, created, expires, language, link, how, badge, device, scope"
BY_DIGEST: Final = f"SELECT {COLUMNS} FROM sessions WHERE digest = ?"  # noqa: S608 — our own column names


class Session(NamedTuple):
    id: str
    """Names the session in lists; it opens nothing."""
    role: str
    compound: str | None
    actor: str
    """The member's id where a member signed in."""
    station: str | None
    created: datetime
    expires: datetime
    language: str | None = None
    link: str = ""
    how: str = "link"
    """``link``, ``badge``, ``password`` or ``oidc``."""
    badge: str | None = None
    device: str | None = None
    scope: Scope = NO_LIMIT


class SessionWanted(NamedTuple):
    """What a session is bound to; ``lasts`` counts from now, ``ends`` is a moment: whichever comes first."""

    role: str
    compound: str | None
    actor: str
    how: str
    lasts: timedelta
    ends: datetime | None = None
    station: str | None = None
    scope: Scope = NO_LIMIT
    link: str = ""
    badge: str | None = None
    device: str | None = None


class Sessions(AccessFile):
    def session(self, token: str) -> Session | None:
        """The session behind a token while it lasts, as the file says it at this moment."""
        known: Session | None = self._looked_up(token, BY_DIGEST, session_from)
        return known if known is not None and known.expires > self.now() else None

    def sessions(self, compound: str | None = None, *, actor: str | None = None) -> list[Session]:
        """Sessions that last, newest first; of one compound or of all, of one person or of everybody."""
        rows = self._read(
            f"SELECT {COLUMNS} FROM sessions WHERE expires > ? AND (? IS NULL OR compound = ?)"  # noqa: S608 — our own column names
            " AND (? IS NULL OR actor = ?) ORDER BY created DESC, id",
            (self.now().timestamp(), compound, compound, actor, actor),
        )
        return [session_from(row) for row in rows]

    def remember_language(self, session: str, language: str) -> None:
        with self._transaction() as rows:
            rows.execute("UPDATE sessions SET language = ? WHERE id = ?", (language, session))

    def sign_out(self, token: str) -> None:
        with self._transaction() as rows:
            self._end_sessions(rows, "digest = ?", (digest(token),))

    def revoke_session(self, session: str) -> bool:
        with self._transaction() as rows:
            return self._end_sessions(rows, "id = ?", (session,)) > 0

    def sign_out_everywhere(self, actor: str, *, but: str | None = None) -> int:
        """Ends a person's sessions on every device; the session named ``but`` goes on. Returns how many ended."""
        with self._transaction() as rows:
            return self._end_sessions(rows, "actor = ? AND id IS NOT ?", (actor, but))

    def revoke_role(self, role: str, compound: str | None = None) -> int:
        """Ends all sessions of a role, in one compound or everywhere; returns how many."""
        with self._transaction() as rows:
            return self._end_sessions(rows, "role = ? AND (? IS NULL OR compound = ?)", (role, compound, compound))

    def _open_session(self, rows: sqlite3.Connection, wanted: SessionWanted) -> tuple[str, str]:
        """Id and token."""
        session, token, now = new_id(), new_token(), self.now()
        ends = min(now + wanted.lasts, wanted.ends or datetime.max.replace(tzinfo=now.tzinfo))
        rows.execute(
            "INSERT INTO sessions (id, digest, link, role, compound, actor, station, created, expires, how, badge,"
            " device, scope) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                session,
                digest(token),
                wanted.link,
                wanted.role,
                wanted.compound,
                wanted.actor,
                wanted.station,
                now.timestamp(),
                ends.timestamp(),
                wanted.how,
                wanted.badge,
                wanted.device,
                wanted.scope.written(),
            ),
        )
        return session, token

    def _end_sessions(self, rows: sqlite3.Connection, which: str, values: tuple[Any, ...]) -> int:
        """What their devices still hold may be sent for a while, as far as it happened before this moment."""
        rows.execute(
            f"UPDATE upload_keys SET ends = min(ends, ?) WHERE session IN (SELECT id FROM sessions WHERE {which})",  # noqa: S608 — our own words
            (self.now().timestamp(), *values),
        )
        return rows.execute(f"DELETE FROM sessions WHERE {which}", values).rowcount  # noqa: S608 — our own words


def session_from(row: tuple[Any, ...]) -> Session:
    name, role, compound, actor, station, created, expires, language, link, how, badge, device, scope = row
    return Session(
        name, role, compound, actor, station, at(created), at(expires), language, link, how, badge, device,
        Scope.read(scope),
    )  # fmt: skip
