import re
import socket
import threading
import time
from contextlib import contextmanager

import crew
import first_day
import pytest
import uvicorn
from browser import CHROMIUM, NEEDS_CHROMIUM
from playwright.sync_api import expect, sync_playwright

from services.app import create_app

QUIETLY = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
QUIETLY += ["--disable-sync", "--no-first-run"]
PHONE = {"width": 360, "height": 740}
IN_WECHAT = "Mozilla/5.0 (iPhone; CPU iPhone OS 15_4 like Mac OS X) Mobile/15E148 MicroMessenger/8.0.20"
MOST_TAPS = 3
"""From the address in the QR code to the first code: sign in, fit for duty, the step."""

pytestmark = NEEDS_CHROMIUM


@pytest.fixture
def site(house):
    first_day.found(house)
    first_day.import_orders(house)
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
def phone(site, **options):
    """A browser that has never been here; anything that a page complains about fails the test."""
    complaints = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIETLY)
        context = browser.new_context(viewport=PHONE, locale="en-GB", base_url=site, **options)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Security Policy" in said.text else None)
        yield page
        browser.close()
    assert complaints == []


class Thumb:
    """Taps buttons and links by their words, and counts."""

    def __init__(self, page):
        self.page = page
        self.taps = 0

    def tap(self, words, role="button"):
        self.taps += 1
        self.page.get_by_role(role, name=words).first.click()


def came_in(page, token):
    thumb = Thumb(page)
    page.goto(f"/j#{token}")
    thumb.tap("Sign in")
    thumb.tap("Yes, start my shift")
    expect(page).to_have_url(re.compile("/scan$"))
    return thumb


def scan(page, door):
    if not page.locator("[name=group_buy]").is_visible():
        page.locator("#door summary").click()
    page.fill("[name=group_buy]", "vegetables")
    page.fill("[name=door]", door)
    page.get_by_role("button", name="Record", exact=True).click()


def delivered(house):
    return [(event.actor, event.said.household) for event in crew.facts(house, "ParcelDelivered")]


def test_from_the_qr_code_to_a_recorded_scan_in_three_taps(house, site):
    member = crew.volunteer(house)
    team = crew.team(house)
    token, badge = crew.badge(house, member)
    with phone(site) as page:
        thumb = came_in(page, token)
        assert "#" not in page.url
        thumb.tap("Deliver", "link")
        assert thumb.taps == MOST_TAPS
        expect(page.locator("[name=codes]")).to_be_focused()
        expect(page.locator(".now")).to_contain_text(member)
        scan(page, "12-101")
        expect(page.locator("#told .answer")).to_contain_text("Recorded")
        assert page.evaluate("JSON.stringify(localStorage) + JSON.stringify(sessionStorage)").find(token) == -1
    assert delivered(house) == [(member, "12-101")]
    (opened,) = crew.facts(house, "BadgeRedeemed")
    assert (opened.badge, opened.device[:6]) == (badge, "phone-")
    assert [event.team for event in crew.facts(house, "ShiftStarted")] == [None], team


def test_in_wechat_on_an_iphone_nothing_is_spent_until_the_browser_is_open(house, site):
    token, _ = crew.badge(house, crew.volunteer(house))
    with phone(site, user_agent=IN_WECHAT) as page:
        page.goto(f"/j#{token}")
        expect(page.get_by_role("heading", level=1)).to_have_text("First open this page in Safari")
        expect(page.get_by_role("button", name="Sign in")).to_be_hidden()
        expect(page.locator(".in-wechat svg")).to_be_visible()
    assert house.access.badges()[0].redeemed_at is None
    with phone(site) as page:
        came_in(page, token)


def test_without_script_the_code_is_pasted(house, site):
    member = crew.volunteer(house)
    token, _ = crew.badge(house, member)
    with phone(site, java_script_enabled=False) as page:
        page.goto("/j")
        page.get_by_label("Sign-in code").fill(f"{site}/j#{token}")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Yes, start my shift").click()
        page.get_by_role("link", name="Deliver").click()
        scan(page, "12-102")
        expect(page.locator("#told .answer")).to_contain_text("Recorded")
    assert delivered(house) == [(member, "12-102")]


def test_two_badges_on_one_phone_and_each_scan_is_its_own_hands(house, site):
    one, two = crew.volunteer(house), crew.volunteer(house)
    with phone(site) as page:
        came_in(page, crew.badge(house, one)[0])
        came_in(page, crew.badge(house, two)[0])
        page.goto("/scan?step=deliver")
        page.locator(".acting summary").click()
        page.locator(".acting").get_by_role("button", name=one).click()
        expect(page).to_have_url(re.compile("/scan$"))
        expect(page.locator(".acting summary")).to_contain_text(one)
        page.goto("/scan?step=deliver")
        scan(page, "12-101")
        expect(page.locator("#told .answer")).to_contain_text("Recorded")
        other = page.context.new_page()
        other.goto("/scan")
        other.locator(".acting summary").click()
        other.locator(".acting").get_by_role("button", name=two).click()
        expect(other.locator(".acting summary")).to_contain_text(two)
        scan(page, "12-102")
        expect(page.locator("#told .answer")).to_contain_text("Somebody else acts on this phone now.")
        other.locator(".acting summary").click()
        other.locator(".acting").get_by_role("button", name=one).click()
        expect(other.locator(".acting summary")).to_contain_text(one)
        page.get_by_role("button", name="Send again").click()
        expect(page.locator("#told .answer")).to_contain_text("Recorded")
    assert delivered(house) == [(one, "12-101"), (one, "12-102")]


