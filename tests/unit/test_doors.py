from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from order_files import FLOORS, VILLAS, roster

from domain.community.door_columns import DoorColumns, read_columns
from domain.community.doors import DoorSettings, Roster, building_meant, read_door

ROSTER = roster()


def door(text, **settings):
    read = read_door(text, roster(**settings) if settings else ROSTER)
    return read.household or read.reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12-501", "12-501"),
        ("１２－５０１", "12-501"),
        ("12—501", "12-501"),
        ("14–704", "14-704"),
        ("12--501", "12-501"),
        ("12栋501", "12-501"),
        ("12幢501室", "12-501"),
        ("12號501室", "12-501"),
        ("12号楼 501", "12-501"),
        ("12楼501", "12-501"),
        ("23#1701", "23-1701"),
        ("35号。503", "35-503"),
        ("7－1102室。", "7-1102"),
        ("二十一号1803", "21-1803"),
        ("十二号五零一室", "12-501"),
        ("168弄31号902室", "31-902"),
        ("某路168弄31号902室", "31-902"),
        ("某路一百六十八弄锦绣苑26－303", "26-303"),
        ("某路168号23#1701", "23-1701"),
        ("上海市某区上海市某区某路168号锦绣苑39号702室（请放门口）", "39-702"),
        ("某区某路168弄 锦绣苑34号702室", "34-702"),
        ("27号2O4室", "27-204"),
        ("8幢1o2", "8-102"),
        ("29", "29"),
        ("29号", "29"),
        ("29号别墅", "29"),
        ("别墅29号", "29"),
        ("12-501（请送到家）", "12-501"),
        ("12-501室(放门口)", "12-501"),
        ("12-501（放门口", "12-501"),
        ("12号3楼302", "12-302"),
        ("12号楼5层2室", "12-502"),
        ("十二号楼五层二室", "12-502"),
        ("12号楼十五层二室", "12-1502"),
        ("12-501小王", "12-501"),
        ("12-501 13800000000", "12-501"),
        ("12-501\u200b ", "12-501"),
        ("05-501", "5-501"),
        ("12-0501", "12-501"),
        (29.0, "29"),
    ],
)
def test_a_door_is_read_however_it_is_written(text, expected):
    assert door(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no-door"),
        ("某路168弄锦绣苑", "no-door"),
        ("锦绣苑12801", "glued"),
        ("12801", "glued"),
        (12801.0, "glued"),
        ("501", "glued"),
        ("0501", "glued"),
        ("05-01", "not-on-roster"),
        ("12-5", "not-on-roster"),
        ("12-505", "not-on-roster"),
        ("45-501", "building-not-on-roster"),
        ("29-101", "not-on-roster"),
        ("12-50l", "not-on-roster"),
        ("12-201甲", "not-on-roster"),
        ("12号", "room-missing"),
        ("12-501/502", "several-doors"),
        ("12-501、12-502", "several-doors"),
        ("12-501~503", "several-doors"),
        ("12-501或502", "several-doors"),
        ("12-501隔壁", "words-behind"),
        ("12-501邻居", "words-behind"),
        ("12-501（邻居）", "note-names-door"),
        ("12-501东", "words-behind"),
        ("12-501一", "unreadable"),
        ("4 0 3", "words-behind"),
        ("阳光花园12-501", "words-before"),
        ("锦绣苑二期12-501", "phase-not-used"),
        ("某路169弄12号501", "other-place"),
        ("169弄12号501", "other-place"),
        ("某路12号501室", "other-place"),
        ("闵行区12-501", "other-place"),
        ("12-501(改送12-502)", "note-names-door"),
        ("12-501（13号代收）", "note-names-door"),
        ("12(501)", "note-names-door"),
        ("12号5楼302", "floor-differs"),
        ("12号5层20室", "not-on-roster"),
        ("9#楼2单元301", "unit-not-used"),
        ("商铺3", "no-door"),
        ("13800000000", "unreadable"),
        ("2022-12-05", "unreadable"),
        ("12.501", "unreadable"),
        ("12-501-1", "unreadable"),
        ("12²-501", "unreadable"),
        ("②-501", "unreadable"),
        (date(2022, 12, 5), "date"),
        (datetime(2022, 12, 5), "date"),  # noqa: DTZ001 — a table program's date
        (501.5, "not-text"),
        (float("nan"), "not-text"),
        (True, "not-text"),
    ],
)
def test_what_is_not_certain_stays_unclear(text, reason):
    assert door(text) == reason


