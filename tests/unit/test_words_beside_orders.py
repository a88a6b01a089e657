"""Words that stand beside an order and take it back, change it or send it elsewhere: never booked without a question."""

import io

import pytest
import xlsxwriter
from order_files import GOODS, reading, reasons, roster

from infra.tables import open_tables
from services.imports import forgetting, headers
from services.imports.corrections import corrections_csv
from services.imports.orders import read_orders

ROSTER = roster()


def one(header, cell, quantity=1):
    return reasons(reading([*GOODS, header], [12, 501, "苹果", quantity, cell], [12, 502, "梨", quantity, ""]))[0]


@pytest.mark.parametrize(
    "note",
    [
        "缺货已退款",
        "没货已取消",
        "坏了已退款",
        "质量问题已退",
        "缺货，退了",
        "无货已退",
        "未付款",
        "没付款",
        "放弃",
        "弃单",
        "算了",
        "不买",
        "苹果不要",
        "不要苹果要梨",
        "别送",
        "减1",
        "-1",
        "要3份",
        "共3份",
        "3份",
        "x3",
        "不是1份是3份",
        "数量3",
        "两份",
    ],
)
def test_notes_that_take_back_or_say_another_number(note):
    assert one("备注", note) == "note-changes"


@pytest.mark.parametrize(
    "note",
    [
        "16号楼的502",
        "我是16号楼",
        "十六号五零三",
        "应该是504",
        "送502",
        "改504",
        "住502",
        "送到隔壁502",
        "放隔壁",
        "送到13号楼",
    ],
)
def test_notes_that_name_another_door(note):
    assert one("备注", note) in {"note-other-door", "note-changes"}


@pytest.mark.parametrize(
    "note",
    [
        "1份",
        "一箱放门口",
        "5月3号送",
        "3号下午送到",
        "12号楼",
        "12-501",
        "住501",
        "2号门进",
        "要脆的",
        "不要香菜",
        "不要打电话",
        "尽快",
        "家里有3个小孩",
        "不用送上楼",
        "5斤装",
        "谢谢",
        "放心购",
        "老人在家",
        "缺货请退款",
        "如果坏了就退款",
    ],
)
def test_notes_that_change_nothing(note):
    assert one("备注", note) == "ok"


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("是否取消", "是"), ("是否作废", "作废"), ("是否有效", "无效"), ("是否需要", "否"), ("是否重复", "重复"), ("有无取消", "有"), ("发货状态", "已取消"),
        ("核销状态", "已退款"), ("领取", "已退"), ("处理情况", "已退款"), ("反馈", "不要了"), ("其他要求", "送13-501"), ("跟进", "已退单"), ("操作", "取消"),
        ("审核状态", "不通过"), ("订单类型", "退货单"), ("", "取消"), ("新房号", "502"), ("更正", "13-501"), ("代收地址", "13-501"),
    ],
)  # fmt: skip
def test_columns_that_nobody_reads_may_take_an_order_back(header, cell):
    assert one(header, cell) in {"note-changes", "note-other-door"}


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("是否封控楼栋", "是"),
        ("是否有效", "是"),
        ("可否代收本楼栋货物", "否"),
        ("物流方式", "团长自提"),
        ("分类", "水果"),
        ("新房号", "501"),
        ("发货状态", "待发货"),
    ],
)
def test_columns_that_nobody_reads_mostly_say_nothing(header, cell):
    assert one(header, cell) == "ok"


@pytest.mark.parametrize("door", ["12-501（已退款）", "12-502 取消", "12-503退", "12-504不要了"])
def test_a_door_that_says_it_was_taken_back(door):
    assert reasons(reading(["门牌号", "商品", "数量"], [door, "苹果", 1])) != ["ok"]


@pytest.mark.parametrize(("header", "cell"), [("姓名", "王(已退)"), ("姓名", "王【取消】"), ("序号", "作废")])
def test_a_name_or_a_number_that_says_it_was_taken_back(header, cell):
    assert one(header, cell) == "note-changes"
    assert one("姓名", "退休老王") == "ok"


