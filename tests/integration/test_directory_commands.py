import stat
from datetime import date, timedelta

import pytest
from order_files import csv_bytes
from seeded import files_with_seeds
from typer.testing import CliRunner

from infra.settings import Settings
from projections import roster
from services.cli import command_line
from services.wiring import house_at

WORDS = "王小明\n13812341234\n每周要配胰岛素\n老人在家\n"
TABLE = [
    ("door", "name", "phone", "help"),
    ("12-501", "王小明", "13812341234", "胰岛素"),
    ("12号502室", "李芳", "", ""),
]


@pytest.fixture
def baogong(tmp_path, monkeypatch):
    monkeypatch.setenv("BAOGONG_DATA", str(tmp_path / "var"))
    monkeypatch.setenv("COLUMNS", "160")

    def run(*words, said="", expect=0):
        done = CliRunner().invoke(command_line(), [str(word) for word in words], input=said)
        assert done.exit_code == expect, done.output
        return done.output

    run("import", "households", "--pattern", "12号: 1-18层 x 01-04", "--compound", "shengdu", "--blocks", "same")
    return run


@pytest.fixture
def data(tmp_path):
    return tmp_path / "var"


def doors(data):
    with house_at(Settings(data=data)) as house:
        return house.directory.doors("shengdu")


def cared_for(data):
    with house_at(Settings(data=data)) as house, house.read.reading() as rows:
        return roster.cared_for(rows, "shengdu")


def table(tmp_path, rows=TABLE):
    path = tmp_path / "人.csv"
    path.write_bytes(csv_bytes(rows))
    return path


def test_one_entry_is_asked_for_word_by_word(baogong, data):
    assert "Written down for 12-501." in baogong("directory", "add", "12号501", said=WORDS)
    assert doors(data) == {"12-501": True}
    assert cared_for(data) == {"12-501"}
    assert stat.S_IMODE((data / "directory.db").stat().st_mode) == 0o600
    baogong("directory", "add", "99-501", said=WORDS, expect=1)
    baogong("directory", "add", "12-502", said="\n\n\n\n", expect=1)
    assert doors(data) == {"12-501": True}


def test_a_table_is_read_whole_or_not_at_all(baogong, data, tmp_path):
    unclear = table(tmp_path, [*TABLE, ("12-5011", "陈某", "", "")])
    told = baogong("directory", "import", unclear, expect=1)
    assert "Row 4: " in told
    assert doors(data) == {}
    assert "2 new entries, 0 stood there already." in baogong("directory", "import", unclear, "--leave-unclear")
    assert "0 new entries, 2 stood there already." in baogong("directory", "import", table(tmp_path))
    assert doors(data) == {"12-501": True, "12-502": False}
    assert cared_for(data) == {"12-501"}


def test_a_table_in_chinese_columns_with_a_note_that_is_no_help_need(baogong, data, tmp_path):
    rows = [
        ("楼号", "房号", "姓名", "联系电话", "需要帮助", "备注"),
        ("12", "503", "王小明", 13812341234, "", "请敲门"),
    ]
    baogong("directory", "import", table(tmp_path, rows))
    assert doors(data) == {"12-503": False}


def test_a_table_of_something_else_is_refused(baogong, tmp_path):
    assert "no header row" in baogong("directory", "import", table(tmp_path, [("商品", "数量"), ("苹果", 1)]), expect=1)


def test_a_purge_asks_first(baogong, data):
    baogong("directory", "add", "12-501", said=WORDS)
    baogong("directory", "purge", said="n\n", expect=1)
    assert doors(data) == {"12-501": True}
    assert "1 entries and 0 raw texts dropped" in baogong("directory", "purge", said="y\n")
    assert files_with_seeds(data) == {}
    assert "equal" in baogong("verify")


def test_a_cron_purges_when_the_time_after_the_lockdown_is_over(baogong, data, monkeypatch):
    baogong("directory", "add", "12-501", said=WORDS)
    assert "not yet" in baogong("directory", "purge", "--due")
    ended = date.today() - timedelta(days=20)  # noqa: DTZ011 — the day of this machine
    assert "is dropped on" in baogong("directory", "unlocked", ended)
    assert "not yet" in baogong("directory", "purge", "--due")
    assert doors(data) == {"12-501": True}
    monkeypatch.setenv("BAOGONG_DIRECTORY_DAYS", "14")
    assert "1 entries" in baogong("directory", "purge", "--due")
    assert doors(data) == {}
    assert files_with_seeds(data) == {}
    assert "Nobody has said" in baogong("directory", "unlocked", "--withdraw")
