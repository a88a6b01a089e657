import os
import sqlite3
import subprocess
import sys
import threading

import pytest

from infra.read_store import Fenced, Position, SqliteReadStore, StorageUnavailable


@pytest.fixture
def path(tmp_path):
    return tmp_path / "read.db"


@pytest.fixture
def store(path):
    store = SqliteReadStore(path)
    yield store
    store.close()


def fill(store, *names):
    with store.transaction() as rows:
        rows.execute("CREATE TABLE IF NOT EXISTS kettles (name TEXT PRIMARY KEY)")
        rows.executemany("INSERT INTO kettles VALUES (?)", [(name,) for name in names])


def names(store):
    with store.reading() as rows:
        return [name for (name,) in rows.select("SELECT name FROM kettles ORDER BY name")]


def rebuilt(path, *contents):
    store = SqliteReadStore(path, fast=True)
    fill(store, *contents)
    with store.transaction() as rows:
        store.advance(rows, "board", 0, 0, 7, 7)
    store.close()
    return path


def test_a_transaction_is_all_or_nothing(store):
    fill(store, "red")
    with pytest.raises(sqlite3.IntegrityError):
        fill(store, "blue", "red")
    assert names(store) == ["red"]
    fill(store, "green")
    assert names(store) == ["green", "red"]


def test_a_reader_sees_one_moment_and_cannot_write(store):
    fill(store, "red")
    with store.reading() as rows:
        assert len(rows.select("SELECT * FROM kettles")) == 1
        fill(store, "blue")
        assert len(rows.select("SELECT * FROM kettles")) == 1
    assert len(names(store)) == 2
    with pytest.raises(StorageUnavailable, match="readonly"), store.reading() as rows:
        rows.execute("DELETE FROM kettles")
    assert len(names(store)) == 2


def test_a_wrong_statement_is_the_programs_fault_not_the_storages(store):
    with pytest.raises(sqlite3.OperationalError, match="no such table"), store.reading() as rows:
        rows.select("SELECT * FROM teapots")


def test_keys_are_asked_for_in_chunks(store):
    with store.transaction() as rows:
        rows.execute("CREATE TABLE numbers (n INTEGER, kind TEXT)")
        rows.executemany("INSERT INTO numbers VALUES (?, 'even')", [(n,) for n in range(0, 6000, 2)])
    with store.reading() as rows:
        for many in (0, 1, 3, 899, 900, 901, 5000):
            found = rows.select_in(
                "SELECT n FROM numbers WHERE kind = ? AND n IN ({keys})", list(range(many)), ("even",)
            )
            assert [n for (n,) in found] == list(range(0, many, 2))


def test_positions_move_on_and_fence_those_left_behind(store):
    with store.transaction() as rows:
        assert store.position(rows, "board", 0) == Position(0, 0)
        store.advance(rows, "board", 0, 0, 10, 12)
    with store.transaction() as rows:
        assert store.position(rows, "board", 0) == (10, 12)
        assert store.position(rows, "board", 1) == (0, 0)
        rows.execute("CREATE TABLE touched (n)")
        store.advance(rows, "board", 0, 10, 20, 25)

    def write_from_behind():
        with store.transaction() as rows:
            rows.execute("INSERT INTO touched VALUES (1)")
            store.advance(rows, "board", 0, 10, 30, 35)

    with pytest.raises(Fenced):
        write_from_behind()
    with store.reading() as rows:
        assert store.position(rows, "board", 0) == (20, 25)
        assert rows.select("SELECT * FROM touched") == []


def test_a_file_locked_by_others_is_unavailable(path):
    store = SqliteReadStore(path, busy_timeout=0.05)
    fill(store, "red")
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageUnavailable, match="locked"):
        fill(store, "blue")
    assert names(store) == ["red"]
    blocker.execute("ROLLBACK")
    blocker.close()
    fill(store, "blue")
    store.close()
    with pytest.raises(StorageUnavailable):
        names(store)


