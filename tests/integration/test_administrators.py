"""Staff do nothing to the sign-ins of administrators; and the first administrator is shown as what they are."""

import re

import compound as place
import pytest
from fastapi.routing import iter_route_contexts
from visitor import Visitor

from infra.auth import Scope
from services.access import COOKIE
from services.app import create_app

C = place.COMPOUND
ACTS = {
    "approve": {},
    "suspend": {"reason": "staff-decision"},
    "reinstate": {},
    "roles": {"role": "viewer"},
    "roles/withdraw": {"role": "viewer"},
    "captain": {"buildings": "3", "until": "2030-01-01"},
    "captain/relieve": {"buildings": "3"},
    "invite": {"role": "viewer"},
    "signout": {},
}
NO_WAY_IN = {"card", "unmask", "show"}
"""What stands in the directory; these have rules of their own."""


@pytest.fixture
def app(house):
    place.found(house)
    return create_app(house)


@pytest.fixture
def admin(app):
    return Visitor(app).signed_in("admin", compound=None)


def posted(visitor, path, **said):
    answer = visitor.post(path, data=said)
    assert answer.status_code < 400, answer.text
    return answer


def registered(admin, *roles):
    number = posted(admin, "/members", body="committee", approve="yes").headers["location"].rpartition("/")[2]
    for role in roles:
        posted(admin, f"/members/{number}/roles", role=role)
    return number


def signed_in_as(app, house, number, role):
    grant = next(each for each in house.access.roles_of(number) if each.role == role)
    visitor = Visitor(app)
    visitor.cookies.set(COOKIE, house.access.open_session(grant, how="password"), domain="bg.test")
    return visitor


def first_administrator(app, house):
    """Came by the link of the first start and registered themselves: visitor and number."""
    visitor = Visitor(app).signed_in("admin", compound=None)
    posted(visitor, "/password/member")
    assert house.shown(house.log.last_position())
    (number,) = {each.actor for each in house.access.sessions() if re.fullmatch(r"m\w{8}", each.actor)}
    return visitor, number


def test_the_acts_are_all_that_can_be_posted_about_a_member(app):
    under = "/members/{member}/"
    paths = [route.path or "" for route in iter_route_contexts(app.routes)]
    posts = {path.removeprefix(under) for path in paths if path.startswith(under)}
    assert posts == ACTS.keys() | NO_WAY_IN


@pytest.mark.parametrize("first", [True, False], ids=["of all compounds", "of this one"])
@pytest.mark.parametrize("act", ACTS)
def test_staff_change_nothing_about_an_administrator(app, house, admin, act, first):
    if first:
        theirs, number = first_administrator(app, house)
    else:
        number = registered(admin, "admin", "viewer")
        theirs = signed_in_as(app, house, number, "admin")
    staff = Visitor(app).signed_in("staff")
    before = house.access.roles_of(number)
    answer = staff.post(f"/members/{number}/{act}", data=ACTS[act])
    assert answer.status_code == 403
    assert "Only an administrator" in answer.text
    assert theirs.get("/board").status_code == 200
    assert house.access.roles_of(number) == before


def test_staff_are_offered_no_act_about_an_administrator(app, admin):
    number = registered(admin, "admin", "staff")
    offered = re.compile(rf'action="/members/{number}/(?!card)')
    assert offered.search(admin.get(f"/members/{number}").text)
    assert not offered.search(Visitor(app).signed_in("staff").get(f"/members/{number}").text)


def test_staff_withdraw_no_link_of_an_administrator(app, house, admin):
    number = registered(admin, "admin", "staff")
    theirs = Visitor(app).signed_in("staff", actor=number)
    link = next(each.id for each in house.access.links(C) if each.actor == number)
    staff = Visitor(app).signed_in("staff")
    assert staff.post("/links/revoke", data={"link": link}).status_code == 403
    assert theirs.get("/board").status_code == 200
    assert number not in staff.get("/links").text


def test_staff_revoke_no_key_of_an_administrator(app, house):
    token = house.access.create_api_key("admin", C, name="backup")
    (key,) = house.access.api_keys(C)
    staff = Visitor(app).signed_in("staff")
    assert staff.post("/keys/revoke", data={"key": key.id}).status_code == 403
    assert key.id not in staff.get("/keys").text
    assert house.access.api_key(token) is not None
    posted(Visitor(app).signed_in("admin"), "/keys/revoke", key=key.id)
    assert house.access.api_key(token) is None


def test_the_first_administrator_can_sign_in_and_the_page_says_so(app, house):
    theirs, number = first_administrator(app, house)
    page = theirs.get(f"/members/{number}").text
    assert "cannot sign in" not in page
    assert "On 1 phone or computer." in page


def test_the_role_of_the_first_administrator_can_be_withdrawn(app, house):
    theirs, number = first_administrator(app, house)
    posted(Visitor(app).signed_in("admin"), f"/members/{number}/roles/withdraw", role="admin")
    assert theirs.get("/board").status_code == 401
    assert house.access.roles_of(number) == []


def test_staff_still_look_after_everybody_else(app, house, admin):
    number = registered(admin, "viewer")
    house.access.give_role("m1a2b3c4d", "admin", "", scope=Scope())
    viewer = signed_in_as(app, house, number, "viewer")
    posted(Visitor(app).signed_in("staff"), f"/members/{number}/signout")
    assert viewer.get("/board").status_code == 401
