"""Rebuilding and verifying beside a live server, beside each other, and when the read database is broken."""

import gc
import threading
import time
from pathlib import Path

import examples as e
import pytest
from typer.testing import CliRunner

from domain.base import Refused
from domain.goods.codes import code_from_bits
from infra.read_compare import Difference
from infra.read_store import Broken
from infra.settings import Settings
from services.cli import command_line
from services.office import Report
from services.upkeep import build_beside, differences, rebuild_in_place, verify
from services.wiring import house_at


def deliver(house, begin, count=20):
    house.office.take_now([Report(e.delivered(120, parcel=code_from_bits("parcel", begin + n))) for n in range(count)])


@pytest.fixture
def data(tmp_path):
    directory = tmp_path / "var"
    with house_at(Settings(data=directory, synchronous="OFF")) as house:
        deliver(house, 0)
        assert house.shown(house.log.last_position())
    return directory


def run(data, *words):
    done = CliRunner().invoke(command_line(), [*words, "--data", str(data)], env={"COLUMNS": "300"})
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert "Traceback" not in done.output
    return done.exit_code, done.output


def test_verify_beside_a_busy_server_finds_them_equal(house):
    stop = threading.Event()

    def load():
        begin = 0
        while not stop.is_set():
            deliver(house, begin)
            begin += 20
            time.sleep(0.005)

    phones = threading.Thread(target=load)
    phones.start()
    try:
        while house.projector.position < 200:
            time.sleep(0.01)
        stored = house.projector.position
        for _ in range(3):
            steps = list(verify(house.log, house.read.path))
            assert [step for step in steps if isinstance(step, Difference)] == []
            assert steps[-1].done > 0
    finally:
        stop.set()
        phones.join()
    assert house.log.last_position() > stored
    assert list(house.settings.data.glob("verify-*")) == []


def test_verify_tells_the_table_that_was_tampered_with(data):
    with house_at(Settings(data=data)) as house, house.read.transaction() as rows:
        rows.execute("UPDATE custody SET stage = 'sorted'")
    code, output = run(data, "verify")
    assert code == 1
    assert "custody" in output
    assert run(data, "rebuild")[0] == 0
    assert run(data, "verify")[0] == 0


@pytest.mark.parametrize("damage", [b"garbage" * 2000, b"garbage", b"SQLite format 3\x00" + b"x" * 9000])
@pytest.mark.parametrize("linked", [False, True], ids=["a file", "a link to the newest"])
def test_a_broken_read_database_is_named_and_rebuilt(data, damage, linked):
    if linked:
        assert run(data, "rebuild")[0] == 0
    read_file = data / "read.db"
    for side_file in data.glob("read*-*"):
        side_file.unlink()
    read_file.resolve().write_bytes(damage)
    for words in (("verify",), ("link", "--role", "admin")):
        code, output = run(data, *words)
        assert code == 1
        assert "baogong rebuild" in output
    code, output = run(data, "rebuild")
    assert (code, "20 facts folded" in output) == (0, True)
    assert run(data, "verify")[0] == 0
    assert run(data, "link", "--role", "admin")[0] == 0


def test_a_read_database_that_is_gone_is_rebuilt(data):
    for file in data.glob("read*"):
        file.unlink()
    assert "baogong rebuild" in run(data, "verify")[1]
    assert run(data, "rebuild")[0] == 0
    assert run(data, "verify")[0] == 0


def test_a_broken_file_is_told_by_the_store(tmp_path):
    broken = tmp_path / "read.db"
    broken.write_bytes(b"garbage" * 2000)
    with pytest.raises(Broken):
        differences(broken, broken)


def test_a_second_rebuild_is_told_that_one_is_running(data):
    with house_at(Settings(data=data)) as house:
        first = rebuild_in_place(house.log, house.read.path)
        next(first)
        with pytest.raises(Refused, match="one-rebuild"):
            next(rebuild_in_place(house.log, house.read.path))
        code, output = run(data, "rebuild")
        assert code == 1
        assert "Another rebuild is running" in output
        assert run(data, "verify")[0] == 0
        list(first)
    assert run(data, "rebuild")[0] == 0


def test_a_rebuild_cleans_up_what_a_killed_one_left_behind(data):
    left = data / "read.rebuilt.1.db"
    left.write_bytes(b"half")
    assert run(data, "rebuild")[0] == 0
    assert [path.name for path in data.glob("read.rebuilt*")] == []
    assert (data / "read.db").is_symlink()


def test_a_directory_without_records_is_not_founded_by_a_rebuild(tmp_path):
    code, output = run(tmp_path / "nowhere", "rebuild")
    assert code == 1
    assert "no records" in output
    assert not (tmp_path / "nowhere").exists()


def test_a_running_server_goes_on_with_the_rebuilt_one(house):
    deliver(house, 0)
    assert house.shown(house.log.last_position())
    list(rebuild_in_place(house.log, house.read.path))
    deliver(house, 20)
    assert house.shown(house.log.last_position())
    beside = house.settings.data / "c.db"
    list(build_beside(house.log, beside))
    assert differences(house.read.path, beside) == []


def test_the_garbage_collector_is_left_as_it_was(data):
    before = gc.get_threshold()
    assert run(data, "rebuild")[0] == 0
    assert gc.get_threshold() == before


def test_a_house_that_does_not_open_leaves_nothing_open(data):
    Path(data / "read.db").resolve().write_bytes(b"garbage" * 2000)
    threads = threading.active_count()
    with pytest.raises(Broken), house_at(Settings(data=data)):
        pass
    assert threading.active_count() == threads
