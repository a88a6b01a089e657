"""What a request needs to know of other topics than its own, as a small frozen value."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from domain.base import Request
from domain.community.compound import Compound
from domain.community.door_codes import BuildingWithDoors, DoorCodes, RenewDoorCodes
from domain.community.people.badges import Crew, IssueBadge, StartShift
from domain.community.people.facts import member_stream
from domain.community.people.member import Member, Surroundings
from domain.community.people.membership import NameCaptain
from domain.community.teams import Joining, JoinTeam, Team, team_stream
from domain.goods.facts import building_of
from infra.committer import Past as Record


class Need(NamedTuple):
    """The other topic's stream, and what is made of its state and the request's own; no state: nothing was said yet."""

    stream: Callable[[Any], str | None]
    joined: Callable[[Any, Any, Any], object]


def _compound(request: Request) -> str:
    return f"compound-{request.compound}"


def _member_in_compound(_request: Request, member: Member, compound: Compound | None) -> Surroundings:
    if compound is None:
        return Surroundings(member, frozenset(), frozenset())
    return Surroundings(member, frozenset(compound.rooms), frozenset(compound.stations))


def _member_in_team(_request: StartShift, member: Member, team: Team | None) -> Crew:
    return Crew(member, frozenset(team.members) if team and team.is_there else None)


def _team_and_member(_request: JoinTeam, team: Team, member: Member | None) -> Joining:
    return Joining(team, member or Member())


def _doors(request: RenewDoorCodes, codes: DoorCodes, compound: Compound | None) -> BuildingWithDoors:
    if compound is None or request.building not in compound.rooms:
        return BuildingWithDoors(codes, None)
    doors = {door for door in compound.households if building_of(door) == request.building}
    return BuildingWithDoors(codes, frozenset(doors))


NEEDS: Final[Mapping[type[Request], Need]] = {
    NameCaptain: Need(_compound, _member_in_compound),
    IssueBadge: Need(_compound, _member_in_compound),
    StartShift: Need(lambda request: team_stream(request.team) if request.team else None, _member_in_team),
    JoinTeam: Need(lambda request: member_stream(request.member), _team_and_member),
    RenewDoorCodes: Need(_compound, _doors),
}
"""A request that is not listed is decided against its own topic alone."""


def streams_beside(request: Request) -> tuple[str, ...]:
    need = NEEDS.get(type(request))
    stream = need.stream(request) if need else None
    return (stream,) if stream else ()


def decided_against(request: Request, own: Any, record: Record) -> Any:
    """What the request's ``decide`` takes."""
    need = NEEDS.get(type(request))
    if need is None:
        return own
    stream = need.stream(request)
    return need.joined(request, own, record.state(stream) if stream else None)
