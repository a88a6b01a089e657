"""Doubts about hands in the read model: the same in any order of arrival, however often sent; settled like others."""

import asyncio
import random
import re
import tempfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import examples as e
import examples_people as p
import pytest
from compound import client, scan
from hypothesis import given, settings
from hypothesis import strategies as some

from domain.base import Holder, Recorded, stream_of
from domain.community.people.duty import KNOWN_BEFORE_ASKING, Duty
from domain.community.people.facts import CaptainNamed, MemberApproved
from domain.community.teams import TeamFormed
from domain.goods.codes import code_from_bits
from domain.goods.facts import GoodsFact, ScanAnnulled, undo_counts
from infra.read_store import SqliteReadStore
from projections import custody, doubts, parcel_trail
from services.office import Noted, Report, answer_of
from services.projector import Folder, projections
from services.upkeep import build_beside, differences

OF_HANDS = ("badge-valid", "on-shift", "taker-known")
MEMBERS = (p.MEMBER, p.OTHER)
BADGES = ("a" * 32, "b" * 32, "c" * 32)
TAKERS = (
    *(Holder(kind="volunteer", id=name) for name in (*MEMBERS, "runner-1")),
    Holder(kind="team", id=p.TEAM),
    Holder(kind="team", id="3"),
    Holder(kind="captain", id="12"),
    Holder(kind="captain", id="11"),
    Holder(kind="household", id="12-501"),
)
PARCELS = (e.PARCEL, code_from_bits("parcel", 21))


@some.composite
def facts(draw):
    """People and goods in any mixture, sensible or not."""
    minute, member, badge = some.integers(0, 200), some.sampled_from(MEMBERS), some.sampled_from(BADGES)
    actor, code = some.sampled_from((*MEMBERS, "sorter-1")), some.sampled_from(PARCELS)
    drawn = []
    for _ in range(draw(some.integers(1, 14))):
        when, who, by, parcel = draw(minute), draw(member), {"badge": draw(badge)}, draw(code)
        window = {"from_": e.at(draw(minute)), "until": e.at(draw(minute))}
        taker, hand = draw(some.sampled_from(TAKERS)), {"actor": draw(actor)}
        make = draw(
            some.sampled_from(
                [
                    lambda: p.approved(when, member=who),
                    lambda: p.approved(when, member=who, body="committee"),
                    lambda: p.issued(when, member=who, **by, **window),
                    lambda: p.issued(when, member=who, **by),
                    lambda: p.redeemed(when, member=who, **by),
                    lambda: p.revoked(when, member=who, **by),
                    lambda: p.shift_started(when, member=who, **by),
                    lambda: p.shift_ended(when, member=who, **by),
                    lambda: p.role_given(when, member=who),
                    lambda: p.role_withdrawn(when, member=who),
                    lambda: p.captain_named(when, member=who, until=window["until"]),
                    lambda: p.captain_relieved(when, member=who),
                    lambda: p.team_formed(when),
                    lambda: e.delivered(when, parcel=parcel, **hand),
                    lambda: e.delivered(when, parcel=parcel, **hand),
                    lambda: e.disinfection_started(when, **hand),
                    lambda: e.handed_over(when, parcel=parcel, taker=taker, **hand),
                    lambda: e.handed_over(when, parcel=parcel, taker=taker, **hand),
                    lambda: e.crate_handed_over(when, taker=taker, **hand),
                ]
            )
        )
        fact = make()
        drawn.append(fact)
        if not fact.stream.startswith(("member-", "team-")) and draw(some.integers(0, 4)) == 0:
            drawn.append(e.annulled(fact, **hand))
    return drawn


def what_should_be_doubted(known):
    """Said again, plainly, over all facts at once."""
    undos = [fact for fact in known if isinstance(fact, ScanAnnulled)]
    expected = set()
    for fact in known:
        if fact.stream.startswith(("member-", "team-")) or isinstance(fact, ScanAnnulled):
            continue
        if any(undo.scan == fact.command and undo_counts(undo, fact) for undo in undos):
            continue
        duty = Duty(each for each in known if getattr(each, "member", None) == fact.actor)
        expected |= {(fact.command.hex, rule) for rule in duty.broken_at(fact.happened_at)}
        taker = getattr(fact, "taker", None)
        if taker and is_asked(taker, fact.happened_at, known) and (taker.kind, taker.id) not in known_takers(known):
            expected.add((fact.command.hex, "taker-known"))
    return expected


