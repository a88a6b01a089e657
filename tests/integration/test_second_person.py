"""The second person is nobody whom the first one has just made; who signed for a look stands openly beside it."""

import asyncio
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import compound as place
import pytest
from compound import APPLES, scan, scanned
from visitor import Visitor

from domain.community.people.badges import IssueBadge
from domain.community.people.membership import ApproveMember, GiveRole, NameCaptain, RegisterMember
from services import second_person
from services.api import scans
from services.app import create_app
from services.crew.desk import BadgeTerms, CommitteeDesk
from services.second_person import are_of_one_making
from services.wiring import now

ONE, OTHER, THIRD = "m7kq2x9d4", "m2222aaaa", "m3333bbbb"
DOOR = "/directory/doors/12-501"
SIGN = re.compile(r'action="(/signatures/[a-z]+/\w+)"')


@pytest.fixture
def app(house):
    place.found(house)
    return create_app(house)


def person(app, actor, role="staff"):
    return Visitor(app).signed_in(role, actor=actor)


def said(house, kind, by, **more):
    asked = {"id": uuid4(), "compound": "shengdu", "actor": by, "happened_at": now()}
    answer = place.ask(house, kind(**asked | more))
    assert house.shown(answer.events[-1])


def registered(house, member, by, *, role="staff", days_ago=0):
    when = {"happened_at": now() - timedelta(days=days_ago)}
    said(house, RegisterMember, by, member=member, body="committee", approve=True, **when)
    if role:
        said(house, GiveRole, by, member=member, role=role, **when)


def is_one(house, one=ONE, other=OTHER):
    assert are_of_one_making(house, "shengdu", one, other) == are_of_one_making(house, "shengdu", other, one)
    return are_of_one_making(house, "shengdu", one, other)


def test_a_second_person_made_by_the_first_signs_nothing_for_a_day(app, house, monkeypatch):
    mine = person(app, ONE)
    made = mine.post("/members", data={"body": "committee", "approve": "yes"}).headers["location"].rpartition("/")[2]
    assert mine.post(f"/members/{made}/roles", data={"role": "staff"}).status_code == 303
    invited = mine.post(f"/members/{made}/invite", data={"role": "staff"}).text
    token = re.search(r"/j#([\w-]{20,})", invited)[1]
    mine.post(DOOR, data={"name": "王小明", "phone": "13812341234"})
    mine.post(f"{DOOR}/unmask", data={"why": "medicine"})
    action = SIGN.search(person(app, THIRD).get("/signatures").text)[1]
    puppet = Visitor(app)
    assert puppet.post("/j", data={"token": token}).status_code == 303
    listed = puppet.get("/signatures").text
    assert SIGN.search(listed) is None
    assert "by the same hand, within the last 24 hours" in listed
    refused = puppet.post(action)
    assert (refused.status_code, "Somebody else has to sign." in refused.text) == (409, True)
    assert len(house.unmaskings.unsigned("shengdu")) == 1
    monkeypatch.setattr(second_person, "now", lambda: now() + timedelta(hours=25))
    assert puppet.post(action).status_code == 303
    unmasking = re.search(r'name="unmasking" value="(\w+)"', mine.get(DOOR).text)[1]
    mine.post(f"{DOOR}/show", data={"unmasking": unmasking})
    for _ in range(3):
        assert "王小明" in mine.get(DOOR).text
    shown = person(app, THIRD).get("/signatures").text.partition("Seen whole lately")[2]
    assert "one registered the other" in shown
    assert made in shown
    assert (shown.count("<tr>"), shown.count("×3")) == (2, 1), "the head, and one line for a look of ten minutes"


def test_a_release_is_not_signed_by_a_hand_of_ones_own_making(app, house):
    (code,) = scanned(house, scan("sort", 60, group_buy=APPLES, door="12-101"))
    scanned(house, scan("hold", 50, code=code, reason="recall"))
    registered(house, OTHER, ONE)
    scanned(house, scan("release", 40, code=code, reason="checked"), actor=ONE)
    refused = person(app, OTHER).post(f"/signatures/release/{code}")
    assert (refused.status_code, "Somebody else has to sign." in refused.text) == (409, True)
    assert person(app, THIRD).post(f"/signatures/release/{code}").status_code == 303


def test_it_does_not_matter_which_of_the_two_asks_nor_by_how_many_hands(house):
    place.found(house)
    registered(house, OTHER, ONE)
    registered(house, THIRD, OTHER)
    assert is_one(house)
    assert is_one(house, ONE, THIRD)


def test_two_puppets_of_one_staff_member_are_one(house):
    place.found(house)
    registered(house, ONE, THIRD)
    registered(house, OTHER, THIRD)
    assert is_one(house)


def test_an_administrator_founds_a_committee_whose_members_are_two(house):
    place.found(house)
    house.access.give_role(THIRD, "admin", "shengdu")
    registered(house, ONE, THIRD)
    registered(house, OTHER, THIRD)
    assert not is_one(house)
    assert is_one(house, THIRD, ONE)