def test_a_room_counted_on_its_floor_is_read_only_where_nothing_else_could_be_meant():
    both = Roster(rooms={"12": frozenset({"2", "502"}), "13": frozenset({"0502"})})
    assert read_door("12号5层2室", both).reason == "floor-or-room"
    assert read_columns(DoorColumns(building=("12",), room=("5层2室",)), both).nearest == ("12-502",)
    assert read_door("13号5层2室", both).household == "13-0502"
    assert not read_door("12号5层3室", both, add_doors=True).new


def test_the_nearest_doors_are_offered():
    assert read_door("12801", ROSTER).nearest == ("12-801",)
    assert "12-501" in read_door("12-50l", ROSTER).nearest
    assert "29" in read_door("29-101", ROSTER).nearest
    assert "14-705" in read_door("15-705", Roster(rooms={"14": {"705"}, "15": {"706"}})).nearest


def test_of_a_building_that_is_on_no_roster_no_other_door_is_offered():
    for unknown in ("45-501", "45号501室", "41-101"):
        read = read_door(unknown, ROSTER)
        assert (read.reason, read.nearest) == ("building-not-on-roster", ())
        assert read.why == "this building is not on the roster"


@pytest.mark.parametrize("text", ["12栋501", "12幢501", "12号楼501", "12楼501"])
def test_blocks_need_a_word_of_the_compound(text):
    assert door(text, blocks=None) == "blocks-unset"
    assert door(text, blocks="different") == "blocks-different"
    assert door(text, blocks={"12": ("3",)}) == "3-501"
    assert door(text, blocks={"12": ("3", "4")}) == "block-several"
    assert door(text, blocks={"11": ("3",)}) == "block-unknown"


def test_an_entrance_beside_its_block_is_enough():
    assert door("3幢12号501", blocks="different") == "12-501"
    assert door("3幢12号501", blocks={"3": ("12", "13")}) == "12-501"
    assert door("3幢12号501", blocks={"3": ("13",)}) == "columns-differ"
    assert door("3幢12号501") == "columns-differ"


def test_a_block_with_several_entrances_is_told_by_its_room():
    known = Roster(
        settings=DoorSettings(blocks={"3": ("12", "13")}),
        rooms={"12": frozenset({"101"}), "13": frozenset({"102", "101"})},
    )
    assert read_door("3幢102", known).household == "13-102"
    assert read_door("3幢101", known).reason == "block-several"


def test_units_phases_and_lanes_where_doors_have_them():
    units = Roster(
        settings=DoorSettings(parts=("号", "单元", "室")),
        rooms={"9号1单元": frozenset({"301"}), "9号2单元": frozenset({"301"})},
    )
    assert read_door("9号2单元301", units).household == "9号2单元-301"
    assert read_door("9-2-301", units).household == "9号2单元-301"
    assert read_door("9-301", units).reason == "part-missing"
    phases = Roster(
        settings=DoorSettings(parts=("期", "号", "室")),
        rooms={"1期12": frozenset({"501"}), "2期12": frozenset({"501"})},
    )
    assert read_door("二期12-501", phases).household == "2期12-501"
    assert read_door("12-501", phases).reason == "part-missing"
    lanes = Roster(
        settings=DoorSettings(parts=("弄", "号", "室"), streets=("某路168弄", "某路170弄")),
        rooms={"168弄12": frozenset({"501"}), "170弄12": frozenset({"501"})},
    )
    assert read_door("某路170弄12号501", lanes).household == "170弄12-501"
    assert read_door("168弄12号501", lanes).household == "168弄12-501"


