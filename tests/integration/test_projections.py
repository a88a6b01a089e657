"""The read models, folded from a real log, say what the domain reads, in any order and in any portions."""

import random
import sqlite3
from contextlib import closing, contextmanager

import examples as e
import pytest
from given import reading

from domain.goods.codes import code_from_bits
from infra.errors import Fenced, StorageUnavailable
from infra.settings import Settings
from projections import custody, deliveries, doubts, live_board
from services.office import Noted, Report, answer_of
from services.upkeep import build_beside, differences
from services.wiring import house_at

DAY = "2022-04-20"
LABEL = code_from_bits("parcel", 500)


def a_day():
    """One delivery, two parcels, one of them by a blank label that was bound wrongly first; and some mistakes."""
    wrong = e.packed(101, parcel=LABEL, said=e.PIECE, twin=e.TWIN)
    right = e.packed(104, parcel=LABEL, said=e.OTHER_PIECE, twin=code_from_bits("parcel", 501))
    start = e.disinfection_started()
    doubted = e.delivered(121, household="12-502")
    return [
        e.printed(),
        e.declared(),
        e.arrived(),
        e.admitted(),
        e.counted(pieces=1),
        start,
        e.disinfection_finished(60, start=start.command),
        e.packed(),
        wrong,
        e.annulled(wrong, minutes=103),
        right,
        e.crate_packed(105, parcels=(e.PARCEL, LABEL)),
        e.crate_handed_over(),
        e.crate_opened(),
        e.delivered(parcel=LABEL),
        doubted,
        e.settled(doubted, "right-door"),
        e.delivered(122, parcel=e.TWIN, said=e.PIECE),
        e.delivered(123, parcel=e.TWIN),
        e.held(110, parcel=LABEL),
        e.released(111, parcel=LABEL),
        e.released(111.5, parcel=LABEL, actor=e.SECOND_SIGNER),
    ]


@contextmanager
def folded(directory, facts, portion):
    with house_at(Settings(data=directory, synchronous="OFF")) as house:
        for begin in range(0, len(facts), portion):
            outcomes = house.office.take_now([Report(fact) for fact in facts[begin : begin + portion]])
            assert all(answer_of(outcome).events for outcome in outcomes)
            assert house.shown(house.log.last_position())
        with house.read.reading() as rows:
            yield house, rows


def snapshot(rows):
    return (
        sorted(custody.not_yet_delivered(rows, e.COMPOUND)),
        [custody.parcel(rows, e.COMPOUND, code) for code in (e.PARCEL, e.TWIN, LABEL)],
        sorted((doubt.scan, doubt.rule, doubt.parcels) for doubt in doubts.open_doubts(rows, e.COMPOUND)),
        live_board.stages_by_building(rows, e.COMPOUND, DAY),
        deliveries.all_deliveries(rows, e.COMPOUND),
    )


def test_the_day_reads_as_it_should(tmp_path):
    facts = a_day()
    with folded(tmp_path / "a", facts, 5) as (_, rows):
        first, _, second = (custody.parcel(rows, e.COMPOUND, code) for code in (e.PARCEL, e.TWIN, LABEL))
        assert (first.code, first.household, first.stage) == (e.TWIN, "12-501", "delivered")
        assert (second.household, second.stage) == ("12-502", "delivered")
        assert {doubt.rule for doubt in doubts.open_doubts(rows, e.COMPOUND)} == {"count-matches", "delivered-once"}
        assert live_board.stages_by_building(rows, e.COMPOUND, DAY) == {"12": {"delivered": 2}}
        assert live_board.stages_by_building(rows, e.COMPOUND, "2022-04-21") == {}
        (delivery,) = deliveries.all_deliveries(rows, e.COMPOUND)
        assert (delivery.stage, delivery.expected, delivery.counted) == ("disinfected", 2, 1)


@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_arrival_in_any_portions_gives_the_same_rows(tmp_path, seed):
    facts = a_day()
    shuffled = random.Random(seed).sample(facts, len(facts))
    with folded(tmp_path / "a", facts, 7) as (_, rows):
        as_it_happened = snapshot(rows)
    with folded(tmp_path / "b", shuffled, 1 + seed) as (house, rows):
        assert snapshot(rows) == as_it_happened
        for _ in build_beside(house.log, tmp_path / "c.db"):
            pass
        assert differences(house.read.path, tmp_path / "c.db") == []


