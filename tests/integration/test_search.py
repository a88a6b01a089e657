"""What the search box leads to."""

import compound as place
import pytest
from compound import scan, scanned
from visitor import Visitor

from services.app import create_app


@pytest.fixture
def staff(house):
    place.found(house)
    scanned(house, scan("declare", 30, supplier="光明", vehicle="沪A12345"), scan("declare", 20, vehicle="沪B8-77"))
    return Visitor(create_app(house)).signed_in("staff")


@pytest.mark.parametrize(
    ("typed", "plates"),
    [
        ("12", []),
        ("12号", []),
        ("12-101", []),
        ("沪A12", ["沪A12345"]),
        ("12345", ["沪A12345"]),
        ("8-77", ["沪B8-77"]),
        ("光明", ["沪A12345"]),
    ],
)
def test_a_part_of_a_number_plate_is_found_unless_it_is_a_door_or_building_that_was_asked_for(staff, typed, plates):
    found = staff.get("/api/search", params={"q": typed}).json()
    assert [each["vehicle"] for each in found["deliveries"]] == plates
