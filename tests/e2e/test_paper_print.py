import re
import socket
import threading
from contextlib import contextmanager

import compound as place
import pytest
import typer
import uvicorn
from browser import CHROMIUM, NEEDS_CHROMIUM
from playwright.sync_api import sync_playwright
from typer.testing import CliRunner

from domain.procurement.group_buys import ImportOrders, OrderLine, TableOrder
from infra.settings import Settings
from services.access import COOKIE
from services.app import create_app
from services.commands import labels, sheets
from services.wiring import house_at

ADDRESS = "http://192.168.1.20:8000"
DOORS = [f"{building}-{room}" for building in range(1, 13) for room in place.ROOMS]
GOODS = ("山东红富士苹果", "时令蔬菜包（青菜、番茄、土豆、胡萝卜、西兰花、娃娃菜）", "鸡蛋", "鲜牛奶", "五花肉")
SPILLED = """() => [...document.querySelectorAll('.label, .label .door, .label .words, .sign .page, .cells td')]
  .filter(box => box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1)
  .map(box => box.className + ' ' + box.innerText.slice(0, 40))"""
TORN = """() => { const height = 269 * 96 / 25.4; return [...document.querySelectorAll('tbody.whole tr')]
  .filter(row => row.getBoundingClientRect().height > height / 4).length }"""

pytestmark = NEEDS_CHROMIUM


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    """Orders of 288 doors with one to five goods, four of them also in a chain."""
    data = tmp_path_factory.mktemp("paper")
    with house_at(Settings(data=data, synchronous="OFF")) as house:
        place.found(house)
        for source, doors in (("import", DOORS), ("chain", DOORS[:4])):
            orders = tuple(
                TableOrder(
                    household=door,
                    lines=tuple(OrderLine(item=item, unit="份", quantity=2) for item in GOODS[: 1 + number % 5]),
                )
                for number, door in enumerate(doors)
            )
            said = {"group_buy": "box", "title": "盛都保供果蔬肉蛋大礼包 第十二期", "digest": "b" * 64}
            answer = place.ask(
                house, ImportOrders(**place.said(), **said, source=source, orders=orders, rows=len(orders))
            )
        assert house.shown(answer.events[-1])
    return data


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


def made(directory, tmp_path, *said):
    app = typer.Typer()
    labels.register(app)
    sheets.register(app)
    out = tmp_path / "paper.html"
    answer = CliRunner().invoke(app, [said[0], "--data", str(directory), "--out", str(out), *said[1:]])
    assert answer.exit_code == 0, answer.output
    return out


def printed(page):
    """Sizes of the pages of the PDF in millimetres."""
    content = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", content)
    return [(round(float(width) * 25.4 / 72), round(float(height) * 25.4 / 72)) for width, height in boxes]


@contextmanager
def opened(browser, file):
    page = browser.new_page(viewport={"width": 794, "height": 1123})
    page.goto(file.as_uri())
    page.emulate_media(media="print")
    yield page
    page.close()


@pytest.mark.parametrize(
    ("size", "pages", "paper"),
    [
        ("24mm", 5, (210, 297)),
        ("38x21", 5, (210, 297)),
        ("70x37", 12, (210, 297)),
        ("80x60", 288, (80, 60)),
        ("40x60", 288, (40, 60)),
    ],
)
def test_labels_fill_their_pages_and_nothing_spills(directory, browser, tmp_path, size, pages, paper):
    file = made(directory, tmp_path, "labels", "--group-buy", "box", "--size", size, "--address", ADDRESS)
    with opened(browser, file) as page:
        assert page.evaluate(SPILLED) == []
        assert printed(page) == [paper] * pages


@pytest.mark.parametrize(
    ("by", "size"), [("household", "70x37"), ("household", "24mm"), ("item", "38x21"), ("item", "80x60")]
)
def test_goods_labels_spill_nothing(directory, browser, tmp_path, by, size):
    file = made(directory, tmp_path, "sheets", "--group-buy", "box", "--labels", by, "--size", size)
    with opened(browser, file) as page:
        assert page.evaluate(SPILLED) == []
        assert page.locator(".label").count() == (288 if by == "household" else sum(1 + n % 5 for n in range(288)))


@pytest.mark.parametrize("sort", ["goods", "building-goods", "building-room"])
def test_sheets_are_a4_and_no_row_is_higher_than_its_page(directory, browser, tmp_path, sort):
    file = made(directory, tmp_path, "sheets", "--group-buy", "box", "--sort", sort)
    with opened(browser, file) as page:
        page.set_viewport_size({"width": 703, "height": 1000})
        assert page.evaluate(SPILLED) == []
        assert page.evaluate(TORN) == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= 703
        kept = page.evaluate("getComputedStyle(document.querySelector('.strip thead')).display")
        assert kept == "table-header-group"
        pages = printed(page)
    assert set(pages) == {(210, 297)}
    assert 6 <= len(pages) <= 18


@contextmanager
def served(house):
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(house), log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listening.close()


def test_from_the_page_to_the_printer_on_a_phone(directory, browser):
    with house_at(Settings(data=directory, synchronous="OFF")) as house, served(house) as site:
        context = browser.new_context(viewport={"width": 360, "height": 740}, locale="en")
        context.add_cookies([{"name": COOKIE, "value": place.session_for(house, "staff"), "url": site}])
        page = context.new_page()
        complaints = []
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(f"{site}/paper")
        page.fill("input[name=address]", ADDRESS)
        page.click("#address button")
        page.select_option("form[action='/paper/labels/doors'] select", "box")
        page.fill("form[action='/paper/labels/doors'] input[name=building]", "7")
        page.click("form[action='/paper/labels/doors'] button")
        assert "24 labels" in page.inner_text(".toolbar")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.evaluate("window.print = () => { document.title = 'printing' }")
        page.click("[data-print]")
        assert page.title() == "printing"
        assert printed(page) == [(210, 297)]
        page.click(".doing a")
        assert page.url == f"{site}/paper"
        assert complaints == []
        context.close()
