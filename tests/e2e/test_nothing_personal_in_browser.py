"""What a real browser keeps after somebody has worked with names: nothing of them."""

import socket
import threading
from contextlib import contextmanager

import compound as place
import pytest
import uvicorn
from browser import CHROMIUM, NEEDS_CHROMIUM
from order_files import csv_bytes
from playwright.sync_api import sync_playwright
from seeded import HELP, NAME, NOTE, PHONE, files_with_seeds, seeds_in

from services.access import COOKIE
from services.app import create_app

pytestmark = NEEDS_CHROMIUM
QUIETLY = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
KEPT = """async () => {
  const databases = [];
  for (const { name } of await indexedDB.databases()) {
    const opened = await new Promise((done, failed) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => failed(asked.error);
    });
    for (const store of opened.objectStoreNames) {
      databases.push(await new Promise((done) => {
        const asked = opened.transaction(store).objectStore(store).getAll();
        asked.onsuccess = () => done(JSON.stringify(asked.result));
      }));
    }
    opened.close();
  }
  const cached = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) cached.push(request.url + await (await cache.match(request)).text());
  }
  return JSON.stringify([{...localStorage}, {...sessionStorage}, databases, cached, document.cookie]);
}"""


@contextmanager
def served(house):
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(house), log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


@pytest.fixture
def opened(house, tmp_path):
    """A phone's page with a profile on disk, signed in as staff; and where the profile lies."""
    place.found(house)
    profile = tmp_path / "profile"
    with served(house) as site, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(profile),
            executable_path=str(CHROMIUM),
            args=QUIETLY,
            viewport={"width": 390, "height": 844},
            locale="en",
        )
        session = place.session_for(house, "staff", actor="m7kq2x9d4")
        context.add_cookies([{"name": COOKIE, "value": session, "url": site}])
        page = context.new_page()
        yield page, context, site
        context.close()
    found = files_with_seeds(profile)
    assert found == {}, "the profile on disk, history and cache among it"


def test_a_day_of_work_with_names_leaves_nothing_in_the_browser(house, opened, tmp_path):
    page, context, site = opened
    said, visited = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("framenavigated", lambda frame: visited.append(frame.url))
    page.on("request", lambda request: visited.append(request.url))
    page.goto(f"{site}/directory")
    page.fill("input[name=door]", f"{NAME} {PHONE}")
    page.click("form.search-box button")
    page.wait_for_selector("text=There is no such door on the roster")
    page.fill("input[name=door]", "12-501")
    page.click("form.search-box button")
    page.wait_for_url(f"{site}/directory/doors/12-501")
    for field, words in (
        ("input[name=name]", NAME),
        ("input[name=phone]", PHONE),
        ("textarea[name=help]", HELP),
        ("input[name=note]", NOTE),
    ):
        page.fill(field, words)
    page.click("text=Add it")
    page.wait_for_selector("text=138****1234")
    assert seeds_in(page.content()) == []
    page.check("input[name=why][value=medicine]", force=True)
    page.click("button[name=emergency]")
    page.wait_for_selector(f"text={NAME}")
    page.goto(f"{site}/held/12-501")
    assert HELP in page.content()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto(f"{site}/search")
    page.fill("input[name=q]", NAME)
    page.click("form[role=search] button")
    page.wait_for_load_state()
    table = tmp_path / "团.csv"
    row = ("1", NAME, PHONE, "12", "502", "荔枝", "1", NOTE)
    table.write_bytes(csv_bytes([("跟团号", "下单人", "联系电话", "楼号", "房号", "商品", "数量", "团员备注"), row]))
    page.goto(f"{site}/import")
    page.set_input_files("input[type=file]", str(table))
    page.click("text=Read the table")
    page.wait_for_selector("[data-book]")
    assert seeds_in(page.content()) == []
    page.click("[data-book]")
    page.wait_for_selector("text=1 new entry in the directory.")
    page.goto(f"{site}/scan")
    assert seeds_in(page.evaluate(KEPT)) == []
    assert seeds_in(str(context.cookies())) == []
    assert [each for each in visited if seeds_in(each)] == []
    assert seeds_in(" ".join(said)) == []
    assert len(house.directory.doors("shengdu")) == 2
