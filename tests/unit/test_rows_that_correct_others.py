"""Rows that say they correct an earlier one: both are asked about, and never added up."""

import pytest
from order_files import GOODS, reading, reasons

WHOLE = ["姓名", "门牌号", "商品", "数量"]


@pytest.mark.parametrize(
    "door",
    [
        f"12-501{word}"
        for word in (
            "（更正）",
            "（改）",
            "（修改）",
            "（改数量）",
            "（以此为准）",
            "（最新）",
            "（第二次填）",
            "（重填）",
            " 更正",
        )
    ]
    + ["12-501（替换上面）"],
)
def test_a_door_that_says_it_corrects_makes_both_rows_unclear(door):
    read = reading(WHOLE, ["张", "12-501", "苹果", 1], ["李", "12-502", "苹果", 1], ["张", door, "苹果", 2])
    assert reasons(read) == ["corrected-row", "ok", "corrected-row"]


@pytest.mark.parametrize("row", [["张", "苹果（改为）"], ["张（改）", "苹果"], ["张（重新接龙）", "苹果"]])
def test_a_name_or_a_good_may_say_so_too(row):
    name, good = row
    read = reading(WHOLE, ["张", "12-501", "苹果", 1], [name, "12-501", good, 2])
    assert reasons(read) == ["corrected-row"] * 2


@pytest.mark.parametrize(
    "note", ["以此为准", "最新", "第二次填", "重填", "重新接龙", "替换上面", "后面那单为准", "和上面一样"]
)
def test_a_note_may_say_so_too(note):
    read = reading([*GOODS, "备注"], [12, 501, "苹果", 1, ""], [12, 501, "苹果", 2, note], [12, 502, "梨", 1, ""])
    assert reasons(read) == ["corrected-row", "corrected-row", "ok"]


def test_a_correction_of_one_good_leaves_the_others_of_its_door():
    rows = [["张", "12-501", "苹果", 1], ["张", "12-501", "梨", 1], ["张", "12-501（更正）", "苹果", 2]]
    assert reasons(reading(WHOLE, *rows)) == ["corrected-row", "ok", "corrected-row"]
    anew = [*rows[:2], ["张", "12-501（重填）", "苹果", 2]]
    assert reasons(reading(WHOLE, *anew)) == ["corrected-row"] * 3
    another = [*rows[:2], ["张", "12-501（更正）", "桃", 2]]
    assert reasons(reading(WHOLE, *another)) == ["corrected-row"] * 3


def test_what_a_wide_table_corrects_is_asked_about():
    read = reading(["姓名", "门牌号", "苹果", "梨"], ["张", "12-501", 1, 1], ["张", "12-501（更正）", 2, ""])
    assert reasons(read) == ["corrected-row"] * 3


@pytest.mark.parametrize("good", ["洗衣液（替换装）", "苹果（新）", "最新款口罩", "改良土豆"])
@pytest.mark.parametrize("note", ["", "谢谢", "最新鲜的", "以实物为准"])
def test_words_that_correct_nothing_leave_a_row_clear(good, note):
    rows = [[12, 501, good, 1, note], [12, 501, good, 2, ""]]
    assert reasons(reading([*GOODS, "备注"], *rows)) == ["ok"] * 2
