import asyncio
import re
import time
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from compound import APPLES, COMPOUND, ROOMS, ask, client, found, said, scan, scanned, session_for
from fastapi import Request

from domain.community.compound import AddHouseholds, BuildingDoors
from domain.community.door_settings import DoorSettings
from domain.goods.handling import PLACE_TIME
from domain.procurement.group_buys import ImportOrders, OrderLine, TableOrder
from projections import awaited, doubts
from projections.doubts import DoubtSum
from services.access import PASSER_BY, person_of, still_may
from services.app import create_app
from services.pages.assets import STATIC
from services.pages.board import Links, board_now, by_number, region_of
from services.pages.board_stream import PING, TICK, Audience, BoardStream
from services.pages.words import DOUBTS
from services.upkeep import build_beside, differences
from services.wiring import now

ENGLISH = {"accept-language": "en"}
EVERYBODY = Audience(COMPOUND, "en", Links())


@pytest.fixture
def compound(house, afternoon):
    found(house)
    return house


def page(house, path="/board", role="staff"):
    async def get():
        async with client(house, role) as browser:
            return await browser.get(path, headers=ENGLISH)

    return asyncio.run(get())


def figure(html, name):
    return int(re.search(rf'data-figure="{name}">(\d+)<', html)[1])


def a_morning(house):
    (delivery,) = scanned(house, scan("declare", 200, group_buys=[APPLES], pieces=3))
    scanned(
        house,
        scan("arrive", 190, code=delivery),
        scan("admit", 180, code=delivery),
        scan("disinfect-start", 170, code=delivery, agent="chlorine", mg_per_litre=500),
        scan("disinfect-finish", 130, code=delivery),
        *(scan("sort", 90, group_buy=APPLES, door=door) for door in ("2-101", "10-101", "10-102")),
        scan("hand-over", 60, group_buy=APPLES, door="2-101", taker={"kind": "volunteer", "id": "runner-1"}),
        scan("deliver", 50, group_buy=APPLES, door="2-101"),
        scan("report", 40, group_buy=APPLES, door="10-102", problem="damaged"),
    )
    return delivery


def test_the_board_counts_deliveries_up_to_sorting_and_parcels_after_it(compound):
    a_morning(compound)
    html = page(compound).text
    assert (figure(html, "disinfected"), figure(html, "declared")) == (1, 0)
    assert (figure(html, "sorted"), figure(html, "delivered"), figure(html, "problem")) == (1, 1, 1)
    assert (figure(html, "total-delivered"), figure(html, "total-moving"), figure(html, "total-wrong")) == (1, 0, 1)


def test_what_was_disinfected_before_midnight_is_still_there_after_it(compound):
    midnight = now().astimezone(PLACE_TIME).replace(hour=0, minute=0, second=0, microsecond=0)
    gone = (now() - midnight) / timedelta(minutes=1)
    (delivery,) = scanned(compound, scan("declare", gone + 60, group_buys=[APPLES], pieces=3))
    scanned(
        compound,
        scan("arrive", gone + 50, code=delivery),
        scan("admit", gone + 45, code=delivery),
        scan("disinfect-start", gone + 41, code=delivery, agent="chlorine", mg_per_litre=500),
        scan("disinfect-finish", gone + 10, code=delivery),
    )
    for hours, shown in ((0.1, ["resting"]), (8, ["disinfected"]), (12, [])):
        at = midnight + timedelta(hours=hours)
        assert [line.stage for line in board_now(compound, COMPOUND, at).deliveries] == shown, hours
        with time_machine.travel(at):
            assert (delivery in page(compound, "/deliveries").text) == bool(shown), hours


def test_goods_rest_by_the_clock_and_not_by_a_scan(compound):
    (delivery,) = scanned(compound, scan("declare", 60, group_buys=[APPLES], pieces=3))
    scanned(
        compound,
        scan("arrive", 50, code=delivery),
        scan("admit", 45, code=delivery),
        scan("disinfect-start", 41, code=delivery, agent="chlorine", mg_per_litre=500),
        scan("disinfect-finish", 10, code=delivery),
    )
    at = now()
    assert "resting" in [line.stage for line in board_now(compound, COMPOUND, at).deliveries]
    later = board_now(compound, COMPOUND, at + timedelta(minutes=21)).deliveries
    assert [line.stage for line in later] == ["disinfected"]


