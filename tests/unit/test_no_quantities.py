"""Numbers and words that look like an order and are none, or another one: sums, amounts of money, several goods at once."""

import pytest
from order_files import DOOR, reading


@pytest.mark.parametrize("header", ["件数合计", "份数合计", "数量小计", "商品件数累计", "累计", "累计份数", "箱号"])
def test_a_column_of_sums_is_no_good(header: str):
    read = reading([*DOOR, "苹果", "鸡蛋", header, "应付"], ["12", "502", 1, 1, 3, 55])
    assert [(row.item, row.quantity) for row in read.rows] == [("苹果", 1), ("鸡蛋", 1)]
