"""An administrator of all with two compounds: chooses one, and the pages that follow stay in it, each tab in its own."""

import re
from uuid import uuid4

import compound as place
import pytest
from visitor import ADDRESS, Visitor

from domain.community.compound import AddHouseholds, BuildingDoors
from domain.community.door_settings import DoorSettings
from domain.goods.codes import code_from_bits
from domain.goods.labels import LabelsPrinted, PrintedLabel
from services.app import create_app
from services.office import Noted
from services.wiring import now

HTML = {"accept": "text/html,*/*;q=0.8"}


@pytest.fixture
def app(house):
    place.found(house)
    said = {"id": uuid4(), "compound": "donghu", "actor": "staff-1", "happened_at": now()}
    doors = DoorSettings(names=("东湖苑",), streets=("某路1弄",), blocks="same")
    answer = place.ask(house, AddHouseholds(**said, doors=doors, roster=(BuildingDoors(building="1", rooms=("101",)),)))
    assert house.shown(answer.events[-1])
    house.places.forget()
    return create_app(house)


@pytest.fixture
def admin(app):
    return Visitor(app, **HTML).signed_in("admin", compound=None)


def came_from(path):
    return {"referer": ADDRESS + path}


def test_several_compounds_are_offered_as_links_to_the_page_that_was_asked_for(admin):
    asked = admin.get("/doubts?show=settled")
    assert asked.status_code == 409
    links = re.findall(r'href="(/doubts[^"]*compound=[^"]*)"[^>]*>.*?(\S+)</a>', asked.text)
    assert ("/doubts?show=settled&amp;compound=donghu", "东湖苑") in [
        (link, name.rpartition(">")[2]) for link, name in links
    ]
    assert len(links) == 2
    assert admin.get("/doubts?show=settled&compound=donghu").status_code == 200


def test_the_pages_that_follow_stay_in_the_compound_of_the_page_before(admin, house):
    kept = admin.get("/deliveries", headers=came_from("/board?compound=donghu"))
    assert (kept.status_code, kept.headers["location"]) == (303, "/deliveries?compound=donghu")
    assert admin.get("/stations?compound=nowhere", headers=came_from("/board?compound=donghu")).status_code == 409
    sent = admin.post(
        "/stations", data={"kind": "gate", "station": "east"}, headers=came_from("/stations?compound=donghu")
    )
    assert sent.status_code == 303
    assert "east" in admin.get("/stations?compound=donghu").text
    assert "east" not in admin.get("/stations?compound=shengdu").text


def test_what_was_sent_without_a_compound_leads_to_the_board_of_one(admin):
    sent = admin.post("/stations", data={"kind": "gate", "station": "east"})
    assert sent.status_code == 409
    assert 'href="/board?compound=shengdu"' in sent.text


def test_another_site_or_another_role_chooses_nothing(app, admin):
    elsewhere = {"referer": "http://elsewhere.test/board?compound=donghu"}
    assert admin.get("/deliveries", headers=elsewhere).status_code == 409
    staff = Visitor(app, **HTML).signed_in("staff")
    assert "东湖苑" not in staff.get("/deliveries", headers=came_from("/board?compound=donghu")).text
    everywhere = Visitor(app, **HTML).signed_in("staff", compound=None)
    refused = everywhere.get("/deliveries", headers=came_from("/board?compound=donghu"))
    assert (refused.status_code, "compound=" in refused.text) == (409, False)


def test_programs_are_told_as_before(admin):
    refused = admin.get("/api/doubts")
    assert (refused.status_code, refused.json()["rule"]) == (409, "compound-chosen")


def printed_in(house, compound, code):
    run = LabelsPrinted(
        compound=compound, actor="staff-1", command=uuid4(), happened_at=now(), labels=(PrintedLabel(code=code),)
    )
    house.office.take_now([Noted(run)])
    assert house.shown(house.log.last_position())


def test_a_label_of_another_compound_is_told_as_such_on_its_page_and_at_a_scan(app, house):
    theirs, nobodys, own = (code_from_bits("parcel", bits) for bits in (7, 8, 9))
    printed_in(house, "donghu", theirs)
    printed_in(house, place.COMPOUND, own)
    staff = Visitor(app, **HTML).signed_in("staff")
    items = [place.scan("deliver", code=code) for code in (theirs, nobodys, own)]
    answers = staff.post("/api/scans", json={"scans": items}).json()["answers"]
    assert [told["outcome"] for told in answers] == ["recorded"] * 3
    assert [told.get("other_compound") for told in answers] == [True, None, None]
    shown = staff.post("/scan?step=deliver", data={"codes": theirs, "how": "door"})
    assert "Another compound printed this label" in shown.text
    assert house.shown(house.log.last_position())
    assert "东湖苑 printed or bound it." in staff.get(f"/p/{theirs}").text
    for visitor, code in ((staff, own), (Visitor(app, **HTML), theirs)):
        assert "printed or bound it" not in visitor.get(f"/p/{code}").text