def test_the_rows_say_what_the_domain_reads(tmp_path):
    facts = a_day()
    with folded(tmp_path / "a", facts, 50) as (_, rows):
        for code in (e.TWIN, LABEL):
            row, view = custody.parcel(rows, e.COMPOUND, code), reading(code, facts)
            assert (row.stage, row.household, row.doubts) == (
                view.stage,
                view.household,
                sum(len(doubted.rules) for doubted in view.doubts.values()),
            )


def test_verify_notices_a_row_that_was_tampered_with(tmp_path):
    with folded(tmp_path / "a", a_day(), 50) as (house, _):
        pass
    with house_at(Settings(data=tmp_path / "a")) as house:
        with house.read.transaction() as rows:
            rows.execute("UPDATE custody SET stage = 'sorted' WHERE household = '12-501'")
        for _ in build_beside(house.log, tmp_path / "c.db"):
            pass
        assert [each.table for each in differences(house.read.path, tmp_path / "c.db")] == ["custody"]


def test_a_code_of_another_compound_means_nothing_here(house):
    house.office.take_now([Report(fact) for fact in e.declared_to_sorted()])
    house.office.take_now([Report(fact.model_copy(update={"compound": "other"})) for fact in [e.delivered()]])
    assert house.shown(house.log.last_position())
    with house.read.reading() as rows:
        assert custody.parcel(rows, e.COMPOUND, e.PARCEL).stage == "sorted"
        assert custody.parcel(rows, "other", e.PARCEL).stage == "delivered"
        assert {doubt.rule for doubt in doubts.open_doubts(rows, "other")} == {"label-known", "disinfected-first"}


def test_a_projector_that_another_process_has_overtaken_starts_anew(tmp_path):
    facts = a_day()
    directory = Settings(data=tmp_path / "a", synchronous="OFF")
    with house_at(directory) as slow:
        slow.projector.stop()
        with house_at(directory) as quick:
            quick.office.take_now([Report(fact) for fact in facts[:9]])
            assert quick.shown(quick.log.last_position())
        with pytest.raises(Fenced):
            slow.projector.step()
        slow.office.take_now([Report(fact) for fact in facts[9:]])
        while slow.projector.step():
            pass
        for _ in build_beside(slow.log, tmp_path / "c.db"):
            pass
        assert differences(slow.read.path, tmp_path / "c.db") == []


def test_a_batch_that_could_not_be_written_leaves_nothing_in_memory(tmp_path, monkeypatch):
    directory = Settings(data=tmp_path / "a", synchronous="OFF")
    with house_at(directory) as house:
        house.projector.stop()
        house.office.take_now([Report(fact) for fact in a_day()])
        advance = house.read.advance
        monkeypatch.setattr(house.read, "advance", lambda *_: (_ for _ in ()).throw(StorageUnavailable("disk full")))
        with pytest.raises(StorageUnavailable):
            house.projector.step()
        monkeypatch.setattr(house.read, "advance", advance)
        while house.projector.step():
            pass
        for _ in build_beside(house.log, tmp_path / "c.db"):
            pass
        assert differences(house.read.path, tmp_path / "c.db") == []


def test_a_label_that_was_only_printed_is_no_parcel_yet(house):
    house.office.take_now([Noted(e.printed())])
    assert house.shown(house.log.last_position())
    with house.read.reading() as rows:
        assert custody.not_yet_delivered(rows, e.COMPOUND) == []
        assert deliveries.all_deliveries(rows, e.COMPOUND) == []


def test_read_models_of_another_version_of_the_program_are_folded_anew(tmp_path):
    with folded(tmp_path / "a", a_day(), 7) as (house, rows):
        before = snapshot(rows)
        path = house.read.path
    with closing(sqlite3.connect(path)) as older:
        older.execute("DROP TABLE awaited")
        older.execute("CREATE TABLE no_longer_kept (compound TEXT)")
        older.execute("DELETE FROM custody")
        older.execute("PRAGMA user_version = 0")
        older.commit()
    with house_at(Settings(data=path.parent, synchronous="OFF")) as house:
        assert house.shown(house.log.last_position())
        with house.read.reading() as rows:
            assert snapshot(rows) == before
            assert not rows.select("SELECT 1 FROM sqlite_master WHERE name = 'no_longer_kept'")
        for _ in build_beside(house.log, tmp_path / "b.db"):
            pass
        assert differences(house.read.path, tmp_path / "b.db") == []
