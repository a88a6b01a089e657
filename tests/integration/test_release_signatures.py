"""Releases of held parcels that one person signed and a second one has not: openly shown, and signed with one tap."""

import re
from uuid import uuid4

import compound as place
import pytest
from compound import APPLES, scan, scanned
from visitor import Visitor

from domain.goods.parcels import ParcelReleased
from infra.auth import Scope
from projections.doubts import open_doubts
from projections.parcel_trail import parcel_trail
from projections.releases import open_releases
from services.app import create_app
from services.office import Report, answer_of
from services.wiring import now

ONE, OTHER = "m7kq2x9d4", "m2222aaaa"


@pytest.fixture
def app(house):
    place.found(house)
    return create_app(house)


@pytest.fixture
def held(house):
    (code,) = scanned(house, scan("sort", 60, group_buy=APPLES, door="12-101"))
    scanned(house, scan("hold", 50, code=code, reason="recall"))
    return code


def person(app, actor, role="staff", **link):
    return Visitor(app).signed_in(role, actor=actor, **link)


def waiting(house):
    with house.read.reading() as rows:
        return [(each.code, each.actor, each.emergency) for each in open_releases(rows, "shengdu")]


def is_held(house, code):
    with house.read.reading() as rows:
        return parcel_trail(rows, "shengdu", code).parcel.held


def test_a_release_waits_on_the_page_until_a_second_person_signs(house, app, held):
    scanned(house, scan("release", 40, code=held, reason="checked"), actor=ONE)
    assert waiting(house) == [(held, ONE, False)]
    action = f"/signatures/release/{held}"
    mine = person(app, ONE)
    assert action not in mine.get("/signatures").text
    assert "Another person has to sign this." in mine.get("/signatures").text
    refused = mine.post(action)
    assert (refused.status_code, "not the one who asked or acted" in refused.text) == (409, True)
    unnamed = Visitor(app).signed_in("staff").post(action)
    assert (unnamed.status_code, "registered member" in unnamed.text) == (409, True)
    assert is_held(house, held)
    other = person(app, OTHER)
    assert re.search(rf'action="{action}"', other.get("/signatures").text)
    assert other.post(action).status_code == 303
    assert not is_held(house, held)
    assert waiting(house) == []
    assert "Nothing waits for a signature" in other.get("/signatures").text
    assert other.post(action).status_code == 409


def test_an_emergency_stands_there_until_it_is_signed(house, app, held):
    scanned(house, scan("release", 40, code=held, reason="checked", emergency=True), actor=ONE)
    assert waiting(house) == [(held, ONE, True)]
    assert "freed in an emergency" in person(app, ONE).get(f"/audit/parcels/{held}").text
    other = person(app, OTHER)
    listed = other.get("/signatures").text
    assert "emergency, done already" in listed
    assert other.post(f"/signatures/release/{held}").status_code == 303
    assert waiting(house) == []
    assert "freed in an emergency" not in person(app, ONE).get(f"/audit/parcels/{held}").text


def test_only_who_may_release_signs_and_captains_see_their_buildings(house, app, held):
    scanned(house, scan("release", 40, code=held, reason="checked"), actor=ONE)
    captain = person(app, OTHER, "captain", scope=Scope.of(buildings={"12"}))
    assert held in captain.get("/signatures").text
    assert f"/signatures/release/{held}" not in captain.get("/signatures").text
    refused = captain.post(f"/signatures/release/{held}")
    assert refused.status_code == 409
    assert is_held(house, held)
    elsewhere = person(app, OTHER, "captain", scope=Scope.of(buildings={"1"}))
    assert held not in elsewhere.get("/signatures").text
    assert elsewhere.post(f"/signatures/release/{held}").status_code == 409


def test_a_new_hold_asks_for_two_signatures_again(house, app, held):
    scanned(house, scan("release", 40, code=held, reason="checked"), actor=ONE)
    scanned(house, scan("hold", 30, code=held, reason="recall"))
    assert waiting(house) == []
    scanned(house, scan("release", 20, code=held, reason="checked"), actor=OTHER)
    assert waiting(house) == [(held, OTHER, False)]