def is_asked(taker, at, known):
    firsts = {
        "volunteer": lambda fact: isinstance(fact, MemberApproved) and fact.body == "volunteer",
        "team": lambda fact: isinstance(fact, TeamFormed),
        "captain": lambda fact: isinstance(fact, CaptainNamed),
    }
    kinds = KNOWN_BEFORE_ASKING.get(taker.kind)
    return bool(kinds) and all(any(firsts[kind](fact) and fact.happened_at <= at for fact in known) for kind in kinds)


def known_takers(known):
    found = set()
    for fact in known:
        if isinstance(fact, MemberApproved):
            found.add(("volunteer", fact.member))
        elif isinstance(fact, CaptainNamed):
            found |= {("captain", fact.member), *(("captain", building) for building in fact.buildings)}
        elif isinstance(fact, TeamFormed):
            found.add(("team", fact.team))
    return found


def folded(directory, arriving, portion):
    """The doubts about hands after these facts have arrived in this order, some at a time."""
    with closing(SqliteReadStore(Path(directory) / "read.db", fast=True)) as store:
        folder = Folder(store, projections())
        recorded = [
            Recorded(position, stream_of(e.COMPOUND, fact.stream), position, e.at(300), fact)
            for position, fact in enumerate(arriving, 1)
        ]
        for begin in range(0, len(recorded), portion):
            some_of_them = recorded[begin : begin + portion]
            with folder.moving_to(some_of_them[-1].position) as fold:
                fold(some_of_them)
        with store.reading() as rows:
            found = rows.select("SELECT * FROM doubts ORDER BY subject, scan, rule")
            return [row for row in found if row[3] in OF_HANDS]


@settings(max_examples=60, deadline=timedelta(seconds=20))
@given(facts(), some.randoms(use_true_random=False), some.data(), some.integers(1, 9))
def test_any_order_of_arrival_and_any_repetition_doubt_the_same_hands(drawn, chance: random.Random, data, portion):
    people = [fact for fact in drawn if fact.stream.startswith(("member-", "team-"))]
    again = [*drawn, *(data.draw(some.lists(some.sampled_from(people), max_size=3)) if people else [])]
    chance.shuffle(again)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        as_it_happened = folded(one, drawn, len(drawn))
        assert folded(other, again, portion) == as_it_happened
    assert {(row[2], row[3]) for row in as_it_happened} == what_should_be_doubted(drawn)


def a_day():
    """A volunteer off and on shift, a stranger who takes a crate, an undo, late papers."""
    off_shift = e.handed_over(130, actor=p.MEMBER, taker=Holder(kind="volunteer", id=p.MEMBER))
    undone = e.returned(132, actor=p.MEMBER)
    return [
        *p.compound(),
        *p.on_shift(),
        *e.declared_to_sorted(),
        e.handed_over(110, actor=p.MEMBER, taker=Holder(kind="volunteer", id=p.MEMBER)),
        p.shift_ended(125),
        off_shift,
        e.settled(off_shift, "on-shift"),
        undone,
        e.annulled(undone, actor=p.MEMBER),
        e.crate_packed(134, parcels=(PARCELS[1],)),
        e.crate_handed_over(135, taker=Holder(kind="volunteer", id="runner-9")),
        e.delivered(140, actor=p.MEMBER),
        e.held(150),
        e.released(151, emergency=True),
    ]


def recorded_by(house, arriving, portion=50):
    for begin in range(0, len(arriving), portion):
        some_facts = arriving[begin : begin + portion]
        asks = [Report(fact) if isinstance(fact, GoodsFact) else Noted(fact) for fact in some_facts]
        assert all(answer_of(outcome).events for outcome in house.office.take_now(asks))
        assert house.shown(house.log.last_position())


