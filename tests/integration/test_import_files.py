import zipfile
from io import BytesIO

import pytest
from import_visits import CLEAR, founded, imports, previewed, upload
from msoffcrypto.format.ooxml import OOXMLFile
from order_files import LONG_HEADER, csv_bytes, long_book, long_row, workbook

from services.app import create_app


@pytest.fixture
def app(house):
    return create_app(house)


@pytest.fixture
def staff(app):
    return founded(app)


def bomb():
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    return whole.getvalue()


NO_DOOR = workbook(("订单", (("下单人", "商品", "数量"), ("王某", "荔枝", 1))))
BAD_FILES = {
    "empty": (b"", "x.xlsx", 422, "There is nothing in this table."),
    "pdf": (b"%PDF-1.7 ...", "x.xlsx", 422, "This is a PDF, not a table."),
    "picture": (b"\x89PNG\r\n\x1a\n....", "x.xlsx", 422, "This is a picture, not a table."),
    "bomb": (bomb(), "x.xlsx", 413, "unpacks to far more than a table holds"),
    "half": (long_book(*CLEAR)[:3000], "x.xlsx", 422, "damaged or was cut off"),
    "no door": (NO_DOOR, "x.xlsx", 422, "No column with doors was found, only: 下单人, 商品, 数量."),
    "too many rows": (
        csv_bytes([("楼号", "房号", "商品", "数量"), *[("1", "101", "荔枝", 1)] * 12_300]),
        "x.csv",
        413,
        "more than 12,000 rows",
    ),
    "too long": (long_book(long_row(item="荔" * 300, spec="")), "x.xlsx", 422, "The name of a good is too long"),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_what_cannot_be_read_is_said_in_one_sentence_on_the_same_page(house, staff, kind):
    content, name, status, sentence = BAD_FILES[kind]
    answer = upload(staff, content, name, group_buy="apples")
    assert answer.status_code == status
    assert sentence in answer.text
    assert 'value="apples"' in answer.text
    assert imports(house) == []


def test_no_file_and_a_body_that_is_too_large(staff):
    answer = staff.post("/import", data={"group_buy": "apples"})
    assert answer.status_code == 422
    assert "No file was chosen." in answer.text
    assert upload(staff, b"x" * 26_000_000).status_code == 413


def test_a_protected_file_asks_for_its_password_and_keeps_it_nowhere(staff):
    protected = BytesIO()
    OOXMLFile(BytesIO(long_book(*CLEAR))).encrypt("geheim", protected)
    answer = upload(staff, protected.getvalue(), group_buy="apples")
    assert answer.status_code == 422
    assert "The file is protected." in answer.text
    assert 'name="password"' in answer.text
    wrong = upload(staff, protected.getvalue(), password="raten")
    assert wrong.status_code == 422
    assert "The password does not open this file." in wrong.text
    assert "raten" not in wrong.text
    _, text = previewed(staff, protected.getvalue(), password="geheim")
    assert "geheim" not in text
    assert 'name="password"' not in staff.get("/import").text


def test_a_csv_named_xlsx_is_read_with_a_notice(staff):
    content = csv_bytes([("楼号", "房号", "商品", "数量"), ("12", "501", "荔枝", "1")])
    _, text = previewed(staff, content, name="表.xlsx")
    assert "The name says .xlsx, but the content is of another kind" in text


def test_several_sheets_of_orders_are_chosen_between(house, staff):
    rows = (("一", (LONG_HEADER, CLEAR[0])), ("二", (LONG_HEADER, CLEAR[1])))
    answer = upload(staff, workbook(*rows))
    assert answer.status_code == 422
    assert '<select name="sheet"><option>一</option><option>二</option></select>' in answer.text
    _, text = previewed(staff, workbook(*rows), sheet="二")
    assert "12-502" in text
