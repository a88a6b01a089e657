import re
import time
import zipfile
from io import BytesIO

import pytest
from msoffcrypto.format.ooxml import OOXMLFile
from order_files import LONG_HEADER, csv_bytes, large_book, long_book, long_row, workbook
from visitor import Visitor

from projections import orders, roster
from services.app import create_app
from services.imports.shelf import Shelf

PATTERN = "1-28、31-40号: 1-18层 x 01-04; 29、30号 别墅"
CLEAR = (
    long_row(building="12", room="501", number="1"),
    long_row(building="12", room="502", number="2", quantity=3),
    long_row(building="29", room="", number="3", person="李某"),
    long_row(building="5", room="101", number="4", state="已取消"),
)
UNCLEAR = (
    long_row(building="12", room="5011", number="5"),
    long_row(building="", room="", number="6", quantity=2),
    long_row(building="7", room="301", number="7", quantity="很多"),
)


@pytest.fixture
def app(house):
    return create_app(house)


@pytest.fixture
def staff(app):
    visitor = Visitor(app).signed_in("admin", compound=None)
    sent = visitor.post(
        "/import/households?new=1",
        data={"compound": "shengdu", "pattern": PATTERN, "name": "圣都汇", "street": "某路168弄", "blocks": "same"},
    )
    assert sent.status_code == 303, sent.text
    assert visitor.post(sent.headers["location"]).status_code == 303
    return Visitor(app).signed_in("staff")


def upload(visitor, content, name="苹果 0409.xlsx", path="/import", **fields):
    return visitor.post(path, data=fields, files={"file": (name, content, "application/octet-stream")})


def previewed(visitor, content, **said):
    """Where the preview stands, and its page."""
    sent = upload(visitor, content, **said)
    assert sent.status_code == 303, sent.text
    shown = visitor.get(sent.headers["location"])
    assert shown.status_code == 200
    return sent.headers["location"], shown.text


def fields_in(text):
    """What a browser would send of the form of corrections if nobody touched it."""
    form = text[text.index('id="settle"') :]
    form = form[: form.index("</form>")]
    fields = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        ticked = re.search(r'type="(?:radio|checkbox)"', tag) is None or " checked" in tag
        if name and ticked:
            fields[name[1]] = value[1] if value else ""
    return fields


def cards_in(text):
    """Key of each unclear row by the row's number."""
    parts = text.split('<li class="unclear-row"')[1:]
    return {int(re.search(r"Row (\d+)", part)[1]): re.search(r'name="choice\.(\w+)"', part)[1] for part in parts}


def book(visitor, path, **said):
    text = visitor.get(path).text
    return visitor.post(path, data={**fields_in(text), "act": "book", **said})


def standing(house, group_buy):
    with house.read.reading() as rows:
        return {each.household: each.lines for each in orders.orders_of(rows, "shengdu", group_buy)}


def imports(house):
    with house.read.reading() as rows:
        return orders.imports(rows, "shengdu")


def test_a_clear_table_is_shown_booked_and_undone(house, staff):
    path, text = previewed(staff, long_book(*CLEAR), group_buy="apples")
    assert "Preview: nothing is booked yet" in text
    assert "a new group buy" in text
    assert standing(house, "apples") == {}
    booked = book(staff, path)
    assert booked.status_code == 303
    result = staff.get(path).text
    assert "3<" in re.sub(r"\s", "", result)
    assert set(standing(house, "apples")) == {"12-501", "12-502", "29"}
    (imported,) = imports(house)
    undone = staff.post("/import/undo", data={"group_buy": "apples", "command": imported.command})
    assert undone.status_code == 303
    assert standing(house, "apples") == {}
    assert "is as it was before" in staff.get(undone.headers["location"]).text


def test_the_same_table_again_is_nothing_and_a_newer_one_is_a_difference(house, staff):
    path, _ = previewed(staff, long_book(*CLEAR), group_buy="apples")
    book(staff, path)
    _, again = previewed(staff, long_book(*CLEAR), group_buy="apples")
    assert "Nothing new" in again
    assert "data-book" not in again
    rows = (*CLEAR[:1], long_row(building="12", room="502", number="2", quantity=9), CLEAR[2])
    path, newer = previewed(staff, long_book(*rows, long_row(building="3", room="203", number="9")), group_buy="apples")
    assert "brings this group buy up to date" in newer
    book(staff, path)
    assert standing(house, "apples")["12-502"][0].quantity == 9
    assert set(standing(house, "apples")) == {"12-501", "12-502", "29", "3-203"}


