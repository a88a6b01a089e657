"""Volunteers with badges as the badge desk hands them out: the fact first, then the token."""

from datetime import timedelta
from uuid import UUID, uuid4

from first_day import COMPOUND, asked, take

from domain.community.people.badges import IssueBadge, RevokeBadge
from domain.community.people.membership import RegisterMember, SuspendMember
from domain.community.teams import FormTeam
from infra.auth import BadgeWanted, Scope
from services.numbers import new_member_number, new_team_number
from services.wiring import now


def volunteer(house, body="volunteer"):
    """The number of a new member."""
    number = new_member_number()
    take(house, [RegisterMember(**asked(member=number, body=body, approve=True))])
    return number


def badge(house, member, role="runner", *, station=None, begins=-1, ends=8):
    """The token for the QR code and the badge's id; the window in hours from now."""
    window = now() + timedelta(hours=begins), now() + timedelta(hours=ends)
    issued = asked(member=member, role=role, station=station, from_=window[0], until=window[1])
    take(house, [IssueBadge(**issued)])
    scope = Scope.of(stations=[station] if station else None)
    wanted = BadgeWanted(UUID(str(issued["id"])).hex, COMPOUND, member, role, *window, station=station, scope=scope)
    return house.access.issue_badge(wanted), wanted.id


def revoked(house, member, issued):
    house.access.revoke_badge(issued)
    take(house, [RevokeBadge(**asked(member=member, badge=issued, reason="lost"))])


def suspended_in_record_only(house, member):
    take(house, [SuspendMember(**asked(member=member, reason="staff-decision"))])


def team(house, task="delivery"):
    number = new_team_number()
    take(house, [FormTeam(**asked(team=number, task=task))])
    return number


def facts(house, name, member=None):
    events = [each.event for each in house.log.read(0, 100_000)]
    return [
        event
        for event in events
        if type(event).__name__ == name and (member is None or getattr(event, "member", None) == member)
    ]


def an_id():
    return str(uuid4())
