"""POST /api/scans as a phone meets it: each item answered, nothing lost, nothing that stops the others."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from compound import APPLES, COMPOUND, client, found, scan

from domain.goods.codes import code_from_bits, kind_of
from domain.goods.set_aside import ScanSetAside
from projections import custody, doubts
from services.web.bodies import API_LIMIT, UPLOAD_LIMIT
from services.wiring import now

PARCEL, CRATE, DELIVERY = (code_from_bits(kind, 9) for kind in ("parcel", "crate", "delivery"))


@pytest.fixture
def compound(house):
    found(house)
    return house


def post(house, *scans, role="staff"):
    async def posting():
        async with client(house, role) as web:
            answer = await web.post("/api/scans", json={"scans": list(scans)}, headers={"accept-language": "en"})
            assert answer.status_code == 200, answer.text
            return answer.json()["answers"]

    return asyncio.run(posting())


def send(house, content, role="staff", **headers):
    async def posting():
        async with client(house, role) as web:
            return await web.post("/api/scans", content=content, headers={"content-type": "application/json"} | headers)

    return asyncio.run(posting())


def door(step, minutes_ago=0.0, **more):
    return scan(step, minutes_ago, group_buy=APPLES, door="12-101", **more)


def test_a_delivery_and_a_piece_go_from_gate_to_door(compound):
    (declared,) = post(compound, scan("declare", 200, group_buys=[APPLES], pieces=96))
    code = declared["code"]
    assert kind_of(code) == "delivery"
    said = post(
        compound,
        scan("arrive", 190, code=code, station="gate"),
        scan("admit", 185, code=code, reason="already-paid"),
        scan("count", 180, code=code, pieces=96),
        scan("disinfect-start", 170, code=code, agent="chlorine", mg_per_litre=500, faces=["top", "bottom"]),
        scan("disinfect-finish", 130, code=code),
        door("sort", 60, of=1),
        scan("fill-crate", 50, code=CRATE, building="12", parcels=[declared["code"]]),
        door("hand-over", 40, taker={"kind": "volunteer", "id": "r-1"}),
        door("deliver", 30, how="door", to="12号楼101室"),
    )
    outcomes = [answer["outcome"] for answer in said]
    assert outcomes == ["recorded"] * 6 + ["set_aside"] + ["recorded"] * 2
    assert said[6]["reason"] == "not-this-kind-of-code"
    assert [answer["doubts"] for answer in said if answer["doubts"] and answer["code"] != code] == []
    assert compound.shown(compound.log.last_position())
    with compound.read.reading() as rows:
        parcel = custody.parcel(rows, COMPOUND, said[-1]["code"])
    assert (parcel.household, parcel.stage, parcel.group_buy) == ("12-101", "delivered", APPLES)


def test_sent_again_it_counts_once_and_says_the_same(compound):
    item = door("deliver")
    (first,) = post(compound, item)
    again = post(compound, item, item)
    assert first["outcome"] == "recorded"
    assert first["doubts"] == ["disinfected-first"]
    assert [answer["outcome"] for answer in again] == ["duplicate", "duplicate"]
    assert all(answer["doubts"] == first["doubts"] and answer["code"] == first["code"] for answer in again)
    twin = door("deliver")
    assert [answer["outcome"] for answer in post(compound, twin, twin)] == ["recorded", "duplicate"]


def test_a_declaration_of_nothing_makes_no_delivery(compound):
    (nothing,) = post(compound, scan("declare"))
    assert (nothing["outcome"], nothing["reason"]) == ("set_aside", "field-wrong")
    assert nothing["text"].startswith("group_buys: ")
    (label,) = post(compound, scan("declare", code=DELIVERY))
    assert label["outcome"] == "recorded"


@pytest.mark.parametrize("together", [True, False], ids=["in one upload", "in two"])
@pytest.mark.parametrize("other", [{"door": "12-102"}, {"step": "return"}], ids=["other goods", "another step"])
def test_another_scan_under_an_id_that_is_used_is_kept_aside(compound, other, together):
    item = door("deliver")
    foreign = item | other
    told = post(compound, item, foreign) if together else [*post(compound, item), *post(compound, foreign)]
    assert [answer["outcome"] for answer in told] == ["recorded", "set_aside"]
    assert told[1]["reason"] == "id-used"
    assert told[1]["text"].startswith("id: ")
    assert foreign["step"] in compound.access.set_aside(COMPOUND)[0].raw


@pytest.mark.parametrize(
    ("item", "reason", "named"),
    [
        (5, "not-readable", "object"),
        (None, "not-readable", "object"),
        ({}, "step-unknown", "step"),
        (scan("teleport", code=PARCEL), "step-unknown", "step"),
        (scan("deliver", code="P123"), "code-not-readable", "code"),
        (scan("deliver", code=PARCEL[:-1] + ("0" if PARCEL[-1] != "0" else "1")), "code-not-readable", "code"),
        (scan("deliver", code=CRATE), "not-this-kind-of-code", "crate"),
        (scan("deliver"), "field-wrong", "code"),
        (scan("deliver", group_buy=APPLES), "field-wrong", "door"),
        (scan("deliver", group_buy="pears", door="12-101"), "group-buy-unknown", "group_buy"),
        (scan("deliver", group_buy=APPLES, door="77-101"), "door-unknown", "door"),
        (scan("deliver", group_buy=APPLES, door="小王13800138000"), "door-unknown", "door"),
        (scan("hand-over", code=PARCEL), "field-wrong", "taker"),
        (scan("deliver", code=PARCEL, colour="red"), "field-wrong", "colour"),
        (scan("deliver", code=PARCEL) | {"id": "7"}, "field-wrong", "id"),
        (scan("deliver", code=PARCEL) | {"happened_at": "2022-04-20T10:00:00"}, "field-wrong", "happened_at"),
        (scan("count", code=code_from_bits("delivery", 1), pieces=-1), "field-wrong", "pieces"),
    ],
)
def test_what_cannot_be_read_is_set_aside_and_spoils_nothing(compound, item, reason, named):
    bad, good = post(compound, item, door("deliver"))
    assert (bad["outcome"], bad["reason"]) == ("set_aside", reason)
    assert named in bad["text"]
    assert "13800138000" not in str(bad)
    assert good["outcome"] == "recorded"
    assert compound.shown(compound.log.last_position())
    with compound.read.reading() as rows:
        assert [each.reason for each in doubts.set_aside(rows, COMPOUND)] == [reason]
    assert len(compound.access.set_aside(COMPOUND)) == 1


def test_the_raw_text_of_a_scan_set_aside_stands_in_no_event(compound):
    post(compound, scan("deliver", code="https://health.example/code?id=310101199001011234"))
    facts = [recorded.event for recorded in compound.log.read(0, 1000)]
    assert any(isinstance(fact, ScanSetAside) for fact in facts)
    assert "310101199001011234" not in "".join(fact.model_dump_json() for fact in facts)


def test_a_step_of_another_role_is_set_aside(compound):
    (answer,) = post(compound, door("hold", reason="recall"), role="runner")
    assert (answer["outcome"], answer["reason"]) == ("set_aside", "not-allowed")
    (answer,) = post(compound, door("deliver"), role="runner")
    assert answer["outcome"] == "recorded"


@pytest.mark.parametrize("hours", [-24 * 365, -73, 1, 24 * 365 * 77])
def test_a_clock_that_cannot_be_right_is_doubted_and_owns_nothing_for_ever(compound, hours):
    item = door("deliver") | {"happened_at": (now() + timedelta(hours=hours)).isoformat()}
    (answer,) = post(compound, item)
    assert "clock-sane" in answer["doubts"]
    fact = compound.log.read(0, 10_000)[-1].event
    assert abs(fact.happened_at - now()) < timedelta(minutes=1)
    assert fact.clock_reading is not None


def test_a_skewed_clock_is_corrected_by_the_time_of_sending(compound):
    ahead = now() + timedelta(hours=2)
    item = door("deliver") | {
        "happened_at": (ahead - timedelta(minutes=10)).isoformat(),
        "sent_at": ahead.isoformat(),
    }
    (answer,) = post(compound, item)
    assert "clock-sane" not in answer["doubts"]
    fact = compound.log.read(0, 10_000)[-1].event
    assert abs(now() - fact.happened_at - timedelta(minutes=10)) < timedelta(minutes=1)


def test_undo_takes_the_scan_back(compound):
    delivery = door("deliver", 3, device="phone-1")
    (told,) = post(compound, delivery)
    (answer,) = post(compound, scan("annul", 1, code=told["code"], scan=delivery["id"], device="phone-1"))
    assert answer["outcome"] == "recorded"
    assert compound.shown(compound.log.last_position())
    with compound.read.reading() as rows:
        assert custody.parcel(rows, COMPOUND, told["code"]) is None


@pytest.mark.parametrize(
    ("content", "status", "named"),
    [
        (b"{", 400, "JSON"),
        (b"\xff\xfe", 400, "JSON"),
        (b"[]", 422, ""),
        (b'{"scans": []}', 422, "scans"),
        (b'{"scans": 1}', 422, "scans"),
        (b'{"scans": [' + b"1," * 500 + b"1]}", 422, "scans"),
        (b'{"scans": [{}], "more": 1}', 422, "more"),
    ],
)
def test_an_envelope_that_is_none_is_refused_with_the_field(compound, content, status, named):
    answer = send(compound, content)
    assert answer.status_code == status
    assert named in answer.text
    assert "%(" not in answer.text
    assert "Traceback" not in answer.text


def test_fifty_megabytes_are_too_large(compound):
    answer = send(compound, b" " * 50_000_000)
    assert answer.status_code == 413
    assert f"{UPLOAD_LIMIT >> 20} MB" in answer.text
    assert f"{API_LIMIT >> 20} MB" in answer.text


def test_nobody_and_a_viewer_record_nothing(compound):
    assert send(compound, b'{"scans": [{}]}', role=None).status_code == 401
    assert send(compound, b'{"scans": [{}]}', role="viewer").status_code == 403


def test_five_hundred_scans_at_once(compound):
    rooms = [f"{building}-{room}" for building in range(1, 13) for room in ("101", "102", "103", "104")]
    scans = [scan("sort", group_buy=APPLES, door=room, piece=piece) for room in rooms for piece in range(1, 11)]
    answers = post(compound, *scans[:480], *[scans[0]] * 20)
    assert [answer["outcome"] for answer in answers] == ["recorded"] * 480 + ["duplicate"] * 20
    assert len({answer["code"] for answer in answers}) == 480


def test_many_phones_at_once_lose_nothing(compound):
    async def storm():
        async with client(compound) as web:
            scans = [scan("deliver", group_buy=APPLES, door="12-101", piece=1 + n % 3) for n in range(120)]
            answers = await asyncio.gather(*[web.post("/api/scans", json={"scans": [each]}) for each in scans])
            return [answer.json()["answers"][0]["outcome"] for answer in answers]

    assert asyncio.run(storm()) == ["recorded"] * 120


def test_declaring_and_settling_by_the_api(compound):
    async def talk():
        async with client(compound) as web:
            declaration = {"id": str(uuid4()), "group_buys": [APPLES], "pieces": 3, "vehicle": "沪A12345"}
            first = await web.post("/api/deliveries", json=declaration)
            again = await web.post("/api/deliveries", json=declaration)
            assert first.status_code == 201
            assert first.json() == again.json()
            code = first.json()["code"]
            arrival = scan("arrive", code=code)
            assert (await web.post("/api/scans", json={"scans": [arrival]})).status_code == 200
            delivery = door("deliver")
            (told,) = (await web.post("/api/scans", json={"scans": [delivery]})).json()["answers"]
            settling = {
                "scan": delivery["id"],
                "rule": "disinfected-first",
                "code": told["code"],
                "reason": "seen-by-staff",
            }
            assert (await web.post("/api/doubts/settle", json=settling)).json() == {"settled": True, "before": False}
            wrong = await web.post("/api/doubts/settle", json=settling | {"reason": "because"})
            assert wrong.status_code == 422
            assert "reason" in wrong.text

    asyncio.run(talk())
    assert compound.shown(compound.log.last_position())
    with compound.read.reading() as rows:
        assert "disinfected-first" not in {doubt.rule for doubt in doubts.open_doubts(rows, COMPOUND)}
