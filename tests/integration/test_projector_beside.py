"""The projector in a process of its own: it follows, comes back when it dies, and ends with the server."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from select import select
from subprocess import PIPE

import examples as e
import pytest

from infra.settings import Settings
from projections import custody
from services.office import Report
from services.projector_beside import POSITION
from services.wiring import house_at


@pytest.fixture
def served(tmp_path):
    settings = Settings(data=tmp_path / "var", synchronous="OFF", projector="beside")
    with house_at(settings, serving=True) as house:
        yield house


def is_running(process: int) -> bool:
    stat = Path(f"/proc/{process}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def stage(house) -> str | None:
    with house.read.reading() as rows:
        found = custody.parcel(rows, e.COMPOUND, e.PARCEL)
        return found.stage if found else None


def test_it_shows_what_is_recorded_and_tells_listeners_how_far_it_is(served):
    heard = []
    served.projector.listeners.append(heard.append)
    served.office.take_now([Report(fact) for fact in e.declared_to_sorted()])
    assert served.shown(served.log.last_position())
    assert stage(served) == "sorted"
    assert heard[-1] == served.projector.position == served.log.last_position()


def test_it_is_started_again_when_it_dies_and_goes_on(served):
    served.office.take_now([Report(fact) for fact in e.declared_to_sorted()])
    assert served.shown(served.log.last_position())
    before = served.projector.process.pid
    os.kill(before, signal.SIGKILL)
    served.office.take_now([Report(e.delivered())])
    assert served.shown(served.log.last_position(), timeout=60)
    assert stage(served) == "delivered"
    assert served.projector.process.pid != before


def test_it_ends_when_the_house_is_closed(tmp_path):
    with house_at(Settings(data=tmp_path, projector="beside"), serving=True) as house:
        process = house.projector.process
    assert process.returncode == 0


def test_it_ends_with_a_server_that_is_killed(tmp_path):
    program = (
        "import sys, time; from pathlib import Path; from infra.settings import Settings;"
        " from services.wiring import open_house;"
        " house = open_house(Settings(data=Path(sys.argv[1]), projector='beside'), serving=True);"
        " print(house.projector.process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program, tmp_path], stdout=subprocess.PIPE) as server:
        beside = int(server.stdout.readline())
        assert is_running(beside)
        server.kill()
    deadline = time.monotonic() + 30
    while is_running(beside) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(beside)


def test_what_it_logs_is_not_taken_for_positions(tmp_path):
    settings = Settings(data=tmp_path, synchronous="OFF")
    with house_at(settings) as house:
        house.office.take_now([Report(e.arrived())])
        assert house.shown(house.log.last_position())
    with closing(sqlite3.connect(settings.log_file)) as log:
        log.execute("UPDATE stored_events SET topic = 'NobodyKnows'")
        log.execute(
            "INSERT INTO stored_events SELECT 2, originator_id, 2, topic, state, compound, '' FROM stored_events"
        )
        log.commit()
    beside = [sys.executable, "-m", "services.projector_beside"]
    env = {**os.environ, "BAOGONG_DATA": str(tmp_path)}
    with subprocess.Popen(beside, env=env, stdin=PIPE, stdout=PIPE, stderr=PIPE) as process:
        os.read(process.stdout.fileno(), POSITION.size)
        heard, _, _ = select([process.stderr, process.stdout], [], [], 30)
        told, logged = process.communicate()
    assert heard == [process.stderr]
    assert told == b""
    assert b"projection_failed" in logged


def test_only_a_server_on_two_cores_has_it(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert not Settings(data=tmp_path).projector_beside
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert Settings(data=tmp_path).projector_beside
    assert not Settings(data=tmp_path, projector="inside").projector_beside
