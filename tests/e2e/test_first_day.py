import asyncio
import re
import socket
import threading
import time
from contextlib import contextmanager

import first_day
import pytest
import uvicorn
from browser import CHROMIUM, NEEDS_CHROMIUM
from playwright.sync_api import expect, sync_playwright

from projections import deliveries, doubts
from services.access import COOKIE
from services.app import create_app

QUIETLY = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
QUIETLY += ["--disable-sync", "--no-first-run"]
PHONE = {"width": 360, "height": 740}
PAGES = ("/deliveries", "/doubts", "/doubts?show=aside", "/undelivered", "/undelivered?building=12", "/search?q=12-101")
PAGES += ("/search?q=12-1071", "/stations")

pytestmark = NEEDS_CHROMIUM


@pytest.fixture
def day(house):
    return asyncio.run(first_day.a_first_day(house))


@pytest.fixture
def site(house, day):
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(house), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listening.close()


@contextmanager
def phone(house, site, role, **options):
    """A signed-in person's browser; anything that the page complains about fails the test."""
    complaints = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIETLY)
        context = browser.new_context(viewport=PHONE, locale="en-GB", base_url=site, **options)
        context.add_cookies([{"name": COOKIE, "value": first_day.session(house, role), "url": site}])
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        browser.close()
    assert complaints == []


def reading(house, question, *about):
    with house.read.reading() as rows:
        return question(rows, first_day.COMPOUND, *about)


def test_declaring_shows_the_code_large_with_its_qr_code(house, site):
    with phone(house, site, "leader") as page:
        page.goto("/deliveries")
        form = page.locator("#declare")
        form.get_by_label("光明鲜奶").check()
        expect(form.get_by_label("Pieces")).to_have_value("18")
        form.get_by_label("蔬菜包 第3批").check()
        expect(form.get_by_label("Pieces")).to_have_value("55")
        form.get_by_label("Pieces").fill("50")
        form.get_by_label("=烟台苹果 10斤装").check()
        expect(form.get_by_label("Pieces")).to_have_value("50")
        form.get_by_label("Supplier").fill("光明乳业")
        form.get_by_label("Number plate").fill("沪A 12345")
        form.get_by_role("button").click()
        expect(page).to_have_url(re.compile(r"/deliveries/D\w{10}\?new=1$"))
        qr = page.locator("svg.qr").bounding_box()
        assert qr["width"] > 150
        assert abs(qr["width"] - qr["height"]) < 1
        code = page.url.split("/")[-1].partition("?")[0]
        expect(page.get_by_role("heading", level=1)).to_have_text(f"{code[:4]}-{code[4:8]}-{code[8:]}")
        expect(page.get_by_role("button", name="Print the label")).to_be_visible()
    row = reading(house, deliveries.delivery, code)
    assert (row.expected, row.vehicle) == (50, "沪A12345")


def test_staff_admit_at_the_gate_without_script(house, site, day):
    code = day["arrived"]
    with phone(house, site, "staff", java_script_enabled=False) as page:
        page.goto("/deliveries")
        card = page.locator(f"#{code}")
        card.get_by_role("combobox").select_option("frozen-goods")
        card.get_by_role("button", name="Admit").click()
        expect(page.locator(".notice").filter(has_text=re.compile("^Recorded"))).to_be_visible()
        expect(page.locator(f"#{code} .chip").first).to_have_text("admitted")
    assert reading(house, deliveries.delivery, code).stage == "admitted"


def test_turning_away_asks_for_the_reason(house, site, day):
    code = day["declared"]
    with phone(house, site, "staff") as page:
        page.goto("/deliveries")
        card = page.locator(f"#{code}")
        card.locator("summary").click()
        card.get_by_role("button", name="papers are missing").click()
        expect(page.locator(f"#{code} .chip").first).to_have_text("turned away")
    assert reading(house, deliveries.delivery, code).stage == "turned-away"


def test_several_doubts_are_settled_with_one_tap(house, site):
    before = reading(house, doubts.open_count)
    with phone(house, site, "staff") as page:
        page.goto("/doubts?rule=rest-kept")
        ticks = page.locator('[name="picks"]')
        ticks.nth(0).check()
        ticks.nth(2).check()
        button = page.get_by_role("button", name="seen by the staff")
        expect(button).to_be_in_viewport()
        button.click()
        expect(page.get_by_text("2 doubts settled.")).to_be_visible()
        assert "rule=rest-kept" in page.url
        page.get_by_role("link", name="Select all shown").click()
        expect(page.locator('[name="picks"]:not(:checked)')).to_have_count(0)
    assert reading(house, doubts.open_count) == before - 2


def test_the_list_of_a_building_prints_as_a_tick_list(house, site):
    with phone(house, site, "captain") as page:
        page.goto("/undelivered?building=12")
        boxes = page.locator(".doors .box")
        expect(boxes.first).to_be_hidden()
        page.emulate_media(media="print")
        expect(boxes.first).to_be_visible()
        assert boxes.count() == page.locator(".doors ul > li").count()
        expect(page.get_by_role("button", name="Print as a tick list")).to_be_hidden()
        expect(page.get_by_role("heading", name="Building 12")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_is_wider_than_the_screen_and_all_targets_can_be_hit(house, site, width):
    with phone(house, site, "staff") as page:
        page.set_viewport_size({"width": width, "height": 800})
        for path in PAGES:
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            small = page.evaluate(
                """() => [...document.querySelectorAll('main button, main a.button, main select, main summary, .tick, .tabs a')]
                .filter((part) => part.offsetHeight && part.offsetHeight < 48).map((part) => part.outerHTML.slice(0, 90))"""
            )
            assert small == [], path