def test_many_threads_read_while_one_writes(store):
    fill(store)
    failures = []

    def read():
        try:
            for _ in range(50):
                with store.reading() as rows:
                    many = rows.select("SELECT count(*) FROM kettles")
                    assert rows.select("SELECT count(*) FROM kettles") == many
        except Exception as error:  # noqa: BLE001 — told by the main thread
            failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(12)]
    for reader in readers:
        reader.start()
    for n in range(50):
        fill(store, str(n))
    for reader in readers:
        reader.join()
    assert failures == []


def test_a_rebuilt_file_takes_the_place_while_others_read(store, path, tmp_path):
    fill(store, "old")
    server = SqliteReadStore(path)
    assert names(server) == ["old"]
    fill(server, "older")
    with server.reading() as rows:
        assert len(rows.select("SELECT name FROM kettles")) == 2
        store.swap_in(rebuilt(tmp_path / "new.db", "new"))
        assert len(rows.select("SELECT name FROM kettles")) == 2
        assert names(server) == ["new"]
    assert names(store) == ["new"]
    with server.transaction() as rows:
        assert server.position(rows, "board") == (7, 7)
        rows.execute("INSERT INTO kettles VALUES ('newer')")
    assert names(store) == ["new", "newer"]
    server.close()
    assert names(store) == ["new", "newer"]


def test_a_zombie_of_the_old_file_is_fenced_in_the_new_one(store, path, tmp_path):
    fill(store, "old")
    store.swap_in(rebuilt(tmp_path / "new.db", "new"))
    with pytest.raises(Fenced), store.transaction() as rows:
        store.advance(rows, "board", 0, 0, 1, 1)


def test_swapping_again_and_again_leaves_only_the_last_file(store, path, tmp_path):
    fill(store, "0")
    server = SqliteReadStore(path)
    for n in range(1, 5):
        assert names(server) == [str(n - 1)]
        store.swap_in(rebuilt(tmp_path / "new.db", str(n)))
    assert names(server) == ["4"]
    server.close()
    store.close()
    assert {file.name for file in tmp_path.iterdir()} == {"read.db", path.resolve().name}
    reopened = SqliteReadStore(path)
    assert names(reopened) == ["4"]
    reopened.close()


def test_a_file_still_being_written_is_not_swapped_in(path, tmp_path):
    store = SqliteReadStore(path, busy_timeout=0.05)
    fill(store, "old")
    builder = SqliteReadStore(tmp_path / "new.db", busy_timeout=0.05)
    fill(builder, "new")
    with builder.reading() as rows:
        rows.select("SELECT * FROM kettles")
        with pytest.raises(StorageUnavailable, match="still open"):
            store.swap_in(tmp_path / "new.db")
    builder.close()
    assert names(store) == ["old"]
    store.close()


SWAP = """
import sys
from infra.read_store import SqliteReadStore

live, new = sys.argv[1:]
store = SqliteReadStore(live)
for n in range(20):
    builder = SqliteReadStore(new, fast=True)
    with builder.transaction() as rows:
        rows.execute("CREATE TABLE kettles (name TEXT PRIMARY KEY)")
        rows.executemany("INSERT INTO kettles VALUES (?)", [(f"{n}-{k}",) for k in range(100)])
    builder.close()
    store.swap_in(new)
store.close()
"""


def test_another_process_swaps_under_a_busy_server(path, tmp_path):
    server = SqliteReadStore(path)
    fill(server, *(f"first-{k}" for k in range(100)))
    with subprocess.Popen(
        [sys.executable, "-c", SWAP, str(path), str(tmp_path / "new.db")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        while process.poll() is None:
            seen = names(server)
            assert len({name.partition("-")[0] for name in seen if name[0] != "w"}) == 1
            assert len(seen) >= 100
            with server.transaction() as rows:
                rows.execute("INSERT OR IGNORE INTO kettles VALUES ('written')")
    assert process.returncode == 0
    assert names(server)[0] == "19-0"
    with server.reading() as rows:
        assert rows.select("PRAGMA integrity_check") == [("ok",)]
    server.close()
