"""A member as decisions see them, and the guards that most requests share."""

from datetime import datetime
from typing import NamedTuple, Self

from domain.base import Event, Refused
from domain.community.people.duty import BadgeLife, Duty
from domain.community.people.facts import (
    Body,
    CaptainNamed,
    CaptainRelieved,
    MemberApproved,
    MemberRegistered,
    MemberReinstated,
    MemberSuspended,
    RoleGiven,
    RoleWithdrawn,
)


class Member:
    """What decisions about a member need of their past."""

    def __init__(self) -> None:
        self.body: Body | None = None
        self.approved_at: datetime | None = None
        self.suspended = False
        self.roles: set[str] = set()
        self.captain_of: dict[str, CaptainNamed] = {}
        """By building; one whose time is over stays until relieved or named again."""
        self.first_captain_at: datetime | None = None
        self.duty = Duty()

    def evolve(self, event: Event) -> Self:
        self.duty.hear(event)
        match event:
            case MemberRegistered():
                self.body = event.body
            case MemberApproved():
                self.approved_at = self.approved_at or event.happened_at
            case MemberSuspended():
                self.suspended = True
            case MemberReinstated():
                self.suspended = False
            case RoleGiven():
                self.roles.add(event.role)
            case RoleWithdrawn():
                self.roles.discard(event.role)
            case CaptainNamed():
                self.first_captain_at = self.first_captain_at or event.happened_at
                self.captain_of |= dict.fromkeys(event.buildings, event)
            case CaptainRelieved():
                for building in event.buildings:
                    self.captain_of.pop(building, None)
            case _:
                pass
        return self

    @property
    def badges(self) -> dict[str, BadgeLife]:
        return self.duty.badges

    def buildings_at(self, at: datetime) -> frozenset[str]:
        """The buildings that they are captain or deputy of."""
        return frozenset(building for building, named in self.captain_of.items() if at < named.until)


class Surroundings(NamedTuple):
    """A member's past together with what there is in the compound."""

    member: Member
    buildings: frozenset[str]
    stations: frozenset[str]


def must_be_registered(member: Member) -> Body:
    if member.body is None:
        raise Refused("member-known", "There is no such member; register them first.")
    return member.body


def must_be_in_good_standing(member: Member) -> None:
    must_be_registered(member)
    if member.approved_at is None:
        raise Refused("member-approved", "This member has not been approved yet.")
    if member.suspended:
        raise Refused("member-not-suspended", "This member is suspended; reinstate them first.")


def must_be_buildings_of(buildings: frozenset[str], named: tuple[str, ...]) -> None:
    unknown = next((building for building in named if building not in buildings), None)
    if unknown is not None:
        raise Refused("building-known", f"There is no building {unknown} on the roster of this compound.")
