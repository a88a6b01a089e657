"""Sign-in links: invitations of captains and leaders, the administrator's one, links for a day's helpers."""

import secrets
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from infra.auth.access_file import at, at_or_none, digest, new_id, new_token
from infra.auth.scope import NO_LIMIT, Scope
from infra.auth.sessions import Sessions, SessionWanted

LETTERS: Final = "23456789abcdefghjkmnpqrstvwxyz"
TABLES: Final = """
CREATE TABLE IF NOT EXISTS links (
  id TEXT PRIMARY KEY, digest BLOB NOT NULL UNIQUE, role TEXT NOT NULL, compound TEXT, actor TEXT NOT NULL,
  station TEXT, reusable INTEGER NOT NULL, created REAL NOT NULL, expires REAL NOT NULL, used_at REAL,
  revoked_at REAL, session_seconds REAL NOT NULL
) STRICT;
"""
LATER_COLUMNS: Final = {"links": {"scope": "TEXT", "made_by": "TEXT"}}
COLUMNS: Final = "id, role, compound, actor, station, reusable, created, expires, used_at, revoked_at, scope, made_by"


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
    scope: Scope
    made_by: str | None
    """The actor who made it; None in files of earlier versions."""


class Links(Sessions):
    def issue_link(  # noqa: PLR0913 — what a session may be bound to
        self,
        role: str,
        *,
        compound: str | None = None,
        station: str | None = None,
        actor: str | None = None,
        scope: Scope = NO_LIMIT,
        reusable: bool = False,
        valid_for: timedelta = timedelta(days=1),
        session_for: timedelta = timedelta(hours=16),
        made_by: str | None = None,
    ) -> str:
        """A new link's token. ``actor``: the member's id; without it a new opaque name such as ``gate-7f3k`` is made.

        Whoever has a station is limited to it, unless the scope names others.
        """
        token, now = new_token(), self.now()
        if station and scope.stations is None:
            scope = scope._replace(stations=frozenset({station}))
        with self._transaction() as rows:
            rows.execute(
                "INSERT INTO links (id, digest, role, compound, actor, station, reusable, created, expires,"
                " session_seconds, scope, made_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    new_id(),
                    digest(token),
                    role,
                    compound,
                    actor or self._new_actor(role),
                    station,
                    int(reusable),
                    now.timestamp(),
                    (now + valid_for).timestamp(),
                    session_for.total_seconds(),
                    scope.written(),
                    made_by,
                ),
            )
        return token

    def inviters_of(self, actor: str, since: datetime) -> frozenset[str]:
        """Who has made links since then by which one comes in as this person."""
        sql = "SELECT DISTINCT made_by FROM links WHERE actor = ? AND created >= ? AND made_by IS NOT NULL"
        return frozenset(inviter for (inviter,) in self._read(sql, (actor, since.timestamp())))

    def redeem(self, token: str) -> str | None:
        """The token of a new session; None for a link that is unknown, used, withdrawn or over."""
        wanted, now = digest(token), self.now().timestamp()
        if not self._read("SELECT 1 FROM links WHERE digest = ?", (wanted,)):
            return None
        with self._transaction() as rows:
            found = rows.execute(
                "UPDATE links SET used_at = ? WHERE digest = ? AND expires > ? AND revoked_at IS NULL"
                " AND (reusable = 1 OR used_at IS NULL)"
                " RETURNING id, role, compound, actor, station, session_seconds, scope",
                (now, wanted, now),
            ).fetchone()
            if found is None:
                return None
            link, role, compound, actor, station, seconds, scope = found
            lasts = timedelta(seconds=seconds)
            session = SessionWanted(
                role, compound, actor, "link", lasts, station=station, scope=Scope.read(scope), link=link
            )
            return self._open_session(rows, session)[1]

    def link_behind(self, token: str) -> Link | None:
        """Whatever became of it."""
        found = self._read(f"SELECT {COLUMNS} FROM links WHERE digest = ?", (digest(token),))  # noqa: S608 — our own column names
        return link_from(found[0]) if found else None

    def links(self, compound: str | None = None) -> list[Link]:
        """All links ever issued, newest first; of one compound or of all."""
        rows = self._read(
            f"SELECT {COLUMNS} FROM links WHERE (? IS NULL OR compound = ?) ORDER BY created DESC, id",  # noqa: S608 — our own column names
            (compound, compound),
        )
        return [link_from(row) for row in rows]

    def revoke_link(self, link: str) -> bool:
        """Withdraws a link together with every session it opened; false where there is no such link."""
        with self._transaction() as rows:
            withdrawn = rows.execute(
                "UPDATE links SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", (self.now().timestamp(), link)
            ).rowcount
            self._end_sessions(rows, "link = ?", (link,))
        return withdrawn > 0

    def _new_actor(self, role: str) -> str:
        while True:
            actor = f"{role}-" + "".join(secrets.choice(LETTERS) for _ in range(4))
            if not self._read("SELECT 1 FROM links WHERE actor = ?", (actor,)):
                return actor


def link_from(row: tuple[Any, ...]) -> Link:
    name, role, compound, actor, station, reusable, created, expires, used, revoked, scope, made_by = row
    return Link(
        name, role, compound, actor, station, bool(reusable), at(created), at(expires), at_or_none(used),
        at_or_none(revoked), Scope.read(scope), made_by,
    )  # fmt: skip
