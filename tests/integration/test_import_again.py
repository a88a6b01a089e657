"""Newer tables of a group buy, typed corrections and taking back, as a person meets them on the terminal."""

import compound
import pytest
from typer.testing import CliRunner

from domain.base import Refused
from domain.community.compound import AddHouseholds, BuildingDoors, UndoRoster
from domain.community.door_settings import DoorSettings
from domain.procurement.group_buys import ImportOrders, OrderLine, OrdersImported, TableOrder
from infra.settings import Settings
from projections import orders, roster
from services.cli import command_line
from services.imports.booking import Booking
from services.wiring import house_at

HEADER = "楼号,房号,商品,数量"
APPLES = tuple(f"1,{floor}01,苹果,1" for floor in range(1, 5))
UNKNOWN_DOOR = "9,901,苹果,1"


@pytest.fixture
def baogong(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words, expect=0, data="var"):
        done = CliRunner().invoke(command_line(), [*(str(word) for word in words), "--data", data])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        assert done.exit_code == expect, done.output
        return done.stderr

    run("import", "households", "--pattern", "1-3号: 1-6层 x 01-04", "--compound", "shengdu", "--blocks", "same")
    return run


@pytest.fixture
def table(tmp_path):
    def write(*rows, name="apples.csv"):
        path = tmp_path / name
        path.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
        return path

    return write


class Standing:
    def __init__(self, house):
        with house.read.reading() as rows:
            self.group_buys = [each.group_buy for each in orders.group_buys(rows, "shengdu")]
            self.orders = {
                each.household: {line.item: line.quantity for line in each.lines}
                for group_buy in self.group_buys
                for each in orders.orders_of(rows, "shengdu", group_buy)
            }
            self.corrections = orders.corrections(rows, "shengdu", "apples")
            self.doors = {household for household, *_ in roster.households(rows, "shengdu")}
            self.buildings = roster.buildings(rows, "shengdu")


def standing(tmp_path):
    with house_at(Settings(data=tmp_path / "var")) as house:
        assert house.shown(house.log.last_position())
        return Standing(house)


def corrections_for(baogong, table, tmp_path, said):
    """The corrections file of the last row of a table, filled in."""
    baogong("import", "orders", table, "--preview", "--write-corrections", tmp_path / "c.csv")
    header, row = (tmp_path / "c.csv").read_text(encoding="utf-8-sig").splitlines()
    (tmp_path / "c.csv").write_text(f"{header}\n{row.removesuffix(',,,,,')}{said}\n", encoding="utf-8")
    return tmp_path / "c.csv"


def test_a_row_left_out_stays_left_out_although_no_order_changed(baogong, table, tmp_path):
    path = table(*APPLES, UNKNOWN_DOOR)
    baogong("import", "orders", path, "--leave-unclear")
    said = corrections_for(baogong, path, tmp_path, ",,,,,x")
    assert "Corrections kept for newer tables: 1." in baogong("import", "orders", path, "--corrections", said)
    told = baogong("import", "orders", path)
    assert "1 row is corrected as at an earlier import (row → door; – is left out): 6 → –" in told
    assert "Nothing to book" in told


def test_a_wrong_correction_goes_with_its_import(baogong, table, tmp_path):
    path = table(*APPLES, UNKNOWN_DOOR)
    baogong("import", "orders", path, "--leave-unclear")
    said = corrections_for(baogong, path, tmp_path, ",2,101,,,")
    baogong("import", "orders", path, "--corrections", said)
    assert "6 → 2-101 × 1" in baogong("import", "orders", path, "--preview")
    assert standing(tmp_path).orders["2-101"] == {"苹果": 1}
    baogong("import", "undo", "--group-buy", "apples")
    now = standing(tmp_path)
    assert now.corrections == []
    assert "2-101" not in now.orders
    assert "1 row is unclear" in baogong("import", "orders", path, expect=1)
    baogong("rebuild")
    assert standing(tmp_path).corrections == []


def test_the_preview_of_a_newer_table_tells_what_it_would_change(baogong, table):
    assert "Doors that stay" not in baogong("import", "orders", table(*APPLES), "--preview")
    baogong("import", "orders", table(*APPLES))
    newer = table("1,101,苹果,3", *APPLES[1:3], "2,101,苹果,1")
    for words in ((), ("--json",)):
        told = baogong("import", "orders", newer, "--preview", *words)
        assert "Doors that stay as they are: 2." in told
        assert "Doors added: 1 (2-101)." in told
        assert "Doors changed: 1 (1-101)." in told
        assert "Doors withdrawn: 1 (1-401)." in told
        assert "Is it a filtered export?" in told
    every_door = table(*(row.replace("苹果,1", "苹果,2") for row in APPLES))
    assert "Doors that stay" not in baogong("import", "orders", every_door, "--preview")
    other = table(*APPLES, name="pears.csv")
    assert "stand in the group buy “apples” already" in baogong("import", "orders", other, "--preview", "--json")


