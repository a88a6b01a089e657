"""Tables as form tools and volunteers write them: prices in headers, ticks and crosses, headings, sums without a word."""

import pytest
from order_files import DOOR, GOODS, csv_bytes, reading, reasons, roster, workbook

from infra.tables import open_tables
from services.imports.how_many import good_asked_for
from services.imports.layouts import UnreadableTable
from services.imports.orders import read_orders
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


def test_a_cross_beside_ticks_is_none():
    read = reading([*DOOR, "苹果", "梨"], [12, 501, "√", "×"], [12, 502, "✗", "✓"], [12, 503, "x", "×"])
    assert ordered(read) == [("12-501", "苹果", "", 1), ("12-502", "梨", "", 1)]
    assert "a cross was read as none: 苹果, 梨" in read.notices
    mixed = reading([*DOOR, "苹果"], [12, 501, 2], [12, 502, "×"])
    assert ordered(mixed)[1] == ("quantity-unreadable", "苹果", "", None)


def test_a_quantity_in_the_unit_of_its_header_is_that_quantity():
    wide = reading([*DOOR, "青菜(斤)", "萝卜"], [12, 501, "2斤", 1], [12, 502, "两斤", "2斤"])
    assert ordered(wide) == [
        ("12-501", "青菜", "斤", 2),
        ("12-501", "萝卜", "", 1),
        ("12-502", "青菜", "斤", 2),
        ("quantity-unreadable", "萝卜", "", None),
    ]
    long = reading([*DOOR, "商品", "数量(斤)"], [12, 501, "青菜", "2斤"], [12, 502, "萝卜(5斤)", "2斤"])
    assert ordered(long) == [("12-501", "青菜", "", 2), ("quantity-unreadable", "萝卜", "5斤", None)]


@pytest.mark.parametrize("header", ["订单内容", "订购内容", "下单内容", "购买内容"])
def test_goods_in_words_are_known_by_their_header(header):
    read = reading(
        [*DOOR, header, "数量"], [12, 501, "苹果", 2], [12, 502, "苹果x2", 2], [12, 503, "苹果2份、梨1份", 1]
    )
    assert ordered(read)[:2] == [("12-501", "苹果", "", 2), ("12-502", "苹果", "", 2)]
    assert ordered(read)[2][0] == "several-goods"


def test_the_sums_below_a_table_need_no_word():
    goods = [*DOOR, "苹果", "梨", "金额"]
    rows = [12, 501, 1, 2, 30], [12, 502, 2, "", 20.5]
    for sums in ([["", "", 3, 2, 50.5]], [["", "", 3, 2, ""], ["", "", "", "", "50.50"]]):
        read = reading(goods, *rows, *sums)
        assert [row.row for row in read.rows] == [2, 2, 3]
        assert {total.item: total.stated for total in read.totals} == {"苹果": 3, "梨": 2}
    long = reading([*GOODS, "金额"], [12, 501, "苹果", 1, 20], [12, 502, "梨", 2, 30], ["", "", "", 3, 50])
    assert [row.row for row in long.rows] == [2, 3]
    assert "rows of sums were passed over: 4" in long.notices


@pytest.mark.parametrize(
    "last", [["", "", 3, ""], ["", "", 3, 1], ["", "", "", 2], ["", 503, 3, 2], ["", "", 3, "2份?"]]
)
def test_numbers_that_are_not_all_the_sums_are_an_order_without_a_door(last):
    read = reading([*DOOR, "苹果", "梨"], [12, 501, 1, 2], [12, 502, 2, ""], last)
    assert read.rows[-1].row == 4
    assert read.rows[-1].outcome == "unclear"


def test_below_a_single_order_the_same_numbers_are_no_sum():
    read = reading([*DOOR, "苹果", "梨"], [12, 501, 1, 2], ["", "", 1, 2])
    assert reasons(read) == ["ok", "ok", "no-door", "no-door"]


@pytest.mark.parametrize("line", ["12号楼", "12号楼登记表", "锦绣苑12号楼团购登记表", "12栋", "第十二号楼："])
def test_a_building_above_the_header_is_that_of_rooms_alone(line):
    read = reading([line], ["房号", "苹果", "梨"], [501, 1, ""], ["13号楼"], [502, 2, ""])
    assert ordered(read) == [("12-501", "苹果", "", 1), ("13-502", "苹果", "", 2)]


