import runpy
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.roles import (
    ACTIONS,
    ROLES,
    ROLES_THAT_MAY,
    Person,
    at_own_door,
    at_own_station,
    at_own_time,
    in_own_building,
    in_own_compound,
    may_give,
    of_own_group_buy,
    of_some_own_group_buy,
)

ROOT = Path(__file__).parents[2]
NOON = datetime(2022, 4, 9, 12, tzinfo=UTC)


def test_the_page_of_roles_is_what_the_table_says():
    made = runpy.run_path(str(ROOT / "scripts" / "roles.py"))
    page = made["PAGE"].read_text(encoding="utf-8")
    assert page == made["page"](), "make it again: .venv/bin/python scripts/roles.py"
    for word in (*ROLES, *ACTIONS):
        assert word in page


def test_who_has_no_limit_reaches_everything():
    staff = Person("staff", "shengdu", "m7kq2x9d4")
    assert in_own_building(staff, "3")
    assert of_own_group_buy(staff, "milk")
    assert of_some_own_group_buy(staff, [])
    assert at_own_station(staff, "gate")
    assert at_own_time(staff, NOON)


def test_a_captain_reaches_their_buildings_and_what_has_none():
    captain = Person("captain", "shengdu", "m7kq2x9d4", buildings=frozenset({"3", "29"}))
    assert [at_own_door(captain, door) for door in ("3-101", "29", "33-101", "3")] == [True, True, False, True]
    assert in_own_building(captain, None)
    assert not in_own_building(captain, "4")
    nowhere = Person("captain", "shengdu", "m7kq2x9d4", buildings=frozenset())
    assert not in_own_building(nowhere, "3")


def test_a_leader_reaches_their_group_buys():
    leader = Person("leader", "shengdu", "m7kq2x9d4", group_buys=frozenset({"milk"}))
    assert of_own_group_buy(leader, "milk")
    assert not of_own_group_buy(leader, "apples")
    assert of_some_own_group_buy(leader, ["apples", "milk"])
    assert not of_some_own_group_buy(leader, ["apples"])
    assert not of_some_own_group_buy(leader, [])


def test_a_badge_is_for_its_stations_and_its_time():
    runner = Person(
        "runner", "shengdu", "m7kq2x9d4", stations=frozenset({"lobby-3"}), between=(NOON, NOON + timedelta(hours=1))
    )
    assert at_own_station(runner, "lobby-3")
    assert at_own_station(runner, None)
    assert not at_own_station(runner, "gate")
    assert at_own_time(runner, NOON)
    assert not at_own_time(runner, NOON + timedelta(hours=1))


def test_nobody_hands_out_more_than_their_own():
    staff, admin = Person("staff", "shengdu", "a"), Person("admin", None, "b")
    assert may_give(staff, "captain")
    assert not may_give(staff, "admin")
    assert may_give(admin, "admin")
    assert not may_give(admin, "wizard")


def test_people_belong_to_one_compound_and_administrators_to_all():
    assert in_own_compound(Person("staff", "a", "x"), "a")
    assert not in_own_compound(Person("staff", "a", "x"), "b")
    assert in_own_compound(Person("admin", None, "x"), "b")


def test_an_api_keys_actions_narrow_its_role_and_never_widen_it():
    key = Person("auditor", "a", "key-1", actions=frozenset({"export", "scan"}))
    assert key.may("export")
    assert not key.may("scan")
    assert not key.may("see-doubts")
    assert "see-doubts" in {action for action in ACTIONS if "auditor" in ROLES_THAT_MAY[action]}
