import json
import re
import socket
import threading
import time
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import pytest
import uvicorn
from browser import CHROMIUM, NEEDS_CHROMIUM
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from playwright.sync_api import expect, sync_playwright
from visitor import web_app

from services.access import Scans

QUIETLY = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
QUIETLY += ["--disable-sync", "--no-first-run"]
PHONE = {"width": 360, "height": 520}

pytestmark = NEEDS_CHROMIUM


class Record:
    """Answers as the real intake would and remembers what it was sent."""

    def __init__(self):
        self.items = []
        self.uploads = 0
        self.fails = 0

    def answer(self, item):
        known = any(before["id"] == item["id"] for before in self.items)
        self.items.append(item)
        code = item.get("code", "PDOOR000000").rpartition("/")[2]
        told = {"id": item["id"], "outcome": "duplicate" if known else "recorded", "code": code, "doubts": []}
        if "BAD" in code:
            told |= {"outcome": "set_aside", "code": None, "reason": "code-not-readable", "text": "not a code"}
        if "SIGN" in code:
            told["signature"] = "first"
        if unread := [each for each in item.get("parcels", ()) if "?" in each]:
            told["unread"] = unread
        if "LATE" in code:
            told["late"] = True
        if "DOUBT" in code and item["step"] != "annul":
            told["doubts"] = ["giver-holds", "not-held"]
        return told


@pytest.fixture
def record():
    return Record()


@pytest.fixture
def site(tmp_path, record):
    router = APIRouter()

    @router.post("/api/scans")
    async def post_scans(request: Request, person: Scans):
        record.uploads += 1
        if record.fails:
            record.fails -= 1
            return JSONResponse({"text": "The record is busy."}, 503, {"Retry-After": "1"})
        return {"answers": [record.answer(item) for item in (await request.json())["scans"]]}

    async def intake(person, compound, items):
        return [record.answer(item) for item in items]

    app = web_app(tmp_path, router)
    app.state.scan_intake = intake
    with serving(app) as address:
        yield app, address


@contextmanager
def serving(app):
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
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
def phone(chromium, site, role, *, script=True):
    app, address = site
    access = app.state.entrance.access
    token = access.issue_link(role, compound="shengdu")
    context = chromium.new_context(viewport=PHONE, locale="en", base_url=address, java_script_enabled=script)
    page = context.new_page()
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda told: complaints.append(told.text) if "Content Security Policy" in told.text else None)
    if script:
        page.goto(f"/j#{token}")
    else:
        page.goto("/j")
        page.fill("[name=token]", token)
    page.get_by_role("button", name="Sign in").click()
    page.goto("/scan")
    yield page
    assert complaints == []
    context.close()


def type_code(page, code):
    page.fill("[name=codes]", code)
    page.keyboard.press("Enter")


def test_a_volunteer_hands_over_one_parcel_after_another(chromium, site, record):
    with phone(chromium, site, "runner") as page:
        page.get_by_role("link", name="Hand over").click()
        page.fill("[name='taker.id']", "runner-7f3k")
        page.fill("[name=station]", "sort-1")
        type_code(page, "p7k2m9qx4t3")
        expect(page.locator(".answer.good")).to_contain_text("Recorded")
        expect(page.locator("[name='taker.id']")).to_be_hidden()
        type_code(page, "http://bg.test/P/P7K2M9QX4T4")
        expect(page.locator(".answer")).to_contain_text("P7K2-M9QX-4T4")
        type_code(page, "PDOUBT00001")
        expect(page.locator(".answer.wait")).to_contain_text("did not have it according to the record")
        type_code(page, "PBAD0000001")
        expect(page.locator(".answer.bad")).to_contain_text("not one of our codes")
        expect(page.locator("#said li").first).to_contain_text("PBAD-0000-001")
        expect(page.locator("#tally")).to_contain_text("3 recorded")
        expect(page.locator("#tally")).to_contain_text(re.compile(r"last at \d\d:\d\d"))
    first = record.items[0]
    assert first["code"] == "P7K2M9QX4T3"
    assert first["taker"] == {"kind": "volunteer", "id": "runner-7f3k"}
    assert (first["step"], first["station"]) == ("hand-over", "sort-1")
    assert UUID(first["id"]).version == 7
    assert datetime.fromisoformat(first["happened_at"]).utcoffset() is not None
    assert [item["device_seq"] for item in record.items] == [1, 2, 3, 4]
    assert record.items[1]["code"] == "P7K2M9QX4T4"


