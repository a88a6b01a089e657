"""A printed label is a parcel to come only while its order stands, whatever came first; what a hand has touched stays."""

import asyncio
import itertools
from uuid import uuid4

import pytest
from compound import APPLES, COMPOUND, ask, client, found, said, scan, scanned

from domain.goods.codes import piece_code
from domain.goods.facts import PieceName, PrintedLabel
from domain.goods.labels import LabelsPrinted
from domain.procurement.group_buys import ImportOrders, OrderLine, TableOrder, UndoImport
from projections import custody, doubts, live_board
from services.office import Noted
from services.undelivered import undelivered
from services.upkeep import build_beside, differences
from services.wiring import now

PEARS = "pears"
DOORS = ("12-201", "12-202", "12-301")
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def compound(house):
    found(house)
    ask(house, UndoImport(**said(), group_buy=APPLES))
    return house


def order(house, *doors):
    lines = (OrderLine(item="梨", unit="箱", quantity=1),)
    table = {
        "group_buy": PEARS,
        "title": "梨",
        "source": "import",
        "digest": "b" * 64,
        "orders": tuple(TableOrder(household=door, lines=lines) for door in doors),
        "rows": len(doors),
        "sure": True,
    }
    ask(house, ImportOrders(**said(), **table))


def undo(house):
    ask(house, UndoImport(**said(), group_buy=PEARS))


def code_of(house, door):
    return piece_code(house.secret, COMPOUND, PEARS, door, 1)


def print_labels(house, *doors):
    labels = tuple(
        PrintedLabel(code=code_of(house, door), meant=PieceName(group_buy=PEARS, household=door), of=1)
        for door in doors or DOORS
    )
    run = LabelsPrinted(compound=COMPOUND, actor="staff-1", command=uuid4(), happened_at=now(), labels=labels)
    house.office.take_now([Noted(run)])


def waiting(house):
    """The doors that wait, as the list and the board tell it, which must agree."""
    assert house.shown(house.log.last_position())
    with house.read.reading() as rows:
        listed = [piece.household for piece in undelivered(rows, COMPOUND)]
        standing = custody.not_yet_delivered(rows, COMPOUND)
        on_board = live_board.stages_by_building(rows, COMPOUND, "2022-04-20")
    assert sum(count for stages in on_board.values() for count in stages.values()) == len(standing)
    return listed


def is_the_same_when_rebuilt(house, path):
    for _ in build_beside(house.log, path):
        pass
    return differences(house.read.path, path) == []


def page(house, path):
    async def get():
        async with client(house, "admin") as browser:
            return await browser.get(path, headers=ENGLISH)

    return asyncio.run(get()).text


def test_an_undone_import_takes_its_printed_parcels_along(compound, tmp_path):
    order(compound, *DOORS)
    print_labels(compound)
    assert waiting(compound) == list(DOORS)
    undo(compound)
    assert waiting(compound) == []
    assert is_the_same_when_rebuilt(compound, tmp_path / "new.db")
    own = page(compound, f"/p/{code_of(compound, DOORS[0])}")
    assert "The order for this label was withdrawn" in own
    assert "not here yet" not in own
    assert "From the gate to your door" not in own
    assert "order withdrawn" in page(compound, f"/audit/parcels/{code_of(compound, DOORS[0])}")


def test_a_newer_table_without_a_door_takes_that_one_only(compound, tmp_path):
    order(compound, *DOORS)
    print_labels(compound)
    order(compound, *DOORS[1:])
    assert waiting(compound) == list(DOORS[1:])
    assert "was withdrawn" not in page(compound, f"/p/{code_of(compound, DOORS[1])}")
    order(compound, *DOORS)
    assert waiting(compound) == list(DOORS)
    assert "was withdrawn" not in page(compound, f"/p/{code_of(compound, DOORS[0])}")
    assert is_the_same_when_rebuilt(compound, tmp_path / "new.db")


def test_a_parcel_that_a_hand_has_scanned_stays(compound, tmp_path):
    order(compound, *DOORS)
    print_labels(compound)
    scanned(compound, scan("sort", 5, code=code_of(compound, DOORS[0]), station="sorting"))
    undo(compound)
    assert waiting(compound) == [DOORS[0]]
    assert "packed for your building" in page(compound, f"/p/{code_of(compound, DOORS[0])}")
    scanned(compound, scan("sort", 4, code=code_of(compound, DOORS[1]), station="sorting"))
    assert waiting(compound) == list(DOORS[:2])
    assert is_the_same_when_rebuilt(compound, tmp_path / "new.db")


def test_sorting_by_the_label_of_a_withdrawn_order_is_doubted_until_there_is_one_again(compound, tmp_path):
    def doubted():
        assert compound.shown(compound.log.last_position())
        with compound.read.reading() as rows:
            return [doubt.household for doubt in doubts.open_doubts(rows, COMPOUND) if doubt.rule == "order-known"]

    order(compound, *DOORS)
    print_labels(compound)
    scanned(compound, *(scan("sort", 5, code=code_of(compound, door), station="sorting") for door in DOORS[:2]))
    assert doubted() == []
    order(compound, *DOORS[1:])
    assert doubted() == [DOORS[0]]
    assert is_the_same_when_rebuilt(compound, tmp_path / "new.db")
    order(compound, *DOORS)
    assert doubted() == []
    order(compound, *DOORS[1:])
    scanned(compound, again := scan("sort", 4, code=code_of(compound, DOORS[0]), station="sorting"))
    told = [each.event.doubts for each in compound.log.read(0, 10_000) if str(each.event.command) == again["id"]]
    assert told == [("order-known",)]


@pytest.mark.parametrize("shown_between", [True, False], ids=["in batches", "in one batch"])
@pytest.mark.parametrize("places", list(itertools.combinations_with_replacement(range(4), 2)))
def test_whenever_the_labels_were_printed_the_same_doors_wait(compound, tmp_path, places, shown_between):
    """``places``: before which of the three tables the labels of the first door and of the others are printed."""
    tables = (DOORS[:2], DOORS, DOORS[1:])
    for place in range(len(tables) + 1):
        for doors, at in zip((DOORS[:1], DOORS[1:]), places, strict=True):
            if at == place:
                print_labels(compound, *doors)
        if place < len(tables):
            order(compound, *tables[place])
        if shown_between:
            waiting(compound)
    assert waiting(compound) == list(DOORS[1:])
    assert is_the_same_when_rebuilt(compound, tmp_path / "new.db")


def test_the_page_of_a_delivery_does_not_list_what_was_withdrawn(compound):
    order(compound, *DOORS)
    print_labels(compound)
    assert waiting(compound)
    (delivery,) = scanned(compound, scan("declare", 20, group_buys=[PEARS], pieces=3, supplier="果园"))
    assert code_of(compound, DOORS[0]) in page(compound, f"/audit/deliveries/{delivery}").replace("-", "")
    order(compound, *DOORS[1:])
    waiting(compound)
    shown = page(compound, f"/audit/deliveries/{delivery}").replace("-", "")
    assert code_of(compound, DOORS[0]) not in shown
    assert code_of(compound, DOORS[1]) in shown
