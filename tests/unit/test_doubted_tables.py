"""Tables in which a good, a quantity or an order is not what it looks like: read with care, or left to a person."""

import pytest
from order_files import DOOR, GOODS, reading, reasons, roster, workbook

from infra.tables import open_tables
from services.imports.corrections import Correction, apply_corrections
from services.imports.orders import UnreadableTable, read_orders

ROSTER = roster()


def said_of(read):
    return [(row.household or row.reason, row.item, row.quantity) for row in read.rows]


@pytest.mark.parametrize(
    "header",
    [
        "小计",
        "合计",
        "共计",
        "总计",
        "应收款",
        "押金",
        "余额",
        "欠款",
        "金额小计",
        "几口人",
        "老人",
        "小孩",
        "核酸",
        "排队号",
        "票数",
        "序",
        "户数",
        "建筑面积",
        "租客",
        "门禁卡",
        "已领",
        "60岁以上老人",
        "常住人口",
        "运费",
    ],
)
def test_sums_money_and_facts_about_people_are_no_goods(header):
    read = reading([*DOOR, "苹果", header, "梨"], [12, 501, 1, 3, 2], [12, 502, 2, 4, 2])
    assert said_of(read) == [("12-501", "苹果", 1), ("12-501", "梨", 2), ("12-502", "苹果", 2), ("12-502", "梨", 2)]


@pytest.mark.parametrize(
    "good",
    [
        "老人奶粉",
        "儿童牛奶",
        "口罩",
        "抗原试剂盒",
        "退热贴",
        "三元",
        "大号",
        "猫粮",
        "黄金瓜",
        "领带",
        "收纳盒",
        "豪华款",
        "1号套餐",
        "补血口服液",
    ],
)
def test_goods_that_only_sound_like_something_else_are_goods(good):
    assert said_of(reading([*DOOR, good], [12, 501, 1]))[0][2] == 1
    assert reasons(reading([*DOOR, good], [12, 501, 1])) == ["ok"]


def test_a_household_whose_goods_do_not_add_up_to_the_sum_beside_them_is_unclear():
    header = [*DOOR, "苹果", "梨", "小计"]
    read = reading(header, [12, 501, 1, 2, 3], [12, 502, 1, "", 1], [12, 503, 1, 1, 3], [12, 504, "", "", 2])
    assert reasons(read) == ["ok", "ok", "ok", "sum-differs", "sum-differs", "no-good"]
    money = reading(header, [12, 501, 1, 2, 90], [12, 502, 1, "", 30])
    assert reasons(money) == ["ok"] * 3


def test_a_column_that_adds_up_the_others_in_every_row_is_unclear_whatever_its_name():
    read = reading(
        [*DOOR, "苹果", "梨", "全"], [12, 501, 1, 2, 3], [12, 502, 1, 1, 2], [12, 503, 2, 2, 4], [12, 504, 2, "", 2]
    )
    assert {row.reason for row in read.rows if row.item == "全"} == {"maybe-sum"}
    assert {row.outcome for row in read.rows if row.item != "全"} == {"ok"}


def test_a_column_that_the_files_own_list_of_goods_lacks_is_unclear():
    wide = [[*DOOR, "苹果", "梨", "老人机"], [12, 501, 1, 1, 1], [12, 502, 1, "", ""]]
    book = workbook(("单", wide), ("商品汇总表", [["商品", "数量"], ["苹果", 2], ["梨", 1], ["合计", 3]]))
    read = read_orders(open_tables(book, "a.xlsx"), ROSTER)
    assert reasons(read) == ["ok", "ok", "not-in-summary", "ok"]
    assert [(total.item, total.stated, total.of_all) for total in read.totals if total.stated is not None] == [
        ("苹果", 2, False),
        ("梨", 1, False),
        ("合计", 3, True),
    ]


@pytest.mark.parametrize(
    "header",
    [
        ["商品1", "数量1", "商品2", "数量2"],
        ["商品一", "商品一数量", "商品二", "商品二数量"],
        ["商品①", "数量①", "商品②", "数量②"],
        ["商品", "数量", "商品", "数量"],
    ],
)
def test_several_goods_in_a_row_with_a_quantity_each(header):
    read = reading(
        [*DOOR, *header], [12, 501, "苹果", 1, "梨", 2], [12, 502, "梨", 3, "", ""], ["合计", "", "", 4, "", 2]
    )
    assert said_of(read) == [("12-501", "苹果", 1), ("12-501", "梨", 2), ("12-502", "梨", 3)]
    assert [(total.read, total.stated) for total in read.totals if total.of_all] == [(6, 6)]


