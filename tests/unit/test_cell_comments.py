"""What somebody wrote to a cell of a workbook is heard like a note of its row."""

import io
from collections.abc import Mapping, Sequence

import pytest
import xlsxwriter
from order_files import DOOR, GOODS, reasons, roster

from infra.cell_comments import comments_of
from infra.tables import open_tables
from services.imports.orders import OrderReading, read_orders

THREAD = (
    "[Threaded comment]\n\nYour version of Excel allows you to read this threaded comment; however, any edits to it will get removed. "
    "Learn more: https://go.microsoft.com/fwlink/?linkid=870924\n\nComment:\n    放门口"
)


def commented(rows: Sequence[Sequence[object]], comments: Mapping[str, str], merged: str = "") -> OrderReading:
    whole = io.BytesIO()
    with xlsxwriter.Workbook(whole, {"in_memory": True}) as book:
        sheet = book.add_worksheet("单")
        if merged:
            sheet.merge_range(merged, rows[1][0])
        for index, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell is not None:
                    sheet.write(index, column, cell)
        for place, text in comments.items():
            sheet.write_comment(place, text, {"author": "王"})
    return read_orders(open_tables(whole.getvalue(), "a.xlsx"), roster())


ROWS = [GOODS, [12, 501, "苹果", 2], [12, 502, "苹果", 2], [12, 503, "苹果", 2]]


@pytest.mark.parametrize("text", ["已取消，不要了", "王:\n取消 &<1>", "改成1份", "要3份", "缺"])
def test_a_comment_that_takes_back_or_changes_an_order_is_heard(text: str):
    assert reasons(commented(ROWS, {"D3": text})) == ["ok", "note-changes", "ok"]


@pytest.mark.parametrize("text", ["放门口", "要2份", "退款取消专员:\n谢谢", THREAD])
def test_a_comment_that_changes_nothing_raises_no_doubt(text: str):
    assert reasons(commented(ROWS, {"C3": text})) == ["ok"] * 3


def test_a_comment_that_names_another_door_is_heard():
    assert reasons(commented(ROWS, {"B2": "送到13号502"})) == ["note-other-door", "ok", "ok"]


def test_a_comment_on_merged_cells_is_said_of_all_their_rows():
    rows = [GOODS, [12, 501, "苹果", 2], [None, 502, "苹果", 2], [12, 503, "苹果", 2]]
    assert reasons(commented(rows, {"A2": "不要了"}, merged="A2:A3")) == ["note-changes", "note-changes", "ok"]


def test_a_heading_with_a_comment_stays_one():
    rows = [["房号", *GOODS[2:]], ["12号楼"], [501, "苹果", 2], ["13号楼"], [502, "苹果", 2]]
    read = commented(rows, {"A4": "已取消过一次", "A1": "取消"})
    assert [row.household for row in read.rows] == ["12-501", "13-502"]


def test_a_header_that_is_repeated_with_a_comment_is_still_a_header():
    assert reasons(commented([*ROWS, GOODS, ROWS[1]], {"A5": "每页重复", "D6": "不要了"})) == [
        *["ok"] * 3,
        "note-changes",
    ]


def test_a_comment_in_a_sheet_of_a_building_stays_with_its_row():
    whole = io.BytesIO()
    with xlsxwriter.Workbook(whole, {"in_memory": True}) as book:
        for name in ("12号楼", "13号楼"):
            sheet = book.add_worksheet(name)
            for index, row in enumerate([[DOOR[1], "苹果"], [501, 1], [502, 2]]):
                sheet.write_row(index, 0, row)
        sheet.write_comment("B3", "不要了")
    assert reasons(read_orders(open_tables(whole.getvalue(), "a.xlsx"), roster())) == ["ok", "ok", "ok", "note-changes"]


@pytest.mark.parametrize(
    "part", [b"", b"<comment ref=", b'<comment ref="A1"><t>', b'<comment ref="11"><t>x</t>', b"<comment " * 50_000]
)
def test_a_damaged_part_of_comments_says_nothing(part: bytes):
    assert comments_of("xl/worksheets/sheet1.xml", ["../comments1.xml"], {"xl/comments1.xml": part}) == ()


@pytest.mark.parametrize("target", ["../comments1.xml", "/xl/comments1.xml", "../../xl/comments1.xml"])
def test_the_part_of_comments_is_found_as_it_is_written(target: str):
    part = b'<x:comment ref="B3"><x:text><x:r><x:t>a</x:t></x:r><x:r><x:t xml:space="preserve"> b</x:t></x:r></x:text>'
    assert comments_of("xl/worksheets/sheet1.xml", [target], {"xl/comments1.xml": part}) == ((2, 1, "a b"),)
    assert comments_of("xl/worksheets/sheet1.xml", ["../../../etc/x"], {"xl/comments1.xml": part}) == ()
