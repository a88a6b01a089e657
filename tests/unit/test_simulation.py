import hashlib
import io
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import islice

import orjson
import pytest
from rich.console import Console

from domain.goods.codes import read_code
from domain.goods.handling import PLACE_TIME
from domain.goods.labels import LabelsPrinted
from domain.procurement.group_buys import ImportOrders
from infra.settings import Settings
from projections import badges, custody, doubts, people, roster, teams
from services.commands import simulate
from services.places import roster_of
from services.scan_items import ITEM
from services.simulate import mistakes
from services.simulate.chance import milliseconds
from services.simulate.compound_plan import CompoundPlan
from services.simulate.fill import PlannedPlaces, fill, record
from services.simulate.goods_of_the_day import midnight
from services.simulate.plan import Plan
from services.simulate.play import Notes, Play
from services.simulate.quick_fill import fill_quickly
from services.simulate.tally import Tally
from services.simulate.uploads import Upload, uploads_of
from services.simulate.waves import Clock, Wave, story, wave_of, while_open
from services.wiring import house_at, now

DAY = date(2022, 4, 23)
HOUR = 3_600_000


def plan(seed=7, **other):
    return Plan(seed, DAY, **{"secret": b"simulated", **other})


def uploads(a_plan):
    return [chapter for chapter in a_plan.story() if isinstance(chapter, Upload)]


def items(a_plan):
    return [item for upload in uploads(a_plan) for item in upload.items]


def told(chapter):
    return orjson.dumps(chapter._asdict()) if isinstance(chapter, Upload) else chapter.model_dump_json().encode()


def bytes_of(a_plan):
    digest = hashlib.sha256()
    for chapter in a_plan.story():
        digest.update(told(chapter))
    return digest.hexdigest()


def test_the_same_seed_tells_the_same_bytes():
    assert bytes_of(plan(days=2, compounds=2)) == bytes_of(plan(days=2, compounds=2))


def test_another_seed_another_day_and_another_compound_tell_something_else():
    first = {item["id"] for item in items(plan(7))}
    assert not first & {item["id"] for item in items(plan(8))}
    assert not first & {item["id"] for item in items(Plan(7, DAY + timedelta(days=1)))}
    by_compound = {}
    for upload in uploads(plan(compounds=2)):
        by_compound.setdefault(upload.compound, set()).update(item["id"] for item in upload.items)
    assert not set.intersection(*by_compound.values())


@pytest.mark.parametrize("number", [0, 1, 9])
def test_a_compound_has_1333_households_in_40_buildings_two_of_them_villas(number):
    compound = CompoundPlan.drawn(7, number)
    assert len(compound.buildings) == 40
    assert len(set(compound.households)) == len(compound.households) == 1333
    assert [listed.building for listed in compound.buildings if listed.villa] == ["29", "30"]


def test_the_first_compound_is_the_one_of_the_story():
    compound = CompoundPlan.drawn(1)
    assert (compound.id, compound.name, compound.street) == ("shengdu", "圣都汇", "某路168弄")


@pytest.mark.parametrize("seed", range(4))
def test_a_day_is_of_the_size_that_was_told(seed):
    day = plan(seed)
    imports = [chapter for chapter in day.story() if isinstance(chapter, ImportOrders)]
    assert len(imports) in {7, 8}
    assert all(60 <= len(request.orders) <= 300 for request in imports)
    assert 5_500 <= len(items(day)) <= 6_500


def test_scans_are_spread_from_morning_to_evening():
    hours = Counter(datetime.fromisoformat(item["happened_at"]).astimezone(PLACE_TIME).hour for item in items(plan()))
    busy = [hour for hour, number in hours.items() if number > 50]
    assert min(busy) <= 8
    assert max(busy) >= 18
    assert len(busy) >= 10


def test_every_step_but_those_of_other_topics_is_scanned():
    steps = {item["step"] for day in range(3) for item in items(plan(day))}
    assert steps == {
        "declare", "arrive", "admit", "turn-away", "count", "disinfect-start", "disinfect-finish", "sort",
        "fill-crate", "hand-over", "open-crate", "deliver", "report", "return", "hold", "release", "destroy", "annul",
    }  # fmt: skip


def test_uploads_are_in_order_of_arrival_and_readable_but_for_the_unreadable():
    day = uploads(plan(compounds=2))
    assert [upload.at for upload in day] == sorted(upload.at for upload in day)
    assert all(1 <= len(upload.items) <= 500 for upload in day)
    for upload in day:
        for item in upload.items:
            ITEM.validate_python(item)


def test_a_story_is_told_bit_by_bit():
    """A year of ten compounds begins at once, as a list it would not fit into memory."""
    begun = list(islice((c for c in plan(compounds=10, days=365).story() if isinstance(c, Upload)), 5))
    assert len(begun) == 5


