import re

import pytest
from compound import scan, scanned
from import_visits import CLEAR, UNCLEAR, book, cards_in, fields_in, founded, imports, previewed, standing, upload
from order_files import large_book, long_book, long_row
from visitor import Visitor

from services.app import create_app
from services.imports.shelf import Shelf


@pytest.fixture
def app(house):
    return create_app(house)


@pytest.fixture
def staff(app):
    return founded(app)


def test_a_clear_table_is_shown_booked_and_undone(house, staff):
    path, text = previewed(staff, long_book(*CLEAR), group_buy="apples")
    assert "Preview: nothing is booked yet" in text
    assert "a new group buy" in text
    assert standing(house, "apples") == {}
    booked = book(staff, path)
    assert booked.status_code == 303
    result = staff.get(path).text
    assert "3<" in re.sub(r"\s", "", result)
    assert "doors unchanged" not in result, "none was there before"
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
    assert "doors unchanged" in newer
    book(staff, path)
    assert standing(house, "apples")["12-502"][0].quantity == 9
    assert set(standing(house, "apples")) == {"12-501", "12-502", "29", "3-203"}


def test_where_pieces_are_packed_already_an_undo_needs_a_tick(house, staff):
    path, _ = previewed(staff, long_book(*CLEAR), group_buy="apples")
    book(staff, path)
    assert 'name="sure"' not in staff.get("/import").text
    doors = ("12-501", "12-502")
    scanned(house, *(scan("sort", 9, group_buy="apples", door=door) for door in doors))
    scanned(house, scan("deliver", 5, group_buy="apples", door=doors[0], how="door"))
    asked = staff.get("/import").text
    assert "2 pieces of this group buy are packed already, 1 of them delivered." in asked
    assert 'name="sure" value="yes" required' in asked
    undo = {"group_buy": "apples", "command": imports(house)[0].command}
    refused = staff.post("/import/undo", data=undo)
    assert (refused.status_code, "so nothing was undone" in refused.text) == (409, True)
    assert len(standing(house, "apples")) == 3
    assert staff.post("/import/undo", data={**undo, "sure": "yes"}).status_code == 303
    assert standing(house, "apples") == {}


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
    assert "Rows corrected as at an earlier import (– means left out): 6 → –." in newer


def test_a_correction_alone_is_booked_and_goes_with_the_undo(house, staff):
    path, _ = previewed(staff, long_book(*CLEAR, *UNCLEAR), group_buy="apples")
    book(staff, path, leave_unclear="yes")
    path, text = previewed(staff, long_book(*CLEAR, *UNCLEAR), group_buy="apples")
    assert "data-book" not in text
    staff.post(path, data={**fields_in(text), f"choice.{cards_in(text)[6]}": "out", "act": "read"})
    assert "1 correction is kept for newer tables." in staff.get(path).text
    assert book(staff, path, leave_unclear="yes").status_code == 303
    assert len(imports(house)) == 2
    undo = {"group_buy": "apples", "command": imports(house)[0].command}
    assert "Corrections made with it are forgotten, too." in staff.get("/import").text
    staff.post("/import/undo", data=undo)
    _, newer = previewed(staff, long_book(*CLEAR, *UNCLEAR), group_buy="apples")
    assert set(cards_in(newer)) == {6, 7, 8}


def test_other_goods_under_the_same_name_and_new_doors_that_stay(house, staff):
    rows = (*CLEAR[:2], long_row(building="77", room="301", number="5"))
    path, text = previewed(staff, long_book(*rows), group_buy="apples", add_doors="yes")
    book(staff, path, leave_unclear="yes")
    (imported,) = imports(house)
    path, text = previewed(
        staff,
        long_book(
            *(
                long_row(building=building, room=room, item="牛奶")
                for building, room in (("12", "501"), ("12", "502"), ("77", "301"))
            )
        ),
        group_buy="apples",
    )
    assert "Is it the table of another group buy?" in text
    assert book(staff, path).status_code == 409
    assert book(staff, path, sure="yes").status_code == 303
    assert standing(house, "apples")["12-501"][0].item == "牛奶"
    latest = next(each for each in imports(house) if each.command != imported.command)
    for command in (latest.command, imported.command):
        undone = staff.post("/import/undo", data={"group_buy": "apples", "command": command})
    assert "The 1 door that it added stays on the roster" in staff.get(undone.headers["location"]).text


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
    said = zip(rows[1:], (",12,503,,,", ",,,,,x", ",,,,5,"), strict=True)
    filled = [rows[0], *(row.removesuffix(",,,,,") + answer for row, answer in said)]
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


def test_twelve_thousand_rows_are_read_and_booked(house, staff):
    path, text = previewed(staff, large_book(), group_buy="large")
    assert len(text) < 100_000
    assert "1 / 120" in text
    assert "2 / 120" in staff.get(f"{path}?ok=2").text
    assert book(staff, path).status_code == 303
    assert len(standing(house, "large")) == 504


def test_the_list_as_csv_is_for_those_who_export(app, staff):
    path, _ = previewed(staff, long_book(*CLEAR), group_buy="apples")
    book(staff, path)
    lines = staff.get("/import.csv").content.decode("utf-8-sig").splitlines()
    assert lines[1].split(",")[1:7] == ["apples", "4", "3", "0", "1", "In force"]
    assert Visitor(app).signed_in("leader").get("/import.csv").status_code == 403
    assert Visitor(app).signed_in("gate").get("/import").status_code == 403