def test_an_earlier_import_cannot_be_undone_before_the_later(house, staff):
    for extra in ((), (long_row(building="3", room="203", number="9"),)):
        path, _ = previewed(staff, long_book(*CLEAR, *extra), group_buy="apples")
        assert book(staff, path).status_code == 303
    first = imports(house)[-1]
    refused = staff.post("/import/undo", data={"group_buy": "apples", "command": first.command})
    assert refused.status_code == 409
    assert "Only the latest import of a group buy can be undone." in refused.text
    assert staff.get("/import").text.count('action="/import/undo"') == 1


def test_unclear_rows_are_settled_on_the_page(house, staff):
    path, text = previewed(staff, long_book(*CLEAR, *UNCLEAR), group_buy="apples")
    keys = cards_in(text)
    assert set(keys) == {6, 7, 8}
    refused = book(staff, path)
    assert refused.status_code == 409
    assert "Some rows are unclear, nothing was booked." in refused.text
    assert standing(house, "apples") == {}
    said = {f"choice.{keys[6]}": "12-501", f"building.{keys[7]}": "２号", f"room.{keys[7]}": "305"}
    assert staff.post(path, data={**fields_in(text), **said, "act": "read"}).status_code == 303
    text = staff.get(path).text
    assert set(cards_in(text)) == {7, 8}
    assert "This door is not on the roster." in text
    quantity = re.search(rf'name="(quantity\.{keys[8]})"', text)[1]
    said = {f"building.{keys[7]}": "2", f"room.{keys[7]}": "304", quantity: "两份"}
    staff.post(path, data={**fields_in(text), **said, "act": "read"})
    assert cards_in(staff.get(path).text) == {}
    assert book(staff, path).status_code == 303
    lines = standing(house, "apples")
    assert lines["12-501"][0].quantity == 2
    assert lines["2-304"][0].quantity == 2
    assert lines["7-301"][0].quantity == 2


def test_corrections_hold_for_a_newer_table_and_can_be_taken_back(staff):
    path, text = previewed(staff, long_book(*CLEAR, *UNCLEAR), group_buy="apples")
    key = cards_in(text)[6]
    staff.post(path, data={**fields_in(text), f"choice.{key}": "out", "act": "read"})
    text = staff.get(path).text
    assert set(cards_in(text)) == {7, 8}
    digest = re.search(r'name="back" value="(\w+)"', text)[1]
    staff.post(path, data={**fields_in(text), "back": digest, "act": "read"})
    assert set(cards_in(staff.get(path).text)) == {6, 7, 8}
    staff.post(path, data={**fields_in(text), f"choice.{key}": "out", "act": "read"})
    assert book(staff, path, leave_unclear="yes").status_code == 303
    _, newer = previewed(staff, long_book(*CLEAR, *UNCLEAR), group_buy="apples")
    assert set(cards_in(newer)) == {7, 8}
    assert "1 row was settled at an earlier import" in newer


def test_what_can_never_be_a_door_or_a_count_is_said_on_its_card(staff):
    path, text = previewed(staff, long_book(*CLEAR, *UNCLEAR))
    keys = cards_in(text)
    said = {f"building.{keys[6]}": "12 / 13", f"quantity.{keys[8]}": "minus", f"choice.{keys[7]}": "out"}
    answer = staff.post(path, data={**fields_in(text), **said, "act": "read"})
    assert answer.status_code == 422
    assert "at most 16, without blanks and dashes" in answer.text
    assert "The quantity takes a whole number from 1 to 9999." in answer.text
    assert 'value="minus"' in answer.text
    assert set(cards_in(answer.text)) == {6, 8}


def test_corrections_typed_while_booking_are_read_first(house, staff):
    path, text = previewed(staff, long_book(*CLEAR, *UNCLEAR), group_buy="apples")
    key = cards_in(text)[6]
    answer = book(staff, path, **{f"choice.{key}": "12-501", "leave_unclear": "yes"})
    assert answer.status_code == 409
    assert "Something changed since you looked" in answer.text
    assert standing(house, "apples") == {}
    assert book(staff, path, leave_unclear="yes").status_code == 303
    assert standing(house, "apples")["12-501"][0].quantity == 2


