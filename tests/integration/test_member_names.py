"""The name behind a member's number: kept in the directory, shown in part, whole with a second person, dropped with it."""

import re
from datetime import UTC, datetime, timedelta

import compound as place
import pytest
from seeded import NAME, PHONE, files_with_seeds, seeds_in
from visitor import Visitor

from infra.directory import ONE_LOOK, Directory, Subject, Words
from services import directory
from services.access import Person
from services.app import create_app
from services.crew.names import labels_of

WORDS = {"name": NAME, "phone": PHONE}
LISTS = ("/members", "/badges", "/badges/day", "/teams")


@pytest.fixture
def app(house):
    place.found(house)
    return create_app(house)


def person(app, role="staff", actor="m7kq2x9d4"):
    return Visitor(app).signed_in(role, actor=actor)


@pytest.fixture
def staff(app):
    return person(app)


@pytest.fixture
def number(staff):
    made = staff.post("/members", data={"body": "volunteer", "approve": "yes"}).headers["location"].rpartition("/")[2]
    assert staff.post(f"/members/{made}/card", data=WORDS).status_code == 303
    staff.post("/teams", data={"task": "delivery"})
    return made


def page_of(number):
    return f"/members/{number}"


def reads_of(house, subject):
    return [
        (each.who, each.why, each.how) for each in house.directory.reads(place.COMPOUND, Subject("member", subject))
    ]


def test_a_name_is_shown_in_part_and_every_look_at_it_is_noted(house, staff, number):
    text = staff.get(page_of(number)).text
    assert ("王**" in text, "138****1234" in text, seeds_in(text)) == (True, True, [])
    assert reads_of(house, number) == [("m7kq2x9d4", "masked-look", "masked")]


def test_two_people_see_it_whole_for_a_reason_of_members(app, house, staff, number):
    page = page_of(number)
    assert "Choose a reason." in staff.post(f"{page}/unmask", data={"why": "medicine"}).text
    assert staff.post(f"{page}/unmask", data={"why": "shift"}).status_code == 303
    assert "Waiting for a second person" in staff.get(page).text
    asked = re.search(r'action="(/signatures/unmask/\w+)"', person(app, "staff", "m2222aaaa").get("/signatures").text)[
        1
    ]
    assert staff.post(asked).status_code == 409
    second = person(app, "captain", "m2222aaaa")
    assert number in second.get("/signatures").text
    assert second.post(asked).status_code == 303
    signed = staff.get(page).text
    assert seeds_in(signed) == []
    unmasking = re.search(r'name="unmasking" value="(\w+)"', signed)[1]
    assert second.post(f"{page}/show", data={"unmasking": unmasking}).status_code == 403
    assert staff.post(f"{page}/show", data={"unmasking": unmasking}).status_code == 303
    assert all(seed in staff.get(page).text for seed in WORDS.values())
    assert ("m7kq2x9d4", "shift", "whole") in reads_of(house, number)
    assert seeds_in(person(app, "staff", "m2222aaaa").get(page).text) == []


def test_in_an_emergency_one_sees_it_and_the_second_signature_is_missing_openly(app, staff, number):
    assert staff.post(f"{page_of(number)}/unmask", data={"why": "care", "emergency": "yes"}).status_code == 303
    assert NAME in staff.get(page_of(number)).text
    assert "emergency, done already" in person(app, "staff", "m2222aaaa").get("/signatures").text


def test_it_is_corrected_and_removed(house, staff, number):
    card = re.search(r'name="card" value="(\w+)"', staff.get(page_of(number)).text)[1]
    assert staff.post(f"{page_of(number)}/card", data={"card": card, "name": "李芳"}).status_code == 303
    assert "李**" in staff.get("/members").text
    assert "Nothing was written" in staff.post(f"{page_of(number)}/card", data={"help": "x", "note": "y"}).text
    for said in ({"phone": "abc"}, {"card": card, "phone": "李芳"}):
        assert "This is no phone number." in staff.post(f"{page_of(number)}/card", data=said).text
    assert staff.post(f"{page_of(number)}/card", data={"card": card, "remove": "yes"}).status_code == 303
    assert house.directory.members(place.COMPOUND) == 0
    assert "Nobody wrote down a name" in staff.get(page_of(number)).text


