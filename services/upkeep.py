"""Building the read database again from the log, and comparing what is stored with what the log says."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from domain.base import Refused
from infra.event_store import EventStore
from infra.read_compare import Difference, StoredTables, as_stored
from infra.read_store import SqliteReadStore, swap_in
from services.projector import NAME, projections
from services.rebuilding import Progress, rebuild

__all__ = ["Difference", "build_beside", "differences", "rebuild_in_place", "stored_position", "verify"]


def build_beside(log: EventStore, path: Path, upto: int | None = None) -> Iterator[Progress]:
    """Folds the log, or its beginning up to a position, into a new file at ``path``."""
    remove(path)
    yield from rebuild(log, path, log.last_position() if upto is None else upto)


def rebuild_in_place(log: EventStore, path: Path) -> Iterator[Progress]:
    """Builds a new read database beside the one at ``path`` and puts it there; a running server goes on with it.

    What is at ``path`` is never opened, so it may be broken. Refused while another rebuild is running.
    """
    with only_one_rebuild(path):
        for left_behind in path.parent.glob(f"{path.stem}.rebuilt.*"):
            left_behind.unlink(missing_ok=True)
        beside = path.with_name(f"{path.stem}.rebuilt.{os.getpid()}{path.suffix}")
        try:
            yield from build_beside(log, beside)
            swap_in(path, beside)
        finally:
            for left_behind in path.parent.glob(f"{beside.stem}*"):
                left_behind.unlink()


@contextmanager
def only_one_rebuild(path: Path) -> Iterator[None]:
    """The lock ends with the process, however that ends; the empty file stays."""
    with path.with_suffix(".rebuilding").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused("one-rebuild", "Another rebuild is running; wait until it has ended.") from None
        yield


def verify(log: EventStore, stored: Path) -> Iterator[Progress | Difference]:
    """Folds the log again as far as it is stored, then tells the tables that differ."""
    with as_stored(stored) as tables, tempfile.TemporaryDirectory(prefix="verify-", dir=stored.parent) as beside:
        rebuilt = Path(beside) / "read.db"
        yield from build_beside(log, rebuilt, upto=tables.position(NAME))
        yield from found(tables, rebuilt)


def differences(stored: Path, rebuilt: Path) -> list[Difference]:
    """Tables in which the stored read database and a rebuilt one differ."""
    with as_stored(stored) as tables:
        return found(tables, rebuilt)


def found(tables: StoredTables, rebuilt: Path) -> list[Difference]:
    return tables.differences(rebuilt, table_names())


def stored_position(read: SqliteReadStore) -> int:
    with read.reading() as rows:
        return read.position(rows, NAME).last_id


def table_names() -> list[str]:
    return [table for model in projections() for table in model.table_names]


def remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