def test_the_administrator_of_the_first_start_is_no_second_person_to_whom_the_link_made(house):
    place.found(house)
    registered(house, ONE, "admin-7f3k", role="admin")
    house.access.give_role(ONE, "admin", "shengdu")
    registered(house, OTHER, "admin-7f3k")
    assert is_one(house)
    registered(house, THIRD, "admin-7f3k")
    assert not is_one(house, OTHER, THIRD)


@pytest.mark.parametrize("how", ["approved", "role", "badge", "invited"])
def test_whoever_was_there_before_is_made_by_an_invitation_a_role_or_a_badge_that_signs(house, how):
    place.found(house)
    registered(house, OTHER, THIRD, role=None, days_ago=3)
    assert not is_one(house)
    if how == "approved":
        applied = "m4444cccc"
        said(house, RegisterMember, THIRD, member=applied, body="volunteer", happened_at=now() - timedelta(days=2))
        said(house, ApproveMember, ONE, member=applied)
        assert is_one(house, ONE, applied)
        return
    if how == "role":
        said(house, GiveRole, ONE, member=OTHER, role="viewer")
        assert not is_one(house)
        said(house, GiveRole, ONE, member=OTHER, role="staff")
    elif how == "badge":
        named = {"buildings": ("12",), "how": "elected", "until": now() + timedelta(days=9)}
        said(house, NameCaptain, THIRD, member=OTHER, happened_at=now() - timedelta(days=2), **named)
        window = {"from_": now(), "until": now() + timedelta(hours=8)}
        said(house, IssueBadge, ONE, member=OTHER, role="runner", **window)
        assert not is_one(house)
        said(house, IssueBadge, ONE, member=OTHER, role="captain", buildings=("12",), **window)
    else:
        house.access.issue_link("staff", compound="shengdu", actor=OTHER, made_by=ONE)
    assert is_one(house)


@pytest.mark.parametrize("emergency", [False, True])
def test_a_scanned_release_by_a_hand_of_ones_own_making_is_set_aside(house, app, emergency):
    registered(house, OTHER, ONE)
    (code,) = scanned(house, scan("sort", 60, group_buy=APPLES, door="12-101"))
    scanned(house, scan("hold", 50, code=code, reason="recall"))
    scanned(house, scan("release", 40, code=code, reason="checked", emergency=emergency), actor=ONE)
    made = person(app, OTHER)
    by_a_scan = {"scans": [scan("release", 30, code=code, reason="checked")]}
    (answer,) = made.post("/api/scans", json=by_a_scan).json()["answers"]
    assert (answer["outcome"], answer["reason"]) == ("set_aside", "second-person-new")
    assert code in person(app, THIRD).get("/signatures").text.replace("-", "")
    (answer,) = (
        person(app, THIRD)
        .post("/api/scans", json={"scans": [scan("release", 20, code=code, reason="checked")]})
        .json()["answers"]
    )
    assert answer["outcome"] == "recorded"
    assert house.shown(house.log.last_position())
    assert "Nothing waits for a signature" in person(app, THIRD).get("/signatures").text


def test_who_gives_a_captains_badge_a_new_code_has_made_that_hand(house, app):
    said(
        house,
        RegisterMember,
        "terminal",
        member=OTHER,
        body="resident",
        approve=True,
        happened_at=now() - timedelta(days=3),
    )
    said(
        house,
        NameCaptain,
        "terminal",
        member=OTHER,
        buildings=["1"],
        how="recruited",
        until=now() + timedelta(days=9),
        happened_at=now() - timedelta(days=3),
    )
    terms = BadgeTerms("captain", now() - timedelta(hours=1), now() + timedelta(hours=8), buildings=("1",))
    issued = asyncio.run(CommitteeDesk(house, "shengdu", THIRD).issue_badge(OTHER, terms))
    assert not is_one(house)
    anew = asyncio.run(CommitteeDesk(house, "shengdu", ONE).roll_badge(issued.badge))
    assert anew.badge != issued.badge
    assert is_one(house)


def test_two_releases_of_the_same_moment_by_hands_of_one_making_are_one_after_the_other(house, app, monkeypatch):
    registered(house, OTHER, ONE)
    (code,) = scanned(house, scan("sort", 60, group_buy=APPLES, door="12-101"))
    scanned(house, scan("hold", 50, code=code, reason="recall"))
    judged = scans.must_be_released_by_two

    def judged_slowly(*asked):
        judged(*asked)
        time.sleep(0.5)

    monkeypatch.setattr(scans, "must_be_released_by_two", judged_slowly)

    def released_by(visitor):
        item = scan("release", code=code, reason="checked")
        return visitor.post("/api/scans", json={"scans": [item]}).json()["answers"][0]["outcome"]

    with ThreadPoolExecutor() as hands:
        outcomes = list(hands.map(released_by, [person(app, ONE), person(app, OTHER)]))
    assert sorted(outcomes) == ["recorded", "set_aside"]
