"""The server under measurement: the product's own application and ``run``, with what a baseline needs beside it.

``python -m benchmarks.server DATA`` prints where it listens and an API key for each compound, as JSON.
"""

import json
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any, NamedTuple
from unittest.mock import patch

import orjson
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response

from benchmarks.clients import get, post
from benchmarks.connection import Connection
from infra.settings import Settings
from services import app
from services.access import Anyone, CompoundInView, Scans
from services.api.house import InHouse, json_answer, json_body
from services.api.quick_route import QuickRoute
from services.api.scans import read_batch
from services.app import compounds_of, create_app
from services.commands import serve
from services.scans import read_item
from services.wiring import House, house_at

PARSE_ONLY = "/api/bench/parse-only"
SCANS = "/api/scans"
PROGRESS = "/api/bench/progress"

router = APIRouter(route_class=QuickRoute)


@router.post(PARSE_ONLY)
async def parse_only(request: Request, person: Scans, compound: CompoundInView, house: InHouse) -> Response:
    """The baseline of P1: signed in, read and validated as a scan is, and answered; nothing is looked up or kept."""
    del person, compound, house
    sent = read_batch(await json_body(request)).scans
    items = [read_item(raw) for raw in sent]
    answers: list[dict[str, Any]] = [
        {"id": str(item.id), "outcome": "recorded", "code": item.code, "doubts": []} for item in items
    ]
    return json_answer({"answers": answers})


@router.get(PROGRESS)
async def progress(person: Anyone, house: InHouse) -> Response:
    del person
    return json_answer({"recorded": house.log.last_position(), "shown": house.projector.position})


class Progress(NamedTuple):
    """Positions in the log."""

    recorded: int
    shown: int


def resident(process: str) -> float:
    """In MB; what several processes share (PSS) is counted once."""
    told = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in told if line.startswith("Pss:")) / 1000


class Server:
    """A process that serves a data directory."""

    def __init__(self, process: Popen[bytes], port: int, keys: dict[str, str]) -> None:
        self.process = process
        self.port = port
        self.keys = keys

    def post(self, compound: str, path: str, items: list[dict[str, Any]]) -> bytes:
        return post(path, self.keys[compound], orjson.dumps({"scans": items}))

    def get(self, compound: str, path: str) -> bytes:
        return get(path, self.keys[compound])

    def wait_until_shown(self, seconds: float = 600) -> float:
        """Returns how long it took until everything recorded was in the read models."""
        begun = time.perf_counter()
        while time.perf_counter() - begun < seconds:
            progress = self.progress()
            if progress.shown >= progress.recorded:
                return time.perf_counter() - begun
            time.sleep(0.02)
        raise TimeoutError("the read models do not follow")

    def progress(self) -> Progress:
        with closing(Connection(self.port)) as connection:
            return Progress(**orjson.loads(connection.ask(self.get(next(iter(self.keys)), PROGRESS))))

    def resident(self) -> float:
        """Memory in MB of the server's process and of those that it has started, as the system counts it."""
        of_itself = Path(f"/proc/{self.process.pid}")
        beside = (of_itself / "task" / of_itself.name / "children").read_text().split()
        return sum(map(resident, (of_itself.name, *beside)))


@contextmanager
def server_at(data: Path) -> Iterator[Server]:
    with Popen([sys.executable, "-m", "benchmarks.server", str(data)], stdout=PIPE) as process:
        try:
            assert process.stdout is not None  # noqa: S101 — opened above
            told = json.loads(process.stdout.readline())
            yield Server(process, told["port"], told["keys"])
        finally:
            process.send_signal(signal.SIGTERM)


def main(data: Path) -> None:
    listening = serve.listen("127.0.0.1", 0)
    with house_at(Settings(data=data), serving=True) as house:
        if not house.shown(house.log.last_position(), timeout=600):
            raise TimeoutError("the read models do not follow")
        keys = {compound: house.access.create_api_key("admin", compound) for compound in compounds_of(house)}
        print(json.dumps({"port": listening.getsockname()[1], "keys": keys}), flush=True)
        with patch.object(serve, "create_app", with_baseline):
            serve.run(house, listening)


def with_baseline(house: House) -> FastAPI:
    """Before all other routes: what is looked at first is found fastest, and the baseline must not be the slower one."""
    with patch.object(app, "ROUTERS", (router, *app.ROUTERS)):
        return create_app(house)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
