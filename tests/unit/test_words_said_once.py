"""What is worked out once for the same words: what looks equal and is not stays apart, and large tables stay quick."""

import cProfile
import gc
from datetime import date

import pytest
import structlog
from order_files import DOOR, FLOORS, GOODS, csv_bytes, large_book, reading, reasons, roster

from infra.tables import Sheet, open_tables
from services import cli
from services.garbage import SELDOM
from services.imports.layouts import counts
from services.imports.merged_cells import Row
from services.imports.orders import read_orders

CALLS_A_ROW, CALLS_A_GOOD = 600, 80


def test_a_row_says_its_cells_in_one_way_of_writing():
    row = Row(["Ｔｏｔａｌ ", 501.0, 1, True, None, "", date(2022, 4, 1)])
    assert row.said == ["total", "501", "1", "true", "", "", "2022-04-01"]
    assert row == ["Ｔｏｔａｌ ", 501.0, 1, True, None, "", date(2022, 4, 1)]


def test_true_is_no_quantity_beside_ones():
    assert not counts([True, True, True])
    assert not counts([1, *[True] * 9, *["a long sentence of its own"] * 9])
    sheet = Sheet("a", [[*DOOR, "苹果", "梨"], *[[1, "101", 1, ""], [1, "102", True, ""], [1, "103", 2, 1]]])
    assert reasons(read_orders([sheet], roster())) == ["ok", "quantity-unreadable", "ok", "ok"]


def test_who_says_the_same_twice_is_a_twin_and_who_shares_a_door_is_none():
    header = ["姓名", *GOODS]
    read = reading(header, ["王", 1, "101", "苹果", 1], ["李", 1, "101", "苹果", 1], ["王", 1, "101", "苹果", 1])
    assert [notice for notice in read.notices if "twice" in notice] == ["rows that say the same twice, all are kept: 4"]
    assert len({row.digest for row in read.rows}) == len(read.rows)


def calls(table: bytes, name: str) -> int:
    """How often a function is called to read it: unlike time the same on every machine."""
    sheets, known = open_tables(table, name), roster()
    read_orders(sheets, known)  # what a roster works out once is worked out
    profile = cProfile.Profile()
    profile.runcall(read_orders, sheets, known)
    return sum(each.callcount for each in profile.getstats())


def test_a_row_costs_few_calls():
    orders = 2000
    assert calls(large_book(orders), "a.xlsx") < CALLS_A_ROW * orders


def test_a_cell_of_a_table_with_a_column_per_good_costs_few_calls():
    goods = [f"商品{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWX"]
    rows = [[n % 7 + 1, FLOORS[n % 72], f"某{n}", *[1] * len(goods)] for n in range(200)]
    assert calls(csv_bytes([[*DOOR, "姓名", *goods], *rows]), "a.csv") < CALLS_A_GOOD * len(rows) * len(goods)


def test_the_command_line_seeks_garbage_seldom(monkeypatch: pytest.MonkeyPatch):
    """A large table makes many objects in no time, and none of them in a circle."""
    before, configured = gc.get_threshold(), structlog.get_config()
    monkeypatch.setattr(cli, "command_line", lambda _: lambda: None)
    try:
        cli.main()
        assert gc.get_threshold() == SELDOM
    finally:
        gc.set_threshold(*before)
        structlog.configure(**configured)
