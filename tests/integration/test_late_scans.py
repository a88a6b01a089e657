from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from compound import COMPOUND, found, scan

from infra.auth import BadgeWanted, Scope
from services.app import create_app
from services.csrf import HEADER, FormTokens
from services.wiring import now

pytestmark = pytest.mark.anyio
MEMBER = "m7kq2x9d4"


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def place(house):
    found(house)
    return house


def on_shift(house, *, role="runner", scope=None, hours=4, member=MEMBER):
    """A badge whose window began some hours ago, redeemed by phone-1."""
    begins, ends = now() - timedelta(hours=hours), now() + timedelta(hours=hours)
    badge = BadgeWanted(uuid4().hex, COMPOUND, member, role, begins, ends, scope=scope or Scope())
    return house.access.redeem_badge(house.access.issue_badge(badge), "phone-1")


@asynccontextmanager
async def client(house, **options):
    transport = httpx.ASGITransport(app=create_app(house), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", **options) as opened:
        yield opened


async def sent(house, *items, session=None, upload=None, cookies=None, acting=None):
    headers = {"X-Acting": acting} if acting else {}
    if cookies and "baogong" in cookies:
        headers[HEADER] = FormTokens(house.secret).token(cookies["baogong"])
    if session:
        headers["Authorization"] = f"Bearer {session}"
    if upload:
        headers["Authorization"] = f"Upload {upload}"
    async with client(house, headers=headers, cookies=cookies) as phone:
        answer = await phone.post("/api/scans", json={"scans": list(items)})
        assert answer.status_code == 200, answer.text
        return answer.json()["answers"]


def deliver(minutes_ago=0.0, **more):
    return scan("deliver", minutes_ago, door="3-101", group_buy="apples", **more)


async def test_what_was_scanned_before_the_end_of_the_shift_is_taken_afterwards_and_marked_late(place):
    badge = on_shift(place)
    during, after = deliver(90), deliver(0)
    (told,) = await sent(place, deliver(1), session=badge.session)
    assert "late" not in told
    place.access.end_shift(badge.badge.id)
    answers = await sent(place, during, {**after, "happened_at": later()}, upload=badge.upload_key)
    assert [(told["outcome"], told.get("late")) for told in answers] == [("recorded", True), ("set_aside", None)]
    assert answers[1]["reason"] == "outside-shift"
    (fact,) = recorded(place, during["id"])
    assert (fact.late, fact.actor) == (True, MEMBER)
    (again,) = await sent(place, during, upload=badge.upload_key)
    assert (again["outcome"], again["late"]) == ("duplicate", True)


def later():
    return (now() + timedelta(minutes=2)).isoformat()


def recorded(house, command):
    events = [each.event for each in house.log.read(0, 10_000)]
    return [event for event in events if str(event.command) == command]


async def test_the_session_itself_ends_at_the_very_next_request(place):
    badge = on_shift(place)
    async with client(place, headers={"Authorization": f"Bearer {badge.session}"}) as phone:
        assert (await phone.post("/api/scans", json={"scans": [deliver()]})).status_code == 200
        place.access.end_shift(badge.badge.id)
        assert (await phone.post("/api/scans", json={"scans": [deliver()]})).status_code == 401


async def test_an_upload_key_beside_a_running_session_is_not_late(place):
    badge = on_shift(place)
    (told,) = await sent(place, deliver(1), upload=badge.upload_key)
    assert told["outcome"] == "recorded"
    assert "late" not in told


async def test_a_scan_from_before_the_badge_is_set_aside(place):
    badge = on_shift(place, hours=1)
    (told,) = await sent(place, deliver(61), upload=badge.upload_key)
    assert (told["outcome"], told["reason"]) == ("set_aside", "outside-shift")


async def test_the_window_is_judged_by_the_corrected_clock(place):
    """A phone that runs two hours ahead scanned an hour before the shift ended, whatever it shows."""
    badge = on_shift(place)
    place.access.end_shift(badge.badge.id)
    ahead = timedelta(hours=2)
    item = deliver() | {
        "happened_at": (now() + ahead - timedelta(hours=1)).isoformat(),
        "sent_at": (now() + ahead).isoformat(),
    }
    (told,) = await sent(place, item, upload=badge.upload_key)
    assert (told["outcome"], told.get("late")) == ("recorded", True)
    item = deliver(60) | {"sent_at": (now() - ahead).isoformat()}
    (told,) = await sent(place, item, upload=badge.upload_key)
    assert (told["outcome"], told.get("reason")) == ("set_aside", "outside-shift")


async def test_the_key_may_come_as_a_cookie_and_a_session_goes_before_it(place):
    badge = on_shift(place)
    other = place.access.redeem(place.access.issue_link("captain", compound=COMPOUND, actor="m1a2b3c4d"))
    place.access.end_shift(badge.badge.id)
    mine, theirs = deliver(60), deliver(60)
    await sent(place, mine, cookies={"baogong-upload": badge.upload_key})
    await sent(place, theirs, cookies={"baogong-upload": badge.upload_key, "baogong": other})
    assert [event.actor for event in recorded(place, mine["id"])] == [MEMBER]
    assert [event.actor for event in recorded(place, theirs["id"])] == ["m1a2b3c4d"]


async def test_of_several_badges_on_a_phone_the_one_whose_page_sends_is_named(place):
    runner, sorter = on_shift(place), on_shift(place, role="sorter", member="m1a2b3c4d")
    keys = {f"baogong-upload-{each.badge.id}": each.upload_key for each in (sorter, runner)}
    for each in (runner, sorter):
        place.access.end_shift(each.badge.id)
    item = deliver(60)
    (told,) = await sent(place, item, cookies=keys, acting=f"runner {MEMBER}")
    assert (told["outcome"], told["late"]) == ("recorded", True)
    assert [event.actor for event in recorded(place, item["id"])] == [MEMBER]
    async with client(place, headers={"X-Acting": "gate m00000000"}, cookies=keys) as phone:
        assert (await phone.post("/api/scans", json={"scans": [deliver(60)]})).status_code == 401


async def test_an_upload_key_in_the_header_goes_before_the_session_of_another_person_on_the_phone(place):
    badge = on_shift(place)
    other = place.access.redeem(place.access.issue_link("captain", compound=COMPOUND, actor="m1a2b3c4d"))
    item = deliver(1)
    await sent(place, item, upload=badge.upload_key, cookies={"baogong": other})
    assert [event.actor for event in recorded(place, item["id"])] == [MEMBER]


async def test_the_steps_of_the_badge_hold_for_its_upload_key_too(place):
    badge = on_shift(place)
    (told,) = await sent(
        place, scan("hold", 1, door="3-101", group_buy="apples", reason="recall"), upload=badge.upload_key
    )
    assert (told["outcome"], told["reason"]) == ("set_aside", "not-allowed")


async def test_a_station_that_is_not_on_the_badge_is_set_aside(place):
    badge = on_shift(place, scope=Scope.of(stations={"lobby-3"}))
    answers = await sent(
        place, deliver(1, station="gate"), deliver(1, station="lobby-3"), deliver(1), session=badge.session
    )
    assert [told["outcome"] for told in answers] == ["set_aside", "recorded", "recorded"]
    assert answers[0]["reason"] == "other-station"


async def test_a_captains_delivery_at_another_building_is_a_fact(place):
    captain = place.access.redeem(
        place.access.issue_link("captain", compound=COMPOUND, scope=Scope.of(buildings={"5"}))
    )
    (told,) = await sent(place, deliver(1), session=captain)
    assert told["outcome"] == "recorded"


async def test_more_scans_than_a_phone_makes_are_told_to_wait(place):
    badge = on_shift(place)
    async with client(place, headers={"Authorization": f"Bearer {badge.session}"}) as phone:
        batch = {"scans": [{}] * 500}
        statuses = [(await phone.post("/api/scans", json=batch)).status_code for _ in range(6)]
        refused = await phone.post("/api/scans", json=batch)
    assert statuses == [200] * 6
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
