import re
from datetime import timedelta

import compound as place
import pytest
from order_files import long_book, long_row
from seeded import files_with_seeds
from visitor import Visitor

from domain.community.compound import HouseholdCaredFor
from domain.community.emergencies import Countersigned, EmergencyActed
from infra.directory import Subject, Words
from projections import roster
from services.app import create_app
from services.roles import TERMINAL

DOOR = "/directory/doors/12-501"
SUBJECT = Subject("household", "12-501")
WANG = {"name": "王小明", "phone": "13812341234", "help": "每周要配胰岛素", "note": "老人在家"}
WHOLE = tuple(WANG.values())


@pytest.fixture
def app(house):
    place.found(house)
    return create_app(house)


def person(app, role="staff", actor="m7kq2x9d4", **link):
    return Visitor(app).signed_in(role, actor=actor, **link)


@pytest.fixture
def staff(app):
    return person(app)


@pytest.fixture
def written(app, staff):
    assert staff.post(DOOR, data=WANG).status_code == 303
    return staff


def hides(text):
    return not any(each in text for each in WHOLE)


def shows(text):
    return all(each in text for each in WHOLE)


def test_an_entry_is_written_and_shown_with_most_of_it_hidden(written):
    for path in (DOOR, "/directory", "/directory/buildings/12", "/signatures", "/held/12-501"):
        page = written.get(path)
        assert page.status_code == 200, path
        assert hides(page.text), path
    assert "138****1234" in written.get(DOOR).text
    listed = written.get("/directory/buildings/12").text
    assert "12-5**" in listed
    assert "12-501" not in listed
    entry = re.search(r'href="(/directory/entries/\w+)"', listed)[1]
    assert written.get(entry).headers["location"] == DOOR


def test_a_help_need_is_a_bare_flag_in_the_record(house, written):
    with house.read.reading() as rows:
        assert roster.cared_for(rows, "shengdu") == {"12-501"}
    told = [each.event for each in house.log.load(["shengdu/compound-shengdu"])["shengdu/compound-shengdu"]]
    assert [each.household for each in told if isinstance(each, HouseholdCaredFor)] == ["12-501"]
    assert written.post(f"{DOOR}/care").status_code == 303
    with house.read.reading() as rows:
        assert roster.cared_for(rows, "shengdu") == frozenset()
    (card,) = house.directory.look("shengdu", SUBJECT, who="m1", why="care", how="whole")
    assert (card.words.help, card.words.note) == ("", "老人在家")


def test_two_persons_are_needed_to_see_a_name(app, written):
    refused = written.post(f"{DOOR}/unmask", data={"why": "curiosity"})
    assert (refused.status_code, "Choose a reason." in refused.text) == (409, True)
    assert written.post(f"{DOOR}/unmask", data={"why": "medicine"}).status_code == 303
    waiting = written.get(DOOR).text
    assert "Waiting for a second person" in waiting
    assert "signs only 24 hours afterwards" in waiting
    sign = re.compile(r'action="(/signatures/unmask/\w+)"')
    assert sign.search(written.get("/signatures").text) is None
    other = person(app, actor="m2222aaaa")
    listed = other.get("/signatures").text
    assert "12-5**" in listed
    assert "12-501" not in listed
    action = sign.search(listed)[1]
    mine = written.post(action)
    assert (mine.status_code, "not the one who asked or acted" in mine.text) == (409, True)
    assert other.post(action).status_code == 303
    assert other.post(action).status_code == 409
    waiting = written.get(DOOR).text
    assert hides(waiting)
    unmasking = re.search(r'name="unmasking" value="(\w+)"', waiting)[1]
    assert hides(other.post(f"{DOOR}/show", data={"unmasking": unmasking}).text)
    assert written.post(f"{DOOR}/show", data={"unmasking": unmasking}).status_code == 303
    assert shows(written.get(DOOR).text)
    assert hides(other.get(DOOR).text)
    assert shows(written.get("/held/12-501").text)


def test_the_same_person_in_another_role_is_not_a_second_one(app, written):
    written.post(f"{DOOR}/unmask", data={"why": "delivery"})
    same = person(app, "captain", actor="m7kq2x9d4")
    assert "/signatures/unmask/" not in same.get("/signatures").text


