"""What a program is told about a scan that was set aside: the field that is wrong, in the language that it reads."""

import asyncio
import json
import re

import pytest
from compound import APPLES, COMPOUND, client, found, scan

from domain.goods.codes import code_from_bits
from services.pages.words import DOUBTS

PARCEL, DELIVERY = code_from_bits("parcel", 9), code_from_bits("delivery", 9)


@pytest.fixture
def compound(house):
    found(house)
    return house


def sent(house, body, language="en"):
    async def posting():
        async with client(house) as web:
            return (await web.post("/api/scans", json=body, headers={"accept-language": language})).json()

    return asyncio.run(posting())


def told(house, item, language="en"):
    (answer,) = sent(house, {"scans": [item]}, language)["answers"]
    assert answer["outcome"] == "set_aside", answer
    return answer["text"]


@pytest.mark.parametrize("taker", [5, "x", []])
def test_a_taker_that_is_no_object_is_named(compound, taker):
    assert told(compound, scan("hand-over", code=PARCEL, taker=taker)) == "taker: must be an object"


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (scan("turn-away", code=DELIVERY, reasons=[]), "reasons: must have at least 1 entries"),
        (scan("turn-away", code=DELIVERY, reasons=5), "reasons: must be a list"),
        (scan("deliver", code=5), "code: must be text"),
        (scan("deliver", code=PARCEL, colour=1), "colour: is not a known field"),
        (scan("deliver", code=PARCEL, **{"13800138000": 1}), "?: is not a known field"),
        (scan("deliver", code=PARCEL, device_seq=2**70), "device_seq: is too large a number"),
        (scan("deliver", code=PARCEL, device_seq=2**60), "device_seq: must be at most 9007199254740992"),
        (scan("hand-over", code=PARCEL), "taker: is missing"),
        (
            scan("hand-over", code=PARCEL, taker={"kind": "team", "id": "小王"}),
            "taker: must be named by badge or number, not by name or phone",
        ),
    ],
)
def test_it_is_told_in_our_words(compound, item, text):
    assert told(compound, item) == text


A_TIME = "must be a time with its offset, such as 2022-04-20T17:05:12+08:00"


@pytest.mark.parametrize("time", [5, 1.5, "5", "1650445512.123456789", True, None, "2022-04-20", "2022-04-20T10:00:00"])
def test_a_time_is_written_out_with_its_offset(compound, time):
    odd = scan("deliver", code=PARCEL)
    assert told(compound, odd | {"happened_at": time}) == f"happened_at: {A_TIME}"
    if time is not None:
        assert told(compound, odd | {"sent_at": time}) == f"sent_at: {A_TIME}"


@pytest.mark.parametrize("number", [True, "5", 5.5, None])
def test_a_number_is_a_number(compound, number):
    assert told(compound, scan("count", code=DELIVERY, pieces=number)) == "pieces: must be a whole number"


def test_more_damaged_pieces_than_pieces_are_a_doubt(compound):
    """The record does not refuse what a hand reports."""
    (answer,) = sent(compound, {"scans": [scan("count", code=DELIVERY, pieces=5, damaged=9)]})["answers"]
    assert answer["outcome"] == "recorded"
    assert "count-matches" in answer["doubts"]
    assert "damaged" in DOUBTS["count-matches"]


@pytest.mark.parametrize(
    ("declaration", "status"),
    [
        ({}, 422),
        ({"group_buys": []}, 422),
        ({"supplier": "果园"}, 201),
        ({"pieces": True}, 422),
        ({"pieces": "5"}, 422),
    ],
)
def test_a_delivery_is_declared_by_something_that_is_known_of_it(compound, declaration, status):
    async def declaring():
        async with client(compound) as web:
            return await web.post("/api/deliveries", json=declaration, headers={"accept-language": "en"})

    answer = asyncio.run(declaring())
    assert answer.status_code == status
    if status != 201:
        assert answer.json()["errors"][0]["field"] == ("pieces" if "pieces" in declaration else "group_buys")


