"""Numbers and words that look like an order and are none, or another one: sums, amounts of money, several goods at once."""

import pytest
from order_files import DOOR, reading, reasons


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
