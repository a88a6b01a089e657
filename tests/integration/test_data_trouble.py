"""A data directory that cannot be used: what is said names the file and what helps."""

import os

import first_day
import pytest
from typer.testing import CliRunner

from infra.settings import Settings
from services.cli import command_line
from services.commands import data_trouble
from services.wiring import house_at


@pytest.fixture
def directory(tmp_path):
    with house_at(Settings(data=tmp_path / "var", synchronous="OFF")) as house:
        first_day.found(house)
        first_day.import_orders(house)
        house.shown(house.log.last_position())
    return tmp_path / "var"


def said_by(directory, *command):
    answer = CliRunner().invoke(command_line(), [*command, "--data", str(directory)])
    assert answer.exit_code == 1, answer.output
    assert "Traceback" not in answer.stderr
    return answer.stderr


@pytest.mark.parametrize("name", ["log.db", "access.db", "directory.db"])
@pytest.mark.parametrize("whole", [True, False])
def test_a_damaged_file_is_named_and_nobody_is_told_to_try_again(directory, name, whole):
    file = directory / name
    held = file.read_bytes()
    file.write_bytes(b"garbage" * 1000 if whole else held[:100] + b"\xff" * (len(held) - 100))
    said = said_by(directory, "declare", "--group-buy", "milk")
    assert f"{file} is damaged" in said
    assert "restore" in said
    assert "in a moment" not in said


@pytest.mark.parametrize("command", [("declare", "--group-buy", "milk"), ("verify",), ("rebuild",)])
@pytest.mark.parametrize("closed", [".", "log.db"])
def test_what_may_not_be_written_is_named(directory, monkeypatch, command, closed):
    may = data_trouble.os.access
    refused = directory / closed
    monkeypatch.setattr(
        data_trouble.os,
        "access",
        lambda path, how, **more: not (path == refused and how & os.W_OK) and may(path, how, **more),
    )
    monkeypatch.setattr("services.commands.terminal.house_at", refuses)
    monkeypatch.setattr("services.commands.upkeep.EventStore.open", refuses)
    said = said_by(directory, *command)
    assert f"{refused} may not be read and written by" in said
    assert "chown" in said
    assert "in a moment" not in said


def refuses(*_, **__):
    raise PermissionError(13, "Permission denied", "/somewhere/verify-8qdwnuo1")


def test_only_a_busy_one_is_to_be_tried_again(directory):
    assert "try again in a moment" in data_trouble.trouble_with(directory, Exception("database is locked"))
