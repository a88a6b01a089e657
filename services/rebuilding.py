"""Building all read models again from the whole log: one compound after the other, on the cores there are.

The log is read in long stretches, and each stretch is folded compound by compound, so that a parcel's facts meet in one
batch. Compounds share nothing, so some of them can be built in a file by another process and taken over at the end.
"""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Final, NamedTuple

from infra.errors import StorageUnavailable
from infra.event_store import EventStore
from infra.read_store import SqliteReadStore
from services.garbage import garbage_sought_seldom
from services.projector import Folder, projections

STRETCH: Final = 120_000
"""Facts that are read at once, not yet decoded: about 60 MB."""
KEPT_TRAILS: Final = 40_000
WORTH_ANOTHER_PROCESS: Final = 50_000
"""Facts; below, starting one takes longer than it helps."""


class Progress(NamedTuple):
    """In facts."""

    done: int
    of: int


@dataclass(slots=True)
class Share:
    """What one process builds."""

    path: Path
    compounds: list[str] = field(default_factory=list)
    facts: int = 0


def rebuild(log: EventStore, path: Path, upto: int) -> Iterator[Progress]:
    """Folds the log up to a position into a new file at ``path``, telling again and again how far it is.

    Raises what stopped it; what is at ``path`` then is worth nothing.
    """
    ours, *others = shares = shared_out(log, path, upto)
    done, of = 0, sum(share.facts for share in shares)
    with working(log, others, upto) as reports, closing(SqliteReadStore(path, fast=True)) as store:
        for folded in fold_share(log, store, ours.compounds if others else None, upto):
            done += folded + heard(reports, timeout=0)
            yield Progress(done, of)
        while reports:
            done += heard(reports, timeout=1)
            yield Progress(done, of)
        for share in others:
            store.take_over(share.path, [table for model in projections() for table in model.table_names])
    for share in others:
        share.path.unlink()


def shared_out(log: EventStore, path: Path, upto: int) -> list[Share]:
    """As many shares of about the same size as are worth a process; the first is built at ``path`` itself."""
    sizes = log.facts_by_compound(upto)
    wanted = min(os.cpu_count() or 1, len(sizes)) if sum(sizes.values()) >= WORTH_ANOTHER_PROCESS and log.path else 1
    shares = [
        Share(path.with_name(f"{path.stem}.{number}{path.suffix}") if number else path) for number in range(wanted)
    ] or [Share(path)]
    for compound, facts in sorted(sizes.items(), key=lambda size: (-size[1], size[0])):
        smallest = min(shares, key=lambda share: share.facts)
        smallest.compounds.append(compound)
        smallest.facts += facts
    return shares


def fold_share(log: EventStore, store: SqliteReadStore, compounds: Sequence[str] | None, upto: int) -> Iterator[int]:
    """Tells after each batch how many facts it held."""
    folder = Folder(store, projections(KEPT_TRAILS))
    while folder.position < upto:
        reached, batches = log.read_by_compound(folder.position, STRETCH, upto, compounds)
        with folder.moving_to(reached) as fold:
            for recorded in batches:
                fold(recorded)
                yield len(recorded)


@contextmanager
def working(log: EventStore, shares: Sequence[Share], upto: int) -> Iterator[list[Connection]]:
    """A process for each share, and where each reports; all are gone at the end."""
    spawning = multiprocessing.get_context("spawn")
    processes, reports = [], []
    try:
        for share in shares:
            told, telling = spawning.Pipe(duplex=False)
            process = spawning.Process(
                target=build_share, args=(log.path, share.path, share.compounds, upto, telling), daemon=True
            )
            process.start()
            telling.close()
            processes.append(process)
            reports.append(told)
        yield reports
    finally:
        for process in processes:
            process.terminate()
            process.join()


def build_share(log_file: Path, path: Path, compounds: list[str], upto: int, telling: Connection) -> None:
    """The work of another process: reports how much it has folded, or what stopped it."""
    path.unlink(missing_ok=True)
    try:
        with (
            garbage_sought_seldom(),
            closing(EventStore.open(log_file)) as log,
            closing(SqliteReadStore(path, fast=True)) as store,
        ):
            for folded in fold_share(log, store, compounds, upto):
                telling.send(folded)
        telling.send(None)
    except BrokenPipeError:
        return  # nobody waits for it any more
    except Exception as error:  # noqa: BLE001 — raised again by whoever waits for the whole
        telling.send(error)


def heard(reports: list[Connection], timeout: float) -> int:
    """How much the others have folded since; those that are ready are taken off the list. Raises what stopped one."""
    folded = 0
    for connection in wait(reports, timeout):
        assert isinstance(connection, Connection)  # noqa: S101 — nothing else was waited for
        try:
            report = connection.recv()
        except EOFError:
            raise StorageUnavailable("a process of the rebuild has ended before its time") from None
        if isinstance(report, Exception):
            raise report
        if report is None:
            reports.remove(connection)
        else:
            folded += report
    return folded
