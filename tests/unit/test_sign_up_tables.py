"""Tables as form tools and volunteers write them: prices in headers, ticks and crosses, headings, sums without a word."""

import pytest
from order_files import DOOR, GOODS, reading

from services.imports.quantities import good_and_unit


def ordered(read):
    return [(row.household or row.reason, row.item, row.unit, row.quantity) for row in read.rows]


@pytest.mark.parametrize(
    ("written", "good"),
    [
        ("鲜奶（950ml）（必填）", ("鲜奶", "950ml")),
        ("鲜奶（950ml）*", ("鲜奶", "950ml")),
        ("*鸡蛋【单选】", ("鸡蛋", "")),
        ("鸡蛋（25元）", ("鸡蛋", "")),
        ("鸡蛋（30枚）（25元）", ("鸡蛋", "30枚")),
        ("鸡蛋(30枚,25元)", ("鸡蛋", "30枚")),
        ("苹果 35元/箱", ("苹果", "箱")),
        ("苹果35元/箱", ("苹果", "箱")),
        ("苹果（35元/5斤）", ("苹果", "5斤")),
        ("苹果（5斤 35元/箱）", ("苹果", "5斤")),
        ("苹果 5斤 35元", ("苹果", "5斤")),
        ("巧克力(12块)", ("巧克力", "12块")),
        ("代金券50元", ("代金券50元", "")),
    ],
)
def test_prices_and_words_of_form_tools_are_no_unit(written, good):
    assert good_and_unit(written, "") == good


def test_goods_that_only_their_prices_tell_apart_stay_apart():
    wide = reading([*DOOR, "礼盒（50元）", "礼盒（80元）", "鸡蛋（25元）"], [12, 501, 1, 2, 3])
    assert [(row.item, row.unit, row.quantity) for row in wide.rows] == [
        ("礼盒", "50元", 1),
        ("礼盒", "80元", 2),
        ("鸡蛋", "", 3),
    ]
    long = reading(GOODS, [12, 501, "礼盒（50元）", 1], [12, 502, "礼盒（80元）", 1], [12, 502, "鸡蛋（25元）", 1])
    assert [(row.item, row.unit) for row in long.rows] == [("礼盒", "50元"), ("礼盒", "80元"), ("鸡蛋", "")]
