"""Lines between the orders of a table that speak of the rows below them."""

import pytest
from order_files import GOODS, reading, reasons

APART = [
    *["以下送到13号502", "统一送13-501", "转13号楼王阿姨代收", "由王阿姨代收", "以下送13号楼", "以下送居委会"],
    *["翠苑", "翠苑小区", "以下为翠苑小区", "对面小区", "锦绣苑二期", "二期", "锦绣苑北区", "锦绣苑二期12号楼"],
    *["以下是昨天的", "昨天的", "第二批", "4月21日", "4/21", "牛奶", "以下牛奶"],
]
AS_BEFORE = [
    *[
        "备注：请放门口",
        "团长：王阿姨 13800001111",
        "联系人：王阿姨",
        "谢谢大家",
        "感谢以下邻居",
        "合计：3份",
        "第1页 共3页",
    ],
    *[
        "制表人：王",
        "以下空白",
        "以下已付款",
        "以下订单已核对",
        "以下补单",
        "18岁以下免费",
        "接龙结束",
        "每户一份",
        "商城",
    ],
    *[
        "锦绣苑",
        "本小区",
        "以下为锦绣苑居民",
        "12号楼",
        "以下为12号楼",
        "12号楼共2户",
        "13-502",
        "锦绣苑二期13-502",
        "截止4月20日",
    ],
    *[
        "水果",
        "鸡蛋",
        "以下鸡蛋",
        "统一送到楼下",
        "统一配送",
        "请到12号楼大厅自提",
        "自提点：13号楼门口",
        "可由邻居代收",
        "由志愿者代领",
        "大家庭",
    ],
]
OF_13 = ["13号楼", "13号", "13栋", "13幢", "十三号楼", "【13号楼】", "以下为13号楼", "以上为12号楼，以下为13号楼"]
BY_DOOR = ["门牌", "鸡蛋", "大米"]


def between(line, *, below=12):
    """What becomes of a row below it, in a table with a row per good and in one with a column per good."""
    long = reading(GOODS, [12, 501, "鸡蛋", 1], [line, "", "", ""], [below, 502, "鸡蛋", 1])
    wide = reading(BY_DOOR, ["12-501", 1, ""], [line, "", ""], [f"{below}-502", 1, ""])
    assert (reasons(long)[0], reasons(wide)[0]) == ("ok", "ok")
    return {*reasons(long)[1:], *reasons(wide)[1:]}


@pytest.mark.parametrize("line", APART)
def test_a_line_that_speaks_of_what_follows_is_asked_about(line):
    assert between(line) == {"line-takes-back"}


@pytest.mark.parametrize("line", AS_BEFORE)
def test_ordinary_lines_leave_the_orders_as_they_are(line):
    assert between(line) == {"ok"}


@pytest.mark.parametrize("line", OF_13)
def test_a_heading_of_another_building_counts_though_it_is_the_first_of_the_table(line):
    assert between(line) == {"columns-differ"}
    assert between(line, below=13) == {"ok"}


def test_such_a_heading_may_end_its_own_part():
    rows = [12, 501, "鸡蛋", 1], ["12号楼", "", "", ""], [13, 502, "鸡蛋", 1], ["13号楼", "", "", ""]
    assert reasons(reading(GOODS, *rows)) == ["ok", "ok"]


@pytest.mark.parametrize("line", ["第一批", "第一期", "4月20日", "锦绣苑"])
def test_the_first_line_of_a_table_may_be_its_title(line):
    assert reasons(reading(GOODS, [line, "", "", ""], [12, 501, "鸡蛋", 1])) == ["ok"]


def test_the_day_of_the_title_is_no_other_day():
    day = ["4月21日", "", "", ""]
    rows = GOODS, [12, 501, "鸡蛋", 1], day, [12, 502, "鸡蛋", 1]
    assert reasons(reading(["鸡蛋团购 4月21日"], *rows)) == ["ok", "ok"]
    assert reasons(reading(["鸡蛋团购 4月20日"], *rows)) == ["ok", "line-takes-back"]
    assert reasons(reading(*rows, day, [12, 503, "鸡蛋", 1])) == ["ok", "ok", "ok"], "of the foot of every page"


def test_a_line_that_names_a_good_heads_rows_of_that_good():
    good = [["牛奶", "", "", ""], [12, 501, "牛奶", 1], ["鸡蛋", "", "", ""]]
    assert reasons(reading(GOODS, *good, [12, 502, "鸡蛋", 1], [12, 503, "牛奶", 1])) == ["ok", "ok", "line-takes-back"]
    title = reading(["鸡蛋团购"], ["楼号", "房号", "数量"], [12, 501, 1], ["以下牛奶", "", ""], [12, 502, 1])
    assert reasons(title) == ["ok", "line-takes-back"]
