"""What ends the part of a building in a table, and what a heading says of rows that name their own door."""

import pytest
from order_files import reading, reasons, roster, workbook

from infra.tables import open_tables
from services.imports.orders import read_orders

NAMED = ["房号", "姓名", "苹果"]
WITHOUT_AN_ORDER = [
    *["B13", "Building 13", "No.13", "13单元", "13号门", "13号门洞", "13号院", "13梯", "13区", "十三", "--13--", "楼号13"],
    *["楼栋：13", "13号（赵）", "锦绣苑二期", "翠苑小区", "外小区", "其他楼", "别墅区", "补单"],
]  # fmt: skip
WITH_AN_ORDER = ["13", "13号王", "13号（王阿姨）", "B13", "12 汇总", "12 计数", "12 Total", "13号楼王"]


def booked(read):
    return [row.household or row.reason for row in read.rows]


def below(*heading):
    return booked(reading(NAMED, ["12号楼", "", ""], ["501", "张", 1], heading, ["601", "赵", 2]))


@pytest.mark.parametrize("heading", WITHOUT_AN_ORDER)
def test_a_row_without_an_order_that_names_no_room_ends_the_building(heading):
    assert below(heading, "王", "") == ["12-501", "building-missing"]


def test_a_chinese_number_alone_ends_the_building():
    assert below("十三", "", "") == ["12-501", "building-missing"]


@pytest.mark.parametrize("heading", WITH_AN_ORDER)
def test_so_does_one_with_an_order_that_names_a_building(heading):
    said = below(heading, "", 3)
    assert said[0] == "12-501"
    assert said[-1] == "building-missing"
    assert not any("-" in each and each[0].isdigit() for each in said[1:])


def test_so_does_a_row_of_a_table_with_a_row_per_good():
    rows = [["12号楼", "", ""], ["501", "苹果", 1], ["13", "苹果", 3], ["601", "苹果", 2]]
    assert booked(reading(["房号", "商品", "数量"], *rows))[-1] == "building-missing"


@pytest.mark.parametrize(
    "row", [["502", "李", ""], ["502室", "李", ""], ["小计", "", 1], ["5楼2室", "李", 1], ["502", "", ""]]
)
def test_rooms_and_sums_end_nothing(row):
    assert below(*row)[-1] == "12-601"


def test_so_does_one_inside_a_sheet_of_a_building():
    header = ["房号", "苹果"]
    first = [header, [501, 1], ["B13", "王楼长"], [603, 2]]
    book = workbook(("12号楼", first), ("14号楼", [header, [701, 2]]))
    read = read_orders(open_tables(book, "a.xlsx"), roster())
    assert booked(read)[-2:] == ["building-missing", "14-701"]


def test_rooms_counted_on_their_floors_end_nothing():
    rows = [["12号楼", "", ""], [5, 1, 1], [5, 2, 2]]
    assert booked(reading(["楼层", "室号", "苹果"], *rows)) == ["12-501", "12-502"]


def test_a_heading_may_not_contradict_the_column_below_it():
    rows = [["12号楼", "", "", ""], [12, 501, "张", 1], ["13号楼", "", "", ""], [12, 601, "赵", 2], [13, 602, "钱", 1]]
    assert booked(reading(["楼号", "房号", "姓名", "苹果"], *rows)) == ["12-501", "columns-differ", "13-602"]


def test_the_column_may_name_a_building_that_has_no_heading():
    rows = [["12号楼", "", "", ""], [12, 501, "张", 1], [14, 601, "赵", 2], [12, 602, "钱", 1]]
    assert booked(reading(["楼号", "房号", "姓名", "苹果"], *rows)) == ["12-501", "14-601", "12-602"]


@pytest.mark.parametrize("heading", [["13号楼", "", ""], ["13号楼", "王楼长", ""]])
def test_nor_the_full_door_below_it(heading):
    rows = [["12号楼", "", ""], ["12-501", "张", 1], heading, ["12-601", "赵", 2], ["13-602", "钱", 1]]
    assert booked(reading(["门牌号", "姓名", "苹果"], *rows)) == ["12-501", "columns-differ", "13-602"]


@pytest.mark.parametrize("form", ["{}号楼 王阿姨", "{}号楼（王阿姨）", "【{}号楼】", "锦绣苑{}号楼"])
def test_a_heading_may_name_who_collects_and_the_compound(form):
    rows = [[form.format(12), "", ""], ["501", "张", 1], [form.format(13), "", ""], ["601", "赵", 2]]
    assert booked(reading(NAMED, *rows)) == ["12-501", "13-601"]


@pytest.mark.parametrize("line", ["12号楼 王阿姨和李阿姨", "【12号楼和13号楼】"])
def test_other_lines_are_no_headings(line):
    assert booked(reading(NAMED, [line, "", ""], ["501", "张", 1])) == ["building-missing"]


