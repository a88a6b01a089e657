"""Cells of goods that name none, counts within their names, and notes that change an order."""

import pytest
from order_files import DOOR, GOODS, reading, reasons

PLACEHOLDERS = (
    "同上 〃 同 ditto - — / 无 ？ 见备注 待定 随便 null NaN #N/A #REF! 2份 25元 13800001111 2022-05-01 √ 谢谢 商品"
)


@pytest.mark.parametrize("good", PLACEHOLDERS.split())
def test_a_placeholder_is_no_good(good):
    read = reading(GOODS, [12, 501, "苹果", 1], [12, 502, good, 2])
    assert [read.rows[0].outcome, *reasons(read)[1:]] == ["ok", "no-good"]


def test_a_door_that_is_written_as_a_good_is_asked_about():
    assert reasons(reading(GOODS, [12, 501, "苹果", 1], [12, 502, "13-601", 2])) == ["ok", "note-other-door"]


@pytest.mark.parametrize(
    "good", ["无糖酸奶", "同仁堂阿胶", "2号套餐", "套餐1", "A", "商品A", "谢谢茶", "好利来蛋糕", "1"]
)
def test_a_good_that_begins_like_one_stays(good):
    assert reasons(reading(GOODS, [12, 501, good, 1])) == ["ok"]


def test_a_bare_number_that_is_a_multiple_of_the_pieces_is_asked_about():
    long = reading(
        GOODS,
        *([12, 501 + at, "鸡蛋(30枚/盒)", many] for at, many in enumerate((1, 2, 30))),
        [12, 504, "鸡蛋(30枚/盒)", "60"],
    )
    assert reasons(long) == ["ok", "ok", *["quantity-in-pieces"] * 2]
    wide = reading([*DOOR, "鸡蛋(30枚/盒)", "卷纸(10卷)"], [12, 501, 30, 10], [12, 502, 3, 20])
    assert reasons(wide) == ["quantity-in-pieces", "ok", "ok", "ok"]


@pytest.mark.parametrize(
    "good", ["苹果 2", "苹果(3)", "苹果 2份", "苹果【2份】", "苹果共2份", "苹果50元2份", "苹果25*2"]
)
def test_a_count_within_the_good_that_differs_is_asked_about(good):
    assert reasons(reading(GOODS, [12, 501, "苹果", 1], [12, 502, good, 1])) == ["ok", "quantities-differ"]


@pytest.mark.parametrize("good", ["苹果x2", "苹果 2", "苹果(2份)", "苹果共2份"])
def test_a_count_within_the_good_that_agrees_is_no_part_of_its_name(good):
    read = reading(GOODS, [12, 501, "苹果", 1], [12, 502, good, 2])
    assert [(row.item, row.unit, row.quantity, row.outcome) for row in read.rows] == [
        ("苹果", "", 1, "ok"),
        ("苹果", "", 2, "ok"),
    ]


def test_a_number_that_stands_in_every_name_is_a_part_of_it():
    read = reading(GOODS, [12, 501, "可乐(24)", 1], [12, 502, "可乐(24)", 2])
    assert [(row.item, row.unit, row.outcome) for row in read.rows] == [("可乐", "24", "ok")] * 2


@pytest.mark.parametrize(
    "note",
    ["换梨", "误拍", "等我确认", "No need", "dup", "上次多收了一份这次抵", "现住浦东", "寄到浦东", "捐给居委", "桃1"],
)
def test_a_note_may_change_the_order(note):
    read = reading([*GOODS, "备注"], [12, 501, "苹果", 1, note], [12, 502, "桃", 1, ""])
    assert reasons(read) == ["note-changes", "ok"]


@pytest.mark.parametrize("note", ["谢谢", "换季衣服", "现住本小区", "苹果1", "要脆的", "duplex 1"])
def test_a_note_that_changes_nothing(note):
    assert reasons(reading([*GOODS, "备注"], [12, 501, "苹果", 1, note])) == ["ok"]