def test_buildings_stand_in_the_order_of_their_numbers_villas_among_them(compound):
    a_morning(compound)
    tiles = board_now(compound, COMPOUND, now()).tiles
    assert [tile.building for tile in tiles] == [*(str(number) for number in range(1, 13)), "29"]
    ten = next(tile for tile in tiles if tile.building == "10")
    assert (ten.delivered, ten.moving, ten.wrong, ten.tone) == (0, 0, 1, "bad")
    assert sorted(["10", "2", "7乙", "7", "V2", "V10"], key=by_number) == ["2", "7", "7乙", "10", "V2", "V10"]


def test_a_large_compound_shows_tiles_only_where_something_comes(house):
    found(house)
    more = tuple(BuildingDoors(building=str(number), rooms=("101",)) for number in range(100, 140))
    assert house.shown(ask(house, AddHouseholds(**said(), doors=DoorSettings(), roster=more)).events[-1])
    a_morning(house)
    board = board_now(house, COMPOUND, now())
    assert [tile.building for tile in board.tiles] == [str(number) for number in range(1, 13)]
    assert board.idle == ("29", *(str(number) for number in range(100, 140)))


def test_a_building_is_not_done_while_a_door_that_ordered_waits(compound):
    def tile_of(building):
        board = board_now(compound, COMPOUND, now())
        return next(tile for tile in board.tiles if tile.building == building)

    assert (tile_of("2").waiting, tile_of("2").all) == (8, 8)
    scanned(compound, *(scan("deliver", 50, group_buy=APPLES, door=f"2-{room}") for room in ROOMS[:7]))
    assert (tile_of("2").delivered, tile_of("2").waiting, tile_of("2").tone) == (7, 1, "moving")
    scanned(compound, scan("sort", 40, group_buy=APPLES, door=f"2-{ROOMS[7]}", of=2))
    assert (tile_of("2").moving, tile_of("2").waiting) == (0, 2), "what lies sorted is on nobody's way"
    runner = {"kind": "volunteer", "id": "runner-1"}
    scanned(compound, scan("hand-over", 35, group_buy=APPLES, door=f"2-{ROOMS[7]}", taker=runner))
    assert (tile_of("2").moving, tile_of("2").waiting) == (1, 1)
    scanned(compound, *(scan("deliver", 30, group_buy=APPLES, door=f"2-{ROOMS[7]}", piece=piece) for piece in (1, 2)))
    assert (tile_of("2").delivered, tile_of("2").waiting, tile_of("2").tone) == (9, 0, "good")


def test_a_door_that_ordered_nothing_is_doubted_until_its_order_is_known(compound):
    def doubted():
        with compound.read.reading() as rows:
            return [(doubt.rule, doubt.household) for doubt in doubts.open_doubts(rows, COMPOUND)]

    scanned(compound, scan("sort", 50, group_buy=APPLES, door="4-601"))
    assert ("order-known", "4-601") in doubted()
    late = ImportOrders(
        **said(),
        group_buy=APPLES,
        title="红苹果",
        source="paper",
        digest="c" * 64,
        orders=(TableOrder(household="4-601", lines=(OrderLine(item="苹果", unit="箱", quantity=1),)),),
        rows=1,
    )
    assert compound.shown(ask(compound, late).events[-1])
    assert ("order-known", "4-601") not in doubted()
    scanned(compound, scan("sort", 49, group_buy=APPLES, door="4-602"))
    assert ("order-known", "4-602") in doubted()
    again = compound.read.path.with_name("again.db")
    for _ in build_beside(compound.log, again):
        pass
    assert differences(compound.read.path, again) == []


def test_what_is_awaited_follows_the_orders_and_what_parcels_turn_out_to_be(compound):
    def awaited_at(door):
        with compound.read.reading() as rows:
            return (APPLES, door) in awaited.doors(rows, COMPOUND)

    (label,) = scanned(compound, sorting := scan("sort", 50, group_buy=APPLES, door="3-101"))
    assert label
    assert not awaited_at("3-101")
    scanned(compound, scan("annul", 49, code=label, scan=sorting["id"], reason="wrong-door"))
    assert awaited_at("3-101")
    newer = tuple(
        TableOrder(household=f"{building}-{room}", lines=(OrderLine(item="苹果", unit="箱", quantity=1),))
        for building in range(1, 13)
        for room in ROOMS[:8]
        if f"{building}-{room}" != "3-101"
    )
    order = ImportOrders(
        **said(), group_buy=APPLES, title="红苹果", source="import", digest="b" * 64, orders=newer, rows=len(newer)
    )
    assert compound.shown(ask(compound, order).events[-1])
    assert not awaited_at("3-101")
    for _ in build_beside(compound.log, compound.read.path.with_name("again.db")):
        pass
    assert differences(compound.read.path, compound.read.path.with_name("again.db")) == []