def test_neither_a_program_nor_a_second_link_is_a_second_person(app, house, written):
    assert written.post(f"{DOOR}/unmask", data={"why": "medicine"}).status_code == 303
    action = re.search(r'action="(/signatures/unmask/\w+)"', person(app, actor="m2222aaaa").get("/signatures").text)[1]
    link = person(app, actor="staff-7f3k")
    refused = link.post(action)
    assert (refused.status_code, "Only a registered member" in refused.text) == (409, True)
    assert "Only registered members see them whole" in link.get(DOOR).text
    assert f'action="{DOOR}/unmask"' not in link.get(DOOR).text
    assert f'action="{DOOR}/unmask"' in person(app, actor="m2222aaaa").get(DOOR).text
    assert link.post(f"{DOOR}/unmask", data={"why": "medicine", "emergency": "yes"}).status_code == 409
    key = house.access.create_api_key("staff", "shengdu", name="robot", actor="m2222aaaa")
    program = Visitor(app, authorization=f"Bearer {key}")
    assert program.post(action).status_code == 409
    assert hides(written.get(DOOR).text)


def test_an_emergency_shows_at_once_and_is_listed_until_signed(app, house, written):
    written.post(f"{DOOR}/unmask", data={"why": "medicine", "emergency": "yes"})
    assert shows(written.get(DOOR).text)
    other = person(app, actor="m2222aaaa")
    listed = other.get("/signatures").text
    assert "emergency, done already" in listed
    assert hides(listed)
    real = house.directory.now
    house.directory.now = lambda: real() + timedelta(minutes=11)
    assert hides(written.get(DOOR).text)
    assert "emergency, done already" in person(app, "auditor", actor="m5").get("/signatures").text
    other.post(re.search(r'action="(/signatures/unmask/\w+)"', listed)[1])
    assert "Nothing waits for a signature" in other.get("/signatures").text
    house.directory.now = real
    (acted,) = facts(house, EmergencyActed)
    assert (acted.act, acted.subject, acted.reason) == ("unmask-name", "household-12-501", "person-in-danger")
    (signed,) = facts(house, Countersigned)
    assert (signed.emergency, signed.actor) == (acted.command.hex, "m2222aaaa")


def facts(house, kind):
    return [each.event for each in house.log.read(0, 100_000) if isinstance(each.event, kind)]


def test_a_get_never_opens_or_signs_anything(app, written):
    written.post(f"{DOOR}/unmask", data={"why": "medicine"})
    other = person(app, actor="m2222aaaa")
    action = re.search(r'action="(/signatures/unmask/\w+)"', other.get("/signatures").text)[1]
    assert other.get(action).status_code == 405
    assert written.get(f"{DOOR}/show").status_code == 405
    assert hides(written.get(DOOR).text)


def test_captains_meet_only_their_own_buildings(app, written, monkeypatch):
    def only_three(_person, building):
        return building == "3"

    monkeypatch.setattr("services.directory.may_care_for", only_three)
    monkeypatch.setattr("services.pages.directory.may_care_for", only_three)
    captain = person(app, "captain", actor="m3333bbbb")
    for path in (DOOR, "/held/12-501", "/directory/buildings/12"):
        assert captain.get(path).status_code == 403, path
    for path, said in ((DOOR, WANG), (f"{DOOR}/care", {}), (f"{DOOR}/unmask", {"why": "care", "emergency": "yes"})):
        refused = captain.post(path, data=said)
        assert refused.status_code == 403, path
        assert hides(refused.text)
    front = captain.get("/directory").text
    assert "/directory/buildings/3" in front
    assert "/directory/buildings/12" not in front
    assert captain.post("/directory/doors/3-101", data={"help": "行动不便"}).status_code == 303


def test_what_is_typed_into_the_box_stands_in_no_address(written):
    found = written.post("/directory", data={"door": "12号501室"})
    assert found.headers["location"] == DOOR
    assert written.post("/held", data={"door": "12号501室"}).headers["location"] == "/held/12-501"
    for path in ("/directory", "/held"):
        unknown = written.post(path, data={"door": "王小明 13812341234"}).headers["location"]
        assert unknown == f"{path}?unknown=yes&near="
        assert "There is no such door on the roster" in written.get(unknown).text
    near = written.get(written.post("/directory", data={"door": "12-5011"}).headers["location"]).text
    assert 'href="/directory/doors/12-501"' in near
    assert "doors/bogus" not in written.get("/directory?unknown=yes&near=bogus").text
    assert written.get("/directory/doors/77-101").status_code == 404