def test_an_undo_asks_where_pieces_are_packed_already(baogong, table, tmp_path):
    baogong("import", "orders", table(*APPLES))
    with house_at(Settings(data=tmp_path / "var")) as house:
        compound.scanned(house, *(compound.scan("sort", 9, group_buy="apples", door=f"1-{n}01") for n in (1, 2)))
        compound.scanned(house, compound.scan("deliver", 5, group_buy="apples", door="1-101", how="door"))
    told = baogong("import", "undo", "--group-buy", "apples", expect=1)
    assert "2 pieces of this group buy are packed already, 1 of them delivered." in told
    assert len(standing(tmp_path).orders) == len(APPLES)
    assert "Undone: 4 orders" in baogong("import", "undo", "--group-buy", "apples", "--yes")


def test_an_undo_says_that_its_corrections_go_too(baogong, table, tmp_path):
    path = table(*APPLES, UNKNOWN_DOOR)
    said = corrections_for(baogong, path, tmp_path, ",2,101,,,")
    baogong("import", "orders", path, "--corrections", said)
    assert "corrections of that import are forgotten, too" in baogong("import", "undo", "--group-buy", "apples")


def test_a_door_with_an_unclear_row_keeps_what_it_ordered(baogong, table, tmp_path):
    baogong("import", "orders", table(*APPLES, "1,101,鸡蛋,2"))
    newer = table("1,101,苹果,3", *APPLES[1:], "1,101,鸡蛋,二三", "2,101,苹果,1", "2,101,鸡蛋,若干")
    told = baogong("import", "orders", newer, "--leave-unclear")
    assert "the orders of 1 door stay as they are, as a row of theirs is unclear: 1-101" in told
    assert "added: 1, changed: 0, withdrawn: 0, unchanged: 4" in told
    assert standing(tmp_path).orders["1-101"] == {"苹果": 1, "鸡蛋": 2}
    assert standing(tmp_path).orders["2-101"] == {"苹果": 1}


def test_another_table_under_the_same_name_is_asked_about(baogong, table, tmp_path):
    baogong("import", "orders", table(*APPLES, name="订单导出_20220420.csv"))
    other = table(*(row.replace("苹果", "牛奶") for row in APPLES), name="订单导出_20220421.csv")
    refused = baogong("import", "orders", other, expect=1)
    assert "Is it the table of another group buy?" in refused
    assert "--yes" in refused
    assert standing(tmp_path).orders["1-101"] == {"苹果": 1}
    baogong("import", "orders", other, "--yes")
    assert standing(tmp_path).orders["1-101"] == {"牛奶": 1}


def test_new_doors_and_orders_are_one_decision_and_the_doors_stay_after_an_undo(baogong, table, tmp_path):
    path = table(*APPLES, UNKNOWN_DOOR)
    assert "New on the roster: 9-901." in baogong("import", "orders", path, "--add-doors")
    with house_at(Settings(data=tmp_path / "var")) as house:
        imported = [each.event for each in house.log.read(0, 100) if isinstance(each.event, OrdersImported)]
        together = house.log.recorded_by([("shengdu", imported[0].command)])
        names = [type(each.event).__name__ for each in next(iter(together.values()))]
    assert names[:3] == ["BuildingAdded", "HouseholdsAdded", "GroupBuyOpened"]
    undone = baogong("import", "undo", "--group-buy", "apples")
    assert "The 1 door that it added stays on the roster." in undone
    assert "9-901" in standing(tmp_path).doors
    baogong("import", "households", "--undo")
    now = standing(tmp_path)
    assert "9" not in now.buildings
    assert "1-101" in now.doors