def test_lines_between_the_orders_that_take_back_what_follows_or_what_they_name():
    line = ["以下为退款名单", "", "", ""]
    read = reading(
        GOODS, [12, 501, "苹果", 1], line, [13, 501, "苹果", 2], ["以下已付款", "", "", ""], [13, 502, "苹果", 2]
    )
    assert reasons(read) == ["ok", "line-takes-back", "ok"]
    named = reading(GOODS, ["备注：12-502不要了", "", "", ""], [12, 501, "苹果", 1], [12, 502, "苹果", 2])
    assert reasons(named) == ["ok", "line-takes-back"]


def test_the_corrections_file_shows_what_the_table_says():
    read = reading([*GOODS, "备注"], [12, 501, "苹果", "约2", ""], [12, 502, "苹果", 1, "改成3份"])
    written = corrections_csv(read).decode("utf-8-sig")
    assert "数量: 约2" in written
    assert "备注: 改成3份" in written


def test_rows_that_are_struck_through_are_unclear():
    whole = io.BytesIO()
    with xlsxwriter.Workbook(whole, {"in_memory": True}) as book:
        sheet, struck = book.add_worksheet("单"), book.add_format({"font_strikeout": True})
        bold = book.add_format({"bold": True})
        sheet.write_row(0, 0, GOODS, bold)
        sheet.write_row(1, 0, [12, 501, "苹果", 1])
        sheet.write_row(2, 0, [12, 502, "苹果", 2], struck)
        sheet.merge_range(3, 0, 4, 0, 12, struck)
        sheet.write_row(3, 1, [503, "苹果", 2])
        sheet.write_row(4, 1, [503, "梨", 2])
        sheet.write_row(5, 0, [12, 504, "苹果", 2], bold)
    read = read_orders(open_tables(whole.getvalue(), "a.xlsx"), ROSTER)
    assert reasons(read) == ["ok", *["struck-through"] * 3, "ok"]


def test_both_doors_are_offered_where_a_note_names_another():
    (row,) = reading([*GOODS, "备注"], [12, 501, "苹果", 1, "送到13号502"]).rows
    assert row.nearest == ("12-501", "13-502")
    (row,) = reading(["收货人", *GOODS], ["12号503王", 12, 501, "苹果", 1]).rows
    assert row.nearest == ("12-501", "12-503")


@pytest.mark.parametrize(
    "note",
    [
        "不要发货",
        "别发货",
        "不发",
        "不送",
        "停发",
        "删除",
        "忽略此单",
        "这单不算",
        "没订",
        "不订了",
        "不团了",
        "后悔了",
        "等下次",
        "下批",
        "退1",
        "退还",
        "退回",
        "退一半",
        "撤",
        "没给钱",
        "还没给钱",
        "未到账",
        "款未到",
        "没转",
        "欠款",
        "付款失败",
        "待付款",
        "换梨",
        "苹果换梨",
        "其实要梨",
        "我要的是梨",
        "应该是梨",
        "梨",
        "苹果2",
        "双份",
        "翻倍",
        "各2",
        "共2",
        "两",
        "2",
        "减半",
        "一半",
        "缺1",
        "少发1",
        "已自提",
        "已领取",
        "已签收",
        "送人了",
        "给别人了",
        "转让",
        "待定",
        "不确定",
        "待确认",
        "？",
        "数量有误",
        "地址错",
        "×",
    ],
)
def test_more_notes_that_leave_an_order_to_a_person(note):
    assert one("备注", note, quantity=3) == "note-changes"


@pytest.mark.parametrize(
    "note",
    ["其实要2", "其实要两", "实际是3", "再来一份", "再来2箱", "不拿了", "弃", "弃了", "多填", "暂缓", "暂时不要", "暂不发", "钱退我", "把钱退给我", "跟502拼", "和502合拼", "对半分",
     "平分"],
)  # fmt: skip
def test_notes_that_change_an_order_in_few_words(note):
    assert one("备注", note) == "note-changes"


