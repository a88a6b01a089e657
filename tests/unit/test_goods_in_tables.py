"""Goods and their quantities in tables as people make them: several in a cell, pieces, ticks, prices, columns that are none."""

import pytest
from order_files import DOOR, GOODS, reading, reasons, roster, workbook

from infra.tables import open_tables
from services.imports.orders import UnreadableTable, read_orders

ROSTER = roster()


@pytest.mark.parametrize("item", ["退苹果", "苹果(退)", "苹果（已退款）"])
def test_goods_that_were_taken_back(item):
    assert reasons(reading(GOODS, [12, 501, item, 1])) == ["good-cancelled"]


@pytest.mark.parametrize(
    "item",
    [
        "苹果*2箱 鸡蛋*1",
        "苹果1份 鸡蛋2份",
        "苹果2份鸡蛋1份",
        "苹果2 鸡蛋1",
        "A套餐┋B套餐",
        "苹果\n鸡蛋",
        "苹果x1，鸡蛋x1",
    ],
)
def test_several_goods_in_one_cell(item):
    assert reasons(reading(GOODS, [12, 501, item, 3])) == ["several-goods"]


@pytest.mark.parametrize("item", ["苹果+鸡蛋", "苹果，鸡蛋", "苹果、鸡蛋"])
def test_goods_side_by_side_are_several_where_each_is_a_good_of_the_table(item):
    alone = [[12, 502, "苹果", 1], [12, 503, "鸡蛋", 1]]
    assert reasons(reading(GOODS, [12, 501, item, 3], *alone))[0] == "several-goods"
    assert reasons(reading(GOODS, [12, 501, item, 3]))[0] == "ok"
    assert reasons(reading(GOODS, [12, 501, "苹果 5斤装2箱", 3], [12, 502, "牛奶250ml*12", 1])) == ["ok", "ok"]


def test_goods_with_one_name_and_several_units_are_several_goods():
    header = [*DOOR, "商品", "规格", "数量"]
    read = reading(header, [12, 501, "牛奶（巴氏鲜奶）", "950ml", 1], [12, 502, "牛奶（巴氏鲜奶）", "1.8L", 1])
    assert [row.unit for row in read.rows] == ["巴氏鲜奶 950ml", "巴氏鲜奶 1.8L"]
    bracket = reading(header, [12, 501, "荔枝(每箱四斤)", "每箱四斤", 1], [12, 502, "荔枝(每箱四斤)", "每箱五斤", 1])
    assert [row.unit for row in bracket.rows] == ["每箱四斤"] * 2


@pytest.mark.parametrize(
    ("item", "unit", "quantity"),
    [
        ("土鸡蛋", "30枚/盒", "30个"),
        ("土鸡蛋", "30枚/盒", "30只"),
        ("牛奶", "250ml*12", "12盒"),
        ("苹果", "5斤", "60枚"),
    ],
)
def test_quantities_that_may_count_pieces(item, unit, quantity):
    assert reasons(reading([*DOOR, "商品", "规格", "数量"], [12, 501, item, unit, quantity])) == ["quantity-in-pieces"]


@pytest.mark.parametrize("quantity", ["2(箱)", "2。", "要2份", "2个"])
def test_quantities_as_people_write_them(quantity):
    read = reading([*DOOR, "商品", "规格", "数量"], [12, 501, "西瓜", "约5斤/个", quantity])
    assert [(row.quantity, row.outcome) for row in read.rows] == [(2, "ok")]


@pytest.mark.parametrize("headers", [("需要的套餐", "需要的数量"), ("您要的套餐", "要几份呢")])
def test_a_column_that_says_how_many_is_the_quantity_of_the_one_that_names_things(headers):
    read = reading([*DOOR, *headers], [12, 501, "A套餐┋B套餐", 1], [12, 502, "A套餐", 2])
    assert [(row.item, row.quantity, row.outcome) for row in read.rows][1] == ("A套餐", 2, "ok")
    assert read.rows[0].outcome == "unclear"


@pytest.mark.parametrize("headers", [("想买的水果", "买多少"), ("团购", "需求量")])
def test_a_column_that_says_how_many_is_no_good_by_itself(headers):
    with pytest.raises(UnreadableTable, match="no column of goods"):
        reading([*DOOR, *headers], [12, 501, "A套餐", 1], [12, 502, "A套餐", 2])