def test_goods_without_a_quantity_of_their_own_are_refused():
    with pytest.raises(UnreadableTable) as refused:
        reading([*DOOR, "商品1", "商品2", "数量1"], [12, 501, "苹果", "梨", 1])
    assert refused.value.reason == "no-quantity-column"
    assert reasons(reading([*DOOR, "数量1", "数量2"], [12, 501, 1, 2])) == ["maybe-no-good"] * 2


def test_two_columns_that_name_different_goods_are_unclear_unless_one_is_a_title():
    both = [*DOOR, "商品", "品名", "数量"]
    assert reasons(reading(both, [12, 501, "蔬菜", "苹果", 1], [12, 502, "水果", "梨", 1])) == ["goods-differ"] * 2
    titled = reading(both, [12, 501, "水果团", "苹果", 1], [12, 502, "水果团", "梨", 1])
    assert said_of(titled) == [("12-501", "苹果", 1), ("12-502", "梨", 1)]


@pytest.mark.parametrize(
    "below", [[*DOOR, "商品", "单价", "数量"], ["门牌", "商品", "数量", "", ""], ["房号", "楼号", "商品", "数量", ""]]
)
def test_a_second_header_that_means_something_else_is_refused_with_its_row(below):
    rows = [[*GOODS, "备注"], [12, 501, "苹果", 1, ""], below, [13, 501, "苹果", 25, 2]]
    with pytest.raises(UnreadableTable) as refused:
        reading(*rows)
    assert (refused.value.reason, refused.value.row) == ("several-headers", 3)


def test_a_second_header_of_other_goods_is_refused_and_the_same_again_is_passed_over():
    with pytest.raises(UnreadableTable):
        reading([*DOOR, "苹果", "牛奶"], [12, 501, 1, 2], [*DOOR, "牛奶", "梨"], [13, 501, 5, 6])
    again = reading([*DOOR, "苹果", "牛奶"], [12, 501, 1, 2], [*DOOR, "苹果 ", "牛奶"], [13, 501, 5, 6])
    assert len(again.rows) == 4


@pytest.mark.parametrize(
    ("good", "unit", "quantity"),
    [
        ("鸡蛋", "30枚", "60枚"),
        ("鸡蛋30枚装", "", "60枚"),
        ("牛奶", "12盒/箱", "12盒"),
        ("抽纸", "三十包", "2包"),
        ("牛奶(每箱12盒)", "", "12盒"),
    ],
)
def test_a_quantity_in_the_pieces_of_the_unit_is_unclear(good, unit, quantity):
    assert reasons(reading([*DOOR, "商品", "规格", "数量"], [12, 501, good, unit, quantity])) == ["quantity-in-pieces"]


def test_a_quantity_in_the_unit_itself_is_clear():
    read = reading(
        [*DOOR, "商品", "规格", "数量"], [12, 501, "牛奶", "12盒/箱", "2箱"], [12, 502, "牛奶", "1箱12盒", "2箱"]
    )
    assert [row.quantity for row in read.rows] == [2, 2]


@pytest.mark.parametrize("header", ["退货数量", "退货", "退款数量", "取消数量", "缺货"])
def test_what_came_back_makes_an_order_unclear_in_both_forms(header):
    assert reasons(reading([*GOODS, header], [12, 501, "苹果", 2, 1], [12, 502, "苹果", 2, 0])) == ["returned", "ok"]
    assert reasons(reading([*DOOR, "苹果", header], [12, 501, 2, 1], [12, 502, 2, ""])) == ["returned", "ok"]


@pytest.mark.parametrize("header", ["实收数量", "实发数量", "最终数量", "修改后数量"])
def test_a_second_count_that_differs_is_unclear(header):
    read = reading([*GOODS, header], [12, 501, "苹果", 2, 1], [12, 502, "苹果", 2, 2], [12, 503, "苹果", 2, ""])
    assert reasons(read) == ["quantities-differ", "ok", "ok"]
    nothing_sent_yet = reading([*GOODS, header], [12, 501, "苹果", 2, 0])
    assert reasons(nothing_sent_yet) == ["ok"]


def test_a_column_that_says_who_paid_counts_and_one_that_says_how_does_not():
    read = reading(
        [*GOODS, "付款"], [12, 501, "苹果", 2, "已付"], [12, 502, "苹果", 2, "未付"], [12, 503, "苹果", 2, ""]
    )
    assert reasons(read) == ["ok", "unpaid", "state-unknown"]
    assert reasons(reading([*GOODS, "付款"], [12, 501, "苹果", 2, "微信"], [12, 502, "苹果", 2, "支付宝"])) == [
        "ok",
        "ok",
    ]


