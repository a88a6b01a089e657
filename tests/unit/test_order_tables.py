from datetime import date

import pytest
from order_files import LONG_HEADER, WIDE_HEADER, csv_bytes, large_book, long_book, long_row, roster, workbook

from infra.tables import open_tables
from services.imports.corrections import apply_corrections, corrections_csv, read_corrections
from services.imports.headers import column_of
from services.imports.orders import UnreadableTable, read_orders
from services.imports.quantities import good_and_unit, quantity_of

ROSTER = roster()


def reading(content, name="保供.xlsx", **wishes):
    return read_orders(open_tables(content, name), ROSTER, **wishes)


def outcomes(read):
    return [(row.row, row.household or row.reason, row.item, row.quantity, row.outcome) for row in read.rows]


def one(**cells):
    (row,) = reading(long_book(long_row(**cells))).rows
    return row


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        ("楼号（如10）", "building"),
        ("楼号（如 10）", "building"),
        ("几号楼", "building"),
        ("1、您的楼号", "building"),
        ("*请填写楼号（必填）", "building"),
        ("樓號", "building"),
        ("楼栋号", "block"),
        ("房号（如606）", "room"),
        ("门牌号", "whole"),
        ("门牌号（如606）", "room"),
        ("门牌号（如12-606）", "whole"),
        ("楼号-房号", "whole"),
        ("几室", "room"),
        ("房间号", "room"),
        ("弄号（如168）", "lane"),
        ("几期", "phase"),
        ("详细地址", "address"),
        ("商品名称", "item"),
        ("规格", "spec"),
        ("购买数量", "quantity"),
        ("份数", "portions"),
        ("商品种类数", "other"),
        ("团员备注", "note"),
        ("订单状态", "state"),
        ("退款金额", "refund"),
        ("订单退款", "refund"),
        ("团购标题", "title"),
        ("自提点", "pickup"),
        ("是否封控楼栋", "other"),
        ("可否代收本楼栋货物（仅本团购）", "other"),
        ("联系电话", "phone"),
        ("冰糖心苹果(一箱约9斤)", None),
    ],
)
def test_headers_are_known_by_their_wording(header, meaning):
    assert column_of(header) == meaning


@pytest.mark.parametrize(
    ("cell", "quantity"),
    [
        (2.0, 2),
        ("2", 2),
        ("２份", 2),
        ("两份", 2),
        ("三", 3),
        ("1 ", 1),
        ("x2", 2),
        ("2.0", 2),
        ("十二", 12),
        (9999, 9999),
    ],
)
def test_quantities(cell, quantity):
    assert quantity_of(cell, blank_is_none=False) == quantity


@pytest.mark.parametrize(
    "cell",
    ["", 0, -1, 1.5, 10_000, "两箱半", "1-2", "=1+1", "1+1", "若干", True, None, float("nan"), date(2022, 4, 1)],
)
def test_what_is_no_quantity(cell):
    assert quantity_of(cell, blank_is_none=False) == "unreadable"


@pytest.mark.parametrize(
    ("item", "spec", "good"),
    [
        ("荔枝(每箱四斤)", "每箱四斤", ("荔枝", "每箱四斤")),
        ("荔枝（每箱四斤）", "每箱五斤", ("荔枝", "每箱四斤")),
        ("荔枝", "每箱四斤", ("荔枝", "每箱四斤")),
        ("荔枝 每箱四斤", "每箱四斤", ("荔枝", "每箱四斤")),
        ("荔枝 每箱四斤", "", ("荔枝", "每箱四斤")),
        ("鲜牛奶 950ml*2", "", ("鲜牛奶", "950ml*2")),
        ("鲜牛奶 950 ml", "", ("鲜牛奶", "950 ml")),
        ("A套餐 苹果", "", ("A套餐 苹果", "")),
        ("(冷冻)五花肉(两斤)", "", ("(冷冻)五花肉", "两斤")),
        ("礼盒(苹果(6个)和梨)", "", ("礼盒", "苹果(6个)和梨")),
        ("荔枝", "", ("荔枝", "")),
    ],
)
def test_a_good_and_its_unit(item, spec, good):
    assert good_and_unit(item, spec) == good


def test_the_long_form_with_merged_cells():
    first, second = long_row(quantity=2, person="王某"), (None, None, "2", "鸡蛋(30枚/盒)", "30枚/盒", 1)
    merged = [(1, at, 2, at, cell) for at, cell in enumerate(first) if at not in {2, 3, 4, 5}]
    read = reading(
        workbook(
            ("顾客购买表", (LONG_HEADER, first, second, long_row(building="", room="", person="李某"))), merged=merged
        )
    )
    assert outcomes(read) == [
        (2, "12-501", "荔枝", 2, "ok"),
        (3, "12-501", "鸡蛋", 1, "ok"),
        (4, "no-door", "荔枝", 1, "unclear"),
    ]


