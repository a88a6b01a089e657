"""Follows the log, folds batches into every projection, and tells listeners how far it has come."""

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple, Protocol

import structlog

from domain.base import Recorded
from infra.errors import Fenced, StorageUnavailable
from infra.read_store import SqliteReadStore
from projections import custody, deliveries, doubts, live_board, orders, roster
from projections.base import Batch, Projection

log = structlog.get_logger(__name__)

NAME: Final = "all"
BATCH: Final = 1000
REBUILD_BATCH: Final = 2000
LOOK_AGAIN: Final = 0.25
"""Seconds until the log is read again unasked: the command line may write beside a server."""


class Log(Protocol):
    def read(self, after: int, limit: int) -> list[Recorded]: ...

    def last_position(self) -> int: ...


class Progress(NamedTuple):
    done: int
    of: int


def projections() -> tuple[Projection, ...]:
    """All read models in the order in which a batch passes them: custody reads the goods for those behind it."""
    return (
        custody.projection(),
        deliveries.PROJECTION,
        doubts.PROJECTION,
        live_board.PROJECTION,
        orders.PROJECTION,
        roster.PROJECTION,
    )


class Folder:
    """Folds one batch after the other, each in one transaction with its position."""

    def __init__(self, store: SqliteReadStore, models: Sequence[Projection]) -> None:
        self.store = store
        self.models = models
        with store.transaction() as rows:
            for model in models:
                for table in model.tables:
                    rows.execute(table)
            self.position = store.position(rows, NAME).last_id

    def fold(self, recorded: Sequence[Recorded]) -> int:
        """Returns the position reached; raises Fenced when another process has folded meanwhile."""
        batch = Batch(recorded)
        reached = recorded[-1].position
        with self.store.transaction() as rows:
            if self.store.position(rows, NAME).last_id != self.position:
                raise Fenced(f"{NAME} is no longer at {self.position}")
            for model in self.models:
                model.fold(rows, batch)
            self.store.advance(rows, NAME, 0, self.position, reached, reached)
        self.position = reached
        return reached

    def reread_position(self) -> None:
        with self.store.reading() as rows:
            self.position = self.store.position(rows, NAME).last_id


class Projector:
    """A thread that keeps the read database up to the log."""

    def __init__(
        self, log_: Log, store: SqliteReadStore, models: Callable[[], Sequence[Projection]] = projections
    ) -> None:
        self.log = log_
        self.store = store
        self.models = models
        self.folder = Folder(store, models())
        self.listeners: list[Callable[[int], None]] = []
        self.wake = threading.Event()
        self.caught_up = threading.Condition()
        self.stopping = False
        self.thread = threading.Thread(target=self.run, name="projector", daemon=True)

    @property
    def position(self) -> int:
        return self.folder.position

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.stopping = True
        self.wake.set()
        if self.thread.is_alive():
            self.thread.join()

    def nudge(self, _: int = 0) -> None:
        self.wake.set()

    def wait_for(self, position: int, timeout: float = 30) -> bool:
        """Whether everything up to the position is visible within the time, in seconds."""
        with self.caught_up:
            return self.caught_up.wait_for(lambda: self.position >= position, timeout)

    def run(self) -> None:
        while not self.stopping:
            self.wake.clear()
            try:
                while self.step() and not self.stopping:
                    pass
            except Fenced:
                self.start_anew()
            except StorageUnavailable as error:
                log.warning("read_database_unavailable", error=str(error))
            except Exception as error:  # noqa: BLE001 — the log is safe; a person must look, the gate must go on
                log.error("projection_failed", error=type(error).__name__, position=self.position)
                self.wake.wait(5)
            self.wake.wait(LOOK_AGAIN)

    def step(self) -> bool:
        """Folds one batch; False when there was nothing new."""
        recorded = self.log.read(self.position, BATCH)
        if not recorded:
            return False
        reached = self.folder.fold(recorded)
        with self.caught_up:
            self.caught_up.notify_all()
        for listener in self.listeners:
            listener(reached)
        return True

    def start_anew(self) -> None:
        """Another process has folded or the file was rebuilt: what is in memory is worth nothing now."""
        self.folder = Folder(self.store, self.models())


def rebuild(log_: Log, store: SqliteReadStore) -> Iterator[Progress]:
    """Folds the whole log into an empty read database, telling after each batch how far it is."""
    folder = Folder(store, projections())
    last = log_.last_position()
    while recorded := log_.read(folder.position, REBUILD_BATCH):
        folder.fold(recorded)
        yield Progress(min(folder.position, last), last)