def test_many_codes_pasted_at_once_are_one_upload(chromium, site, record):
    with phone(chromium, site, "runner") as page:
        page.goto("/scan?step=deliver")
        page.fill("[name=codes]", "PAAA\nPSIGN，PDUP\nPDUP\nPDOUBT1\nPBAD1")
        page.get_by_role("button", name="Record").click()
        expect(page.locator(".answer")).to_contain_text("2 recorded · 1 still held · 1 with doubts · 1 set aside")
        lines = ["PBAD1 · This is not one of our codes", "PSIGN · 1 of 2 signatures", "PDOUBT1 · "]
        expect(page.locator(".answer li")).to_contain_text(lines)
        expect(page.locator(".answer h2")).to_be_in_viewport()
        expect(page.locator("#said li")).to_have_count(5)
    assert record.uploads == 1
    assert {item["how"] for item in record.items} == {"door"}
    assert not {"group_buy", "door", "piece"} & record.items[0].keys()


def test_what_came_after_the_end_of_the_shift_is_told_as_recorded_late(chromium, site):
    with phone(chromium, site, "runner") as page:
        page.goto("/scan?step=deliver")
        type_code(page, "PLATE000001")
        expect(page.locator(".answer.good h2")).to_have_text("Recorded late")
        expect(page.locator(".answer")).to_contain_text(
            "It arrived after your shift had ended, and the record says so."
        )
        expect(page.locator("#said li")).to_contain_text("Recorded late")
        page.fill("[name=codes]", "PLATE000002\nPAAA")
        page.get_by_role("button", name="Record").click()
        expect(page.locator(".answer.good")).to_contain_text("1 recorded · 1 recorded late")


def test_the_last_scan_can_be_undone(chromium, site, record):
    with phone(chromium, site, "runner") as page:
        page.goto("/scan?step=deliver")
        type_code(page, "PAAA")
        page.get_by_role("button", name="Undo the last one").click()
        expect(page.locator(".answer")).to_contain_text("Undone")
        expect(page.locator("#tally")).to_contain_text("0 recorded")
    scanned, undone = record.items
    assert undone["step"] == "annul"
    assert (undone["scan"], undone["code"]) == (scanned["id"], "PAAA")


def test_the_same_code_counts_again_only_after_five_seconds(chromium, site, record):
    with phone(chromium, site, "runner") as page:
        page.goto("/scan?step=deliver")
        type_code(page, "PAAA")
        expect(page.locator(".answer.good")).to_be_visible()
        type_code(page, "PAAA")
        expect(page.locator(".answer")).to_contain_text("counts again after 5 seconds")
    assert len(record.items) == 1


def test_without_an_answer_the_scan_is_kept_and_sent_again_with_the_same_id(chromium, site, record):
    record.fails = 1
    with phone(chromium, site, "runner") as page:
        page.goto("/scan?step=deliver")
        type_code(page, "PAAA")
        expect(page.locator(".answer")).to_contain_text("1 not sent yet · The record is busy.")
        page.get_by_role("button", name="Send again").click()
        expect(page.locator(".answer.good")).to_contain_text("PAAA")
        expect(page.locator("#said li")).to_have_count(1)
    assert record.uploads == 2
    assert len(record.items) == 1


def test_offline_the_scan_waits_on_the_page(chromium, site, record):
    with phone(chromium, site, "runner") as page:
        page.goto("/scan?step=deliver")
        page.context.set_offline(True)
        type_code(page, "PAAA")
        type_code(page, "PBBB")
        expect(page.locator(".answer")).to_contain_text("2 not sent yet")
        page.context.set_offline(False)
        expect(page.locator(".answer.good")).to_contain_text("2 recorded")
    assert [item["code"] for item in record.items] == ["PAAA", "PBBB"]