@pytest.mark.parametrize(
    "item",
    [
        5,
        {},
        scan("deliver", code="P123"),
        scan("deliver", code=PARCEL, colour=1),
        scan("deliver", code=DELIVERY),
        scan("deliver", group_buy=APPLES),
        scan("deliver", group_buy="pears", door="12-101"),
        scan("deliver", group_buy=APPLES, door="77-101"),
    ],
)
def test_it_is_told_in_the_language_of_who_asks(compound, item):
    chinese, english = told(compound, item, "zh-CN"), told(compound, item, "en")
    assert re.search(r"[一-鿿]", chinese)
    assert not re.search(r"[一-鿿]", english)
    assert re.match(r"([a-z_]+: )?", chinese)[0] == re.match(r"([a-z_]+: )?", english)[0]
    assert told(compound, item, "fr") == chinese


def test_so_is_what_a_scan_was_recorded_without(compound):
    (english,), (chinese,) = (
        sent(compound, {"scans": [scan("deliver", code=PARCEL, to="?")]}, language)["answers"]
        for language in ("en", "zh")
    )
    assert english["text"] == "to: no door of this compound reads like that; recorded without it."
    assert chinese["text"] == "to: 本小区没有这样的门牌；已记录，不含门牌。"


def test_a_body_that_is_no_object_is_called_the_body(compound):
    assert sent(compound, 5)["errors"] == [{"field": "body", "text": "must be an object"}]


def posted(house, content):
    async def posting():
        async with client(house) as web:
            headers = {"accept-language": "en", "content-type": "application/json"}
            answer = await web.post("/api/scans", content=content, headers=headers)
            return answer.status_code, answer.json()

    return asyncio.run(posting())


HALF = scan("deliver", code="\ud800")
HALF_A_NAME = scan("deliver", code=PARCEL) | {"\udfff": 1}
HALF_AN_ID = scan("deliver", code=PARCEL) | {"id": "\ud800"}
DIGITS = scan("count", code=DELIVERY, pieces="DIGITS")


@pytest.mark.parametrize(
    ("item", "number", "reason", "text"),
    [
        (HALF, "", "not-readable", "code: holds half a character, a lone surrogate such as \\ud800"),
        (HALF_A_NAME, "", "not-readable", "half a character"),
        (HALF_AN_ID, "", "not-readable", "id: holds half a character"),
        ("\ud800", "", "not-readable", "A scan must be an object"),
        (DIGITS, "9" * 5000, "field-wrong", "pieces: is too large a number"),
        (DIGITS, "-" + "9" * 30, "field-wrong", "pieces: is too large a number"),
        (DIGITS, "1e999", "field-wrong", "pieces: is too large a number"),
        (scan("deliver", code="DIGITS"), "9" * 5000, "field-wrong", "code: must be text"),
    ],
)
def test_an_odd_character_or_number_costs_its_own_scan_only(compound, item, number, reason, text):
    good = scan("deliver", code=PARCEL)
    content = json.dumps({"scans": [good, item]}).replace('"DIGITS"', number or '"DIGITS"')
    status, told = posted(compound, content)
    assert status == 200, told
    beside, odd = told["answers"]
    assert (beside["outcome"], odd["outcome"], odd["reason"]) == ("recorded", "set_aside", reason)
    assert text in odd["text"]
    again = posted(compound, content)[1]["answers"]
    assert [answer["outcome"] for answer in again] == ["duplicate", "set_aside"]
    (kept,) = compound.access.set_aside(COMPOUND)
    assert json.loads(kept.raw)


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (r'{"scans": ["\"NaN", NaN]}', 21),
        (r'{"scans": ["\ud800", -Infinity]}', 22),
        ('{"scans": ["橙子", Infinity]}', 18),
        ('{"scans": [1,]}', 14),
        ('{"scans": ["\ufeff"', 15),
        (b'{"scans": "\xff"}', 1),
        ("[" * 5000 + "]" * 5000, 1026),
        ("", 1),
    ],
)
def test_what_is_no_json_says_where_it_goes_wrong(compound, content, place):
    status, told = posted(compound, content)
    assert (status, told["rule"]) == (400, "readable-json")
    assert told["text"] == f"This is not readable JSON; it goes wrong at character {place}."
