"""The files that came with the task, each with what a careful person reads; they are not part of the project."""

import json
import re
from pathlib import Path

import pytest

from domain.community.doors import DoorSettings, Roster
from infra.tables import open_tables
from services.imports.households import read_pattern
from services.imports.orders import read_orders

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
PATTERN = "1-28号、31-40号: 1-18层 x 01-04; 29、30号 别墅"


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_the_pattern_of_the_readme_founds_the_compound_of_the_samples(page):
    text = (Path(__file__).parents[2] / page).read_text(encoding="utf-8")
    (pattern,) = re.findall(r"--pattern '([^']*)'", text)
    assert read_pattern(pattern) == read_pattern(PATTERN)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared samples lie beside the project, and here they do not")
@pytest.mark.parametrize("name", ["orders-long.xlsx", "orders-wide.xlsx", "orders-plain.csv"])
def test_orders_are_read_as_a_careful_person_reads_them(name):
    doors = read_pattern(PATTERN)
    rooms: dict[str, set[str]] = {}
    for building, room in doors:
        if room is not None:
            rooms.setdefault(building, set()).add(room)
    roster = Roster(
        settings=DoorSettings(names=("圣都汇",), streets=("某路168弄",), blocks="same"),
        rooms={building: frozenset(known) for building, known in rooms.items()},
        villas=frozenset(building for building, room in doors if room is None),
    )
    read = read_orders(open_tables(SAMPLES / name), roster)
    expected = json.loads((SAMPLES / f"{name.rpartition('.')[0]}.expected.json").read_text(encoding="utf-8"))
    assert [row.line() for row in read.rows] == expected
    assert not [total for total in read.totals if total.differs]
