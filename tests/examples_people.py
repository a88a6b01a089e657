"""One example of each fact about people, and of what may be asked; every field can be said otherwise."""

from datetime import timedelta
from uuid import uuid4

import examples as e

from domain.community.compound import BuildingAdded, CompoundFounded, HouseholdsAdded, StationOpened
from domain.community.door_codes import DoorCodesRenewed
from domain.community.door_settings import DoorSettings
from domain.community.emergencies import Countersigned, EmergencyActed
from domain.community.people.facts import (
    BadgeIssued,
    BadgeRedeemed,
    BadgeRevoked,
    CaptainNamed,
    CaptainRelieved,
    MemberApproved,
    MemberRegistered,
    MemberReinstated,
    MemberSuspended,
    RoleGiven,
    RoleWithdrawn,
    ShiftEnded,
    ShiftStarted,
)
from domain.community.teams import TeamDisbanded, TeamFormed, TeamJoined, TeamLeft

MEMBER = "m7kq2x9d4"
OTHER = "m3rb8w5tz"
TEAM = "t4k9qxz"
BADGE = "b" * 32
STAFF = "staff-1"
NEXT_MONTH = e.at(60 * 24 * 30)


def said(minutes, **other):
    return e.said(minutes, **{"actor": STAFF} | other)


def about(minutes, **other):
    return said(minutes, **{"member": MEMBER} | other)


def registered(minutes=-100, **other):
    return MemberRegistered(**about(minutes, **{"body": "volunteer"} | other))


def approved(minutes=-95, **other):
    return MemberApproved(**about(minutes, **{"body": "volunteer"} | other))


def suspended(minutes=200, **other):
    return MemberSuspended(**about(minutes, **{"reason": "badge-lent"} | other))


def reinstated(minutes=210, **other):
    return MemberReinstated(**about(minutes, **other))


def role_given(minutes=-90, **other):
    return RoleGiven(**about(minutes, **{"role": "staff"} | other))


def role_withdrawn(minutes=300, **other):
    return RoleWithdrawn(**about(minutes, **{"role": "staff"} | other))


def captain_named(minutes=-90, **other):
    usual = {"buildings": ("12",), "how": "recruited", "until": NEXT_MONTH}
    return CaptainNamed(**about(minutes, **usual | other))


def captain_relieved(minutes=300, **other):
    return CaptainRelieved(**about(minutes, **{"buildings": ("12",)} | other))


def issued(minutes=-80, **other):
    usual = {"badge": BADGE, "role": "runner", "from_": e.at(-60), "until": e.at(480)}
    return BadgeIssued(**about(minutes, **usual | other))


def redeemed(minutes=-50, **other):
    return BadgeRedeemed(**about(minutes, **{"badge": BADGE, "actor": MEMBER, "device": "phone-1"} | other))


def revoked(minutes=240, **other):
    return BadgeRevoked(**about(minutes, **{"badge": BADGE, "reason": "lost"} | other))


def shift_started(minutes=-45, **other):
    return ShiftStarted(**about(minutes, **{"badge": BADGE, "actor": MEMBER, "fit_for_duty": True} | other))


def shift_ended(minutes=300, **other):
    return ShiftEnded(**about(minutes, **{"badge": BADGE, "actor": MEMBER} | other))


def team_formed(minutes=-70, **other):
    return TeamFormed(**said(minutes, **{"team": TEAM, "task": "delivery"} | other))


def team_joined(minutes=-65, **other):
    return TeamJoined(**said(minutes, **{"team": TEAM, "member": MEMBER} | other))


def team_left(minutes=300, **other):
    return TeamLeft(**said(minutes, **{"team": TEAM, "member": MEMBER} | other))


def team_disbanded(minutes=310, **other):
    return TeamDisbanded(**said(minutes, **{"team": TEAM} | other))


def door_codes_renewed(minutes=0, **other):
    return DoorCodesRenewed(**said(minutes, **{"building": "12", "households": ("12-501", "12-502")} | other))


def emergency_acted(minutes=0, **other):
    usual = {"act": "unmask-name", "subject": "household-12-501", "reason": "nobody-answers"}
    return EmergencyActed(**said(minutes, **usual | other))


def countersigned(acted, minutes=20, **other):
    return Countersigned(**said(minutes, **{"emergency": acted.command.hex, "actor": "staff-2"} | other))


def compound():
    """Building 12 with two doors, building 11 with one; a gate."""
    return [
        CompoundFounded(**said(-200, doors=DoorSettings(names=("圣都汇",), blocks="same"))),
        BuildingAdded(**said(-200, building="12")),
        HouseholdsAdded(**said(-200, building="12", rooms=("501", "502"))),
        BuildingAdded(**said(-200, building="11")),
        HouseholdsAdded(**said(-200, building="11", rooms=("501",))),
        StationOpened(**said(-190, station="gate", kind="gate")),
    ]


def on_shift():
    """A volunteer from registration to the shift."""
    return [registered(), approved(), issued(), redeemed(), shift_started()]


def one_of_each():
    acted = emergency_acted()
    return [
        *on_shift(), suspended(), reinstated(), role_given(), role_withdrawn(), captain_named(), captain_relieved(),
        revoked(), shift_ended(), team_formed(), team_joined(), team_left(), team_disbanded(), door_codes_renewed(),
        acted, countersigned(acted),
    ]  # fmt: skip


def asked(request, minutes=0, **more):
    return request(id=uuid4(), compound=e.COMPOUND, happened_at=e.at(minutes), **{"actor": STAFF} | more)


def asked_of(request, minutes=0, **more):
    return asked(request, minutes, **{"member": MEMBER} | more)


def caused(request, **more):
    """What every fact takes over from the request."""
    common = {"compound": e.COMPOUND, "actor": request.actor, "command": request.id}
    return common | {"happened_at": request.happened_at} | more


def window(begin=-60, hours=8):
    return {"from_": e.at(begin), "until": e.at(begin) + timedelta(hours=hours)}
