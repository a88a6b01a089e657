"""Tables whose columns, headers or sums are not as the group-buy tools export them."""

import io

import pytest
import xlsxwriter
from order_files import LONG_HEADER, csv_bytes, long_book, long_row, roster, workbook

from domain.community.door_columns import DoorColumns, read_columns
from domain.community.doors import Roster, read_door
from infra.tables import open_tables
from services.imports.goods_columns import order_layouts
from services.imports.order_rows import read_rows
from services.imports.orders import UnreadableTable, read_orders

ROSTER = roster()


def reading(content, name="保供.xlsx"):
    return read_orders(open_tables(content, name), ROSTER)


def outcomes(read):
    return [(row.row, row.household or row.reason, row.item, row.quantity, row.outcome) for row in read.rows]


def one(**cells):
    (row,) = reading(long_book(long_row(**cells))).rows
    return row


@pytest.mark.parametrize("header", ["箱数", "件", "件数", "数", "几箱", "盒数（盒）"])
def test_a_column_that_only_says_what_is_counted_is_the_quantity_of_the_goods_beside_it(header):
    read = reading(csv_bytes([["门牌号", "商品", header], ["12-502", "苹果", 1], ["12-502", "鸡蛋", 2]]), "a.csv")
    assert read.form == "long"
    assert outcomes(read) == [(2, "12-502", "苹果", 1, "ok"), (3, "12-502", "鸡蛋", 2, "ok")]


@pytest.mark.parametrize("headers", [["几个要的"], ["箱数", "盒数"], ["重量"]])
def test_goods_beside_columns_that_may_be_quantities_are_not_made_goods_of_their_own(headers):
    rows = [["门牌号", "商品", *headers], ["12-502", "苹果", *([2] * len(headers))]]
    with pytest.raises(UnreadableTable) as refused:
        reading(csv_bytes(rows), "a.csv")
    assert refused.value.reason == "no-quantity-column"
    assert f"call the one that is meant 数量: {', '.join(headers)};" in refused.value.text


@pytest.mark.parametrize("header", ["箱数", "总箱数", "件", "数"])
def test_a_column_that_only_says_what_is_counted_is_no_good_beside_goods(header):
    rows = [["楼号", "房号", "苹果", "梨", header], [12, 502, 1, 2, 3]]
    read = reading(csv_bytes(rows), "a.csv")
    assert outcomes(read) == [(2, "12-502", "苹果", 1, "ok"), (2, "12-502", "梨", 2, "ok")]
    assert f"columns that were not used: {header}" in read.notices
    with pytest.raises(UnreadableTable, match="no column of goods"):
        reading(csv_bytes([["楼号", "房号", header], [12, 502, 1]]), "a.csv")


def test_a_column_beside_goods_and_quantities_that_nobody_knows_is_named():
    read = reading(csv_bytes([["楼号", "房号", "商品", "数量", "鸡蛋"], [12, 502, "苹果", 1, 3]]), "a.csv")
    assert outcomes(read) == [(2, "12-502", "苹果", 1, "ok")]
    assert "columns that were not used: 鸡蛋" in read.notices


def test_who_wrote_a_weight_into_a_column_of_a_good_is_not_lost():
    read = reading(csv_bytes([["楼号", "房号", "苹果", "梨"], [12, 501, "5斤", ""], [12, 502, "１ ２", 1]]), "a.csv")
    assert outcomes(read) == [
        (2, "quantity-unreadable", "苹果", None, "unclear"),
        (3, "quantity-unreadable", "苹果", None, "unclear"),
        (3, "12-502", "梨", 1, "ok"),
    ]