def open_hands(house):
    with house.read.reading() as rows:
        known = doubts.open_doubts(rows, e.COMPOUND)
    return {(doubt.name, doubt.rule) for doubt in known if doubt.rule in {*OF_HANDS, "two-people"}}


EXPECTED = {("ParcelDelivered", "on-shift"), ("CrateHandedOver", "taker-known"), ("ParcelReleased", "two-people")}


@pytest.mark.parametrize("seed", range(4))
def test_the_doubts_of_a_day_are_the_same_in_any_order_and_after_a_rebuild(house, tmp_path, seed):
    facts_ = a_day()
    arriving = random.Random(seed).sample(facts_, len(facts_)) if seed else facts_
    recorded_by(house, arriving, portion=1 + 3 * seed)
    assert open_hands(house) == EXPECTED
    for _ in build_beside(house.log, tmp_path / "rebuilt.db"):
        pass
    assert differences(house.read.path, tmp_path / "rebuilt.db") == []


def test_the_trail_shows_what_is_doubted_about_hands_and_does_not_call_it_explained(house):
    recorded_by(house, a_day())
    with house.read.reading() as rows:
        trail = parcel_trail.parcel_trail(rows, e.COMPOUND, e.PARCEL)
    (last,) = (step for step in trail.steps if type(step.event).__name__ == "ParcelDelivered")
    assert (last.event.doubts, last.open_doubts, last.healed) == (("on-shift",), ("on-shift",), ())
    handed = [step for step in trail.steps if type(step.event).__name__ == "ParcelHandedOver"]
    assert [(step.doubts, tuple(step.settled)) for step in handed] == [((), ()), (("on-shift",), ("on-shift",))]


def test_a_volunteer_who_is_approved_at_last_is_no_stranger_any_more(house):
    taken = e.handed_over(taker=Holder(kind="volunteer", id=p.OTHER))
    recorded_by(house, [p.registered(), p.approved(), *e.declared_to_sorted(), taken])
    assert open_hands(house) == {("ParcelHandedOver", "taker-known")}
    recorded_by(house, [p.registered(member=p.OTHER), p.approved(200, member=p.OTHER)])
    assert open_hands(house) == set()


def test_nobody_of_another_compound_is_known_here(house):
    here = [p.registered(), p.approved(), p.registered(member=p.OTHER), *e.declared_to_sorted()]
    elsewhere = [fact.model_copy(update={"compound": "other"}) for fact in (p.approved(member=p.OTHER), *p.on_shift())]
    recorded_by(house, [*here, *elsewhere, e.handed_over(taker=Holder(kind="volunteer", id=p.OTHER), actor=p.MEMBER)])
    assert open_hands(house) == {("ParcelHandedOver", "taker-known")}


async def shown_and_settled(house):
    async with client(house, actor=e.SECOND_SIGNER) as visitor:
        pages = {
            language: (await visitor.get("/doubts", headers={"accept-language": language})).text
            for language in ("zh", "en")
        }
        with house.read.reading() as rows:
            (doubt,) = doubts.open_doubts(rows, e.COMPOUND, rule="on-shift")
        settling = {"scan": doubt.scan, "rule": doubt.rule, "code": doubt.code, "reason": "seen-by-staff"}
        answer = await visitor.post("/api/doubts/settle", json=settling)
        released = await visitor.post("/api/scans", json={"scans": [scan("release", code=e.PARCEL, reason="checked")]})
    assert (answer.status_code, released.json()["answers"][0]["outcome"]) == (200, "recorded")
    assert house.shown(house.log.last_position())
    return pages


