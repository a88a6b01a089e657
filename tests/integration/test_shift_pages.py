import asyncio
import re

import crew
import first_day
import httpx
import pytest
from phones import SCAN, on_shift, opened, scans
from visitor import Visitor

from infra.errors import StorageUnavailable
from projections import badges
from projections.base import moment_of
from services.app import create_app
from services.crew import coming_in
from services.crew.windows import window_shown
from services.pages.layout import day_and_clock
from services.wiring import now


@pytest.fixture
def app(house):
    first_day.found(house)
    first_day.import_orders(house)
    return create_app(house)


@pytest.fixture
def member(app, house):
    return crew.volunteer(house)


def badge_row(house, badge):
    with house.read.reading() as rows:
        return badges.badge(rows, first_day.COMPOUND, badge)


def test_from_the_badge_to_a_scan_with_role_and_station_set(app, house, member):
    token, badge = crew.badge(house, member, "sorter", station="sorting")
    team = crew.team(house, "sorting")
    phone = Visitor(app)
    assert phone.get("/j").status_code == 200
    assert house.access.badges()[0].redeemed_at is None, "looking at it spends nothing"
    opened(app, token, phone)
    assert phone.get("/scan").headers["location"] == "/shift", "nobody scans before the question"
    asked = phone.get("/shift")
    assert "Are you fit for duty today?" in asked.text
    assert "Sorting · sorting" in asked.text
    assert team in asked.text
    assert phone.post("/shift", data={"fit": "yes", "team": team}).headers["location"] == "/scan"
    page = phone.get("/scan?step=sort")
    assert 'name="station"' in page.text
    assert 'value="sorting"' in page.text
    assert member in page.text
    told = scans(phone, {"step": "sort", "group_buy": "vegetables", "door": "12-101"}).json()["answers"][0]
    assert (told["outcome"], told["doubts"]) == ("recorded", [])
    (started,) = crew.facts(house, "ShiftStarted", member)
    assert (started.badge, started.team, started.actor) == (badge, team, member)
    assert [event.device for event in crew.facts(house, "BadgeRedeemed", member)] == ["phone-1"]
    assert [event.member for event in crew.facts(house, "TeamJoined")] == [member]


def test_a_badge_sets_the_session_and_the_upload_key(app, house, member):
    token, _ = crew.badge(house, member)
    cookies = Visitor(app).post("/j", data={"token": token}).headers.get_list("set-cookie")
    named = {cookie.partition("=")[0]: cookie for cookie in cookies if "Max-Age=0" not in cookie}
    upload = next(name for name in named if name.startswith("baogong-upload-"))
    assert set(named) == {"baogong", upload}
    assert "Path=/api/scans" in named[upload]
    assert all("HttpOnly" in cookie for cookie in cookies)
    assert token not in "".join(cookies)


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("used", "This badge is in use already."),
        ("not-yet", "This badge is not valid yet."),
        ("over", "The time of this badge is over."),
        ("revoked", "This badge was withdrawn."),
        ("refused", "The committee staff have to look at this first."),
        ("unknown", "This sign-in code opens nothing."),
    ],
)
def test_a_badge_that_opens_nothing_says_kindly_why(app, house, member, capfd, why, words):
    token, badge = crew.badge(house, member, begins=1 if why == "not-yet" else -1)
    if why == "used":
        house.access.redeem_badge(token, "phone-2")
    elif why == "over":
        with house.access._transaction() as rows:  # noqa: SLF001 — the clock of this house cannot be moved
            rows.execute("UPDATE badges SET ends = begins + 1")
    elif why == "revoked":
        crew.revoked(house, member, badge)
    elif why == "refused":
        crew.suspended_in_record_only(house, member)
    elif why == "unknown":
        token = "x" * 32
    phone = Visitor(app)
    answer = phone.post("/j", data={"token": token})
    assert answer.status_code == 403
    assert words in answer.text
    assert (token in answer.text) is (why == "not-yet"), "what comes too early is tapped again"
    assert "set-cookie" not in answer.headers
    assert phone.get("/shift").status_code == 401
    said = "".join(capfd.readouterr())
    assert "sign_in_refused" in said
    assert f"reason={why}" in re.sub(r"\x1b\[[0-9;]*m", "", said)
    assert token not in said


