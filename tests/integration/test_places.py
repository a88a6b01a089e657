"""Doors and group buys that were imported a moment ago."""

from uuid import uuid4

from compound import APPLES, COMPOUND, ask, found, said

from domain.community.compound import AddHouseholds, BuildingDoors
from domain.community.door_settings import DoorSettings
from domain.procurement.group_buys import ImportOrders, OrderLine, TableOrder


def imported(house, group_buy, title):
    order = TableOrder(household="1-101", lines=(OrderLine(item="x", quantity=1),))
    request = ImportOrders(
        **said(), group_buy=group_buy, title=title, source="import", digest=uuid4().hex * 2, orders=(order,), rows=1
    )
    assert house.shown(ask(house, request).events[-1])


def test_what_was_imported_a_moment_ago_is_found(house):
    found(house)
    assert house.places.group_buy(COMPOUND, "红苹果") == APPLES
    assert house.places.group_buy(COMPOUND, "牛奶") is None
    imported(house, "milk", "牛奶")
    assert house.places.group_buy(COMPOUND, "牛奶") == "milk"
    assert house.places.household(COMPOUND, "77-101") is None
    roster = (BuildingDoors(building="77", rooms=("101",)),)
    assert house.shown(ask(house, AddHouseholds(**said(), doors=DoorSettings(), roster=roster)).events[-1])
    assert house.places.household(COMPOUND, "77-101") == "77-101"


def test_a_flood_of_unknown_doors_asks_the_read_database_a_few_times(house, monkeypatch):
    found(house)
    looks, look_up = [], house.places.look_up
    monkeypatch.setattr(house.places, "look_up", lambda *known: looks.append(1) or look_up(*known))
    for number in range(500):
        assert house.places.household(COMPOUND, f"99-{number}") is None
    assert len(looks) <= 12
