"""Roles that members hold: what a password or an OpenID sign-in opens."""

from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from infra.auth.access_file import at_or_none
from infra.auth.scope import NO_LIMIT, Scope
from infra.auth.sessions import Sessions, SessionWanted

A_DAY: Final = timedelta(hours=16)
TABLES: Final = """
CREATE TABLE IF NOT EXISTS grants (
  member TEXT NOT NULL, role TEXT NOT NULL, compound TEXT NOT NULL, scope TEXT, until REAL, given_at REAL NOT NULL,
  PRIMARY KEY (member, role, compound)
) STRICT;
CREATE TABLE IF NOT EXISTS subjects (
  issuer TEXT NOT NULL, subject TEXT NOT NULL, member TEXT NOT NULL, linked_at REAL NOT NULL,
  PRIMARY KEY (issuer, subject)
) STRICT;
"""


class Grant(NamedTuple):
    member: str
    role: str
    compound: str
    """Empty: all compounds, for administrators."""
    scope: Scope
    until: datetime | None


class Grants(Sessions):
    def give_role(
        self, member: str, role: str, compound: str, *, scope: Scope = NO_LIMIT, until: datetime | None = None
    ) -> None:
        """Given again, it is limited anew; what was opened with other limits is over."""
        with self._transaction() as rows:
            self._end_sessions(
                rows,
                "actor = ? AND role = ? AND compound IS ? AND badge IS NULL AND scope IS NOT ?",
                (member, role, compound or None, scope.written()),
            )
            rows.execute(
                "INSERT OR REPLACE INTO grants VALUES (?, ?, ?, ?, ?, ?)",
                (
                    member,
                    role,
                    compound,
                    scope.written(),
                    until.timestamp() if until else None,
                    self.now().timestamp(),
                ),
            )

    def roles_of(self, member: str) -> list[Grant]:
        """Those that hold now, as they were given."""
        rows = self._read(
            "SELECT member, role, compound, scope, until FROM grants WHERE member = ? AND (until IS NULL OR until > ?)"
            " ORDER BY given_at, role, compound",
            (member, self.now().timestamp()),
        )
        return [grant_from(row) for row in rows]

    def open_session(
        self, grant: Grant, *, how: str, device: str | None = None, lasts: timedelta = A_DAY
    ) -> str | None:
        """The session's token; None where the member does not hold the role any more."""
        with self._transaction() as rows:
            row = rows.execute(
                "SELECT member, role, compound, scope, until FROM grants WHERE member = ? AND role = ? AND compound = ?"
                " AND (until IS NULL OR until > ?)",
                (grant.member, grant.role, grant.compound, self.now().timestamp()),
            ).fetchone()
            if row is None:
                return None
            held = grant_from(row)
            wanted = SessionWanted(
                held.role, held.compound or None, held.member, how, lasts,
                ends=held.until, scope=held.scope, device=device,
            )  # fmt: skip
            return self._open_session(rows, wanted)[1]

    def link_subject(self, issuer: str, subject: str, member: str) -> bool:
        """From now on this subject of that OpenID provider signs in as the member; false: it is somebody else's."""
        with self._transaction() as rows:
            rows.execute(
                "INSERT OR IGNORE INTO subjects VALUES (?, ?, ?, ?)", (issuer, subject, member, self.now().timestamp())
            )
            held = rows.execute("SELECT member FROM subjects WHERE issuer = ? AND subject = ?", (issuer, subject))
            return bool(held.fetchone()[0] == member)

    def member_of_subject(self, issuer: str, subject: str) -> str | None:
        found = self._read("SELECT member FROM subjects WHERE issuer = ? AND subject = ?", (issuer, subject))
        return str(found[0][0]) if found else None

    def linked_since(self, issuer: str, member: str) -> datetime | None:
        """When the first account of that provider was linked that lets the member in; None where there is none."""
        found = self._read("SELECT MIN(linked_at) FROM subjects WHERE issuer = ? AND member = ?", (issuer, member))
        return at_or_none(found[0][0])

    def unlink_subjects(self, issuer: str, member: str) -> int:
        """No account of that provider lets the member in any more; returns how many did."""
        with self._transaction() as rows:
            gone = rows.execute("DELETE FROM subjects WHERE issuer = ? AND member = ?", (issuer, member))
            return gone.rowcount


def grant_from(row: tuple[Any, ...]) -> Grant:
    member, role, compound, scope, until = row
    return Grant(member, role, compound, Scope.read(scope), at_or_none(until))