@pytest.mark.parametrize("line", ["12号登记表", "1-12号楼登记表", "12号楼、13号楼", "12号楼501登记表", "春天里12号楼"])
def test_a_line_that_may_be_no_building_heads_nothing(line):
    assert reasons(reading([line], ["房号", "苹果", "梨"], [501, 1, ""])) == ["building-missing"]


def test_a_building_column_wins_over_the_line_above():
    read = reading(["12号楼登记表"], [*DOOR, "苹果"], [13, 501, 1], ["", 502, 2])
    assert reasons(read) == ["ok", "building-missing"]
    assert read.rows[0].household == "13-501"
    two = reading(["12号楼"], ["13号楼"], ["房号", "苹果", "梨"], [501, 1, ""])
    assert reasons(two) == ["building-missing"]


@pytest.mark.parametrize(
    ("header", "good"),
    [
        ("您要几份蔬菜包？", ("蔬菜包", "")),
        ("3、您家需要多少份蔬菜包?（必填）", ("蔬菜包", "")),
        ("要多少鸡蛋", ("鸡蛋", "")),
        ("A套餐要几份", ("A套餐", "")),
        ("请问您家想订几箱苹果呢？", ("苹果", "箱")),
        ("鸡蛋（30枚）要几盒", ("鸡蛋", "30枚")),
        ("本次要几份", None),
        ("每人要几份", None),
        ("需要几份呢", None),
        ("您要几份？", None),
        ("要几份商品", None),
        ("几个老人", None),
        ("多少钱", None),
    ],
)
def test_a_header_that_asks_how_many_names_its_good(header, good):
    assert good_asked_for(header) == good


def test_a_good_that_is_asked_for_is_no_doubt_row_by_row():
    header = ["提交时间", "团", *DOOR, "您要几份蔬菜包？"]
    read = reading(header, ["早上", "甲", 12, 501, 1], ["早上", "乙", 12, 502, "2份"])
    assert ordered(read) == [("12-501", "蔬菜包", "", 1), ("12-502", "蔬菜包", "", 2)]


@pytest.mark.parametrize(
    ("title", "good"),
    [
        ("鸡蛋团购登记表", ("鸡蛋", "")),
        ("4月12日 蔬菜包接龙", ("蔬菜包", "")),
        ("苹果（5斤/箱）订购表", ("苹果", "5斤/箱")),
        ("团购：牛奶(950ml)", ("牛奶", "950ml")),
        ("锦绣苑4月20日苹果团购统计表", ("苹果", "")),
        ("锦绣苑鸡蛋团购", ("鸡蛋", "")),
        ("锦绣苑 2022-4-20 鸡蛋团购", ("鸡蛋", "")),
    ],
)
def test_a_good_that_only_the_title_names_is_read_and_told(title, good):
    read = reading([title], ["门牌", "份数"], ["12-501", 1], ["12-502", ""], ["12-503", "2份"], ["合计", 3])
    assert [(row.item, row.unit, row.quantity) for row in read.rows] == [(*good, 1), (*good, 2)]
    assert f"no column names a good, it was taken from the title: {good[0]}" in read.notices
    assert [(total.stated, total.differs) for total in read.totals] == [(3, False)]


@pytest.mark.parametrize(
    "title",
    [
        "锦绣苑团购登记表",
        "翠苑苹果团购",
        "锦绣苑二期苹果团购",
        "锦绣苑第二期苹果团购",
        "锦绣苑北苹果团购",
        "锦绣苑 2 苹果团购",
        "锦绣苑A苹果团购",
        "锦绣苑和翠庭苹果团购",
        "王姐团购接龙",
        "蔬菜、鸡蛋团购",
        "居民团购登记表",
        "张三团购",
        "12号楼团购",
        "登记表",
        "果园团购",
    ],
)
def test_a_title_that_may_name_no_good_is_none(title):
    with pytest.raises(UnreadableTable) as refused:
        reading([title], ["门牌", "份数"], ["12-501", 1])
    assert refused.value.reason == "no-goods-column"


@pytest.mark.parametrize(
    ("header", "rows", "doubt"),
    [
        (["数量", "金额"], [[25, 25], [50, 50]], "maybe-money"),
        (["数量", "金额"], [[1, 25], [2, 50]], "ok"),
        (["数量"], [[501], [502]], "maybe-no-good"),
        (["单价", "数量", "金额"], [[25, 25, 25], [25, 50, 50]], "amount-differs"),
        (["单价", "数量", "金额"], [[25, 1, 25], [25, 2, 50]], "ok"),
    ],
)
def test_how_many_of_the_good_in_the_title_may_be_copied(header, rows, doubt):
    orders = [[12, 501 + at, *row] for at, row in enumerate(rows)]
    assert {row.reason or "ok" for row in reading(["苹果团购"], [*DOOR, *header], *orders).rows} == {doubt}