@pytest.mark.parametrize("header", ["选项", "商品信息", "所购商品", "接龙内容", "购买内容", "订购明细"])
def test_other_words_for_the_column_of_goods(header):
    table = csv_bytes([["楼栋-房间", header, "数量"], ["12-502", "苹果", 2]])
    assert outcomes(reading(table, "a.csv")) == [(2, "12-502", "苹果", 2, "ok")]
    beside = csv_bytes([["几栋几号", header, "商品", "数量"], ["12-502", "5斤", "苹果", 2]])
    assert outcomes(reading(beside, "a.csv")) == [(2, "12-502", "苹果", 2, "ok")]
    wide = csv_bytes([["楼-室", header, "苹果", "梨"], ["12-502", "苹果1 梨2", 1, 2]])
    assert [each[2:4] for each in outcomes(reading(wide, "a.csv"))] == [("苹果", 1), ("梨", 2)]
    with pytest.raises(UnreadableTable, match="no column of quantities"):
        reading(csv_bytes([["门牌号", header, "重量"], ["12-502", "苹果", 2]]), "a.csv")


def test_a_column_of_quantities_without_a_name_is_refused_by_its_letter():
    rows = [["楼号", "房号", "苹果", None, "梨"], [12, 502, 1, 3, 2], [13, 401, None, 1, None]]
    with pytest.raises(UnreadableTable, match="column D holds quantities and has no name") as refused:
        reading(workbook(("订单", rows)))
    assert refused.value.reason == "column-without-name"
    long = (LONG_HEADER, long_row(room="502", item="苹果"))
    assert reading(workbook(("商品列排", rows), ("顾客购买表", long))).form == "long"


def test_row_numbers_and_sums_need_no_name():
    rows = [[None, "楼号", "房号", "苹果", "梨", None], [1, 12, 502, 1, 2, 3], [2, 13, 401, None, 1, 1]]
    assert [each[1:4] for each in outcomes(reading(workbook(("订单", rows))))] == [
        ("12-502", "苹果", 1), ("12-502", "梨", 2), ("13-401", "梨", 1),
    ]  # fmt: skip


def test_a_header_of_two_rows_is_read_as_one():
    rows = [
        ["楼号", "室号", "水果", None, "姓名"],
        [None, None, "苹果", "梨", None],
        [12, 502, 1, None, "王某"],
        [13, 401, None, 1, "李某"],
    ]
    read = reading(workbook(("订单", rows), merged=[(0, 2, 0, 3, "水果")]))
    assert outcomes(read) == [(3, "12-502", "苹果", 1, "ok"), (4, "13-401", "梨", 1, "ok")]


@pytest.mark.parametrize("over", [["苹果", None, "梨", None], ["苹果", "苹果", "梨", "梨"]])
def test_what_goods_come_in_is_no_name_without_the_header_above_it(over):
    rows = [["楼号", "室号", *over], [None, None, "大箱", "小箱", "大箱", "小箱"], [12, 502, 1, 2, 3, 4]]
    assert [each[2:4] for each in outcomes(reading(workbook(("订单", rows))))] == [
        ("苹果 大箱", 1), ("苹果 小箱", 2), ("梨 大箱", 3), ("梨 小箱", 4),
    ]  # fmt: skip


@pytest.mark.parametrize("below", [["39元", "25元"], ["5斤装", "每箱"]])
def test_a_row_of_prices_below_the_header_names_no_goods(below):
    rows = [["楼号", "房号", "苹果", "梨"], [None, None, *below], [12, 502, 1, 2]]
    booked = [each for each in outcomes(reading(workbook(("订单", rows)))) if each[4] == "ok"]
    assert booked == [(3, "12-502", "苹果", 1, "ok"), (3, "12-502", "梨", 2, "ok")]


def test_the_door_may_stand_in_the_second_row_of_a_header():
    rows = [["姓名", "住址", None, "苹果"], [None, "楼号", "室号", None], ["王某", 12, 502, 2]]
    assert outcomes(reading(workbook(("订单", rows)))) == [(3, "12-502", "苹果", 2, "ok")]


def test_every_row_with_something_in_it_is_accounted_for():
    rows = [["楼号", "房号", "苹果", "梨"], [12, 501, 1, None], [12, 502, None, None], [12, 503, None, "不要"]]
    read = reading(workbook(("订单", rows)))
    assert [row.row for row in read.rows] == [2]
    assert "rows without an order were passed over: 3, 4" in read.notices


