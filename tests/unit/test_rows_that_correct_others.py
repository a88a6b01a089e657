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


NAMES = [
    "张改",
    "张（改数量了）",
    "张（请以此为准）",
    "张（上面填错了）",
    "张（第二次）",
    "张(正确)",
    "张（重发）",
    "张-新",
    "张2",
    "张x",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_with_more_behind_it_beside_the_same_name_is_asked_about(name):
    rows = [["张", "12-501", "苹果", 1], ["李", "12-502", "苹果", 1], [name, "12-501", "苹果", 2]]
    assert reasons(reading(WHOLE, *rows)) == ["corrected-row", "ok", "corrected-row"]
    assert reasons(reading(WHOLE, *reversed(rows))) == ["corrected-row", "ok", "corrected-row"]


@pytest.mark.parametrize("name", ["张改", "张2", "张-新", "张x"])
def test_such_a_name_alone_or_with_another_good_corrects_nothing(name):
    rows = [["张", "12-502", "苹果", 1], ["张", "12-501", "梨", 1], [name, "12-501", "苹果", 2]]
    assert reasons(reading(WHOLE, *rows)) == ["ok"] * 3


@pytest.mark.parametrize("mark", ["（重复）", "（重）", "（新）", "（第二次）"])
def test_a_door_that_is_marked_as_written_again_is_asked_about(mark):
    read = reading(WHOLE, ["张", "12-501", "苹果", 1], ["张", f"12-501{mark}", "苹果", 2])
    assert reasons(read) == ["corrected-row"] * 2


@pytest.mark.parametrize("mark", ["×", "？", "（待定）"])
def test_a_door_with_a_doubt_behind_it_is_asked_about(mark):
    read = reading(WHOLE, ["张", "12-501", "苹果", 1], ["张", f"12-501{mark}", "苹果", 2])
    assert reasons(read) == ["ok", "note-changes"]


@pytest.mark.parametrize("note", ["替换", "覆盖", "修正", "正确的", "用这条", "看这条", "这个才对", "再次提交"])
def test_more_notes_that_say_so(note):
    rows = [[12, 501, "苹果", 1, ""], [12, 501, "苹果", 2, note], [12, 502, "梨", 1, "修正液也可以"]]
    assert reasons(reading([*GOODS, "备注"], *rows)) == ["corrected-row", "corrected-row", "ok"]


@pytest.mark.parametrize("note", ["上面填错了", "前面那个不算", "之前的作废", "第一单作废", "重新下单"])
def test_a_note_that_withdraws_an_earlier_row_makes_that_unclear_too(note):
    read = reading([*GOODS, "备注"], [12, 501, "苹果", 1, ""], [12, 501, "苹果", 2, note])
    assert reasons(read) == ["corrected-row", "note-changes"]