@pytest.mark.parametrize("revoked_too", [False, True])
def test_a_badge_whose_shift_was_ended_says_so_and_where_to_get_a_new_one(app, house, member, revoked_too):
    token, badge = crew.badge(house, member)
    assert on_shift(app, token).post("/shift/end").status_code == 303
    if revoked_too:
        crew.revoked(house, member, badge)
    assert house.shown(house.log.last_position())
    answer = Visitor(app).post("/j", data={"token": token})
    assert answer.status_code == 403
    assert ("The shift of this badge was ended." in answer.text) is not revoked_too
    assert ("ask the badge desk for a new badge" in answer.text) is not revoked_too
    assert ("This badge was withdrawn." in answer.text) is revoked_too


def test_guessing_is_stopped_after_ten_a_minute(app):
    phone = Visitor(app)
    answers = [phone.post("/j", data={"token": f"{n:032d}"}).status_code for n in range(12)]
    assert answers == [403] * 10 + [429] * 2


def test_a_whole_shift_comes_in_by_one_wifi_at_once_and_guesses_in_between_stay_ten(app, house):
    tokens = [crew.badge(house, crew.volunteer(house))[0] for _ in range(14)]
    links = [house.access.issue_link("captain", compound=first_day.COMPOUND) for _ in range(2)]
    early, _ = crew.badge(house, crew.volunteer(house), begins=1)
    guesses = [f"{n:032d}" for n in range(8)]
    sent = [*tokens, *links, *([early] * 3), *guesses]

    async def answers():
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://bg.test") as client:
            return await asyncio.gather(
                *(client.post("/j", data={"token": token}, headers={"cookie": ""}) for token in sent)
            )

    assert [one.status_code for one in asyncio.run(answers())] == [303] * 16 + [403] * 3 + [403] * 8
    phone = Visitor(app)
    assert [phone.post("/j", data={"token": f"x{n}"}).status_code for n in range(4)] == [403] * 2 + [429] * 2


@pytest.mark.parametrize(("language", "words"), [("en", r"Try again in (\d+) s\."), ("zh", r"请过 (\d+) 秒再试")])
def test_who_guessed_too_often_reads_how_long_to_wait(app, language, words):
    phone = Visitor(app, **{"accept-language": language})
    *_, refused = (phone.post("/j", data={"token": f"{n:032d}"}) for n in range(11))
    assert re.search(words, refused.text)[1] == refused.headers["retry-after"]
    assert '<a class="button primary" href="/j">' in refused.text, "back to the form"
    *_, refused = (phone.get("/api/deliveries", headers={"Authorization": f"Bearer bgk_{n}"}) for n in range(61))
    assert refused.status_code == 429
    assert re.search(words, refused.json()["text"])[1] == refused.headers["retry-after"]


def test_a_badge_that_comes_too_early_says_from_when_and_is_tapped_again(app, house, member):
    token, badge = crew.badge(house, member, begins=1)
    phone = Visitor(app)
    page = phone.post("/j", data={"token": token}).text
    begins = moment_of(badge_row(house, badge).begins)
    assert f"{day_and_clock(begins)} on" in page
    with house.access._transaction() as rows:  # noqa: SLF001 — the clock of this house cannot be moved
        rows.execute("UPDATE badges SET begins = begins - 7200")
    kept = re.search(r'name="token" value="([^"]+)"', page)[1]
    assert phone.post("/j", data={"token": kept}).headers["location"] == "/shift"


