"""Sums below the blocks of one table: together they are what the file says."""

import pytest
from order_files import GOODS, reading

HEADER = ["房号", "姓名", "苹果"]
FIRST, SECOND = [["501", "张", 1], ["502", "李", 2]], [["601", "赵", 1], ["602", "钱", 3]]


@pytest.mark.parametrize(
    ("sums", "stated"),
    [((3, 4, None), 7), ((3, 4, 7), 7), ((3, None, 7), 7), ((3, 5, None), 8), ((2, 4, None), 6)],
)
def test_the_sums_of_two_blocks_are_added_up(sums, stated):
    of_first, of_second, of_all = sums
    read = reading(
        HEADER,
        ["12号楼", "", ""],
        *FIRST,
        ["合计", "", of_first],
        ["13号楼", "", ""],
        *SECOND,
        *([["合计", "", of_second]] if of_second else []),
        *([["总计", "", of_all]] if of_all else []),
    )
    (total,) = read.totals
    assert (total.read, total.stated, total.differs) == (7, stated, stated != 7)


def test_a_sum_may_stand_above_its_block():
    read = reading(
        [*HEADER, "楼号"],
        ["合计", "", 3, ""],
        *([*row, 12] for row in FIRST),
        ["合计", "", 4, ""],
        *([*row, 13] for row in SECOND),
    )
    assert [(total.read, total.stated) for total in read.totals] == [(7, 7)]


def test_sums_of_all_goods_are_added_up_too():
    read = reading(GOODS, [12, 501, "苹果", 1], ["合计", "", "", 1], [13, 601, "梨", 2], ["合计", "", "", 2])
    assert [(total.item, total.read, total.stated) for total in read.totals if total.of_all] == [("合计", 3, 3)]
