"""Columns of a wide table that count another good once more: nothing is booked twice without a question."""

import pytest
from order_files import reading


def of(goods, *rows):
    read = reading(["楼号", "房号", *goods], *([12, 501 + at, *row] for at, row in enumerate(rows)))
    said = {}
    for row in read.rows:
        said.setdefault(f"{row.item}{row.unit}", set()).add(row.reason or row.outcome)
    return {item: reasons.pop() for item, reasons in said.items() if len(reasons) == 1}


ROWS = (1, 2, 3), (2, 1, 3), (1, "", 1)


@pytest.mark.parametrize(
    "goods", [("苹果大", "苹果小", "苹果总"), ("苹果(周一)", "苹果(周二)", "苹果共"), ("苹果", "梨", "水果合计")]
)
def test_a_sum_of_goods_beside_them_is_no_good(goods):
    assert [*of(goods, *ROWS).values()] == ["ok", "ok"]
    assert [*of(goods, *ROWS, (1, 2, 9)).values()] == ["ok", "ok", "maybe-sum"]


def test_a_good_that_is_the_sum_of_its_kinds_is_asked_about():
    assert of(("苹果大", "苹果小", "苹果"), *ROWS) == {"苹果大": "ok", "苹果小": "ok", "苹果": "maybe-sum"}
    assert set(of(("苹果大", "苹果小", "苹果"), *ROWS, (1, 1, 1)).values()) == {"ok"}


def test_what_came_of_a_good_is_not_booked_beside_it():
    rows = (1, 2, 1, 2), (2, 1, 2, 1)
    assert of(("苹果", "梨", "苹果实收", "梨实收"), *rows) == {"苹果": "ok", "梨": "ok"}
    assert of(("苹果", "梨", "苹果实收", "梨实收"), *rows, (1, "", 1, 1))["梨实收"] == "quantities-differ"


@pytest.mark.parametrize("goods", [("原订苹果", "现订苹果"), ("苹果(原)", "苹果(改)"), ("苹果", "苹果(更正)")])
def test_a_count_before_and_one_after_are_asked_about(goods):
    assert [*of(goods, (1, 2), (2, 1), (1, "")).values()] == ["quantities-differ"] * 2


def test_a_second_column_of_the_same_name_is_asked_about():
    assert of(("苹果", "苹果.1"), (1, 1), (2, 2)) == {"苹果": "ok", "苹果.1": "maybe-no-good"}


@pytest.mark.parametrize(
    "goods",
    [
        ("苹果", "苹果大"),
        ("苹果(大)", "苹果(小)"),
        ("原味酸奶", "现磨咖啡"),
        ("苹果(新)", "苹果"),
        ("苹果", "面包收纳"),
    ],
)
def test_goods_with_such_words_are_goods(goods):
    assert [*of(goods, (1, 2), (2, 1)).values()] == ["ok", "ok"]