def test_a_viewer_sees_sums_without_links_into_lists(compound):
    delivery = a_morning(compound)
    shown = page(compound, role="viewer").text
    assert 'href="/undelivered' not in shown
    assert 'href="/doubts"' not in shown
    assert delivery not in shown
    staff = page(compound).text
    assert 'href="/undelivered?building=10"' in staff
    assert f"/audit/deliveries/{delivery}" in staff


def test_a_public_board_needs_no_sign_in_and_a_private_one_does(compound):
    assert page(compound, role=None).status_code == 401
    compound.settings.public_board = True
    assert page(compound, role=None).status_code == 200


def test_doubts_are_told_by_rule_in_a_plain_sentence(compound):
    scanned(compound, scan("deliver", 5, group_buy=APPLES, door="2-101"))
    html = page(compound, role="viewer").text
    assert "The goods left the station, and no finished disinfection of them is known" in html
    assert figure(html, "doubt-disinfected-first") == 1


def test_an_empty_day_says_what_comes_next(compound):
    html = page(compound).text
    assert "Nothing is on its way today" in html
    assert "Import the sign-up table" in html


def test_the_wall_has_no_links_to_follow(compound):
    a_morning(compound)
    html = page(compound, "/board?wall=1").text
    assert 'class="wall"' in html
    assert "/undelivered" not in region_only(html)


def region_only(html):
    return html[html.index('<div id="board"') : html.index("<script")]


def test_the_region_alone_is_what_the_page_holds(compound):
    a_morning(compound)
    region = page(compound, "/board/region").text
    assert region.startswith('<div class="board-region"')
    assert figure(region, "sorted") == 1


def watched(house, *audiences, during=None, messages=2, stops=lambda: False):
    """What viewers get to see, each one after the other; ``during`` happens when all have their first frame."""

    async def watch():
        stream = BoardStream(house, stops)
        viewers = [stream.frames(audience) for audience in audiences]
        seen = [[await anext(viewer) for _ in range(2)] for viewer in viewers]
        if during:
            await asyncio.to_thread(during)
            for viewer, messages_seen in zip(viewers, seen, strict=True):
                messages_seen.extend([await asyncio.wait_for(anext(viewer), 5) for _ in range(messages - 1)])
        for viewer in viewers:
            await viewer.aclose()
        await asyncio.wait_for(stream.task, 5)
        return seen, stream

    return asyncio.run(watch())


def test_every_viewer_of_the_same_board_gets_the_very_same_bytes(compound):
    (one, two), stream = watched(
        compound,
        EVERYBODY,
        EVERYBODY,
        during=lambda: scanned(compound, scan("sort", 5, group_buy=APPLES, door="2-101")),
    )
    assert one[-1] is two[-1]
    assert figure(one[-1].decode(), "sorted") == 1
    assert stream.rendered == 2
    assert not stream.channels


def test_the_wall_says_how_many_it_leaves_out(compound):
    """As many as its style hides, on a high screen and on a low one."""
    board = board_now(compound, COMPOUND, now())
    sums = tuple(DoubtSum(rule, 1, 0) for rule in list(DOUBTS)[:7])
    html = region_of(board._replace(doubts=sums, more_deliveries=9 - len(board.deliveries)), "en", Links())
    style = (STATIC / "board.css").read_text(encoding="utf-8")
    for part, all_there in (("today", 9), ("doubt-sums", 7)):
        hidden_from = [int(each) for each in re.findall(rf"\.wall \.{part} > li:nth-child\(n \+ (\d)\)", style)]
        assert len(hidden_from) == 2
        for where, first in zip(("tall", "short"), hidden_from, strict=True):
            assert f'<small class="left-out-{where}">and {all_there - first + 1} more</small>' in html


def test_a_message_is_the_whole_region_under_the_position_of_the_projector(compound):
    (seen,), _ = watched(compound, EVERYBODY)
    message = seen[-1].decode()
    assert message.startswith("event: board\ndata: ")
    assert f"\nid: {compound.projector.position}\n\n" in message
    region = "\n".join(line.removeprefix("data: ") for line in message.splitlines() if line.startswith("data: "))
    expected = region_of(board_now(compound, COMPOUND, now()), "en", Links())
    assert re.sub(r"\d\d:\d\d:\d\d", "", region) == re.sub(r"\d\d:\d\d:\d\d", "", expected)


