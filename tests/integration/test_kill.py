"""kill -9 loses nothing that was acknowledged, and what is shown is what a rebuild shows."""

import http.client
import json
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from domain.goods.handling import PLACE_TIME
from domain.goods.set_aside import ScanSetAside
from infra.settings import Settings
from services.simulate.chance import chance
from services.simulate.fill import PlannedPlaces, record
from services.simulate.plan import Plan
from services.upkeep import build_beside, differences
from services.wiring import house_at, open_house

KILLS = 10
PHONES = 3
SCANS = 5000
A_REQUEST = 20
MOST_REQUESTS_BEFORE_A_KILL = 12
SEED = 20220420


def plan_at(data, until: date) -> Plan:
    with house_at(Settings(data=data)) as house:
        return Plan(SEED, until, secret=house.secret)


@pytest.fixture
def compound(tmp_path):
    """A founded compound with a day's orders, and the scans of that day that phones will send."""
    plan = plan_at(tmp_path, (datetime.now(PLACE_TIME) - timedelta(days=1)).date())
    (place,) = plan.places()
    goods = plan.goods(place, plan.until)
    with house_at(Settings(data=tmp_path)) as house:
        requests = goods.requests(chance(SEED, place.id, plan.until, "requests"))
        places = PlannedPlaces({place.id: frozenset(place.households)})
        record(house, (*plan.founding(), *requests), places, None, lambda _: None)
        session = house.access.create_api_key("admin", place.id)
    items = [item for upload in plan.uploads(goods) for item in upload.items]
    once = list({item["id"]: item for item in items}.values())
    return tmp_path, session, once[:SCANS]


class Server:
    """``baogong serve`` as people start it."""

    def __init__(self, data: Path) -> None:
        self.port = free_port()
        command = [Path(sys.executable).with_name("baogong"), "serve", "--data", data, "--port", str(self.port)]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)

    def wait_until_it_answers(self) -> None:
        for _ in range(400):
            assert self.process.poll() is None, "the server has ended by itself"
            with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)) as connection:
                try:
                    connection.request("GET", "/static/baogong.css")
                    connection.getresponse().read()
                except OSError:
                    time.sleep(0.05)
                else:
                    return
        pytest.fail("the server does not answer")

    def kill(self) -> None:
        self.process.kill()
        assert self.process.wait(10) == -signal.SIGKILL

    def stop(self) -> None:
        self.process.terminate()
        assert self.process.wait(20) in {0, -signal.SIGTERM}


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Phones:
    """Keep what was not acknowledged and send it again, as phones do."""

    def __init__(self, session: str, items: list[dict]) -> None:
        self.session = session
        self.waiting = [items[begin : begin + A_REQUEST] for begin in range(0, len(items), A_REQUEST)]
        self.acknowledged: dict[str, str] = {}
        self.lost_answers = 0
        self.sending = threading.Semaphore(0)
        self.lock = threading.Lock()

    def start(self, server: Server, most: int | None = None) -> list[threading.Thread]:
        """Send, all phones together, ``most`` requests; all that wait when it is None."""
        left = [len(self.waiting) if most is None else most]
        threads = [threading.Thread(target=self.send, args=(server.port, left)) for _ in range(PHONES)]
        for thread in threads:
            thread.start()
        return threads

    def send(self, port: int, left: list[int]) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
            while (items := self.next(left)) is not None:
                try:
                    answers = self.ask(connection, items)
                except (OSError, http.client.HTTPException):
                    with self.lock:
                        self.waiting.insert(0, items)
                        self.lost_answers += 1
                    return
                with self.lock:
                    self.acknowledged |= {answer["id"]: answer["outcome"] for answer in answers}

    def next(self, left: list[int]) -> list[dict] | None:
        with self.lock:
            if not self.waiting or left[0] <= 0:
                return None
            left[0] -= 1
            return self.waiting.pop(0)

    def ask(self, connection: http.client.HTTPConnection, items: list[dict]) -> list[dict]:
        headers = {"Authorization": f"Bearer {self.session}", "Content-Type": "application/json"}
        connection.request("POST", "/api/scans", json.dumps({"scans": items}), headers)
        response = connection.getresponse()
        body = response.read()
        assert response.status == 200, body
        return json.loads(body)["answers"]


def test_ten_kills_in_the_middle_of_an_upload_lose_no_acknowledged_scan(compound):
    data, session, items = compound
    moments = random.Random(SEED)
    phones = Phones(session, items)
    for _ in range(KILLS):
        server = Server(data)
        server.wait_until_it_answers()
        before = len(phones.acknowledged)
        threads = phones.start(server)
        wanted = before + A_REQUEST * moments.randint(1, MOST_REQUESTS_BEFORE_A_KILL)
        wait_for(lambda wanted=wanted: len(phones.acknowledged) >= wanted)
        time.sleep(moments.uniform(0, 0.02))
        server.kill()
        for thread in threads:
            thread.join()
        assert phones.waiting, "the upload was over before the last kill"
    assert phones.lost_answers >= KILLS

    server = Server(data)
    server.wait_until_it_answers()
    for thread in phones.start(server):
        thread.join()
    server.stop()

    sent = [item["id"] for item in items]
    assert sorted(phones.acknowledged) == sorted(sent)
    assert set(phones.acknowledged.values()) <= {"recorded", "duplicate", "set_aside"}
    asides = [sent for sent, outcome in phones.acknowledged.items() if outcome == "set_aside"]
    assert scans_in_log(data, set(sent)) == sorted(set(sent) - set(asides))
    assert set_aside_in_log(data) == len(asides)
    assert shown_and_rebuilt(data) == []