@pytest.mark.parametrize("cell", ["1 2", "5斤", "2斤", "3公斤", "500克", "0", "-1", "0.5", "√"])
def test_what_is_no_whole_count_stays_unclear(cell):
    assert (one(quantity=cell).outcome, one(quantity=cell).reason) == ("unclear", "quantity-unreadable")


@pytest.mark.parametrize("words", ["12号楼小计", "13号楼 合计", "12栋小计", "十二号楼总计"])
def test_the_sum_of_a_building_is_no_order(words):
    rows = [["楼号", "房号", "苹果"], [12, 501, 1], [words, None, 1], [13, 401, 2]]
    read = reading(workbook(("订单", rows)))
    assert [row.row for row in read.rows] == [2, 4]
    assert "rows of sums were passed over: 3" in read.notices


def test_a_captains_sum_that_says_so_is_not_lost():
    rows = [["楼号", "苹果"], ["12号楼合计", 15], ["13号", 2], [29, 1]]
    read = reading(workbook(("订单", rows)))
    assert [(row.row, row.outcome) for row in read.rows] == [(2, "unclear"), (3, "unclear"), (4, "ok")]


def test_the_sum_of_a_door_is_no_order_of_it():
    rows = [["门牌号", "商品", "数量"], ["12-501", "苹果", 1], ["12-501小计", "苹果", 1]]
    assert [each[1] for each in outcomes(reading(workbook(("订单", rows))))] == ["12-501", "words-behind"]


@pytest.mark.parametrize("nickname", ["sum", "共", "合计"])
def test_who_is_called_like_a_sum_is_not_lost(nickname):
    rows = [["昵称", "楼号", "房号", "商品", "数量"], [nickname, 12, 501, "苹果", 1], ["合计", None, None, None, 1]]
    read = reading(workbook(("订单", rows)))
    assert outcomes(read) == [(2, "12-501", "苹果", 1, "ok")]
    assert "rows of sums were passed over: 3" in read.notices


LONG = [
    ["序号", "楼号", "房号", "商品", "数量"],
    [1, 12, 501, "苹果", 1],
    [1, "", "", "", ""],
    [2, 12, "", "苹果", ""],
    ["", 12, 503, "", ""],
    ["", "", "", "", 3],
    ["序号", "楼号", "房号", "商品", "数量"],
    ["", "12号楼小计", "", "", 1],
    ["小计", "", "", "", 1],
    ["合计", "", "", "", 1],
    ["制表人：某某", "", "", "", ""],
    ["", "", "", " ", ""],
]
WIDE = [
    ["楼号", "房号", "苹果", "梨", "说一说", ""],
    [12, 501, 1, "-", "", ""],
    [12, 502, "", "", "要两箱", ""],
    ["", "", "", 2, "", ""],
    [12, 503, "很多", "", "", ""],
    ["", "", "", "", "", "某某"],
    [13, "", "", 0, "", ""],
    ["12栋合计", "", 1, "", "", ""],
    ["合计", "", 1, 2, "", ""],
]


@pytest.mark.parametrize("table", [LONG, WIDE])
def test_every_filled_row_is_read_or_named_as_passed_over(table):
    (layout,) = order_layouts(open_tables(csv_bytes(table), "a.csv"))
    read = read_rows(layout, ROSTER, add_doors=False)
    assert {row.row for row in read.rows} | {*read.beside} | {*read.sums} == set(range(2, len(table) + 1))
    assert not {*read.beside} & {*read.sums}
    told = " ".join(reading(csv_bytes(table), "a.csv").notices)
    assert all(str(number) in told for number in (*read.beside, *read.sums))


