"""What stands in brackets or behind a door and may send the order elsewhere, and words that do not."""

import pytest
from order_files import GOODS, reading, reasons

LEADERS = ["楼号", "房号", "详细地址", "商品", "数量"]


def beside(address):
    return reasons(reading(LEADERS, [12, 501, address, "鸡蛋", 1]))


def in_one(door):
    return reasons(reading(["门牌号", "商品", "数量"], [door, "鸡蛋", 1]))


@pytest.mark.parametrize(
    "note",
    [
        "（实为13号501）",
        "（送13号501）",
        "（请送13-502）",
        "（现住13号502）",
        "【送502】",
        "[13号502]",
        "（不是501是502）",
        "（502）",
    ],
)
def test_brackets_in_an_address_beside_the_columns_of_the_door_are_read(note):
    assert beside(f"12号501{note}") == ["note-other-door"]


@pytest.mark.parametrize("note", ["（翠苑）", "（翠苑小区）", "（二期）", "（北区）"])
def test_another_compound_or_part_in_brackets_or_behind_is_asked_about(note):
    assert beside(f"12号501{note}") == ["other-compound"]
    assert in_one(f"12-501{note}")[0] != "ok"


def test_another_compound_behind_a_door_is_asked_about():
    assert in_one("12-501翠苑")[0] != "ok"
    assert reasons(reading(GOODS, [12, "501（翠苑）", "鸡蛋", 1]))[0] != "ok"


@pytest.mark.parametrize(
    "note",
    [
        "（3楼）",
        "（放门口）",
        "（锦绣苑）",
        "（本小区）",
        "（有狗）",
        "（到小区门口打电话）",
        "（别墅）",
        "（501）",
        "（12号501）",
        "（2022年）",
    ],
)
def test_other_brackets_are_no_doubt(note):
    assert beside(f"12号501{note}") == ["ok"]


def test_another_name_of_the_own_street_is_none():
    assert in_one("某路168弄(圣都汇)12号501") == ["ok"]


@pytest.mark.parametrize("header", ["可否代收本楼栋货物（仅本团购）", "能否代收本楼栋货物", "是否愿意代收楼上货物"])
@pytest.mark.parametrize("answer", ["可以", "可", "是", "能", "OK", "不能", "不方便", "否", "1"])
def test_who_may_take_goods_of_others_says_nothing_of_the_own_order(header, answer):
    assert reasons(reading([*GOODS, header], [12, 501, "鸡蛋", 1, answer])) == ["ok"]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (["全部商品名称", "商品数量", "收货详细地址"], ["鸡蛋", 1, "某路168弄12号501"]),
        (["3、您要订购的商品：", "多少份", "楼号房间号（例：12-501）"], ["鸡蛋", 1, "12-501"]),
        (["楼宇", "房号", "菜名", "数量/份"], [12, 501, "鸡蛋", 1]),
    ],
)
def test_headers_of_more_tools_are_known(header, row):
    (order,) = reading(header, row).rows
    assert (order.outcome, order.household, order.item, order.quantity) == ("ok", "12-501", "鸡蛋", 1)


@pytest.mark.parametrize(("header", "place"), [("小区", "翠苑"), ("自提点", "翠苑小区"), ("所在社区", "翠苑小区")])
def test_who_decides_sees_the_cell_that_names_another_place(header, place):
    read = reading([*GOODS, header], [12, 501, "鸡蛋", 1, "锦绣苑"], [12, 502, "鸡蛋", 1, place])
    assert reasons(read) in (["ok", "other-pickup"], ["ok", "other-compound"])
    assert (header, place) in read.said[read.rows[1].row]
