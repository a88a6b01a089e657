"""Workbooks with one sheet for each building."""

import pytest
from order_files import roster, workbook

from infra.tables import open_tables
from services.imports.layouts import UnreadableTable
from services.imports.orders import read_orders

HEADER = ["房号", "苹果", "梨"]


def reading(*sheets, **more):
    return read_orders(open_tables(workbook(*sheets, **more), "a.xlsx"), roster())


def ordered(read):
    return [(row.row, row.household or row.reason, row.item, row.quantity) for row in read.rows]


def test_the_name_of_a_sheet_is_the_building_of_its_rooms():
    read = reading(
        ("1号楼", [["苹果和梨"], HEADER, [501, 1, 2], ["502室"], [503, "", 1], ["合计", 1, 3]]),
        ("2号楼", [HEADER, [501, 2, ""], ["合计", 2, ""]]),
        ("锦绣苑3号楼", [HEADER, [101, "二三", 1], ["合计", 5, 1]]),
    )
    assert ordered(read) == [
        (3, "1-501", "苹果", 1),
        (3, "1-501", "梨", 2),
        (5, "1-503", "梨", 1),
        (8, "2-501", "苹果", 2),
        (11, "quantity-unreadable", "苹果", None),
        (11, "3-101", "梨", 1),
    ]
    assert {total.item: (total.read, total.stated) for total in read.totals} == {"苹果": (3, 8), "梨": (4, 4)}
    told = "the sheets of the buildings were read as one, and their rows counted on: 1号楼 from 1, 2号楼 from 7, 锦绣苑3号楼 from 10"
    assert told in read.notices


def test_a_building_column_wins_over_the_name_of_the_sheet():
    header = ["楼号", *HEADER]
    read = reading(("1号楼", [header, [1, 501, 1, ""]]), ("2号楼", [header, [3, 501, 2, ""], ["", 502, 1, ""]]))
    assert [household for _, household, _, _ in ordered(read)] == ["1-501", "3-501", "building-missing"]


def test_merged_rooms_stay_in_their_sheet():
    header = ["房号", "商品", "数量"]
    read = reading(
        ("1号楼", [header, [501, "苹果", 1], [None, "梨", 2]]),
        ("2号楼", [header, [601, "苹果", 1]]),
        merged=[(1, 0, 2, 0, 501)],
    )
    assert [household for _, household, _, _ in ordered(read)] == ["1-501", "1-501", "2-601"]


@pytest.mark.parametrize(
    "second",
    [
        ("2号楼", [["房号", "苹果", "桃"], [501, 2, ""]]),
        ("2号楼", [["1号楼登记表"], HEADER, [501, 2, ""]]),
        ("1栋", [HEADER, [501, 2, ""]]),
        ("补充", [HEADER, [501, 2, ""]]),
        ("2号登记表", [HEADER, [501, 2, ""]]),
    ],
)
def test_sheets_that_are_not_surely_of_one_building_each_are_not_joined(second):
    with pytest.raises(UnreadableTable) as refused:
        reading(("1号楼", [HEADER, [501, 1, 2]]), second)
    assert refused.value.reason == "several-order-sheets"


def test_beside_a_sheet_of_another_header_nothing_is_joined():
    summary = ("汇总", [["商品", "数量"], ["苹果", 3]])
    with pytest.raises(UnreadableTable):
        reading(("1号楼", [HEADER, [501, 1, 2]]), ("2号楼", [HEADER, [501, 2, ""]]), summary)
