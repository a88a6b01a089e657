import first_day
import pytest
from typer.testing import CliRunner

from infra.settings import Settings
from projections import deliveries
from services.cli import command_line
from services.wiring import house_at


@pytest.fixture
def directory(tmp_path):
    with house_at(Settings(data=tmp_path, synchronous="OFF")) as house:
        first_day.found(house)
        first_day.import_orders(house)
    return tmp_path


def declare(directory, *said):
    return CliRunner().invoke(command_line(), ["declare", "--data", str(directory), *said])


def declared_in(directory):
    with house_at(Settings(data=directory)) as house:
        house.shown(house.log.last_position())
        with house.read.reading() as rows:
            return deliveries.all_deliveries(rows, first_day.COMPOUND)


def test_it_prints_the_code_and_the_address_of_the_label(directory, monkeypatch):
    monkeypatch.setenv("BAOGONG_PUBLIC_ADDRESS", "http://192.168.1.20:8000")
    group_buys = ("--group-buy", "milk", "--group-buy", "蔬菜包 第3批")
    answer = declare(directory, *group_buys, "--supplier", "光明乳业", "--vehicle", "沪A·12345", "--pieces", "60")
    assert answer.exit_code == 0, answer.output
    (row,) = declared_in(directory)
    assert answer.stdout.split() == [
        f"{row.code[:4]}-{row.code[4:8]}-{row.code[8:]}",
        f"HTTP://192.168.1.20:8000/P/{row.code}",
    ]
    assert (row.group_buys, row.supplier, row.vehicle, row.expected) == (
        ("milk", "vegetables"),
        "光明乳业",
        "沪A·12345",
        60,
    )
    assert answer.stderr == ""


def test_without_a_number_each_door_that_ordered_counts(directory):
    answer = declare(directory, "--group-buy", "milk")
    assert "--address" in answer.stderr
    assert [row.expected for row in declared_in(directory)] == [18]


def test_an_unknown_group_buy_and_an_impossible_plate_end_with_one_sentence(directory):
    for said in (("--group-buy", "pears"), ("--group-buy", "milk", "--vehicle", "a plate that is no plate")):
        answer = declare(directory, *said)
        assert answer.exit_code != 0
        assert answer.stdout == ""
        assert 0 < len(answer.stderr) < 600, answer.stderr
        assert "Traceback" not in answer.stderr
    assert declared_in(directory) == []


@pytest.mark.parametrize("plate", ["%%%", "沪A1-B2-C3-D4-E5-F6", "no plate"])
def test_a_wrong_plate_is_told_in_words(directory, plate):
    answer = declare(directory, "--group-buy", "milk", "--vehicle", plate)
    assert answer.exit_code == 1
    assert answer.stderr.split() == [
        "--vehicle:",
        "must",
        "be",
        "a",
        "number",
        "plate,",
        "or",
        "a",
        "kind",
        "of",
        "vehicle",
        "such",
        "as",
        "三轮车.",
    ]


def test_a_name_too_long_is_told_in_words(directory):
    answer = declare(directory, "--group-buy", "milk", "--supplier", "光" * 61)
    assert answer.stderr.strip() == "--supplier: must have at most 60 characters."


def test_what_the_environment_cannot_set_is_told_in_words(directory, monkeypatch):
    monkeypatch.setenv("BAOGONG_CACHE_STREAMS", "many")
    answer = declare(directory, "--group-buy", "milk")
    assert answer.stderr.strip() == "BAOGONG_CACHE_STREAMS: must be a whole number."
    monkeypatch.delenv("BAOGONG_CACHE_STREAMS")
    monkeypatch.setenv("BAOGONG_SYNCHRONOUS", "OFTEN")
    assert "BAOGONG_SYNCHRONOUS: must be one of " in declare(directory, "--group-buy", "milk").stderr
