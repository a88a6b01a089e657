"""Requests about who belongs to the compound and what they are: registered, approved, given a role, named captain."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, Field

from domain.base import Building, Event, Refused, Request, said_by
from domain.community.people.facts import (
    BadgeRevoked,
    Body,
    CaptainNamed,
    CaptainRelieved,
    HowNamed,
    MemberApproved,
    MemberNumber,
    MemberRegistered,
    MemberReinstated,
    MemberRole,
    MemberSuspended,
    RoleGiven,
    RoleWithdrawn,
    SuspensionReason,
    member_stream,
)
from domain.community.people.member import (
    Member,
    Surroundings,
    must_be_buildings_of,
    must_be_in_good_standing,
    must_be_registered,
)

LONGEST_CAPTAINCY: Final = timedelta(days=366)


class MemberRequest(Request):
    member: MemberNumber

    @property
    def stream(self) -> str:
        return member_stream(self.member)


class RegisterMember(MemberRequest):
    """Staff register somebody under a number that nobody has yet."""

    body: Body
    approve: bool = False
    """Approve them in the same step, as staff do with whoever stands before them."""

    def decide(self, past: Member) -> list[Event]:
        must_be_new(past)
        registered = MemberRegistered(**said_by(self), member=self.member, body=self.body)
        approved = MemberApproved(**said_by(self), member=self.member, body=self.body)
        return [registered, approved] if self.approve else [registered]


class ApplyAsVolunteer(MemberRequest):
    """Somebody asks to be taken on as a volunteer; the actor is the new number itself."""

    def decide(self, past: Member) -> list[Event]:
        must_be_new(past)
        if self.actor != self.member:
            raise Refused("applies-by-oneself", "Everybody applies for themselves; staff register others.")
        return [MemberRegistered(**said_by(self), member=self.member, body="volunteer", applied=True)]


class ApproveMember(MemberRequest):
    def decide(self, past: Member) -> list[Event]:
        body = must_be_registered(past)
        if past.approved_at is not None:
            return []
        if past.suspended:
            raise Refused("member-not-suspended", "This member is suspended; reinstate them first.")
        return [MemberApproved(**said_by(self), member=self.member, body=body)]


class SuspendMember(MemberRequest):
    """Also revokes the badges that are not over yet; reinstating does not bring those back."""

    reason: SuspensionReason

    def decide(self, past: Member) -> list[Event]:
        must_be_registered(past)
        if past.suspended:
            return []
        common = said_by(self) | {"member": self.member}
        return [MemberSuspended(**common, reason=self.reason), *self.revocations(past)]

    def revocations(self, past: Member) -> Iterable[Event]:
        common = said_by(self) | {"member": self.member}
        for badge, life in past.badges.items():
            if life.issued and life.revoked_at is None and self.happened_at <= life.issued.until:
                yield BadgeRevoked(**common, badge=badge, reason="member-suspended")


class ReinstateMember(MemberRequest):
    def decide(self, past: Member) -> list[Event]:
        must_be_registered(past)
        return [MemberReinstated(**said_by(self), member=self.member)] if past.suspended else []


class GiveRole(MemberRequest):
    role: MemberRole

    def decide(self, past: Member) -> list[Event]:
        must_be_in_good_standing(past)
        if self.role == "captain":
            raise Refused("captain-named", "A captain is named for buildings and until a date.")
        if self.role in past.roles:
            return []
        return [RoleGiven(**said_by(self), member=self.member, role=self.role)]


class WithdrawRole(MemberRequest):
    role: MemberRole

    def decide(self, past: Member) -> list[Event]:
        must_be_registered(past)
        if self.role not in past.roles:
            return []
        return [RoleWithdrawn(**said_by(self), member=self.member, role=self.role)]


class NameCaptain(MemberRequest):
    """A building may have several captains and deputies; new terms replace those that stand only where that is said."""

    buildings: Annotated[tuple[Building, ...], Field(min_length=1, max_length=100)]
    how: HowNamed
    until: AwareDatetime
    deputy: bool = False
    instead: bool = False
    """Of the terms under which they are captain of one of these buildings already."""

    def decide(self, past: Surroundings) -> list[Event]:
        must_be_in_good_standing(past.member)
        must_be_buildings_of(past.buildings, self.buildings)
        if not self.happened_at < self.until <= self.happened_at + LONGEST_CAPTAINCY:
            raise Refused("until-sane", "Name a captain until a date to come, at most a year from now.")
        buildings = tuple(dict.fromkeys(self.buildings))
        if all(self.stands(past.member.captain_of.get(building)) for building in buildings):
            return []
        if not self.instead and any(self.replaces(past.member.captain_of.get(building)) for building in buildings):
            raise Refused("captain-again", "They are captain of one of these buildings already, under other terms.")
        named = CaptainNamed(
            **said_by(self),
            member=self.member,
            buildings=buildings,
            how=self.how,
            until=self.until,
            deputy=self.deputy,
        )
        return [named]

    def replaces(self, named: CaptainNamed | None) -> bool:
        return named is not None and self.happened_at < named.until and not self.stands(named)

    def stands(self, named: CaptainNamed | None) -> bool:
        return named is not None and (named.how, named.until, named.deputy) == (self.how, self.until, self.deputy)


class RelieveCaptain(MemberRequest):
    buildings: tuple[Building, ...] | Literal["all"] = "all"

    def decide(self, past: Member) -> list[Event]:
        must_be_registered(past)
        asked = past.captain_of if self.buildings == "all" else dict.fromkeys(self.buildings)
        buildings = tuple(building for building in asked if building in past.captain_of)
        return [CaptainRelieved(**said_by(self), member=self.member, buildings=buildings)] if buildings else []


def must_be_new(past: Member) -> None:
    if past.body is not None:
        raise Refused("member-new", "This number belongs to a member already; take another one.")