def wait_for(happened) -> None:
    deadline = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def scans_in_log(data, sent: set[str]) -> list[str]:
    """Ids of the scans in the log, one for each fact: an id that stands there twice comes twice."""
    with house_at(Settings(data=data)) as house:
        recorded = house.log.read(0, 1_000_000)
    return sorted(str(each.event.command) for each in recorded if str(each.event.command) in sent)


def set_aside_in_log(data) -> int:
    with house_at(Settings(data=data)) as house:
        return sum(isinstance(each.event, ScanSetAside) for each in house.log.read(0, 1_000_000))


def shown_and_rebuilt(data) -> list:
    """How the read database, once it has caught up, differs from one that is built from the log."""
    house = open_house(Settings(data=data))
    assert house.shown(house.log.last_position())
    house.close()
    with house_at(Settings(data=data)) as house:
        house.projector.stop()
        rebuilt = data / "compared.db"
        list(build_beside(house.log, rebuilt))
        return differences(house.read.path, rebuilt)


DIES_WHILE_FOLDING = """
import os, signal, sys, threading
from pathlib import Path
from infra.settings import Settings
from projections.base import Projection
from services import projector
from services.wiring import open_house

usual, left = projector.projections, [int(sys.argv[2])]

def die(rows, batch):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)

projector.BATCH = 100
house = open_house(Settings(data=Path(sys.argv[1]), synchronous="FULL"))
house.projector.stop()
projector.Projector(house.log, house.read, lambda: (*usual(), Projection("death", (), die))).run()
"""

DIES_WHILE_SWAPPING = """
import os, signal, sys
from pathlib import Path
from unittest.mock import patch
from infra.settings import Settings
from services.upkeep import rebuild_in_place
from services.wiring import open_house

moment, replace, left = sys.argv[2], Path.replace, [int(sys.argv[3])]

def die_at(path, target):
    left[0] -= 1
    if not left[0] and moment == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    replaced = replace(path, target)
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    return replaced

house = open_house(Settings(data=Path(sys.argv[1])))
house.projector.stop()
with patch.object(Path, "replace", die_at):
    list(rebuild_in_place(house.log, house.read.path))
"""


@pytest.fixture(scope="module")
def day_so_far(tmp_path_factory):
    """A directory whose read models have seen nothing yet."""
    data = tmp_path_factory.mktemp("day")
    plan = plan_at(data, date(2022, 4, 20))
    house = open_house(Settings(data=data, synchronous="OFF"))
    house.projector.stop()
    places = PlannedPlaces({place.id: frozenset(place.households) for place in plan.places()})
    record(house, plan.story(), places, 400, lambda _: None)
    house.close()
    return data


@pytest.fixture
def data(day_so_far, tmp_path):
    return shutil.copytree(day_so_far, tmp_path / "data")


def dies(program: str, *arguments: object) -> None:
    ended = subprocess.run([sys.executable, "-c", program, *map(str, arguments)], check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL


@pytest.mark.parametrize("batch", [1, 5])
def test_a_kill_before_a_fold_is_committed_leaves_no_half_of_it(data, batch):
    dies(DIES_WHILE_FOLDING, data, batch)
    assert shown_and_rebuilt(data) == []


@pytest.mark.parametrize(("moment", "step"), [("before", 1), ("after", 1), ("before", 2), ("after", 2)])
def test_a_kill_while_a_rebuild_is_swapped_in_leaves_one_whole_read_database(data, moment, step):
    dies(DIES_WHILE_SWAPPING, data, moment, step)
    assert shown_and_rebuilt(data) == []


def test_a_kill_of_a_rebuild_beside_a_running_server_is_not_noticed(compound):
    data, session, items = compound
    phones = Phones(session, items[:600])
    server = Server(data)
    server.wait_until_it_answers()
    moments = random.Random(SEED)
    for _ in range(3):
        threads = phones.start(server, most=10)
        command = [Path(sys.executable).with_name("baogong"), "rebuild", "--data", data]
        rebuild = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        wait_for(lambda rebuild=rebuild: any(data.glob("read.rebuilt.*")) or rebuild.poll() is not None)
        time.sleep(moments.uniform(0, 0.1))
        rebuild.kill()
        rebuild.wait()
        for thread in threads:
            thread.join()
    server.stop()
    assert not phones.waiting
    assert not phones.lost_answers
    assert shown_and_rebuilt(data) == []