def test_what_waited_when_a_shift_was_ended_is_recorded_late_and_of_the_hand_that_scanned(house, site):
    one, two = crew.volunteer(house), crew.volunteer(house)
    with phone(site) as page:
        token, badge = crew.badge(house, one)
        came_in(page, token)
        came_in(page, crew.badge(house, two)[0])
        page.goto("/scan")
        page.locator(".acting summary").click()
        page.locator(".acting").get_by_role("button", name=one).click()
        expect(page.locator(".acting summary")).to_contain_text(one)
        page.goto("/scan?step=deliver")
        page.context.set_offline(True)
        scan(page, "12-101")
        expect(page.locator("#told .answer")).to_contain_text("not sent yet")
        page.locator(".acting summary").click()
        page.locator(".acting").get_by_role("button", name=two).click()
        expect(page.locator("#told .answer")).to_contain_text("Choose another person once they are sent.")
        house.access.end_shift(badge)
        page.context.set_offline(False)
        expect(page.locator("#told .answer")).to_contain_text("Recorded")
        expect(page.locator("#told .answer")).to_contain_text("It arrived after your shift had ended")
    assert delivered(house) == [(one, "12-101")]
    (fact,) = [each.event for each in house.log.read(0, 10_000) if type(each.event).__name__ == "ParcelDelivered"]
    assert fact.late


def test_an_open_page_learns_that_its_badge_is_over_keeps_what_is_typed_and_goes_on_with_a_new_one(house, site):
    member = crew.volunteer(house)
    with phone(site) as page:
        token, badge = crew.badge(house, member)
        came_in(page, token)
        page.goto("/scan?step=deliver")
        expect(page.locator("#over")).to_be_hidden()
        crew.revoked(house, member, badge)
        scan(page, "12-101")
        expect(page.locator("#over")).to_contain_text("Your badge was withdrawn")
        expect(page.locator("#over")).to_contain_text("Ask the badge desk for a new badge")
        expect(page.locator("[name=door]")).to_have_value("12-101")
        page.get_by_role("button", name="Record", exact=True).click()
        expect(page.locator("#told .answer")).to_contain_text("Not recorded: your badge is over.")
        assert len(crew.facts(house, "ScanSetAside")) == 1
        came_in(page.context.new_page(), crew.badge(house, member)[0])
        page.get_by_role("button", name="Record", exact=True).click()
        expect(page.locator("#told .answer")).to_contain_text("Recorded")
        expect(page.locator("#over")).to_be_hidden()
    assert delivered(house) == [(member, "12-101")]


def test_what_waited_at_the_end_of_a_shift_is_sent_late_though_the_next_hand_opened_a_badge(house, site):
    one, two = crew.volunteer(house), crew.volunteer(house)
    token, badge = crew.badge(house, one)
    with phone(site) as page:
        came_in(page, token)
        page.goto("/scan?step=deliver")
        page.route("**/api/scans", lambda route: route.abort())
        scan(page, "12-101")
        expect(page.locator("#told .answer")).to_contain_text("not sent yet")
        house.access.end_shift(badge)
        came_in(page.context.new_page(), crew.badge(house, two)[0])
        page.unroute("**/api/scans")
        page.get_by_role("button", name="Send again").click()
        expect(page.locator("#told .answer")).to_contain_text("It arrived after your shift had ended")
        expect(page.locator("#over")).to_be_visible()
        scan(page, "12-102")
        expect(page.locator("#told .answer")).to_contain_text("Not recorded: your badge is over.")
    assert delivered(house) == [(one, "12-101")]


@pytest.mark.parametrize("next_hand", [False, True])
def test_a_page_that_only_waits_learns_within_a_minute_that_its_shift_is_over(house, site, next_hand):
    token, badge = crew.badge(house, crew.volunteer(house))
    with phone(site) as page:
        page.clock.install()
        came_in(page, token)
        page.goto("/scan?step=deliver")
        house.access.end_shift(badge)
        if next_hand:
            came_in(page.context.new_page(), crew.badge(house, crew.volunteer(house))[0])
        expect(page.locator("#over")).to_be_hidden()
        page.clock.run_for(45_000)
        expect(page.locator("#over")).to_be_visible()


def test_who_is_signed_out_where_somebody_else_acts_is_told_what_can_be_done(house, site):
    with phone(site) as page:
        page.goto(f"/j#{house.access.issue_link('runner', compound='shengdu')}")
        page.get_by_role("button", name="Sign in").click()
        page.goto("/scan?step=deliver")
        came_in(page.context.new_page(), crew.badge(house, crew.volunteer(house))[0])
        scan(page, "12-101")
        expect(page.locator("#told .answer")).to_contain_text("Open a badge or link of your own in another tab")


