"""Headers and names of goods in the words of form tools and table programs."""

import pytest
from order_files import DOOR, reading


def orders(read):
    return [(row.household, row.item, row.unit, row.quantity, row.outcome) for row in read.rows]


ONE = [("12-501", "苹果", "", 2, "ok")]


@pytest.mark.parametrize("header", ["Bldg No.", "Bldg.", "门栋"])
def test_a_building_by_other_words(header):
    assert orders(reading([header, "房号", "苹果"], [12, 501, 2])) == ONE


@pytest.mark.parametrize(
    ("good", "many"), [("套餐选择", "份数"), ("品項", "數量"), ("商品", "购买数"), ("品項", "订购数")]
)
def test_goods_and_quantities_by_other_words(good, many):
    assert orders(reading([*DOOR, good, many], [12, 501, "苹果", 2])) == ONE


@pytest.mark.parametrize(
    "header", ["苹果：", "6、苹果:", "苹果（填数量）", "苹果 25元/箱（填数量）", "求和项:苹果", "Sum of 苹果"]
)
def test_a_good_without_the_words_of_a_tool(header):
    ((door, item, _, quantity, outcome),) = orders(reading([*DOOR, header], [12, 501, 2]))
    assert (door, item, quantity, outcome) == ("12-501", "苹果", 2, "ok")


def test_a_cell_that_an_export_keeps_as_text():
    assert orders(reading(["门牌号", "苹果"], ['="12-501"', '="2"'])) == ONE


def test_another_tick_and_another_number_of_a_flat():
    assert orders(reading([*DOOR, "苹果", "产权房号"], [12, 501, "✅", 7])) == [("12-501", "苹果", "", 1, "ok")]