def test_a_room_is_read_as_the_roster_writes_it():
    shops = Roster(settings=ROSTER.settings, rooms={"14": frozenset({"商铺3", "501"})})
    table = csv_bytes([["门牌号", "商品", "数量"], ["14-商铺3", "苹果", 1]])
    (row,) = read_orders(open_tables(table, "a.csv"), shops).rows
    assert (row.household, row.outcome) == ("14-商铺3", "ok")
    assert {read_door(text, shops).household for text in ("14号商铺3", "某路168弄14-商铺3。")} == {"14-商铺3"}
    assert read_door("15-商铺3", shops, add_doors=True).household is None
    addressed = DoorColumns(building=("14",), room=("商铺3",), address=("某路168弄14号商铺3",))
    assert read_columns(addressed, shops).household == "14-商铺3"
    assert read_columns(addressed._replace(address=("某路168弄15号501",)), shops).reason == "doors-differ"
    assert read_columns(addressed._replace(address=("某路168弄15号商铺3",)), shops).reason == "doors-differ"
    apart = csv_bytes([["楼号", "房号", "商品", "数量"], ["14", "商铺3", "苹果", 1]])
    (row,) = read_orders(open_tables(apart, "a.csv"), shops).rows
    assert (row.household, row.outcome) == ("14-商铺3", "ok")


def test_how_many_people_wrote_beside_a_good_themselves_must_agree():
    said = ["苹果x2", "苹果 ×2", "苹果 2份", "鲜牛奶 950ml*2", "苹果x2；鸡蛋x1"]
    rows = [["门牌号", "接龙内容", "数量"], *(["12-501", each, count] for each in said for count in (2, 1))]
    assert [row[1:4] for row in outcomes(reading(csv_bytes(rows), "a.csv"))] == [
        *[("12-501", "苹果", 2), ("quantities-differ", "苹果", None)] * 3,
        *[("12-501", "鲜牛奶", count) for count in (2, 1)],
        *[("several-goods", "苹果x2；鸡蛋x1", count) for count in (2, 1)],
    ]


@pytest.mark.parametrize("hall", ["13号楼大厅", "13栋一楼大厅", "十三号门厅", "13号楼架空层", "5#大堂"])
def test_the_hall_of_an_own_building_is_no_other_compound(hall):
    header = ["楼号", "房号", "自提点", "服务小区", "商品", "数量"]
    rows = [
        [12, 501, hall, "锦绣苑", "苹果", 1],
        [12, 502, hall, "阳光花园", "苹果", 1],
        [12, 503, "", "锦绣苑", "苹果", 1],
    ]
    read = reading(csv_bytes([header, *rows]), "a.csv")
    assert [row.reason for row in read.rows] == ["", "other-pickup", ""]
    unknown = [[12, 501, "77号楼大厅", "锦绣苑", "苹果", 1], rows[0]]
    assert reading(csv_bytes([header, *unknown]), "a.csv").rows[0].reason == "other-pickup"


def hidden_book() -> bytes:
    whole = io.BytesIO()
    with xlsxwriter.Workbook(whole, {"in_memory": True}) as book:
        old, sheet = book.add_worksheet("旧表"), book.add_worksheet("订单")
        old.write_row(0, 0, ["楼号", "房号", "商品", "数量"])
        old.write_row(1, 0, [12, 501, "旧货", 1])
        old.hide()
        sheet.activate()
        for index, row in enumerate(
            [["楼号", "房号", "苹果", "鸡蛋", "备注"], [12, 501, 1, 2, "急"], [12, 502, 1, "", ""]]
        ):
            sheet.write_row(index, 0, row)
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column(3, 4, None, None, {"hidden": True})
    return whole.getvalue()


def test_what_is_hidden_is_told():
    read = reading(hidden_book())
    assert [each[1:4] for each in outcomes(read)] == [
        ("12-501", "苹果", 1), ("12-501", "鸡蛋", 2), ("12-502", "苹果", 1),
    ]  # fmt: skip
    assert {
        "hidden sheets were not read: 旧表",
        "hidden rows were read like the others: 3",
        "hidden columns were read like the others: 鸡蛋",
    } <= {*read.notices}
    named = read_orders(open_tables(hidden_book(), "a.xlsx"), ROSTER, sheet="旧表")
    assert not [notice for notice in named.notices if notice.startswith("hidden rows")]


def test_where_nothing_is_hidden_nothing_is_told():
    assert not [notice for notice in reading(long_book(long_row())).notices if "hidden" in notice]
