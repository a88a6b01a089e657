import pytest
from order_files import csv_bytes, workbook

from infra.tables import open_tables
from services.imports.households import UnreadablePattern, read_blocks, read_households, read_pattern
from services.imports.layouts import UnreadableTable


def reading(*rows):
    return read_households(open_tables(csv_bytes(rows), "名册.csv"))


def test_a_table_with_building_and_room():
    read = reading(
        ("楼号", "房号", "姓名"),
        (1, 101, "王某"),
        ("2号楼", "201室", ""),
        ("29", "别墅", ""),
        ("30号", "", ""),
        ("3", "5O1", ""),
        ("4", "甲", ""),
    )
    assert read.doors == (("1", "101"), ("2", "201"), ("29", None), ("30", None), ("3", "501"), ("4", "甲"))
    assert "王某" not in read.model_dump_json()


def test_numbers_of_a_workbook():
    content = workbook(("名册", [("小区名册", ""), ("楼号", "房号"), (1, 101), (1, 102), ("合计", 2)]))
    assert read_households(open_tables(content, "a.xlsx")).doors == (("1", "101"), ("1", "102"))


def test_a_column_with_the_whole_door():
    read = reading(("序号", "门牌号"), (1, "12-501"), (2, "12号502室"), (3, "29号"), (4, "锦绣苑"))
    assert read.doors == (("12", "501"), ("12", "502"), ("29", None))
    assert [(row.row, row.reason) for row in read.unclear] == [(5, "no-door")]


def test_a_door_twice_and_a_villa_with_rooms():
    read = reading(("楼号", "房号"), (1, 101), ("1号", "101室"), (1, ""), ("29", "别墅"), ("", 101), ("5-6", 101))
    assert [(row.row, row.reason) for row in read.rows if row.outcome != "ok"] == [
        (3, "duplicate"),
        (4, "villa-or-rooms"),
        (6, "no-door"),
        (7, "columns-differ"),
    ]
    assert read.doors == (("1", "101"), ("29", None))


def test_a_unit_that_tells_doors_apart_becomes_part_of_the_building():
    read = reading(("楼号", "单元", "房号"), (9, 1, 301), (9, 2, 301))
    assert read.doors == (("9号1单元", "301"), ("9号2单元", "301"))
    assert "单元" in read.parts
    assert reading(("楼号", "单元", "房号"), (9, 1, 301), (9, 1, 302)).doors == (("9", "301"), ("9", "302"))


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([("姓名", "电话"), ("王某", 1)], "no-header"),
        ([("商品", "数量"), ("蛋", 1)], "no-door-column"),
        ([("楼号", "房号")], "empty"),
    ],
)
def test_a_table_that_is_no_roster(rows, reason):
    with pytest.raises(UnreadableTable) as caught:
        reading(*rows)
    assert caught.value.reason == reason
    assert caught.value.text


@pytest.mark.parametrize(
    ("pattern", "doors"),
    [
        ("12号: 1-2层 x 01-02; 29号 别墅", ["12-101", "12-102", "12-201", "12-202", "29"]),
        ("30、31号: 1层×01室", ["30-101", "31-101"]),
        ("1至2号楼：10层 * 01、03", ["1-1001", "1-1003", "2-1001", "2-1003"]),
        ("１－２号：１层ｘ０１", ["1-101", "2-101"]),
        ("1-2,4号: 1层 x 01", ["1-101", "2-101", "4-101"]),
        ("A栋: 2层 x 01", ["A-201"]),
        ("29、30号别墅", ["29", "30"]),
        ("1号: 101、102、201-202室", ["1-101", "1-102", "1-201", "1-202"]),
        ("1号: 1层 x 01\n1号: 2层 x 01-02", ["1-101", "1-201", "1-202"]),
        ("二十一号: 一至二层 x 01", ["21-101", "21-201"]),
    ],
)
def test_a_pattern(pattern, doors):
    assert [building if room is None else f"{building}-{room}" for building, room in read_pattern(pattern)] == doors


@pytest.mark.parametrize(
    ("pattern", "part"),
    [
        ("1号: 1层 x 01; 5-3号: 1层 x 01", "5-3号: 1层 x 01"),
        ("1-3号 1-2层 x 01", "1-3号 1-2层 x 01"),
        ("1号: 1-18层 x 1-4", "1号: 1-18层 x 1-4"),
        ("1号: 1-200层 x 01", "1号: 1-200层 x 01"),
        ("1号: 1层 x 2层 x 01", "1号: 1层 x 2层 x 01"),
        ("1-9999号: 1层 x 01", "1-9999号: 1层 x 01"),
        ("1号: 101-301室", "1号: 101-301室"),
        ("?号: 1层 x 01", "?号: 1层 x 01"),
        ("29号别墅; 29号: 1层 x 01", "29"),
        ("", ""),
    ],
)
def test_a_pattern_that_cannot_be_read_names_its_part(pattern, part):
    with pytest.raises(UnreadablePattern) as caught:
        read_pattern(pattern)
    assert caught.value.part == part
    assert caught.value.text


def test_a_table_of_blocks():
    blocks = read_blocks(open_tables(csv_bytes([("栋", "号"), (3, "12、13"), ("3幢", "14号"), (4, 15)]), "a.csv"))
    assert blocks == {"3": ("12", "13", "14"), "4": ("15",)}
    with pytest.raises(UnreadableTable):
        read_blocks(open_tables(csv_bytes([("栋", "号"), (3, "")]), "a.csv"))
    with pytest.raises(UnreadableTable):
        read_blocks(open_tables(csv_bytes([("楼", "人"), (3, "")]), "a.csv"))


def test_a_villa_named_after_the_range_that_holds_it_is_a_villa():
    doors = read_pattern("1-40号: 1-18层 x 01-04; 29号 别墅; 30号 别墅")
    assert [door for door in doors if door[0] in {"29", "30"}] == [("29", None), ("30", None)]
    assert len(doors) == 38 * 72 + 2
    with pytest.raises(UnreadablePattern, match="villa and with rooms"):
        read_pattern("29号: 1-2层 x 01; 29号 别墅")
