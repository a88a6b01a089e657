"""Columns and addresses that name another compound, another part of the own one, another street or town."""

import pytest
from order_files import GOODS, reading, reasons, roster

from domain.community.doors import read_door

OTHER = "other-compound"


def of(header, *places):
    return reasons(reading([header, *GOODS], *([place, 12, 501 + at, "苹果", 1] for at, place in enumerate(places))))


@pytest.mark.parametrize("header", ["小区", "小区名称", "服务小区", "自提点"])
@pytest.mark.parametrize("place", ["锦绣苑二期", "锦绣苑东区", "新锦绣苑", "锦绣苑（翠苑代收）"])
def test_another_part_of_the_compound_is_asked_about(header, place):
    assert of(header, "锦绣苑", place) == ["ok", OTHER]


@pytest.mark.parametrize("header", ["收货小区", "所属小区", "社区", "园区", "片区", "区域", "Compound", "Estate"])
def test_another_compound_beside_the_own_is_asked_about(header):
    assert of(header, "锦绣苑", "翠苑") == ["ok", OTHER]
    assert of(header, "翠苑", "丽水园") == [OTHER, OTHER]


@pytest.mark.parametrize("header", ["社区", "片区", "区域"])
@pytest.mark.parametrize("places", [["锦绣", "锦绣"], ["曹杨", "曹杨"], ["1", "2"], ["A区", "B区"], ["", "某某"]])
def test_the_area_of_all_orders_is_no_other_compound(header, places):
    assert of(header, *places) == ["ok", "ok"]


@pytest.mark.parametrize("place", ["锦绣苑", "锦绣苑小区", "某路168弄锦绣苑", "锦绣苑南门", "锦绣苑别墅区"])
def test_the_own_compound_is_none_of_them(place):
    assert of("小区", place, "锦绣苑") == ["ok", "ok"]


def test_another_street_is_asked_about():
    rows = [["某路", 168, 12, 501, "苹果", 1], ["别路", 168, 12, 502, "苹果", 1]]
    assert reasons(reading(["路名", "弄号", "号", "室", "商品", "数量"], *rows)) == ["ok", OTHER]


@pytest.mark.parametrize(
    ("towns", "reason"),
    [
        (["上海市", "上海市", "某区"], "ok"),
        (["上海", "市辖区", "某区"], "ok"),
        (["上海市", "上海市", "姑苏区"], OTHER),
        (["江苏省", "苏州市", "姑苏区"], OTHER),
    ],
)
def test_another_town_beside_the_own_address_is_asked_about(towns, reason):
    read = reading(["省", "市", "区", "详细地址", "商品", "数量"], [*towns, "某路168弄12号502室", "苹果", 1])
    assert reasons(read) == [reason]


@pytest.mark.parametrize("place", ["江苏省苏州市", "上海市其它区", "苏州市", "浙江省"])
def test_another_town_before_the_own_street_is_another_place(place):
    assert read_door(f"{place}某路168弄12号902室", roster()).reason == "other-place"


@pytest.mark.parametrize(
    "place", ["上海市某区", "上海某区", "中国上海市市辖区某区", "上海市某区高新区", "上海市某区某某镇", ""]
)
def test_the_own_town_is_no_other_place(place):
    assert read_door(f"{place}某路168弄12号902室", roster()).household == "12-902"


def test_a_town_of_a_kind_that_no_setting_names_is_none():
    known = roster(towns=("上海市",))
    assert read_door("上海市某区某路168弄12号902室", known).household == "12-902"
