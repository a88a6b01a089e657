"""Cells in which a part of the text is struck through, as people correct in table programs."""

import io

import pytest
import xlsxwriter
from order_files import GOODS, reasons, roster

from infra.struck_text import left_of_cells
from infra.tables import open_tables
from infra.unpacking import Unseen
from services.imports.orders import read_orders


def reading(header, *rows):
    """Cells that are pairs hold a struck part and what stands behind it."""
    whole = io.BytesIO()
    with xlsxwriter.Workbook(whole, {"in_memory": True}) as book:
        sheet, struck = book.add_worksheet("单"), book.add_format({"font_strikeout": True})
        plain = book.add_format({"font_color": "red"})
        for at, row in enumerate((header, *rows)):
            for column, cell in enumerate(row):
                if isinstance(cell, tuple):
                    sheet.write_rich_string(at, column, struck, cell[0], plain, cell[1])
                else:
                    sheet.write(at, column, cell)
    return read_orders(open_tables(whole.getvalue(), "a.xlsx"), roster())


@pytest.mark.parametrize(
    ("row", "meant"),
    [
        ([12, 501, "苹果", ("2", "3")], ("12", "501", "苹果", 3)),
        ([12, 501, ("苹果", "梨"), 1], ("12", "501", "梨", 1)),
        ([("1", "3"), 501, "苹果", 1], ("3", "501", "苹果", 1)),
    ],
)
def test_the_struck_part_of_a_cell_is_not_read_and_the_row_is_asked_about(row, meant):
    read = reading(GOODS, row, [12, 502, "苹果", 2])
    assert reasons(read) == ["partly-struck", "ok"]
    first = read.rows[0]
    assert (first.building, first.room, first.item, first.quantity) == meant


def test_a_good_whose_header_is_struck_in_part_is_asked_about():
    read = reading(["楼号", "房号", ("苹果", "梨"), "桃"], [12, 501, 1, 2])
    assert [(row.item, row.reason or "ok") for row in read.rows] == [("梨", "partly-struck"), ("桃", "ok")]


def test_a_good_whose_header_is_struck_as_a_whole_is_asked_about():
    read = reading(["楼号", "房号", ("苹果", " "), "桃"], [12, 501, 1, 2])
    assert [(row.item, row.reason or "ok") for row in read.rows] == [("苹果", "struck-through"), ("桃", "ok")]


@pytest.mark.parametrize("heading", [("13号楼", " "), ("12", "13号楼")])
def test_a_heading_that_is_struck_heads_no_rows(heading):
    read = reading(["房号", "苹果"], ["12号楼"], [501, 1], [heading], [601, 2])
    assert reasons(read) == ["ok", "building-missing"]
    read = reading(["房号", "苹果"], ["12号楼"], [501, 1], [heading, 0], [601, 2])
    assert reasons(read) == ["ok", "building-missing"]


def test_a_cell_whose_every_part_is_struck_is_struck():
    assert reasons(reading(GOODS, [12, 501, "苹果", ("2", " ")], [12, 502, "苹果", 2])) == ["struck-through", "ok"]


def test_a_note_that_is_struck_in_part_says_only_what_is_left():
    read = reading([*GOODS, "备注"], [12, 501, "苹果", 1, ("取消", "谢谢")])
    assert reasons(read) == ["ok"]


def test_texts_within_the_cells_are_read_too():
    cell = '<c r="{}" t="inlineStr"><is><r><rPr><strike{}/></rPr><t>2</t></r><r><t>3&amp;</t></r></is></c>'
    no = ' val="0"'
    part = f'<row r="1">{cell.format("B1", "")}{cell.format("C1", no)}</row>'
    assert left_of_cells(part.encode(), {}) == {(0, 1): "3&"}
    assert Unseen().left == {}