def test_labels_are_printed_only_where_the_secret_is_known():
    assert any(isinstance(chapter, LabelsPrinted) for chapter in plan().story())
    assert not any(isinstance(chapter, LabelsPrinted) for chapter in plan(secret=None).story())


def test_labels_of_a_told_moment_are_not_printed_after_it():
    known = plan(secret=b"0" * 32)
    (day,) = known.dates()
    goods = known.goods(next(iter(known.places())), day)
    told_at = midnight(day) + timedelta(hours=20)
    asked = list(goods.requests(known.chance_of(goods, "", "requests"), told_at))
    assert {each.happened_at for each in asked} == {told_at}
    assert any(isinstance(each, LabelsPrinted) for each in asked)


def test_without_known_doors_no_item_names_one():
    for item in items(plan(names_doors=False)):
        assert not {"door", "group_buy", "to"} & set(item)
        assert not item.get("group_buys")


def test_every_mistake_occurs():
    day = uploads(plan())
    scans = [(upload, item) for upload in day for item in upload.items]
    ids = Counter(item["id"] for _, item in scans)
    steps = Counter(item["step"] for item in {item["id"]: item for _, item in scans}.values())
    late = [
        (upload, item)
        for upload, item in scans
        if upload.at - datetime.fromisoformat(item["happened_at"]) > timedelta(minutes=30)
    ]
    ahead = [item for upload, item in scans if datetime.fromisoformat(item["happened_at"]) > upload.at]
    assert 20 <= sum(number > 1 for number in ids.values()) <= 150
    assert steps["disinfect-finish"] == steps["disinfect-start"] - 1
    assert steps["annul"] >= 2
    assert len({item["device"] for _, item in late}) >= 3
    offline = [item["happened_at"] for upload, item in late if upload.device == late[0][0].device]
    assert offline != sorted(offline)
    assert len(ahead) >= 1
    assert sum(read_code(item["code"]) is None for _, item in scans if "code" in item) >= 2


def open_rules(house, compound="shengdu"):
    assert house.shown(house.log.last_position(), timeout=60)
    with house.read.reading() as rows:
        return Counter(doubt.rule for doubt in doubts.open_doubts(rows, compound, most=5_000))


def test_the_mistakes_of_a_day_raise_their_doubts(house):
    day = Plan(7, DAY, secret=house.secret)
    tally = fill(house, day)
    assert set(open_rules(house)) >= {
        "disinfected-first", "giver-holds", "delivered-once", "right-building", "label-known", "count-matches",
        "declared-first", "clock-sane",
    }  # fmt: skip
    assert tally.scans == tally.recorded + tally.duplicates + tally.set_aside == len(items(day))
    assert tally.duplicates >= 20
    assert tally.set_aside == 2
    assert len(house.access.set_aside()) == 2


def test_a_day_without_mistakes_raises_no_doubt_at_all(house):
    tally = fill(house, Plan(7, DAY, secret=house.secret, mistakes=mistakes.NONE))
    assert open_rules(house) == {}
    assert (tally.doubts, tally.duplicates, tally.set_aside) == (0, 0, 0)
    with house.read.reading() as rows:
        assert roster.compounds(rows) == ["shengdu"]
        assert len(roster_of(rows, "shengdu").households) == 1333
        assert len(custody.not_yet_delivered(rows, "shengdu")) < 20


def test_nor_does_it_with_blank_labels(house):
    tally = fill(house, plan(mistakes=mistakes.NONE, secret=None))
    assert open_rules(house) == {}
    assert tally.recorded == tally.scans


def test_bare_labels_that_nobody_printed_or_bound_are_all_that_is_doubted_without_doors(house):
    tally = fill(house, plan(mistakes=mistakes.NONE, names_doors=False))
    assert set(open_rules(house)) <= {"label-known"}
    assert tally.recorded == tally.scans


def facts(house):
    return {(each.stream, each.version): each.event for each in house.log.read(0, 100_000)}


def test_the_quick_way_records_what_the_office_records(house, tmp_path):
    settings = Settings(data=tmp_path / "other", synchronous="OFF")
    settings.data.mkdir()
    settings.secret_file.write_bytes(house.secret)
    day = Plan(7, DAY, secret=house.secret, mistakes=mistakes.NONE)
    slow = fill(house, day)
    with house_at(settings) as other:
        assert fill_quickly(other, day) == slow
        assert facts(other) == facts(house)


def test_the_quick_way_takes_no_mistakes(house):
    with pytest.raises(ValueError, match="mistakes"):
        fill_quickly(house, plan())


