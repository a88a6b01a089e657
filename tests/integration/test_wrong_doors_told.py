"""A parcel at a wrong door, bad goods and another building's captain, as households and volunteers read of them."""

import asyncio
import re

import pytest
from compound import APPLES, COMPOUND, client, found, scan, scanned

from projections import custody

DOOR, OTHER = "2-101", "10-101"
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def compound(house, afternoon):
    found(house)
    scanned(
        house,
        scan("sort", 90, group_buy=APPLES, door=DOOR, station="sorting"),
        scan("hand-over", 80, group_buy=APPLES, door=DOOR, taker={"kind": "volunteer", "id": "runner-1"}),
    )
    return house


def page(house, path):
    async def get():
        async with client(house, "staff") as browser:
            return await browser.get(path, headers=ENGLISH)

    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", asyncio.run(get()).text))


def parcel(house):
    with house.read.reading() as rows:
        (row,) = custody.of_household(rows, COMPOUND, DOOR)
    return row


def test_what_lies_at_another_door_is_said_to_and_found_there(compound):
    scanned(compound, scan("deliver", 60, group_buy=APPLES, door=DOOR, to=OTHER))
    row = parcel(compound)
    assert (row.stage, row.holder, row.delivered_at) == ("problem", OTHER, None)
    own = page(compound, f"/p/{row.code}")
    assert "It was left at another door and is being fetched." in own
    assert "left at your door" not in own
    assert "Your door still ahead" in own
    for query in (DOOR, OTHER):
        assert row.code[:4] in page(compound, f"/search?q={query}"), query
    assert row.code[:4] in page(compound, "/undelivered?building=2")
    scanned(compound, scan("deliver", 50, group_buy=APPLES, door=DOOR))
    assert "Your parcel has been delivered" in page(compound, f"/p/{row.code}")
    assert row.code[:4] not in page(compound, f"/search?q={OTHER}")


def test_whoever_stands_at_the_wrong_door_reads_which_is_the_right_one(compound):
    wrong = scan("deliver", 60, group_buy=APPLES, door=DOOR, to=OTHER)

    async def post(*scans):
        async with client(compound, "admin") as browser:
            return (await browser.post("/api/scans", json={"scans": list(scans)})).json()["answers"]

    (told,) = asyncio.run(post(wrong))
    assert (told["doubts"], told["belongs_to"]) == (["right-building"], DOOR)
    (told,) = asyncio.run(post(scan("deliver", 50, group_buy=APPLES, door=DOOR)))
    assert "belongs_to" not in told


def test_bad_goods_that_were_delivered_are_still_told(compound):
    scanned(
        compound,
        scan("report", 70, group_buy=APPLES, door=DOOR, problem="spoiled"),
        scan("deliver", 60, group_buy=APPLES, door=DOOR),
    )
    row = parcel(compound)
    assert "Please do not eat it" in page(compound, f"/p/{row.code}")
    assert row.code[:4] in page(compound, "/undelivered?building=2")
    assert "problem" in page(compound, f"/audit/parcels/{row.code}")


@pytest.mark.parametrize(("building", "told"), [("2", "the captain of your building"), ("10", "another building")])
def test_a_captain_of_another_building_is_not_called_ones_own(compound, building, told):
    taker = {"kind": "captain", "id": building}
    scanned(compound, scan("hand-over", 60, group_buy=APPLES, door=DOOR, taker=taker))
    assert told in page(compound, f"/p/{parcel(compound).code}")


def test_what_was_destroyed_is_here_no_more_and_what_came_back_is_so_since_then(compound):
    scanned(compound, scan("return", 60, group_buy=APPLES, door=DOOR, station="sorting"))
    returned = page(compound, f"/p/{parcel(compound).code}")
    assert re.search(r"Sorting [^a-z]* 14:00 here now", returned), returned
    scanned(compound, scan("destroy", 50, group_buy=APPLES, door=DOOR, reason="spoiled"))
    assert "here now" not in page(compound, f"/p/{parcel(compound).code}")


def test_a_parcel_that_the_household_took_itself_reached_its_door_then(compound):
    scanned(compound, scan("hand-over", 60, group_buy=APPLES, door=DOOR, taker={"kind": "household", "id": DOOR}))
    own = page(compound, f"/p/{parcel(compound).code}")
    assert re.search(r"Volunteer [^a-z]* 13:40", own), own
    assert re.search(r"Your door [^a-z]* 14:00", own), own