def test_each_language_has_its_own_frames(compound):
    (zh, en), _ = watched(compound, EVERYBODY._replace(language="zh_CN"), EVERYBODY)
    assert zh[-1] != en[-1]
    assert "小区" in zh[-1].decode() or "已报备" in zh[-1].decode()


def test_a_burst_of_scans_makes_at_most_four_frames_a_second(compound):
    doors = [f"{building}-{room}" for building in range(1, 6) for room in (101, 102, 103, 104)]

    def burst():
        for door in doors:
            scanned(compound, scan("sort", 5, group_buy=APPLES, door=door))

    async def watch():
        stream = BoardStream(compound, lambda: False)
        viewer = stream.frames(EVERYBODY)
        await anext(viewer)
        began = time.monotonic()
        work = asyncio.create_task(asyncio.to_thread(burst))
        last = b""
        while figure(last.decode() or 'data-figure="sorted">0<', "sorted") < len(doors):
            last = await asyncio.wait_for(anext(viewer), 10)
        await work
        frames, took = stream.rendered, time.monotonic() - began
        await viewer.aclose()
        await stream.task
        return frames, took

    frames, took = asyncio.run(watch())
    assert frames <= took / TICK + 2


def test_silence_is_broken_by_a_comment_for_proxies_and_an_event_for_the_page(compound, monkeypatch):
    monkeypatch.setattr("services.pages.board_stream.PING", 0.2)
    assert PING == 15

    async def watch():
        stream = BoardStream(compound, lambda: False)
        viewer = stream.frames(EVERYBODY)
        seen = [await anext(viewer) for _ in range(3)]
        await viewer.aclose()
        await stream.task
        return seen[-1].decode()

    assert re.fullmatch(r": ping\nevent: alive\ndata: \d\d:\d\d:\d\d\n\n", asyncio.run(watch()))


@pytest.mark.parametrize("how", ["session", "everywhere", "role", "suspended", "signed out"])
def test_an_open_stream_ends_when_its_sign_in_was_withdrawn_and_no_other_one(compound, monkeypatch, how):
    monkeypatch.setattr("services.pages.board_stream.ASK_AGAIN", 0.3)
    member, other = "m7kq2x9d4", "m2222aaaa"
    app, access = create_app(compound), compound.access
    tokens = {actor: session_for(compound, "staff", actor=actor) for actor in (member, other)}
    withdraw = {
        "session": lambda: access.revoke_session(access.session(tokens[member]).id),
        "everywhere": lambda: access.sign_out_everywhere(member),
        "role": lambda: access.withdraw_role(member, "staff", COMPOUND),
        "suspended": lambda: access.revoke_actor(member),
        "signed out": lambda: access.sign_out(tokens[member]),
    }

    def may_look(actor):
        request = Request(
            {"type": "http", "app": app, "headers": [(b"authorization", b"Bearer " + tokens[actor].encode())]}
        )
        return still_may(request, person_of(request), "see-board")

    async def watch():
        stream = BoardStream(compound, lambda: False)
        mine, others = (stream.frames(EVERYBODY, may_look(actor)) for actor in (member, other))
        seen = [[await anext(viewer) for _ in range(2)] for viewer in (mine, others)]
        waiting = asyncio.create_task(anext(others))
        await asyncio.to_thread(withdraw[how])
        last = await asyncio.wait_for(anext(mine), 5)
        with pytest.raises(StopAsyncIteration):
            await anext(mine)
        await asyncio.sleep(0.5)
        assert not waiting.done()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await others.aclose()
        await asyncio.wait_for(stream.task, 5)
        return seen, last, stream

    seen, last, stream = asyncio.run(watch())
    assert seen[0] == seen[1]
    assert last.startswith(b"event: signed-out\n")
    assert not stream.viewers


def test_a_passer_by_looks_at_a_public_board_as_long_as_it_is_public(compound):
    app = create_app(compound)
    request = Request({"type": "http", "scheme": "http", "app": app, "headers": []})
    app.state.entrance = replace(app.state.entrance, public_board=True)
    assert still_may(request, PASSER_BY, "see-board")()
    app.state.entrance = replace(app.state.entrance, public_board=False)
    assert not still_may(request, PASSER_BY, "see-board")()
