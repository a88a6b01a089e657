"""What is asked of the record, what it answers, and the queue in between: bounded, in order, each answered once."""

import asyncio
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from domain.base import Event, Recorded, State
from infra.errors import StorageUnavailable

ASKS_IN_A_TRANSACTION = 500
SUBMISSIONS_IN_A_TRANSACTION = 64
GATHER = 0.003
"""Seconds for which the first ask waits for others to share its transaction."""


class Past(Protocol):
    """What a decision may know, all of it inside the asker's own compound; subjects are named without it."""

    worked_out: dict[Any, Any]
    """What decisions of this transaction keep for the next ones; whoever changes what it was made from empties it."""

    def state(self, subject: str) -> State | None: ...
    def related(self, subject: str) -> tuple[str, ...]: ...


class Ask(Protocol):
    """One thing to be decided.

    Every fact that it returns carries its ``compound`` and ``command``. ``wanted`` names the subjects to load
    beforehand, those it will write to included; what it does not name is loaded when asked for, with a query each.
    An ask with a true attribute ``report`` never gets Conflict but StorageUnavailable.
    """

    @property
    def command(self) -> UUID: ...
    @property
    def compound(self) -> str: ...
    def wanted(self) -> Sequence[str]: ...
    def decide(self, past: Past) -> Sequence[Event]: ...


class Answer(NamedTuple):
    """What an ask has led to; ``duplicate`` when it had done so before."""

    events: tuple[Recorded, ...]
    duplicate: bool = False


Outcome = Answer | Exception
FULL_ENOUGH = 50
"""Asks that are worth a transaction of their own, without waiting for others."""

AnyFuture = Future[list[Outcome]] | asyncio.Future[list[Outcome]]


class Submission:
    """Asks that came together and are answered together."""

    __slots__ = ("asks", "future", "outcomes", "taken")

    def __init__(self, asks: Sequence[Ask], future: AnyFuture) -> None:
        self.asks = asks
        self.future = future
        self.outcomes: list[Outcome] = []
        self.taken = 0


class Portion(NamedTuple):
    """What one transaction takes of a submission; all of it, unless it is too long."""

    submission: Submission
    asks: Sequence[Ask]


class AskQueue:
    """Filled from any thread, emptied by one."""

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._waiting = 0
        self._open = True
        self._lock = threading.Lock()
        self._queue: SimpleQueue[Submission | None] = SimpleQueue()
        self._begun: Submission | None = None

    def put(self, submission: Submission) -> None:
        """Raises StorageUnavailable when closed or full."""
        with self._lock:
            if not self._open:
                raise StorageUnavailable("stopping")
            if self._waiting + len(submission.asks) > self._bound:
                raise StorageUnavailable(f"{self._waiting} requests are waiting already")
            self._waiting += len(submission.asks)
            self._queue.put(submission)

    @property
    def is_waiting(self) -> bool:
        return self._waiting > 0

    def close(self) -> None:
        """Take no more; what waits can still be taken."""
        with self._lock:
            if self._open:
                self._open = False
                self._queue.put(None)

    def take(self) -> list[Portion]:
        """Wait for something to do and take what fits into one transaction; nothing when closed and empty."""
        portions: list[Portion] = []
        room = ASKS_IN_A_TRANSACTION
        while room and len(portions) < SUBMISSIONS_IN_A_TRANSACTION:
            submission = self._next(wait=not portions)
            if submission is None:
                break
            if not portions and len(submission.asks) < FULL_ENOUGH:
                time.sleep(GATHER)
            left = len(submission.asks) - submission.taken
            if left > room and portions:
                self._begun = submission
                break
            asks = submission.asks[submission.taken : submission.taken + room]
            submission.taken += len(asks)
            room -= len(asks)
            portions.append(Portion(submission, asks))
            if left > len(asks):
                self._begun = submission
                break
        with self._lock:
            self._waiting -= sum(len(portion.asks) for portion in portions)
        return portions

    def _next(self, *, wait: bool) -> Submission | None:
        if self._begun is not None:
            begun, self._begun = self._begun, None
            return begun
        if not wait and self._queue.empty():
            return None
        submission = self._queue.get()
        if submission is None:
            self._queue.put(None)
        return submission


def hand_out(portions: Iterable[Portion], outcomes: Sequence[Outcome]) -> None:
    """Answer what is now complete; an event loop is woken once, however many of its tasks were waiting."""
    begin = 0
    by_loop: dict[asyncio.AbstractEventLoop, list[Submission]] = {}
    for submission, asks in portions:
        submission.outcomes.extend(outcomes[begin : begin + len(asks)])
        begin += len(asks)
        if len(submission.outcomes) < len(submission.asks):
            continue
        if isinstance(submission.future, Future):
            submission.future.set_result(submission.outcomes)
        else:
            by_loop.setdefault(submission.future.get_loop(), []).append(submission)
    for loop, submissions in by_loop.items():
        try:
            loop.call_soon_threadsafe(_wake, submissions)
        except RuntimeError:  # the loop is closed: nobody waits there any more
            continue


def _wake(submissions: list[Submission]) -> None:
    for submission in submissions:
        if not submission.future.done():
            submission.future.set_result(submission.outcomes)
