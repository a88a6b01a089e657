"""From request to read model: who belongs here, badges of today, who is on shift, captains, teams, door codes, emergencies."""

from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import examples as e
import examples_people as p
import pytest
from compound import COMPOUND, ask, found

from domain.base import Event, Refused
from domain.community.door_codes import RenewDoorCodes
from domain.community.emergencies import ActInEmergency, Countersign
from domain.community.people.badges import EndShift, IssueBadge, RedeemBadge, RevokeBadge, StartShift
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
from domain.community.teams import DisbandTeam, FormTeam, JoinTeam, LeaveTeam
from projections import badges, door_codes, emergencies, people, teams
from projections.base import milliseconds
from services.office import Noted
from services.pages.sentences import sentence
from services.pages.words import PEOPLE_CHOICES, REFUSALS, refusal_text
from services.upkeep import build_beside, differences
from services.wiring import now

STAFF = "m2staff77"
VOLUNTEER = "m7kq2x9d4"
APPLICANT = "m3rb8w5tz"


def request(kind, **more):
    return kind(id=uuid4(), compound=COMPOUND, happened_at=now(), **{"actor": STAFF} | more)


class Desk:
    """Asks the office and looks at what is shown afterwards."""

    def __init__(self, house):
        self.house = house

    def ask(self, kind, **more):
        return ask(self.house, request(kind, **more))

    @contextmanager
    def rows(self):
        assert self.house.shown(self.house.log.last_position())
        with self.house.read.reading() as rows:
            yield rows

    def members(self, **wanted):
        with self.rows() as rows:
            return people.members(rows, COMPOUND, milliseconds(now()), **wanted)

    def numbers(self, **wanted):
        return [member.member for member in self.members(**wanted)]


@pytest.fixture
def desk(house):
    found(house)
    desk = Desk(house)
    desk.ask(RegisterMember, member=STAFF, body="committee", approve=True)
    desk.ask(GiveRole, member=STAFF, role="staff")
    desk.ask(RegisterMember, member=VOLUNTEER, body="volunteer", approve=True)
    desk.ask(ApplyAsVolunteer, member=APPLICANT, actor=APPLICANT)
    return desk


@pytest.fixture
def badge(desk):
    """A badge of the volunteer from now on."""
    window = {"from_": now() - timedelta(minutes=1), "until": now() + timedelta(hours=8)}
    answer = desk.ask(IssueBadge, member=VOLUNTEER, role="runner", station="gate", buildings=("3",), **window)
    return {"member": VOLUNTEER, "badge": answer.events[0].event.badge}


def test_members_are_listed_by_body_standing_role_and_building(desk):
    desk.ask(NameCaptain, member=VOLUNTEER, buildings=("3", "4"), how="elected", until=now() + timedelta(days=30))
    assert desk.numbers() == [APPLICANT, VOLUNTEER, STAFF]
    assert desk.numbers(standing="waiting") == [APPLICANT]
    assert desk.numbers(body="volunteer", standing="approved") == [VOLUNTEER]
    assert desk.numbers(role="staff") == [STAFF]
    assert desk.numbers(role="captain", building="4") == [VOLUNTEER]
    desk.ask(ApproveMember, member=APPLICANT)
    desk.ask(SuspendMember, member=VOLUNTEER, reason="rules-broken")
    desk.ask(WithdrawRole, member=STAFF, role="staff")
    (suspended,) = desk.members(standing="suspended")
    assert (suspended.member, suspended.suspended_for, suspended.applied) == (VOLUNTEER, "rules-broken", False)
    assert (desk.numbers(standing="waiting"), desk.numbers(role="staff")) == ([], [])
    desk.ask(ReinstateMember, member=VOLUNTEER)
    with desk.rows() as rows:
        member = people.member(rows, COMPOUND, VOLUNTEER, milliseconds(now()))
        assert people.member(rows, COMPOUND, "m00000000", milliseconds(now())) is None
    assert (member.standing, member.roles, member.buildings) == ("approved", ("captain",), ("3", "4"))