def test_a_story_can_end_after_some_scans(house):
    assert fill(house, Plan(7, DAY, secret=house.secret), events=100).scans == 100


@pytest.mark.parametrize("hour", [3, 12, 23])
def test_at_any_hour_and_speed_a_wave_without_mistakes_raises_no_doubt(house, hour):
    """The play of the demo, all of it after the beginning at an hour of the night, of noon and of the late evening."""
    began = datetime.now(PLACE_TIME).replace(hour=hour, minute=5) - timedelta(days=2)
    play = Plan(7, DAY, secret=house.secret, mistakes=mistakes.NONE)
    clock = Clock(milliseconds(began), 13 * HOUR, 60)
    wave = wave_of(play, 0, DAY)
    places = PlannedPlaces.of(play)
    chapters = [
        *play.founding(),
        *wave.goods.requests(play.chance_of(wave.goods, "", "requests"), began - timedelta(hours=8)),
        *uploads_of(play.places()[0], (clock.told(scan) for scan in wave.scans)),
    ]
    tally = record(house, chapters, places)
    assert tally.recorded == len(wave.scans)
    assert open_rules(house) == {}


def test_moments_in_the_closed_hours_of_the_gate_keep_their_order_before_it_closes():
    begins = midnight(DAY) + timedelta(hours=20)
    moments = [milliseconds(begins) + 600_000 * step for step in range(6 * 10)]
    moved = [while_open(at) for at in moments]
    assert moved == sorted(moved)
    assert all(6 <= datetime.fromtimestamp(at / 1000, PLACE_TIME).hour < 22 for at in moved)


def test_a_play_of_waves_never_ends_and_goes_on_in_the_middle():
    told_waves = []
    last = 0
    for each in islice(story(plan(), 0, lambda _: DAY), 25_000):
        if isinstance(each, Wave):
            told_waves.append(each)
        else:
            assert each.sent >= last
            last = each.sent
    assert [wave.number for wave in told_waves][:4] == [0, 1, 2, 3]
    names = [group_buy.id for wave in told_waves for group_buy in wave.goods.group_buys]
    assert len(set(names)) == len(names)
    later = [each for each in islice(story(plan(), 30 * HOUR, lambda _: DAY), 500) if not isinstance(each, Wave)]
    assert min(scan.sent for scan in later) >= 30 * HOUR


def test_ids_are_of_version_7_and_tell_their_time():
    for item in items(plan(mistakes=mistakes.NONE))[:200]:
        digits = item["id"].replace("-", "")
        happened = datetime.fromisoformat(item["happened_at"])
        assert digits[12] == "7"
        assert datetime.fromtimestamp(int(digits[:12], 16) / 1000, UTC) == happened


def test_people_scan_under_their_numbers_and_raise_no_doubt_of_their_own(house):
    day = Plan(7, DAY, secret=house.secret, mistakes=mistakes.NONE, people=True)
    assert bytes_of(day) == bytes_of(day)
    tally = fill(house, day)
    assert open_rules(house) == {}
    assert tally.set_aside == 0
    with house.read.reading() as rows:
        known = people.members(rows, "shengdu", milliseconds(midnight(DAY) + timedelta(hours=12)))
        assert Counter(each.standing for each in known) == {"approved": 61, "waiting": 3, "suspended": 1}
        assert {team.task for team in teams.teams(rows, "shengdu")} == {"sorting", "disinfection", "delivery"}
    assert {upload.actor for upload in uploads(day)} <= {each.member for each in known}


def test_volunteers_of_the_demo_are_on_shift_and_relieved_by_the_next_shift(house):
    play = Play(house, Notes(seed=7, people=True), speed=60)
    play.prepare()
    assert not {"on-shift", "badge-valid", "taker-known"} & set(open_rules(house))
    at = milliseconds(now())
    with house.read.reading() as rows:
        working = badges.on_shift(rows, "shengdu", at)
    assert Counter(each.role for each in working) == {"runner": 12, "sorter": 4, "disinfection": 2}
    for each in working:
        assert house.access.sessions("shengdu", actor=each.member)
    play.begin_shifts(now() - timedelta(minutes=5))
    assert house.shown(house.log.last_position())
    with house.read.reading() as rows:
        later = badges.on_shift(rows, "shengdu", milliseconds(now()))
    assert {each.member for each in later} == {each.member for each in working}
    assert not {each.badge for each in later} & {each.badge for each in working}


def test_the_bar_ends_full_however_many_scans_the_days_had(monkeypatch):
    shown = io.StringIO()
    monkeypatch.setattr(simulate, "told", Console(file=shown, force_terminal=True, width=100))
    with simulate.progress_of(plan()) as tell:
        tell(Tally(scans=5888))
    assert "5888/5888" in shown.getvalue()
