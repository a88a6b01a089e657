"""Scans that a program could trip over: each is answered, and costs no other scan anything."""

import asyncio
import json
from uuid import uuid4

import pytest
from compound import APPLES, COMPOUND, client, found, scan
from structlog.testing import capture_logs

from domain.goods.codes import code_from_bits
from domain.goods.crates import CratePacked
from domain.goods.parcels import ParcelDelivered
from domain.goods.set_aside import ScanSetAside
from services import scans
from services.office import Report

PARCEL, OTHER, CRATE = code_from_bits("parcel", 9), code_from_bits("parcel", 10), code_from_bits("crate", 9)
DEEP = json.loads("[" * 300 + "]" * 300)


@pytest.fixture
def compound(house):
    found(house)
    return house


def post(house, *items, role="staff"):
    async def posting():
        async with client(house, role) as web:
            answer = await web.post(
                "/api/scans", content=json.dumps({"scans": items}), headers={"accept-language": "en"}
            )
            assert answer.status_code == 200, answer.text
            return answer.json()["answers"]

    return asyncio.run(posting())


def facts(house, kind):
    return [each.event for each in house.log.read(0, 10_000) if isinstance(each.event, kind)]


@pytest.mark.parametrize(
    ("happened_at", "sent_at"),
    [
        ("9999-12-31T23:59:59Z", "2000-01-01T00:00:00Z"),
        ("0001-01-01T00:00:00Z", "9998-01-01T00:00:00Z"),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
    ],
)
def test_a_clock_at_the_end_of_time_is_doubted_and_its_reading_kept(compound, happened_at, sent_at):
    odd = scan("deliver", code=PARCEL) | {"happened_at": happened_at, "sent_at": sent_at}
    told, beside = post(compound, odd, scan("deliver", code=OTHER))
    assert (told["outcome"], beside["outcome"]) == ("recorded", "recorded")
    assert "clock-sane" in told["doubts"]
    assert facts(compound, ParcelDelivered)[0].clock_reading.year in {1, 9999}
    assert compound.shown(compound.log.last_position())


@pytest.mark.parametrize(
    "odd", [DEEP, {"step": "deliver", "x": DEEP}, {"id": DEEP, "step": "deliver"}, scan("deliver", faces=DEEP)]
)
def test_a_scan_nested_too_deep_is_set_aside_with_its_upper_levels(compound, odd):
    (first,), (again, beside) = post(compound, odd), post(compound, odd, scan("deliver", code=PARCEL))
    assert (first["outcome"], first["reason"]) == ("set_aside", "not-readable")
    assert (again["outcome"], beside["outcome"]) == ("set_aside", "recorded")
    assert len(facts(compound, ScanSetAside)) == 1
    (kept,) = compound.access.set_aside(COMPOUND)
    assert len(kept.raw) < 400
    assert json.loads(kept.raw)


def test_a_scan_that_the_program_trips_over_is_set_aside_alone(compound, monkeypatch):
    def trips(item, received_at):
        if item.device == "sour":
            raise KeyError("13800138000")
        return received_at, None

    monkeypatch.setattr(scans, "happened", trips)
    with capture_logs() as logs:
        told, beside = post(compound, scan("deliver", code=PARCEL, device="sour"), scan("deliver", code=OTHER))
    assert (told["outcome"], told["reason"], beside["outcome"]) == ("set_aside", "not-readable", "recorded")
    assert [entry["error"] for entry in logs if entry["event"] == "scan_not_taken"] == ["KeyError"]
    assert "13800138000" not in str(logs)


def test_so_is_one_that_the_record_trips_over(compound, monkeypatch):
    decide = Report.decide

    def trips(report, record):
        if report.fact.device == "sour":
            raise KeyError("13800138000")
        return decide(report, record)

    monkeypatch.setattr(Report, "decide", trips)
    told, beside = post(compound, scan("deliver", code=PARCEL, device="sour"), scan("deliver", code=OTHER))
    assert (told["outcome"], beside["outcome"]) == ("set_aside", "recorded")
    assert len(compound.access.set_aside(COMPOUND)) == 1


@pytest.mark.parametrize(
    ("role", "outcome"), [("runner", "set_aside"), ("captain", "set_aside"), ("staff", "recorded")]
)
def test_a_reason_undoes_what_others_did_for_staff_only(compound, role, outcome):
    hold = scan("hold", 60, code=PARCEL, reason="recall")
    post(compound, hold)
    undo = scan("annul", code=PARCEL, scan=hold["id"], reason="wrong-step")
    (told,) = post(compound, undo, role=role)
    assert (told["outcome"], told.get("reason")) == (outcome, "not-allowed" if outcome == "set_aside" else None)


