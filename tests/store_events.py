"""Facts that exist only for the tests of storage; they leave the domain's own list of names untouched."""

import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Self
from uuid import UUID, uuid4

from domain.base import Event, Holder, Refused

NOON = datetime(2022, 4, 1, 4, tzinfo=UTC)


class KettleBoiled(Event):
    kettle: str
    litres: int = 1
    place: str | None = None
    taker: Holder | None = None
    inside: str | None = None

    @property
    def stream(self) -> str:
        return f"kettle-{self.kettle}"

    def links(self) -> Iterable[tuple[str, str]]:
        return ((self.stream, self.inside),) if self.inside else ()


class CupboardOpened(Event):
    cupboard: str
    inside: str | None = None

    @property
    def stream(self) -> str:
        return f"cupboard-{self.cupboard}"

    def links(self) -> Iterable[tuple[str, str]]:
        return ((self.stream, self.inside),) if self.inside else ()


TOPICS: dict[str, type[Event]] = {cls.__name__: cls for cls in (KettleBoiled, CupboardOpened)}
for _name in TOPICS:
    del Event.by_name[_name]


def boiled(
    kettle: str = "red", *, compound: str = "shengdu", command: UUID | None = None, **more: object
) -> KettleBoiled:
    return KettleBoiled(
        compound=compound, actor="li", command=command or uuid4(), happened_at=NOON, kettle=kettle, **more
    )


def opened(cupboard: str, *, compound: str = "shengdu", command: UUID | None = None, **more: object) -> CupboardOpened:
    return CupboardOpened(
        compound=compound, actor="li", command=command or uuid4(), happened_at=NOON, cupboard=cupboard, **more
    )


@dataclass(frozen=True)
class Tally:
    """How often something happened to a subject."""

    subject: str
    times: int = 0
    litres: int = 0

    def evolve(self, event: Event) -> Self:
        litres = event.litres if isinstance(event, KettleBoiled) else 0
        return type(self)(self.subject, self.times + 1, self.litres + litres)


@dataclass
class Boil:
    """Asks to boil a kettle; refuses when it has been boiled ``most`` times."""

    kettle: str = "red"
    compound: str = "shengdu"
    command: UUID = field(default_factory=uuid4)
    most: int = 1_000_000
    litres: int = 1
    inside: str | None = None
    times: int = 1
    report: bool = False
    place: str | None = None

    def wanted(self) -> Sequence[str]:
        return (f"kettle-{self.kettle}",)

    def decide(self, past) -> Sequence[Event]:
        tally = past.state(f"kettle-{self.kettle}") or Tally(self.kettle)
        if tally.times >= self.most:
            raise Refused("boiled-enough", "boiled often enough")
        return [
            boiled(
                self.kettle,
                compound=self.compound,
                command=self.command,
                litres=self.litres,
                inside=self.inside,
                place=self.place,
            )
            for _ in range(self.times)
        ]


def ticking():
    """A clock that moves one second at each look."""
    moments = iter(NOON + timedelta(seconds=n) for n in range(10**9))
    return lambda: next(moments)


class Watched:
    """An event store that counts what it is asked and fails when told to."""

    def __init__(self, store):
        self.store = store
        self.calls = Counter()
        self.loaded = []
        self.batches = []
        self.failures = []
        self.pause = threading.Event()
        self.pause.set()

    def changed_by_others(self):
        self.pause.wait(10)
        return self.store.changed_by_others()

    def recorded_by(self, asked):
        self.calls["recorded_by"] += 1
        return self.store.recorded_by(asked)

    def load(self, streams):
        self.calls["load"] += 1
        self.loaded.extend(streams)
        return self.store.load(streams)

    def links_of(self, asked):
        return self.store.links_of(asked)

    def append(self, entries, *, only_if_unchanged=False):
        if self.failures:
            raise self.failures.pop(0)
        if entries:
            self.batches.append(len(entries))
        return self.store.append(entries, only_if_unchanged=only_if_unchanged)