def test_disinfection_remembers_agent_strength_and_faces(chromium, site, record):
    with phone(chromium, site, "disinfection") as page:
        page.goto("/scan?step=disinfect-start")
        page.get_by_label("chlorine dioxide").check()
        page.fill("[name=mg_per_litre]", "250")
        for face in ("top", "bottom"):
            page.get_by_label(face, exact=True).check()
        type_code(page, "C1")
        expect(page.locator(".answer.good")).to_be_visible()
        page.reload()
        expect(page.locator("#once")).to_contain_text("chlorine dioxide · 250 · spray · top · bottom")
        type_code(page, "C2")
        expect(page.locator(".answer.good")).to_contain_text("C2")
    for item in record.items:
        assert (item["agent"], item["mg_per_litre"], item["method"]) == ("chlorine-dioxide", 250, "spray")
        assert item["faces"] == ["top", "bottom"]


def test_without_a_label_group_buy_and_door_name_the_parcel(chromium, site, record):
    with phone(chromium, site, "sorter") as page:
        page.goto("/scan?step=sort")
        page.get_by_text("With the door's number").click()
        page.fill("[name=group_buy]", "milk-0409")
        page.fill("[name=door]", "12-501")
        page.fill("[name=piece]", "2")
        page.fill("[name=of]", "3")
        page.get_by_role("button", name="Record").click()
        expect(page.locator(".answer.good")).to_be_visible()
        expect(page.locator("[name=door]")).to_have_value("")
    named = {key: record.items[0].get(key) for key in ("code", "group_buy", "door", "piece", "of")}
    assert named == {"code": None, "group_buy": "milk-0409", "door": "12-501", "piece": 2, "of": 3}


@pytest.mark.parametrize("script", [True, False])
def test_a_door_in_the_field_for_codes_is_offered_as_a_parcel_without_a_label(chromium, site, record, script):
    with phone(chromium, site, "sorter", script=script) as page:
        page.goto("/scan?step=sort")
        page.fill("[name=codes]", "12-502")
        page.get_by_role("button", name="Record").click()
        expect(page.locator("#told")).to_contain_text("12-502 is a door, no code of a label.")
        expect(page.locator("[name=codes]")).to_have_value("")
        expect(page.locator("[name=door]")).to_have_value("12-502")
        assert record.items == []
        page.fill("[name=group_buy]", "milk-0409")
        page.get_by_role("button", name="Record").click()
        expect(page.locator(".answer.good")).to_be_visible()
        if script:
            expect(page.locator("#door [data-part=offer]")).to_have_text("")
            page.fill("[name=codes]", "12-503")
            page.get_by_role("button", name="Record").click()
            expect(page.get_by_role("button", name="Record")).to_be_focused()
            expect(page.locator("#door [data-part=offer]")).to_contain_text("12-503 is a door")
            expect(page.locator("#door [data-part=offer]")).to_be_in_viewport()
            page.fill("[name=codes]", "12-504\nPAAA")
            page.fill("[name=door]", "")
            page.get_by_role("button", name="Record").click()
            expect(page.locator("#told")).to_contain_text("one label at a time")
    assert [(item.get("code"), item["group_buy"], item["door"]) for item in record.items] == [
        (None, "milk-0409", "12-502")
    ]


def test_a_crate_is_filled_with_a_list_of_parcels(chromium, site, record):
    with phone(chromium, site, "sorter") as page:
        page.goto("/scan?step=fill-crate")
        page.fill("[name=parcels]", "paaa\nPBBB")
        page.fill("[name=building]", "12")
        page.fill("[name=codes]", "C1")
        page.get_by_role("button", name="Record").click()
        expect(page.locator(".answer.good")).to_contain_text("C1")
        page.fill("[name=parcels]", "PCCC\nP?")
        type_code(page, "C2")
        expect(page.locator(".answer.wait")).to_contain_text("Not in the crate yet: P?")
        expect(page.locator("[name=parcels]")).to_have_value("P?")
        expect(page.locator("[name=codes]")).to_have_value("C2")
    assert record.items[0]["parcels"] == ["PAAA", "PBBB"]
    assert (record.items[0]["code"], record.items[0]["building"]) == ("C1", "12")


