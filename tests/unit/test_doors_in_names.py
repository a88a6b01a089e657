"""Rooms of others in names and goods, and a sheet's name against its column of buildings."""

import pytest
from order_files import GOODS, reading, reasons, roster, workbook

from infra.tables import open_tables
from services.imports.orders import read_orders


def of_a_name(header, name):
    return reasons(reading([header, *GOODS], [name, 12, 501, "苹果", 1]))


@pytest.mark.parametrize("header", ["姓名", "昵称", "收货人"])
@pytest.mark.parametrize(
    "name", ["代对门502", "李503室", "隔壁502王", "楼上602", "12503李", "代502", "帮502", "502代", "12502王", "13601李"]
)
def test_a_name_with_the_room_of_others_is_asked_about(header, name):
    assert of_a_name(header, name) == ["receiver-other-door"]


@pytest.mark.parametrize(
    "name", ["12501李", "501李", "李501室", "王888", "隔壁老王", "楼上的猫", "小李123456", "帮主520", "12345"]
)
def test_other_numbers_in_a_nickname_are_no_doubt(name):
    assert of_a_name("昵称", name) == ["ok"]


def test_a_receiver_that_begins_with_another_room_is_asked_about():
    assert of_a_name("收货人", "503王阿姨") == ["receiver-other-door"]


@pytest.mark.parametrize(
    "good", ["苹果（12-503）", "苹果 送13-601", "苹果(给楼上)", "送到13-601", "苹果 给502", "苹果（隔壁）"]
)
def test_a_good_that_is_sent_elsewhere_is_asked_about(good):
    assert reasons(reading(GOODS, [12, 501, good, 1])) == ["note-other-door"]


@pytest.mark.parametrize(
    "good", ["苹果（12-501）", "5号电池", "鲜奶950ml", "啤酒12/500ml", "隔壁刘奶奶瓜子", "帮宝适", "502胶水"]
)
def test_numbers_in_the_name_of_a_good_are_no_doubt(good):
    assert reasons(reading(GOODS, [12, 501, good, 1])) == ["ok"]


def outcomes(*sheets):
    read = read_orders(open_tables(workbook(*sheets), "a.xlsx"), roster())
    return [row.household or row.reason for row in read.rows]


def test_a_copied_sheet_whose_column_names_another_building_is_asked_about():
    header = ["楼号", "房号", "苹果"]
    sheets = ("12号楼", [header, [12, 501, 1]]), ("13号楼", [header, [12, 601, 2], [13, 602, 2], ["", 603, 1]])
    assert outcomes(*sheets) == ["12-501", "columns-differ", "13-602", "building-missing"]
    whole = ["门牌号", "苹果"]
    assert outcomes(("12号楼", [whole, ["12-501", 1]]), ("13号楼", [whole, ["12-601", 2]])) == [
        "12-501",
        "columns-differ",
    ]


def test_sheets_under_a_title_of_another_building_are_not_read_by_their_names():
    header = ["房号", "苹果"]
    sheets = ("12号楼", [["13号楼苹果团", ""], header, [501, 1]]), ("13号楼", [header, [601, 2]])
    with pytest.raises(Exception, match="several-order-sheets"):
        outcomes(*sheets)


@pytest.mark.parametrize("header", ["姓名", "昵称", "微信名", "收货人"])
@pytest.mark.parametrize(
    "name", ["501转502", "502转", "送503", "503收", "502+501", "501/502", "李-503", "李(503)", "503"]
)
def test_another_room_beside_a_name_or_without_one_is_asked_about(header, name):
    assert of_a_name(header, name) == ["receiver-other-door"]
    assert of_a_name(header, "李503") == ["receiver-other-door"]


@pytest.mark.parametrize("header", ["昵称", "收货人"])
@pytest.mark.parametrize("name", ["对门代收", "代楼上", "代13号楼王", "替六楼李阿姨", "楼上王阿姨代", "帮对门拿"])
def test_a_name_that_says_somebody_else_takes_it_is_asked_about(header, name):
    assert of_a_name(header, name) == ["receiver-other-door"]


@pytest.mark.parametrize("name", ["李501", "李(501)", "12号501王", "李999", "小铃转", "收心", "代代", "代12号楼王"])
def test_the_own_room_in_a_name_and_rooms_that_are_none_are_no_doubt(name):
    assert of_a_name("昵称", name) == ["ok"]


def test_names_that_are_numbered_name_no_rooms():
    rows = [[f"用户{101 + at}", 12, 501 + 100 * at, "苹果", 1] for at in range(6)]
    assert reasons(reading(["昵称", *GOODS], *rows)) == ["ok"] * 6
    own = [[f"王{501 + 100 * at}", 12, 501 + 100 * at, "苹果", 1] for at in range(6)]
    assert reasons(reading(["昵称", *GOODS], *own, ["李503", 12, 504, "苹果", 1]))[-1] == "receiver-other-door"