@pytest.mark.parametrize(
    "note",
    ["缺货退", "缺货退我", "没货钱退我", "坏了退我", "烂的退我", "不够退我", "多退少补", "差价退我", "其实要1", "再来拿", "暂时不在家", "暂时不要敲门", "西瓜对半切",
     "对半分开", "和502一起", "不拿发票", "暂放门口"],
)  # fmt: skip
def test_conditions_and_wishes_change_nothing(note):
    assert one("备注", note) == "ok"


@pytest.mark.parametrize(
    "note", ["503代收", "503收", "503要了", "房号503", "住在503", "转503", "五零三", "已改地址", "不是本小区", "外小区"]
)
def test_more_notes_that_name_another_door(note):
    assert one("备注", note) in {"note-other-door", "note-changes"}


@pytest.mark.parametrize(
    "note", ["3个孩子一个老人", "2个大人1个小孩", "只要1份", "苹果要甜的", "不送上楼也行", "放门口鞋柜", "501"]
)
def test_more_notes_that_change_nothing(note):
    assert one("备注", note) == "ok"


@pytest.mark.parametrize(
    ("header", "cell"),
    [("到账", "未到账"), ("是否到账", "否"), ("审核", "驳回"), ("审核", "拒绝"), ("发货", "不发"), ("有效", "否"), ("有效", "×"), ("确认", "不确认"), ("处理", "删除"),
     ("标记", "删"), ("标记", "×"), ("核对", "有误"), ("结果", "失败"), ("领取", "已领"), ("签收", "已签收"), ("替换商品", "梨"), ("换成", "梨"), ("付款", "没付")],
)  # fmt: skip
def test_more_columns_that_leave_an_order_to_a_person(header, cell):
    assert one(header, cell) != "ok"


@pytest.mark.parametrize(
    ("header", "cell"),
    [("退款状态", "未申请"), ("售后状态", "未申请售后"), ("是否需要上门", "不需要"), ("昵称", "取消关注")],
)
def test_more_columns_that_say_nothing(header, cell):
    assert one(header, cell) == "ok"


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("锦绣苑", "ok"),
        ("某路168弄", "ok"),
        ("圣都汇", "other-pickup"),
        ("阳光小区", "other-pickup"),
        ("南门", "ok"),
        ("12号楼大厅", "ok"),
    ],
)
def test_a_table_of_another_compound_is_not_booked_here(place, reason):
    rows = [[7, "苹果", 1, place, 12, 501], [8, "苹果", 1, place, 12, 502]]
    assert reasons(reading(["跟团号", "商品", "数量", "自提点", "楼号", "房号"], *rows)) == [reason] * 2


def test_an_address_of_the_place_beside_its_name_is_no_other_place():
    header = ["跟团号", "商品", "数量", "自提点", "自提点地址", "楼号", "房号"]
    read = reading(header, [1, "苹果", 1, "锦绣苑", "某路168弄", 12, 501], [2, "苹果", 1, "锦绣苑", "南门口", 12, 502])
    assert reasons(read) == ["ok", "ok"]


@pytest.mark.parametrize(("header", "name"), [("收货人", "13栋王姐"), ("收货人", "502室李"), ("昵称", "13-502 李")])
def test_more_names_that_hold_another_door(header, name):
    assert one(header, name) == "receiver-other-door"


@pytest.mark.parametrize("line", ["候补", "替补名单", "下批发货", "不发货", "上次团购"])
def test_lines_above_orders_of_another_time(line):
    assert reasons(reading(GOODS, [12, 501, "苹果", 1], [line], [12, 502, "苹果", 1])) == ["ok", "line-takes-back"]


def test_nothing_that_was_read_of_a_table_stays_remembered():
    stays = [each.__self__.cache_info for each in forgetting._FORGET]  # noqa: SLF001 — what must be empty
    headers.spoken("王小明")
    assert sum(info().currsize for info in stays) > 0
    reading(["姓名", *GOODS], ["王小明", 12, 501, "苹果", 1])
    assert sum(info().currsize for info in stays) == 0