def test_who_is_no_member_is_told_to_count_for_nothing(house, app, held):
    before_members_only = ParcelReleased(
        compound="shengdu",
        actor="staff-abcdefgh",
        command=uuid4(),
        happened_at=now(),
        parcel=held,
        reason="checked",
        emergency=True,
    )
    assert house.shown(answer_of(house.office.take_now([Report(before_members_only)])[0]).events[-1])
    page = person(app, ONE).get(f"/audit/parcels/{held}").text
    assert "counts for nothing" in page
    assert "2 more people have to sign" in page


def test_no_reason_settles_an_emergency_but_a_second_members_release_does(house, app, held):
    scanned(house, scan("release", 40, code=held, reason="checked", emergency=True), actor=ONE)
    with house.read.reading() as rows:
        (doubt,) = open_doubts(rows, "shengdu", rule="two-people")
    mine = person(app, ONE)
    page = mine.get("/doubts").text
    pick = f"{doubt.scan}.two-people.{doubt.code}"
    assert pick not in page
    assert 'href="/signatures"' in page.partition("<h2>")[2]
    said = {"scan": doubt.scan, "rule": "two-people", "code": doubt.code, "reason": "seen-by-staff"}
    for asking in (mine, person(app, OTHER)):
        refused = asking.post("/api/doubts/settle", json=said)
        assert (refused.status_code, refused.json()["rule"]) == (409, "second-signature")
        assert "/signatures" in refused.json()["text"]
        refused = asking.post("/doubts/settle", data={"picks": pick, "reason": "seen-by-staff"})
        assert (refused.status_code, "second registered member" in refused.text) == (409, True)
    assert person(app, OTHER).post(f"/signatures/release/{held}").status_code == 303
    with house.read.reading() as rows:
        assert open_doubts(rows, "shengdu") == []


def test_settling_many_leaves_what_needs_a_signature(house, app, held):
    scanned(house, scan("release", 40, code=held, reason="checked", emergency=True), actor=ONE)
    scanned(house, scan("deliver", 20, code=held, how="door"), scan("deliver", 10, code=held, how="door"), actor=ONE)
    with house.read.reading() as rows:
        picks = [f"{each.scan}.{each.rule}.{each.code}" for each in open_doubts(rows, "shengdu")]
    assert len(picks) > 1
    settled = person(app, ONE).post("/doubts/settle", data={"picks": picks, "reason": "seen-by-staff"})
    assert settled.headers["location"] == f"/doubts?done={len(picks) - 1}"
    with house.read.reading() as rows:
        assert [each.rule for each in open_doubts(rows, "shengdu")] == ["two-people"]


def test_what_was_scanned_a_moment_ago_waits_on_the_page_at_once(house, app, held, monkeypatch):
    monkeypatch.setattr("services.projector.GATHER", 3)
    staff, other = person(app, ONE), person(app, OTHER)
    staff.post("/api/scans", json={"scans": [scan("release", code=held, reason="checked")]})
    assert f"/signatures/release/{held}" in other.get("/signatures").text


def test_a_signature_is_taken_at_once_without_a_look_at_the_page(house, app, held, monkeypatch):
    monkeypatch.setattr("services.projector.GATHER", 3)
    staff, other = person(app, ONE), person(app, OTHER)
    staff.post("/api/scans", json={"scans": [scan("release", code=held, reason="checked")]})
    assert other.post(f"/signatures/release/{held}").status_code == 303


def test_whoever_scans_a_release_is_told_while_it_stays_held(house, app, held):
    def told(visitor, **more):
        (answer,) = visitor.post(
            "/api/scans", json={"scans": [scan("release", code=held, reason="checked", **more)]}
        ).json()["answers"]
        return answer["outcome"], answer.get("signature")

    mine, other = person(app, ONE), person(app, OTHER)
    first = str(uuid4())
    assert told(mine, id=first) == ("recorded", "first")
    assert told(mine, id=first) == ("duplicate", "first")
    assert told(mine) == ("recorded", "again")
    assert told(other) == ("recorded", None)
    assert not is_held(house, held)
    assert told(mine) == ("recorded", None)


def test_without_a_script_the_first_signature_is_told_as_one_of_two(house, app, held):
    mine = Visitor(app, accept="text/html").signed_in("staff", actor=ONE)
    once, twice = (mine.post("/scan?step=release", data={"codes": held, "reason": "checked"}).text for _ in range(2))
    assert "1 of 2 signatures: it stays held until a second member signs." in once
    assert "You have signed already: it stays held" in twice
    for told in (once, twice):
        assert 'class="answer wait"' in told.partition("<template")[0]
        assert "Undo this one" in told