def test_doubts_about_hands_are_shown_in_both_languages_and_settled_like_others(house):
    recorded_by(house, a_day())
    pages = asyncio.run(shown_and_settled(house))
    assert open_hands(house) == EXPECTED - {("ParcelDelivered", "on-shift"), ("ParcelReleased", "two-people")}
    with house.read.reading() as rows:
        settled = {(doubt.name, doubt.household) for doubt in doubts.settled_doubts(rows, e.COMPOUND)}
    assert settled == {("ParcelHandedOver", "12-501"), ("ParcelDelivered", "12-501")}
    for language, sentences in {
        "zh": ("当时此人不在班", "紧急放行只有一人签字"),
        "en": ("The person was not on shift at that time.", "a second one has not signed yet."),
    }.items():
        assert [text for text in sentences if text not in pages[language]] == [], language


def test_the_scan_page_names_the_field_that_is_wrong(house):
    async def sent(language):
        async with client(house) as visitor:
            page = await visitor.post(
                "/scan?step=turn-away", data={"codes": e.DELIVERY}, headers={"accept-language": language}
            )
        return page.text

    assert "Reasons: Something is missing" in asyncio.run(sent("en"))
    assert "原因：" in asyncio.run(sent("zh"))


@pytest.mark.parametrize(
    ("step", "asked", "must"),
    [("report", "problem", True), ("return", "reason", False), ("hold", "reason", True), ("destroy", "reason", True)],
)
def test_what_is_wrong_with_a_parcel_is_chosen_by_a_hand_not_by_the_page(house, step, asked, must):
    async def opened():
        async with client(house) as visitor:
            return (await visitor.get("/scan", params={"step": step})).text

    choices = re.findall(rf'<input type="radio" name="{asked}"([^>]*)>', asyncio.run(opened()))
    assert len(choices) > 2
    assert [each for each in choices if "checked" in each.split()] == []
    assert {"required" in each.split() for each in choices} == {must}


async def released_by_form_and_by_api(house):
    form = {"codes": e.PARCEL, "reason": "checked", "emergency": "true"}
    async with client(house, actor=e.SIGNER) as visitor:
        page = await visitor.post("/scan?step=release", data=form)
    async with client(house) as second:
        sent = scan("release", code=e.PARCEL, reason="checked", emergency="soon")
        answer = await second.post("/api/scans", json={"scans": [sent]})
    return page, answer.json()["answers"][0]


def test_the_scan_page_frees_a_parcel_in_an_emergency_and_says_that_one_person_is_missing(house):
    recorded_by(house, [*e.declared_to_sorted(), e.held()])
    page, odd = asyncio.run(released_by_form_and_by_api(house))
    assert page.status_code == 200
    assert "紧急放行只有一人签字" in page.text
    assert (odd["outcome"], odd["reason"]) == ("set_aside", "field-wrong")
    assert house.shown(house.log.last_position())
    assert open_hands(house) == {("ParcelReleased", "two-people")}


def test_two_links_that_are_nobodys_number_do_not_release_what_is_held(house):
    recorded_by(house, [*e.declared_to_sorted(), e.held()])

    async def signed(actor, **more):
        async with client(house, actor=actor) as visitor:
            sent = scan("release", code=e.PARCEL, reason="checked", **more)
            answer = await visitor.post("/api/scans", json={"scans": [sent]}, headers={"accept-language": "en"})
            return answer.json()["answers"][0]

    def stage():
        assert house.shown(house.log.last_position())
        with house.read.reading() as rows:
            return custody.parcel(rows, e.COMPOUND, e.TWIN).stage

    refused = asyncio.run(signed(None))
    assert (refused["outcome"], refused["reason"]) == ("set_aside", "member-signs")
    assert "Only registered members release what is held" in refused["text"]
    assert asyncio.run(signed(e.SIGNER))["outcome"] == "recorded"
    assert stage() == "held"
    alone = asyncio.run(signed(None, emergency=True))
    assert (alone["outcome"], alone["reason"]) == ("set_aside", "member-signs")
    assert stage() == "held"
    assert asyncio.run(signed(e.SIGNER, emergency=True))["doubts"] == ["two-people"]
    assert stage() == "sorted"
    assert ("ParcelReleased", "two-people") in open_hands(house)
    assert asyncio.run(signed(e.SECOND_SIGNER))["doubts"] == []
    assert stage() == "sorted"
    assert ("ParcelReleased", "two-people") not in open_hands(house)
