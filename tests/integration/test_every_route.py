"""Every route as every role, as nobody, as a person of another compound, with a late upload key and with API keys.

What is expected comes from the role table alone; a new route without a declared action, or with a parameter in its
path and no example for it in ``tests/routes.py``, fails.
"""

import asyncio
import re
import tempfile
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from compound import COMPOUND, ask, found, said, scan
from routes import examples, routes_of

from domain.community.compound import AddHouseholds, BuildingDoors
from domain.community.door_settings import DoorSettings
from infra.auth import BadgeWanted
from infra.settings import Settings
from services.app import create_app
from services.roles import ACTIONS, ROLES, ROLES_THAT_MAY
from services.wiring import house_at, now

ELSEWHERE = "elsewhere"
OF_OURS = ("红苹果", "某农场", "圣都汇")
"""Words of the compound shengdu that nobody elsewhere may be shown."""
NOBODY = "nobody"
ANSWERS_OF_ONE_WHO_MAY = {200, 201, 303, 307, 400, 404, 409, 410, 422}


class Place:
    """The application with two compounds; in one of them a parcel and a delivery."""

    def __init__(self, house):
        self.house = house
        self.app = create_app(house)
        self.app.state.is_stopping = lambda: True
        found(house)
        doors = [BuildingDoors(building="1", rooms=("101",))]
        request = AddHouseholds(**{**said(), "compound": ELSEWHERE}, doors=DoorSettings(blocks="same"), roster=doors)
        assert house.shown(ask(house, request).events[-1])
        keys = {"authorization": f"Bearer {house.access.create_api_key('staff', COMPOUND)}"}
        declared = {"group_buys": ["apples"], "supplier": "某农场"}
        self.delivery = self.ask_once("POST", "/api/deliveries", keys, json=declared).json()["code"]
        packed = scan("sort", door="3-101", group_buy="apples")
        answer = self.ask_once("POST", "/api/scans", keys, json={"scans": [packed]}).json()
        self.parcel = answer["answers"][0]["code"]
        assert house.shown(house.log.last_position())
        self.routes = routes_of(self.app)

    def ask_once(self, method, path, headers, **send):
        return asyncio.run(self.asked([(method, path, headers, send)]))[0]

    async def asked(self, asks):
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            answers = []
            for method, path, headers, send in asks:
                answers.append(await client.request(method, path, headers=headers, **send))
                client.cookies.clear()
            return answers

    def answers(self, headers_of):
        """Of every route; ``headers_of`` makes the credentials anew for each. How often is another test's matter."""
        self.app.state.entrance.limits.counts.reset()
        asks = []
        for route in self.routes:
            example = examples(self.parcel, self.delivery).get(route.name)
            path = route.path.format_map(example.path if example else {})
            asks.append((route.method, path, headers_of(), example.send if example else {}))
        return list(zip(self.routes, asyncio.run(self.asked(asks)), strict=True))

    def session(self, role, compound=COMPOUND):
        access = self.house.access
        return {"authorization": f"Bearer {access.redeem(access.issue_link(role, compound=compound))}"}

    def upload_key(self, role="runner"):
        """Of a shift that has just ended."""
        badge = BadgeWanted(uuid4().hex, COMPOUND, "m7kq2x9d4", role, now() - timedelta(hours=4), now() + timedelta(1))
        redeemed = self.house.access.redeem_badge(self.house.access.issue_badge(badge), "phone-1")
        self.house.access.end_shift(badge.id)
        return {"authorization": f"Upload {redeemed.upload_key}"}


@contextmanager
def place_in(directory):
    with house_at(Settings(data=Path(directory), synchronous="OFF")) as house:
        yield Place(house)


@pytest.fixture(scope="module")
def place():
    with tempfile.TemporaryDirectory() as directory, place_in(directory) as opened:
        yield opened


def expected(actions, who, limited_to=ACTIONS):
    """401, 403, or None: the person may, and what comes then is another question."""
    if set(actions) <= {"anyone"}:
        return None
    if who == NOBODY:
        return 401
    return None if all(who in ROLES_THAT_MAY[each] and each in limited_to for each in actions) else 403


