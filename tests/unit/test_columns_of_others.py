"""Amounts that say another count, wishes beside an empty row, floors headed 楼, and doors of others in a column."""

import pytest
from order_files import GOODS, reading, reasons

AMOUNTS = [*GOODS, "单价", "金额"]


def priced(*rows):
    return reasons(reading(AMOUNTS, *([12, 501 + at, "苹果", *row] for at, row in enumerate(rows))))


def test_an_amount_of_another_count_is_asked_about_however_many_there_are():
    assert priced((1, 25, 50), (2, 25, 75), (3, 25, 75)) == ["amount-differs", "amount-differs", "ok"]


def test_freight_and_a_price_of_a_part_are_no_other_count():
    assert priced((1, 25, 31), (2, 25, 56)) == ["ok", "ok"]
    assert priced((1, 5, 25), (2, 5, 50)) == ["ok", "ok"]
    assert priced((2, 25, 40), (1, 25, 20)) == ["ok", "ok"]


@pytest.mark.parametrize(("apples", "note"), [("", "+1"), (0, "要1"), ("", "要两份"), ("", "再加1")])
def test_a_wish_beside_an_empty_row_is_asked_about(apples, note):
    header = ["楼号", "房号", "苹果", "备注"]
    read = reading(header, [12, 501, 1, ""], [12, 502, apples, note])
    assert [(row.outcome, row.room) for row in read.rows] == [("ok", "501"), ("unclear", "502")]


@pytest.mark.parametrize("note", ["要上门", "谢谢", "+v", "要1楼放"])
def test_other_notes_beside_an_empty_row_order_nothing(note):
    assert reasons(reading(["楼号", "房号", "苹果", "备注"], [12, 501, 1, ""], [12, 502, "", note])) == ["ok"]


def test_a_column_of_floors_headed_as_one_of_buildings_names_no_building():
    rows = [[5, 501, "苹果", 1], [6, 602, "苹果", 1], [11, 1103, "苹果", 1]]
    assert reasons(reading(["楼", "室", "商品", "数量"], *rows)) == ["building-missing"] * 3
    other = [12, 501, "苹果", 1]
    assert reasons(reading(["楼", "室", "商品", "数量"], *rows, other)) == ["ok"] * 4
    more = [7, 702, "苹果", 1], [9, 901, "苹果", 1]
    asked = reasons(reading(["楼", "室", "商品", "数量"], *rows, *more, other))
    assert asked == ["building-missing"] * 5 + ["floor-differs"]
    assert reasons(reading(["楼栋", "室", "商品", "数量"], *rows)) == ["building-missing"] * 3
    assert reasons(reading(["楼栋", "室", "商品", "数量"], *rows, other)) == ["ok"] * 4
    assert reasons(reading(["楼", "室", "商品", "数量"], *rows[:2])) == ["ok"] * 2
    assert reasons(reading(["楼号", "室", "商品", "数量"], *rows)) == ["ok"] * 3


def test_floors_below_a_title_that_names_the_building():
    rows = [[5, 501, "苹果", 1], [6, 602, "苹果", 1], [11, 1103, "苹果", 1]]
    read = reading(["12号楼登记表", "", "", ""], ["楼", "室", "商品", "数量"], *rows)
    assert [row.household for row in read.rows] == ["12-501", "12-602", "12-1103"]


@pytest.mark.parametrize(
    ("header", "said"),
    [("团长", "18-1101 团长"), ("推荐人", "13-601"), ("商品编码", "12-502"), ("货号", "12-502"), ("楼长", "13号楼王")],
)
def test_a_column_that_names_the_door_of_somebody_else_is_no_doubt(header, said):
    assert reasons(reading([header, *GOODS], [said, 12, 501, "苹果", 1])) == ["ok"]
    assert reasons(reading(["代收人门牌", *GOODS], ["12-503", 12, 501, "苹果", 1])) == ["note-other-door"]


@pytest.mark.parametrize(("header", "reason"), [("金额", "maybe-money"), ("订单金额", "maybe-money")])
def test_a_quantity_that_is_the_amount_in_every_row_is_asked_about(header, reason):
    rows = [[12, 501, "苹果", 25, 25], [12, 502, "苹果", 50, 50], [13, 601, "苹果", 25, 25]]
    assert reasons(reading([*GOODS, header], *rows)) == [reason] * 3
    assert reasons(reading([*GOODS, header], *rows, [13, 602, "苹果", 1, 25])) == ["ok"] * 4
    assert reasons(reading([*GOODS, header], [12, 501, "口罩", 5, 5], [12, 502, "口罩", 2, 2])) == ["ok"] * 2


def test_a_quantity_that_is_the_room_in_every_row_is_asked_about():
    rows = [[12, 501, "苹果", 501], [12, 502, "苹果", 502], [13, 601, "苹果", 601]]
    assert reasons(reading(GOODS, *rows)) == ["maybe-no-good"] * 3


PAID = ["微信", "支付宝", "微信25", "转账25", "25", "已收", "已付25", "付了", "ok", "现金", "¥25.5"]


@pytest.mark.parametrize("how", PAID)
def test_who_says_how_or_how_much_was_paid_has_paid(how):
    rows = [12, 501, "苹果", 1, how], [13, 601, "苹果", 1, "已付"]
    assert reasons(reading([*GOODS, "付款"], *rows)) == ["ok", "ok"]


@pytest.mark.parametrize("how", ["赊", "待付", "欠25", "没转", "0", "转账中", "微信未付"])
def test_other_words_below_paid_are_asked_about(how):
    rows = [12, 501, "苹果", 1, how], [13, 601, "苹果", 1, "已付"]
    assert reasons(reading([*GOODS, "付款"], *rows)) == ["state-unknown", "ok"]
    assert reasons(reading([*GOODS, "订单状态"], [12, 501, "苹果", 1, "25"], rows[1])) == ["state-unknown", "ok"]
