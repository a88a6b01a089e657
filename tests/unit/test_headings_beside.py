"""Rows that name a building and something beside it end the building above, whatever it is."""

import pytest
from order_files import GOODS, reading, roster, workbook

from infra.tables import open_tables
from services.imports.orders import read_orders

WITH_NAMES = ["序号", "房号", "姓名", "苹果"]
HEADINGS = [
    ["13号楼", "", "楼长王", ""], ["", "13号楼", "楼长王", ""], ["13", "号楼", "", ""], ["", "13号楼", "", 0],
    ["", "13幢", "", "-"], ["", "十三号楼", "王", ""], ["", "13号楼", "2户", ""], ["", "13#", "楼长：张", ""],
]  # fmt: skip
UNCLEAR = [
    ["", "13号楼", "", 2], ["", "13号楼", "", "✓"], ["", "13号楼合计", "", 3], ["", "13号楼小计", "", 3], ["", "13号楼：共3份", "", 3],
    ["", "12号楼小计", "", 2], ["12号楼小计", "", "", 2], ["", "13", "楼长王", ""], ["", "楼长王", "送13号楼", ""], ["", "13#", "小计", 3],
    ["楼号：", "13", "", ""],
    ["楼长王", "13号楼", "14号楼", ""],
]  # fmt: skip


def booked(read):
    return [(row.row, row.household or row.reason) for row in read.rows]


@pytest.mark.parametrize("heading", HEADINGS)
def test_a_heading_with_something_beside_it_heads_the_rows_below(heading):
    rows = [["", "12号楼", "", ""], ["1", "501", "张", 1], heading, ["1", "601", "赵", 2]]
    assert booked(reading(WITH_NAMES, *rows)) == [(3, "12-501"), (5, "13-601")]


@pytest.mark.parametrize("heading", UNCLEAR)
def test_where_it_is_not_sure_what_a_building_heads_the_rows_below_are_asked_about(heading):
    rows = [["", "12号楼", "", ""], ["1", "501", "张", 2], heading, ["1", "601", "赵", 2]]
    read = booked(reading(WITH_NAMES, *rows))
    assert read[0] == (3, "12-501")
    assert read[-1] == (5, "building-missing")
    assert not any("-" in said and said[0].isdigit() for _, said in read[1:])


def test_a_sum_of_money_and_a_repeated_header_are_no_orders():
    header = ["房号", "姓名", "苹果", "金额"]
    rows = [["12号楼"], header, ["501", "张", 1, 25], ["13号楼", "", "", 50], header, ["601", "赵", 2, 50]]
    assert booked(reading(*[[*row, "", "", ""][:4] for row in rows])) == [(3, "12-501"), (6, "13-601")]


def test_a_building_in_the_note_of_an_order_ends_nothing():
    rows = [["", "12号楼", "", "", ""], ["1", "501", "张", 1, "13号楼王姐代付"], ["2", "502", "李", 1, ""]]
    assert booked(reading([*WITH_NAMES, "备注"], *rows))[-1] == (4, "12-502")


def test_rooms_with_a_sign_are_no_headings():
    rows = [["", "12号楼", "", ""], ["1", "5楼2室", "张", 1], ["2", "六零一", "李", 1], ["3", "602室", "13号楼的王", 1]]
    assert booked(reading(WITH_NAMES, *rows)) == [(3, "12-502"), (4, "12-601"), (5, "12-602")]


def test_below_a_column_of_buildings_too():
    rows = [["12号楼", "", "", ""], ["", 501, "苹果", 1], ["13号楼", "楼长王", "", ""], ["", 601, "苹果", 1]]
    assert booked(reading(GOODS, *rows)) == [(3, "12-501"), (5, "13-601")]


def test_inside_a_sheet_of_a_building():
    header = ["房号", "苹果"]
    first = [header, [501, 1], ["13号楼", "楼长王"], [601, 2]]
    book = workbook(("12号楼", first), ("14号楼", [header, [701, 2]]))
    read = read_orders(open_tables(book, "a.xlsx"), roster())
    assert [row.household for row in read.rows] == ["12-501", "13-601", "14-701"]