def test_one_scan_and_its_undo_work_without_javascript(chromium, site, record):
    with phone(chromium, site, "runner", script=False) as page:
        page.get_by_role("link", name="Deliver").click()
        page.fill("[name=codes]", "PDOUBT1")
        page.get_by_role("button", name="Record").click()
        expect(page.locator(".answer.wait")).to_contain_text("was held and should not have moved")
        page.get_by_role("button", name="Undo this one").click()
        expect(page.locator(".answer.good")).to_contain_text("Recorded")
        page.goto("/scan?step=deliver")
        page.get_by_role("button", name="Record").click()
        expect(page.get_by_role("alert")).to_contain_text("Type a code")
    scanned, undone = record.items
    assert (scanned["how"], scanned["code"]) == ("door", "PDOUBT1")
    assert (undone["step"], undone["scan"]) == ("annul", scanned["id"])
    assert UUID(scanned["id"]).version == 7


def test_only_the_steps_of_the_role_are_offered(chromium, site):
    with phone(chromium, site, "gate") as page:
        offered = {link.get_attribute("href") for link in page.locator("a.step").all()}
        answer = page.goto("/scan?step=admit")
        assert answer.status == 403
    assert offered == {f"/scan?step={step}" for step in ("arrive", "declare", "count", "hand-over", "report")}


def test_nothing_is_wider_than_a_small_phone_and_targets_are_large(chromium, site):
    with phone(chromium, site, "staff") as page:
        for path in ("/scan", "/scan?step=disinfect-start", "/scan?step=sort", "/links", "/j", "/nowhere"):
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
            heights = page.evaluate("""() => [...document.querySelectorAll('a, button, input, select, textarea, summary')]
                .filter((one) => one.offsetParent && !one.closest('.skip, p') && !one.matches('.skip, [type=hidden]'))
                .map((one) => [one.outerHTML.slice(0, 80), Math.round(one.getBoundingClientRect().height)])""")
            assert [one for one in heights if one[1] < 48] == [], path


def test_no_browser_store_holds_a_door(chromium, site, record):
    with phone(chromium, site, "runner") as page:
        page.goto("/scan?step=deliver")
        page.get_by_text("No label? Name the door").click()
        page.fill("[name=group_buy]", "milk-0409")
        page.fill("[name=door]", "12-501")
        page.fill("[name=to]", "12-502")
        page.get_by_role("button", name="Record").click()
        expect(page.locator(".answer.good")).to_be_visible()
        stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "12-50" not in stored
    assert json.loads(stored)[0].keys() == {"baogong.device", "baogong.device_seq"}


def test_signing_out_waits_until_everything_is_sent_and_then_leaves_nothing(chromium, site, record):
    app, _ = site
    with phone(chromium, site, "runner") as page:
        page.goto("/scan?step=deliver")
        page.context.set_offline(True)
        type_code(page, "PAAA")
        expect(page.locator(".answer")).to_contain_text("1 not sent yet")
        page.get_by_role("button", name="Sign out").click()
        expect(page.locator(".answer")).to_contain_text("signed out as soon as they are sent")
        assert app.state.entrance.access.sessions() != []
        page.context.set_offline(False)
        page.wait_for_url("**/j")
        assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
        assert page.context.cookies() == []
    assert [item["code"] for item in record.items] == ["PAAA"]
    assert app.state.entrance.access.sessions() == []


def test_leaving_from_another_page_keeps_what_the_scan_page_may_still_need(chromium, site):
    with phone(chromium, site, "runner") as page:
        page.evaluate("localStorage.setItem('baogong.queue', '[1]')")
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/j")
        assert page.evaluate("localStorage.getItem('baogong.queue')") == "[1]"


def test_after_a_sign_in_in_another_tab_an_open_page_goes_on(chromium, site, record):
    app, _ = site
    with phone(chromium, site, "runner") as page:
        page.goto("/scan?step=deliver")
        other = page.context.new_page()
        other.goto(f"/j#{app.state.entrance.access.issue_link('runner', compound='shengdu')}")
        other.get_by_role("button", name="Sign in").click()
        other.wait_for_url("**/scan")
        type_code(page, "PAAA")
        expect(page.locator(".answer.good")).to_contain_text("PAAA")
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/j")
    assert app.state.entrance.access.sessions() == []
