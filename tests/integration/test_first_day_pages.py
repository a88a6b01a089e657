import asyncio
import re
import uuid

import first_day
import pytest
from compound import scan
from visitor import Visitor

from domain.goods.codes import made_code, spaced
from projections import custody, deliveries, doubts
from services.app import create_app


@pytest.fixture
def day(house, afternoon):
    return asyncio.run(first_day.a_first_day(house))


@pytest.fixture
def app(house):
    return create_app(house)


def reading(house, question, *about):
    with house.read.reading() as rows:
        return question(rows, first_day.COMPOUND, *about)


def picks(page):
    return re.findall(r'name="picks" value="([^"]+)"', page.text)


def test_every_page_opens_for_its_roles_only(app, day):
    allowed = {
        "/deliveries": {"staff", "auditor", "gate", "leader"},
        "/doubts": {"staff", "auditor"},
        "/undelivered": {"staff", "auditor", "runner", "captain"},
        "/search": {"staff", "auditor", "gate", "runner", "captain"},
        "/stations": {"staff"},
    }
    for role in ("staff", "auditor", "gate", "leader", "runner", "captain", "viewer"):
        visitor = Visitor(app).signed_in(role)
        for path, roles in allowed.items():
            assert visitor.get(path).status_code == (200 if role in roles else 403), (role, path)
    assert Visitor(app).get("/deliveries").status_code == 401


