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


def test_a_sheet_may_be_called_by_a_building_and_who_looks_after_it():
    read = reading(("12号楼王阿姨", [HEADER, [501, 1, ""]]), ("13号楼赵叔叔", [HEADER, [601, "", 2]]))
    assert ordered(read) == [(2, "12-501", "苹果", 1), (4, "13-601", "梨", 2)]


def test_a_building_column_that_differs_from_the_name_of_the_sheet_is_asked_about():
    header = ["楼号", *HEADER]
    read = reading(("1号楼", [header, [1, 501, 1, ""]]), ("2号楼", [header, [3, 501, 2, ""], ["", 502, 1, ""]]))
    assert [household for _, household, _, _ in ordered(read)] == ["1-501", "columns-differ", "building-missing"]


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


BUILDINGS = (("1号楼", [HEADER, [501, 1, 2]]), ("2号楼", [HEADER, [501, 2, ""]]))


@pytest.mark.parametrize(
    ("summary", "stated"),
    [
        ([["商品", "数量"], ["苹果", 3], ["梨", 9]], {"苹果": 3, "梨": 9}),
        ([["楼号", "苹果", "梨", "共"], ["1号楼", 1, 2, 3], [2, 2, "", 2], ["合计", 4, 2, 6]], {"苹果": 4, "梨": 2}),
        ([["各楼"], ["楼栋", "苹果", "梨"], ["1号", 3, 2], ["2号楼", "", ""]], {"苹果": 3, "梨": 2}),
        ([["楼号", "共"], ["1号楼", 3], ["2号楼", 2]], {"苹果": None, "梨": None}),
    ],
)
def test_a_sheet_that_adds_the_buildings_up_is_compared_and_not_read_as_orders(summary, stated):
    read = reading(*BUILDINGS, ("汇总", summary))
    assert [household for _, household, _, _ in ordered(read)] == ["1-501", "1-501", "2-501"]
    assert {total.item: total.stated for total in read.totals} == stated
    assert "the sheet 汇总 adds up the sheets of the buildings and was not read as orders" in read.notices


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("汇总", [["楼号", *HEADER], [1, 501, 1, 2], [3, 501, 1, 2]]),
        ("汇总", [["门牌号", "苹果"], ["3-501", 1]]),
        ("汇总", [["楼号", "苹果"], ["1号楼", 1], ["29号楼", 1]]),
        ("汇总", [["楼号", "姓名", "苹果"], ["1号楼", "王某", 1]]),
        ("别墅", [["楼号", "苹果"], ["1号楼", 1]]),
        ("补充", [["商品", "数量"], ["苹果", 3]]),
    ],
)
def test_beside_a_sheet_that_may_hold_orders_nothing_is_joined(name, rows):
    with pytest.raises(UnreadableTable):
        reading(*BUILDINGS, (name, rows))


def test_a_sheet_that_a_person_asks_for_keeps_the_building_of_its_name():
    sheets = open_tables(workbook(*BUILDINGS, ("汇总", [["商品", "数量"], ["苹果", 3]])), "a.xlsx")
    read = read_orders(sheets, roster(), sheet="2号楼")
    assert ordered(read) == [(2, "2-501", "苹果", 2)]
    assert read.sheet == "2号楼"
    assert "the building was taken from the name of the sheet: 2号楼" in read.notices


@pytest.mark.parametrize("above", [[], [["苹果和梨"]], [["12号楼 4/20"]]])
def test_the_only_sheet_may_be_called_by_the_building_of_its_rooms(above):
    read = reading(("12号楼", [*above, HEADER, [501, 1, ""]]))
    assert ordered(read) == [(len(above) + 2, "12-501", "苹果", 1)]
    assert "the building was taken from the name of the sheet: 12号楼" in read.notices


@pytest.mark.parametrize("name", ["12号", "12号楼楼长", "12号楼和13号楼", "12号楼王阿姨"])
def test_the_name_of_the_only_sheet_has_to_be_surely_a_building(name):
    assert [household for _, household, _, _ in ordered(reading((name, [HEADER, [501, 1, ""]])))] == [
        "building-missing"
    ]


@pytest.mark.parametrize("title", ["13号楼", "13号楼苹果团"])
def test_the_only_sheet_and_its_title_may_not_name_two_buildings(title):
    read = reading(("12号楼", [[title], HEADER, [501, 1, ""]]))
    assert ordered(read) == [(3, "building-missing", "苹果", 1)]
    of_a_day = reading(("20号", [[title], HEADER, [501, 1, ""]]))
    assert ordered(of_a_day) == [(3, "13-501", "苹果", 1)]


def test_the_only_sheet_leaves_rows_that_name_their_own_building_alone():
    rows = ["楼号", *HEADER], [13, 501, 1, ""], [12, 502, "", 1]
    assert [household for _, household, _, _ in ordered(reading(("12号楼", rows)))] == ["13-501", "12-502"]
