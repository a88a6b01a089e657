"""What the committer knows of streams: their state, version and forward links, without asking the log again."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from domain.base import Event, Recorded, State, stream_of
from infra.event_mapper import NewEvent

Initial = Callable[[str], State]
"""The state of a subject of which nothing is known yet."""
Follows = Callable[[str], bool]
"""Whether a subject's own past is wanted when another one points to it."""


class StrayEvent(Exception):  # noqa: N818 — names the mistake in a decision
    """A decision returned a fact of another compound or another command than it was asked for."""


class Log(Protocol):
    """The part of the event store that is needed to know streams."""

    def load(self, streams: Iterable[str]) -> dict[str, list[Recorded]]: ...
    def links_of(self, asked: Sequence[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, ...]]: ...


class Known(NamedTuple):
    """One stream as it stands."""

    version: int
    state: State | None
    related: tuple[str, ...]


class StreamCache:
    """The streams used last, as they stand in the log. At most ``size`` of them.

    States may be changed in place by ``evolve``, so after a transaction that failed everything is forgotten.
    """

    def __init__(self, log: Log, initial: Initial, follows: Follows, size: int) -> None:
        self._log = log
        self._size = size
        self._known: OrderedDict[str, Known] = OrderedDict()
        self.initial = initial
        self.follows = follows

    def __len__(self) -> int:
        return len(self._known)

    def clear(self) -> None:
        self._known.clear()

    def gather(self, streams: Iterable[str]) -> dict[str, Known]:
        gathered: dict[str, Known] = {}
        missing = []
        for stream in streams:
            known = self._known.get(stream)
            if known is None:
                missing.append(stream)
            else:
                gathered[stream] = known
        if missing:
            gathered.update(self._load(missing))
        return gathered

    def keep(self, streams: dict[str, Known]) -> None:
        known = self._known
        for stream, value in streams.items():
            known[stream] = value
            known.move_to_end(stream)
        while len(known) > self._size:
            known.popitem(last=False)

    def _load(self, streams: list[str]) -> dict[str, Known]:
        pasts = self._log.load(streams)
        keys = {stream: _apart(stream) for stream in streams}
        links = self._log.links_of(list(keys.values()))
        return {
            stream: self._replay(keys[stream][1], past, links.get(keys[stream], ())) for stream, past in pasts.items()
        }

    def _replay(self, subject: str, past: list[Recorded], related: tuple[str, ...]) -> Known:
        if not past:
            return Known(0, None, related)
        state = self.initial(subject)
        for recorded in past:
            state = state.evolve(recorded.event)
        return Known(past[-1].version, state, related)


class WorkingSet:
    """The streams one transaction has in hand; what it changes is to be kept after the commit, or all forgotten."""

    def __init__(self, cache: StreamCache) -> None:
        self._cache = cache
        self.held: dict[str, Known] = {}

    def preload(self, streams: Iterable[str]) -> None:
        """Hold these and everything they lead to, one query per step away from them."""
        held, follows = self.held, self._cache.follows
        frontier = [stream for stream in dict.fromkeys(streams) if stream not in held]
        while frontier:
            gathered = self._cache.gather(frontier)
            held.update(gathered)
            ahead: dict[str, None] = {}
            for stream, known in gathered.items():
                compound, _ = _apart(stream) if known.related else ("", "")
                for subject in known.related:
                    related = stream_of(compound, subject)
                    if related not in held and follows(subject):
                        ahead[related] = None
            frontier = list(ahead)

    def known(self, stream: str) -> Known:
        known = self.held.get(stream)
        if known is None:
            self.preload((stream,))
            known = self.held[stream]
        return known

    def make_room_for(self, compound: str, command: UUID, events: Sequence[Event]) -> None:
        """Everything about one decision that may fail without having changed a state."""
        held = self.held
        for event in events:
            if event.compound != compound or event.command != command:
                raise StrayEvent(type(event).__name__)
            for subject in (event.stream, *[source for source, _ in event.linked]):
                stream = stream_of(compound, subject)
                if stream not in held:
                    self.preload((stream,))

    def stage(self, compound: str, events: Sequence[Event], recorded_at: datetime) -> list[NewEvent]:
        """Make the facts of one decision part of what the next ones see.

        States may change in place: after an error in here none of this set can be trusted any more.
        """
        held = self.held
        entries: list[NewEvent] = []
        for event in events:
            subject = event.stream
            stream = stream_of(compound, subject)
            version, state, related = held[stream]
            evolved = (self._cache.initial(subject) if state is None else state).evolve(event)
            held[stream] = Known(version + 1, evolved, related)
            entries.append(NewEvent(stream, version + 1, event, recorded_at))
            for source, target in event.linked:
                self._link(stream_of(compound, source), target)
        return entries

    def keep(self) -> None:
        self._cache.keep(self.held)

    def _link(self, stream: str, target: str) -> None:
        version, state, related = self.held[stream]
        if target not in related:
            self.held[stream] = Known(version, state, tuple(sorted((*related, target))))


def _apart(stream: str) -> tuple[str, str]:
    compound, _, subject = stream.partition("/")
    return compound, subject
