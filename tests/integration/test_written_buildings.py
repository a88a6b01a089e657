"""A building in a form is read as doors are: 1号楼 is 1 where the compound says so."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import compound as place
import pytest
from visitor import Visitor

from domain.goods.codes import code_from_bits
from projections import people, roster
from projections.base import milliseconds
from services.app import create_app
from services.crew.desk import CommitteeDesk
from services.wiring import now

C = place.COMPOUND
PARCEL, CRATE = code_from_bits("parcel", 9), code_from_bits("crate", 9)


@pytest.fixture
def app(house):
    place.found(house)
    return create_app(house)


@pytest.fixture
def staff(app):
    return Visitor(app).signed_in("staff")


@pytest.fixture
def member(app, house):
    return asyncio.run(CommitteeDesk(house, C, "staff-1").register("resident", approve=True))


def captaincy(days, **more):
    return {"buildings": "1号楼、十二栋", "until": f"{now() + timedelta(days=days):%Y-%m-%d}", **more}


def test_a_captain_is_named_for_them_and_asked_before_terms_are_replaced(house, staff, member):
    assert staff.post(f"/members/{member}/captain", data=captaincy(9)).status_code == 303
    with house.read.reading() as rows:
        named = people.captains(rows, C, milliseconds(now()))
    assert {each.building for each in named} == {"1", "12"}
    again = staff.post(f"/members/{member}/captain", data=captaincy(5))
    assert again.status_code == 409
    assert "This would be replaced" in again.text


@pytest.mark.parametrize("written", ["13号楼", "1号楼101", "1-101", "楼"])
def test_what_is_no_building_for_certain_is_refused(staff, member, written):
    refused = staff.post(f"/members/{member}/captain", data=captaincy(9, buildings=written))
    assert refused.status_code == 409
    assert written in refused.text


def test_a_badge_and_a_lobby_are_for_them(house, staff, member):
    issued = {"run": str(uuid4()), "member": [member], "role": "runner", "preset": "next-hours"}
    assert staff.post("/badges", data={**issued, "buildings": "3号"}).status_code == 200
    assert [badge.scope.buildings for badge in house.access.badges(C)] == [frozenset({"3"})]
    assert staff.post("/stations", data={"kind": "lobby", "building": "3号楼"}).status_code == 303
    with house.read.reading() as rows:
        assert {each.building for each in roster.stations(rows, C) if each.kind == "lobby"} == {"3"}


@pytest.mark.parametrize(("written", "kept"), [("3号楼", "3"), ("3", "3"), ("77号楼", "77号楼")])
def test_a_crate_is_packed_for_them(house, staff, written, kept):
    item = place.scan("fill-crate", code=CRATE, building=written, parcels=[PARCEL])
    (told,) = staff.post("/api/scans", json={"scans": [item]}).json()["answers"]
    assert told["outcome"] == "recorded", told
    packed = [each.event for each in house.log.read(0, 10_000) if type(each.event).__name__ == "CratePacked"]
    assert [event.building for event in packed] == [kept]
