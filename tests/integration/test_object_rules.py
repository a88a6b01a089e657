"""Within a role: captains their buildings, leaders their group buys."""

import re
from uuid import uuid4

import pytest
from compound import APPLES, COMPOUND, ask, found, said, scan, session_for
from visitor import Visitor

from domain.goods.codes import code_from_bits
from domain.procurement.group_buys import ImportOrders, OrderLine, TableOrder
from infra.auth import Scope
from services.app import create_app

MILK = "milk"
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def place(house):
    found(house)
    orders = tuple(
        TableOrder(household=f"{building}-101", lines=(OrderLine(item="鲜奶", unit="盒", quantity=2),))
        for building in (3, 4)
    )
    request = ImportOrders(
        **said(), group_buy=MILK, title="光明鲜奶", source="import", digest="b" * 64, orders=orders, rows=len(orders)
    )
    assert house.shown(ask(house, request).events[-1])
    house.places.forget()
    return house


def visitor(house, role, **scope):
    limits = Scope.of(**{name: set(each) for name, each in scope.items()})
    token = session_for(house, role, scope=limits)
    return Visitor(create_app(house), authorization=f"Bearer {token}")


def packed(house, door, group_buy=APPLES):
    item = scan("sort", door=door, group_buy=group_buy)
    answer = visitor(house, "staff").post("/api/scans", json={"scans": [item]}).json()["answers"][0]
    house.shown(house.log.last_position())
    return answer["code"]


def test_a_captain_sees_what_is_not_yet_delivered_in_their_buildings_only(place):
    captain = visitor(place, "captain", buildings=("3", "5"))
    pieces = captain.get("/api/undelivered").json()["pieces"]
    assert {piece["building"] for piece in pieces} == {"3", "5"}
    assert captain.get("/api/undelivered?building=3").json()["count"] == 9
    assert captain.get("/api/undelivered?building=4").status_code == 403
    page = captain.get("/undelivered")
    assert set(re.findall(r"building=(\d+)", page.text)) == {"3", "5"}
    assert captain.get("/undelivered?building=4").status_code == 403


def test_a_captain_of_one_building_starts_there(place):
    page = visitor(place, "captain", buildings=("5",)).get("/undelivered")
    assert "101" in page.text
    assert "601" not in page.text


def test_a_captain_finds_doors_and_parcels_of_their_buildings_only(place):
    own, other = packed(place, "3-101"), packed(place, "4-101")
    captain = visitor(place, "captain", buildings=("3",))
    assert captain.get(f"/api/search?q={own}").json()["parcels"]
    found_there = captain.get(f"/api/search?q={other}").json()
    assert (found_there["parcels"], found_there["doors"]) == ([], [])
    assert captain.get("/api/search?q=3-101").json()["doors"]
    assert captain.get("/api/search?q=4-101").json()["doors"] == []
    assert captain.get("/api/search?q=4").json()["building"] is None
    assert captain.get(f"/audit/parcels/{own}").status_code == 200
    assert captain.get(f"/audit/parcels/{other}").status_code == 403
    assert "鲜奶" in captain.get("/search?q=3-101").text
    assert "鲜奶" not in captain.get("/search?q=4-101").text


def test_a_captain_prints_sheets_of_their_buildings_only(place):
    captain = visitor(place, "captain", buildings=("3",))
    sheets = captain.get(f"/paper/sheets?group_buy={APPLES}&sort=building-room").text
    everything = visitor(place, "staff").get(f"/paper/sheets?group_buy={APPLES}&sort=building-room").text
    assert len(sheets) < len(everything) / 3
    assert captain.get(f"/paper/sheets?group_buy={APPLES}&building=3").status_code == 200
    for page in ("sheets", "goods-labels"):
        assert captain.get(f"/paper/{page}?group_buy={APPLES}&building=4").status_code == 403
    nowhere = visitor(place, "captain", buildings=("77",))
    assert nowhere.get(f"/paper/sheets?group_buy={APPLES}").status_code == 409


def test_a_badge_for_one_building_prints_labels_for_that_one(place):
    sorter = visitor(place, "sorter", buildings=("3",))
    for building in ("4", ""):
        asked = {"group_buy": APPLES, "building": building}
        assert sorter.post("/paper/labels/doors", data=asked).status_code == 403
    sorter.post("/paper/address", data={"address": "http://192.0.2.1:8000"})
    printed = sorter.post("/paper/labels/doors", data={"group_buy": APPLES, "building": "3"})
    assert printed.headers["location"].startswith("/paper/labels?")


def test_a_leader_declares_and_sees_deliveries_of_their_group_buys(place):
    leader = visitor(place, "leader", group_buys=(MILK,))
    assert leader.post("/api/deliveries", json={"group_buys": [APPLES]}).status_code == 403
    assert leader.post("/api/deliveries", json={"group_buys": [MILK, APPLES]}).status_code == 403
    assert leader.post("/api/deliveries", json={}).status_code == 403
    form = {"declaration": str(uuid4()), "group_buys": [APPLES]}
    assert leader.post("/deliveries", data=form).status_code == 403
    own = leader.post("/api/deliveries", json={"group_buys": [MILK]}).json()["code"]
    other = visitor(place, "staff").post("/api/deliveries", json={"group_buys": [APPLES]}).json()["code"]
    place.shown(place.log.last_position())
    assert [each["code"] for each in leader.get("/api/deliveries").json()["deliveries"]] == [own]
    assert leader.get(f"/deliveries/{own}").status_code == 200
    assert leader.get(f"/deliveries/{other}").status_code == 403
    page = leader.get("/deliveries").text
    assert "光明鲜奶" in page
    assert "红苹果" not in page


