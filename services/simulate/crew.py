"""The people of a simulated compound: members under numbers that hang on the seed, captains, teams and shifts."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any, Final, NamedTuple
from uuid import UUID

from domain.base import LONG_NUMBER, Request
from domain.community.people.badges import EndShift, IssueBadge, RedeemBadge, StartShift
from domain.community.people.facts import Body, MemberRole
from domain.community.people.membership import (
    ApplyAsVolunteer,
    GiveRole,
    NameCaptain,
    RegisterMember,
    SuspendMember,
)
from domain.community.teams import FormTeam, JoinTeam, Task
from services.numbers import SYMBOLS
from services.simulate.chance import chance, drawn_id, milliseconds

ACTOR: Final = "simulation"
CAPTAINS_NAMED_FOR: Final = timedelta(days=90)
APPLICANTS: Final = 3
DEPUTIES: Final = 6
TEAMS: Final[tuple[tuple[str, Task, tuple[str, ...]], ...]] = (
    ("morning", "sorting", ("sorter-1", "sorter-2", "sorter-3", "sorter-4")),
    ("clean", "disinfection", ("disinfection-1", "disinfection-2")),
    ("north", "delivery", ("runner-1", "runner-2", "runner-3", "runner-4", "runner-5", "runner-6")),
    ("south", "delivery", ("runner-7", "runner-8", "runner-9", "runner-10", "runner-11", "runner-12")),
)
BODIES: Final[dict[str, Body]] = {"staff": "committee", "gate": "property-company", "captain": "resident"}
ON_BADGES: Final[dict[str, MemberRole]] = {"disinfection": "disinfection", "sorter": "sorter", "runner": "runner"}
"""Volunteers work with a badge for each shift; committee and guards hold their role for good."""
FOR_GOOD: Final[dict[str, MemberRole]] = {"staff": "staff", "gate": "gate"}
STATION_OF: Final = {"disinfection": "disinfection", "sorter": "sorting"}


@cache
def member_number(seed: int, compound: str, hand: str) -> str:
    """Of a phone's hand, such as ``runner-3``."""
    return _number("m", 8, seed, compound, hand)


@cache
def team_number(seed: int, compound: str, name: str) -> str:
    return _number("t", 6, seed, compound, f"team-{name}")


def _number(kind: str, symbols: int, *names: object) -> str:
    draw = chance(int(str(names[0])), *names[1:], "number")
    while True:
        number = kind + "".join(draw.choice(SYMBOLS) for _ in range(symbols))
        if not LONG_NUMBER.search(number):
            return number


class Shift(NamedTuple):
    """A badge of the simulation, from the moment on that it tells."""

    hand: str
    member: str
    role: MemberRole
    station: str | None
    badge: UUID
    requests: tuple[Request, ...]
    begins: datetime
    ends: datetime


class Crew(NamedTuple):
    """The hands of one compound."""

    seed: int
    compound: str
    hands: tuple[str, ...]

    def member(self, hand: str) -> str:
        return member_number(self.seed, self.compound, hand)

    def said(self, at: datetime, draw: Any, actor: str = ACTOR) -> dict[str, Any]:
        return {
            "id": UUID(drawn_id(draw, milliseconds(at))),
            "compound": self.compound,
            "actor": actor,
            "happened_at": at,
        }

    def joining(self, at: datetime, *, by_right: bool) -> Iterator[Request]:
        """``by_right``: everybody holds their role for good, and no badge is needed."""
        draw = chance(self.seed, self.compound, "joining")
        for hand in self.hands:
            kind, _, number = hand.partition("-")
            member = self.member(hand)
            body = BODIES.get(kind, "volunteer")
            yield RegisterMember(**self.said(at, draw), member=member, body=body, approve=True)
            role = FOR_GOOD.get(kind) or (ON_BADGES.get(kind) if by_right else None)
            if role is not None:
                yield GiveRole(**self.said(at, draw), member=member, role=role)
            if kind == "captain":
                until = at + CAPTAINS_NAMED_FOR
                yield NameCaptain(
                    **self.said(at, draw),
                    member=member,
                    buildings=(number,),
                    how="recruited",
                    until=until,
                    instead=True,
                )
        yield from self.deputies(at, draw)
        yield from self.others(at, draw)
        for name, task, hands in TEAMS:
            team = team_number(self.seed, self.compound, name)
            yield FormTeam(**self.said(at, draw), team=team, task=task)
            for hand in hands:
                yield JoinTeam(**self.said(at, draw), team=team, member=self.member(hand))

    def deputies(self, at: datetime, draw: Any) -> Iterator[Request]:
        captains = [hand for hand in self.hands if hand.startswith("captain-")]
        for hand, other in list(pairwise(captains))[:: max(1, len(captains) // DEPUTIES)]:
            yield NameCaptain(
                **self.said(at, draw),
                member=self.member(hand),
                buildings=(other.partition("-")[2],),
                how="elected",
                until=at + CAPTAINS_NAMED_FOR,
                deputy=True,
                instead=True,
            )

    def others(self, at: datetime, draw: Any) -> Iterator[Request]:
        """Who does not scan: some wait for approval, one was suspended."""
        for number in range(1, APPLICANTS + 1):
            member = self.member(f"applicant-{number}")
            yield ApplyAsVolunteer(**self.said(at, draw, member), member=member)
        left = self.member("left-1")
        yield RegisterMember(**self.said(at, draw), member=left, body="volunteer", approve=True)
        yield SuspendMember(**self.said(at, draw), member=left, reason="asked-by-member")

    def shifts(self, begins: datetime, ends: datetime) -> Iterator[Shift]:
        """A badge for each volunteer: issued, opened on the phone, and the shift begun, all at the beginning."""
        draw = chance(self.seed, self.compound, "shift", milliseconds(begins))
        team_of = {hand: team_number(self.seed, self.compound, name) for name, _, hands in TEAMS for hand in hands}
        for hand in self.hands:
            kind = hand.partition("-")[0]
            role = ON_BADGES.get(kind)
            if role is None:
                continue
            member, station = self.member(hand), STATION_OF.get(kind)
            issue = IssueBadge(
                **self.said(begins, draw), member=member, role=role, station=station, from_=begins, until=ends
            )
            about = {"member": member, "badge": issue.id.hex}
            requests = (
                issue,
                RedeemBadge(**self.said(begins, draw, member), **about, device=f"phone-{hand}"),
                StartShift(**self.said(begins, draw, member), **about, fit_for_duty=True, team=team_of.get(hand)),
            )
            yield Shift(hand, member, role, station, issue.id, requests, begins, ends)

    def end_of(self, badge: UUID, member: str, at: datetime) -> Request:
        draw = chance(self.seed, self.compound, "end", badge.hex)
        return EndShift(**self.said(at, draw, member), member=member, badge=badge.hex)
