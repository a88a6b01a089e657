"""The one writer of a process.

A thread takes what has gathered in the queue, decides one ask after the other against cached states,
appends everything in one transaction and wakes the askers.
"""

import asyncio
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import structlog

from domain.base import Recorded, Refused, State, stream_of
from infra.asks import Answer, Ask, AskQueue, Outcome, Past, Submission, hand_out
from infra.errors import Conflict, StorageUnavailable
from infra.event_mapper import NewEvent
from infra.stream_cache import Follows, Initial, Log, StreamCache, WorkingSet

__all__ = ["Answer", "Ask", "Committer", "Outcome", "Past"]

TRIES = 3

CommandKey = tuple[str, UUID]
"""Compound and command: what makes a retry the same as before."""

log = structlog.get_logger(__name__)


class Store(Log, Protocol):
    """The part of the event store that the committer needs."""

    def append(self, entries: Sequence[NewEvent], *, only_if_unchanged: bool = False) -> list[int]: ...
    def recorded_by(self, asked: Sequence[tuple[str, UUID]]) -> dict[tuple[str, UUID], list[Recorded]]: ...
    def changed_by_others(self) -> bool: ...


class Committer:
    """``submit`` and ``ask_all`` raise StorageUnavailable when too much is waiting or the end has begun."""

    def __init__(
        self,
        store: Store,
        initial: Initial,
        follows: Follows,
        clock: Callable[[], datetime],
        cache_size: int = 4000,
        queue_bound: int = 20_000,
    ) -> None:
        self._store = store
        self._clock = clock
        self._cache = StreamCache(store, initial, follows, cache_size)
        self._queue = AskQueue(queue_bound)
        self._thread = threading.Thread(target=self._work, name="committer", daemon=True)
        self._on_commit: list[Callable[[int], None]] = []
        self._is_settling = False

    def on_commit(self, callback: Callable[[int], None]) -> None:
        """Call it in the committer's thread with the last position after each commit; it must be quick."""
        self._on_commit.append(callback)

    @property
    def is_busy(self) -> bool:
        """Whether somebody is waiting for an answer."""
        return self._is_settling

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Take no more asks, answer all that wait, and return when that is done."""
        self._queue.close()
        if self._thread.ident is not None:
            self._thread.join()
        while portions := self._queue.take():
            hand_out(portions, [StorageUnavailable("never started") for _, asks in portions for _ in asks])

    def submit(self, asks: Sequence[Ask]) -> Future[list[Outcome]]:
        future: Future[list[Outcome]] = Future()
        future.set_running_or_notify_cancel()
        if asks:
            self._queue.put(Submission(asks, future))
        else:
            future.set_result([])
        return future

    async def ask_all(self, asks: Sequence[Ask]) -> list[Outcome]:
        if not asks:
            return []
        future: asyncio.Future[list[Outcome]] = asyncio.get_running_loop().create_future()
        self._queue.put(Submission(asks, future))
        return await future

    def _work(self) -> None:
        while portions := self._queue.take():
            self._is_settling = True
            outcomes, last_position = self._settle([ask for _, asks in portions for ask in asks])
            hand_out(portions, outcomes)
            self._is_settling = self._queue.is_waiting
            if last_position:
                self._tell(last_position)

    def _tell(self, last_position: int) -> None:
        for callback in self._on_commit:
            try:
                callback(last_position)
            except Exception as error:  # noqa: BLE001 — a listener's trouble must not end the writing
                _log_failure("listener_failed", callback, error)

    def _settle(self, asks: Sequence[Ask]) -> tuple[list[Outcome], int]:
        """Answer every ask; the second is the last position written, 0 when nothing was."""
        for _ in range(TRIES):
            try:
                return self._attempt(asks)
            except Conflict:
                self._cache.clear()
            except StorageUnavailable as error:
                self._cache.clear()
                log.warning("storage_unavailable", asks=len(asks), error=str(error))
                return [StorageUnavailable(str(error)) for _ in asks], 0
            except Exception as error:  # noqa: BLE001 — whatever it is, every asker gets an answer
                self._cache.clear()
                if len(asks) == 1:
                    _log_failure("ask_failed", asks[0], error)
                    return [error], 0
                break
        if len(asks) == 1:
            return [_beaten(asks[0])], 0
        return self._settle_one_by_one(asks)

    def _settle_one_by_one(self, asks: Sequence[Ask]) -> tuple[list[Outcome], int]:
        outcomes: list[Outcome] = []
        last_position = 0
        for ask in asks:
            (outcome,), position = self._settle([ask])
            outcomes.append(outcome)
            last_position = position or last_position
            if isinstance(outcome, StorageUnavailable):
                break
        outcomes.extend(StorageUnavailable("given up with the ones before") for _ in asks[len(outcomes) :])
        return outcomes, last_position

    def _attempt(self, asks: Sequence[Ask]) -> tuple[list[Outcome], int]:
        if self._store.changed_by_others():
            self._cache.clear()
        done = {
            key: Answer(tuple(facts))
            for key, facts in self._store.recorded_by([(ask.compound, ask.command) for ask in asks]).items()
        }
        batch = _Batch(WorkingSet(self._cache), self._clock(), done)
        batch.preload(asks)
        for ask in asks:
            batch.decide(ask)
        positions = self._store.append(batch.entries, only_if_unchanged=True)
        batch.working_set.keep()
        return batch.outcomes(positions), positions[-1] if positions else 0


class _Staged(NamedTuple):
    """Which entries of the batch are an ask's answer, once they have positions."""

    begin: int
    end: int
    duplicate: bool = False