def test_everybody_undoes_a_scan_of_their_own_without_a_reason(compound):
    delivery = scan("deliver", 2, code=PARCEL, device="phone-1")
    undo = scan("annul", 1, code=PARCEL, scan=delivery["id"], device="phone-1")
    assert [told["outcome"] for told in post(compound, delivery, undo, role="runner")] == ["recorded", "recorded"]


def test_a_delivery_to_a_door_that_cannot_be_read_is_a_delivery(compound):
    (told,) = post(compound, scan("deliver", code=PARCEL, to="?"))
    assert told["outcome"] == "recorded"
    assert told["text"].startswith("to:")
    assert told["unread"] == ["?"]
    (fact,) = facts(compound, ParcelDelivered)
    assert fact.household is None


def test_a_crate_holds_the_parcels_whose_codes_could_be_read(compound):
    told, none = post(
        compound,
        scan("fill-crate", code=CRATE, parcels=[PARCEL, OTHER, "P123"]),
        scan("fill-crate", code=CRATE, parcels=["P123", "?"]),
    )
    assert told["outcome"] == "recorded"
    assert "1 of 3" in told["text"]
    assert told["unread"] == ["P123"]
    assert (none["outcome"], none["reason"]) == ("set_aside", "code-not-readable")
    assert [fact.parcels for fact in facts(compound, CratePacked)] == [(PARCEL, OTHER)]


def test_a_corrected_scan_with_the_same_id_is_recorded(compound):
    good = scan("deliver", code=PARCEL)
    bad = good | {"colour": 1}
    told = [post(compound, item)[0]["outcome"] for item in (bad, bad, good, good)]
    assert told == ["set_aside", "set_aside", "recorded", "duplicate"]
    assert len(facts(compound, ScanSetAside)) == 1
    assert len(compound.access.set_aside(COMPOUND)) == 1


def test_a_delivery_is_declared_for_group_buys_that_there_are(compound):
    by_title, unknown = post(
        compound, scan("declare", group_buys=["红苹果", APPLES]), scan("declare", group_buys=["aples"])
    )
    assert by_title["outcome"] == "recorded"
    assert compound.log.read(0, 10_000)[-2].event.group_buys == (APPLES,)
    assert (unknown["outcome"], unknown["reason"]) == ("set_aside", "group-buy-unknown")


def asked(house, address, **said):
    async def posting():
        async with client(house) as web:
            answer = await web.post(address, json=said)
            return answer.status_code, answer.json()

    return asyncio.run(posting())


def test_declaring_by_the_api_names_the_group_buy_that_there_is_not(compound):
    status, told = asked(compound, "/api/deliveries", group_buys=["红苹果", "aples"])
    assert (status, told["errors"][0]["field"]) == (422, "group_buys.1")
    status, told = asked(compound, "/api/deliveries", group_buys=["红苹果"])
    assert status == 201


def test_an_id_that_stands_for_something_else_is_refused(compound):
    hold = scan("hold", code=PARCEL, reason="recall")
    post(compound, hold)
    assert asked(compound, "/api/deliveries", id=hold["id"], pieces=3)[1]["rule"] == "id-unused"
    settling = {"scan": hold["id"], "rule": "label-known", "code": PARCEL, "reason": "seen-by-staff"}
    status, told = asked(compound, "/api/doubts/settle", id=hold["id"], **settling)
    assert (status, told["rule"]) == (409, "id-unused")


def test_only_a_scan_of_that_code_in_the_record_can_be_settled(compound):
    delivery = scan("deliver", code=PARCEL)
    post(compound, delivery)
    settling = {"scan": delivery["id"], "rule": "label-known", "code": PARCEL, "reason": "seen-by-staff"}
    for wrong in ({"scan": str(uuid4())}, {"code": OTHER}):
        status, told = asked(compound, "/api/doubts/settle", **settling | wrong)
        assert (status, told["rule"]) == (409, "scan-known")
    for code in ("XABCDE", "PABCDE"):
        status, told = asked(compound, "/api/doubts/settle", **settling | {"code": code})
        assert (status, told["errors"][0]["field"]) == (422, "code")
    status, told = asked(compound, "/api/doubts/settle", **settling)
    assert (status, told) == (200, {"settled": True, "before": False})
