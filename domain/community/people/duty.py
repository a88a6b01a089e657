"""Whether a hand had the right to scan at a moment: by a valid badge on a shift, or by a role of its own.

Everything is judged by ``happened_at``. Facts may be heard in any order and any number of times, and a fact changes no
answer about an earlier moment.
"""

from bisect import insort
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from domain.base import Event, HolderKind
from domain.community.people.facts import (
    BadgeFact,
    BadgeIssued,
    BadgeRedeemed,
    BadgeRevoked,
    CaptainNamed,
    CaptainRelieved,
    MemberFact,
    RoleGiven,
    RoleWithdrawn,
    ShiftEnded,
    ShiftStarted,
)

SCANS_BY_ITSELF: Final = frozenset({"admin", "staff", "gate", "disinfection", "sorter", "runner"})
"""Roles that a member may hold for good and scan with, without a badge."""
KNOWN_BEFORE_ASKING: Final[Mapping[HolderKind, frozenset[HolderKind]]] = {
    "volunteer": frozenset({"volunteer"}),
    "team": frozenset({"volunteer", "team"}),
    "captain": frozenset({"volunteer", "captain"}),
    "station": frozenset({"volunteer", "station"}),
}
"""A taker of a kind should be known once the compound knows a first one of each of these; a household has its door.

The first volunteer was approved, the first team formed, captain named, station opened.
"""
FOR_GOOD: Final = datetime.max.replace(tzinfo=UTC)
HEARD: Final[frozenset[type[Event]]] = frozenset({
    BadgeIssued, BadgeRedeemed, BadgeRevoked, ShiftStarted, ShiftEnded, RoleGiven, RoleWithdrawn, CaptainNamed,
    CaptainRelieved,
})  # fmt: skip
"""Facts that change what a hand may do."""


class BadgeLife:
    """What became of one badge; of each kind of fact the earliest counts."""

    __slots__ = ("ended_at", "issued", "redeemed_at", "revoked_at", "started_at")

    def __init__(self) -> None:
        self.issued: BadgeIssued | None = None
        self.redeemed_at: datetime | None = None
        self.revoked_at: datetime | None = None
        self.started_at: datetime | None = None
        self.ended_at: datetime | None = None

    def hear(self, fact: BadgeFact) -> None:
        match fact:
            case BadgeIssued():
                if self.issued is None or _order(fact) < _order(self.issued):
                    self.issued = fact
            case BadgeRedeemed():
                self.redeemed_at = earliest(self.redeemed_at, fact.happened_at)
            case BadgeRevoked():
                self.revoked_at = earliest(self.revoked_at, fact.happened_at)
            case ShiftStarted():
                self.started_at = earliest(self.started_at, fact.happened_at)
            case ShiftEnded():
                self.ended_at = earliest(self.ended_at, fact.happened_at)
            case _:
                pass

    def is_valid_at(self, at: datetime) -> bool:
        issued = self.issued
        return (
            issued is not None
            and issued.happened_at <= at
            and issued.from_ <= at <= issued.until
            and self.redeemed_at is not None
            and self.redeemed_at <= at
            and (self.revoked_at is None or at <= self.revoked_at)
        )

    def is_on_shift_at(self, at: datetime) -> bool:
        started = self.started_at is not None and self.started_at <= at
        return started and (self.ended_at is None or at <= self.ended_at)


class Duty:
    """One member's badges, shifts and rights."""

    __slots__ = ("badges", "rights")

    def __init__(self, facts: Iterable[Event] = ()) -> None:
        self.badges: dict[str, BadgeLife] = {}
        self.rights: dict[str, list[tuple[datetime, str, datetime]]] = {}
        """By right: since when, by which command, until when; what comes later replaces what was before."""
        for fact in facts:
            self.hear(fact)

    def hear(self, fact: Event) -> None:
        match fact:
            case BadgeFact():
                self.badges.setdefault(fact.badge, BadgeLife()).hear(fact)
            case RoleGiven() if fact.role in SCANS_BY_ITSELF:
                self._right(fact.role, fact, FOR_GOOD)
            case RoleWithdrawn():
                self._right(fact.role, fact, fact.happened_at)
            case CaptainNamed():
                for building in fact.buildings:
                    self._right(f"captain-{building}", fact, fact.until)
            case CaptainRelieved():
                for building in fact.buildings:
                    self._right(f"captain-{building}", fact, fact.happened_at)
            case _:
                pass

    def _right(self, right: str, fact: MemberFact, until: datetime) -> None:
        known = self.rights.setdefault(right, [])
        change = (fact.happened_at, fact.command.hex, until)
        if change not in known:
            insort(known, change)

    def broken_at(self, at: datetime) -> tuple[str, ...]:
        """The rules that a scan at this moment breaks; none before a badge was issued or with a right of one's own."""
        if not self.was_issued_a_badge_by(at) or self.scans_by_right_at(at):
            return ()
        return tuple(self._broken(at))

    def _broken(self, at: datetime) -> Iterator[str]:
        if not any(badge.is_valid_at(at) for badge in self.badges.values()):
            yield "badge-valid"
        if not any(badge.is_on_shift_at(at) for badge in self.badges.values()):
            yield "on-shift"

    def was_issued_a_badge_by(self, at: datetime) -> bool:
        return any(badge.issued is not None and badge.issued.happened_at <= at for badge in self.badges.values())

    def scans_by_right_at(self, at: datetime) -> bool:
        for changes in self.rights.values():
            before = [until for since, _, until in changes if since <= at]
            if before and at < before[-1]:
                return True
        return False


def earliest(known: datetime | None, other: datetime) -> datetime:
    return other if known is None else min(known, other)


def _order(fact: Event) -> tuple[datetime, str]:
    return fact.happened_at, fact.command.hex
