"""What a suspended member made and what goes on: open badges, members whom they took in or gave a role."""

from typing import Final, NamedTuple

from projections import badges, people
from projections.base import Rows
from projections.people import Member, Vouched
from services.pages.badge_shown import BadgeShown

MOST_LEFT: Final = 200


class LeftBehind(NamedTuple):
    """What somebody of the committee looks through after a suspension."""

    badges: list[BadgeShown]
    members: list[Vouched]
    more: int
    """Members who are not listed."""


def left_behind(rows: Rows, compound: str, row: Member, at: int) -> LeftBehind:
    issued = sorted(badges.badges_issued_by(rows, compound, row.member), key=lambda badge: badge.until)
    shown = (BadgeShown(badge, badge.stage_at(at)) for badge in issued if badge.member != row.member)
    made = people.vouched_for_by(rows, compound, row.member, at)
    return LeftBehind([each for each in shown if each.is_in_force], made[:MOST_LEFT], max(0, len(made) - MOST_LEFT))