class _Batch:
    """The asks of one transaction and what they have decided so far."""

    def __init__(self, working_set: WorkingSet, recorded_at: datetime, done: Mapping[CommandKey, Answer]) -> None:
        self.working_set = working_set
        self.entries: list[NewEvent] = []
        self._recorded_at = recorded_at
        self._done: dict[CommandKey, Answer | _Staged] = dict(done)
        self._results: list[Outcome | _Staged] = []
        self._pasts: dict[str, _Past] = {}

    def preload(self, asks: Sequence[Ask]) -> None:
        streams: list[str] = []
        for ask in asks:
            compound = ask.compound
            if not self._done or (compound, ask.command) not in self._done:
                streams += [stream_of(compound, subject) for subject in ask.wanted()]
        self.working_set.preload(streams)

    def decide(self, ask: Ask) -> None:
        key = ask.compound, ask.command
        done = self._done.get(key)
        self._results.append(self._decide_anew(ask, key) if done is None else done._replace(duplicate=True))

    def outcomes(self, positions: Sequence[int]) -> list[Outcome]:
        facts = [
            Recorded(position, stream, version, recorded_at, event)
            for position, (stream, version, event, recorded_at) in zip(positions, self.entries, strict=True)
        ]
        return [
            Answer(tuple(facts[result.begin : result.end]), result.duplicate) if isinstance(result, _Staged) else result
            for result in self._results
        ]

    def _decide_anew(self, ask: Ask, key: CommandKey) -> Outcome | _Staged:
        past = self._pasts.get(ask.compound)
        if past is None:
            past = self._pasts[ask.compound] = _Past(ask.compound, self.working_set)
        try:
            events = ask.decide(past)
            self.working_set.make_room_for(*key, events)
        except Refused as refusal:
            return refusal
        except StorageUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 — one ask's mistake is that ask's answer
            _log_failure("ask_failed", ask, error)
            return error
        begin = len(self.entries)
        self.entries += self.working_set.stage(ask.compound, events, self._recorded_at)
        staged = self._done[key] = _Staged(begin, len(self.entries))
        return staged


class _Past:
    __slots__ = ("_compound", "_held", "_known", "worked_out")

    def __init__(self, compound: str, working_set: WorkingSet) -> None:
        self._compound = stream_of(compound, "")
        self._held = working_set.held
        self._known = working_set.known
        self.worked_out: dict[Any, Any] = {}

    def state(self, subject: str) -> State | None:
        stream = self._compound + subject
        return (self._held.get(stream) or self._known(stream)).state

    def related(self, subject: str) -> tuple[str, ...]:
        stream = self._compound + subject
        return (self._held.get(stream) or self._known(stream)).related


def _beaten(ask: Ask) -> Exception:
    if getattr(ask, "report", False):  # most asks need not say that they are none
        return StorageUnavailable("others kept writing first")
    return Conflict("others kept writing first")


def _log_failure(what: str, whose: object, error: Exception) -> None:
    """The error's own words may hold what a person typed, so only its kind and place are told."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    log.error(what, whose=type(whose).__name__, error=type(error).__name__, at=place)
