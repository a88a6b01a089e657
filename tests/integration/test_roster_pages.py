import pytest
from import_visits import CLEAR, PATTERN, book, founded, previewed, upload
from order_files import csv_bytes, long_book
from visitor import Visitor

from projections import roster
from services.app import create_app


@pytest.fixture
def app(house):
    return create_app(house)


@pytest.fixture
def staff(app):
    return founded(app)


def test_where_there_is_no_compound_the_page_says_what_comes_first(app):
    admin = Visitor(app).signed_in("admin", compound=None)
    assert 'href="/import/households"' in admin.get("/import").text
    staff = Visitor(app).signed_in("staff")
    assert "No doors yet" in staff.get("/import").text
    assert "An administrator founds it" in staff.get("/import/households").text
    refused = staff.post("/import/households", data={"compound": "shengdu", "pattern": PATTERN})
    assert refused.status_code == 403
    answer = upload(staff, long_book(*CLEAR))
    assert answer.status_code == 409


def test_a_roster_is_looked_at_added_and_taken_back(house, staff):
    table = csv_bytes([("楼号", "房号"), ("41", "101"), ("41", "102"), ("41", "101"), ("42", "1 / 2"), ("43", "")])
    sent = upload(staff, table, "roster.csv", "/import/households")
    path = sent.headers["location"]
    text = staff.get(path).text
    assert "This door stands in an earlier row, too." in text
    assert staff.post(path).status_code == 409
    added = staff.post(path, data={"leave_unclear": "yes"})
    assert added.status_code == 303
    assert "3 doors were added" in staff.get(added.headers["location"]).text
    assert house.places.roster("shengdu").knows("43", None)
    assert staff.get(path).status_code == 410
    with house.read.reading() as rows:
        latest = roster.roster_imports(rows, "shengdu")[0]
    assert staff.post("/import/households/undo", data={"command": latest.command}).status_code == 303
    assert not house.places.roster("shengdu").knows("43", None)


def test_a_roster_with_orders_stays(house, staff):
    path, _ = previewed(staff, long_book(*CLEAR))
    book(staff, path)
    with house.read.reading() as rows:
        (first,) = roster.roster_imports(rows, "shengdu")
    refused = staff.post("/import/households/undo", data={"command": first.command})
    assert refused.status_code == 409
    assert "Some of these doors have orders." in refused.text


def test_founding_says_what_is_wrong(app):
    admin = Visitor(app).signed_in("admin", compound=None)
    bad = {"compound": "Sheng Du", "pattern": PATTERN}
    assert "Give the compound an id" in admin.post("/import/households?new=1", data=bad).text
    answer = admin.post("/import/households?new=1", data={"compound": "a", "pattern": "1-28号 1-18"})
    assert answer.status_code == 422
    assert "A colon is missing between the buildings and their rooms." in answer.text
    answer = admin.post("/import/households?new=1", data={"compound": "a"})
    assert "Choose a table, or write the doors as a pattern." in answer.text


def test_a_table_of_blocks_is_read_when_founding(house, app):
    admin = Visitor(app).signed_in("admin", compound=None)
    blocks = ("blocks.csv", csv_bytes([("栋", "号"), ("1", "1、2")]), "text/csv")
    said = {"compound": "hua", "pattern": PATTERN, "blocks": "table", "parts": ["期"], "town": "某区，某镇"}
    sent = admin.post("/import/households?new=1", data=said, files={"blocks_table": blocks})
    assert "1 block in the table" in admin.get(sent.headers["location"]).text
    admin.post(sent.headers["location"])
    with house.read.reading() as rows:
        settings = roster.door_settings(rows, "hua")
    assert settings.blocks == {"1": ("1", "2")}
    assert settings.parts == ("期", "号", "室")
    assert settings.towns == ("某区", "某镇")
