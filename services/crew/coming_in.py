"""A badge on its way through a day: opened on a phone, a shift started on it and ended.

A withdrawal shuts the door in ``house.access`` first and is recorded then.
"""

import secrets
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple
from uuid import uuid4

import structlog

from domain.base import Refused
from domain.community.people.badges import EndShift, RedeemBadge, StartShift
from domain.community.people.membership import GiveRole, RegisterMember
from domain.community.teams import JoinTeam, Task
from infra.auth import Badge as Credential
from infra.auth import NotRedeemed, Redeemed
from infra.committer import Answer
from infra.errors import Conflict, StorageUnavailable
from projections import badges, teams
from projections.badges import Badge
from projections.teams import Team
from services.numbers import new_member_number
from services.roles import Person
from services.wiring import House, now

WhyNot = NotRedeemed | Literal["refused", "ended"]
"""``refused``: the credential was good, but the record says otherwise, of a suspended member for example.

``ended``: revoked because its shift was ended.
"""

TASKS_OF: Final[Mapping[str, tuple[Task, ...]]] = {
    "gate": ("gate",),
    "disinfection": ("disinfection",),
    "sorter": ("sorting",),
    "runner": ("delivery", "errands", "handouts"),
    "captain": ("handouts", "delivery"),
}
"""The tasks whose teams somebody with a badge of that role works in."""

log = structlog.get_logger(__name__)


class Own(NamedTuple):
    """Whose badge it is and which."""

    compound: str
    member: str
    badge: str
    device: str


def own_badge(person: Person) -> Own:
    """Raises Refused for who has come in without a badge."""
    if person.badge is None or person.compound is None:
        raise Refused("badge-open", "A shift belongs to a badge: open yours on this phone first.")
    return Own(person.compound, person.actor, person.badge, person.device or new_device())


def new_device() -> str:
    """A name for a phone that has not given itself one."""
    return f"phone-{secrets.token_hex(6)}"


async def opened_badge(house: House, redeemed: Redeemed, device: str) -> Redeemed | WhyNot:
    """What the record says to a badge whose code was good."""
    try:
        await record_opening(house, of_credential(redeemed.badge, device))
    except Refused:
        house.access.sign_out(redeemed.session)
        return "refused"
    except (Conflict, StorageUnavailable) as error:  # start_shift records it before anything is scanned
        log.warning("badge_opening_not_recorded", error=type(error).__name__)
    return redeemed


def withdrawn_or_ended(house: House, code: str) -> Literal["revoked", "ended"]:
    """What the record says of a badge that opens nothing any more."""
    badge = house.access.badge_behind(code)
    known = badge and badge_in_record(house, of_credential(badge, ""))
    return "ended" if known and known.ended_at is not None and known.revoked_at is None else "revoked"


def of_credential(badge: Credential, device: str) -> Own:
    return Own(badge.compound, badge.member, badge.id, device)


async def record_opening(house: House, own: Own) -> None:
    """Once: a badge that was given out anew for a lost phone has been opened before. Raises Refused."""
    request = RedeemBadge(**said(own), device=own.device)
    try:
        await house.office.request(request)
    except Refused as refused:
        if refused.rule != "badge-unused":
            raise


async def start_shift(house: House, own: Own, team: str | None) -> Answer:
    """Of somebody who is fit for duty; who chooses a team joins it. Raises Refused."""
    if team is not None:
        common = {"compound": own.compound, "actor": own.member, "happened_at": now()}
        await house.office.request(JoinTeam(id=uuid4(), **common, team=team, member=own.member))
    try:
        return await house.office.request(StartShift(**said(own), fit_for_duty=True, team=team))
    except Refused as refused:
        if refused.rule != "badge-redeemed":
            raise
    await record_opening(house, own)
    return await house.office.request(StartShift(**said(own), fit_for_duty=True, team=team))


async def end_shift(house: House, own: Own) -> None:
    house.access.end_shift(own.badge)
    try:
        await house.office.request(EndShift(**said(own)))
    except Refused as refused:
        if refused.rule != "shift-started":
            log.warning("shift_end_refused", rule=refused.rule)
    except (Conflict, StorageUnavailable) as error:  # the door is shut; the record ends the shift with its window
        log.error("shift_end_not_recorded", badge=own.badge, error=type(error).__name__)


def said(own: Own) -> dict[str, object]:
    return {
        "id": uuid4(),
        "compound": own.compound,
        "actor": own.member,
        "happened_at": now(),
        "member": own.member,
        "badge": own.badge,
    }


def badge_in_record(house: House, own: Own) -> Badge | None:
    with house.read.reading() as rows:
        return badges.badge(rows, own.compound, own.badge)


def waits_to_start(house: House, person: Person) -> bool:
    """Came in with a badge and has not been asked yet whether they are fit for duty."""
    if person.badge is None:
        return False
    badge = badge_in_record(house, own_badge(person))
    return badge is not None and badge.started_at is None


def teams_to_choose(house: House, person: Person) -> list[Team]:
    """Those of the task that the badge is for; where there is none, any that the member belongs to."""
    tasks = TASKS_OF.get(person.role, ())
    with house.read.reading() as rows:
        known = teams.teams(rows, person.compound or "")
    return [team for team in known if team.task in tasks or person.actor in team.members]


async def become_member(house: House, actor: str, compound: str) -> str:
    """An administrator who came by a link of the terminal gets a number of their own in the compound; returns it."""
    number = new_member_number()
    common = {"compound": compound, "actor": actor, "happened_at": now(), "member": number}
    await house.office.request(RegisterMember(id=uuid4(), **common, body="committee", approve=True))
    await house.office.request(GiveRole(id=uuid4(), **common, role="admin"))
    house.access.made_in_the_name_of(number, actor)
    return number
