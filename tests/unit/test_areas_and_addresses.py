"""Columns of areas, which are parts of a delivery mostly, and addresses beside the columns of a door."""

import pytest
from order_files import GOODS, reading, reasons

OTHER = "other-compound"


def of(header, *places):
    return reasons(reading([header, *GOODS], *([place, 12, 501 + at, "苹果", 1] for at, place in enumerate(places))))


@pytest.mark.parametrize("header", ["片区", "区域", "社区", "园区", "区"])
@pytest.mark.parametrize(
    "places",
    [
        ["1片区", "2片区"], ["第一片区", "第二片区"], ["东区", "西区"], ["南片", "北片"], ["网格1", "网格2"], ["高层", "别墅"],
        ["封控区", "防范区"], ["南园", "北园"], ["A区", "A区"],
    ],
)  # fmt: skip
def test_zones_are_no_other_compounds(header, places):
    assert of(header, *places) == ["ok", "ok"]


@pytest.mark.parametrize("header", ["片区", "区域", "社区"])
@pytest.mark.parametrize("places", [["王楼长", "赵楼长"], ["12-15号楼", "1-11号楼"], ["某第一居委", "某第二居委"]])
def test_nor_is_who_looks_after_them(header, places):
    assert of(header, *places) == ["ok", "ok"]


@pytest.mark.parametrize("places", [["王楼长", "赵楼长"], ["12-15号楼", "1-11号楼"]])
def test_nor_is_it_in_a_column_that_may_hold_districts(places):
    assert of("区", *places) == ["ok", "ok"]


def test_a_compound_among_zones_is_another():
    assert of("片区", "1片区", "翠苑") == ["ok", OTHER]


@pytest.mark.parametrize("header", ["详细地址", "收货地址", "地址", "住址"])
@pytest.mark.parametrize(
    "address",
    [
        "翠苑12号501",
        "翠苑小区12号501室",
        "锦绣苑A区12号501",
        "锦绣苑北12号501",
        "翠苑",
        "锦绣苑二期",
        "上海市某区翠苑12号501",
    ],
)
def test_another_compound_in_an_address_beside_the_door_is_asked_about(header, address):
    rows = [["某路168弄12号502", 12, 502, "苹果", 1], [address, 12, 501, "苹果", 1]]
    assert reasons(reading([header, *GOODS], *rows)) == ["ok", OTHER]


@pytest.mark.parametrize(
    "address",
    [
        "锦绣苑12号501", "锦绣苑小区12号501室", "上海市某区某路168弄12号501", "本小区12号501", "小区12号", "锦绣苑", "12号501", "放大堂",
        "上海市某区锦绣苑12号501室", "家里", "某路168弄,锦绣苑,12号501", "锦绣苑、放门口", "某路168弄锦绣苑12号楼501",
    ],
)  # fmt: skip
def test_the_own_address_beside_the_door_is_not(address):
    assert reasons(reading(["详细地址", *GOODS], [address, 12, 501, "苹果", 1])) == ["ok"]
