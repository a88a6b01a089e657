"""The log as everybody else sees it: our facts in, our facts out, two kinds of trouble.

Streams carry their compound (``shengdu/parcel-P2K…``), subjects do not (``parcel-P2K…``).
Versions of a stream start at 1 and have no gaps; positions in the log grow but may have gaps.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Protocol, Self
from uuid import UUID

from eventsourcing.persistence import ConnectionPoolClosedError, IntegrityError, PersistenceError, StoredEvent

import infra.upcasters  # noqa: F401 — every log reads the shapes of before
from domain.base import Recorded
from infra.errors import Conflict, Fenced, StorageUnavailable, UnknownEvent, UnreadableEvent
from infra.event_mapper import EventMapper, NewEvent, upcast
from infra.sqlite_files import Synchronous
from infra.sqlite_recorder import Link, Row, SqliteDatastore, SqliteRecorder

__all__ = [
    "Conflict",
    "EventMapper",
    "EventStore",
    "Fenced",
    "NewEvent",
    "StorageUnavailable",
    "UnknownEvent",
    "UnreadableEvent",
    "upcast",
]


class Recorder(Protocol):
    """What a database must offer; PostgreSQL will be the second."""

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        commands: Iterable[str],
        links: Sequence[Link],
        only_if_unchanged: bool,
    ) -> Sequence[int] | None: ...
    def select_after(
        self, after: int, limit: int, upto: int | None = None, *, compounds: Sequence[str] | None = None
    ) -> list[Row]: ...
    def count_by_compound(self, upto: int) -> list[tuple[str, int]]: ...
    def select_many(self, streams: Iterable[str]) -> list[Row]: ...
    def select_commands(self, asked: Iterable[tuple[str, str]]) -> list[Row]: ...
    def select_links(self, asked: Iterable[tuple[str, str]]) -> list[tuple[str, str, str]]: ...
    def max_notification_id(self) -> int: ...
    def others_wrote(self) -> bool: ...
    def close(self) -> None: ...


class EventStore:
    """Safe to use from many threads; ``append`` and ``changed_by_others`` belong to the committer."""

    def __init__(self, recorder: Recorder, mapper: EventMapper | None = None, path: Path | None = None) -> None:
        """``path``: the file that another process would have to open to read the same log."""
        self.path = path
        self._recorder = recorder
        self.mapper = mapper or EventMapper()

    @classmethod
    def open(
        cls,
        path: Path | str,
        *,
        synchronous: Synchronous = "FULL",
        busy_timeout: float = 5.0,
        mapper: EventMapper | None = None,
    ) -> Self:
        """Create the file and its tables where missing. Import the domain first: the mapper knows what exists now."""
        with _in_our_words():
            recorder = SqliteRecorder(SqliteDatastore(Path(path), synchronous=synchronous, busy_timeout=busy_timeout))
            recorder.create_table()
        return cls(recorder, mapper, Path(path))

    def append(self, entries: Sequence[NewEvent], *, only_if_unchanged: bool = False) -> list[int]:
        """Record all or nothing and return the positions.

        Raises Conflict when a version is taken or, if asked to look, when anything was written by others
        since the last ``changed_by_others()``.
        """
        if not entries:
            return []
        stored = [self.mapper.stored(entry) for entry in entries]
        links = [
            Link(event.compound, subject, related)
            for event in (entry.event for entry in entries)
            for subject, related in event.linked
        ]
        with _in_our_words():
            positions = self._recorder.insert_events(
                stored,
                commands=[entry.event.command.hex for entry in entries],
                links=links,
                only_if_unchanged=only_if_unchanged,
            )
        return list(positions or ())

    def load(self, streams: Iterable[str]) -> dict[str, list[Recorded]]:
        """Every asked stream has an entry; one without facts an empty one."""
        found: dict[str, list[Recorded]] = {stream: [] for stream in streams}
        with _in_our_words():
            rows = self._recorder.select_many(list(found))
        for row in rows:
            found[row[1]].append(self.mapper.recorded(*row))
        return found

    def links(self, compound: str, subjects: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """What each subject points to, sorted; a subject without links is left out."""
        found = self.links_of([(compound, subject) for subject in subjects])
        return {subject: related for (_, subject), related in found.items()}

    def links_of(self, asked: Sequence[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, ...]]:
        """The same for (compound, subject) of many compounds at once."""
        with _in_our_words():
            rows = self._recorder.select_links(asked)
        return {
            key: tuple(related for *_, related in group)
            for key, group in groupby(rows, key=lambda row: (row[0], row[1]))
        }

    def recorded(self, compound: str, commands: Sequence[UUID]) -> dict[UUID, list[Recorded]]:
        """What these commands did, in the order of the log; a command that did nothing is left out."""
        found = self.recorded_by([(compound, command) for command in commands])
        return {command: facts for (_, command), facts in found.items()}

    def recorded_by(self, asked: Sequence[tuple[str, UUID]]) -> dict[tuple[str, UUID], list[Recorded]]:
        """The same for (compound, command) of many compounds at once."""
        with _in_our_words():
            rows = self._recorder.select_commands([(compound, command.hex) for compound, command in asked])
        found: dict[tuple[str, UUID], list[Recorded]] = {}
        for row in rows:
            recorded = self.mapper.recorded(*row)
            found.setdefault((recorded.event.compound, recorded.event.command), []).append(recorded)
        return found

    def read(self, after: int, limit: int, upto: int | None = None) -> list[Recorded]:
        """The log behind position ``after``, at most ``limit`` facts, none behind ``upto``."""
        with _in_our_words():
            rows = self._recorder.select_after(after, limit, upto)
        recorded = self.mapper.recorded
        return [recorded(*row) for row in rows]

    def facts_by_compound(self, upto: int) -> dict[str, int]:
        """How many facts there are up to a position."""
        with _in_our_words():
            return dict(self._recorder.count_by_compound(upto))

    def read_by_compound(
        self, after: int, limit: int, upto: int, compounds: Sequence[str] | None = None
    ) -> tuple[int, Iterator[list[Recorded]]]:
        """The log behind ``after``, of all or some compounds: the position reached, and each compound's facts in order.

        ``limit`` bounds what is read; facts are decoded when their compound's turn comes.
        """
        with _in_our_words():
            rows = self._recorder.select_after(after, limit, upto, compounds=compounds)
        reached = rows[-1][0] if len(rows) == limit else upto
        apart: dict[str, list[Row]] = {}
        for row in rows:
            apart.setdefault(row[1][: row[1].index("/")], []).append(row)
        return reached, self._decoded(apart)

    def _decoded(self, apart: dict[str, list[Row]]) -> Iterator[list[Recorded]]:
        recorded = self.mapper.recorded
        for compound in sorted(apart):
            yield [recorded(*row) for row in apart.pop(compound)]

    def last_position(self) -> int:
        """0 when nothing is recorded."""
        with _in_our_words():
            return self._recorder.max_notification_id()

    def changed_by_others(self) -> bool:
        """True when another process or connection wrote since this was last asked, and the first time."""
        with _in_our_words():
            return self._recorder.others_wrote()

    def close(self) -> None:
        self._recorder.close()


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        raise Conflict(str(error)) from error
    except (PersistenceError, ConnectionPoolClosedError) as error:
        raise StorageUnavailable(str(error)) from error