@pytest.mark.parametrize(
    "header",
    [
        "限购",
        "库存",
        "群",
        "网格",
        "货架",
        "重量(斤)",
        "送货上门",
        "入群",
        "优先级",
        "阳台",
        "几室几厅",
        "住户数",
        "鸡蛋钱",
        "鸡蛋（元）",
    ],
)
def test_more_columns_that_are_no_goods(header):
    read = reading([*DOOR, "鸡蛋（份）", header], [12, 501, 1, 60])
    assert [(row.item, row.quantity) for row in read.rows] == [("鸡蛋", 1)]


@pytest.mark.parametrize(
    "good",
    [
        "抗原检测试剂盒",
        "电子体温计",
        "隔离面罩",
        "山姆会员牛肉",
        "3岁以上奶粉",
        "钥匙扣",
        "等级A牛肉",
        "批次2菜包",
        "套餐一",
        "套餐1",
    ],
)
def test_goods_whose_names_sound_like_papers_or_health(good):
    read = reading([*DOOR, good, "牛奶"], [12, 501, 1, 1], [12, 502, 3, ""])
    assert [(row.row, row.item) for row in read.rows if row.outcome == "ok"] == [(2, good), (2, "牛奶"), (3, good)]


@pytest.mark.parametrize("cell", ["加1", "要", "红2", "蓝1红1", "10斤装1", "大1小1"])
def test_who_ticked_or_wrote_into_a_column_of_a_good_is_not_lost(cell):
    read = reading([*DOOR, "苹果", "梨"], [12, 501, "", 1], [12, 502, cell, ""])
    assert [(row.row, row.item, row.outcome) for row in read.rows] == [(2, "梨", "ok"), (3, "苹果", "unclear")]


def test_a_yes_to_a_good_is_an_order_that_nobody_has_counted():
    read = reading([*DOOR, "是否需要蔬菜包", "牛奶"], [12, 501, "否", 1], [12, 502, "是", ""])
    assert [(row.row, row.item, row.outcome) for row in read.rows] == [(2, "牛奶", "ok"), (3, "蔬菜包", "unclear")]


def test_a_note_in_the_first_column_makes_no_row_of_sums():
    read = reading(["备注", *DOOR, "苹果"], ["一共2份", 12, 501, 2], ["合计3", 12, 502, 3])
    assert [(row.household, row.quantity) for row in read.rows] == [("12-501", 2), ("12-502", 3)]


@pytest.mark.parametrize("prices", [["单价", "", 20, 30], ["", "", "20元", "30元"], ["规格", "", "5斤", "一盒"]])
def test_a_row_of_prices_below_the_header_is_no_order(prices):
    read = reading([*DOOR, "苹果", "梨"], prices, [12, 501, 1, 2])
    assert reasons(read) == ["ok", "ok"]


def test_a_list_of_all_doors_in_which_some_ordered_nothing():
    read = reading(GOODS, [12, 501, "苹果", 1], [12, 502, "", ""], [12, 503, "", ""])
    assert reasons(read) == ["ok"]
    assert "rows without an order were passed over: 3, 4" in read.notices
    asked = reading([*GOODS, "备注"], [12, 501, "苹果", 1, ""], [12, 502, "", "", "同上"])
    assert reasons(asked) == ["ok", "quantity-missing"]


def test_a_list_of_prices_above_the_orders_is_not_their_header():
    goods = [["序号", "商品名称", "规格", "单价", "库存"], [1, "苹果", "5斤", 20, 100]]
    read = reading(*goods, [], ["楼号", "房号", "商品", "数量"], [12, 501, "苹果", 1])
    assert [(row.household, row.item) for row in read.rows] == [("12-501", "苹果")]


def test_the_same_row_twice_is_kept_and_named():
    read = reading(["跟团号", *GOODS], [7, 12, 501, "苹果", 1], [7, 12, 501, "苹果", 1], [8, 12, 501, "苹果", 1])
    assert reasons(read) == ["ok"] * 3
    assert "rows that say the same twice, all are kept: 3" in read.notices


def test_a_sum_behind_every_good_is_no_sum_of_all():
    read = reading([*DOOR, "苹果", "小计", "梨", "小计"], [12, 501, 1, 20, 2, 60], [12, 502, 1, 20, "", ""])
    assert reasons(read) == ["ok"] * 3


def test_a_group_of_sheets_is_read_as_before():
    book = workbook(("说明", [["筛选条件"], ["全部"]]), ("单", [GOODS, [12, 501, "苹果", 1]]))
    assert reasons(read_orders(open_tables(book, "a.xlsx"), ROSTER)) == ["ok"]


