"""Several badges on one phone."""

import re

import crew
import first_day
import pytest
from phones import SCAN, an_item, on_shift, opened, scans, shift_of_page
from visitor import Visitor

from services.app import create_app


@pytest.fixture
def app(house):
    first_day.found(house)
    first_day.import_orders(house)
    return create_app(house)


def test_several_badges_on_one_phone(app, house):
    one, two = crew.volunteer(house), crew.volunteer(house)
    phone = on_shift(app, crew.badge(house, one, "runner")[0])
    on_shift(app, crew.badge(house, two, "sorter", station="sorting")[0], phone)
    page = phone.get("/scan").text
    assert f'name="acting" content="sorter {two}"' in page
    other = re.search(r'name="session" value="(\w+)"', page)[1]
    assert one in page
    assert phone.post("/as", data={"session": other, "next": "/scan"}).headers["location"] == "/scan"
    page = phone.get("/scan").text
    assert f'name="acting" content="runner {one}"' in page
    scans(phone, SCAN)
    assert [event.actor for event in crew.facts(house, "ParcelDelivered")] == [one]
    ended = phone.post("/shift/end", data={"queue": "empty"})
    over = phone.get(ended.headers["location"]).text
    assert f"The shift of {one} is over" in over
    assert f"Go on as {two}" in over
    assert 'href="/shift">' in over
    assert "give the phone back" not in over
    assert f'name="acting" content="sorter {two}"' in phone.get("/scan").text, "the other one goes on"
    assert crew.facts(house, "ShiftEnded", two) == []


def test_only_who_came_in_on_this_phone_may_be_chosen(app, house):
    one, two = crew.volunteer(house), crew.volunteer(house)
    elsewhere, phone = opened(app, crew.badge(house, one)[0]), opened(app, crew.badge(house, two)[0])
    foreign = house.access.session(elsewhere.cookies.get("baogong")).id
    for wanted in (foreign, elsewhere.cookies.get("baogong"), "nobody"):
        phone.post("/as", data={"session": wanted})
        assert two in phone.get("/shift").text
        assert one not in phone.get("/shift").text
    assert phone.post("/as", data={"session": "x", "next": "//evil.test"}).headers["location"] == "/"


def test_choosing_needs_the_form_token(app, house):
    phone = opened(app, crew.badge(house, crew.volunteer(house))[0])
    assert phone.post("/as", data={"session": "x"}, headers={"X-CSRF-Token": ""}).status_code == 403


def test_where_the_acting_badge_is_over_the_others_are_offered(app, house):
    one, two = crew.volunteer(house), crew.volunteer(house)
    phone = on_shift(app, crew.badge(house, one)[0])
    token, badge = crew.badge(house, two)
    on_shift(app, token, phone)
    crew.revoked(house, two, badge)
    refused = phone.get("/scan")
    assert refused.status_code == 401
    other = re.search(r'name="session" value="(\w+)"', refused.text)[1]
    phone.post("/as", data={"session": other})
    assert one in phone.get("/scan").text


def test_the_eighth_badge_ends_the_first_session(app, house):
    phone = Visitor(app)
    for _ in range(8):
        app.state.entrance.limits.counts.reset()
        opened(app, crew.badge(house, crew.volunteer(house))[0], phone)
    assert len(house.access.sessions()) == 7


def acts_as(role, member):
    return {"X-Acting": f"{role} {member}"}


def as_a_page_of_before(phone):
    """Its form token is the one of the session that acts now no more."""
    old = re.search(r'name="csrf-token" content="([^"]+)"', phone.get("/scan").text)[1]
    return {"X-CSRF-Token": old}


def test_what_waited_when_a_shift_ended_goes_out_as_that_hand_though_another_badge_was_opened_since(app, house):
    one, two = crew.volunteer(house), crew.volunteer(house)
    token, badge = crew.badge(house, one)
    phone = on_shift(app, token)
    page = acts_as("runner", one) | as_a_page_of_before(phone)
    waiting, after = an_item(), an_item(minutes=2)
    on_shift(app, crew.badge(house, two)[0], phone)
    assert shift_of_page(phone, page) == {"acting": f"runner {two}", "before": None}
    refused = phone.post("/api/scans", json={"scans": [waiting]}, headers=page)
    assert (refused.status_code, refused.json()["rule"]) == (403, "form-token"), (
        "while the shift lasts, it can be chosen"
    )
    assert phone.get("/form-token").json()["others"] == [f"runner {one}"]
    house.access.end_shift(badge)
    assert house.shown(house.log.last_position())
    told, aside = phone.post("/api/scans", json={"scans": [waiting, after]}, headers=page).json()["answers"]
    assert (told["outcome"], told["late"]) == ("recorded", True)
    assert (aside["outcome"], aside["reason"]) == ("set_aside", "outside-shift")
    (fact,) = crew.facts(house, "ParcelDelivered")
    assert (fact.actor, fact.late) == (one, True)
    assert shift_of_page(phone, page)["before"] is not None
    assert phone.get("/form-token").json()["others"] == []
    refused = phone.post("/api/scans", json={"scans": [waiting]}, headers=page | {"X-Acting": "runner m0000000q"})
    assert refused.status_code == 403, "no key of that hand"
    assert phone.post("/shift/end", json={}, headers=page).status_code == 403, "the key opens nothing else"
    assert crew.facts(house, "ShiftEnded", two) == []


def test_of_two_badges_of_one_hand_the_newer_one_sends_what_waited(app, house):
    member = crew.volunteer(house)
    token, first = crew.badge(house, member)
    phone = on_shift(app, token)
    house.access.end_shift(first)
    token, second = crew.badge(house, member)
    on_shift(app, token, phone)
    waiting = an_item()
    house.access.end_shift(second)
    (told,) = phone.post("/api/scans", json={"scans": [waiting]}, headers=acts_as("runner", member)).json()["answers"]
    assert (told["outcome"], told.get("late")) == ("recorded", True)
