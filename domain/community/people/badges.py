"""Requests about badges and the shift that each of them is good for."""

from datetime import timedelta
from typing import Annotated, Any, Final, NamedTuple

from pydantic import AwareDatetime, Field

from domain.base import Building, Event, Refused, StationId, said_by
from domain.community.people.duty import BadgeLife
from domain.community.people.facts import (
    BadgeId,
    BadgeIssued,
    BadgeRedeemed,
    BadgeRevoked,
    Device,
    MemberRole,
    RevocationReason,
    ShiftEnded,
    ShiftStarted,
    TeamNumber,
)
from domain.community.people.member import (
    Member,
    Surroundings,
    must_be_buildings_of,
    must_be_in_good_standing,
    must_be_registered,
)
from domain.community.people.membership import MemberRequest

BADGE_ROLES: Final = frozenset({"gate", "disinfection", "sorter", "runner", "captain"})
"""What a badge may let a person do; a captain's badge only for buildings that they are captain of."""
LONGEST_WINDOW: Final = timedelta(days=3)
LONGEST_AHEAD: Final = timedelta(days=31)


class IssueBadge(MemberRequest):
    """The badge's id is this request's own, in hex."""

    role: MemberRole
    station: StationId | None = None
    buildings: Annotated[tuple[Building, ...], Field(max_length=100)] = ()
    from_: AwareDatetime
    until: AwareDatetime

    def decide(self, past: Surroundings) -> list[Event]:
        must_be_in_good_standing(past.member)
        if self.id.hex in past.member.badges:
            return []
        if self.role not in BADGE_ROLES:
            raise Refused("badge-role", "A badge is for work at a station or on the way; other roles are given.")
        must_be_buildings_of(past.buildings, self.buildings)
        if self.station is not None and self.station not in past.stations:
            raise Refused("station-known", f"No station named {self.station} is open.")
        own = past.member.buildings_at(self.from_)
        if self.role == "captain" and not self.buildings:
            raise Refused("badge-buildings", "A captain's badge names the buildings that it is for.")
        if self.role == "captain" and not own.issuperset(self.buildings):
            raise Refused("badge-of-captain", "This member is not captain of these buildings: name them captain first.")
        self.must_have_a_sane_window()
        issued = BadgeIssued(
            **said_by(self),
            member=self.member,
            badge=self.id.hex,
            role=self.role,
            station=self.station,
            buildings=tuple(dict.fromkeys(self.buildings)),
            from_=self.from_,
            until=self.until,
        )
        return [issued]

    def must_have_a_sane_window(self) -> None:
        if not self.from_ < self.until or self.until <= self.happened_at:
            raise Refused("window-sane", "A badge ends after it begins, and not in the past.")
        if self.until - self.from_ > LONGEST_WINDOW:
            raise Refused("window-sane", "A badge is good for three days at most; issue one for each shift.")
        if self.from_ > self.happened_at + LONGEST_AHEAD:
            raise Refused("window-sane", "A badge begins within a month.")


class BadgeRequest(MemberRequest):
    badge: BadgeId

    def life(self, past: Member) -> BadgeLife:
        must_be_registered(past)
        life = past.badges.get(self.badge)
        if life is None or life.issued is None:
            raise Refused("badge-known", "There is no such badge.")
        return life

    def said(self) -> dict[str, Any]:
        return said_by(self) | {"member": self.member, "badge": self.badge}

    def must_still_be_good(self, life: BadgeLife) -> None:
        if life.revoked_at is not None:
            raise Refused("badge-not-revoked", "This badge was revoked; ask staff for another one.")
        if life.ended_at is not None:
            raise Refused("shift-not-over", "The shift of this badge is over; ask staff for another one.")
        if life.issued is None or self.happened_at > life.issued.until:
            raise Refused("badge-in-window", "The time of this badge is over; ask staff for another one.")


class RedeemBadge(BadgeRequest):
    device: Device

    def decide(self, past: Member) -> list[Event]:
        life = self.life(past)
        must_be_in_good_standing(past)
        self.must_still_be_good(life)
        if life.redeemed_at is not None:
            raise Refused("badge-unused", "This badge has been used already; ask staff for another one.")
        return [BadgeRedeemed(**self.said(), device=self.device)]


class RevokeBadge(BadgeRequest):
    reason: RevocationReason

    def decide(self, past: Member) -> list[Event]:
        if self.life(past).revoked_at is not None:
            return []
        return [BadgeRevoked(**self.said(), reason=self.reason)]


class Crew(NamedTuple):
    """A member's past and the members of the team that they want to work in; None where there is no such team."""

    member: Member
    team: frozenset[str] | None


class StartShift(BadgeRequest):
    fit_for_duty: bool
    team: TeamNumber | None = None

    def decide(self, past: Crew) -> list[Event]:
        life = self.life(past.member)
        must_be_in_good_standing(past.member)
        if not self.fit_for_duty:
            raise Refused("fit-for-duty", "Thank you for saying so. Please rest today; nothing of this answer is kept.")
        self.must_still_be_good(life)
        if life.redeemed_at is None:
            raise Refused("badge-redeemed", "Open the badge on your phone first.")
        if life.issued is None or self.happened_at < life.issued.from_:
            raise Refused("badge-in-window", "The time of this badge has not begun yet.")
        if self.team is not None and past.team is None:
            raise Refused("team-known", "There is no such team, or it was disbanded.")
        if self.team is not None and self.member not in (past.team or ()):
            raise Refused("team-member", "Join the team first.")
        if life.started_at is not None:
            return []
        return [ShiftStarted(**self.said(), fit_for_duty=True, team=self.team)]


class EndShift(BadgeRequest):
    def decide(self, past: Member) -> list[Event]:
        life = self.life(past)
        if life.started_at is None:
            raise Refused("shift-started", "This shift has not been started.")
        if life.ended_at is not None:
            return []
        return [ShiftEnded(**self.said())]
