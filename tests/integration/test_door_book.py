"""Which door is behind a code: it follows roster and serials, and guesses get nowhere."""

import random
from fractions import Fraction
from uuid import uuid4

import pytest
from compound import COMPOUND, ROOMS, ask, found, said

from domain.community.compound import AddHouseholds, BuildingDoors, UndoRoster
from domain.community.door_codes import RenewDoorCodes, door_code, read_door_code
from domain.community.door_settings import DoorSettings
from domain.goods.codes import CODE_LENGTH, SYMBOLS
from services.door_codes import Door, DoorBook
from services.limits import Limits, TooManyRequests

GUESSES = 100_000
A_YEAR = 365 * 24 * 60
ELSEWHERE = "elsewhere"


@pytest.fixture
def compound(house):
    found(house)
    return house


def renew(house, building, *doors, shown=True):
    request = RenewDoorCodes(**said(), building=building, households=doors, buildings_of_actor=None)
    answer = ask(house, request)
    if shown:
        assert house.shown(answer.events[-1])


def code_of(house, door, serial=0, compound=COMPOUND):
    return door_code(house.secret, compound, door, serial)


def behind(house, door, serial=0, compound=COMPOUND):
    return house.door_book.door_behind(code_of(house, door, serial, compound))


def test_every_door_is_found_by_its_code_and_by_no_other(compound):
    doors = [f"{building}-{room}" for building in range(1, 13) for room in ROOMS] + ["29"]
    assert [behind(compound, door) for door in doors] == [Door(COMPOUND, door) for door in doors]
    assert behind(compound, "12-9901") is None
    assert behind(compound, "12-101", compound=ELSEWHERE) is None
    foreign = DoorBook(b"another installation", compound.log, compound.read)
    assert foreign.door_behind(code_of(compound, "12-101")) is None


def test_a_renewed_door_is_found_by_the_new_code_only(compound):
    assert behind(compound, "12-101") == Door(COMPOUND, "12-101")
    renew(compound, "12", "12-101")
    assert [behind(compound, "12-101", serial) for serial in (0, 1, 2)] == [None, Door(COMPOUND, "12-101"), None]
    assert behind(compound, "12-102") == Door(COMPOUND, "12-102")
    renew(compound, "12")
    assert [behind(compound, "12-101", serial) for serial in (0, 1, 2)] == [None, None, Door(COMPOUND, "12-101")]
    assert [behind(compound, "12-102", serial) for serial in (0, 1)] == [None, Door(COMPOUND, "12-102")]
    assert behind(compound, "11-101") == Door(COMPOUND, "11-101")


def test_an_old_code_is_refused_before_any_read_model_has_followed(compound):
    assert behind(compound, "12-101") == Door(COMPOUND, "12-101")
    compound.projector.stop()
    renew(compound, "12", "12-101", shown=False)
    assert behind(compound, "12-101") is None
    assert behind(compound, "12-102") == Door(COMPOUND, "12-102")


def test_it_follows_the_roster(compound):
    assert behind(compound, "30-101") is None
    more = AddHouseholds(
        **said(), doors=DoorSettings(blocks="same"), roster=(BuildingDoors(building="30", rooms=("101",)),)
    )
    assert compound.shown(ask(compound, more).events[-1])
    assert behind(compound, "30-101") == Door(COMPOUND, "30-101")
    undo = UndoRoster(**said(), undone=more.id)
    assert compound.shown(ask(compound, undo).events[-1])
    assert behind(compound, "30-101") is None
    assert behind(compound, "12-101") == Door(COMPOUND, "12-101")


def test_only_the_compound_that_changed_is_read_again(compound):
    other = AddHouseholds(
        **{**said(), "compound": ELSEWHERE},
        doors=DoorSettings(blocks="same"),
        roster=(BuildingDoors(building="1", rooms=("101",)),),
    )
    assert compound.shown(ask(compound, other).events[-1])
    assert behind(compound, "1-101", compound=ELSEWHERE) == Door(ELSEWHERE, "1-101")
    assert behind(compound, "1-101") == Door(COMPOUND, "1-101")
    before = dict(compound.door_book.known)
    renew(compound, "12", "12-101")
    assert behind(compound, "1-101") == Door(COMPOUND, "1-101")
    after = compound.door_book.known
    assert after[ELSEWHERE] is before[ELSEWHERE]
    assert after[COMPOUND] is not before[COMPOUND]


def test_two_doors_that_came_by_the_same_code_are_both_refused(compound):
    code = code_of(compound, "12-101")
    assert compound.door_book.door_behind(code) is not None
    book = compound.door_book
    book.known = {**book.known, ELSEWHERE: book.known[COMPOUND]}
    book.up_to_date = lambda _rows: book.known
    assert book.door_behind(code) is None


def test_a_hundred_thousand_guesses_get_nowhere(compound):
    """Counted, not hoped for: 45 bits, looked up 120 times a minute."""
    chance = random.Random(168)
    guesses = ("H" + "".join(chance.choices(SYMBOLS, k=CODE_LENGTH - 1)) for _ in range(GUESSES))
    shaped = [code for code in map(read_door_code, guesses) if code]
    assert GUESSES / 40 < len(shaped) < GUESSES / 25, "the check character lets one of 32 through"
    assert {compound.door_book.door_behind(code) for code in shaped} == {None}
    limits, through = Limits(lambda: 0.0), 0
    for _ in range(GUESSES):
        try:
            limits.spend("guess", "203.0.113.7")
        except TooManyRequests:
            continue
        through += 1
    assert through == 120
    possibilities = len(SYMBOLS) ** (CODE_LENGTH - 2)
    assert possibilities == 2**45
    assert Fraction(possibilities, 1333 * through) > 400 * A_YEAR, "four hundred years for one door of a compound"


def test_a_large_compound_is_kept_in_little_memory(house):
    buildings = [
        BuildingDoors(building=str(n), rooms=[f"{f}{d:02d}" for f in range(1, 12) for d in range(1, 4)])
        for n in range(1, 41)
    ]
    request = AddHouseholds(**said(), doors=DoorSettings(blocks="same"), roster=buildings)
    assert house.shown(ask(house, request).events[-1])
    assert behind(house, "40-1103") == Door(COMPOUND, "40-1103")
    listed = house.door_book.known[COMPOUND]
    assert len(listed.bits) == 1320
    assert listed.bits.itemsize * len(listed.bits) + len(listed.doors) < 30_000


def test_the_same_renewal_sent_twice_is_one(compound):
    request = RenewDoorCodes(
        **{**said(), "id": uuid4()}, building="12", households=("12-101",), buildings_of_actor=None
    )
    for _ in range(2):
        assert compound.shown(ask(compound, request).events[-1])
    assert behind(compound, "12-101", 1) == Door(COMPOUND, "12-101")
