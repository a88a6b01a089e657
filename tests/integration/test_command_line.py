"""The commands of a first day as a person types them, on real files."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli import MODULES, command_line

TABLE = """接龙报名表,,,
跟团号,门牌号,商品,数量
1,12-501,红苹果(5斤装),2
1,12-501,鸡蛋,1
2,12号楼502室,红苹果(5斤装),1份
3,99-101,鸡蛋,1
4,12-601,鸡蛋,两份
合计,,,7
"""
PATTERN = "12号: 1-18层 x 01-04; 29号 别墅"


@pytest.fixture
def baogong(tmp_path, monkeypatch):
    monkeypatch.setenv("BAOGONG_DATA", str(tmp_path / "var"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")

    def run(*words, expect=0):
        done = CliRunner().invoke(command_line(), [str(word) for word in words])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        assert done.exit_code == expect, done.output
        assert "Traceback" not in done.output
        return done

    return run


@pytest.fixture
def founded(baogong):
    baogong("import", "households", "--pattern", PATTERN, "--compound", "shengdu", "--blocks", "same")
    return baogong


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "红苹果团(1).csv"
    path.write_text(TABLE, encoding="gb18030")
    return path


def test_a_preview_as_json_has_one_object_per_row_and_books_nothing(founded, table):
    done = founded("import", "orders", table, "--preview", "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["row"], row["building"], row["room"], row["quantity"], row["outcome"]) for row in rows] == [
        (3, "12", "501", 2, "ok"),
        (4, "12", "501", 1, "ok"),
        (5, "12", "502", 1, "ok"),
        (6, "99", "101", 1, "unclear"),
        (7, "12", "601", 2, "ok"),
    ]
    assert set(rows[0]) == {"row", "building", "room", "item", "unit", "quantity", "outcome", "why"}
    assert rows[3]["why"]
    assert "1 unclear" in done.stderr
    assert "Nothing" not in founded("import", "orders", table, "--leave-unclear").stderr


def test_all_or_nothing_unless_told_otherwise(founded, table):
    assert "nothing was booked" in founded("import", "orders", table, expect=1).stderr
    booked = founded("import", "orders", table, "--leave-unclear").stderr
    assert "added: 3," in booked
    assert "红苹果团" in booked
    assert "Nothing to book" in founded("import", "orders", table, "--leave-unclear").stderr


def test_a_new_door_is_added_when_told_so(founded, table):
    assert "added: 4," in founded("import", "orders", table, "--add-doors").stderr
    known = json.loads(founded("import", "orders", table, "--preview", "--json").stdout.splitlines()[3])
    assert (known["outcome"], known["building"]) == ("ok", "99")


def test_a_correction_is_kept_for_a_newer_export(founded, table, tmp_path):
    corrections = tmp_path / "corrections.csv"
    founded("import", "orders", table, "--preview", "--write-corrections", corrections)
    header, line = corrections.read_text("utf-8-sig").splitlines()
    cells = line.split(",")
    cells[header.split(",").index("correct_building")] = "12"
    cells[header.split(",").index("correct_room")] = "101"
    corrections.write_text(f"{header}\n{','.join(cells)}\n", encoding="utf-8")
    assert "added: 4," in founded("import", "orders", table, "--corrections", corrections).stderr
    newer = tmp_path / "红苹果团.csv"
    newer.write_text(TABLE.replace("合计", "5,29号别墅,鸡蛋,1\n合计").replace(",7", ",8"), encoding="utf-8")
    assert "added: 1, changed: 0, withdrawn: 0, unchanged: 4" in founded("import", "orders", newer).stderr


def test_a_filtered_export_and_another_name_are_asked_about(founded, table, tmp_path):
    founded("import", "orders", table, "--leave-unclear")
    few = tmp_path / "few.csv"
    few.write_text("门牌号,商品,数量\n12-501,红苹果(5斤装),2\n12-501,鸡蛋,1\n", encoding="utf-8")
    assert "filtered" in founded("import", "orders", few, "--group-buy", "红苹果团", expect=1).stderr
    assert "红苹果团" in founded("import", "orders", few, expect=1).stderr
    assert "withdrawn: 2" in founded("import", "orders", few, "--group-buy", "红苹果团", "--yes").stderr
    assert "as they were before" in founded("import", "undo", "--group-buy", "红苹果团").stderr
    assert "Nothing to book" in founded("import", "orders", table, "--leave-unclear").stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04cut", ""),
        ("姓名,商品,数量\n小王,鸡蛋,1\n".encode(), "楼号"),
        ("门牌号,商品,数量\n".encode(), ""),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(founded, tmp_path, content, said):
    path = tmp_path / "broken.xlsx"
    path.write_bytes(content)
    done = founded("import", "orders", path, expect=1)
    assert said in done.stderr
    assert "小王" not in done.stderr
    assert len(done.stderr.strip()) > 20


def test_without_a_compound_or_a_file_it_says_what_to_do(baogong, table):
    assert "There are no records in" in baogong("import", "orders", table, expect=1).stderr
    assert "FILE or a --pattern" in baogong("import", "households", "--compound", "a", expect=1).stderr
    assert (
        "small letters"
        in baogong("import", "households", "--pattern", "1号: 1层 x 01", "--compound", "圣", expect=1).stderr
    )
    assert "--pattern" in baogong("import", "households", "--pattern", "bla", "--compound", "a", expect=1).stderr
    baogong("import", "households", "--pattern", PATTERN, "--compound", "shengdu")
    assert "cannot be opened" in baogong("import", "orders", "nowhere.csv", expect=1).stderr


def test_a_roster_can_be_taken_back_and_a_rebuild_equals_what_is_stored(founded):
    assert "doors are gone again" in founded("import", "households", "--undo").stderr
    assert "no roster import" in founded("import", "households", "--undo", expect=1).stderr
    assert "facts folded" in founded("rebuild").stderr
    assert "are equal" in founded("verify").stderr


def test_a_link_for_the_gate_can_be_made_on_the_terminal(founded):
    assert "/j#" in founded("link", "--role", "gate").stdout
    assert "no role king" in founded("link", "--role", "king", expect=1).stderr


def test_a_captains_link_of_the_terminal_names_buildings_and_a_leaders_group_buys(founded):
    assert "--building: Say for which buildings" in told(founded("link", "--role", "captain", expect=1))
    assert "no building 99" in told(founded("link", "--role", "captain", "--building", "99", expect=1))
    assert "/j#" in founded("link", "--role", "captain", "--building", "12", "--building", "29").stdout
    assert "no group buy yet" in told(founded("link", "--role", "leader", expect=1))
    assert "No station is open yet" in told(founded("link", "--role", "gate", "--station", "gate-9", expect=1))


def told(ended):
    return " ".join(ended.stderr.split())


def test_the_program_itself_starts():
    done = subprocess.run(
        [Path(sys.executable).with_name("baogong"), "--help"], capture_output=True, text=True, check=True
    )
    assert "import" in done.stdout
    assert "serve" in done.stdout


def test_the_module_is_the_command():
    done = subprocess.run([sys.executable, "-m", "services.cli", "--help"], capture_output=True, text=True, check=True)
    assert "serve" in done.stdout


@pytest.mark.parametrize("module", MODULES)
def test_a_command_is_found_in_the_module_that_is_loaded_for_it(module):
    def commands(app):
        return {command.name for command in app.registered_commands} | {group.name for group in app.registered_groups}

    asked = MODULES[module]
    assert set(asked) <= commands(command_line(asked[0]))
    assert set(asked) <= commands(command_line("nobody knows this one"))


def test_log_lines_do_not_stand_among_what_programs_read(tmp_path):
    command = [
        Path(sys.executable).with_name("baogong"),
        "import",
        "households",
        "--compound",
        "c",
        "--data",
        tmp_path / "var",
    ]
    subprocess.run([*command, "--pattern", "1-2号: 1-2层 x 01-02"], capture_output=True, check=True)
    with closing(sqlite3.connect(tmp_path / "var" / "read.db")) as rows:
        rows.execute("PRAGMA user_version = 7")
    (tmp_path / "a.csv").write_text("门牌号,商品,数量\n1-101,苹果,1\n", encoding="utf-8")
    preview = [command[0], "import", "orders", tmp_path / "a.csv", "--data", tmp_path / "var", "--preview", "--json"]
    done = subprocess.run(preview, capture_output=True, text=True, check=True)
    assert "read_models_begin_anew" in done.stderr
    assert [line[:1] for line in done.stdout.splitlines()] == ["{"]


@pytest.mark.parametrize("loading", ["typer", "pydantic_core", "eventsourcing", "services.commands.upkeep"])
def test_ctrl_c_while_the_program_still_loads_ends_it_without_a_traceback(tmp_path, loading):
    """The interruption comes as the module is looked for."""
    program = f"""
import os, signal, sys

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == {loading!r}:
            os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background hands on that it is ignored
sys.meta_path.insert(0, Interrupting())
sys.argv = ["baogong", "verify", "--data", {str(tmp_path)!r}]
from services.cli import main
main()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
