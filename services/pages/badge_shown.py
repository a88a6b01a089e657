"""A badge as lists show it: how far it has come, its window and its shift."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

from infra.auth import Session
from projections.badges import Badge, BadgeStage
from projections.base import moment_of
from services.crew.windows import window_shown
from services.pages.layout import clock

IN_FORCE: Final = frozenset({"issued", "redeemed", "on-shift"})


class BadgeShown(NamedTuple):
    row: Badge
    stage: BadgeStage
    signed_out: bool = False
    """Opened on a phone that is signed in no more; why, nobody keeps."""

    @property
    def window(self) -> str:
        return window_shown(moment_of(self.row.begins), moment_of(self.row.until))

    @property
    def is_in_force(self) -> bool:
        return self.stage in IN_FORCE

    @property
    def started(self) -> datetime | None:
        return moment_of(self.row.started_at) if self.row.started_at is not None else None

    @property
    def revoked(self) -> datetime | None:
        return moment_of(self.row.revoked_at) if self.row.revoked_at is not None else None

    @property
    def shift(self) -> str:
        if self.row.started_at is None:
            return ""
        ended = self.row.ended_at or self.row.revoked_at or (None if self.is_in_force else self.row.until)
        begins = moment_of(self.row.started_at)
        return window_shown(begins, moment_of(ended)) if ended else f"{clock(begins)} –"


def badges_shown(held: Iterable[Badge], at: int, sessions: Iterable[Session]) -> list[BadgeShown]:
    """With those sessions that last."""
    signed_in = {session.badge for session in sessions}
    stages = ((badge, badge.stage_at(at)) for badge in held)
    return [BadgeShown(badge, stage, stage == "redeemed" and badge.badge not in signed_in) for badge, stage in stages]