def test_correcting_and_removing(house, written):
    card = re.search(r'name="card" value="(\w+)"', written.get(DOOR).text)[1]
    assert written.post(DOOR, data={"card": card, "phone": "13900001111"}).status_code == 303
    assert "139****1111" in written.get(DOOR).text
    empty = written.post(DOOR, data={})
    assert (empty.status_code, "Fill in at least one field." in empty.text) == (409, True)
    assert written.post(DOOR, data={"card": card, "remove": "yes"}).status_code == 303
    assert house.directory.doors("shengdu") == {}
    gone = written.post(DOOR, data={"card": card, "phone": "13900001111"})
    assert "somebody removed it meanwhile" in gone.text


def test_what_is_held_names_orders_facts_readers_and_the_day_it_goes(app, house, written):
    admin = person(app, "admin", actor="m9")
    assert admin.post("/directory/unlocked", data={"on": "2022-06-01"}).status_code == 303
    page = written.get("/held/12-501").text
    for told in ("2022-07-01", "Doors added in building 12", "The captain&#39;s care for door 12-501", "m7kq2x9d4"):
        assert told in page, told
    ordered = written.get("/held/12-101").text
    assert "红苹果" in ordered
    assert "Door 12-101 ordered in “红苹果”" in ordered
    assert "No name, no phone number, no help need, no note." in ordered
    assert "due" in admin.get("/directory").text


def test_what_was_written_on_the_server_says_so_in_the_readers_language(house, staff):
    house.directory.write("shengdu", SUBJECT, Words(name="王小明"), by=TERMINAL)
    house.directory.look("shengdu", SUBJECT, who=TERMINAL, why="correction", how="whole")
    for path in (DOOR, "/held/12-501", "/signatures"):
        page = staff.get(path, headers={"accept-language": "zh-CN"}).text
        assert ">terminal" not in page, path
        assert " terminal" not in page, path
        assert "服务器终端" in page, path


def test_only_an_administrator_drops_it_all_and_only_when_sure(app, house, written):
    for role in ("staff", "captain"):
        assert person(app, role).post("/directory/purge", data={"sure": "yes"}).status_code == 403
    admin = person(app, "admin", actor="m9")
    assert admin.post("/directory/purge").status_code == 409
    assert house.directory.doors("shengdu") == {"12-501": True}
    done = admin.post("/directory/purge", data={"sure": "yes"})
    assert "Everything was dropped" in admin.get(done.headers["location"]).text
    assert house.directory.doors("shengdu") == {}
    assert "Everything older was dropped" in written.get("/held/12-501").text


def test_a_day_that_is_none_is_not_kept(app, house):
    admin = person(app, "admin", actor="m9")
    assert admin.post("/directory/unlocked", data={"on": "2022-13-01"}).status_code == 400
    admin.post("/directory/unlocked", data={"on": "2022-06-01"})
    admin.post("/directory/unlocked", data={"on": ""})
    assert house.directory.unlocked_on("shengdu") is None


def test_others_do_not_even_see_the_doors(app):
    for role in ("gate", "runner", "sorter", "leader", "viewer", "disinfection"):
        visitor = person(app, role)
        for path in ("/directory", DOOR, "/held", "/held/12-501", "/signatures"):
            assert visitor.get(path).status_code == 403, (role, path)


# what comes with a sign-up table


def table(*, note="老人在家", quantity=1, extra=()):
    rows = (
        long_row(building="12", room="501", number="1", person="王小明", note=note, quantity=quantity),
        long_row(building="12", room="502", number="2", person="李芳"),
        *extra,
    )
    return long_book(*rows)


def cards(house):
    found = house.directory.look_over("shengdu", "12", who="m1")
    return {(card.subject.id, card.words.name, card.words.note) for card in found}


def previewed(staff, content, **said):
    sent = staff.post("/import", data={"group_buy": "水果团", **said}, files={"file": ("a.xlsx", content)})
    assert sent.status_code == 303, sent.text
    return sent.headers["location"], staff.get(sent.headers["location"]).text


def booked(staff, path, text, **said):
    seen = re.search(r'name="seen" value="(\w+)"', text)[1]
    return staff.post(path, data={"seen": seen, "act": "book", "title": "水果团", **said})