def test_the_corrections_file_goes_out_and_comes_back(house, staff):
    path, _ = previewed(staff, long_book(*CLEAR, *UNCLEAR), group_buy="apples")
    rows = staff.get(f"{path}/corrections.csv").content.decode("utf-8-sig").splitlines()
    assert len(rows) == 4
    filled = [rows[0], f"{rows[1][:-3]}12,503,,", rows[2][:-1] + "x", f"{rows[3][:-3]},,5,"]
    filled[1] = rows[1].removesuffix(",,,,") + ",12,503,,"
    filled[2] = rows[2].removesuffix(",,,,") + ",,,,x"
    filled[3] = rows[3].removesuffix(",,,,") + ",,,5,"
    answer = upload(staff, "\n".join(filled).encode("utf-8-sig"), "fixed.csv", f"{path}/corrections")
    assert answer.status_code == 303, answer.text
    assert cards_in(staff.get(path).text) == {}
    assert book(staff, path).status_code == 303
    assert {"12-503", "7-301"} <= set(standing(house, "apples"))
    path, _ = previewed(staff, long_book(*CLEAR, *UNCLEAR), group_buy="pears")
    bad = upload(staff, long_book(*CLEAR), "orders.xlsx", f"{path}/corrections")
    assert bad.status_code == 422
    assert "This is no corrections file." in bad.text
    impossible = filled[1].replace(",12,503,", ",12-13,503,")
    bad = upload(staff, "\n".join([rows[0], impossible]).encode(), "fixed.csv", f"{path}/corrections")
    assert bad.status_code == 422
    assert "Row 2: Building and room take letters and digits" in bad.text


def test_the_same_orders_under_another_name_are_asked_about(house, staff):
    path, _ = previewed(staff, long_book(*CLEAR), group_buy="apples")
    book(staff, path)
    path, text = previewed(staff, long_book(*CLEAR), group_buy="apples of april")
    assert "Most of these orders stand in another group buy already." in text
    assert book(staff, path).status_code == 409
    staff.post(path, data={**fields_in(text), "instead": "apples"})
    assert "Nothing new" in staff.get(path).text
    path, _ = previewed(staff, long_book(*CLEAR), group_buy="apples of april")
    assert book(staff, path, sure="yes").status_code == 303
    assert len(imports(house)) == 2


def test_a_filtered_export_is_asked_about(house, staff):
    path, _ = previewed(staff, long_book(*CLEAR), group_buy="apples")
    book(staff, path)
    path, text = previewed(staff, long_book(CLEAR[0]), group_buy="apples")
    assert "Is it a filtered export?" in text
    assert book(staff, path).status_code == 409
    assert book(staff, path, sure="yes").status_code == 303
    assert set(standing(house, "apples")) == {"12-501"}


def test_new_doors_are_added_where_that_was_asked_for(house, staff):
    path, text = previewed(
        staff, long_book(*CLEAR, long_row(building="12", room="1905", number="8")), add_doors="yes", group_buy="apples"
    )
    assert "New doors: they are added to the roster" in text
    book(staff, path)
    assert house.places.roster("shengdu").knows("12", "1905")
    assert "12-1905" in standing(house, "apples")


def test_a_preview_is_for_its_own_person_and_ends(app, staff):
    path, _ = previewed(staff, long_book(*CLEAR))
    other = Visitor(app).signed_in("leader")
    for answer in (other.get(path), other.post(path, data={"act": "book"}), other.get(f"{path}/corrections.csv")):
        assert answer.status_code == 410
        assert "Please choose the file again." in answer.text
    app.state.shelf = Shelf()
    assert staff.get(path).status_code == 410


def test_the_shelf_holds_a_few_for_an_hour():
    moment = [0.0]
    shelf = Shelf(most=2, seconds=3600, clock=lambda: moment[0])
    kept = [shelf.put("shengdu", "staff-1", content) for content in (FakeReading(1), FakeReading(2), FakeReading(3))]
    found = [shelf.find(token, "shengdu", "staff-1", FakeReading) for token in kept]
    assert found == [None, FakeReading(2), FakeReading(3)]
    assert shelf.find(kept[2], "elsewhere", "staff-1", FakeReading) is None
    assert shelf.find(kept[2], "shengdu", "leader-1", FakeReading) is None
    moment[0] = 3600
    assert shelf.find(kept[2], "shengdu", "staff-1", FakeReading) is None


class FakeReading(tuple):
    __slots__ = ()

    def __new__(cls, number):
        return super().__new__(cls, (number,))


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


