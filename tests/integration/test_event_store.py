import os
import signal
import sqlite3
import subprocess
import sys
import threading
from uuid import UUID, uuid4

import pytest
from store_events import NOON, TOPICS, boiled, opened

from infra.event_store import (
    Conflict,
    EventMapper,
    EventStore,
    NewEvent,
    StorageUnavailable,
)

COMMAND = UUID("01234567-89ab-4cde-8f01-23456789abcd")


def new(event, version=1, at=NOON):
    return NewEvent(f"{event.compound}/{event.stream}", version, event, at)


@pytest.fixture
def mapper():
    return EventMapper(TOPICS)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "log.db"


@pytest.fixture
def store(path, mapper):
    store = EventStore.open(path, mapper=mapper)
    yield store
    store.close()


def test_facts_come_back_by_stream_by_command_and_in_order(store):
    first, second, third = boiled("red"), boiled("red", litres=2), boiled("blue", compound="other")
    positions = store.append([new(first), new(second, 2), new(third)])
    assert positions == [1, 2, 3]
    loaded = store.load(["shengdu/kettle-red", "shengdu/kettle-none", "other/kettle-blue"])
    assert [recorded.event for recorded in loaded["shengdu/kettle-red"]] == [first, second]
    assert [recorded.version for recorded in loaded["shengdu/kettle-red"]] == [1, 2]
    assert loaded["shengdu/kettle-none"] == []
    assert loaded["other/kettle-blue"][0].stream == "other/kettle-blue"
    assert store.recorded("shengdu", [first.command, third.command]) == {
        first.command: loaded["shengdu/kettle-red"][:1]
    }
    assert [recorded.event for recorded in store.read(0, 10)] == [first, second, third]
    assert [recorded.position for recorded in store.read(1, 10, upto=2)] == [2]
    assert store.read(0, 1)[0].recorded_at == NOON
    assert store.last_position() == 3


def test_an_empty_log(store):
    assert store.last_position() == 0
    assert store.read(0, 10) == []
    assert store.append([]) == []
    assert store.load([]) == {}
    assert store.links("shengdu", []) == {}


def test_links_are_kept_once_sorted_and_inside_their_compound(store):
    store.append(
        [
            new(boiled("red", inside="cupboard-b")),
            new(boiled("red", inside="cupboard-a"), 2),
            new(boiled("red", inside="cupboard-a"), 3),
            new(boiled("red", compound="other", inside="cupboard-z")),
            new(opened("a", inside="kitchen-1")),
        ]
    )
    assert store.links("shengdu", ["kettle-red", "cupboard-a", "cupboard-b"]) == {
        "kettle-red": ("cupboard-a", "cupboard-b"),
        "cupboard-a": ("kitchen-1",),
    }


def test_thousands_of_streams_in_one_query(store):
    store.append([new(boiled(f"k{n}")) for n in range(3000)])
    streams = [f"shengdu/kettle-k{n}" for n in range(6000)]
    assert sum(map(len, store.load(streams * 2).values())) == 3000


def test_a_taken_version_is_a_conflict_and_writes_nothing(store, path, mapper):
    store.append([new(boiled())])
    other = EventStore.open(path, mapper=mapper)
    other.append([new(boiled(), 2)])
    with pytest.raises(Conflict):
        store.append([new(boiled("blue", inside="cupboard-a")), new(boiled(), 2)])
    assert store.last_position() == 2
    assert store.links("shengdu", ["kettle-blue"]) == {}
    assert store.append([new(boiled("blue"))]) == [3]
    other.close()


def test_the_position_of_a_deleted_newest_fact_is_never_issued_again(store, path):
    store.append([new(boiled()), new(boiled(), 2)])
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM stored_events WHERE notification_id = 2")
    connection.close()
    assert store.append([new(boiled(), 2)]) == [3]


def test_it_notices_what_others_wrote(store, path, mapper):
    assert store.changed_by_others()
    assert not store.changed_by_others()
    store.append([new(boiled())])
    assert not store.changed_by_others()
    other = EventStore.open(path, mapper=mapper)
    assert not store.changed_by_others()
    other.append([new(boiled("blue"))])
    with pytest.raises(Conflict, match="meanwhile"):
        store.append([new(boiled("green"))], only_if_unchanged=True)
    assert store.changed_by_others()
    assert store.append([new(boiled("green"))], only_if_unchanged=True) == [3]
    assert not store.changed_by_others()
    other.close()


def test_a_locked_log_is_unavailable_and_recovers(path, mapper):
    store = EventStore.open(path, mapper=mapper, busy_timeout=0.05)
    store.append([new(boiled())])
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageUnavailable, match="locked"):
        store.append([new(boiled(), 2)])
    assert store.last_position() == 1
    blocker.execute("ROLLBACK")
    blocker.close()
    assert store.append([new(boiled(), 2)]) == [2]
    store.close()


