"""Roles, captaincies and badges are limited to what is there; what is not is refused by name, with what there is."""

from uuid import uuid4

import compound as place
import pytest
from visitor import Visitor

from infra.auth import Scope
from services.app import create_app

REFUSED = 409


@pytest.fixture
def app(house):
    place.found(house)
    return create_app(house)


@pytest.fixture
def staff(app):
    return Visitor(app, **{"accept-language": "en"}).signed_in("staff")


@pytest.fixture
def number(staff):
    answer = staff.post("/members", data={"body": "committee", "approve": "yes"})
    return answer.headers["location"].rpartition("/")[2]


def test_a_role_takes_a_group_buy_by_its_title(house, staff, number):
    said = {"role": "leader", "group_buys": "红苹果", "buildings": "3 12"}
    assert staff.post(f"/members/{number}/roles", data=said).status_code == 303
    (grant,) = house.access.roles_of(number)
    assert grant.scope == Scope.of(buildings={"3", "12"}, group_buys={"apples"})
    assert '<option value="红苹果">' in staff.get(f"/members/{number}").text


@pytest.mark.parametrize(
    ("act", "said", "told"),
    [
        ("roles", {"role": "leader"}, "Say for which group buys"),
        ("roles", {"role": "leader", "group_buys": "pears"}, "no group buy pears. There are: 红苹果 (apples)."),
        ("roles", {"role": "auditor", "buildings": "3 77"}, "There is no building 77. There are: 1, 2, 3"),
        ("captain", {"buildings": "3 a/b", "until": "2030-01-01"}, "There is no building a/b. There are: 1, 2, 3"),
        ("captain/relieve", {"buildings": "a/b"}, "There is no such building on the roster"),
    ],
)
def test_what_is_not_there_is_refused_and_nothing_is_given(house, staff, number, act, said, told):
    answer = staff.post(f"/members/{number}/{act}", data=said)
    assert answer.status_code == REFUSED
    assert told in answer.text
    assert house.access.roles_of(number) == []


@pytest.mark.parametrize("stranger", ["zzz", "m00000000"])
@pytest.mark.parametrize(
    ("act", "said"),
    [
        ("approve", {}),
        ("roles", {"role": "auditor"}),
        ("captain", {"buildings": "3", "until": "2030-01-01"}),
    ],
)
def test_what_is_no_members_number_is_not_found(staff, stranger, act, said):
    assert staff.post(f"/members/{stranger}/{act}", data=said).status_code == 404


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"station": "<b>x"}, "No station &lt;b&gt;x is open. Open are: gate."),
        ({"station": "a b"}, "No station a b is open. Open are: gate."),
        ({"station": "gate-9"}, "No station gate-9 is open. Open are: gate."),
        ({"buildings": "a/b"}, "There is no building a/b. There are: 1, 2, 3"),
        ({"member": ["zzz"]}, "There is no such member"),
        ({"member": ["m00000000"]}, "There is no such member"),
    ],
)
def test_a_badge_for_what_is_not_there_is_refused_by_name(staff, number, said, told):
    form = {"run": str(uuid4()), "member": [number], "role": "runner", "preset": "next-hours"}
    answer = staff.post("/badges", data=form | said)
    assert answer.status_code == REFUSED
    assert told in answer.text
