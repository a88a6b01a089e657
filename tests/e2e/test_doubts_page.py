"""The list of doubts on a phone: the reasons are at hand, whatever is selected and however short the list is."""

import threading

import pytest
import uvicorn
from browser import CHROMIUM, NEEDS_CHROMIUM
from compound import APPLES, found, scan, scanned, session_for
from playwright.sync_api import sync_playwright

from services.access import COOKIE
from services.app import create_app

pytestmark = NEEDS_CHROMIUM


@pytest.fixture
def address(house):
    server = uvicorn.Server(uvicorn.Config(create_app(house), host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
@pytest.mark.parametrize("doubts", [1, 12])
def test_every_reason_fits_the_screen_of_a_phone_without_scrolling(house, address, language, doubts):
    found(house)
    scanned(house, *(scan("deliver", 5, group_buy=APPLES, door=f"{n + 1}-101", how="door") for n in range(doubts)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(viewport={"width": 390, "height": 844}, locale=language)
        context.add_cookies([{"name": COOKIE, "value": session_for(house, "staff"), "url": address}])
        page = context.new_page()
        page.goto(f"{address}/doubts")
        page.evaluate("document.querySelector('[name=picks]').click()")
        assert page.evaluate("scrollY") == 0
        places = page.eval_on_selector_all(
            ".settle-bar button", "all => all.map((one) => one.getBoundingClientRect().bottom)"
        )
        assert len(places) == 6
        assert max(places) <= 844
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        last, bar = (page.locator(each).last.bounding_box() for each in (".inbox-lines > li", ".settle-bar"))
        assert last["y"] + last["height"] <= bar["y"], "the last line can be scrolled above the bar"
        browser.close()
