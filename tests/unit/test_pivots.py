"""Pivot tables, whose first column is called 行标签."""

import pytest
from order_files import GOODS, roster, workbook

from infra.tables import open_tables
from services.imports.layouts import UnreadableTable
from services.imports.orders import read_orders


def reading(*sheets):
    return read_orders(open_tables(workbook(*sheets), "a.xlsx"), roster())


def ordered(read):
    return [(row.household or row.reason, row.item, row.quantity) for row in read.rows]


@pytest.mark.parametrize("label", ["行标签", "Row Labels"])
def test_whole_doors_below_the_row_labels_are_doors(label):
    rows = [["12-501", 1, 2], ["12号楼502", 2, ""], ["总计", 3, 2]]
    read = reading(("透视", [["", "列标签"], [label, "求和项:苹果", "求和项:梨"], *rows]))
    assert ordered(read) == [("12-501", "苹果", 1), ("12-501", "梨", 2), ("12-502", "苹果", 2)]
    assert [(total.item, total.stated, total.differs) for total in read.totals] == [
        ("苹果", 3, False),
        ("梨", 2, False),
    ]


@pytest.mark.parametrize("below", [[["苹果", 1], ["梨", 2]], [["12号楼", 3], ["501", 1], ["502", 2]]])
def test_other_row_labels_are_no_doors(below):
    with pytest.raises(UnreadableTable):
        reading(("透视", [["行标签", "求和项:数量"], *below]))


def test_a_pivot_table_beside_the_orders_is_not_read():
    orders = ("单", [GOODS, [12, 501, "苹果", 1], [12, 502, "苹果", 1]])
    old = ("透视", [["行标签", "求和项:数量"], ["12-501", 1], ["12-502", 2]])
    assert ordered(reading(orders, old)) == [("12-501", "苹果", 1), ("12-502", "苹果", 1)]
