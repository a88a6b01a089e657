"""Members: registered, approved, suspended, given roles, named captain; and every way in which that is refused."""

from datetime import timedelta

import examples as e
import examples_people as p
import pytest
from given import given
from pydantic import ValidationError

from domain.base import Holder
from domain.community.people.facts import (
    BadgeRevoked,
    CaptainNamed,
    CaptainRelieved,
    MemberApproved,
    MemberRegistered,
    MemberReinstated,
    MemberSuspended,
    RoleGiven,
    RoleWithdrawn,
)
from domain.community.people.membership import (
    ApplyAsVolunteer,
    ApproveMember,
    GiveRole,
    NameCaptain,
    RegisterMember,
    ReinstateMember,
    RelieveCaptain,
    SuspendMember,
    WithdrawRole,
)
from services.numbers import new_member_number, new_team_number

KNOWN = [p.registered(), p.approved()]


def test_staff_register_somebody_and_approve_them_in_one_step_or_two():
    request = p.asked_of(RegisterMember, body="committee")
    registered = MemberRegistered(**p.caused(request, member=p.MEMBER, body="committee"))
    given().when(request).then(registered)
    at_once = p.asked_of(RegisterMember, body="committee", approve=True)
    facts = p.caused(at_once, member=p.MEMBER, body="committee")
    given().when(at_once).then(MemberRegistered(**facts), MemberApproved(**facts))
    approving = p.asked_of(ApproveMember)
    given(registered).when(approving).then(MemberApproved(**p.caused(approving, member=p.MEMBER, body="committee")))


def test_a_volunteer_applies_by_oneself_and_waits_for_approval():
    request = p.asked_of(ApplyAsVolunteer, actor=p.MEMBER)
    applied = MemberRegistered(**p.caused(request, member=p.MEMBER, body="volunteer", applied=True))
    given().when(request).then(applied)
    given().when(p.asked_of(ApplyAsVolunteer, actor=p.OTHER)).then_refused("applies-by-oneself")
    given(applied).when(p.asked_of(GiveRole, role="runner")).then_refused("member-approved")


def test_a_number_belongs_to_one_person():
    given(p.registered()).when(p.asked_of(RegisterMember, body="resident")).then_refused("member-new")
    given(p.registered()).when(p.asked_of(ApplyAsVolunteer, actor=p.MEMBER)).then_refused("member-new")


def test_who_is_approved_already_is_not_approved_again():
    given(*KNOWN).when(p.asked_of(ApproveMember)).then()
    given(p.registered(), p.suspended()).when(p.asked_of(ApproveMember)).then_refused("member-not-suspended")


@pytest.mark.parametrize(
    "request_",
    [
        p.asked_of(ApproveMember),
        p.asked_of(SuspendMember, reason="badge-lent"),
        p.asked_of(ReinstateMember),
        p.asked_of(GiveRole, role="staff"),
        p.asked_of(WithdrawRole, role="staff"),
        p.asked_of(NameCaptain, buildings=("12",), how="elected", until=p.NEXT_MONTH),
        p.asked_of(RelieveCaptain),
    ],
    ids=lambda request: type(request).__name__,
)
def test_nothing_is_asked_of_a_member_whom_nobody_registered(request_):
    given(*p.compound()).when(request_).then_refused("member-known")


def test_suspending_revokes_the_badges_that_are_not_over_and_reinstating_does_not_bring_them_back():
    over = p.issued(badge="a" * 32, from_=e.at(-70), until=e.at(-10))
    request = p.asked_of(SuspendMember, reason="badge-lent")
    suspended = MemberSuspended(**p.caused(request, member=p.MEMBER, reason="badge-lent"))
    revoked = BadgeRevoked(**p.caused(request, member=p.MEMBER, badge=p.BADGE, reason="member-suspended"))
    given(*p.on_shift(), over).when(request).then(suspended, revoked)
    given(*p.on_shift(), suspended).when(p.asked_of(SuspendMember, reason="badge-lent")).then()
    back = p.asked_of(ReinstateMember)
    given(*p.on_shift(), suspended, revoked).when(back).then(MemberReinstated(**p.caused(back, member=p.MEMBER)))
    given(*KNOWN).when(p.asked_of(ReinstateMember)).then()