def test_twelve_thousand_rows_are_read_and_booked_in_time(house, staff):
    content = large_book()
    began = time.perf_counter()
    path, text = previewed(staff, content, group_buy="large")
    assert time.perf_counter() - began < 5
    assert len(text) < 400_000
    began = time.perf_counter()
    assert book(staff, path).status_code == 303
    assert time.perf_counter() - began < 10
    assert "2 / 120" in staff.get(f"{path}").text or len(standing(house, "large")) > 100


def test_the_list_as_csv_is_for_those_who_export(app, staff):
    path, _ = previewed(staff, long_book(*CLEAR), group_buy="apples")
    book(staff, path)
    lines = staff.get("/import.csv").content.decode("utf-8-sig").splitlines()
    assert lines[1].split(",")[1:7] == ["apples", "4", "3", "0", "1", "In force"]
    assert Visitor(app).signed_in("leader").get("/import.csv").status_code == 403
    assert Visitor(app).signed_in("gate").get("/import").status_code == 403


def test_where_there_is_no_compound_the_page_says_what_comes_first(app):
    admin = Visitor(app).signed_in("admin", compound=None)
    assert 'href="/import/households"' in admin.get("/import").text
    staff = Visitor(app).signed_in("staff")
    assert "No doors yet" in staff.get("/import").text
    assert "An administrator founds it" in staff.get("/import/households").text
    refused = staff.post("/import/households", data={"compound": "shengdu", "pattern": PATTERN})
    assert refused.status_code == 403
    answer = upload(staff, long_book(*CLEAR))
    assert answer.status_code == 409


def test_a_roster_is_looked_at_added_and_taken_back(house, staff):
    table = csv_bytes([("楼号", "房号"), ("41", "101"), ("41", "102"), ("41", "101"), ("42", "1 / 2"), ("43", "")])
    sent = upload(staff, table, "roster.csv", "/import/households")
    path = sent.headers["location"]
    text = staff.get(path).text
    assert "This door stands in an earlier row, too." in text
    assert staff.post(path).status_code == 409
    added = staff.post(path, data={"leave_unclear": "yes"})
    assert added.status_code == 303
    assert "3 doors were added" in staff.get(added.headers["location"]).text
    assert house.places.roster("shengdu").knows("43", None)
    assert staff.get(path).status_code == 410
    with house.read.reading() as rows:
        latest = roster.roster_imports(rows, "shengdu")[0]
    assert staff.post("/import/households/undo", data={"command": latest.command}).status_code == 303
    assert not house.places.roster("shengdu").knows("43", None)


def test_a_roster_with_orders_stays(house, staff):
    path, _ = previewed(staff, long_book(*CLEAR))
    book(staff, path)
    with house.read.reading() as rows:
        (first,) = roster.roster_imports(rows, "shengdu")
    refused = staff.post("/import/households/undo", data={"command": first.command})
    assert refused.status_code == 409
    assert "Some of these doors have orders." in refused.text


def test_founding_says_what_is_wrong(app):
    admin = Visitor(app).signed_in("admin", compound=None)
    bad = {"compound": "Sheng Du", "pattern": PATTERN}
    assert "Give the compound an id" in admin.post("/import/households?new=1", data=bad).text
    answer = admin.post("/import/households?new=1", data={"compound": "a", "pattern": "1-28号 1-18"})
    assert answer.status_code == 422
    assert "A colon is missing between the buildings and their rooms." in answer.text
    answer = admin.post("/import/households?new=1", data={"compound": "a"})
    assert "Choose a table, or write the doors as a pattern." in answer.text


def test_a_table_of_blocks_is_read_when_founding(house, app):
    admin = Visitor(app).signed_in("admin", compound=None)
    blocks = ("blocks.csv", csv_bytes([("栋", "号"), ("1", "1、2")]), "text/csv")
    said = {"compound": "hua", "pattern": PATTERN, "blocks": "table", "parts": ["期"], "town": "某区，某镇"}
    sent = admin.post("/import/households?new=1", data=said, files={"blocks_table": blocks})
    assert "1 block in the table" in admin.get(sent.headers["location"]).text
    admin.post(sent.headers["location"])
    with house.read.reading() as rows:
        settings = roster.door_settings(rows, "hua")
    assert settings.blocks == {"1": ("1", "2")}
    assert settings.parts == ("期", "号", "室")
    assert settings.towns == ("某区", "某镇")
