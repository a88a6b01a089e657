"""Rows between the orders that are none: sums of a building or of a good, and headings."""

import pytest
from order_files import GOODS, reading, reasons


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
