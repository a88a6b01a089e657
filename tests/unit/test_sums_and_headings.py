"""Rows between the orders that are none: sums of a building or of a good, and headings."""

import pytest
from order_files import GOODS, reading, reasons, roster, workbook

from infra.tables import open_tables
from services.imports.orders import read_orders

ROOMS = ["房号", "商品", "数量"]


def test_a_sum_of_a_building_or_of_a_good_between_the_orders_is_passed_over():
    orders = [[13, 501, "苹果", 1], [13, 502, "苹果", 1]]
    read = reading(
        GOODS,
        *orders,
        [13, "合计", "苹果", 2],
        ["13号楼", "小计", "梨", 0],
        ["", "", "苹果合计", 2],
        ["合计", "", "", 2],
    )
    assert reasons(read) == ["ok", "ok"]
    assert "rows of sums were passed over: 4, 5, 6, 7" in read.notices
    assert [(total.item, total.read, total.stated) for total in read.totals] == [("苹果", 2, None), ("合计", 2, 2)]


@pytest.mark.parametrize("row", [[14, "合计", "苹果", 2], ["", "", "桃合计", 2], [13, "", "苹果合计", 2]])
def test_what_may_be_an_order_of_a_captain_is_no_sum(row):
    read = reading(GOODS, [13, 501, "苹果", 1], row)
    assert reasons(read)[0] == "ok"
    assert len(read.rows) == 2
    assert read.rows[1].outcome == "unclear"


def doors(read):
    return [row.household or row.reason for row in read.rows]


@pytest.mark.parametrize(
    "heading", ["13号楼（团长：14-502）", "13号楼 合计3份", "13幢 共5户", "十三号楼团购", "13号楼登记表", "13#"]
)
def test_a_heading_of_another_building_may_say_more(heading):
    read = reading(ROOMS, ["12号楼"], [501, "苹果", 1], [heading], [601, "苹果", 1])
    assert doors(read) == ["12-501", "13-601"]
    assert doors(reading(ROOMS, [heading], [601, "苹果", 1])) == ["13-601"]


@pytest.mark.parametrize("end", ["12号楼 合计3份", "12栋团购", "12号楼（团长：14-502）"])
def test_what_may_end_a_part_heads_no_rows(end):
    apple = [501, "苹果", 1]
    assert doors(reading(ROOMS, ["12号楼"], apple, [end], [502, "苹果", 1])) == ["12-501", "building-missing"]
    assert doors(reading(ROOMS, apple, [end], [502, "苹果", 1])) == ["building-missing"] * 2


@pytest.mark.parametrize("line", ["13号楼的另见名单", "13号楼（除502外）", "13号楼（14号楼代收）", "13号楼团长王阿姨"])
def test_a_line_that_may_mean_something_else_heads_no_rows(line):
    read = reading(ROOMS, ["12号楼"], [501, "苹果", 1], [line], [601, "苹果", 1])
    assert doors(read) == ["12-501", "building-missing"]


def test_titles_between_parts_head_them():
    header = ["房号", "苹果"]
    read = reading(["十二号楼团购"], header, [501, 1], ["合计", 1], ["十三号楼团购"], header, [501, 1], ["合计", 1])
    assert doors(read) == ["12-501", "13-501"]


def test_a_heading_in_the_column_of_the_building_counts_up_to_a_row_that_names_its_own():
    rows = [["", "501", "苹果", 1], ["13号楼"], ["", 601, "苹果", 1], [14, 602, "苹果", 1], ["", 603, "苹果", 1]]
    read = reading(GOODS, ["12号楼"], *rows)
    assert doors(read) == ["12-501", "13-601", "14-602", "building-missing"]
    assert doors(reading(GOODS, [12, 501, "苹果", 1], ["13号楼"], *rows[:1])) == ["12-501", "building-missing"]
    assert doors(reading(["12号楼登记表"], GOODS, ["", 501, "苹果", 1])) == ["building-missing"]


def test_a_sheet_of_a_captain_beside_others_is_of_the_captains_building():
    sheets = [(f"{building}号楼团长王阿姨", [ROOMS, [501, "苹果", 1]]) for building in (12, 13)]
    read = read_orders(open_tables(workbook(*sheets), "a.xlsx"), roster())
    assert doors(read) == ["12-501", "13-501"]
    assert doors(reading(["12号楼团长王阿姨"], ROOMS, [501, "苹果", 1])) == ["building-missing"]