@pytest.mark.parametrize(
    "cell", ["1（代邻居）", "1（切片）", "1份谢谢", "1+1", "2盒老人", "有", "半份", "1/2", "x", "1 大", "1（取消）"]
)
def test_who_wrote_words_behind_a_count_is_not_lost(cell):
    header = [*DOOR, "姓名", "鸡蛋", "面包"]
    rows = [[12, 501, "王", 1, ""], [12, 502, "李", 2, ""], [12, 503, "周", 1, ""]]
    read = reading(header, *rows, [13, 501, "孙", "", cell])
    assert [(row.row, row.item, row.outcome) for row in read.rows][-1] == (5, "面包", "unclear")


def test_an_order_that_stands_in_the_note_is_not_lost():
    read = reading(
        [*DOOR, "鸡蛋", "牛奶", "备注"], [12, 501, "", "", "要1份鸡蛋"], [12, 502, 1, "", ""], [12, 503, "", "", "谢谢"]
    )
    assert [(row.row, row.outcome) for row in read.rows] == [(2, "unclear"), (3, "ok")]


@pytest.mark.parametrize("header", ["家里几人", "同住人", "补差价", "捐款"])
def test_still_more_columns_that_are_no_goods(header):
    assert [row.item for row in reading([*DOOR, "鸡蛋", header], [12, 501, 1, 4]).rows] == ["鸡蛋"]


@pytest.mark.parametrize("item", ["运费", "差价补拍", "配送费1元", "打赏志愿者"])
def test_lines_that_nobody_carries_to_a_door_are_no_goods(item):
    assert reasons(reading(GOODS, [12, 501, item, 1])) == ["maybe-no-good"]


@pytest.mark.parametrize("item", ["鸡蛋x3", "鸡蛋*2", "鸡蛋3份", "2箱鸡蛋", "鸡蛋两盒"])
def test_a_quantity_inside_the_good_beside_another_one_is_unclear(item):
    read = reading(["门牌号", "商品", "数量"], ["12-501", "鸡蛋", 1], ["12-502", item, 1])
    assert reasons(read)[1] in {"quantities-differ", "several-goods"}
    assert reasons(reading(["门牌号", "商品", "数量"], ["12-502", "苹果5", 1])) == ["ok"]


def test_the_row_that_shows_how_to_fill_in_the_form_is_no_order():
    read = reading(
        ["序号", "姓名", "门牌号", "蔬菜包"],
        ["示例", "张三", "12-501", 1],
        [1, "王", "12-502", 1],
        [2, "例：李四", "12-503", 1],
    )
    assert [row.household for row in read.rows] == ["12-502"]


def test_the_same_person_twice_is_named_and_two_people_are_not():
    rows = [["王", 12, 501, "苹果", 1], ["李", 12, 501, "苹果", 1], ["王", 12, 501, "苹果", 1]]
    assert "rows that say the same twice, all are kept: 4" in reading(["姓名", *GOODS], *rows).notices


def test_a_column_of_ticks_is_one_of_each():
    read = reading([*DOOR, "蔬菜包", "肉包"], [12, 501, "√", ""], [12, 502, "√", 2], [12, 503, "", 1])
    assert [(row.item, row.quantity, row.outcome) for row in read.rows] == [
        ("蔬菜包", 1, "ok"), ("蔬菜包", 1, "ok"), ("肉包", 2, "ok"), ("肉包", 1, "ok"),
    ]  # fmt: skip
    assert "a tick was read as one: 蔬菜包" in read.notices
    mixed = reading([*DOOR, "蔬菜包"], [12, 501, "√"], [12, 502, 2])
    assert reasons(mixed) == ["quantity-unreadable", "ok"]


def test_rooms_below_the_heading_of_their_building():
    header = ["室号", "姓名", "鸡蛋"]
    read = reading(
        header, ["12号楼"], [501, "王", 1], [502, "李", 2], ["13号楼："], [501, "赵", 3], ["谢谢"], [502, "钱", 1]
    )
    assert [row.household or row.reason for row in read.rows] == ["12-501", "12-502", "13-501", "building-missing"]
    named = reading(["楼号", *header], ["12号楼"], [13, 501, "王", 1])
    assert [row.household for row in named.rows] == ["13-501"]


def test_a_row_of_units_below_the_header_is_no_order():
    read = reading([*DOOR, "鸡蛋", "牛奶"], ["", "", "30枚/盒", "12盒/箱"], [12, 501, 1, 2])
    assert reasons(read) == ["ok", "ok"]
    assert len(reading([*DOOR, "鸡蛋", "牛奶"], ["", "", 1, 2], [12, 501, 1, 2]).of("unclear")) == 2
