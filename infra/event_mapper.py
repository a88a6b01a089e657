"""Between our facts and the bytes that are kept: ``{"v":1,"at":"2022-04-01T08:00:00.000000Z","event":{…}}``.

The same fact recorded at the same time always gives the same bytes, because seals are made over them.
Fields that have their default are left out; a class therefore never changes a default without a new shape.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson
from eventsourcing.persistence import StoredEvent
from pydantic import ValidationError

from domain.base import Event, Recorded
from infra.errors import UnknownEvent, UnreadableEvent

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
Upcasters = Mapping[tuple[str, int], Upcaster]

_UPCASTERS: dict[tuple[str, int], Upcaster] = {}
_HEADER = re.compile(rb'\{"v":(\d+),"at":"([^"]+)","event":')


class NewEvent(NamedTuple):
    """A fact on its way into the log; the first of a stream has version 1."""

    stream: str
    version: int
    event: Event
    recorded_at: datetime


class _Codec(NamedTuple):
    shape: int
    readable_since: int
    start: bytes
    to_json: Callable[..., bytes]
    from_json: Callable[[bytes], Event]


def upcast(name: str, from_version: int) -> Callable[[Upcaster], Upcaster]:
    """Register how the stored fields of ``name`` in shape ``from_version`` become those of the next shape."""

    def register(upcaster: Upcaster) -> Upcaster:
        if (name, from_version) in _UPCASTERS:
            raise TypeError(f"two upcasters of {name} from shape {from_version}")
        _UPCASTERS[name, from_version] = upcaster
        return upcaster

    return register


class EventMapper:
    """Knows the events that exist when it is made."""

    def __init__(
        self, topics: Mapping[str, type[Event]] = Event.by_name, upcasters: Upcasters = MappingProxyType(_UPCASTERS)
    ) -> None:
        self.topics = MappingProxyType(dict(topics))
        self._upcasters = dict(upcasters)
        self._codecs = {name: _codec(event_class) for name, event_class in self.topics.items()}
        self._last_instant: tuple[datetime | None, bytes] = None, b""

    def stored(self, new: NewEvent) -> StoredEvent:
        topic, state = self.encode(new.event, new.recorded_at)
        return StoredEvent(new.stream, new.version, topic, state)

    def encode(self, event: Event, recorded_at: datetime) -> tuple[str, bytes]:
        event_class = type(event)
        topic = event_class.__name__
        if self.topics.get(topic) is not event_class:
            raise UnknownEvent(f"{topic} is not among the events of this log")
        codec = self._codecs[topic]
        moment, written = self._last_instant
        if moment is not recorded_at:
            written = _instant(recorded_at)
            self._last_instant = recorded_at, written
        return topic, b'%b%b","event":%b}' % (codec.start, written, codec.to_json(event, exclude_defaults=True))

    def recorded(self, position: int, stream: str, version: int, topic: str, state: bytes) -> Recorded:
        recorded_at, event = self.decode(topic, state)
        return Recorded(position, stream, version, recorded_at, event)

    def decode(self, topic: str, state: bytes) -> tuple[datetime, Event]:
        codec = self._codecs.get(topic)
        if codec is None:
            raise UnknownEvent(f"no event is named {topic}")
        header = _HEADER.match(state)
        if header is None:
            raise UnreadableEvent(f"{topic} is not stored as this program stores facts")
        shape = int(header[1])
        fields = state[header.end() : -1]
        try:
            fits = codec.readable_since <= shape <= codec.shape
            event = codec.from_json(fields if fits else self._raised(topic, shape, codec.shape, fields))
        except ValidationError as error:
            where = sorted({".".join(map(str, problem["loc"])) for problem in error.errors(include_input=False)})
            raise UnreadableEvent(f"{topic} in shape {shape} does not fit its class at {', '.join(where)}") from None
        return datetime.fromisoformat(header[2].decode()), event

    def _raised(self, topic: str, shape: int, wanted: int, stored: bytes) -> bytes:
        if shape > wanted:
            raise UnknownEvent(f"{topic} is stored in shape {shape}, this program knows shape {wanted}")
        fields = orjson.loads(stored)
        for version in range(shape, wanted):
            upcaster = self._upcasters.get((topic, version))
            if upcaster is None:
                raise UnknownEvent(f"nothing raises {topic} from shape {version} to {version + 1}")
            fields = upcaster(fields)
        return orjson.dumps(fields)


def _codec(event_class: type[Event]) -> _Codec:
    return _Codec(
        shape=event_class.shape,
        readable_since=event_class.shape if event_class.readable_since is None else event_class.readable_since,
        start=b'{"v":%d,"at":"' % event_class.shape,
        to_json=event_class.__pydantic_serializer__.to_json,
        from_json=event_class.__pydantic_validator__.validate_json,
    )


def _instant(moment: datetime) -> bytes:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:-6].encode() + b"Z"
