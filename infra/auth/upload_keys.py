"""Upload keys: a device may send what it scanned within its badge's window, for a while after the window is over."""

from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from infra.auth.access_file import AccessFile, at, digest
from infra.auth.scope import Scope

ACCEPTED_AFTER: Final = timedelta(hours=72)
BY_DIGEST: Final = (
    "SELECT id, session, badge, device, role, compound, actor, station, scope, begins, ends,"
    " EXISTS (SELECT 1 FROM sessions WHERE sessions.id = upload_keys.session) FROM upload_keys WHERE digest = ?"
)
BY_SESSION: Final = BY_DIGEST.replace("WHERE digest", "WHERE session_digest")


class UploadKey(NamedTuple):
    """Opens nothing but ``POST /api/scans``."""

    id: str
    session: str
    badge: str
    device: str
    role: str
    compound: str
    actor: str
    station: str | None
    scope: Scope
    begins: datetime
    ends: datetime
    """The end of the badge's window, or the moment when the badge was revoked or the session ended."""
    has_session: bool

    def is_late(self, now: datetime) -> bool:
        """The session it was given beside is over."""
        return not self.has_session or now >= self.ends

    def covers(self, happened_at: datetime) -> bool:
        return self.begins <= happened_at < self.ends


class UploadKeys(AccessFile):
    def upload_key(self, token: str) -> UploadKey | None:
        """The key behind a token; None when it is unknown, or 72 hours have gone by since its end."""
        known: UploadKey | None = self._looked_up(token, BY_DIGEST, upload_key_from)
        return known if known is not None and self.now() < known.ends + ACCEPTED_AFTER else None

    def upload_key_beside(self, session: str) -> UploadKey | None:
        """The key that was given beside the session of this token, whether that lasts or not, as long as the key is good."""
        rows = self._read(BY_SESSION, (digest(session),))
        known = upload_key_from(rows[0]) if rows else None
        return known if known is not None and self.now() < known.ends + ACCEPTED_AFTER else None


def upload_key_from(row: tuple[Any, ...]) -> UploadKey:
    name, session, badge, device, role, compound, actor, station, scope, begins, ends, has_session = row
    return UploadKey(
        name, session, badge, device, role, compound, actor, station, Scope.read(scope), at(begins), at(ends),
        bool(has_session),
    )  # fmt: skip