def test_a_new_door_is_only_added_when_it_is_read_plainly():
    for text, new in (
        ("45-501", "45-501"),
        ("12-505", "12-505"),
        ("168-501", None),
        ("501-502", None),
        ("百-501", None),
        ("A12-501", None),
        ("45号别墅", "45"),
        ("12-5O5", None),
        ("29-101", None),
        ("45 501", None),
    ):
        read = read_door(text, ROSTER, add_doors=True)
        assert (read.household if read.new else None) == new, text


def columns(**cells):
    read = read_columns(
        DoorColumns(**{name: cell if isinstance(cell, tuple) else (cell,) for name, cell in cells.items()}), ROSTER
    )
    return read.household or read.reason


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"building": "12", "room": "501"}, "12-501"),
        ({"building": 12.0, "room": 501.0}, "12-501"),
        ({"building": "12.0", "room": "501.0"}, "12-501"),
        ({"building": "21号楼", "room": "1803室。"}, "21-1803"),
        ({"building": "34－702室", "room": "702"}, "34-702"),
        ({"building": "34－702室", "room": "703"}, "columns-differ"),
        ({"building": "12", "room": "12-501"}, "12-501"),
        ({"building": "12", "room": "5楼501"}, "12-501"),
        ({"building": "12", "room": "5层2室"}, "12-502"),
        ({"building": "12", "room": "5层20室"}, "not-on-roster"),
        ({"building": "12", "room": "5楼602"}, "floor-differs"),
        ({"building": "12", "room": "05-01"}, "columns-differ"),
        ({"building": "12", "room": "0501"}, "12-501"),
        ({"building": "30号", "room": "别墅"}, "30"),
        ({"building": "30", "room": ""}, "30"),
        ({"building": "12", "room": ""}, "room-missing"),
        ({"building": "", "room": "501"}, "building-missing"),
        ({"building": "", "room": "", "address": ""}, "no-door"),
        ({"building": "", "room": "", "address": "某路168弄26幢201室"}, "26-201"),
        ({"building": "26", "room": "", "address": "某路168弄26幢201室"}, "26-201"),
        ({"building": "25", "room": "", "address": "某路168弄26幢201室"}, "doors-differ"),
        ({"building": "26", "room": "201", "address": "某路168弄26号202室"}, "doors-differ"),
        ({"building": "12", "room": "803", "address": "锦绣苑12803"}, "12-803"),
        ({"building": "12", "room": "804", "address": "锦绣苑12803"}, "doors-differ"),
        ({"building": "", "room": "", "address": "锦绣苑12803"}, "glued"),
        ({"building": "12", "room": "501", "address": "别处路99弄12号501室"}, "other-place"),
        ({"building": "12", "room": "501", "lane": "168"}, "12-501"),
        ({"building": "12", "room": "501", "lane": "170"}, "other-lane"),
        ({"building": date(2022, 12, 5), "room": "501"}, "date"),
        ({"whole": "12-501", "building": "12", "room": "502"}, "columns-differ"),
        ({"whole": "501", "building": "12"}, "12-501"),
        ({"block": "12", "room": "501"}, "12-501"),
        ({"building": "12、13", "room": "501"}, "unreadable"),
        ({"building": "12(13)", "room": "501"}, "note-names-door"),
        ({"building": "12", "room": "501(602)"}, "note-names-door"),
        ({"building": "12", "room": "501/502"}, "columns-differ"),
        ({"building": "12", "room": "501", "address": "某路168弄12-501/502"}, "several-doors"),
        ({"building": "12", "room": "501", "address": "阳光花园13号501"}, "doors-differ"),
        ({"building": "13800000000", "room": "501"}, "unreadable"),
    ],
)
def test_a_door_in_columns(cells, expected):
    assert columns(**cells) == expected


