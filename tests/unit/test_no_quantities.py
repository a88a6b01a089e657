"""Numbers and words that look like an order and are none, or another one: sums, amounts of money, several goods at once."""

import pytest
from order_files import DOOR, GOODS, reading, reasons, roster, workbook

from infra.tables import open_tables
from services.imports.orders import read_orders


@pytest.mark.parametrize("header", ["件数合计", "份数合计", "数量小计", "商品件数累计", "累计", "累计份数", "箱号"])
def test_a_column_of_sums_is_no_good(header: str):
    read = reading([*DOOR, "苹果", "鸡蛋", header, "应付"], ["12", "502", 1, 1, 3, 55])
    assert [(row.item, row.quantity) for row in read.rows] == [("苹果", 1), ("鸡蛋", 1)]


@pytest.mark.parametrize(
    "header",
    [
        ["苹果25", "鸡蛋30", "合计"],
        ["苹果25元", "鸡蛋（30元/板）", "合计"],
        ["苹果(25元)", "鸡蛋(30元)", "总金额"],
        ["苹果", "鸡蛋", "应付"],
        ["苹果25元", "鸡蛋30元", "备注"],
    ],
)
def test_amounts_of_money_are_no_quantities(header: list[str]):
    end = "" if header[2] == "备注" else 55
    read = reading([*DOOR, *header], ["12", "502", 25, 30, end], ["12", "503", 50, "", end and 50])
    assert reasons(read) == ["maybe-money"] * 3


@pytest.mark.parametrize(
    ("header", "counts"),
    [
        (["苹果(25元/箱)", "鸡蛋(30元/板)", "总价"], [[1, 1, 55], [2, "", 50]]),
        (["苹果5元", "鸡蛋2元", "备注"], [[5, 2, ""], [5, 4, ""]]),
        (["苹果25元", "鸡蛋30枚", "合计"], [[25, 2, 27], [1, 2, 3]]),
        (["苹果", "鸡蛋", "Total"], [[1, 2, 3], [2, 2, 4]]),
    ],
)
def test_quantities_beside_prices_and_sums_stay_quantities(header: list[str], counts: list[list[object]]):
    read = reading([*DOOR, *header], *(["12", f"50{at}", *row] for at, row in enumerate(counts, 1)))
    assert {*reasons(read)} == {"ok"}


@pytest.mark.parametrize(
    "good", ["苹果2，梨1", "苹果2、梨1", "苹果、梨各1", "苹果和梨各一份", "苹果/鸡蛋", "苹果2/梨1"]
)
def test_several_goods_in_one_cell_need_no_measure_words_to_be_doubted(good: str):
    assert reasons(reading(GOODS, ["12", "502", good, 3], ["12", "503", "橙子", 1])) == ["several-goods", "ok"]


@pytest.mark.parametrize("good", ["青菜、菠菜各1斤", "蔬菜包（青菜、菠菜各1份）", "苹果5斤", "牛奶/箱", "苹果 5斤/箱"])
def test_one_good_with_a_long_name_is_one(good: str):
    assert reasons(reading(GOODS, ["12", "502", good, 3])) == ["ok"]


def test_a_dozen_is_not_one():
    read = reading([*DOOR, "鸡蛋(个)"], ["12", "501", "1打"], ["12", "502", "两打"], ["12", "503", 10])
    assert reasons(read) == ["quantity-in-pieces", "quantity-in-pieces", "ok"]
    assert reasons(reading([*DOOR, "鸡蛋(打)"], ["12", "501", "1打"])) == ["ok"]
    assert reasons(reading([*GOODS[:3], "数量(打)"], ["12", "501", "鸡蛋", "1打"])) == ["ok"]
    assert reasons(reading(GOODS, ["12", "501", "鸡蛋", "1打"])) == ["quantity-in-pieces"]


def test_a_single_row_of_amounts_among_quantities_is_asked_about():
    header = [*DOOR, "苹果(25元)", "梨(10元)", "合计金额"]
    read = reading(header, [12, 501, 2, "", 50], [12, 502, 25, 10, 35], [12, 503, 1, 1, 35], [12, 504, 25, "", 625])
    assert reasons(read) == ["ok", "amount-differs", "amount-differs", "ok", "ok", "ok"]