def test_a_good_may_stand_in_the_name_of_the_file_and_columns_win():
    plain = csv_bytes([["门牌", "份数"], ["12-501", 2]])
    assert read_orders(open_tables(plain, "鸡蛋团购登记表.csv"), roster()).rows[0].item == "鸡蛋"
    book = workbook(("Sheet1", [["门牌", "份数"], ["12-501", 2]]))
    assert read_orders(open_tables(book, "牛奶接龙.xlsx"), roster()).rows[0].item == "牛奶"
    named = reading(["鸡蛋团购"], ["门牌", "商品", "份数"], ["12-501", "苹果", 1])
    assert ordered(named) == [("12-501", "苹果", "", 1)]
    with pytest.raises(UnreadableTable):
        reading(["鸡蛋团购"], ["门牌", "份数", "数量"], ["12-501", 1, 2])


def test_a_yes_below_a_good_is_one():
    read = reading(
        [*DOOR, "蔬菜包（25元）", "鸡蛋", "独居"],
        [12, 501, "是", "否", "否"],
        [12, 502, "否", "是", "是"],
        [12, 503, "", "否", ""],
        ["合计", "", 1, 1, ""],
    )
    assert ordered(read) == [
        ("12-501", "蔬菜包", "", 1),
        ("12-502", "鸡蛋", "", 1),
        ("maybe-no-good", "独居", "", 1),
    ]
    assert [total.differs for total in read.totals] == [False, False, False]
    assert "是 was read as one, and 否 as none: 蔬菜包, 鸡蛋, 独居" in read.notices


def test_beside_goods_that_are_counted_a_yes_orders_what_is_surely_a_good():
    read = reading([*DOOR, "苹果", "蔬菜包", "独居"], [12, 501, 1, "否", "否"], [12, 502, "", "是", "是"])
    assert ordered(read) == [("12-501", "苹果", "", 1), ("12-502", "蔬菜包", "", 1)]
    assert "columns that were not used: 独居" in read.notices


@pytest.mark.parametrize(
    "columns", [["独居", "发烧"], ["需要配药", "已领口罩"], ["蔬菜包", "数量"], ["是否封控", "居家隔离"]]
)
def test_a_yes_that_may_be_no_order_is_none(columns):
    counted = 2 if columns[1] == "数量" else "是"
    with pytest.raises(UnreadableTable):
        reading([*DOOR, *columns], [12, 501, "是", counted], [12, 502, "否", counted])


def test_a_tick_beside_another_count_is_a_doubt():
    read = reading(
        [*DOOR, "蔬菜包", "份数"], [12, 501, "√", 2], [12, 502, "", ""], [12, 503, "√", 1], [12, 504, "√", ""]
    )
    assert reasons(read) == ["sum-differs", "ok", "ok"]


@pytest.mark.parametrize(
    ("note", "reason"),
    [
        ("5楼2室", "note-other-door"),
        ("送五楼二室", "note-other-door"),
        ("放5层2号", "note-other-door"),
        ("5楼1室", "ok"),
        ("请放5楼", "ok"),
        ("25楼2室", "ok"),
    ],
)
def test_a_floor_and_a_door_in_a_note_are_a_door(note, reason):
    assert reasons(reading([*GOODS, "备注"], [12, 501, "苹果", 1, note])) == [reason]


def test_a_zero_among_what_really_came_is_a_doubt():
    header = [*GOODS, "实发数量"]
    read = reading(header, [12, 501, "苹果", 2, 0], [12, 502, "苹果", 2, ""], [12, 503, "苹果", 1, 1])
    assert reasons(read) == ["quantities-differ", "ok", "ok"]
    blank = reading(header, [12, 501, "苹果", 2, 0], [12, 502, "苹果", 2, 0], ["合计", "", "", 4, ""])
    assert reasons(blank) == ["ok", "ok"], "nobody has filled it in"
    on_top = reading([*GOODS, "赠品数量"], [12, 501, "苹果", 2, 0], [12, 502, "苹果", 2, ""])
    assert reasons(on_top) == ["ok", "ok"]
    wide = reading([*DOOR, "苹果", "梨", "实发数量"], [12, 501, 1, "", 0], [12, 502, 2, 1, ""])
    assert reasons(wide) == ["quantities-differ", "ok", "ok"]