def test_a_leader_imports_into_their_group_buys_only(place):
    leader = visitor(place, "leader", group_buys=(MILK,))
    assert "红苹果" not in leader.get("/import").text
    table = "楼号,房号,商品,数量\n3,102,苹果,2\n".encode()
    for named, status in (("光明鲜奶", 200), ("红苹果", 403), ("又一个团", 403)):
        sent = leader.post("/import", data={"group_buy": named}, files={"file": ("a.csv", table)})
        assert sent.status_code == 303, sent.text
        assert leader.get(sent.headers["location"]).status_code == status, named
        booked = leader.post(sent.headers["location"], data={"act": "book", "seen": "x"})
        assert (booked.status_code == 403) == (status == 403)
    undo = {"group_buy": APPLES, "command": str(uuid4())}
    assert leader.post("/import/undo", data=undo).status_code == 403


def test_a_leader_reads_whose_group_buy_it_is_and_how_a_new_one_is_opened(place):
    leader = visitor(place, "leader", group_buys=(MILK,))
    table = "楼号,房号,商品,数量\n3,102,苹果,2\n".encode()
    for named in ("红苹果", "又一个团"):
        sent = leader.post("/import", data={"group_buy": named}, files={"file": ("a.csv", table)})
        told = leader.get(sent.headers["location"], headers=ENGLISH)
        assert told.status_code == 403
        assert "This is not one of your group buys" in told.text
        assert "A new one is opened by the committee staff" in told.text


@pytest.mark.parametrize("written", ["code", "4-101", "4号"])
def test_a_captain_reads_that_what_they_look_for_is_not_of_their_buildings(place, written):
    code = packed(place, "4-101")
    captain, path = visitor(place, "captain", buildings=("3",)), f"/search?q={code if written == 'code' else written}"
    told = captain.get(path, headers=ENGLISH).text
    assert "Not of your buildings" in told
    assert "not bound to a door yet" not in told
    assert "Nothing was found" not in told
    assert "Not of your buildings" not in visitor(place, "staff").get(path, headers=ENGLISH).text


def test_a_label_of_nobody_is_still_told_as_not_bound(place):
    stray = code_from_bits("parcel", 4711)
    told = visitor(place, "captain", buildings=("3",)).get(f"/search?q={stray}", headers=ENGLISH).text
    assert "Not of your buildings" not in told
    assert "not bound to a door yet" in told


def test_a_preview_cannot_be_turned_to_anothers_group_buy(place):
    leader = visitor(place, "leader", group_buys=(MILK,))
    table = "楼号,房号,商品,数量\n3,102,苹果,2\n".encode()
    sent = leader.post("/import", data={"group_buy": "光明鲜奶"}, files={"file": ("a.csv", table)})
    turned = leader.post(sent.headers["location"], data={"group_buy": "红苹果", "title": "光明鲜奶"})
    assert turned.status_code == 303
    assert leader.get(sent.headers["location"]).status_code == 403


def test_exports_are_six_an_hour_for_each_person_and_list(place):
    app = create_app(place)
    auditors = [Visitor(app, authorization=f"Bearer {session_for(place, 'auditor')}") for _ in range(2)]
    answers = [auditors[0].get("/doubts.csv") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 6 + [429]
    assert int(answers[-1].headers["retry-after"]) > 60
    assert auditors[0].get("/doubts").status_code == 200
    assert auditors[1].get("/doubts.csv").status_code == 200
    trails = [auditors[0].get(f"/audit/parcels/{packed(place, f'3-10{n}')}.csv").status_code for n in (1, 2) * 4]
    assert trails == [200] * 6 + [429] * 2


def test_unknown_labels_are_looked_up_24_times_a_minute_and_known_ones_go_on_elsewhere(place):
    code = packed(place, "3-101")
    app = create_app(place)
    statuses = [Visitor(app).get("/p/PZZZZZZZZZZ").status_code for _ in range(25)]
    assert statuses == [404] * 24 + [429]
    neighbour = Visitor(app, authorization=f"Bearer {session_for(place, 'runner')}")
    assert neighbour.get(f"/p/{code}").status_code == 200
    assert {neighbour.get(f"/p/{code}").status_code for _ in range(60)} == {200}


def test_sign_in_codes_are_tried_ten_times_a_minute(place, caplog, capsys):
    app = create_app(place)
    visitor = Visitor(app)
    answers = [visitor.post("/j", data={"token": f"guess-{n:03d}-{'x' * 20}"}) for n in range(12)]
    assert [answer.status_code for answer in answers] == [403] * 10 + [429] * 2
    assert int(answers[-1].headers["retry-after"]) > 0
    logged = capsys.readouterr()
    said_there = logged.out + logged.err + caplog.text
    assert said_there.count("sign_in_refused") == 10
    assert "guess-" not in said_there
    assert COMPOUND not in said_there


def test_a_link_for_a_station_is_good_at_that_station_only(place):
    token = session_for(place, "runner", station="lobby-3")
    runner = Visitor(create_app(place), authorization=f"Bearer {token}")

    def sent(**more):
        item = {**scan("report", group_buy="apples", door="3-101", problem="damaged"), **more}
        return runner.post("/api/scans", json={"scans": [item]}).json()["answers"][0]

    assert (sent(station="gate")["outcome"], sent(station="gate")["reason"]) == ("set_aside", "other-station")
    assert sent(station="lobby-3")["outcome"] == "recorded"
    assert sent()["outcome"] == "recorded"
