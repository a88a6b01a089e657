"""I1: how long a person waits for the preview of the largest table that may be imported."""

import subprocess
import sys
from pathlib import Path
from time import perf_counter

from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from benchmarks.figures import Bar, Measured, Rounds, Sizes

ORDERS = 12_000
LINES = 2
HEADER = ("下单人", "跟团号", "商品", "规格", "数量", "订单金额", "订单状态", "详细地址", "楼号", "房号", "团员备注")
OF_A_LINE = {1, 2, 3, 4}
"""Columns that stand in every row; the others are merged over an order's lines."""
ROSTER = ("--name", "锦绣苑", "--street", "某路168弄", "--blocks", "same", "--pattern", "1-28号: 1-18层 x 01-04")


def measure(work: Path, sizes: Sizes) -> Measured:
    table, data = work / "large.xlsx", work / "import"
    write_table(table)
    if not data.exists():
        told("import", "households", *ROSTER, "--compound", "bench", "--data", str(data))
    preview = ("import", "orders", str(table), "--compound", "bench", "--data", str(data), "--preview", "--json")
    times = Rounds()
    for _ in range(sizes.rounds):
        begun = perf_counter()
        rows = told(*preview).count("\n")
        times.ours.append(perf_counter() - begun)
        if rows != ORDERS:
            raise RuntimeError(f"{rows} rows of {ORDERS} were told")
        begun = perf_counter()
        sheet = CalamineWorkbook.from_path(str(table)).get_sheet_by_index(0)
        sheet.to_python()
        times.baseline.append(perf_counter() - begun)
    return Measured(
        "I1",
        "preview of a table of 12,000 rows",
        f"`baogong import orders FILE --preview --json` as a process of its own, from its start to its end, on an xlsx of "
        f"{ORDERS:,} rows with what belongs to a household merged over {LINES} rows; beside it python-calamine, which only opens it.",
        [times.figure("from start to end", "s", Bar(most=5), "python-calamine alone, in this process")],
    )


def told(*words: str) -> str:
    """What the command line prints; raises CalledProcessError where it fails."""
    command = [sys.executable, "-m", "services.cli", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def write_table(path: Path) -> None:
    with Workbook(str(path)) as book:
        sheet = book.add_worksheet("顾客购买表")
        sheet.write_row(0, 0, HEADER)
        for order in range(ORDERS // LINES):
            building, floor, door = order % 28 + 1, order % 18 + 1, order % 4 + 1
            room = f"{floor}{door:02}"
            address = f"某路168弄{building}号{room}室"
            cells = (
                f"某{order}",
                order,
                "荔枝(每箱四斤)",
                "每箱四斤",
                1,
                50,
                "已支付",
                address,
                building,
                room,
                "请放门口",
            )
            top = order * LINES + 1
            for at, cell in enumerate(cells):
                if at in OF_A_LINE:
                    for line in range(LINES):
                        sheet.write(top + line, at, cell)
                else:
                    sheet.merge_range(top, at, top + LINES - 1, at, cell)
