"""Follows the log, folds batches into every projection, and tells listeners how far it has come."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from time import perf_counter
from typing import Final, Protocol
from zlib import crc32

import structlog

from domain.base import Recorded
from infra.errors import Fenced, StorageUnavailable
from infra.read_store import SqliteReadStore
from projections import (
    awaited,
    badges,
    custody,
    deliveries,
    door_codes,
    doubts,
    duty,
    emergencies,
    live_board,
    orders,
    people,
    releases,
    roster,
    teams,
)
from projections.base import Batch, Projection, Rows
from projections.trails import KEPT_TRAILS, Trails

log = structlog.get_logger(__name__)

NAME: Final = "all"
READING: Final = 4
"""Raise it when a projection makes other rows of the same facts in the same tables."""
BATCH: Final = 1000
GATHER: Final = 0.03
"""Seconds for which a commit waits for others to be folded with it, unless somebody is waiting to see it."""
GATHER_WHEN_BUSY: Final = 0.15
"""The same while others wait for an answer: fewer, larger batches leave them more of the machine."""
LOOK_AGAIN: Final = 0.25
"""Seconds until the log is read again unasked: the command line may write beside a server."""


class Log(Protocol):
    def read(self, after: int, limit: int) -> list[Recorded]: ...


def projections(kept_trails: int = KEPT_TRAILS) -> tuple[Projection, ...]:
    """All read models in the order in which a batch passes them: custody reads orders, and reads for those behind it."""
    return (
        orders.PROJECTION,
        custody.projection(Trails(kept_trails)),
        deliveries.PROJECTION,
        doubts.PROJECTION,
        releases.PROJECTION,
        duty.PROJECTION,
        live_board.PROJECTION,
        awaited.PROJECTION,
        roster.PROJECTION,
        people.PROJECTION,
        badges.PROJECTION,
        teams.PROJECTION,
        door_codes.PROJECTION,
        emergencies.PROJECTION,
    )


def shape_of(models: Sequence[Projection]) -> int:
    """A number that changes with the tables, and with ``READING``: what another number stands at is folded anew."""
    statements = "\n".join([str(READING), *(table for model in models for table in model.tables)])
    return crc32(statements.encode()) & 0x7FFF_FFFF


class Folder:
    """Folds one batch after the other, each in one transaction with its position."""

    def __init__(self, store: SqliteReadStore, models: Sequence[Projection]) -> None:
        self.store = store
        self.models = models
        with store.transaction() as rows:
            if store.begin_anew_unless(rows, shape_of(models)):
                log.warning("read_models_begin_anew", why="they were made by another version of the program")
            for model in models:
                for table in model.tables:
                    rows.execute(table)
            self.position = store.position(rows, NAME).last_id

    @contextmanager
    def moving_to(self, position: int) -> Iterator[Callable[[Sequence[Recorded]], None]]:
        """What folds the batches up to a position; raises Fenced when another process has folded meanwhile."""
        with self.store.transaction() as rows:
            if self.store.position(rows, NAME).last_id != self.position:
                raise Fenced(f"{NAME} is no longer at {self.position}")
            yield partial(self._fold, rows)
            self.store.advance(rows, NAME, 0, self.position, position, position)
        self.position = position

    def _fold(self, rows: Rows, recorded: Sequence[Recorded]) -> None:
        batch = Batch(recorded)
        for model in self.models:
            model.fold(rows, batch)


class Projector:
    """A thread that keeps the read database up to the log."""

    def __init__(
        self,
        log_: Log,
        store: SqliteReadStore,
        models: Callable[[], Sequence[Projection]] = projections,
        is_busy: Callable[[], bool] = lambda: False,
    ) -> None:
        """``is_busy``: whether somebody waits for an answer, who goes before those who look at the board."""
        self.is_busy = is_busy
        self.log = log_
        self.store = store
        self.models = models
        self.folder: Folder | None = Folder(store, models())
        self.position = self.folder.position
        self.listeners: list[Callable[[int], None]] = []
        self.wake = threading.Event()
        self.hurry = threading.Event()
        self.caught_up = threading.Condition()
        self.stopping = False
        self.thread = threading.Thread(target=self.run, name="projector", daemon=True)

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.stopping = True
        self.wake.set()
        self.hurry.set()
        if self.thread.is_alive():
            self.thread.join()

    def nudge(self, _: int = 0) -> None:
        self.wake.set()

    def wait_for(self, position: int, timeout: float = 30) -> bool:
        """Whether everything up to the position is visible within the time, in seconds."""
        self.hurry.set()
        with self.caught_up:
            return self.caught_up.wait_for(lambda: self.position >= position, timeout)

    def run(self) -> None:
        while not self.stopping:
            self.wake.clear()
            self.hurry.clear()
            try:
                self.catch_up()
            except Fenced:
                continue
            except StorageUnavailable as error:
                log.warning("read_database_unavailable", error=str(error))
            except Exception as error:  # noqa: BLE001 — the log is safe; a person must look, the gate must go on
                log.error("projection_failed", error=type(error).__name__, position=self.position)
                self.wake.wait(5)
            if self.wake.wait(LOOK_AGAIN):
                self.hurry.wait(GATHER_WHEN_BUSY if self.is_busy() else GATHER)

    def catch_up(self) -> None:
        """Folds until nothing is left; for at most a quarter of the time while somebody waits for an answer."""
        folded = BATCH
        while folded == BATCH and not self.stopping:
            begun = perf_counter()
            folded = self.step()
            if self.is_busy():
                self.hurry.wait(3 * (perf_counter() - begun))

    def step(self) -> int:
        """Folds one batch and returns how many facts it held.

        After any failure, such as being overtaken by another process, what is in memory is worth nothing: the next
        step begins with a new folder.
        """
        folder, self.folder = self.folder or Folder(self.store, self.models()), None
        recorded = self.log.read(folder.position, BATCH)
        if recorded:
            with folder.moving_to(recorded[-1].position) as fold:
                fold(recorded)
        self.folder = folder
        with self.caught_up:
            self.position = folder.position
            self.caught_up.notify_all()
        if recorded:
            for listener in self.listeners:
                listener(self.position)
        return len(recorded)