def test_of_a_no_nothing_is_kept(app, house, member):
    token, badge = crew.badge(house, member)
    phone = opened(app, token)
    assert upload_cookies(phone)
    before = house.log.last_position()
    answer = phone.post("/shift", data={"fit": "no"})
    assert "Thank you for saying so" in answer.text
    assert "location" not in answer.headers, "no address tells of it"
    assert house.log.last_position() == before
    assert phone.get("/scan").status_code == 401
    assert not upload_cookies(phone)
    assert house.access.badges()[0].revoked_at is None
    assert badge_row(house, badge).started_at is None


def upload_cookies(phone):
    return [each.name for each in phone.cookies.jar if each.name.startswith("baogong-upload")]


def test_the_desk_cannot_tell_a_no_from_a_badge_that_was_never_started(app, house):
    members = [crew.volunteer(house) for _ in range(2)]
    issued = [crew.badge(house, each) for each in members]
    said_no, silent = (opened(app, token) for token, _ in issued)
    assert said_no.post("/shift", data={"fit": "no"}).status_code == 200
    assert house.shown(house.log.last_position())
    desk = Visitor(app).signed_in("staff", actor=crew.volunteer(house))
    pages = [
        anonymous(desk.get(f"/members/{each}").text, each, badge)
        for each, (_, badge) in zip(members, issued, strict=True)
    ]
    assert pages[0] == pages[1]
    assert "signed out of the phone" not in desk.get("/badges").text
    assert silent.get("/shift").status_code == 200


def test_the_desk_sees_who_signed_out_of_the_phone_and_who_did_not(app, house, member):
    phone = opened(app, crew.badge(house, member)[0])
    phone.post("/signout")
    desk = Visitor(app).signed_in("staff", actor=crew.volunteer(house))
    assert "signed out of the phone" in desk.get("/badges").text
    opened(app, crew.badge(house, member)[0])
    assert house.shown(house.log.last_position())
    assert "opened on a phone" in desk.get("/badges").text


def anonymous(page, member, badge):
    """Without what differs from one page to the next."""
    for own in (member, badge):
        page = page.replace(own, "")
    return re.sub(r"<time[^>]*>[^<]*</time>|[\w-]{40,}", "", page)


def test_a_badge_that_was_given_out_anew_opens_too(app, house, member):
    token, badge = crew.badge(house, member)
    opened(app, token)
    assert on_shift(app, house.access.roll_badge(badge)).get("/scan").status_code == 200


def test_an_opening_that_was_not_recorded_is_recorded_with_the_start(app, house, member, monkeypatch):
    async def busy(*_):
        raise StorageUnavailable("busy")

    token, _ = crew.badge(house, member)
    with monkeypatch.context() as patched:
        patched.setattr(coming_in, "record_opening", busy)
        phone = opened(app, token)
    assert crew.facts(house, "BadgeRedeemed", member) == []
    assert phone.post("/shift", data={"fit": "yes"}).status_code == 303
    assert len(crew.facts(house, "BadgeRedeemed", member)) == len(crew.facts(house, "ShiftStarted", member)) == 1


def test_a_team_that_is_not_there_is_said_and_nothing_started(app, house, member):
    phone = opened(app, crew.badge(house, member)[0])
    answer = phone.post("/shift", data={"fit": "yes", "team": "t23456a"})
    assert answer.status_code == 409
    assert "There is no such team" in answer.text
    assert crew.facts(house, "ShiftStarted") == []


def test_the_next_request_after_the_shift_is_refused_and_late_scans_are_taken(app, house, member):
    phone = on_shift(app, crew.badge(house, member)[0])
    session = phone.cookies.get("baogong")
    during = {"step": "deliver", "group_buy": "vegetables", "door": "12-101", "happened_at": now().isoformat()}
    ended = phone.post("/shift/end")
    assert ended.headers["location"] == "/shift/over"
    assert "storage" not in ended.headers["clear-site-data"], "scans may still wait"
    assert phone.cookies.get("baogong") is None
    assert phone.get("/scan").status_code == 401
    old = Visitor(app)
    old.cookies.set("baogong", session, domain="bg.test")
    assert old.get("/scan").status_code == 401
    assert scans(old, SCAN).status_code == 401
    late = scans(phone, during).json()["answers"][0]
    assert (late["outcome"], late["late"]) == ("recorded", True)
    assert len(crew.facts(house, "ShiftEnded", member)) == 1


