"""A rebuild on several cores is the same as on one, and says what stopped a part of it."""

import sqlite3
from contextlib import closing

import examples as e
import pytest

from infra.errors import UnknownEvent
from services import rebuilding
from services.office import Report
from services.upkeep import build_beside, differences

COMPOUNDS = ("shengdu", "west", "east")


@pytest.fixture
def three_compounds(house):
    facts = [*e.declared_to_sorted(), e.delivered()]
    for compound in COMPOUNDS:
        house.office.take_now([Report(fact.model_copy(update={"compound": compound})) for fact in facts])
    assert house.shown(house.log.last_position())
    return house


@pytest.fixture
def two_processes(monkeypatch):
    monkeypatch.setattr(rebuilding, "WORTH_ANOTHER_PROCESS", 0)
    monkeypatch.setattr(rebuilding.os, "cpu_count", lambda: 2)


def test_the_compounds_are_shared_out_evenly(three_compounds, two_processes, tmp_path):
    log = three_compounds.log
    shares = rebuilding.shared_out(log, tmp_path / "new.db", log.last_position())
    assert sorted(compound for share in shares for compound in share.compounds) == sorted(COMPOUNDS)
    assert sorted(len(share.compounds) for share in shares) == [1, 2]
    assert sum(share.facts for share in shares) == log.last_position()


@pytest.mark.parametrize("stretch", [3, 1000], ids=["in short stretches", "in one"])
def test_several_processes_build_what_the_projector_has_built(
    three_compounds, two_processes, tmp_path, monkeypatch, stretch
):
    monkeypatch.setattr(rebuilding, "STRETCH", stretch)
    steps = list(build_beside(three_compounds.log, tmp_path / "new.db"))
    assert steps[-1].done == steps[-1].of == three_compounds.log.last_position()
    assert differences(three_compounds.read.path, tmp_path / "new.db") == []
    assert [file.name for file in tmp_path.glob("new*")] == ["new.db"]


def test_one_process_builds_the_same_up_to_a_position(three_compounds, two_processes, tmp_path):
    upto = three_compounds.log.last_position() - 5
    list(build_beside(three_compounds.log, tmp_path / "many.db", upto=upto))
    rebuilding.WORTH_ANOTHER_PROCESS = 1_000_000
    list(build_beside(three_compounds.log, tmp_path / "one.db", upto=upto))
    assert differences(tmp_path / "one.db", tmp_path / "many.db") == []
    assert differences(three_compounds.read.path, tmp_path / "one.db") != []


def test_what_stops_another_process_is_raised_here(three_compounds, two_processes, tmp_path):
    log = three_compounds.log
    _, theirs = rebuilding.shared_out(log, tmp_path / "new.db", log.last_position())
    with closing(sqlite3.connect(three_compounds.settings.log_file)) as connection:
        connection.execute("UPDATE stored_events SET topic = 'NeverHeardOf' WHERE compound = ?", (theirs.compounds[0],))
        connection.commit()
    with pytest.raises(UnknownEvent):
        list(build_beside(log, tmp_path / "new.db"))
