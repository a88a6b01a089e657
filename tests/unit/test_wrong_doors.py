"""What could book a line to a wrong door: bare numbers between rows, floors beside rooms, neighbours in notes."""

import pytest
from order_files import GOODS, reading, reasons

DOORS = [
    "503", "门牌503", "504的", "放503", "帮503", "替503", "代503买", "503也要", "502/503", "502和503", "503王阿姨", "楼上602",
    "楼上802的", "帮楼上带的", "替隔壁下单", "隔壁的", "邻居的", "送去隔壁小区", "for 602", "for neighbor",
]  # fmt: skip
HARMLESS = [
    "和704一起的", "跟601拼的", "放楼下", "楼下拿", "手机尾号1203", "12-502", "502室", "付款102元", "503克", "送到502", "500ml的",
    "12号楼502", "放门口", "楼上楼下都有人", "103.5元",
]  # fmt: skip


def booked(read):
    return [(row.household, row.reason) for row in read.rows]


@pytest.mark.parametrize("note", DOORS)
def test_a_note_that_names_another_room_or_a_neighbour_is_asked_about(note):
    read = reading([*GOODS, "备注"], [12, 502, "苹果", 3, note])
    assert reasons(read) == ["note-other-door"]


@pytest.mark.parametrize("note", HARMLESS)
def test_a_number_that_is_no_other_room_is_no_doubt(note):
    assert booked(reading([*GOODS, "备注"], [12, 502, "苹果", 3, note])) == [("12-502", "")]


@pytest.mark.parametrize("number", [13, "13", "１３"])
def test_a_bare_number_between_rows_ends_the_building_above(number):
    read = reading(["房号", "商品", "数量"], ["12号楼", "", ""], [502, "苹果", 1], [number, "", ""], [601, "苹果", 1])
    assert booked(read) == [("12-502", ""), (None, "building-missing")]


def test_a_bare_number_ends_the_building_in_a_wide_table_too():
    read = reading(["房号", "苹果", "梨"], ["12号楼", "", ""], [502, 1, ""], [13, "", ""], [601, 1, 2], ["合计", 2, 2])
    assert booked(read) == [("12-502", ""), (None, "building-missing"), (None, "building-missing")]


def test_the_number_of_an_empty_row_ends_no_building():
    read = reading(
        ["序号", "房号", "商品", "数量"],
        ["", "12号楼", "", ""],
        [1, 502, "苹果", 1],
        [2, "", "", ""],
        [3, 601, "苹果", 1],
    )
    assert booked(read) == [("12-502", ""), ("12-601", "")]


@pytest.mark.parametrize("header", ["楼层", "层", "几楼"])
@pytest.mark.parametrize(
    ("floor", "room", "door"),
    [
        (5, 502, ("12-502", "")),
        ("5F", 502, ("12-502", "")),
        ("五", 502, ("12-502", "")),
        ("", 502, ("12-502", "")),
        (5, "02", ("12-502", "")),
        (5, 2, ("12-502", "")),
        (5, 602, (None, "floor-differs")),
        (15, 502, (None, "floor-differs")),
    ],
)
def test_a_column_of_floors_is_part_of_the_door(header, floor, room, door):
    read = reading(["楼号", header, "房号", "商品", "数量"], [12, floor, room, "苹果", 1], [13, 6, 601, "苹果", 1])
    assert booked(read) == [door, ("13-601", "")]


def test_a_column_of_floors_says_nothing_of_a_villa():
    assert booked(reading(["楼号", "楼层", "房号", "商品", "数量"], [29, 3, "", "苹果", 1])) == [("29", "")]
