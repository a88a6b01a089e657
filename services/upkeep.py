"""Building the read database again from the log, and comparing what is stored with what the log says."""

from collections.abc import Iterator
from pathlib import Path

from domain.base import Recorded
from infra.event_store import EventStore
from infra.read_compare import Difference, compare
from infra.read_store import SqliteReadStore
from services.projector import NAME, Log, Progress, projections, rebuild


class UpTo:
    """The log as it stood at a position."""

    def __init__(self, log: EventStore, last: int) -> None:
        self.log = log
        self.last = last

    def read(self, after: int, limit: int) -> list[Recorded]:
        return self.log.read(after, limit, upto=self.last)

    def last_position(self) -> int:
        return self.last


def build_beside(log: Log, path: Path) -> Iterator[Progress]:
    """Folds the log into a new file at ``path``."""
    remove(path)
    store = SqliteReadStore(path, fast=True)
    try:
        yield from rebuild(log, store)
    finally:
        store.close()


def rebuild_in_place(log: EventStore, read: SqliteReadStore) -> Iterator[Progress]:
    """Builds a new read database beside the old one and puts it in its place; a running server goes on with it."""
    beside = read.path.with_name("read.rebuilt.db")
    yield from build_beside(log, beside)
    read.swap_in(beside)


def stored_position(read: SqliteReadStore) -> int:
    with read.reading() as rows:
        return read.position(rows, NAME).last_id


def differences(stored: Path, rebuilt: Path) -> list[Difference]:
    """Tables in which the stored read database and a rebuilt one differ."""
    return compare(stored, rebuilt, tables())


def tables() -> list[str]:
    words = [statement.split() for model in projections() for statement in model.tables]
    return [each[5] for each in words if each[1] == "TABLE"]


def remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