def test_a_delivery_is_declared_once_and_shows_its_label(app, house):
    first_day.found(house)
    first_day.import_orders(house)
    leader = Visitor(app).signed_in("leader")
    said = {
        "declaration": str(uuid.uuid4()),
        "group_buys": ["milk", "apples"],
        "supplier": "光明乳业",
        "vehicle": "沪A·12345",
    }
    answers = [leader.post("/deliveries", data=said) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    (row,) = reading(house, deliveries.all_deliveries)
    assert (row.group_buys, row.supplier, row.vehicle) == (("milk", "apples"), "光明乳业", "沪A·12345")
    assert row.expected == 30, "eighteen doors ordered milk, twelve apples"
    label = leader.get(answers[0].headers["location"])
    assert f"HTTP://BG.TEST/P/{row.code}" in label.text
    assert "<svg" in label.text
    assert "光明鲜奶" in label.text
    assert leader.get("/deliveries/D0000000000").status_code == 404
    staff = Visitor(app).signed_in("staff")
    assert "/paper/sign?delivery=" in staff.get(f"/deliveries/{row.code}").text
    assert staff.get(f"/paper/sign?delivery={row.code}").status_code in {200, 303}, "303: it asks for the address first"


def test_the_only_group_buy_without_a_delivery_is_chosen_beforehand(app, house):
    first_day.found(house)
    first_day.import_orders(house)
    asyncio.run(first_day.declared(house, "milk", "apples", pieces=3))
    page = Visitor(app).signed_in("staff").get("/deliveries").text
    assert re.search(r'value="vegetables" data-doors="37" checked', page)
    assert re.search(r'name="pieces"[^>]* value="37"', page)


def test_staff_admit_and_the_gate_records_the_arrival(app, house, day):
    gate, staff = Visitor(app).signed_in("gate"), Visitor(app).signed_in("staff")
    code = day["declared"]
    arrived = gate.post(f"/deliveries/{code}/arrive", data={"scan": str(uuid.uuid4())})
    assert arrived.status_code == 303
    assert reading(house, deliveries.delivery, code).stage == "arrived"
    refused = gate.post(f"/deliveries/{code}/admit", data={"scan": str(uuid.uuid4())})
    assert "outcome=set_aside" in refused.headers["location"]
    assert reading(house, deliveries.delivery, code).stage == "arrived"
    assert "/admit" not in gate.get("/deliveries").text
    admitted = staff.post(f"/deliveries/{code}/admit", data={"scan": str(uuid.uuid4()), "reason": "medicine"})
    assert reading(house, deliveries.delivery, code).stage == "admitted"
    assert staff.get(admitted.headers["location"]).status_code == 200


def test_a_delivery_is_turned_away_with_a_reason_only(app, house):
    first_day.found(house)
    code = asyncio.run(first_day.declared(house, supplier="果园"))
    staff = Visitor(app).signed_in("staff")
    answer = staff.post(f"/deliveries/{code}/turn-away", data={"scan": str(uuid.uuid4()), "reasons": "undeclared"})
    assert reading(house, deliveries.delivery, code).stage == "turned-away"
    assert staff.get(answer.headers["location"]).status_code == 200
    without_reason = staff.post(f"/deliveries/{code}/turn-away", data={"scan": str(uuid.uuid4())})
    assert "outcome=set_aside" in without_reason.headers["location"]


def test_the_list_of_deliveries_shows_stages_differences_and_doubts(app, day):
    page = Visitor(app).signed_in("auditor").get("/deliveries").text
    for told in ("resting until", "2 short", "1 damaged", "at the gate", "永辉生鲜", "蔬菜包 第3批", "doubts"):
        assert told in page
    assert f"/audit/deliveries/{day['arrived']}" in page
    assert f"/scan?code={day['arrived']}&amp;step=admit" in Visitor(app).signed_in("staff").get("/deliveries").text
    assert 'action="/deliveries/' not in page, "an auditor records nothing"
    assert "永辉生鲜" not in Visitor(app).signed_in("auditor").get("/deliveries?day=2022-04-20").text


def test_selected_doubts_are_settled_with_one_tap(app, house, day):
    staff = Visitor(app).signed_in("staff")
    before = reading(house, doubts.open_count)
    page = staff.get("/doubts?rule=rest-kept&building=12")
    chosen = picks(page)
    assert len(chosen) == 6
    settled = staff.post("/doubts/settle", data={"picks": chosen[:2], "reason": "seen-by-staff", "rule": "rest-kept"})
    assert settled.status_code == 303
    assert settled.headers["location"] == "/doubts?rule=rest-kept&done=2"
    assert reading(house, doubts.open_count) == before - 2
    again = staff.post("/doubts/settle", data={"picks": chosen[:2], "reason": "scanned-twice"})
    assert again.headers["location"] == "/doubts"
    nothing = staff.post("/doubts/settle", data={"reason": "scanned-twice", "rule": "rest-kept"})
    assert nothing.headers["location"] == "/doubts?rule=rest-kept&none=1"
    assert "Select at least one line first" in staff.get(nothing.headers["location"]).text
    assert reading(house, doubts.open_count) == before - 2
    gate = next(pick for pick in picks(staff.get("/doubts")) if pick.endswith(f"declared-first.{day['arrived']}"))
    told = [row for row in staff.get("/deliveries.csv").text.splitlines() if row.startswith(day["arrived"])]
    staff.post("/doubts/settle", data={"picks": gate, "reason": "step-forgotten"})
    fewer = [row for row in staff.get("/deliveries.csv").text.splitlines() if row.startswith(day["arrived"])]
    assert int(fewer[0].rpartition(",")[2]) == int(told[0].rpartition(",")[2]) - 1
    kept = Visitor(app).signed_in("auditor").get("/doubts?show=settled").text
    assert kept.count("seen by the staff") == 2
    assert "picks" not in kept


def test_an_auditor_sees_doubts_but_settles_none(app, day):
    auditor = Visitor(app).signed_in("auditor")
    page = auditor.get("/doubts")
    assert "The goods had not rested long enough after disinfection." in page.text
    assert not picks(page)
    said = {"picks": ["0" * 32 + ".rest-kept.P0000000000"], "reason": "seen-by-staff"}
    assert auditor.post("/doubts/settle", data=said).status_code == 403


def test_scans_set_aside_are_shown_and_what_was_sent_can_be_deleted(app, house, day):
    staff, auditor = Visitor(app).signed_in("staff"), Visitor(app).signed_in("auditor")
    shown = staff.get("/doubts?show=aside").text
    assert "健康码" in shown
    assert "There is no such door in this compound" in shown
    assert "健康码" not in auditor.get("/doubts?show=aside").text
    assert staff.post("/doubts/purge").status_code == 303
    assert house.access.set_aside(first_day.COMPOUND) == []
    left = staff.get("/doubts?show=aside").text
    assert "健康码" not in left
    assert "There is no such door in this compound" in left


def test_what_was_set_aside_names_step_field_and_goods(app, house, day):
    code = reading(house, custody.not_yet_delivered)[0].code
    sent = [
        scan("count", code=day["declared"], pieces="many"),
        scan("hand-over", code=code, taker={"kind": "ghost", "id": "x"}),
        scan("teleport", code="no code of ours"),
    ]
    staff = Visitor(app).signed_in("staff")
    assert {told["outcome"] for told in staff.post("/api/scans", json={"scans": sent}).json()["answers"]} == {
        "set_aside"
    }
    assert house.shown(house.log.last_position())
    page, listed = staff.get("/doubts?show=aside").text, staff.get("/doubts.csv?show=aside").text
    for shown in (page, listed):
        assert "Pieces: must be a whole number" in shown
        assert spaced(code) in shown
        assert spaced(day["declared"]) in shown
    assert "no code of ours" not in listed
    assert "Hand over" in listed


def test_doors_stand_in_numeric_order_and_orders_without_a_parcel_count(app, day):
    runner = Visitor(app).signed_in("runner")
    page = runner.get("/undelivered?building=12").text
    doors = re.findall(r"<li><h2>([^<]+)</h2>", page)
    assert doors == ["101", "102", "103", "201", "202", "203", "901", "902", "903", "1701", "1702", "1703"]
    assert "piece 2 of 3" in page
    assert "Volunteer runner-7f3k" in page
    assert "/scan?step=deliver&amp;code=P" in page
    overview = runner.get("/undelivered").text
    assert re.findall(r'<a class="building [a-z]+" href="/undelivered\?building=([^"]+)">', overview) == [
        "2",
        "10",
        "12",
        "88",
    ]
    assert "Villa" in runner.get("/undelivered?building=88").text
    milk = runner.get("/undelivered?building=12&group_buy=milk").text
    assert re.findall(r"<li><h2>([^<]+)</h2>", milk) == ["101", "103", "202", "901", "903", "1702"]


def test_a_captain_starts_at_the_own_building(app, day):
    captain = Visitor(app).signed_in("captain", station="lobby-12")
    assert "<h1>Building 12</h1>" in captain.get("/undelivered").text
    assert "<h1>Not yet delivered</h1>" in captain.get("/undelivered?building=").text


def test_a_delivered_door_leaves_the_list(app, house, day):
    staff = Visitor(app).signed_in("staff")
    assert "<li><h2>102</h2>" not in staff.get("/undelivered?building=2").text
    held = next(row for row in reading(house, custody.not_yet_delivered) if row.stage == "held")
    assert held.code[:4] in staff.get(f"/undelivered?building={held.building}").text


@pytest.mark.parametrize("written", ["12-102", "12号102室", "12栋102", "１２－１０２"])
def test_a_door_is_found_however_it_is_written(app, day, written):
    page = Visitor(app).signed_in("runner").get("/search", params={"q": written}).text
    assert "绿叶菜包" in page
    assert "problem" in page


def test_codes_addresses_titles_and_suppliers_are_found(app, house, day):
    staff = Visitor(app).signed_in("staff")
    parcel = reading(house, custody.of_household, "12-101")[0]
    for written in (parcel.code, parcel.code.lower(), f"HTTP://BG.TEST/P/{parcel.code}"):
        assert "12-101" in staff.get("/search", params={"q": written}).text
    assert "永辉生鲜" in staff.get("/search", params={"q": day["disinfected"]}).text
    assert "永辉生鲜" in staff.get("/search", params={"q": "沪a·123"}).text
    assert "18 doors" in staff.get("/search", params={"q": "光明"}).text


def test_an_unclear_door_offers_the_nearest_ones(app, day):
    page = Visitor(app).signed_in("gate").get("/search", params={"q": "12-1071"}).text
    assert "Did you mean one of these doors?" in page
    assert re.findall(r'href="/search\?q=(12-[0-9]+)"', page)
    misread = Visitor(app).signed_in("gate").get("/search", params={"q": day["declared"][:-1] + "#"}).text
    assert "Nothing was found" in misread
    swapped = day["declared"][:-1] + ("0" if day["declared"][-1] != "0" else "1")
    assert (
        "A symbol of this code was misread" in Visitor(app).signed_in("gate").get("/search", params={"q": swapped}).text
    )


def test_a_crate_shows_what_is_inside(app, house, day):
    parcels = [row.code for row in reading(house, custody.of_household, "12-201")]
    crate = made_code("crate", house.secret, uuid.uuid4())
    asyncio.run(first_day.scanned(house, first_day.scan("fill-crate", code=crate, building="12", parcels=parcels)))
    page = Visitor(app).signed_in("sorter").get("/search", params={"q": crate}).text
    assert "1 parcel inside" in page
    assert "12-201" in page


def test_stations_are_opened_named_and_closed(app, house, day):
    staff = Visitor(app).signed_in("staff")
    assert staff.post("/stations", data={"kind": "lobby", "building": "10"}).status_code == 303
    assert staff.post("/stations", data={"kind": "sorting"}).status_code == 303
    page = staff.get("/stations").text
    assert "lobby-10" in page
    assert "sorting-2" in page
    taken = staff.post("/stations", data={"kind": "gate", "station": "gate-east"})
    assert taken.status_code == 409
    assert "A station of this name is open already." in taken.text
    assert 'value="gate-east"' in taken.text, "what was typed stays"
    without = staff.post("/stations", data={"kind": "lobby"})
    assert (without.status_code, "A lobby belongs to a building" in without.text) == (409, True)
    assert staff.post("/stations/close", data={"station": "sorting-2"}).status_code == 303
    assert "sorting-2</th>" not in staff.get("/stations").text
    assert staff.post("/stations/close", data={"station": "sorting-2"}).status_code == 409


def test_programs_read_the_same_lists(app, day):
    staff = Visitor(app).signed_in("staff")
    told = staff.get("/api/deliveries").json()["deliveries"]
    assert {row["code"]: row["stage"] for row in told}[day["disinfected"]] == "resting"
    assert all(row["since"].endswith("+08:00") for row in told)
    open_doubts = staff.get("/api/doubts?rule=rest-kept").json()
    assert {row["rule"] for row in open_doubts["doubts"]} == {"rest-kept"}
    pieces = staff.get("/api/undelivered?building=12&group_buy=milk").json()
    assert (pieces["count"], {row["stage"] for row in pieces["pieces"]}) == (6, {"not-sorted"})
    door = staff.get("/api/search", params={"q": "12号102室"}).json()["doors"][0]
    assert door["orders"][0]["group_buy"] == "蔬菜包 第3批"
    assert door["parcels"][0]["stage"] == "problem"
    assert door["parcels"][0]["labels"] == [door["parcels"][0]["code"]]
    assert Visitor(app).signed_in("viewer").get("/api/undelivered").status_code == 403


def test_what_is_typed_comes_into_an_address_only_as_far_as_the_record_knows_it(app, day):
    staff = Visitor(app).signed_in("staff")
    for typed, address in {
        "12号101室（王小明收）": "/search?q=12-101",
        "光明": "/search?q=%E5%85%89%E6%98%8E",
        "12-1071": "/search?q=12-1071",
        "王小明 13812341234": "/search?nothing=yes",
        "": "/search",
    }.items():
        assert staff.post("/search", data={"q": typed}).headers["location"] == address, typed
    assert "Nothing was found" in staff.get("/search?nothing=yes").text
    lowered = day["disinfected"].lower()
    assert staff.post("/search", data={"q": lowered}).headers["location"] == f"/search?q={day['disinfected']}"


@pytest.mark.parametrize(
    ("path", "filled", "language", "told"),
    [
        ("/links", {"role": "gate", "how_many": "99"}, "zh", "数量：不得大于 40"),
        (
            "/links",
            {"role": "gate", "hours": "x", "how_many": "0"},
            "en",
            "How many: must be at least 1; Hours it stays",
        ),
        ("/deliveries", {"declaration": str(uuid.uuid4()), "supplier": "x" * 70}, "zh", "供货商："),
    ],
)
def test_what_is_wrong_with_a_form_is_told_by_the_fields_label(app, day, path, filled, language, told):
    answer = Visitor(app, **{"accept-language": language}).signed_in("staff").post(path, data=filled)
    assert answer.status_code == 422
    assert told in answer.text
    assert not any(name in answer.text for name in ("how_many", "supplier:"))
