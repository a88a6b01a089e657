"""Teams, door codes and acts in an emergency."""

import examples as e
import examples_people as p
import pytest
from given import given
from pydantic import ValidationError

from domain.base import Holder
from domain.community.door_codes import DoorCodesRenewed, RenewDoorCodes
from domain.community.emergencies import ActInEmergency, Countersign, Countersigned, EmergencyActed
from domain.community.teams import (
    DisbandTeam,
    FormTeam,
    JoinTeam,
    LeaveTeam,
    TeamDisbanded,
    TeamFormed,
    TeamJoined,
    TeamLeft,
)

MEMBER = [p.registered(), p.approved()]


def of_team(request, **other):
    return p.asked(request, **{"team": p.TEAM} | other)


def test_a_team_is_formed_for_a_task_joined_left_and_disbanded():
    forming = of_team(FormTeam, task="delivery")
    formed = TeamFormed(**p.caused(forming, team=p.TEAM, task="delivery"))
    given().when(forming).then(formed)
    given(formed).when(of_team(FormTeam, task="gate")).then_refused("team-new")
    joining = of_team(JoinTeam, member=p.MEMBER)
    joined = TeamJoined(**p.caused(joining, team=p.TEAM, member=p.MEMBER))
    given(formed, *MEMBER).when(joining).then(joined)
    given(formed, *MEMBER, joined).when(of_team(JoinTeam, member=p.MEMBER)).then()
    given(formed).when(joining).then_refused("member-known")
    given(formed, p.registered()).when(joining).then_refused("member-approved")
    given(formed, *MEMBER, p.suspended()).when(joining).then_refused("member-not-suspended")
    leaving = of_team(LeaveTeam, member=p.MEMBER)
    left = TeamLeft(**p.caused(leaving, team=p.TEAM, member=p.MEMBER))
    given(formed, joined).when(leaving).then(left)
    given(formed, joined, left).when(of_team(LeaveTeam, member=p.MEMBER)).then()
    disbanding = of_team(DisbandTeam)
    disbanded = TeamDisbanded(**p.caused(disbanding, team=p.TEAM))
    given(formed).when(disbanding).then(disbanded)
    given(formed, disbanded).when(of_team(DisbandTeam)).then()
    given(formed, disbanded, *MEMBER).when(joining).then_refused("team-known")
    given().when(leaving).then_refused("team-known")
    given().when(disbanding).then_refused("team-known")


def test_a_team_gives_and_takes_goods():
    team = Holder(kind="team", id=p.TEAM)
    past = [*e.declared_to_sorted(), *MEMBER, p.team_formed()]
    taken = e.handed_over(taker=team)
    given(*past).when(taken).then(taken)
    given_on = e.handed_over(112, giver=team, taker=Holder(kind="captain", id="12"))
    given(*past, taken).when(given_on).then(given_on)


def renewing(**other):
    return p.asked(RenewDoorCodes, **{"building": "12", "buildings_of_actor": None} | other)


def test_door_codes_are_renewed_for_a_building_or_some_of_its_doors():
    request = renewing()
    doors = ("12-501", "12-502")
    given(*p.compound()).when(request).then(DoorCodesRenewed(**p.caused(request, building="12", households=doors)))
    one = renewing(households=("12-502",), buildings_of_actor=frozenset({"12"}))
    renewed = DoorCodesRenewed(**p.caused(one, building="12", households=("12-502",)))
    given(*p.compound(), p.door_codes_renewed()).when(one).then(renewed)


@pytest.mark.parametrize(
    ("request_", "rule"),
    [
        pytest.param(renewing(buildings_of_actor=frozenset({"11"})), "captain-of-building", id="another building"),
        pytest.param(renewing(buildings_of_actor=frozenset()), "captain-of-building", id="captain of nothing"),
        pytest.param(renewing(building="13"), "building-known", id="a building that is not there"),
        pytest.param(renewing(households=("11-501",)), "household-of-building", id="a door elsewhere"),
        pytest.param(renewing(households=("12-777",)), "household-of-building", id="a door that is not there"),
    ],
)
def test_door_codes_are_not_renewed(request_, rule):
    given(*p.compound()).when(request_).then_refused(rule)


def test_one_acts_in_an_emergency_and_another_person_signs():
    acting = p.asked(ActInEmergency, act="unmask-name", subject="household-12-501", reason="nobody-answers")
    terms = {"act": "unmask-name", "subject": "household-12-501", "reason": "nobody-answers"}
    acted = EmergencyActed(**p.caused(acting, **terms))
    given().when(acting).then(acted)
    signing = p.asked(Countersign, emergency=acted.command.hex, actor="staff-2")
    signed = Countersigned(**p.caused(signing, emergency=acted.command.hex))
    given(acted).when(signing).then(signed)
    given(acted, signed).when(p.asked(Countersign, emergency=acted.command.hex, actor="staff-3")).then()
    given(acted).when(p.asked(Countersign, emergency=acted.command.hex)).then_refused("two-people")
    given().when(signing).then_refused("emergency-known")


@pytest.mark.parametrize(
    "subject", ["household-13800138000", "王阿姨", "person-x", "member-王", "parcel-", "day-today"]
)
def test_an_emergency_names_its_subject_by_an_id(subject):
    with pytest.raises(ValidationError):
        p.emergency_acted(subject=subject)


@pytest.mark.parametrize(
    "subject", ["household-12-201甲", f"member-{p.MEMBER}", "day-2022-04-20", f"parcel-{e.PARCEL}"]
)
def test_an_emergency_may_be_about(subject):
    assert p.emergency_acted(subject=subject).subject == subject