def test_a_building_has_several_captains_until_their_time_is_over(desk):
    soon, later = now() + timedelta(days=2), now() + timedelta(days=30)
    desk.ask(ApproveMember, member=APPLICANT)
    desk.ask(NameCaptain, member=APPLICANT, buildings=("3",), how="recruited", until=soon, deputy=True)
    desk.ask(NameCaptain, member=VOLUNTEER, buildings=("3", "29"), how="elected", until=later)
    with pytest.raises(Refused, match="building-known"):
        desk.ask(NameCaptain, member=VOLUNTEER, buildings=("77",), how="elected", until=later)

    def captains(at, building=None):
        with desk.rows() as rows:
            listed = people.captains(rows, COMPOUND, milliseconds(at), building)
        return [(captain.building, captain.member, captain.deputy) for captain in listed]

    assert captains(now()) == [("29", VOLUNTEER, False), ("3", VOLUNTEER, False), ("3", APPLICANT, True)]
    assert captains(soon + timedelta(days=1), "3") == [("3", VOLUNTEER, False)]
    desk.ask(RelieveCaptain, member=VOLUNTEER, buildings=("3",))
    desk.ask(SuspendMember, member=APPLICANT, reason="asked-by-member")
    assert captains(now()) == [("29", VOLUNTEER, False)]


def stage_of(desk, badge, at=None):
    with desk.rows() as rows:
        return badges.badge(rows, COMPOUND, badge["badge"]).stage_at(milliseconds(at or now()))


def on_shift(desk, at=None):
    with desk.rows() as rows:
        return [badge.member for badge in badges.on_shift(rows, COMPOUND, milliseconds(at or now()))]


def test_a_badge_goes_from_the_desk_to_the_end_of_the_shift(desk, badge):
    assert stage_of(desk, badge) == "issued"
    redeeming = request(RedeemBadge, **badge, actor=VOLUNTEER, device="phone-1")
    first, again = ask(desk.house, redeeming), ask(desk.house, redeeming)
    assert [each.event for each in again.events] == [each.event for each in first.events]
    assert (first.duplicate, again.duplicate) == (False, True)
    with pytest.raises(Refused, match="badge-unused"):
        desk.ask(RedeemBadge, **badge, actor=VOLUNTEER, device="phone-2")
    assert (stage_of(desk, badge), on_shift(desk)) == ("redeemed", [])
    last = desk.house.log.last_position()
    with pytest.raises(Refused, match="fit-for-duty"):
        desk.ask(StartShift, **badge, actor=VOLUNTEER, fit_for_duty=False)
    assert desk.house.log.last_position() == last
    desk.ask(StartShift, **badge, actor=VOLUNTEER, fit_for_duty=True)
    assert (stage_of(desk, badge), on_shift(desk)) == ("on-shift", [VOLUNTEER])
    tomorrow = now() + timedelta(days=1)
    assert (stage_of(desk, badge, tomorrow), on_shift(desk, tomorrow)) == ("over", [])
    assert len(desk.ask(EndShift, **badge, actor=VOLUNTEER).events) == 1
    assert desk.ask(EndShift, **badge, actor=VOLUNTEER).events == ()
    assert (stage_of(desk, badge), on_shift(desk)) == ("ended", [])


def test_a_revoked_badge_and_a_suspended_member_are_off_shift_at_once(desk, badge):
    desk.ask(RedeemBadge, **badge, actor=VOLUNTEER, device="phone-1")
    desk.ask(StartShift, **badge, actor=VOLUNTEER, fit_for_duty=True)
    desk.ask(SuspendMember, member=VOLUNTEER, reason="badge-lent")
    assert (stage_of(desk, badge), on_shift(desk)) == ("revoked", [])
    assert desk.ask(RevokeBadge, **badge, reason="lost").events == ()


def test_the_badges_of_a_day_are_those_whose_window_touches_it(desk, badge):
    day = timedelta(days=1)

    def of_day(begin):
        with desk.rows() as rows:
            listed = badges.badges_between(rows, COMPOUND, milliseconds(begin), milliseconds(begin + day))
            assert badges.badges_of(rows, COMPOUND, STAFF) == []
        return [(each.badge, each.station, each.buildings, each.issued_by) for each in listed]

    assert of_day(now() - timedelta(hours=1)) == [(badge["badge"], "gate", ("3",), STAFF)]
    assert (of_day(now() + day), of_day(now() - 2 * day)) == ([], [])


