"""What is not at its door: what came back still waits, and nobody is told that destroyed goods were delivered."""

import asyncio

import pytest
from compound import APPLES, COMPOUND, ROOMS, client, found, scan, scanned

from services.pages.board import board_now
from services.undelivered import sums_by_building, undelivered
from services.wiring import now

DOORS = [f"2-{room}" for room in ROOMS[:8]]


@pytest.fixture
def compound(house, afternoon):
    """Everything in building 2 is delivered."""
    found(house)
    scanned(house, *(scan("deliver", 50, group_buy=APPLES, door=door) for door in DOORS))
    return house


def sum_of_two(house):
    with house.read.reading() as rows:
        sums = sums_by_building(rows, COMPOUND, undelivered(rows, COMPOUND), None)
    return next(each for each in sums if each.building == "2")


def tile_of_two(house):
    return next(tile for tile in board_now(house, COMPOUND, now()).tiles if tile.building == "2")


def page(house, path):
    async def get():
        async with client(house, "staff") as browser:
            return await browser.get(path, headers={"accept-language": "en"})

    return asyncio.run(get()).text


def test_a_building_is_done_when_everything_is_delivered(compound):
    assert (sum_of_two(compound).done, sum_of_two(compound).pieces, tile_of_two(compound).tone) == (8, 0, "good")
    assert "Everything is delivered here" in page(compound, "/undelivered?building=2")


def test_what_came_back_waits_until_it_is_delivered_after_all(compound):
    scanned(compound, scan("return", 40, group_buy=APPLES, door=DOORS[0]))
    assert (sum_of_two(compound).done, sum_of_two(compound).problems, tile_of_two(compound).wrong) == (7, 1, 1)
    shown = page(compound, "/undelivered?building=2")
    assert "<li><h2>101</h2>" in shown
    assert "returned" in shown
    scanned(compound, scan("deliver", 30, group_buy=APPLES, door=DOORS[0]))
    assert sum_of_two(compound).done == 8


def test_what_was_destroyed_is_neither_awaited_nor_called_delivered(compound):
    scanned(compound, scan("destroy", 40, group_buy=APPLES, door=DOORS[0], reason="spoiled"))
    two = sum_of_two(compound)
    assert (two.doors, two.in_vain, two.done, two.pieces, two.destroyed) == (0, 1, 7, 0, 1)
    overview, shown = page(compound, "/undelivered"), page(compound, "/undelivered?building=2")
    assert 'class="building bad" href="/undelivered?building=2"' in overview
    assert "1 destroyed" in overview
    assert "Everything is delivered here" not in shown
    assert "Destroyed: these doors did not get it" in shown
    assert "/scan?step=deliver" not in shown
    assert "destroyed" in page(compound, "/undelivered.csv?building=2")