def test_a_full_disk_is_unavailable_and_nothing_is_half_written(store, path):
    store.append([new(boiled())])
    writer = store._recorder.datastore._open_writer()  # noqa: SLF001 — the limit holds per connection
    pages = writer.execute("PRAGMA page_count").fetchone()[0]
    writer.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StorageUnavailable, match="full"):
        store.append([new(boiled(place="x" * 1000), version) for version in range(2, 100)])
    assert store.last_position() == 1
    assert store.append([new(boiled(), 2)])


def test_after_closing_it_is_unavailable(path, mapper):
    store = EventStore.open(path, mapper=mapper)
    store.close()
    store.close()
    with pytest.raises(StorageUnavailable):
        store.append([new(boiled())])
    with pytest.raises(StorageUnavailable):
        store.read(0, 1)


def test_a_place_that_does_not_exist_is_unavailable(tmp_path):
    with pytest.raises(StorageUnavailable):
        EventStore.open(tmp_path / "missing" / "log.db")


def test_stock_recorder_calls_work_on_the_same_table(store, mapper):
    recorder = store._recorder  # noqa: SLF001 — what eventsourcing itself would call
    event = boiled(command=COMMAND)
    assert list(recorder.insert_events([mapper.stored(new(event))])) == [1]
    assert store.recorded("shengdu", [COMMAND])[COMMAND][0].event == event
    assert recorder.select_events("shengdu/kettle-red")[0].topic == "KettleBoiled"
    assert [n.id for n in recorder.select_notifications(1, 10, topics=["KettleBoiled"])] == [1]
    assert recorder.select_notifications(1, 10, inclusive_of_start=False) == []
    assert recorder.max_notification_id() == 1


def test_a_subscription_follows_the_log(store):
    store.append([new(boiled())])
    seen = []
    with store._recorder.subscribe(gt=0) as subscription:  # noqa: SLF001 — offered to tools of eventsourcing

        def follow():
            for notification in subscription:
                seen.append(notification.id)
                if len(seen) == 3:
                    return

        thread = threading.Thread(target=follow)
        thread.start()
        store.append([new(boiled(), 2), new(boiled(), 3)])
        thread.join(10)
    assert seen == [1, 2, 3]


def test_many_threads_read_while_one_writes(store):
    failures = []

    def read():
        try:
            for _ in range(100):
                facts = store.read(0, 10_000)
                assert [fact.position for fact in facts] == list(range(1, len(facts) + 1))
        except Exception as error:  # noqa: BLE001 — told by the main thread
            failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(8)]
    for reader in readers:
        reader.start()
    for version in range(1, 101):
        store.append([new(boiled(), version)])
    for reader in readers:
        reader.join()
    assert failures == []
    assert store.last_position() == 100


WRITE_FOR_EVER = """
import sys
from store_events import NOON, TOPICS, boiled
from infra.event_store import EventMapper, EventStore, NewEvent

store = EventStore.open(sys.argv[1], mapper=EventMapper(TOPICS))
version = 0
while True:
    version += 1
    store.append([NewEvent(f"shengdu/kettle-{name}", version, boiled(name), NOON) for name in ("red", "blue")])
    print(version, flush=True)
"""


def started(code, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


def test_what_was_acknowledged_survives_a_killed_process(path, mapper):
    with started(WRITE_FOR_EVER, path) as process:
        acknowledged = [process.stdout.readline() for _ in range(20)]
        process.send_signal(signal.SIGKILL)
        acknowledged += process.stdout.readlines()
    last = int([line for line in acknowledged if line.endswith("\n")][-1])
    store = EventStore.open(path, mapper=mapper)
    loaded = store.load(["shengdu/kettle-red", "shengdu/kettle-blue"])
    assert len(loaded["shengdu/kettle-red"]) == len(loaded["shengdu/kettle-blue"]) >= last
    store.append([new(boiled(), len(loaded["shengdu/kettle-red"]) + 1)])
    store.close()


OPEN_AND_WRITE = """
import sys
from store_events import NOON, TOPICS, boiled
from infra.event_store import EventMapper, EventStore, NewEvent

store = EventStore.open(sys.argv[1], mapper=EventMapper(TOPICS))
for version in range(1, 21):
    store.append([NewEvent(f"shengdu/kettle-{sys.argv[2]}", version, boiled(sys.argv[2]), NOON)])
store.close()
"""


def test_processes_that_start_together_on_a_new_file(path, mapper):
    processes = [started(OPEN_AND_WRITE, path, name) for name in "abcd"]
    for process in processes:
        with process:
            assert process.wait(60) == 0
    store = EventStore.open(path, mapper=mapper)
    assert store.last_position() == 80
    store.close()


def test_links_and_commands_know_nothing_of_other_compounds(store):
    command = uuid4()
    store.append([new(boiled(compound="a", command=command)), new(boiled(compound="b", command=command))])
    assert [fact.stream for fact in store.recorded("a", [command])[command]] == ["a/kettle-red"]