def test_a_number_that_is_nobodys_gets_no_name(house, staff):
    for act in ("card", "unmask", "show"):
        assert staff.post(f"/members/m00000000/{act}", data=WORDS).status_code == 404
    assert house.directory.texts() == []


@pytest.mark.parametrize("path", ["/members", "/teams", "/badges"])
def test_lists_show_it_in_part_beside_the_number(staff, number, path):
    text = staff.get(path).text
    assert (number in text, "王**" in text, seeds_in(text)) == (True, True, [])


def test_whoever_is_suspended_stands_in_their_team_as_such(house, staff, number):
    team = staff.post("/teams", data={"task": "gate"}).headers["location"].partition("#")[2]
    assert staff.post(f"/teams/{team}/join", data={"member": number}).status_code == 303
    assert "suspended" not in staff.get("/teams").text
    assert staff.post(f"/members/{number}/suspend", data={"reason": "staff-decision"}).status_code == 303
    assert house.shown(house.log.last_position())
    text = staff.get("/teams").text
    assert text.index(number) < text.index("suspended") < text.index("/leave")


def test_a_list_is_one_look_however_many_stand_in_it_and_however_often_it_renews_itself(house, staff, number):
    for path in (*LISTS, *LISTS):
        assert staff.get(path).status_code == 200
    assert reads_of(house, "list") == [("m7kq2x9d4", "masked-look", "masked")]
    assert reads_of(house, number) == []


def test_another_person_or_a_later_time_is_another_look(tmp_path):
    clock = [datetime(2022, 4, 20, tzinfo=UTC)]
    kept = Directory(tmp_path / "directory.db", now=lambda: clock[0])
    kept.write("shengdu", Subject("member", "m1"), Words(name=NAME), by="m9")
    for who, later in (("m2", 0), ("m2", 9), ("m3", 9), ("m2", 11)):
        clock[0] = datetime(2022, 4, 20, tzinfo=UTC) + timedelta(minutes=later)
        assert list(kept.look_at_list("shengdu", {"m1", "m4"}, who=who)) == ["m1"]
    assert kept.look_at_list("shengdu", {"m4"}, who="m5") == {}
    assert kept.look_at_list("elsewhere", {"m1"}, who="m5") == {}
    assert [each.who for each in reversed(kept.reads("shengdu"))] == ["m2", "m3", "m2"]
    assert timedelta(minutes=9) < ONE_LOOK < timedelta(minutes=11)


def test_who_may_not_see_the_directory_gets_no_names(house, number):
    staff = Person("staff", place.COMPOUND, "m7kq2x9d4")
    program = Person("staff", place.COMPOUND, "m7kq2x9d4", key="1", actions=frozenset({"manage-members"}))
    assert labels_of(house, staff, place.COMPOUND, [number]) == {number: "王**"}
    for other in (program, Person("runner", place.COMPOUND, "m3"), None):
        assert labels_of(house, other, place.COMPOUND, [number]) == {}


def test_tables_sheets_and_badges_hold_no_name(staff, number):
    for path in ("/members.csv", "/badges.csv", "/teams.csv"):
        answer = staff.get(path)
        assert (answer.status_code, "王" in answer.text) == (200, False), path
    said = {"member": number, "role": "runner", "run": "7" * 8 + "-0000-4000-8000-" + "0" * 12, "show": "sheet"}
    sheet = staff.post("/badges", data=said)
    assert (sheet.status_code, number in sheet.text, "王" in sheet.text) == (200, True, False)


def test_a_purge_drops_members_names_too(house, app, staff, number):
    assert "1 member has a name here, too." in person(app, "admin", "m9").get("/directory").text
    assert directory.purge(house, place.COMPOUND, by="m9") == (1, 0)
    assert files_with_seeds(house.settings.data) == {}
    assert "王" not in staff.get("/members").text
