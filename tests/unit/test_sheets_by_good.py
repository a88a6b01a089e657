"""Workbooks with one sheet for each good."""

import pytest
from order_files import roster, workbook

from infra.tables import open_tables
from services.imports.layouts import UnreadableTable
from services.imports.orders import read_orders

HEADER = ["楼号", "房号", "数量"]


def reading(*sheets, **more):
    return read_orders(open_tables(workbook(*sheets, **more), "a.xlsx"), roster())


def ordered(read):
    return [(row.row, row.household or row.reason, row.item, row.quantity) for row in read.rows]


def test_the_name_of_a_sheet_is_the_good_of_its_rows():
    read = reading(
        ("苹果", [["锦绣苑"], HEADER, [12, 501, 1], [12, 502, 2], [13, 601, ""], ["合计", "", 3]]),
        ("梨", [["锦绣苑"], HEADER, [12, 501, 3], [13, 601, 1], ["合计", "", 4]]),
        ("汇总", [["商品", "数量"], ["苹果", 3], ["梨", 5]]),
    )
    assert ordered(read) == [
        (3, "12-501", "苹果", 1),
        (4, "12-502", "苹果", 2),
        (9, "12-501", "梨", 3),
        (10, "13-601", "梨", 1),
    ]
    assert {total.item: (total.read, total.stated) for total in read.totals if not total.of_all} == {
        "苹果": (3, 3),
        "梨": (4, 5),
    }
    told = "the sheets were read as one, each as the good it is called by, and their rows counted on: 苹果 from 1, 梨 from 7"
    assert told in read.notices


def test_a_heading_of_one_sheet_heads_no_row_of_the_next():
    header = ["房号", "姓名", "数量"]
    of_both = [header, ["12号楼", "", ""], [501, "张", 1], ["13号楼", "", ""], [601, "李", 1]]
    read = reading(("苹果", of_both), ("梨", [header, [601, "张", 2], ["13号楼", "", ""], [602, "李", 1]]))
    assert [household for _, household, _, _ in ordered(read)] == ["12-501", "13-601", "building-missing", "13-602"]


@pytest.mark.parametrize(
    "sheets",
    [
        [("苹果", [HEADER, [12, 501, 1]]), ("说明", [["群公告"]])],
        [("苹果", [HEADER, [12, 501, 1]]), ("Sheet2", [HEADER, [12, 501, 1]])],
        [("苹果", [HEADER, [12, 501, 1]]), ("梨", [["房号", "楼号", "数量"], [501, 12, 1]])],
        [("苹果", [[*HEADER, "规格"], [12, 501, 1, "大"]]), ("梨", [[*HEADER, "规格"], [12, 501, 1, "小"]])],
    ],
)
def test_other_sheets_are_not_read_as_goods(sheets):
    with pytest.raises(UnreadableTable) as refused:
        reading(*sheets)
    assert refused.value.reason in {"no-goods-column", "no-quantity-column"}