PRICED = [*DOOR, "商品", "单价", "数量", "金额"]


def test_a_row_whose_amount_is_not_price_times_quantity_is_asked_about():
    rows = [["12", "501", "苹果", 25, 2, 50], ["12", "502", "梨", 10, 1, 10], ["12", "503", "苹果", 25, 1, 25]]
    read = reading(PRICED, *rows, ["12", "504", "苹果", 25, 2, 75], ["12", "601", "苹果", 25, 2, ""])
    assert reasons(read) == ["ok", "ok", "ok", "amount-differs", "ok"]


def test_a_quantity_that_is_the_amount_is_asked_about_in_every_table():
    read = reading(PRICED, ["12", "501", "苹果", 25, 50, 50], ["12", "502", "苹果", 1, 3, 3])
    assert reasons(read) == ["amount-differs", "ok"]


def test_amounts_with_freight_or_of_several_rows_raise_no_doubt():
    rows = [["12", "501", "苹果", 25, 2, 55], ["12", "502", "梨", 10, 1, 15], ["12", "503", "苹果", 25, 1, 25]]
    assert {*reasons(reading(PRICED, *rows))} == {"ok"}
    shared = [["12", "601", "苹果", 25, 1, 35], ["12", "601", "梨", 10, 1, 35]]
    assert {*reasons(reading(PRICED, *rows[2:], ["12", "504", "梨", 10, 2, 20], *shared))} == {"ok"}
    ordered = [[*row[:5], row[5] * 2] for row in rows]
    assert {*reasons(reading([*PRICED[:5], "订单金额"], *ordered))} == {"ok"}


@pytest.mark.parametrize("good", ["五花肉", "三文鱼", "百香果", "四季豆", "半成品菜"])
def test_a_good_with_a_number_in_its_name_is_no_unit_of_the_group_above_it(good: str):
    table = [["门牌", "水果", None, "肉类", None], [None, "苹果", "梨", good, "排骨"], ["12-502", 1, None, 2, None]]
    areas = [(0, 0, 1, 0, "门牌"), (0, 1, 0, 2, "水果"), (0, 3, 0, 4, "肉类")]
    read = read_orders(open_tables(workbook(("团购", table), merged=areas), "a.xlsx"), roster())
    assert [(row.item, row.unit, row.quantity) for row in read.rows] == [("苹果", "", 1), (good, "", 2)]


@pytest.mark.parametrize("unit", ["五斤", "两大箱", "半斤", "三十枚", "一扎", "十二粒装", "每份六个"])
def test_a_number_with_a_measure_is_a_unit(unit: str):
    assert [(row.item, row.unit) for row in reading(GOODS, ["12", "502", f"苹果 {unit}", 1]).rows] == [("苹果", unit)]


def test_a_unit_of_numbers_beside_an_address_is_a_flat():
    header = ["Unit", "Address", "Product", "Quantity"]
    read = reading(header, ["502", "12-502", "Apple", 1], ["601", "13-601", "Apple", 1], ["602", "13-603", "Apple", 1])
    assert [(row.household, row.unit) for row in read.rows] == [("12-502", ""), ("13-601", ""), (None, "")]
    built = reading(["Building", *header[::2], header[3]], ["12", "502", "Apple", 1])
    assert [(row.household, row.unit) for row in built.rows] == [("12-502", "")]


def test_a_unit_of_a_good_stays_one():
    header = ["Building", "Room", "Product", "Unit", "Quantity"]
    read = reading(header, ["12", "502", "Apple", "5kg", 1], ["12", "503", "Apple", "500", 1])
    assert [(row.household, row.unit) for row in read.rows] == [("12-502", "5kg"), ("12-503", "500")]
    numbers = reading(header, ["12", "502", "Apple", "500", 1])
    assert [(row.household, row.unit) for row in numbers.rows] == [("12-502", "")]