def test_names_and_notes_go_to_the_directory_when_the_table_is_booked_and_not_before(house, staff):
    path, text = previewed(staff, table())
    assert "notes go to the directory when this is booked, and nowhere else (doors: 2, new entries: 2)" in text
    assert hides(text)
    assert cards(house) == set()
    assert booked(staff, path, text).status_code == 303
    assert "2 new entries in the directory" in staff.get(path).text
    assert cards(house) == {("12-501", "王小明", "老人在家"), ("12-502", "李芳", "")}


def test_a_refused_booking_brings_nobody(house, staff):
    path, text = previewed(staff, table(extra=[long_row(building="12", room="", number="3", person="陈某")]))
    assert booked(staff, path, text).status_code == 409
    assert cards(house) == set()
    assert booked(staff, path, text, leave_unclear="yes").status_code == 303
    assert {name for _, name, _ in cards(house)} == {"王小明", "李芳"}


def test_an_undone_import_takes_its_names_along(house, staff):
    path, text = previewed(staff, table())
    booked(staff, path, text)
    path, text = previewed(staff, table(note="请敲门", quantity=3))
    booked(staff, path, text)
    assert ("12-501", "王小明", "请敲门") in cards(house)
    again = staff.get(path).text
    command = re.search(r'name="command" value="(\w+)"', again)[1]
    assert staff.post("/import/undo", data={"group_buy": idof(again), "command": command}).status_code == 303
    assert cards(house) == {("12-501", "王小明", "老人在家"), ("12-502", "李芳", "")}


def idof(text):
    return re.search(r'name="group_buy" value="([^"]+)"', text)[1]


def test_the_same_table_after_a_purge_brings_the_names_again(app, house, staff):
    path, text = previewed(staff, table())
    booked(staff, path, text)
    command = re.search(r'name="command" value="(\w+)"', staff.get(path).text)[1]
    person(app, "admin", actor="m9").post("/directory/purge", data={"sure": "yes"})
    path, text = previewed(staff, table())
    assert booked(staff, path, text).status_code == 303
    assert "2 new entries in the directory" in staff.get(path).text
    _, text = previewed(staff, table())
    assert "Nothing new" in text
    group_buy = next(each for each in house.places.of("shengdu").group_buys.values() if each.startswith("g-"))
    assert staff.post("/import/undo", data={"group_buy": group_buy, "command": command}).status_code == 303
    assert cards(house) == set()


def test_a_corrected_row_brings_its_name_to_the_right_door(house, staff):
    path, text = previewed(staff, table(extra=[long_row(building="12", room="5011", number="3", person="陈大文")]))
    key = re.search(r'name="choice\.(\w+)"', text)[1]
    said = {f"choice.{key}": "", f"building.{key}": "12", f"room.{key}": "101"}
    staff.post(path, data={**said, "act": "read", "title": "水果团"})
    text = staff.get(path).text
    assert booked(staff, path, text).status_code == 303
    assert ("12-101", "陈大文", "") in cards(house)


def test_the_corrections_file_holds_no_names(staff):
    path, _ = previewed(
        staff, table(extra=[long_row(building="12", room="5011", number="3", person="王小明", note="老人在家")])
    )
    assert hides(staff.get(f"{path}/corrections.csv").content.decode())


def test_a_locked_directory_stops_the_booking(house, staff, monkeypatch):
    path, text = previewed(staff, table())
    monkeypatch.setattr(house.directory, "bring", lambda *_, **__: 1 / 0)
    assert booked(staff, path, text).status_code == 500
    with house.read.reading() as rows:
        assert rows.select("SELECT COUNT(*) FROM imports WHERE group_buy <> 'apples'") == [(0,)]


def test_words_of_members_are_kept_as_well(house):
    member = Subject("member", "m7kq2x9d4")
    house.directory.write("shengdu", member, Words(name="王小明", phone="13812341234"), by="m9")
    assert house.directory.doors("shengdu") == {}
    assert len(house.directory.look("shengdu", member, who="m9", why="correction", how="whole")) == 1


def test_raw_texts_that_staff_purge_are_gone_from_the_file(house, staff):
    for number in range(40):
        code = f"王小明 {number} {'老人在家' * 30}"
        staff.post("/api/scans", json={"scans": [place.scan("deliver", code=code)]})
    assert "access.db" in {name.removesuffix("-wal") for name in files_with_seeds(house.settings.data)}
    assert staff.post("/doubts/purge").status_code == 303
    assert files_with_seeds(house.settings.data) == {}
