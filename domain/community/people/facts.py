"""What happens to a member, told by opaque ids only."""

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, AwareDatetime, StringConstraints

from domain.base import LONG_NUMBER, Building, Event, StationId


def opaque(number: str) -> str:
    if LONG_NUMBER.search(number):
        message = "a number of ours holds no seven digits in a row, as phone numbers do"
        raise ValueError(message)
    return number


MemberNumber = Annotated[str, StringConstraints(pattern=r"^m[0-9a-hjkmnp-tv-z]{8}$"), AfterValidator(opaque)]
"""Made at random when a member is registered; the same person acts under it whatever badge or role they use."""
TeamNumber = Annotated[str, StringConstraints(pattern=r"^t[0-9a-hjkmnp-tv-z]{6}$")]
BadgeId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
"""The id of the command that issued it, in hex."""
Device = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]

Body = Literal["committee", "owners-committee", "property-company", "volunteer", "resident"]
MemberRole = Literal[
    "admin", "staff", "auditor", "gate", "disinfection", "sorter", "runner", "captain", "leader", "viewer", "district"
]
HowNamed = Literal["recruited", "elected"]
SuspensionReason = Literal["left-the-compound", "badge-lent", "rules-broken", "asked-by-member", "staff-decision"]
RevocationReason = Literal["lost", "lent", "shift-cancelled", "issued-by-mistake", "member-suspended", "staff-decision"]


class MemberFact(Event):
    stored: ClassVar[bool] = False

    member: MemberNumber

    @property
    def stream(self) -> str:
        return member_stream(self.member)


class MemberRegistered(MemberFact):
    body: Body
    applied: bool = False
    """True where a volunteer asked to be taken on, False where staff registered somebody."""


class MemberApproved(MemberFact):
    body: Body
    """What they are approved as."""

    def links(self) -> Iterable[tuple[str, str]]:
        if self.body == "volunteer":
            yield "volunteers", self.stream


class MemberSuspended(MemberFact):
    reason: SuspensionReason


class MemberReinstated(MemberFact):
    pass


class RoleGiven(MemberFact):
    role: MemberRole


class RoleWithdrawn(MemberFact):
    role: MemberRole


class CaptainNamed(MemberFact):
    buildings: tuple[Building, ...]
    how: HowNamed
    until: AwareDatetime
    deputy: bool = False

    def links(self) -> Iterable[tuple[str, str]]:
        yield "captains", self.stream
        for building in self.buildings:
            yield f"captains-{building}", self.stream


class CaptainRelieved(MemberFact):
    buildings: tuple[Building, ...]


class BadgeFact(MemberFact):
    stored: ClassVar[bool] = False

    badge: BadgeId


class BadgeIssued(BadgeFact):
    role: MemberRole
    station: StationId | None = None
    buildings: tuple[Building, ...] = ()
    """Empty: not bound to buildings."""
    from_: AwareDatetime
    until: AwareDatetime


class BadgeRedeemed(BadgeFact):
    """A phone took it; ``device`` is that phone."""


class BadgeRevoked(BadgeFact):
    reason: RevocationReason


class ShiftStarted(BadgeFact):
    fit_for_duty: Literal[True]
    """Whoever says no starts no shift, and nothing is kept of it."""
    team: TeamNumber | None = None


class ShiftEnded(BadgeFact):
    pass


def member_stream(member: str) -> str:
    return f"member-{member}"
