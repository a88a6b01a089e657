"""What stands around the own compound's name, and columns that name compounds under other headers."""

import pytest
from order_files import GOODS, reading, reasons

OTHER = "other-compound"


def of(header, *places):
    return reasons(reading([header, *GOODS], *([place, 12, 501 + at, "苹果", 1] for at, place in enumerate(places))))


@pytest.mark.parametrize("header", ["小区", "自提点"])
@pytest.mark.parametrize(
    "behind", ["北", "(北)", "西", "A", "II", "2", "三", "一村", "3街坊", "2号院", "·翠庭", "隔壁", "对面翠苑"]
)
def test_a_part_or_neighbour_of_the_own_compound_is_asked_about(header, behind):
    assert of(header, "锦绣苑", f"锦绣苑{behind}") == ["ok", OTHER]


@pytest.mark.parametrize("place", ["非锦绣苑", "锦绣苑公寓", "锦绣苑四季", "锦绣苑别苑"])
def test_what_is_more_than_the_name_of_other_rows_is_asked_about(place):
    assert of("小区", "锦绣苑", place) == ["ok", OTHER]


@pytest.mark.parametrize(
    "place",
    ["锦绣苑东门", "锦绣苑（东门）", "锦绣苑12号楼", "锦绣苑小区", "锦绣苑团", "锦绣苑别墅", "锦绣苑(某路168弄)"],
)
def test_gates_and_buildings_are_no_other_compound(place):
    assert of("小区", "锦绣苑", place) == ["ok", "ok"]


def test_what_every_row_says_of_the_own_compound_is_no_doubt():
    assert of("小区", "锦绣苑公寓", "锦绣苑公寓") == ["ok", "ok"]


@pytest.mark.parametrize("header", ["小区名字", "收货点", "村", "苑", "街道"])
@pytest.mark.parametrize("place", ["翠苑", "锦绣苑二期"])
def test_other_headers_of_compounds_are_heard(header, place):
    assert of(header, "锦绣苑", place) == ["ok", OTHER]
    assert of(header, "锦绣苑", "锦绣苑") == ["ok", "ok"]


@pytest.mark.parametrize(("header", "places"), [("街道", ("某街道", "别街道")), ("收货点", ("东门", "锦绣苑西门"))])
def test_other_places_below_such_a_header_are_no_doubt(header, places):
    assert of(header, *places) == ["ok", "ok"]


def test_compounds_below_a_header_of_goods_are_no_goods():
    places = ["锦绣苑", "锦绣苑", "翠苑"]
    rows = [[place, 12, 501 + at, "苹果", 1] for at, place in enumerate(places)]
    read = reading(["项目", *GOODS], *rows)
    assert reasons(read) == ["ok", "ok", "other-pickup"]
    assert {row.item for row in read.rows} == {"苹果"}


@pytest.mark.parametrize("address", ["江苏省某市某路168弄", "公司前台", "送到公司"])
def test_an_address_in_another_town_or_at_work_is_asked_about(address):
    rows = [["某路168弄12号502", 12, 502, "苹果", 1], [address, 12, 501, "苹果", 1]]
    assert reasons(reading(["详细地址", *GOODS], *rows)) == ["ok", OTHER]


@pytest.mark.parametrize("place", ["锦绣", "168弄", "本小区", "小区"])
def test_a_short_name_of_the_own_compound_is_no_other(place):
    assert of("小区", "锦绣苑", place) == ["ok", "ok"]
    assert of("小区", "锦绣苑", "翠苑", "168号弄") == ["ok", "other-pickup", "other-pickup"]


def of_an_address(address):
    return reasons(reading(["详细地址", "商品", "数量"], [address, "苹果", 1]))


ADDRESSES = ["上海 某区 {}", "上海-上海市-某区 {}", "上海,某区,{}", "上海、上海市、某区、{}"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_own_town_without_its_last_word_is_the_own_town(address):
    assert of_an_address(address.format("某路168弄 13号 601室")) == ["ok"]
    assert of_an_address(address.format("别路168弄 13号 601室")) == ["other-place"]
    assert of_an_address(address.replace("上海", "江苏").format("某路168弄 13号 601室")) != ["ok"]
