"""Who may come in: all kinds of credentials in one file beside the log."""

from typing import Final

from infra.auth import api_keys, badges, grants, links, passwords, sessions, set_aside_texts
from infra.auth.api_keys import ApiKeys
from infra.auth.badges import Badges
from infra.auth.grants import Grants
from infra.auth.links import Links
from infra.auth.passwords import Passwords
from infra.auth.set_aside_texts import SetAsideTexts
from infra.auth.upload_keys import UploadKeys

KINDS: Final = (sessions, links, badges, grants, passwords, api_keys, set_aside_texts)


class AccessStore(Links, Badges, UploadKeys, Grants, Passwords, ApiKeys, SetAsideTexts):
    tables = "".join(kind.TABLES for kind in KINDS)
    later_columns = sessions.LATER_COLUMNS | links.LATER_COLUMNS

    def withdraw_role(self, member: str, role: str, compound: str) -> int:
        """Ends the role and everything that it opened; returns how many credentials and sessions there were."""
        now, which = self.now().timestamp(), (member, role, compound)
        with self._transaction() as rows:
            rows.execute("DELETE FROM grants WHERE member = ? AND role = ? AND compound = ?", which)
            ended = rows.execute(
                "UPDATE badges SET revoked_at = ? WHERE member = ? AND role = ? AND compound = ? AND revoked_at IS NULL",
                (now, *which),
            ).rowcount
            ended += rows.execute(
                "UPDATE links SET revoked_at = ? WHERE actor = ? AND role = ? AND compound IS ? AND revoked_at IS NULL",
                (now, member, role, compound or None),
            ).rowcount
            return ended + self._end_sessions(
                rows, "actor = ? AND role = ? AND compound IS ?", (member, role, compound or None)
            )

    def revoke_actor(self, actor: str) -> int:
        """Shuts one person out: roles, links, badges and sessions end; the password and the subject stay their own.

        Returns how many links, badges and sessions there were.
        """
        now = self.now().timestamp()
        with self._transaction() as rows:
            rows.execute("DELETE FROM grants WHERE member = ?", (actor,))
            ended = rows.execute(
                "UPDATE links SET revoked_at = ? WHERE actor = ? AND revoked_at IS NULL", (now, actor)
            ).rowcount
            ended += rows.execute(
                "UPDATE badges SET revoked_at = ? WHERE member = ? AND revoked_at IS NULL", (now, actor)
            ).rowcount
            return ended + self._end_sessions(rows, "actor = ?", (actor,))
