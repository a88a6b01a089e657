"""Columns of numbers beside goods that are no goods: telephone numbers, money, sums, places of a list."""

import pytest
from order_files import DOOR, GOODS, reading, reasons

from services.imports.headers import column_of


@pytest.mark.parametrize(
    "header",
    [
        "手机后四位",
        "尾号",
        "手机尾号",
        "电话后四位",
        "手机号后4位",
        "身份证后四位",
        "抽奖号",
        "收货码",
        "工号",
        "几群",
        "第几车",
        "实发",
        "发放数",
        "补发",
        "上次欠",
        "预付",
        "现金",
        "支付宝",
        "付",
        "款",
        "￥",
        "下单次数",
        "购买次数",
        "上限",
        "送货顺序",
        "楼栋排序",
        "评分",
        "满意度",
        "宅电",
        "固话",
        "分机",
        "页",
        "#",
        "Amount",
        "Cost",
        "Deposit",
        "Delivery fee",
        "Balance",
        "Sum",
        "Subtotal",
        "Grand Total",
        "Items",
        "Total qty",
        "People",
        "Serial",
        "Ref",
        "Group No",
        "Phone No.",
        "Last 4 digits",
    ],
)
def test_a_column_of_numbers_is_no_good_by_its_words(header):
    read = reading([*DOOR, "苹果", header], [12, 501, 1, 3], [12, 502, 2, 4])
    assert [(row.item, row.outcome) for row in read.rows] == [("苹果", "ok")] * 2


@pytest.mark.parametrize(
    "good",
    [
        "车厘子",
        "后腿肉",
        "前后腿",
        "凤尾虾",
        "尾翅",
        "页岩陶粒",
        "卡士酸奶",
        "现金牛奶",
        "一群羊酸奶",
        "付记月饼",
        "款冬花",
        "虾尾",
        "牛尾",
        "手机支架",
        "电话卡贴",
        "Apple",
        "Peaches",
        "Ice",
        "上海青",
        "上海月饼",
        "发糕",
        "百页",
        "千页豆腐",
    ],
)
def test_a_good_stays_one(good):
    assert column_of(good) is None


@pytest.mark.parametrize("header", ["列1", "Column1", "Unnamed: 0", "未命名", "字段3", "Sheet1"])
def test_a_column_whose_name_is_a_placeholder_is_asked_about(header):
    read = reading([*DOOR, "苹果", header], [12, 501, 1, 3], [12, 502, 2, 4])
    assert reasons(read) == ["ok", "maybe-no-good"] * 2


@pytest.mark.parametrize("numbers", [["0071", "1203", "0005"], [1203, 4410, 982]])
def test_a_column_of_large_numbers_or_of_leading_zeros_is_asked_about(numbers):
    read = reading([*DOOR, "苹果", "暗号"], *([12, 501 + at, 1, number] for at, number in enumerate(numbers)))
    assert {row.reason or "ok" for row in read.rows if row.item == "苹果"} == {"ok"}
    assert {row.reason or "ok" for row in read.rows if row.item != "苹果"} == {"maybe-no-good"}


def test_a_large_order_is_one():
    assert reasons(reading([*DOOR, "苹果", "梨"], [12, 501, 300, 1], [12, 502, 1, 1], [12, 503, 2, ""])) == ["ok"] * 5
    assert reasons(reading(GOODS, [12, 501, "苹果", 300])) == ["ok"]


def test_a_column_that_adds_up_one_good_is_no_good():
    header = [*DOOR, "苹果第一批", "苹果第二批", "苹果合计"]
    read = reading(header, [12, 501, 1, 2, 3], [12, 502, 1, "", 1])
    assert [(row.item, row.outcome) for row in read.rows] == [
        ("苹果第一批", "ok"), ("苹果第二批", "ok"), ("苹果第一批", "ok"),
    ]  # fmt: skip
    assert "columns that were not used: 苹果合计" in read.notices
    differs = reading([*header[:4], "合计苹果"], [12, 501, 1, 2, 4])
    assert reasons(differs) == ["ok", "ok", "maybe-sum"]


def test_what_came_of_a_good_is_not_ordered_again():
    read = reading([*DOOR, "苹果订", "苹果收", "梨订", "梨收"], [12, 501, 1, 1, 2, 2])
    assert [(row.item, row.quantity, row.outcome) for row in read.rows] == [("苹果", 1, "ok"), ("梨", 2, "ok")]
    assert "columns that were not used: 苹果收, 梨收" in read.notices


@pytest.mark.parametrize(
    "header",
    [
        "密码",
        "短号",
        "末四位",
        "QQ号",
        "生日",
        "出生年",
        "桶号",
        "打包号",
        "柜号",
        "格口",
        "篮号",
        "排号",
        "轮次",
        "第几次",
        "队",
        "班组",
        "楼组",
        "房型",
        "室数",
        "电梯",
        "需付",
        "税",
        "原价",
        "团购价",
        "进价",
        "单价1",
        "单重",
        "体积",
        "到货",
        "预计到达",
        "小时",
        "已打针数",
    ],
)
def test_a_place_a_price_or_a_fact_is_no_good(header):
    read = reading([*DOOR, "苹果", header], [12, 501, 1, 3], [12, 502, 2, 4])
    assert [(row.item, row.outcome) for row in read.rows] == [("苹果", "ok")] * 2


@pytest.mark.parametrize(
    "header", ["斤数", "总斤数", "车位数", "志愿组", "党小组", "包厢号", "到岸价", "毛坯重", "洗手次"]
)
def test_a_name_that_ends_like_a_number_of_something_else_is_asked_about(header):
    read = reading([*DOOR, "苹果", header], [12, 501, 1, 3], [12, 502, 2, 4])
    assert reasons(read) == ["ok", "maybe-no-good"] * 2


@pytest.mark.parametrize(
    "good",
    [
        "纸尿裤L号",
        "大号",
        "尿裤加大号",
        "1号",
        "套餐二号",
        "苹果特价",
        "梨半价",
        "保洁1次",
        "A组",
        "蔬菜组",
        "电池组",
        "中华老字号",
        "水产优惠价",
        "洗洁精数量",
        "蛋糕组合",
        "队长牌饼干",
    ],
)
def test_a_good_that_ends_like_a_number_stays_one(good):
    assert reasons(reading([*DOOR, "苹果", good], [12, 501, 1, 3], [12, 502, 2, 4])) == ["ok"] * 4


def test_columns_that_all_say_how_many_are_goods():
    assert reasons(reading([*DOOR, "牙膏数", "毛巾数"], [12, 501, 1, 3], [12, 502, 2, 4])) == ["ok"] * 4


def test_doors_of_a_building_are_no_good():
    header = ["楼号", "门", "房号", "苹果"]
    assert reasons(reading(header, [12, 1, 501, 3], [12, 1, 502, 4])) == ["ok"] * 2
    assert reasons(reading(header, [12, 1, 501, 3], [12, 2, 502, 4])) == ["unit-not-used"] * 2


def test_how_many_of_a_good_is_no_part_of_its_name():
    header = [*DOOR, "苹果订购数量", "鸡蛋 数量", "梨份数", "面包数"]
    read = reading(header, [12, 501, 1, 2, 3, 4])
    assert [row.item for row in read.rows] == ["苹果", "鸡蛋", "梨", "面包"]
    beside = reading([*DOOR, "苹果", "苹果数量"], [12, 501, 1, 2])
    assert [row.item for row in beside.rows] == ["苹果", "苹果数量"]