def wrong(answers, who, **more):
    """Answers that are others than the role table says."""
    return [
        f"{who}: {route.name} {route.actions}: {answer.status_code}"
        for route, answer in answers
        if not fits(expected(route.actions, who, **more), answer.status_code, route)
    ]


def fits(wanted, status, route):
    if wanted is not None:
        return status == wanted
    if route.path == "/" and status == 401:  # where nobody can be led to, they are asked to sign in
        return True
    return status in ANSWERS_OF_ONE_WHO_MAY or (route.name == "POST /j" and status == 403)


def test_every_route_declares_an_action_of_the_table(place):
    undeclared = [route.name for route in place.routes if not route.actions]
    assert undeclared == []
    assert {each for route in place.routes for each in route.actions} <= {*ACTIONS, "anyone"}


def test_every_parameter_of_a_path_has_an_example_and_no_example_is_left_over(place):
    known = examples(place.parcel, place.delivery)
    for route in place.routes:
        wanted = set(re.findall(r"{(\w+)", route.path))
        assert wanted <= set(known[route.name].path if route.name in known else ()), f"{route.name}: no example"
    assert set(known) <= {route.name for route in place.routes}


@pytest.mark.parametrize("role", ROLES)
def test_every_route_answers_a_role_as_the_table_says(place, role):
    assert wrong(place.answers(lambda: place.session(role)), role) == []


def test_every_route_asks_nobody_to_sign_in(place):
    assert wrong(place.answers(dict), NOBODY) == []


@pytest.mark.parametrize("role", ["admin", "staff", "auditor", "captain"])
def test_who_belongs_to_another_compound_is_shown_and_changes_nothing_here(place, role):
    before = place.house.log.last_position()
    answers = place.answers(lambda: place.session(role, ELSEWHERE))
    assert wrong([each for each in answers if each[1].status_code != 403], role) == []
    for route, answer in answers:
        if route.path != "/p/{code}":  # a label shows its parcel to whoever holds it
            assert [word for word in OF_OURS if word in answer.text] == [], route.name
    written = place.house.log.read(before, 1000)
    assert [each.stream for each in written if not each.stream.startswith(f"{ELSEWHERE}/")] == []


def test_a_late_upload_key_opens_the_scans_and_nothing_else(place):
    answers = dict(place.answers(place.upload_key))
    scans = next(route for route in answers if route.name == "POST /api/scans")
    (told,) = answers.pop(scans).json()["answers"]
    assert (told["outcome"], told["late"]) == ("recorded", True)
    assert wrong(answers.items(), NOBODY) == []


def test_an_upload_key_of_a_role_that_does_not_scan_opens_not_even_that(place):
    answer = place.ask_once("POST", "/api/scans", place.upload_key("viewer"), json={"scans": [scan("report")]})
    assert answer.status_code == 403


@pytest.mark.parametrize("actions", [("scan",), ("see-board", "export", "see-deliveries")])
def test_an_api_key_opens_the_actions_it_was_made_for(place, actions):
    def headers():
        return {"authorization": f"Bearer {place.house.access.create_api_key('staff', COMPOUND, actions=actions)}"}

    assert wrong(place.answers(headers), "staff", limited_to=actions) == []


def test_an_api_key_of_a_program_opens_what_its_role_may(place):
    def headers():
        return {"authorization": f"Bearer {place.house.access.create_api_key('program', COMPOUND)}"}

    assert wrong(place.answers(headers), "program") == []


def test_the_matrix_notices_a_route_that_lets_the_wrong_ones_in(place):
    route = next(route for route in place.routes if route.name == "GET /links")
    told = wrong([(route, httpx.Response(200))], "runner")
    assert told == ["runner: GET /links ('issue-links',): 200"]
    assert wrong([(route, httpx.Response(403))], "staff") != []
    assert wrong([(route, httpx.Response(500))], "staff") != []