def test_teams_are_listed_by_task_with_their_members(desk):
    desk.ask(FormTeam, team="t4k9qxz", task="delivery")
    desk.ask(FormTeam, team="t5k9qxz", task="gate")
    desk.ask(JoinTeam, team="t4k9qxz", member=VOLUNTEER)
    desk.ask(JoinTeam, team="t4k9qxz", member=STAFF)
    desk.ask(LeaveTeam, team="t4k9qxz", member=STAFF)
    desk.ask(DisbandTeam, team="t5k9qxz")

    def listed(**wanted):
        with desk.rows() as rows:
            return [(team.team, team.task, team.members) for team in teams.teams(rows, COMPOUND, **wanted)]

    delivery = ("t4k9qxz", "delivery", (VOLUNTEER,))
    assert listed() == listed(task="delivery") == [delivery]
    assert listed(disbanded=True) == [delivery, ("t5k9qxz", "gate", ())]
    assert listed(task="gate") == []


def test_the_serial_of_a_door_code_counts_its_renewals(desk):
    everywhere = {"building": "29", "buildings_of_actor": None}
    desk.ask(RenewDoorCodes, **everywhere)
    desk.ask(RenewDoorCodes, building="3", households=("3-101",), buildings_of_actor=frozenset({"3"}))
    desk.ask(RenewDoorCodes, building="3", buildings_of_actor=frozenset({"3"}))
    with pytest.raises(Refused, match="captain-of-building"):
        desk.ask(RenewDoorCodes, building="4", buildings_of_actor=frozenset({"3"}))
    with desk.rows() as rows:
        known = door_codes.serials(rows, COMPOUND, "3")
        assert len(known) == 24
        assert (known["3-101"].serial, known["3-102"].serial) == (2, 1)
        assert [door_codes.serial(rows, COMPOUND, door) for door in ("29", "3-101", "4-101")] == [1, 2, 0]


def test_what_one_person_did_in_an_emergency_is_open_until_a_second_has_signed(desk):
    told = {"act": "unmask-name", "subject": "household-3-101", "reason": "nobody-answers"}
    answer = desk.ask(ActInEmergency, **told)
    emergency = answer.events[0].event.command.hex
    with desk.rows() as rows:
        (waiting,) = emergencies.open_emergencies(rows, COMPOUND)
    assert (waiting.emergency, waiting.act, waiting.subject, waiting.actor) == (
        emergency,
        *list(told.values())[:2],
        STAFF,
    )
    with pytest.raises(Refused, match="two-people"):
        desk.ask(Countersign, emergency=emergency)
    desk.ask(Countersign, emergency=emergency, actor="m2second7")
    with desk.rows() as rows:
        assert emergencies.open_emergencies(rows, COMPOUND) == []
        assert emergencies.emergency(rows, COMPOUND, emergency).signed_by == "m2second7"


def test_one_of_each_fact_is_stored_read_again_and_rebuilt(house, tmp_path):
    facts = p.one_of_each()
    outcomes = house.office.take_now([Noted(fact) for fact in facts])
    assert [outcome.events[0].event for outcome in outcomes] == facts
    read = [recorded.event for recorded in house.log.read(0, 100)]
    assert read == facts
    assert house.shown(house.log.last_position())
    for _ in build_beside(house.log, tmp_path / "rebuilt.db"):
        pass
    assert differences(house.read.path, tmp_path / "rebuilt.db") == []


PEOPLE_AREAS = ("domain.community.people", "domain.community.teams", "domain.community.door", "domain.community.emerg")


def test_there_is_an_example_of_each_fact_and_a_sentence_that_names_nobody():
    facts = p.one_of_each()
    facts += [p.registered(applied=True), p.captain_named(deputy=True), p.shift_started(team=p.TEAM)]
    facts += [p.issued(station="gate", buildings=("12",)), e.released(emergency=True)]
    known = {name for name, event in Event.by_name.items() if event.__module__.startswith(PEOPLE_AREAS)}
    assert known <= {type(fact).__name__ for fact in facts}
    for fact in facts:
        chinese, english = sentence("zh_CN", fact), sentence("en", fact)
        assert chinese != english
        assert "%(" not in chinese + english
        assert all(character < "\u4e00" for character in english), english
    assert sentence("en", p.captain_named(deputy=True)) == (
        f"Member {p.MEMBER} was named captain until 2022-05-20, buildings: 12. How: recruited. As a deputy."
    )
    assert sentence("zh_CN", p.revoked()) == f"成员 {p.MEMBER} 的上岗码已作废。理由：遗失。"


def test_closed_lists_and_refusals_have_words_in_both_languages():
    for words in PEOPLE_CHOICES.values():
        assert all(words.values())
    for rule in ("fit-for-duty", "badge-unused", "member-known", "two-people", "captain-of-building"):
        assert refusal_text("zh_CN", rule, "") != refusal_text("en", rule, "") == REFUSALS[rule]
