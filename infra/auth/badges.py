"""Shift badges: a token that works once within its window, and the upload key that its device gets beside the session."""

import sqlite3
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from infra.auth.access_file import at, at_or_none, digest, new_id, new_token
from infra.auth.scope import NO_LIMIT, Scope
from infra.auth.sessions import Sessions, SessionWanted

TABLES: Final = """
CREATE TABLE IF NOT EXISTS badges (
  id TEXT PRIMARY KEY, digest BLOB NOT NULL UNIQUE, compound TEXT NOT NULL, member TEXT NOT NULL, role TEXT NOT NULL,
  station TEXT, scope TEXT, begins REAL NOT NULL, ends REAL NOT NULL, issued_at REAL NOT NULL, redeemed_at REAL,
  device TEXT, revoked_at REAL
) STRICT;
CREATE INDEX IF NOT EXISTS badges_by_member ON badges (member);
"""
COLUMNS: Final = "id, compound, member, role, station, scope, begins, ends, issued_at, redeemed_at, device, revoked_at"
NotRedeemed = Literal["unknown", "used", "not-yet", "over", "revoked"]


class Badge(NamedTuple):
    id: str
    compound: str
    member: str
    role: str
    station: str | None
    scope: Scope
    begins: datetime
    ends: datetime
    issued_at: datetime
    redeemed_at: datetime | None
    device: str | None
    revoked_at: datetime | None
    """Also when the shift ended before the window did."""


class BadgeWanted(NamedTuple):
    """``id`` is the id of the badge's fact in the log."""

    id: str
    compound: str
    member: str
    role: str
    begins: datetime
    ends: datetime
    station: str | None = None
    scope: Scope = NO_LIMIT


class Redeemed(NamedTuple):
    badge: Badge
    session: str
    """The session's token."""
    upload_key: str
    """The token of the device's upload key."""


class Badges(Sessions):
    def issue_badge(self, wanted: BadgeWanted) -> str:
        """The token for the QR code: known to nobody after this answer. Raises ValueError for an id that is there."""
        token = new_token()
        with self._transaction() as rows:
            if rows.execute("SELECT 1 FROM badges WHERE id = ?", (wanted.id,)).fetchone():
                raise ValueError("this badge was issued before; roll it for a new token")
            rows.execute(
                "INSERT INTO badges (id, digest, compound, member, role, station, scope, begins, ends, issued_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    wanted.id,
                    digest(token),
                    wanted.compound,
                    wanted.member,
                    wanted.role,
                    wanted.station,
                    wanted.scope.written(),
                    wanted.begins.timestamp(),
                    wanted.ends.timestamp(),
                    self.now().timestamp(),
                ),
            )
        return token

    def roll_badge(self, badge: str) -> str | None:
        """A new token for the same badge; the old one, and what it opened, is over. None where the badge is."""
        token, now = new_token(), self.now().timestamp()
        with self._transaction() as rows:
            rolled = rows.execute(
                "UPDATE badges SET digest = ?, redeemed_at = NULL, device = NULL"
                " WHERE id = ? AND revoked_at IS NULL AND ends > ?",
                (digest(token), badge, now),
            ).rowcount
            if rolled:
                self._end_sessions(rows, "badge = ?", (badge,))
        return token if rolled else None

    def redeem_badge(self, token: str, device: str) -> Redeemed | NotRedeemed:
        """A session and an upload key for a device, or why not."""
        wanted = digest(token)
        if not self._read("SELECT 1 FROM badges WHERE digest = ?", (wanted,)):
            return "unknown"
        with self._transaction() as rows:
            found = rows.execute(f"SELECT {COLUMNS} FROM badges WHERE digest = ?", (wanted,)).fetchone()  # noqa: S608 — our own column names
            if found is None:
                return "unknown"
            badge, now = badge_from(found), self.now()
            why_not = not_redeemed(badge, now)
            if why_not is not None:
                return why_not
            rows.execute(
                "UPDATE badges SET redeemed_at = ?, device = ? WHERE id = ?", (now.timestamp(), device, badge.id)
            )
            session, opened = self._open_session(rows, session_of(badge, device))
            upload_key = self._give_upload_key(rows, badge, session, device)
        return Redeemed(badge._replace(redeemed_at=now, device=device), opened, upload_key)

    def badge_behind(self, token: str) -> Badge | None:
        """Whatever became of it."""
        found = self._read(f"SELECT {COLUMNS} FROM badges WHERE digest = ?", (digest(token),))  # noqa: S608 — our own column names
        return badge_from(found[0]) if found else None

    def revoke_badge(self, badge: str) -> bool:
        """Ends it and what it opened, at this moment; false where there is no such badge or it is revoked already."""
        with self._transaction() as rows:
            revoked = rows.execute(
                "UPDATE badges SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", (self.now().timestamp(), badge)
            ).rowcount
            self._end_sessions(rows, "badge = ?", (badge,))
        return revoked > 0

    def end_shift(self, badge: str) -> bool:
        """As revoking: a badge is good for one shift."""
        return self.revoke_badge(badge)

    def badges(self, compound: str | None = None, *, member: str | None = None) -> list[Badge]:
        """Newest first; of one compound or of all, of one member or of everybody."""
        rows = self._read(
            f"SELECT {COLUMNS} FROM badges WHERE (? IS NULL OR compound = ?) AND (? IS NULL OR member = ?)"  # noqa: S608 — our own column names
            " ORDER BY issued_at DESC, id",
            (compound, compound, member, member),
        )
        return [badge_from(row) for row in rows]

    def _give_upload_key(self, rows: sqlite3.Connection, badge: Badge, session: str, device: str) -> str:
        token = new_token()
        rows.execute(
            "INSERT INTO upload_keys (id, digest, session, badge, device, role, compound, actor, station, scope, begins,"
            " ends, session_digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT digest FROM sessions WHERE id = ?))",
            (
                new_id(),
                digest(token),
                session,
                badge.id,
                device,
                badge.role,
                badge.compound,
                badge.member,
                badge.station,
                badge.scope.written(),
                badge.begins.timestamp(),
                badge.ends.timestamp(),
                session,
            ),
        )
        return token


def not_redeemed(badge: Badge, now: datetime) -> NotRedeemed | None:
    if badge.revoked_at is not None:
        return "revoked"
    if now >= badge.ends:
        return "over"
    if badge.redeemed_at is not None:
        return "used"
    return "not-yet" if now < badge.begins else None


def session_of(badge: Badge, device: str) -> SessionWanted:
    return SessionWanted(
        badge.role,
        badge.compound,
        badge.member,
        "badge",
        badge.ends - badge.begins,
        ends=badge.ends,
        station=badge.station,
        scope=badge.scope,
        badge=badge.id,
        device=device,
    )


def badge_from(row: tuple[Any, ...]) -> Badge:
    name, compound, member, role, station, scope, begins, ends, issued, redeemed, device, revoked = row
    return Badge(
        name, compound, member, role, station, Scope.read(scope), at(begins), at(ends), at(issued),
        at_or_none(redeemed), device, at_or_none(revoked),
    )  # fmt: skip
