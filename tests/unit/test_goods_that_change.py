"""Goods whose names change another good of the table, take it back, or count it."""

import pytest
from order_files import GOODS, reading, reasons


def of(good):
    rows = [12, 501, "苹果", 1], [12, 502, "梨", 1], [12, 601, good, 1]
    return reasons(reading(GOODS, *rows))


@pytest.mark.parametrize(
    "good",
    [
        *["苹果换梨", "苹果改梨", "苹果→梨", "苹果(不要)", "不要苹果", "苹果（无）", "苹果（改梨）", "苹果(没有就梨)"],
        *["苹果或梨", "苹果更正", "苹果？", "苹果 加一份", "苹果多一份", "苹果5斤2箱", "2苹果", "2*苹果", "苹果@2"],
    ],
)
def test_a_good_that_changes_another_is_asked_about(good):
    assert of(good) == ["ok", "ok", "good-changes"]


@pytest.mark.parametrize(
    "good",
    [
        *[
            "苹果梨",
            "改良土豆",
            "无糖可乐",
            "苹果（无籽）",
            "2斤苹果",
            "乐事原味104g*5",
            "换新牙刷",
            "不要钱的笑话",
            "桃换李",
        ],
        *[
            "苹果5斤",
            "苹果（送梨）",
            "苹果醋或饮料",
            "加多宝",
            "伊利随便",
            "苹果多多",
            "苹果2号",
            "梨（5斤2箱装）",
            "桃@2",
        ],
    ],
)
def test_other_names_with_such_words_are_goods(good):
    assert of(good) == ["ok", "ok", "ok"]


def test_a_good_for_another_building_is_asked_about():
    rows = [12, 501, "苹果（12号楼）", 1], [13, 601, "苹果（12号楼）", 1], [13, 602, "苹果（13号楼）", 1]
    assert reasons(reading(GOODS, *rows)) == ["ok", "note-other-door", "ok"]