def test_roles_are_given_and_withdrawn_once():
    request = p.asked_of(GiveRole, role="staff")
    given(*KNOWN).when(request).then(RoleGiven(**p.caused(request, member=p.MEMBER, role="staff")))
    given(*KNOWN, p.role_given()).when(p.asked_of(GiveRole, role="staff")).then()
    given(*KNOWN, p.suspended()).when(p.asked_of(GiveRole, role="staff")).then_refused("member-not-suspended")
    given(*KNOWN).when(p.asked_of(GiveRole, role="captain")).then_refused("captain-named")
    withdrawing = p.asked_of(WithdrawRole, role="staff")
    withdrawn = RoleWithdrawn(**p.caused(withdrawing, member=p.MEMBER, role="staff"))
    given(*KNOWN, p.role_given()).when(withdrawing).then(withdrawn)
    given(*KNOWN).when(p.asked_of(WithdrawRole, role="staff")).then()


def naming(**other):
    usual = {"buildings": ("12", "11", "12"), "how": "elected", "until": p.NEXT_MONTH, "deputy": True}
    return p.asked_of(NameCaptain, **usual | other)


def test_a_captain_is_named_for_buildings_of_the_roster_until_a_date():
    request = naming()
    terms = {"buildings": ("12", "11"), "how": "elected", "until": p.NEXT_MONTH, "deputy": True}
    named = CaptainNamed(**p.caused(request, member=p.MEMBER, **terms))
    past = [*p.compound(), *KNOWN]
    given(*past).when(request).then(named)
    given(*past, named).when(naming()).then()
    given(*past, named).when(naming(deputy=False)).then_refused("captain-again")
    again = naming(deputy=False, instead=True)
    given(*past, named).when(again).then(
        named.model_copy(update={"deputy": False, "command": again.id}),
    )
    given(*past).when(naming(buildings=("13",))).then_refused("building-known")
    given(*KNOWN).when(naming()).then_refused("building-known")
    given(*past).when(naming(until=e.at(0))).then_refused("until-sane")
    given(*past).when(naming(until=e.at(0) + timedelta(days=400))).then_refused("until-sane")
    given(*p.compound(), p.registered()).when(naming()).then_refused("member-approved")


def test_a_captain_is_relieved_of_some_buildings_or_all():
    past = [*KNOWN, p.captain_named(buildings=("12", "11"))]
    one = p.asked_of(RelieveCaptain, buildings=("11", "29"))
    given(*past).when(one).then(CaptainRelieved(**p.caused(one, member=p.MEMBER, buildings=("11",))))
    every = p.asked_of(RelieveCaptain)
    given(*past).when(every).then(CaptainRelieved(**p.caused(every, member=p.MEMBER, buildings=("12", "11"))))
    given(*KNOWN).when(p.asked_of(RelieveCaptain)).then()


@pytest.mark.parametrize("number", ["m13800138", "m7kq2x9d", "m7kq2x9du", "13800138000", "王阿姨", "m12345678"])
def test_a_member_is_not_called_by_a_phone_number_or_a_name(number):
    with pytest.raises(ValidationError):
        p.registered(member=number)


def test_numbers_made_at_random_are_taken_by_every_fact():
    for _ in range(3000):
        p.registered(member=new_member_number())
    for _ in range(300):
        p.team_formed(team=new_team_number())
        assert Holder(kind="team", id=new_team_number())


def test_no_fact_about_people_has_a_field_for_free_words():
    for fact in p.one_of_each():
        for field, value in fact:
            if isinstance(value, str) and field not in {"compound", "actor", "device"}:
                with pytest.raises(ValidationError):
                    type(fact).model_validate({**dict(fact), field: "发烧两天，胰岛素 13800138000"})