def test_of_two_doors_that_differ_the_columns_are_shown_and_both_are_offered():
    read = read_columns(DoorColumns(building=("32",), room=("403",), address=("某路168弄5号403室",)), ROSTER)
    assert (read.building, read.room, read.nearest) == ("32", "403", ("32-403", "5-403"))
    assert read.why == "the columns and the address name different doors"


def test_no_sentence_repeats_the_cell():
    assert "13800000000" not in str(read_door("13800000000", ROSTER))


FULL_WIDTH = str.maketrans("0123456789-#", "０１２３４５６７８９－＃")
CHINESE_DIGITS = "零一二三四五六七八九"


def in_chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    ten = ("" if tens == 1 else CHINESE_DIGITS[tens]) + "十" if tens else ""
    return ten + (CHINESE_DIGITS[ones] if ones or not tens else "")


HOUSES = st.tuples(st.integers(1, 40).filter(lambda number: str(number) not in VILLAS), st.sampled_from(FLOORS))
FRONT = st.sampled_from(
    [
        "",
        "锦绣苑",
        "某路168弄",
        "上海市某区某路168号",
        "168弄 ",
        "某区某路一百六十八弄锦绣苑",
        "阳光花园",
        "某路99弄",
        "二期",
        "小王",
    ]
)
JOINT = st.sampled_from(
    ["-", "—", "－", "号", "號", "#", "栋", "幢", "号楼", "号楼 ", "号。", " ", "", ".", "/", "一", "号1单元", "楼"]
)
BEHIND = st.sampled_from(
    [
        "",
        "室",
        "室。",
        "（请放门口）",
        "小王",
        " 小王",
        "/502",
        "甲",
        "A",
        "、13-502",
        "(2份)",
        "（12-502）",
        "室 13800000000",
        "隔壁",
        "零",
        "层",
        "-2",
    ]
)


@given(HOUSES, FRONT, JOINT, BEHIND, st.booleans(), st.booleans())
def test_a_written_door_is_read_as_itself_or_not_at_all(house, front, joint, behind, wide, spelled):
    number, room = house
    written = f"{front}{in_chinese(number) if spelled else number}{joint}{room}{behind}"
    read = read_door(written.translate(FULL_WIDTH) if wide else written, ROSTER, add_doors=True)
    assert read.household in {None, f"{number}-{room}"}


@given(HOUSES, st.sampled_from(["号", "#", "栋", "幢", "号楼"]), st.sampled_from(["", "室", "室。", "（放门口）"]))
def test_the_plain_forms_are_always_read(house, joint, behind):
    number, room = house
    assert read_door(f"某区某路168弄锦绣苑{number}{joint}{room}{behind}", ROSTER).household == f"{number}-{room}"


@given(st.text(alphabet="0123456789一二十百零号弄室栋楼-－#O甲()（）~/ 、锦绣苑某路。A期单元别墅", max_size=20))
def test_no_text_breaks_the_reader(text):
    read = read_door(text, ROSTER)
    assert read.household is None or ROSTER.knows(read.building, read.room)
    assert bool(read.reason) == (read.household is None)


@pytest.mark.parametrize(
    ("text", "blocks", "expected"),
    [
        ("12", None, "12"),
        ("12号", None, "12"),
        ("１２号", None, "12"),
        ("十二号", None, "12"),
        ("29号", None, "29"),
        ("12号楼", "same", "12"),
        ("12栋", "same", "12"),
        ("12号楼", None, None),
        ("12栋", "different", None),
        ("12栋", {"12": ("3", "4")}, None),
        ("12栋", {"12": ("3",)}, "3"),
        ("12号501", "same", None),
        ("12号2单元", "same", None),
        ("99号", "same", None),
        ("楼", "same", None),
        ("", "same", None),
    ],
)
def test_a_building_alone_is_read_as_in_a_door(text, blocks, expected):
    assert building_meant(text, roster(blocks=blocks)) == expected