def test_an_empty_cell_that_is_not_merged_is_empty():
    read = reading(long_book(long_row(), (None, None, "2", "鸡蛋(30枚/盒)", "30枚/盒", 1, "", "", "已支付")))
    assert outcomes(read)[1] == (3, "no-door", "鸡蛋", 1, "unclear")


def test_a_quantity_merged_over_two_goods_is_not_doubled():
    content = workbook(("顾客购买表", (LONG_HEADER, long_row(), long_row(item="鸡蛋"))), merged=[(1, 5, 2, 5, 3)])
    assert [row.reason for row in reading(content).rows] == ["quantity-merged", "quantity-merged"]


def test_the_wide_form():
    rows = [
        WIDE_HEADER,
        ("合计", "", "", 3, 2, "", "", ""),
        (1, "王某", "", 1, 2, "12", "501", "是"),
        (2, "李某", "某路168弄26幢201室", 2, "", "", "", "否"),
        (3, "张某", "", 0, "-", 12, 502, ""),
        (4, "张某", "", "两箱半", "", 12, 503, ""),
        ("合计", "", "", 3, 2, "", "", ""),
    ]
    read = reading(workbook(("说明", [["说明"]]), ("顾客购买表(商品列排)", rows)))
    assert outcomes(read) == [
        (3, "12-501", "荔枝", 1, "ok"),
        (3, "12-501", "鸡蛋", 2, "ok"),
        (4, "26-201", "荔枝", 2, "ok"),
        (6, "quantity-unreadable", "荔枝", None, "unclear"),
    ]
    assert [(total.item, total.read, total.stated, total.differs) for total in read.totals] == [
        ("荔枝", 3, 3, False),
        ("鸡蛋", 2, 2, False),
    ]


def test_a_formula_without_value_is_unclear_and_not_zero():
    wide = [WIDE_HEADER, (1, "王某", "", None, 2, "12", "501"), (2, "李某", "", 1, 1, "12", "502")]
    read = reading(workbook(("宽", wide), formulas=[(1, 3, "=1+1", "")]))
    assert outcomes(read)[0] == (2, "quantity-formula", "荔枝", None, "unclear")
    long = workbook(("长", (LONG_HEADER, long_row(quantity=None))), formulas=[(1, 5, "=1+1", "")])
    assert reading(long).rows[0].reason == "quantity-formula"


def test_both_forms_in_one_workbook_are_read_once_and_checked_against_the_totals():
    content = workbook(
        ("商品汇总表", [("团购标题", "商品", "规格", "销售数量"), ("第三批\n已报备", "荔枝", "每箱四斤", 5)]),
        ("顾客购买表(商品列排)", [WIDE_HEADER, (1, "王某", "", 1, "", "12", "501")]),
        ("顾客购买表", (LONG_HEADER, long_row())),
    )
    read = reading(content)
    assert (len(read.rows), read.form, read.title) == (1, "long", "第三批")
    assert [(total.item, total.read, total.stated, total.differs) for total in read.totals] == [("荔枝", 1, 5, True)]
    assert any("says the same" in notice for notice in read.notices)


def test_two_sheets_of_orders_that_differ_are_not_mixed():
    content = workbook(("一", (LONG_HEADER, long_row())), ("二", (LONG_HEADER, long_row(room="502"))))
    with pytest.raises(UnreadableTable) as caught:
        reading(content)
    assert caught.value.reason == "several-order-sheets"
    assert reading(content, sheet="二").rows[0].household == "12-502"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_with_a_title_above_and_a_total_below(encoding):
    rows = [
        ("某批 报名表", "", "", ""),
        ("序号", "门牌号", "商品名称", "份数"),
        (1, "１２号楼５０１", "荔枝 每箱四斤", "两份"),
        (2, "12-502", "荔枝 每箱四斤", "1 "),
        ("合计", "", "", 3),
    ]
    read = reading(csv_bytes(rows, encoding), "某批.csv")
    assert outcomes(read) == [(3, "12-501", "荔枝", 2, "ok"), (4, "12-502", "荔枝", 1, "ok")]
    assert [(total.item, total.read, total.stated) for total in read.totals if total.of_all] == [("合计", 3, 3)]


