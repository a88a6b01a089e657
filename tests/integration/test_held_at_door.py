"""A household reads what is held about it with nothing but the code on its slip."""

import compound as place
import pytest
from examples import handed_over
from seeded import HELP, NAME, NOTE, PHONE, seeds_in
from visitor import Visitor

from domain.base import Holder, Recorded
from domain.community.door_codes import door_code
from domain.goods.codes import lettered
from infra.directory import Subject
from services import directory
from services.app import create_app
from services.pages.held_at_door import own_only
from services.roles import TERMINAL

DOOR = "12-101"


@pytest.fixture
def app(house):
    place.found(house)
    return create_app(house)


@pytest.fixture
def staff(app):
    visitor = Visitor(app).signed_in("staff", actor="m7kq2x9d4")
    words = {"name": NAME, "phone": PHONE, "help": HELP, "note": NOTE}
    assert visitor.post(f"/directory/doors/{DOOR}", data=words).status_code == 303
    return visitor


@pytest.fixture
def path(house):
    return f"/d/{door_code(house.secret, place.COMPOUND, DOOR, 0)}/held"


def test_it_tells_what_is_held_and_hides_the_words(app, house, staff, path):
    house.directory.say_unlocked(place.COMPOUND, directory.today(), by="m9")
    page = Visitor(app).get(path)
    assert page.status_code == 200
    assert "no-store" in page.headers["cache-control"]
    for told in ("王**", "138****1234", "written down, hidden", "红苹果", f"Door {DOOR} ordered", "care for door"):
        assert told in page.text, told
    assert "The captain of your building or the committee staff show them" in page.text
    assert directory.keeping(house, place.COMPOUND).purge_on.isoformat() in page.text
    assert seeds_in(page.text) == []


def test_nothing_is_shown_whole_even_while_a_second_person_has_opened_it_for_staff(app, staff, path):
    staff.post(f"/directory/doors/{DOOR}/unmask", data={"why": "care", "emergency": "yes"})
    assert NAME in staff.get(f"/held/{DOOR}").text
    for visitor in (Visitor(app), staff):
        assert seeds_in(visitor.get(path).text) == []


def test_who_looked_and_why_stands_there_and_this_look_too(app, house, staff, path):
    staff.post(f"/directory/doors/{DOOR}/unmask", data={"why": "medicine", "emergency": "yes"})
    staff.get(f"/directory/doors/{DOOR}")
    text = Visitor(app).get(path).text
    for told in ("m7kq2x9d4", "medicine or a doctor", "emergency", "with this door’s code"):
        assert told in text, told
    newest = house.directory.reads(place.COMPOUND, Subject("household", DOOR))[0]
    assert (newest.why, newest.how) == ("asked-by-household", "masked")
    assert newest.who.startswith("door-")
    assert DOOR not in newest.who


def test_looking_often_pushes_no_look_at_the_whole_words_out_of_the_page(app, house, staff, path):
    staff.post(f"/directory/doors/{DOOR}/unmask", data={"why": "medicine", "emergency": "yes"})
    staff.get(f"/directory/doors/{DOOR}")
    for _ in range(600):
        directory.shown_at_door(house, place.COMPOUND, DOOR, who="door-x")
    assert "medicine or a doctor" in Visitor(app).get(path).text


def test_it_tells_nothing_of_another_door(app, staff, path):
    text = Visitor(app).get(path).text
    assert "12-102" not in text
    assert "12-501" not in text


def test_a_code_that_opens_nothing_is_told_like_any_other(app, staff, path):
    unknown = f"/d/{lettered('H', 168)}/held"
    answers = [Visitor(app).get(each) for each in (unknown, "/d/H123/held")]
    assert [each.status_code for each in answers] == [404, 404]
    assert "This code opens nothing" in answers[0].text


def test_guesses_and_readings_run_dry(app, path):
    statuses = [Visitor(app).get(path).status_code for _ in range(30)]
    assert statuses[0] == 200
    assert statuses[-1] == 429


def test_the_households_page_leads_there(app, path):
    own = Visitor(app).get(path.removesuffix("/held"))
    assert f'href="{path}"' in own.text
    assert 'href="/held"' not in own.text


def test_a_neighbour_who_took_a_parcel_is_not_told_of_by_the_whole_door():
    for kind, number, told in (
        ("household", "12-502", "12-5**"),
        ("household", DOOR, DOOR),
        ("team", "t4k9qxz", "t4k9qxz"),
    ):
        fact = handed_over(taker=Holder(kind=kind, id=number))
        assert own_only(Recorded(1, "s", 1, fact.happened_at, fact), DOOR).event.taker.id == told


def test_what_was_done_on_the_terminal_is_told_in_the_readers_language(app, house, path):
    orders = (place.TableOrder(household=DOOR, lines=(place.OrderLine(item="梨", unit="箱", quantity=1),)),)
    asked = place.ImportOrders(
        **place.said() | {"actor": TERMINAL},
        group_buy="pears", title="梨", source="import", digest="b" * 64, orders=orders, rows=1,
    )  # fmt: skip
    assert house.shown(place.ask(house, asked).events[-1])
    text = Visitor(app, **{"accept-language": "zh"}).get(path).text
    assert "，terminal" not in text
    assert "服务器" in text
