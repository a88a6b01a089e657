"""Teams by task: formed, joined, left, disbanded. A team may give and take goods as a holder."""

from collections.abc import Iterable
from typing import ClassVar, Literal, NamedTuple, Self

from domain.base import Event, Refused, Request, said_by
from domain.community.people.facts import MemberNumber, TeamNumber
from domain.community.people.member import Member, must_be_in_good_standing

Task = Literal["gate", "disinfection", "sorting", "delivery", "handouts", "errands"]


class TeamFact(Event):
    stored: ClassVar[bool] = False

    team: TeamNumber

    @property
    def stream(self) -> str:
        return team_stream(self.team)


class TeamFormed(TeamFact):
    task: Task

    def links(self) -> Iterable[tuple[str, str]]:
        yield "teams", self.stream


class TeamJoined(TeamFact):
    member: MemberNumber


class TeamLeft(TeamFact):
    member: MemberNumber


class TeamDisbanded(TeamFact):
    pass


class Team:
    """What decisions about a team need of its past."""

    def __init__(self) -> None:
        self.formed: TeamFormed | None = None
        self.disbanded = False
        self.members: set[str] = set()

    def evolve(self, event: Event) -> Self:
        match event:
            case TeamFormed():
                self.formed = event
            case TeamJoined():
                self.members.add(event.member)
            case TeamLeft():
                self.members.discard(event.member)
            case TeamDisbanded():
                self.disbanded = True
            case _:
                pass
        return self

    @property
    def is_there(self) -> bool:
        return self.formed is not None and not self.disbanded


class Joining(NamedTuple):
    """A team and the member who wants to join it."""

    team: Team
    member: Member


class TeamRequest(Request):
    team: TeamNumber

    @property
    def stream(self) -> str:
        return team_stream(self.team)


class FormTeam(TeamRequest):
    """Under a number that no team has yet."""

    task: Task

    def decide(self, past: Team) -> list[Event]:
        if past.formed is not None:
            raise Refused("team-new", "This number belongs to a team already; take another one.")
        return [TeamFormed(**said_by(self), team=self.team, task=self.task)]


class JoinTeam(TeamRequest):
    member: MemberNumber

    def decide(self, past: Joining) -> list[Event]:
        must_be_there(past.team)
        must_be_in_good_standing(past.member)
        if self.member in past.team.members:
            return []
        return [TeamJoined(**said_by(self), team=self.team, member=self.member)]


class LeaveTeam(TeamRequest):
    member: MemberNumber

    def decide(self, past: Team) -> list[Event]:
        if past.formed is None:
            raise Refused("team-known", "There is no such team, or it was disbanded.")
        if self.member not in past.members:
            return []
        return [TeamLeft(**said_by(self), team=self.team, member=self.member)]


class DisbandTeam(TeamRequest):
    def decide(self, past: Team) -> list[Event]:
        if past.formed is None:
            raise Refused("team-known", "There is no such team, or it was disbanded.")
        return [] if past.disbanded else [TeamDisbanded(**said_by(self), team=self.team)]


def must_be_there(team: Team) -> None:
    if not team.is_there:
        raise Refused("team-known", "There is no such team, or it was disbanded.")


def team_stream(team: str) -> str:
    return f"team-{team}"