def test_orders_that_are_refused_bring_no_doors(house):
    compound.found(house)
    said = compound.said()
    doors = AddHouseholds(
        **said,
        doors=DoorSettings(),
        roster=(BuildingDoors(building="44", rooms=("101",)), BuildingDoors(building="45")),
    )
    lines = (OrderLine(item="苹果", unit="箱", quantity=1),)
    filtered = ImportOrders(
        **said,
        group_buy=compound.APPLES,
        title="红苹果",
        source="import",
        digest="b" * 64,
        orders=(TableOrder(household="44-101", lines=lines),),
        rows=1,
    )
    before = house.log.last_position()
    (outcome,) = house.committer.submit([Booking(doors, filtered)]).result()
    assert isinstance(outcome, Refused)
    assert outcome.rule == "import-shrinks"
    assert house.log.last_position() == before
    (booked,) = house.committer.submit([Booking(doors, filtered.model_copy(update={"sure": True}))]).result()
    assert {each.stream for each in booked.events} == {"shengdu/compound-shengdu", "shengdu/group-buy-apples"}
    (again,) = house.committer.submit([Booking(doors, filtered)]).result()
    assert again.duplicate


def test_phone_numbers_beside_a_good_are_not_kept(baogong, table, tmp_path):
    told = baogong("import", "orders", table("1,101,苹果 联系王阿姨138 0013-8000,1", "1,102,苹果,1"))
    assert "phone numbers beside the goods of 1 row are taken out" in told
    assert standing(tmp_path).orders["1-101"] == {"苹果 联系王阿姨": 1}
    refused = baogong("declare", "--group-buy", "apples", "--supplier", "王师傅13800138000", expect=1)
    assert "leave the phone number out" in refused


def test_names_and_paths_that_cannot_be_used_end_with_one_sentence(baogong, table, tmp_path):
    path = table(*APPLES)
    assert "at most 120 characters" in baogong("import", "orders", path, "--group-buy", "长" * 130, expect=1)
    baogong("import", "orders", table(*APPLES, name=f"{'a' * 130}.csv"))
    nowhere = tmp_path / "nowhere" / "c.csv"
    refused = baogong("import", "orders", path, "--yes", "--write-corrections", nowhere, expect=1)
    assert "cannot be written (No such file or directory); nothing was booked" in refused
    assert len(standing(tmp_path).group_buys) == 1
    for file in (path, path / "below"):
        assert "this is a file" in baogong("import", "households", "--pattern", "1号: 1层 x 01", data=file, expect=1)
    assert "There are no records in" in baogong("verify", data=path, expect=1)


def test_a_mistyped_directory_is_not_created(baogong, table, tmp_path):
    path = table(*APPLES)
    for words in (
        ("import", "orders", path),
        ("import", "undo", "--group-buy", "apples"),
        ("import", "households", "--undo"),
        ("declare", "--group-buy", "apples"),
        ("verify",),
        ("rebuild",),
        ("link",),
        ("sheets", "--group-buy", "apples"),
    ):
        assert "There are no records in vra." in baogong(*words, data="vra", expect=1)
    assert not (tmp_path / "vra").exists()


def test_doors_of_another_roster_and_empty_buildings_stay_when_a_roster_is_taken_back(baogong, house, tmp_path):
    rosters = ("5号: 1层 x 01-02", "5号: 1层 x 01-03")
    for pattern in rosters:
        baogong("import", "households", "--compound", "shengdu", "--pattern", pattern)
    assert "1 doors are gone again" in baogong("import", "households", "--undo")
    assert {door for door in standing(tmp_path).doors if door.startswith("5-")} == {"5-101", "5-102"}
    compound.found(house)
    for listed in (BuildingDoors(building="60"), BuildingDoors(building="61", rooms=("1",))):
        said = compound.said()
        compound.ask(house, AddHouseholds(**said, doors=DoorSettings(), roster=(listed,)))
    compound.ask(house, UndoRoster(**compound.said(), undone=said["id"]))
    assert house.shown(house.log.last_position())
    buildings = Standing(house).buildings
    assert buildings["60"] == 0
    assert "61" not in buildings


def test_an_order_whose_row_nobody_can_read_is_not_withdrawn_unasked(baogong, table, tmp_path):
    others = (*APPLES[1:], "2,101,苹果,1", "2,201,苹果,1")
    baogong("import", "orders", table(APPLES[0], *others))
    newer = table(*others, "1,101或102,苹果,1")
    told = baogong("import", "orders", newer, "--leave-unclear")
    assert "Doors withdrawn" not in told
    assert "1-101" in standing(tmp_path).orders
    unread = table(*others, "某楼,某室,苹果,1")
    refused = baogong("import", "orders", unread, "--leave-unclear", expect=1)
    assert "they may be the same" in refused
    assert "1-101" in standing(tmp_path).orders
    assert "withdrawn: 1" in baogong("import", "orders", unread, "--leave-unclear", "--yes")
