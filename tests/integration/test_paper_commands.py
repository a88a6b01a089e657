"""What sheets and labels are told wrongly is named, with what there is instead, before anything else is asked for."""

import first_day
import pytest
from typer.testing import CliRunner

from infra.settings import Settings
from services.cli import command_line
from services.wiring import house_at


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    data = tmp_path_factory.mktemp("paper")
    with house_at(Settings(data=data, synchronous="OFF")) as house:
        first_day.found(house)
        first_day.import_orders(house)
        house.shown(house.log.last_position())
    return data


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("sheets", "--group-buy", "milk", "--building", "99"), ("no building 99", "there are: ")),
        (("sheets", "--group-buy", "水果"), ("no group buy 水果", "there are: ", "蔬菜包 第3批")),
        (("labels", "--group-buy", "水果"), ("no group buy 水果", "蔬菜包 第3批")),
        (("labels", "--group-buy", "milk", "--building", "99", "--address", "http://a.b"), ("no building 99",)),
        (("labels", "--kind", "banana"), ("no kind banana", "crate")),
        (("labels", "--kind", "parcel", "--size", "99mm"), ("mm",)),
        (("labels", "--run", "nope"), ("nope names no run",)),
        (("labels", "--delivery", "DXXX"), ("No delivery DXXX",)),
        (("labels", "--delivery", "DXXX", "--size", "80x60"), ("a4 or a5",)),
        (("import", "orders", "/nowhere/here.csv"), ("/nowhere/here.csv",)),
    ],
)
def test_what_is_wrong_is_named(directory, asked, told):
    answer = CliRunner().invoke(command_line(), [*asked, "--data", str(directory)])
    assert answer.exit_code in {1, 2}, answer.output
    assert all(each in answer.stderr for each in told), answer.stderr
    assert "how phones reach" not in answer.stderr
