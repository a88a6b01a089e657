"""The demo as people start it: a process of its own on a free port, looked at over the network, stopped by Ctrl-C."""

import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice

import httpx
import pytest

from infra.settings import Settings
from projections import live_board
from services.commands import demo
from services.commands.simulate import session_over
from services.simulate import mistakes
from services.simulate.plan import Plan
from services.simulate.play import NOTES, today
from services.simulate.sender import Crowd
from services.simulate.uploads import Upload
from services.wiring import house_at

FROM_A_TERMINAL = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
"""A shell's background hands on that Ctrl-C is ignored."""
PROGRAM = f"{FROM_A_TERMINAL}; from services.cli import main; main()"
COMMAND = (sys.executable, "-W", "error", "-c", PROGRAM)
STARTED_WITHIN = 60
MOVES_WITHIN = 15


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def run(*words):
    return subprocess.run([*COMMAND, *words], capture_output=True, text=True, check=False)


class Demo:
    def __init__(self, process, port, said):
        self.process = process
        self.address = f"http://127.0.0.1:{port}"
        self.said_in = said

    @property
    def said(self):
        return self.said_in.read_text()

    def wait_until(self, holds, seconds):
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            assert self.process.poll() is None, self.said
            if holds():
                return
            time.sleep(0.1)
        pytest.fail(f"not within {seconds} s: {self.said}")

    def stop(self):
        """Seconds from Ctrl-C to the end."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=10)
        return time.monotonic() - begun


@contextmanager
def demo_running(tmp_path, *options):
    port, said = free_port(), tmp_path / "said"
    with said.open("w") as out:
        process = subprocess.Popen(
            [*COMMAND, "demo", "--data", tmp_path / "demo", "--port", str(port), *options], stdout=out, stderr=out
        )
        running = Demo(process, port, said)
        try:
            running.wait_until(lambda: "Ctrl-C" in running.said, STARTED_WITHIN)
            yield running
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


def sums(tmp_path):
    with house_at(Settings(data=tmp_path / "demo")) as house, house.read.reading() as rows:
        by_building = live_board.stages_by_building(rows, "shengdu", today().isoformat())
        return sum(sum(stages.values()) for stages in by_building.values()), house.log.last_position()


def tokens(said):
    return dict(re.findall(r"(\w+)\s+http://127\.0\.0\.1:\d+/j#(\S+)", said))


def test_the_demo_shows_a_moving_board_lets_people_in_and_stops_at_once(tmp_path):
    with demo_running(tmp_path, "--speed", "60") as running:
        first = httpx.get(f"{running.address}/board")
        assert first.status_code == 200

        def region():
            text = httpx.get(f"{running.address}/board/region").text
            return re.findall(r">\s*([\d,]+)\s*<", text)

        before = region()
        assert before
        running.wait_until(lambda: region() != before, MOVES_WITHIN)

        links = tokens(running.said)
        assert set(links) == set(demo.WHO)
        for token in (links["sorter"], links["sorter"], links["admin"]):
            with httpx.Client(base_url=running.address) as browser:
                assert browser.post("/j", data={"token": token}).status_code == 303
                assert browser.get("/scan").status_code == 200

        with httpx.Client(base_url=running.address, headers={"accept-language": "en"}) as browser:
            browser.post("/j", data={"token": links["staff"]})
            assert "Phones cannot reach this address" in browser.get("/slips").text
            printed = browser.get("/slips/print", params={"building": "1"})
            assert printed.status_code == 200
            assert f"{running.address}/d" in printed.text
            assert "Phones cannot reach this address" in printed.text

        with httpx.stream("GET", f"{running.address}/board/stream", timeout=10) as stream:
            assert next(stream.iter_lines()) is not None
            assert running.stop() < 2
    assert running.process.returncode == 0
    assert "Traceback" not in running.said
    assert "Warning" not in running.said
    assert "Stopped" in running.said
    under_way, _ = sums(tmp_path)
    assert under_way > 200


def test_a_demo_that_was_stopped_goes_on_with_the_same_links_and_is_thrown_away_only_when_asked(tmp_path):
    with demo_running(tmp_path) as running:
        links = tokens(running.said)
        running.stop()
    _, recorded = sums(tmp_path)
    with demo_running(tmp_path) as running:
        assert tokens(running.said) == links
        running.stop()
    _, later = sums(tmp_path)
    assert recorded <= later < recorded + 500
    with demo_running(tmp_path, "--fresh") as running:
        assert not set(tokens(running.said).values()) & set(links.values())
        running.stop()


def test_a_taken_port_is_told_in_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run("demo", "--data", tmp_path / "demo", "--port", str(port))
    assert ended.returncode == 1
    assert f"PORT={port + 1} make run" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "demo").exists()


def test_a_demo_does_not_write_into_real_records(tmp_path):
    simulated = run("simulate", "--data", tmp_path / "demo")
    assert simulated.returncode == 0, simulated.stderr
    for options in ((), ("--fresh",)):
        ended = run("demo", "--data", tmp_path / "demo", "--port", str(free_port()), *options)
        assert ended.returncode == 1
        assert "nothing was thrown away" in ended.stderr or "real records" in ended.stderr
    assert not (tmp_path / "demo" / NOTES).exists()


def test_a_simulation_does_not_write_into_a_real_compound(tmp_path):
    data = tmp_path / "var"
    founded = run("import", "households", "--pattern", "1号: 1层 x 01", "--compound", "shengdu", "--data", data)
    assert founded.returncode == 0, founded.stderr
    with house_at(Settings(data=data)) as house:
        before = house.log.last_position()
        for over in ((), ("--url", f"http://127.0.0.1:{free_port()}")):
            ended = run("simulate", "--data", data, *over)
            assert ended.returncode == 1
            assert "holds shengdu, which no simulation founded" in ended.stderr
            assert "--data DIR" in ended.stderr
        assert house.log.last_position() == before


@pytest.mark.skipif(sys.platform != "linux", reason="needs a place where no directory can be made")
@pytest.mark.parametrize(
    "words", [("simulate",), ("import", "households", "--pattern", "1号: 1层 x 01", "--compound", "a")]
)
def test_a_place_where_no_directory_can_be_made_is_told_in_one_sentence(words):
    ended = run(*words, "--data", "/proc/x")
    assert ended.returncode == 1
    assert "no directory can be made there" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_simulated_phones_sign_in_and_send_to_a_running_server(tmp_path):
    with demo_running(tmp_path, "--speed", "0.1") as running:
        ended = run("simulate", "--url", running.address, "--data", tmp_path / "demo", "--seed", "168")
        assert ended.returncode == 0, ended.stderr
        told = figures(ended.stderr)
        assert 5_500 < told["scans"] == told["recorded"] + told["duplicates"] + told["set aside"]
        assert told["set aside"] == 2

        sign_in = session_over(running.address, tokens(running.said)["admin"])
        crowd = Crowd(running.address, sign_in)
        plan = Plan(5, today() - timedelta(days=1), names_doors=False, mistakes=mistakes.NONE)
        uploads = list(islice((each for each in plan.story() if isinstance(each, Upload)), 200))
        answers = crowd.send(uploads)
        crowd.close()
        assert len(answers) == sum(len(upload.items) for upload in uploads)
        assert {answer["outcome"] for answer in answers} == {"recorded"}
        running.stop()


def figures(said):
    heads = ("uploads", "scans", "recorded", "duplicates", "doubts", "set aside")
    row = re.findall(r"[\d,]+", said.splitlines()[-2])
    return dict(zip(heads, (int(figure.replace(",", "")) for figure in row), strict=True))


def test_a_server_that_is_not_there_is_told_in_one_sentence(tmp_path):
    ended = run("simulate", "--url", f"http://127.0.0.1:{free_port()}", "--token", "t")
    assert ended.returncode == 1
    assert "does not answer" in ended.stderr
    assert "Traceback" not in ended.stderr
