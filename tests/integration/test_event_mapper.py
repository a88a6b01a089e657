from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from store_events import NOON, TOPICS, KettleBoiled, boiled

from domain.base import Event, Holder
from domain.goods.parcels import ParcelReported
from infra.errors import UnknownEvent, UnreadableEvent
from infra.event_mapper import EventMapper, upcast

COMMAND = UUID("01234567-89ab-4cde-8f01-23456789abcd")


@pytest.fixture
def mapper():
    return EventMapper(TOPICS)


def test_the_test_events_do_not_count_as_facts_of_the_domain():
    assert not set(TOPICS) & set(Event.by_name)


def test_the_same_fact_gives_the_same_bytes(mapper):
    event = boiled(command=COMMAND, taker=Holder(kind="station", id="gate"), litres=2)
    topic, state = mapper.encode(event, NOON)
    assert topic == "KettleBoiled"
    assert state == (
        b'{"v":1,"at":"2022-04-01T04:00:00.000000Z","event":{"compound":"shengdu","actor":"li",'
        b'"command":"01234567-89ab-4cde-8f01-23456789abcd","happened_at":"2022-04-01T04:00:00Z",'
        b'"kettle":"red","litres":2,"taker":{"kind":"station","id":"gate"}}}'
    )
    again = EventMapper(TOPICS).encode(event.model_copy(), NOON.astimezone(timezone(timedelta(hours=8))))
    assert again == (topic, state)


def test_what_is_read_is_what_was_written(mapper):
    event = boiled(place='门口 "x" \\ \u2028', device="phone", device_seq=3, doubts=("giver-holds",))
    recorded_at = datetime(2022, 4, 1, 4, 5, 6, 789012, tzinfo=UTC)
    topic, state = mapper.encode(event, recorded_at)
    assert mapper.decode(topic, state) == (recorded_at, event)
    assert mapper.encode(mapper.decode(topic, state)[1], recorded_at) == (topic, state)


def test_an_older_shape_is_raised_step_by_step(mapper):
    class KettleBoiledNow(KettleBoiled):
        shape = 3
        spout: str

    del Event.by_name["KettleBoiledNow"]
    upcasters = {
        ("KettleBoiled", 1): lambda fields: {**fields, "litres": fields["litres"] * 10},
        ("KettleBoiled", 2): lambda fields: {**fields, "spout": "long"},
    }
    now = EventMapper({"KettleBoiled": KettleBoiledNow}, upcasters)
    topic, state = mapper.encode(boiled(litres=2), NOON)
    _, event = now.decode(topic, state)
    assert (event.litres, event.spout) == (20, "long")
    with pytest.raises(UnknownEvent, match="nothing raises KettleBoiled from shape 2"):
        EventMapper({"KettleBoiled": KettleBoiledNow}, {("KettleBoiled", 1): dict}).decode(topic, state)


def test_a_newer_shape_and_an_unknown_name_are_named(mapper):
    topic, state = mapper.encode(boiled(), NOON)
    with pytest.raises(UnknownEvent, match="shape 2"):
        mapper.decode(topic, state.replace(b'{"v":1', b'{"v":2'))
    with pytest.raises(UnknownEvent, match="TeapotBroken"):
        mapper.decode("TeapotBroken", state)
    with pytest.raises(UnknownEvent, match="KettleBoiled"):
        EventMapper({}).encode(boiled(), NOON)


def test_what_does_not_fit_is_named_without_its_content(mapper):
    topic, state = mapper.encode(boiled(place="13812345678"), NOON)
    with pytest.raises(UnreadableEvent, match="kettle") as caught:
        mapper.decode(topic, state.replace(b'"kettle"', b'"pot"'))
    assert "13812345678" not in str(caught.value)
    with pytest.raises(UnreadableEvent):
        mapper.decode(topic, b"{}")


def test_there_is_one_upcaster_for_each_step():
    @upcast("KettleBoiledLongAgo", 1)
    def raised(fields):
        return fields

    assert raised({"litres": 1}) == {"litres": 1}
    with pytest.raises(TypeError, match="two upcasters"):
        upcast("KettleBoiledLongAgo", 1)(dict)


REPORTED = ParcelReported(
    compound="shengdu", actor="li", command=COMMAND, happened_at=NOON, parcel="P7K2M9QX4T3", problem="damaged"
)


def test_a_fact_from_before_a_field_with_a_default_is_read_as_it_is():
    mapper = EventMapper()
    topic, state = mapper.encode(REPORTED, NOON)
    assert b'"late"' not in state
    assert mapper.decode(topic, state)[1].late is False


def test_a_fact_from_before_a_value_was_added_is_read_as_it_was():
    mapper = EventMapper()
    topic, state = mapper.encode(REPORTED, NOON)
    assert state.startswith(b'{"v":2,')
    assert mapper.decode(topic, state.replace(b'{"v":2,', b'{"v":1,')) == (NOON, REPORTED)
