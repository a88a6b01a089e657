"""The board in a real browser before a real server: live without reloading, honest when it is not."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest
import uvicorn
from browser import CHROMIUM, NEEDS_CHROMIUM
from compound import APPLES, found, scan, session_for
from playwright.sync_api import expect, sync_playwright

from infra.settings import Settings
from services.access import COOKIE
from services.app import create_app
from services.wiring import house_at

pytestmark = NEEDS_CHROMIUM

A_MOMENT = 0.5
"""Seconds until a scan stands in the read models; the browser's own clock stands still meanwhile."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """``baogong serve`` as a process of its own."""

    def __init__(self, data):
        self.data = data
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.process = None

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def start(self):
        program = [sys.executable, "-c", "from services.cli import main; main()"]
        self.process = subprocess.Popen(
            [*program, "serve", "--data", str(self.data), "--port", str(self.port), "--public-board"],
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(400):
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.address}/board").status_code == 200:
                    return
            time.sleep(0.05)
        raise TimeoutError("the server did not start")

    def stop(self):
        """Seconds it took from SIGTERM to the end of the process."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        return time.monotonic() - began


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    directory = tmp_path_factory.mktemp("board")
    with house_at(Settings(data=directory, synchronous="OFF")) as house:
        found(house)
        (directory / "token").write_text(session_for(house, "staff"))
    return directory


@pytest.fixture(scope="module")
def house_process(data):
    opened = Server(data)
    yield opened
    if opened.is_running:
        opened.stop()


@pytest.fixture
def server(house_process):
    if not house_process.is_running:
        house_process.start()
    return house_process


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    opened = context.new_page()
    complaints = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda told: complaints.append(told.text) if "Content Security" in told.text else None)
    yield opened
    assert complaints == []
    context.close()


def sort_one(server, door):
    headers = {"Authorization": f"Bearer {(server.data / 'token').read_text()}"}
    sent = {"scans": [scan("sort", 1, group_buy=APPLES, door=door)]}
    answer = httpx.post(f"{server.address}/api/scans", json=sent, headers=headers)
    assert answer.json()["answers"][0]["outcome"] == "recorded", answer.text


def sorted_count(page):
    return page.locator("[data-figure=sorted]")


def test_a_scan_shows_on_an_open_board_without_reloading(page, server):
    page.goto(f"{server.address}/board")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    page.evaluate("window.loadedOnce = true")
    before = int(sorted_count(page).text_content())
    sort_one(server, "3-101")
    expect(sorted_count(page)).to_have_text(str(before + 1), timeout=2000)
    expect(page.locator("[data-figure=sorted].changed")).to_have_count(1)
    assert page.evaluate("window.loadedOnce")


def test_the_wall_fills_a_television_without_navigation(page, server):
    token = (server.data / "token").read_text()
    page.context.add_cookies([{"name": COOKIE, "value": token, "url": server.address}])
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(f"{server.address}/board?wall=1")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    expect(page.locator("header.top")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1920
    assert page.evaluate("document.documentElement.scrollHeight") <= 1080
    assert page.locator("main a").count() == 0


def test_a_board_without_connection_says_since_when_and_catches_up_by_itself(page, server):
    page.goto(f"{server.address}/board")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    before = int(sorted_count(page).text_content())
    server.stop()
    expect(page.locator("#live-text")).to_contain_text("no connection since", timeout=5000)
    server.start()
    sort_one(server, "4-101")
    expect(page.locator("#live")).to_have_attribute("data-state", "live", timeout=15000)
    expect(sorted_count(page)).to_have_text(str(before + 1), timeout=3000)


def test_a_board_that_gets_no_stream_looks_by_itself(page, server):
    page.clock.install()
    page.route("**/board/stream*", lambda route: route.fulfill(status=503))
    page.goto(f"{server.address}/board")
    expect(page.locator("#live")).to_have_attribute("data-state", "stale")
    before = int(sorted_count(page).text_content())
    sort_one(server, "5-101")
    time.sleep(A_MOMENT)
    page.clock.fast_forward(31_000)
    expect(sorted_count(page)).to_have_text(str(before + 1), timeout=5000)
    expect(page.locator("#live")).to_have_attribute("data-state", "slow")


def test_a_board_whose_sign_in_was_withdrawn_says_so_without_a_tap(page, tmp_path):
    with house_at(Settings(data=tmp_path / "var", synchronous="OFF")) as house:
        found(house)
        app = create_app(house)
        server = uvicorn.Server(uvicorn.Config(app, port=free_port(), log_level="error", ws="none"))
        app.state.is_stopping = lambda: server.should_exit
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        address = f"http://127.0.0.1:{server.config.port}"
        token = session_for(house, "staff", actor="m7kq2x9d4")
        page.context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
        page.goto(f"{address}/board")
        expect(page.locator("#live")).to_have_attribute("data-state", "live")
        house.access.revoke_actor("m7kq2x9d4")
        expect(page.locator("#board")).to_have_count(0, timeout=10_000)
        expect(page.locator("main")).to_contain_text("sign in")
        server.should_exit = True
        thread.join(10)


def test_a_server_with_three_viewers_stops_without_being_made_to(server):
    heard = []
    with contextlib.ExitStack() as viewers:
        for _ in range(3):
            browser = viewers.enter_context(httpx.Client(timeout=10, headers={"accept-encoding": "gzip"}))
            answer = viewers.enter_context(browser.stream("GET", f"{server.address}/board/stream"))
            chunks = answer.iter_raw()
            heard.append((answer, next(chunks) + next(chunks)))
        seconds = server.stop()
    assert seconds < 8
    for answer, first in heard:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["x-accel-buffering"] == "no"
        assert "content-encoding" not in answer.headers
        assert first.startswith(b"retry: 2000")


def came_to(app, channels):
    """Whether there are soon so many: the first bytes leave before a viewer is counted."""
    deadline = time.monotonic() + 10
    while len(app.state.board_stream.channels) != channels and time.monotonic() < deadline:
        time.sleep(0.05)
    return len(app.state.board_stream.channels) == channels


def test_nothing_is_rendered_for_a_viewer_who_has_left(tmp_path):
    with house_at(Settings(data=tmp_path / "var", synchronous="OFF", public_board=True)) as house:
        found(house)
        app = create_app(house)
        server = uvicorn.Server(uvicorn.Config(app, port=free_port(), log_level="error", ws="none"))
        app.state.is_stopping = lambda: server.should_exit
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        address = f"http://127.0.0.1:{server.config.port}/board/stream"
        with httpx.stream("GET", address) as answer:
            chunks = answer.iter_raw()
            next(chunks)  # the iterator is kept: with it the connection would go
            assert came_to(app, 1)
        assert came_to(app, 0)
        server.should_exit = True
        thread.join(5)
        assert not thread.is_alive()
