"""A household opens its page by the QR code of its slip, on a phone; and the slips as they come out of the printer."""

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

from domain.community.door_codes import door_code
from domain.goods.parcels import ParcelReported
from services.access import COOKIE
from services.app import create_app

PHONE = {"width": 360, "height": 740}
MINE, NEIGHBOUR = "2-102", "2-103"
SMALL = """() => [...document.querySelectorAll('main a, main button, main select, main summary, main .pick, main .sure')]
  .filter(each => each.offsetParent && each.getBoundingClientRect().height < 47.5).map(each => each.outerHTML.slice(0, 90))"""
SPILLED = """() => [...document.querySelectorAll('.slip, .slip .words, .slip .door, .slip .bottom')]
  .filter(box => box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1)
  .map(box => box.className + ' ' + box.innerText.slice(0, 40))"""

pytestmark = NEEDS_CHROMIUM


@pytest.fixture
def site(house):
    asyncio.run(first_day.a_first_day(house))
    (house.settings.data / "paper-address").write_text("http://192.168.100.200:18000")
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
def browser_at(site, **options):
    complaints = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(**{"viewport": PHONE, "locale": "en-GB", "base_url": site, **options})
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        browser.close()
    assert complaints == []


def code_of(house, door):
    return door_code(house.secret, first_day.COMPOUND, door, 0)


def reports_in(house):
    return [each.event for each in house.log.read(0, 10_000) if isinstance(each.event, ParcelReported)]


@pytest.mark.parametrize(("scheme", "scripts"), [("light", True), ("dark", False)])
def test_a_household_looks_and_reports_on_a_phone_with_and_without_scripts(house, site, scheme, scripts):
    code, before = code_of(house, MINE), len(reports_in(house))
    sent = []
    with browser_at(site, color_scheme=scheme, java_script_enabled=scripts) as page:
        page.on("request", lambda request: sent.append((request.url, request.all_headers().get("referer", ""))))
        page.goto(f"/D/{code}")
        expect(page.get_by_role("heading", name=MINE)).to_be_visible()
        expect(page.get_by_role("img", name="The way from the gate to your door: Your door")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        page.get_by_text("Is something wrong with it?").click()
        assert page.evaluate(SMALL) == []
        page.get_by_label("Something is missing from it").check()
        page.get_by_role("button", name="Report it").click()
        expect(page.get_by_role("status")).to_contain_text("this is recorded")
        expect(page.get_by_text("What is missing is looked for")).to_be_visible()
        assert NEIGHBOUR not in page.content()
        assert page.context.cookies() == []
    assert [(fact.problem, fact.actor[:5]) for fact in reports_in(house)[before:]] == [("missing", "door-")]
    assert any(url.endswith("/report") for url, _ in sent)
    assert [referrer for _, referrer in sent if code in referrer] == []


def test_a_captain_renews_one_door_on_a_phone_and_the_slip_in_the_hall_is_dead(house, site):
    with browser_at(site) as page:
        token = first_day.session(house, "captain")
        page.context.add_cookies([{"name": COOKIE, "value": token, "url": site}])
        page.goto("/slips?building=2")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert page.evaluate(SMALL) == []
        page.locator("select[name=door]").select_option(MINE)
        page.get_by_role("button", name="Make a new code", exact=True).click()
        expect(page.get_by_role("status")).to_contain_text(f"Renewed: {MINE}")
        page.get_by_role("status").get_by_role("link", name="Print").click()
        (slip,) = page.locator(".slip").all()
        expect(slip.locator(".door")).to_have_text(MINE)
        new = slip.locator(".code").inner_text().replace("-", "")
        assert new != code_of(house, MINE)
        page.goto(f"/D/{new}")
        expect(page.get_by_role("heading", name=MINE)).to_be_visible()
        assert page.request.get(f"/D/{code_of(house, MINE)}").status == 404


def test_slips_fill_their_sheets_and_nothing_spills(house, site):
    with browser_at(site, viewport={"width": 1280, "height": 900}) as page:
        page.context.add_cookies([{"name": COOKIE, "value": first_day.session(house, "staff"), "url": site}])
        page.goto("/slips/print")
        page.emulate_media(media="print")
        assert page.locator(".slip").count() == 4 * 12 + 1
        assert page.evaluate(SPILLED) == []
        content = page.pdf(prefer_css_page_size=True)
        boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", content)
        assert [(round(float(w) * 25.4 / 72), round(float(h) * 25.4 / 72)) for w, h in boxes] == [(210, 297)] * 5
