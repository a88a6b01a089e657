"""baogong badges print: sheets of badges, one code each, never a name."""

import re
import stat

import compound as place
import pytest
import typer
from typer.testing import CliRunner

from infra.settings import Settings
from projections import badges, people
from projections.base import milliseconds
from services.commands import badges as command
from services.wiring import house_at, now

ADDRESS = "https://192.168.1.20:8000"


@pytest.fixture
def directory(tmp_path):
    with house_at(Settings(data=tmp_path / "var", synchronous="OFF")) as house:
        place.found(house)
    return tmp_path / "var"


def run(directory, *said):
    app = typer.Typer()
    command.register(app)
    return CliRunner().invoke(app, ["badges", "print", "--data", str(directory), "--address", ADDRESS, *said])


def seen(directory):
    with house_at(Settings(data=directory)) as house:
        assert house.shown(house.log.last_position())
        with house.read.reading() as rows:
            known = people.members(rows, place.COMPOUND, milliseconds(now()))
            return known, [each for one in known for each in badges.badges_of(rows, place.COMPOUND, one.member)]


def test_new_volunteers_get_a_badge_each_on_sheets_of_eight(directory, tmp_path):
    out = tmp_path / "badges.html"
    said = ("--count", "9", "--role", "runner", "--station", "gate", "--from", "2030-04-20 06:00")
    refused = run(directory, *said)
    assert refused.exit_code == 1
    answer = run(
        directory, "--count", "9", "--role", "gate", "--station", "gate", "--until", "23:59", "--out", str(out)
    )
    assert answer.exit_code == 0, answer.output
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    page = out.read_text()
    _, issued = seen(directory)
    made = [each for each in issued if each.role == "gate"]
    assert len(made) == 9
    assert page.count('class="shift-badge') == page.count("<svg") == 9
    assert page.count('<section class="page">') == 2
    assert all(each.member in page for each in made)
    assert "<script" not in page
    assert "<link" not in page


def test_members_who_are_named_get_theirs_and_a_stranger_stops_it_before_the_first(directory):
    run(directory, "--count", "2", "--role", "runner", "--until", "23:59")
    known, before = seen(directory)
    numbers = ",".join(each.member for each in known)
    answer = run(directory, "--members", numbers, "--role", "sorter", "--until", "23:59", "--lang", "en")
    assert answer.exit_code == 0, answer.output
    assert re.findall(r'class="code">(m\w{8})<', answer.stdout) == [each.member for each in known]
    stranger = run(directory, "--members", f"{numbers},m00000abc", "--role", "sorter", "--until", "23:59")
    assert stranger.exit_code == 1
    assert len(seen(directory)[1]) == len(before) + 2


def test_one_badge_is_one_badge(directory, tmp_path):
    out = tmp_path / "badge.html"
    said = run(directory, "--count", "1", "--role", "runner", "--until", "23:59", "--out", str(out)).stderr
    assert said.startswith("1 badge in ")


def test_where_a_screen_would_get_the_page_it_becomes_a_file(directory, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("services.commands.labels.on_a_screen", lambda: True)
    answer = run(directory, "--count", "1", "--role", "runner", "--until", "23:59")
    assert answer.stdout == ""
    assert "<svg" in (tmp_path / f"{place.COMPOUND}-badges.html").read_text()


@pytest.mark.parametrize(
    "said",
    [("--role", "runner"), ("--role", "runner", "--count", "1", "--members", "m"), ("--role", "admin", "--count", "1")],
)
def test_what_cannot_be_printed_is_told_in_one_sentence(directory, said):
    answer = run(directory, *said)
    assert answer.exit_code == 1
    assert "Traceback" not in answer.output


@pytest.mark.parametrize(
    "wrong",
    [
        ("--role", "runner", "--buildings", "99"),
        ("--role", "gate", "--station", "nowhere"),
        ("--role", "captain"),
        ("--role", "gate", "--from", "2020-04-20 06:00", "--until", "2020-04-20 08:00"),
    ],
)
def test_a_mistake_registers_nobody(directory, wrong):
    answer = run(directory, "--count", "2", *wrong)
    assert (answer.exit_code, seen(directory)) == (1, ([], []))


def test_a_building_is_read_as_in_a_form(directory):
    answer = run(directory, "--count", "1", "--role", "runner", "--buildings", "12号,3", "--until", "23:59")
    assert answer.exit_code == 0, answer.output
    _, issued = seen(directory)
    assert [each.buildings for each in issued] == [("12", "3")]