def test_a_heading_with_a_name_beside_it_may_be_the_first_row_above_whole_doors():
    whole = reading(["门牌号", "姓名", "苹果"], ["13号楼", "王楼长", ""], ["12-601", "赵", 2], ["13-602", "钱", 1])
    assert reasons(whole) == ["columns-differ", "ok"]
    apart = (
        ["12号楼", "", "王楼长", ""],
        [12, 501, "张", 1],
        ["13号楼", "", "王", ""],
        [12, 601, "赵", 2],
        [13, 602, "钱", 1],
    )
    assert reasons(reading(["楼号", "房号", "姓名", "苹果"], *apart)) == ["ok", "columns-differ", "ok"]


ALONE = [
    "{}号楼楼长王阿姨",
    "{}号楼（2户）",
    "{}号楼（封控）",
    "一、{}号楼",
    "{}号楼苹果团购",
    "楼号：{}",
    "{}号楼（共2户）",
]


@pytest.mark.parametrize("form", ALONE)
def test_a_heading_alone_in_its_row_may_say_more_than_its_building(form):
    rows = [form.format(12), "", ""], ["501", "张", 1], [form.format(13), "", ""], ["601", "赵", 2]
    assert booked(reading(NAMED, *rows)) == ["12-501", "13-601"]


@pytest.mark.parametrize(
    "line", ["{}号楼还没登记", "{}号楼楼长未登记", "{}号楼停止接龙", "楼号：{}、14", "{}号楼请接龙"]
)
def test_a_line_that_says_something_of_a_building_heads_nothing(line):
    rows = ["12号楼", "", ""], ["501", "张", 1], [line.format(13), "", ""], ["601", "赵", 2]
    assert booked(reading(NAMED, *rows)) == ["12-501", "building-missing"]


def test_households_counted_above_each_header_leave_a_heading():
    first = [["12号楼（共2户）", "", ""], NAMED, ["501", "张", 1]]
    rows = [*first, ["13号楼（共2户）", "", ""], NAMED, ["601", "赵", 2]]
    assert booked(reading(*rows)) == ["12-501", "13-601"]


@pytest.mark.parametrize("word", ["12 汇总", "12号楼 汇总", "12号楼汇总", "12 计数", "12 Total"])
def test_the_sums_by_building_of_a_table_program_are_sums(word):
    rows = [12, 501, 1], [12, 502, 2], [word, "", 3], [13, 601, 1]
    read = reading(["楼号", "房号", "苹果"], *rows)
    assert booked(read) == ["12-501", "12-502", "13-601"]
    assert "rows of sums were passed over: 4" in read.notices


@pytest.mark.parametrize(
    "title",
    [
        *[
            "12号楼 楼长：王阿姨",
            "12号楼楼长王阿姨 13800001111",
            "12号楼（楼长：王）",
            "12号楼统计（楼长：王）",
            "12号楼登记表（团长李）",
        ],
        *[
            "12号楼团购统计（楼长：王阿姨 13800001111）",
            "楼栋：12号",
            "楼号：12",
            "【12号楼】",
            "12号楼 4/20",
            "12号楼 4月20日",
        ],
        *["锦绣苑12号楼物资登记表 2022.4.20", "4月20日 12号楼团购", "12号楼4月12日鸡蛋牛奶团", "12号楼蔬菜包"],
    ],
)
def test_the_title_of_the_list_of_one_building_may_say_its_day_its_captain_and_its_goods(title):
    assert booked(reading([title, "", ""], NAMED, ["501", "张", 1])) == ["12-501"]


@pytest.mark.parametrize(
    "title",
    [
        *[
            "12号楼 王阿姨",
            "团长：王阿姨（12号楼）",
            "蔬菜团 团长：王阿姨 12号楼",
            "12号楼团长：王阿姨",
            "12号楼楼长开团",
            "送12号楼",
        ],
        *[
            "12号楼统计（楼长：13号楼王）",
            "12号楼 王阿姨发起",
            "12号楼代收",
            "12号楼停团",
            "锦绣苑二期12号楼登记表",
            "12号 鸡蛋团",
            "4月12号鸡蛋团",
        ],
        *["12号楼 13号楼", "12-15号楼", "12号楼501王阿姨统计", "翠苑12号楼 4/20"],
    ],
)
def test_a_title_that_may_be_of_more_than_that_building_names_none(title):
    assert booked(reading([title, "", ""], NAMED, ["501", "张", 1])) == ["building-missing"]


def test_two_titles_that_name_two_buildings_name_none():
    assert booked(reading(["12号楼 4/20"], ["楼栋：13号"], NAMED, ["501", "张", 1])) == ["building-missing"]
    assert booked(reading(["12号楼 4/20"], ["楼号：12"], NAMED, ["501", "张", 1])) == ["12-501"]
