"""Who may come in: all kinds of credentials in one file beside the log."""

from typing import Final

from domain.base import is_member
from infra.auth import api_keys, badges, grants, links, passwords, sessions, set_aside_texts
from infra.auth.api_keys import ApiKeys
from infra.auth.badges import Badges
from infra.auth.grants import Grants
from infra.auth.links import Links
from infra.auth.passwords import Passwords
from infra.auth.set_aside_texts import SetAsideTexts
from infra.auth.upload_keys import UploadKeys

KINDS: Final = (sessions, links, badges, grants, passwords, api_keys, set_aside_texts)
MADE: Final = "made_by = ? AND (? IS NULL OR compound = ?)"


class AccessStore(Links, Badges, UploadKeys, Grants, Passwords, ApiKeys, SetAsideTexts):
    tables = "".join(kind.TABLES for kind in KINDS)
    later_columns = sessions.LATER_COLUMNS | links.LATER_COLUMNS | api_keys.LATER_COLUMNS

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

    def end_made_by(self, maker: str, compound: str | None = None) -> int:
        """Ends the keys and the links for nobody in particular that somebody made, in one compound or everywhere.

        So do those that were made in turn by whoever holds one of them. An invitation of a member ends while nobody has
        used it; afterwards it is that member's own. Returns how many links, keys and sessions there were.
        """
        now, ended = self.now().timestamp(), 0
        makers, seen = [maker], {maker}
        with self._transaction() as rows:
            while makers:
                which = (makers.pop(), compound, compound)
                made = rows.execute(f"SELECT id, actor, used_at FROM links WHERE {MADE}", which).fetchall()  # noqa: S608 — our own words
                own = [(link, actor) for link, actor, used_at in made if used_at is None or not is_member(actor)]
                for link, _ in own:
                    ended += rows.execute(
                        "UPDATE links SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", (now, link)
                    ).rowcount
                    ended += self._end_sessions(rows, "link = ?", (link,))
                keys = rows.execute(f"SELECT actor FROM api_keys WHERE {MADE}", which).fetchall()  # noqa: S608
                ended += rows.execute(
                    f"UPDATE api_keys SET revoked_at = ? WHERE {MADE} AND revoked_at IS NULL",  # noqa: S608
                    (now, *which),
                ).rowcount
                holders = {actor for _, actor in own} | {actor for (actor,) in keys}
                new = {actor for actor in holders if not is_member(actor)} - seen
                seen |= new
                makers += new
        return ended

    def made_in_the_name_of(self, member: str, actor: str) -> None:
        """What somebody made before they had a number is the member's from now on."""
        with self._transaction() as rows:
            rows.execute("UPDATE links SET made_by = ? WHERE made_by = ?", (member, actor))
            rows.execute("UPDATE api_keys SET made_by = ? WHERE made_by = ?", (member, actor))
