from uuid import uuid4

import examples as e
from given import given

from domain.community.compound import (
    AddHouseholds,
    BuildingAdded,
    BuildingDoors,
    CloseStation,
    CompoundFounded,
    HouseholdsAdded,
    HouseholdsRemoved,
    OpenStation,
    StationClosed,
    StationOpened,
    UndoRoster,
    doors_by_building,
)
from domain.community.door_settings import DoorSettings

SETTINGS = DoorSettings(names=("圣都汇",), blocks="same")
ROSTER = (BuildingDoors(building="12", rooms=("501", "201甲")), BuildingDoors(building="29", villa=True))


def asked(request, **more):
    return request(id=uuid4(), compound=e.COMPOUND, actor="staff-1", happened_at=e.at(0), **more)


def said(request):
    return {
        "compound": e.COMPOUND,
        "actor": "staff-1",
        "command": request.id,
        "happened_at": request.happened_at,
    }


def roster(*listed):
    return asked(AddHouseholds, doors=SETTINGS, roster=listed or ROSTER)


def founded(request=None):
    return list(given().when(request or roster()).facts)


def test_a_roster_founds_a_new_compound_with_its_doors():
    request = roster()
    common = said(request)
    given().when(request).then(
        CompoundFounded(**common, doors=SETTINGS),
        BuildingAdded(**common, building="12"),
        HouseholdsAdded(**common, building="12", rooms=("501", "201甲")),
        BuildingAdded(**common, building="29"),
        HouseholdsAdded(**common, building="29", rooms=()),
    )


def test_the_same_roster_again_adds_nothing():
    given(*founded()).when(roster()).then()


def test_a_longer_roster_adds_what_is_new_and_names_what_it_lists_too():
    request = roster(BuildingDoors(building="12", rooms=("501", "502")))
    given(*founded()).when(request).then(HouseholdsAdded(**said(request), building="12", rooms=("501", "502")))


def test_doors_that_another_roster_lists_stay_when_one_is_taken_back():
    first = roster()
    second = roster(BuildingDoors(building="12", rooms=("501", "502")), BuildingDoors(building="29", villa=True))
    past = [*founded(first)]
    past += given(*past).when(second).facts
    undo = asked(UndoRoster, undone=first.id)
    removed = HouseholdsRemoved(**said(undo), undone=first.id, households=("12-201甲",))
    given(*past).when(undo).then(removed)
    in_use = asked(UndoRoster, undone=first.id, ordered=frozenset({"29"}))
    given(*past).when(in_use).then(removed.model_copy(update={"command": in_use.id}))
    last = asked(UndoRoster, undone=second.id)
    gone = HouseholdsRemoved(**said(last), undone=second.id, households=("12-501", "12-502", "29"))
    given(*past, removed).when(last).then(gone)


def test_a_roster_is_taken_back_unless_its_doors_have_orders():
    first = roster()
    undo = asked(UndoRoster, undone=first.id)
    removed = HouseholdsRemoved(**said(undo), undone=first.id, households=("12-501", "12-201甲", "29"))
    given(*founded(first)).when(undo).then(removed)
    given(*founded(first), removed).when(asked(UndoRoster, undone=first.id)).then_refused("import-known")
    in_use = asked(UndoRoster, undone=first.id, ordered=frozenset({"29"}))
    given(*founded(first)).when(in_use).then_refused("roster-in-use")
    given(*founded(first), removed).when(roster()).then_doubts()


def test_stations_open_and_close():
    opening = asked(OpenStation, station="lobby-12", kind="lobby", building="12")
    opened = StationOpened(**said(opening), station="lobby-12", kind="lobby", building="12")
    given(*founded()).when(opening).then(opened)
    given().when(opening).then_refused("compound-founded")
    given(*founded(), opened).when(asked(OpenStation, station="lobby-12", kind="rest")).then_refused("station-new")
    closing = asked(CloseStation, station="lobby-12")
    given(*founded(), opened).when(closing).then(StationClosed(**said(closing), station="lobby-12"))
    given(*founded()).when(closing).then_refused("station-known")


def test_doors_are_grouped_by_building_in_their_order():
    doors = [("12", "501"), ("29", None), ("12", "502"), ("12", "501")]
    assert doors_by_building(doors) == (
        BuildingDoors(building="12", rooms=("501", "502")),
        BuildingDoors(building="29", villa=True),
    )
