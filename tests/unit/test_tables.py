import contextlib
import io
import random
import zipfile

import msoffcrypto
import pytest
from order_files import LONG_HEADER, csv_bytes, large_book, long_book, long_row, workbook

from infra.tables import UnreadableFile, open_tables

PLAIN = [
    ("楼号", "房号", "商品", "数量"),
    ("12", "501", "荔枝", "2"),
    ("", "", "", ""),
    ("12", "502", "荔枝\n两箱", "1"),
    ("13", "502", "蛋", "1"),
]


def refused(content, name="orders.xlsx", password=None):
    with pytest.raises(UnreadableFile) as caught:
        open_tables(content, name, password)
    assert caught.value.text
    return caught.value.reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_in_the_encodings_people_save(encoding, separator):
    (sheet,) = open_tables(csv_bytes(PLAIN, encoding, separator), "orders.csv")
    assert sheet.rows[1] == ["12", "501", "荔枝", "2"]
    assert [sheet.number(index) for index in range(5)] == [1, 2, 3, 4, 5], (
        "a cell of two lines is one row, as a table program shows it"
    )


def test_a_workbook_keeps_its_merged_areas_and_row_numbers():
    content = workbook(
        ("一", [["标题"], [], ["楼号", "房号"], [12, 501], [12, "=1+1"]]), ("二", [["x"]]), merged=[(3, 0, 4, 0, 12)]
    )
    first, second = open_tables(content, "a.xlsx")
    assert (first.name, first.rows[3], first.number(3), first.merged) == ("一", [12.0, 501.0], 4, ((3, 0, 4, 0),))
    assert second.rows == [["x"]]


def test_a_formula_without_a_stored_value_is_told():
    (sheet,) = open_tables(workbook(("一", [["数量"], []]), formulas=[(1, 0, "=1+1", ""), (1, 1, "=2", 2)]), "a.xlsx")
    assert sheet.without_value == {(1, 0)}
    assert sheet.rows[1][1] == 2


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (csv_bytes(PLAIN, "gb18030"), "orders.xlsx", "plain text"),
        (workbook(("一", PLAIN)), "orders.csv", "workbook"),
        (b"<html><table><tr><td>12</td><td>501</td></tr></table></html>", "orders.xls", "web page"),
    ],
)
def test_a_renamed_file_is_read_by_its_content_and_says_so(content, name, kind):
    (sheet,) = open_tables(content, name)
    assert str(sheet.rows[0][0]) in {"楼号", "12"}
    assert any(kind in notice for notice in sheet.notices)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\r\n \r\n", "empty"),
        (b"%PDF-1.7 ...", "pdf"),
        (b"\x89PNG\r\n\x1a\n....", "picture"),
        (b"\xff\xd8\xff\xe0....", "picture"),
        (b"Rar!\x1a\x07\x00", "archive"),
        (bytes(range(256)) * 8, "not-a-table"),
        (b"PK\x03\x04 cut", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 cut", "damaged"),
        ('12,501,"苹果,1\n13,501,蛋,2\n'.encode(), "damaged"),
        (b"x" * 20_000_001, "too-large"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(content, reason):
    assert refused(content) == reason


def test_a_packed_file_without_a_workbook_is_refused():
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert refused(whole.getvalue()) == "not-a-table"


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(200):
                part.write(b" " * 1_000_000)
    assert refused(whole.getvalue()) == "unpacks-too-large"


def test_one_cell_far_outside_does_not_build_the_square():
    assert refused(workbook(("一", [["楼号"]]), formulas=[(250_000, 16_383, "=1", 1)])) == "too-many-cells"


def test_limits_of_rows_and_columns():
    assert refused(csv_bytes([["楼号", "房号"], *([["1", "101"]] * 12_300)]), "a.csv") == "too-many-rows"
    assert refused(workbook(("一", [["楼号", "房号"], *([["1", "101"]] * 12_300)]))) == "too-many-rows"
    assert refused(workbook(("一", [["x"] * 201]))) == "too-many-columns"
    assert refused(csv_bytes([["x"] * 201]), "a.csv") == "too-many-columns"
    assert len(open_tables(large_book(), "a.xlsx")[0].rows) == 12_001


PASSWORD = "接龙1"


def protected():
    opened = io.BytesIO()
    msoffcrypto.OfficeFile(io.BytesIO(long_book(long_row()))).encrypt(PASSWORD, opened)
    return opened.getvalue()


def test_a_protected_workbook_asks_for_its_password():
    content = protected()
    assert refused(content) == "password-missing"
    assert refused(content, password="no") == "password-wrong"
    (sheet,) = open_tables(content, "a.xlsx", PASSWORD)
    assert sheet.rows[0] == list(LONG_HEADER)


def test_a_missing_file_is_told(tmp_path):
    assert refused(tmp_path / "no.xlsx") == "not-found"
    assert refused(tmp_path) == "not-found"


def broken(content, source):
    cut = content[: source.randrange(len(content))]
    flipped = bytearray(content)
    for _ in range(source.choice((1, 3, 30))):
        flipped[source.randrange(len(flipped))] ^= 1 << source.randrange(8)
    return cut, bytes(flipped)


@pytest.mark.parametrize("kind", ["xlsx", "csv", "gb18030", "utf-16", "protected", "html"])
def test_no_broken_file_raises_anything_else(kind):
    table = [LONG_HEADER, *(long_row(number=str(number)) for number in range(20))]
    content = {
        "xlsx": lambda: workbook(("一", table), merged=[(1, 0, 3, 0, "x")]),
        "csv": lambda: csv_bytes(table),
        "gb18030": lambda: csv_bytes(table, "gb18030"),
        "utf-16": lambda: csv_bytes(table, "utf-16"),
        "protected": protected,
        "html": lambda: b"<html><table>" + b"<tr><td>1</td></tr>" * 50 + b"</table></html>",
    }[kind]()
    source = random.Random(kind)
    for _ in range(150 if kind != "protected" else 25):
        for damaged in broken(content, source):
            with contextlib.suppress(UnreadableFile):
                open_tables(damaged, "orders.xlsx", PASSWORD if kind == "protected" else None)


def test_a_csv_that_was_cut_in_its_last_row_is_refused():
    whole = "序号,门牌号,商品,数量\n1,2-101,苹果,1\n2,2-102,苹果,2\n"
    assert len(open_tables(whole.encode(), "a.csv")[0].rows) == 3
    assert len(open_tables(whole.rstrip().encode(), "a.csv")[0].rows) == 3
    with pytest.raises(UnreadableFile, match="middle of line 3"):
        open_tables(whole[:-4].encode(), "a.csv")


@pytest.mark.parametrize("mark", ["'", "’"])
def test_an_apostrophe_that_was_typed_to_ask_for_text_means_nothing(mark):
    rows = [["楼号", "商品"], [f"{mark}12", "'苹果'"], [f"{mark}05-2", f"{mark}5斤'装'"]]
    for content, name in ((workbook(("一", rows)), "a.xlsx"), (csv_bytes(rows), "a.csv")):
        (sheet,) = open_tables(content, name)
        assert sheet.rows == [["楼号", "商品"], ["12", "'苹果'"], ["05-2", f"{mark}5斤'装'"]]