@pytest.mark.parametrize(
    ("cells", "outcome", "why"),
    [
        ({"state": "已发货"}, "ok", ""),
        ({"state": "已取消"}, "skipped", "已取消"),
        ({"state": "待支付"}, "skipped", "待支付"),
        ({"state": "已退款", "refund": 50}, "skipped", "已退款"),
        ({"refund": 50}, "skipped", "已退款"),
        ({"refund": "￥50.00", "amount": "50.00"}, "skipped", "已退款"),
        ({"refund": 20}, "unclear", "the order was refunded in part"),
        ({"state": "已退款", "refund": 20}, "unclear", "the order was refunded in part"),
        ({"refund": 80}, "unclear", "the order was refunded in part"),
        ({"refund": "?"}, "unclear", "the refund cannot be read"),
        ({"state": "待审核"}, "unclear", "the state of the order is not known"),
        ({"state": "已取消", "building": "", "room": ""}, "skipped", "已取消"),
    ],
)
def test_states_and_refunds(cells, outcome, why):
    row = one(**cells)
    assert (row.outcome, row.why) == (outcome, why)


def test_two_columns_of_quantities_must_agree():
    header = ("楼号", "房号", "商品", "数量", "份数")
    read = reading(csv_bytes([header, (12, 501, "荔枝", 1, 1), (12, 502, "荔枝", 1, 2)]), "a.csv")
    assert outcomes(read) == [(2, "12-501", "荔枝", 1, "ok"), (3, "quantities-differ", "荔枝", None, "unclear")]


def test_orders_for_another_compounds_pick_up_place_are_not_booked():
    header = ("自提点", "楼号", "房号", "商品", "数量")
    read = reading(csv_bytes([header, ("锦绣苑", 12, 501, "荔枝", 1), ("阳光花园", 12, 501, "荔枝", 1)]), "a.csv")
    assert [row.reason for row in read.rows] == ["", "other-pickup"]


def test_a_phase_that_varies_tells_doors_apart_and_one_that_does_not_is_nothing():
    header = ("几期", "楼号", "房号", "商品", "数量")
    same = reading(csv_bytes([header, ("一期", 12, 501, "荔枝", 1), ("1期", 12, 502, "荔枝", 1)]), "a.csv")
    varying = reading(csv_bytes([header, ("一期", 12, 501, "荔枝", 1), ("二期", 12, 501, "荔枝", 1)]), "a.csv")
    assert {row.outcome for row in same.rows} == {"ok"}
    assert {row.reason for row in varying.rows} == {"phase-not-used"}


def test_a_captains_sum_is_no_household():
    read = reading(csv_bytes([("楼号", "荔枝", "鸡蛋"), ("12号楼", 15, 20), (29, 1, "")]), "a.csv")
    assert outcomes(read) == [
        (2, "captains-sum", "荔枝", 15, "unclear"),
        (2, "captains-sum", "鸡蛋", 20, "unclear"),
        (3, "29", "荔枝", 1, "ok"),
    ]


def test_several_people_at_one_door_are_kept_and_told_without_their_names():
    read = reading(long_book(long_row(person="王某", note="老人请敲门"), long_row(person="李某", number="2")))
    assert [row.outcome for row in read.rows] == ["ok", "ok"]
    assert any("12-501" in notice and "several people" in notice for notice in read.notices)
    said = read.model_dump_json()
    assert not any(private in said for private in ("王某", "李某", "老人请敲门"))


def test_a_door_that_is_not_on_the_roster_is_added_only_when_told():
    content = long_book(long_row(building="45", room="501"), long_row(building="45", room="5O1"))
    assert [row.reason for row in reading(content).rows] == ["building-not-on-roster"] * 2
    read = reading(content, add_doors=True)
    assert [row.new_door for row in read.rows] == [True, False]
    assert read.new_doors == ("45-501",)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([("商品", "数量", "姓名"), ("荔枝", 1, "王某")], "no-door-column"),
        ([("楼号", "房号", "姓名"), (12, 501, "王某")], "no-goods-column"),
        ([("楼号", "房号", "商品"), (12, 501, "荔枝x2")], "no-quantity-column"),
        ([("楼号", "房号", "商品", "数量")], "no-orders"),
        ([("你好", "世界"), (1, 2)], "no-header"),
    ],
)
def test_a_table_without_the_needed_columns_is_refused_with_what_was_seen(rows, reason):
    with pytest.raises(UnreadableTable) as caught:
        reading(csv_bytes(rows), "a.csv")
    assert caught.value.reason == reason
    assert "王某" not in caught.value.text
    if reason == "no-door-column":
        assert "姓名" in caught.value.text


def test_a_row_is_known_again_by_its_digest():
    first = reading(long_book(long_row(), long_row(room="502"), long_row())).rows
    second = reading(long_book(long_row(room="502"), long_row(person="别人", note="新"), long_row(quantity=2))).rows
    assert first[0].digest == second[1].digest
    assert first[1].digest == second[0].digest
    assert len({row.digest for row in (*first, *second)}) == 4, "a twin and a changed quantity are rows of their own"


