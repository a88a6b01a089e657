"""Short notes and English ones that cancel or change an order, and such as only sound like it."""

import pytest
from order_files import GOODS, reading, reasons


def one(note: str, quantity: int = 2) -> str:
    return reasons(reading([*GOODS, "备注"], [12, 501, "苹果", quantity, note], [12, 502, "梨", quantity, ""]))[0]


@pytest.mark.parametrize(
    "note",
    [
        "cancelled", "cancel", "Please cancel", "refunded", "Refund", "only 1", "don't want", "don’t want it", "no longer needed", "duplicate",
        "2 more", "另加鸡蛋1", "再要2份", "多给1", "合计3", "拍多了", "错单", "重拍", "换货", "缺", "无货", "缺货未发", "已重新下单", "见下一单",
        "与上单合并", "暂停", "等通知", "试单", "测试", "不需要配送", "已送",
    ],
)  # fmt: skip
def test_short_and_english_notes_leave_an_order_to_a_person(note: str):
    assert one(note) == "note-changes"


@pytest.mark.parametrize(
    "note",
    [
        "only 2", "合计2", "合计50元", "leave at the door", "thanks", "refund if out of stock", "if it is missing, leave a note", "call me",
        "到了再来电话", "缺货可换货", "质量问题换货", "不换货", "不要配送上楼", "送到等电话", "只要新鲜的", "with a box", "If broken please refund",
    ],
)  # fmt: skip
def test_notes_that_only_sound_like_it_change_nothing(note: str):
    assert one(note) == "ok"
