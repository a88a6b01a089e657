import socket
import threading
import time
from contextlib import contextmanager

import pytest
import uvicorn
from browser import CHROMIUM, NEEDS_CHROMIUM
from order_files import csv_bytes, long_book, long_row
from playwright.sync_api import expect, sync_playwright

from projections import orders
from services.access import COOKIE
from services.app import create_app

QUIETLY = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PHONE = {"width": 390, "height": 844}
PATTERN = "1-28、31-40号: 1-18层 x 01-04; 29、30号 别墅"
ROWS = (
    long_row(building="12", room="501", number="1"),
    long_row(building="29", room="", number="2"),
    long_row(building="12", room="5011", number="3"),
    long_row(building="", room="", number="4", quantity=2),
)

pytestmark = NEEDS_CHROMIUM


@pytest.fixture
def site(house):
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(house), log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield house, f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIETLY)
        yield browser
        browser.close()


@contextmanager
def phone(chromium, site, *, script=True):
    """A page of somebody who may found, import and undo; script errors fail the test."""
    house, address = site
    session = house.access.redeem(house.access.issue_link("admin"))
    context = chromium.new_context(viewport=PHONE, locale="en", base_url=address, java_script_enabled=script)
    context.add_cookies([{"name": COOKIE, "value": session, "url": address}])
    page = context.new_page()
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda told: complaints.append(told.text) if "Content Security Policy" in told.text else None)
    yield page
    context.close()
    assert complaints == []


def found(page):
    page.goto("/import")
    page.get_by_role("link", name="Found the compound").click()
    page.get_by_label("Id of the compound").fill("shengdu")
    page.get_by_label("Or a pattern").fill(PATTERN)
    page.get_by_label("The same: 12栋 is 12号").check()
    page.get_by_role("button", name="Look at the doors").click()
    page.get_by_role("button", name="Add 2738 doors").click()
    expect(page.get_by_text("2738 doors were added to the roster.")).to_be_visible()


def choose(page, content, name="orders.xlsx", **fields):
    page.goto("/import")
    page.locator("[name=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    page.locator("input[name=group_buy]:not([type=hidden])").fill(fields.get("group_buy", "apples"))
    page.get_by_role("button", name="Read the table").click()


def standing(house):
    with house.read.reading() as rows:
        return {each.household for each in orders.orders_of(rows, "shengdu", "apples")}


@pytest.mark.parametrize("script", [True, False])
def test_from_no_compound_to_a_booked_table_and_back(chromium, site, script):
    with phone(chromium, site, script=script) as page:
        found(page)
        choose(page, long_book(*ROWS))
        expect(page.get_by_text("Preview: nothing is booked yet")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        cards = page.locator(".unclear-row")
        expect(cards).to_have_count(2)
        cards.nth(0).get_by_label("12-501", exact=True).check()
        cards.nth(1).get_by_label("Building").fill("3")
        cards.nth(1).get_by_label("Room").fill("203")
        page.get_by_role("button", name="Read again with my corrections").click()
        expect(cards).to_have_count(0)
        page.get_by_role("button", name="Book the orders of 3 doors").click()
        expect(page.get_by_role("heading", name="Booked")).to_be_visible()
        assert standing(site[0]) == {"12-501", "29", "3-203"}
        choose(page, long_book(*ROWS))
        expect(page.get_by_text("Nothing new")).to_be_visible()
        choose(page, long_book(*ROWS, long_row(building="4", room="101", number="9")))
        expect(page.get_by_text("brings this group buy up to date")).to_be_visible()
        page.get_by_role("button", name="Book the orders of 4 doors").click()
        expect(page.get_by_role("heading", name="Booked")).to_be_visible()
        assert standing(site[0]) == {"12-501", "29", "3-203", "4-101"}
        page.goto("/import")
        page.locator("details.ask summary").click()
        page.get_by_role("button", name="Yes, undo this import").click()
        expect(page.get_by_text("is as it was before")).to_be_visible()
        assert standing(site[0]) == {"12-501", "29", "3-203"}


def test_booking_opens_when_the_unclear_rows_are_settled_or_left_out(chromium, site):
    with phone(chromium, site) as page:
        found(page)
        choose(page, long_book(*ROWS))
        button = page.locator("[data-book]")
        expect(button).to_be_disabled()
        expect(page.get_by_text("To book, settle the unclear rows above")).to_be_visible()
        page.get_by_label("Leave 2 unclear rows out").check()
        expect(button).to_be_enabled()
        expect(page.get_by_text("To book, settle the unclear rows above")).to_be_hidden()
        button.click()
        expect(page.get_by_role("heading", name="Booked")).to_be_visible()
        assert standing(site[0]) == {"12-501", "29"}


def test_a_bad_file_is_said_on_the_page_and_the_choice_stays(chromium, site):
    with phone(chromium, site) as page:
        found(page)
        choose(page, b"%PDF-1.7", group_buy="pears")
        expect(page.get_by_role("alert")).to_contain_text("This is a PDF, not a table.")
        expect(page.locator("input[name=group_buy]:not([type=hidden])")).to_have_value("pears")
        assert page.locator("[name=file]").evaluate("field => field.files.length") == 1
        page.locator("[name=file]").set_input_files({"name": "x.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"})
        page.get_by_role("button", name="Read the table").click()
        expect(page.get_by_role("alert")).to_contain_text("No header row was found.")


def test_a_file_that_is_too_large_is_not_even_sent(chromium, site):
    with phone(chromium, site) as page:
        found(page)
        sent = []
        page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
        choose(page, csv_bytes([("楼号", "房号")]) + b"x" * 20_000_001)
        expect(page.get_by_role("status")).to_contain_text("The file is larger than 20 MB.")
        assert sent == []


def test_typing_a_door_lets_go_of_the_one_that_was_tapped(chromium, site):
    with phone(chromium, site) as page:
        found(page)
        choose(page, long_book(*ROWS))
        card = page.locator(".unclear-row").nth(0)
        card.get_by_label("12-501", exact=True).check()
        card.get_by_label("Building").fill("14")
        expect(card.get_by_label("As in the fields")).to_be_checked()


def test_something_moves_while_the_rows_are_read(chromium, site):
    with phone(chromium, site) as page:
        found(page)
        page.goto("/import")
        bar = page.locator("[data-progress] progress")
        page.evaluate("document.querySelector('[data-progress]').hidden = false")
        seen = set()
        for _ in range(4):
            seen.add(bar.screenshot(animations="allow"))
            page.wait_for_timeout(150)
        assert len(seen) > 1