def filled_in(written, *answers):
    lines = written.decode("utf-8-sig").splitlines()
    return "\r\n".join(
        [lines[0], *(line.removesuffix(",,,,,") + answer for line, answer in zip(lines[1:], answers, strict=True))]
    ).encode()


def test_corrections_are_written_filled_in_and_taken_back():
    content = long_book(
        long_row(address="某路168弄13号501室"),
        long_row(quantity="若干"),
        long_row(room="", item="=鸡蛋"),
        long_row(refund=20),
        long_row(room="503"),
    )
    read = reading(content)
    written = corrections_csv(read)
    assert b",'=" in written
    untouched = read_corrections(open_tables(written, "c.csv"))
    assert untouched == (), "what was read is not what a person said"
    answers = filled_in(written, ",13,501,,,", ",,,,3,", ",,,,,x", ",,,,1,")
    said = read_corrections(open_tables(answers, "c.csv"))
    corrected = apply_corrections(read, said, ROSTER)
    assert outcomes(corrected) == [
        (2, "13-501", "荔枝", 1, "ok"),
        (3, "12-501", "荔枝", 3, "ok"),
        (4, "left-out", "=鸡蛋", 1, "skipped"),
        (5, "12-501", "荔枝", 1, "ok"),
        (6, "12-503", "荔枝", 1, "ok"),
    ]
    assert corrected.rows[2].household is None


def test_a_correction_to_a_door_nobody_knows_stays_unclear():
    read = reading(long_book(long_row(room="")))
    said = read_corrections(open_tables(filled_in(corrections_csv(read), ",12,999,,,"), "c.csv"))
    assert apply_corrections(read, said, ROSTER).rows[0].reason == "not-on-roster"


def test_a_correction_in_a_column_that_repeats_the_table_is_refused():
    read = reading(long_book(long_row(room=""), long_row(building="012", room="0999")))
    written = corrections_csv(read)
    assert read_corrections(open_tables(written, "c.csv"), read) == ()
    assert read_corrections(open_tables(written.replace(b",12,0999,", b",12,999,"), "c.csv"), read) == ()
    for text, columns in ((b",12,501,", "room"), (b",13,501,", "building, room")):
        wrong = written.replace(b",12,,", text)
        with pytest.raises(UnreadableTable, match=f"the columns {columns} of this row .* correct_room") as refused:
            read_corrections(open_tables(wrong, "c.csv"), read)
        assert refused.value.row == 2
        right = open_tables(filled_in(wrong, ",13,501,,,", ",,,,,"), "c.csv")
        assert [each.room for each in read_corrections(right, read)] == ["501"]


def test_a_large_file_is_read():
    read = reading(large_book())
    assert len(read.rows) == 12_000
    assert {row.outcome for row in read.rows} == {"ok"}


def test_too_many_orders_are_refused():
    rows = [("楼号", "房号", "商品", "数量"), *([(12, 501, "荔枝", 1)] * 12_001)]
    with pytest.raises(UnreadableTable) as caught:
        reading(csv_bytes(rows), "a.csv")
    assert caught.value.reason == "too-many-rows"


def test_several_goods_in_one_cell_are_not_taken_for_one():
    rows = [
        ("楼号", "房号", "商品", "数量"),
        (12, 501, "苹果x2 鸡蛋x1", 1),
        (12, 502, "苹果2份，鸡蛋1份", 1),
        (12, 503, "鲜牛奶 950ml*2", 1),
    ]
    assert [row.reason for row in reading(csv_bytes(rows), "a.csv").rows] == ["several-goods", "several-goods", ""]


def test_lines_below_the_table_are_no_orders_and_are_named():
    read = reading(
        csv_bytes(
            [("楼号", "房号", "商品", "数量"), (12, 501, "荔枝", 1), ("制表人：王某", "", "", ""), ("", "", "", "")]
        ),
        "a.csv",
    )
    assert len(read.rows) == 1
    assert "rows without an order were passed over: 3" in read.notices
    assert "王某" not in read.model_dump_json()


def test_a_questionnaire_in_traditional_characters():
    rows = [
        ("1、您的樓號", "2、您的房號", "3、蘋果(5斤)", "是否封控樓棟"),
        (12, 501, "2", "是"),
        (12, 502, "(空)", "否"),
    ]
    read = reading(csv_bytes(rows, "big5"), "a.csv")
    assert outcomes(read) == [(2, "12-501", "蘋果", 2, "ok")]