@pytest.mark.parametrize(
    "note", ["不要了", "取消", "改成2份", "换成13-501", "已退款", "多要一份", "拍错了", "不要", "少一箱", "只要1份"]
)
def test_a_note_that_may_take_back_or_change_an_order_is_left_to_a_person(note):
    assert reasons(reading([*GOODS, "备注"], [12, 501, "苹果", 2, note])) == ["note-changes"]
    assert reasons(reading([*GOODS, "团长备注"], [12, 501, "苹果", 2, note])) == ["note-changes"]


@pytest.mark.parametrize(
    "note",
    [
        "请放门口",
        "不要辣",
        "不要放地上",
        "如缺货请退款",
        "缺货退款",
        "坏果请退款",
        "老人，请敲门",
        "电话13800138000",
        "4-15送",
        "12-501",
        "无",
    ],
)
def test_other_notes_change_nothing(note):
    assert reasons(reading([*GOODS, "备注"], [12, 501, "苹果", 2, note])) == ["ok"]


def test_a_note_or_a_receiver_that_names_another_door_of_the_roster():
    assert reasons(reading([*GOODS, "备注"], [12, 501, "苹果", 2, "送到13号501"])) == ["note-other-door"]
    header = ["收货人", "详细地址", "商品", "数量"]
    read = reading(header, ["12号502王", "某路168弄12号501", "苹果", 1], ["12-501王", "某路168弄12号501", "苹果", 1])
    assert reasons(read) == ["receiver-other-door", "ok"]


def test_a_good_that_says_it_was_cancelled():
    assert reasons(reading(GOODS, [12, 501, "苹果(取消)", 1])) == ["good-cancelled"]


def test_one_good_written_in_two_ways_is_called_as_it_was_written_first():
    read = reading(
        GOODS, [12, 501, "苹果 5斤", 1], [12, 502, "苹果 5 斤", 1], [12, 503, "Ａ套餐", 1], [12, 504, "A套餐", 1]
    )
    assert [(row.item, row.unit) for row in read.rows] == [("苹果", "5斤")] * 2 + [("Ａ套餐", "")] * 2


def test_each_doubt_of_a_row_is_settled_by_itself():
    (row,) = (read := reading([*GOODS, "备注"], [12, 999, "苹果", 2, "改成3份"])).rows
    assert (row.reason, row.also) == ("note-changes", ("not-on-roster",))
    counted = apply_corrections(read, [Correction(digest=row.digest, quantity=3)], ROSTER)
    assert reasons(counted) == ["not-on-roster"]
    moved = apply_corrections(read, [Correction(digest=row.digest, building="12", room="501")], ROSTER)
    assert reasons(moved) == ["note-changes"]
    both = apply_corrections(read, [Correction(digest=row.digest, building="12", room="501", quantity=3)], ROSTER)
    assert said_of(both) == [("12-501", "苹果", 3)]


def test_a_good_is_named_in_the_tables_own_writing():
    read = reading([*DOOR, "商品", "规格", "数量"], [12, 501, "荔枝", "每箱四斤", 1], [12, 502, "", "", 2])
    named = apply_corrections(read, [Correction(digest=read.rows[1].digest, item="荔枝", unit="")], ROSTER)
    assert [(row.item, row.unit, row.outcome) for row in named.rows] == [("荔枝", "每箱四斤", "ok")] * 2


def test_an_answer_does_not_hold_once_the_note_says_something_else():
    first = reading([*GOODS, "备注"], [12, 501, "苹果", 2, "改成3份"])
    said = [Correction(digest=first.rows[0].digest, quantity=3)]
    assert said_of(apply_corrections(first, said, ROSTER)) == [("12-501", "苹果", 3)]
    newer = reading([*GOODS, "备注"], [12, 501, "苹果", 2, "取消"])
    assert reasons(apply_corrections(newer, said, ROSTER)) == ["note-changes"]


def test_a_row_with_one_text_only_is_no_order_and_is_named():
    note = "下午3点前到12号楼101领取"
    rows = [["数量", "商品", "房号", "楼号"], [2, "苹果", 501, 12], ["13号楼"], [1, "苹果", 502, 13], [note]]
    read = reading(*rows)
    assert said_of(read) == [("12-501", "苹果", 2), ("13-502", "苹果", 1)]
    assert "rows without an order were passed over: 3, 5" in read.notices
    book = workbook(("单", [GOODS, [12, 501, "苹果", 2]]), merged=[(2, 0, 2, 3, note)])
    assert len(read_orders(open_tables(book, "a.xlsx"), ROSTER).rows) == 1
    assert reasons(reading(GOODS, [1, "", "", 1])) == ["room-missing"], "two numbers are no note"