def test_with_an_empty_queue_the_phone_forgets_everything(app, house, member):
    phone = on_shift(app, crew.badge(house, member)[0])
    ended = phone.post("/shift/end", data={"queue": "empty"})
    assert '"storage"' in ended.headers["clear-site-data"]
    assert dict(phone.cookies) == {}
    assert "Your shift is over" in phone.get("/shift/over").text
    assert scans(phone, SCAN).status_code == 401


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 15_4) MicroMessenger/8.0", "First open this page in Safari"),
        ("Mozilla/5.0 (Linux; Android 11) MicroMessenger/8.0", "Open this page in the browser"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 15_4) Safari", "Sign-in code"),
    ],
)
def test_in_wechat_on_an_iphone_the_browser_comes_first(app, agent, shown):
    page = Visitor(app).get("/j", headers={"user-agent": agent})
    assert shown in page.text
    assert ("First open" in page.text) == ("MicroMessenger" in agent and "iPhone" in agent)


def test_a_page_that_stayed_open_learns_who_acts_now(app, house, member):
    phone = opened(app, crew.badge(house, member)[0])
    assert phone.get("/form-token").json()["acting"] == f"runner {member}"
    assert Visitor(app).get("/form-token").json() == {"token": "", "acting": "", "others": []}


def test_the_shift_of_a_revoked_badge_has_an_end(app, house, member):
    token, badge = crew.badge(house, member)
    on_shift(app, token)
    staff = Visitor(app).signed_in("staff")
    assert staff.post(f"/badges/{badge}/revoke").status_code == 303
    row = badge_row(house, badge)
    shift = window_shown(moment_of(row.started_at), moment_of(row.revoked_at))
    assert f"<time>{shift}</time>" in staff.get(f"/members/{member}").text


def test_a_station_is_told_by_what_it_is_in_the_readers_language(app, house, member):
    _, badge = crew.badge(house, member, "sorter", station="sorting")
    staff = Visitor(app, **{"accept-language": "zh"}).signed_in("staff")
    for path in ("/badges", "/badges/day", f"/members/{member}"):
        assert "分拣 · sorting" in staff.get(path).text, path
    assert "<b>分拣 · sorting</b>" in staff.post(f"/badges/{badge}/roll").text
    said = {"run": crew.an_id(), "member": member, "role": "sorter", "station": "sorting", "preset": "next-hours"}
    assert "分拣 · sorting" in staff.post("/badges", data={**said, "show": "sheet"}).text


def test_a_no_takes_a_second_tap_and_can_be_folded_away(app, house, member):
    page = opened(app, crew.badge(house, member)[0]).get("/shift").text
    before, _, folded = page.partition('<details class="more"')
    assert 'value="yes"' in before
    assert 'value="no"' not in before
    assert 'value="no"' in folded.partition("</details>")[0]


@pytest.mark.parametrize(("how", "words"), [("end", "Your shift has ended"), ("revoke", "Your badge was withdrawn")])
def test_a_phone_whose_badge_is_over_reads_why(app, house, member, how, words):
    token, badge = crew.badge(house, member)
    phone = on_shift(app, token)
    desk = Visitor(app).signed_in("staff", actor=crew.volunteer(house))
    assert house.shown(house.log.last_position())
    assert desk.post(f"/badges/{badge}/{how}").status_code in {200, 303}
    assert house.shown(house.log.last_position())
    left = phone.get("/scan")
    assert left.status_code == 401
    assert words in left.text
    assert "still sends, for 72 hours" in left.text
    assert words not in Visitor(app).get("/scan").text