def test_another_link_in_the_same_tab_is_taken_over_and_the_old_answer_is_gone(house, site):
    used, _ = crew.badge(house, crew.volunteer(house))
    fresh, _ = crew.badge(house, crew.volunteer(house))
    house.access.redeem_badge(used, "phone-2")
    with phone(site) as page:
        page.goto(f"/j#{used}")
        page.get_by_role("button", name="Sign in").click()
        expect(page.locator("main")).to_contain_text("This badge is in use already.")
        page.evaluate("code => { location.hash = code }", fresh)
        expect(page.locator("main")).not_to_contain_text("This badge is in use already.")
        expect(page.locator("[name=token]")).to_be_hidden()
        page.get_by_role("button", name="Sign in").click()
        expect(page).to_have_url(re.compile("/shift$"))


RETRIED = 6500
"""Milliseconds in which a page without connection has tried to send again, and failed."""


def test_without_a_connection_the_reason_why_a_shift_goes_on_stays_readable_until_it_is_over(house, site):
    one, two = crew.volunteer(house), crew.volunteer(house)
    with phone(site) as page:
        came_in(page, crew.badge(house, two)[0])
        came_in(page, crew.badge(house, one)[0])
        page.goto("/scan?step=deliver")
        page.context.set_offline(True)
        scan(page, "12-101")
        told = page.locator("#told .answer")
        expect(told).to_contain_text("no connection")
        page.locator(".acting summary").click()
        page.locator(".acting").get_by_role("button", name=two).click()
        page.wait_for_timeout(RETRIED)
        expect(told).to_contain_text("Choose another person once they are sent.")
        scan(page, "12-102")
        expect(told).to_contain_text("2 not sent yet · There is no connection")
        expect(told).not_to_contain_text("Choose another person")
        page.locator(".leaving.on-page summary").click()
        page.locator(".leaving.on-page").get_by_role("button", name="Yes, end my shift").click()
        page.wait_for_timeout(RETRIED)
        expect(told).to_contain_text("Your shift is not ended yet: it ends as soon as they are sent.")
        expect(told).to_contain_text("There is no connection")
        page.context.set_offline(False)
        expect(page.locator(".acting summary")).to_contain_text(two)
    assert delivered(house) == [(one, "12-101"), (one, "12-102")]
    assert len(crew.facts(house, "ShiftEnded", one)) == 1


def test_the_shift_ends_when_the_queue_is_sent(house, site):
    member = crew.volunteer(house)
    with phone(site) as page:
        came_in(page, crew.badge(house, member)[0])
        page.goto("/scan?step=deliver")
        page.context.set_offline(True)
        scan(page, "12-101")
        expect(page.locator("#told .answer")).to_contain_text("no connection")
        page.locator(".leaving.on-page summary").click()
        page.locator(".leaving.on-page").get_by_role("button", name="Yes, end my shift").click()
        expect(page.locator("#told .answer")).to_contain_text("not sent yet")
        assert crew.facts(house, "ShiftEnded") == []
        page.context.set_offline(False)
        expect(page).to_have_url(re.compile("/shift/over$"))
        assert page.context.cookies() == []
        page.goto("/scan")
        expect(page.get_by_role("heading", level=1)).to_have_text("Please sign in first.")
    assert delivered(house) == [(member, "12-101")]
    assert len(crew.facts(house, "ShiftEnded", member)) == 1


PASSWORD = "three green cabbages"
PAGES = (
    "/scan",
    "/scan?step=deliver",
    "/shift",
    "/sessions",
    "/password",
    "/role",
    "/keys",
    "/signin",
    "/j",
    "/shift/over",
)


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_is_wider_than_the_screen_and_all_targets_can_be_hit(house, site, width):
    member = crew.volunteer(house)
    house.access.give_role(member, "staff", first_day.COMPOUND)
    house.access.give_role(member, "captain", first_day.COMPOUND)
    house.access.set_password(member, PASSWORD)
    with phone(site) as page:
        page.set_viewport_size({"width": width, "height": 800})
        came_in(page, crew.badge(house, crew.volunteer(house))[0])
        for signed_in in (False, True):
            if signed_in:
                page.goto("/signin")
                page.get_by_label("Login").fill(member)
                page.get_by_label("Password").fill(PASSWORD)
                page.locator("main button").first.click()
                page.get_by_role("button", name="Committee staff").click()
            for path in PAGES:
                page.goto(path)
                page.evaluate(
                    "document.querySelectorAll('details:not(.menu)').forEach((part) => { part.open = true; })"
                )
                assert page.evaluate("document.documentElement.scrollWidth") <= width, path
                small = page.evaluate(
                    """() => [...document.querySelectorAll('button, a.button, summary, .acting a, .quiet-link, .bottom a')]
                    .filter((part) => part.offsetHeight && part.offsetHeight < 48).map((part) => part.outerHTML.slice(0, 90))"""
                )
                assert small == [], path
