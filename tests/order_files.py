"""Invented tables as people bring them; nobody in them exists."""

import csv
import io
from collections.abc import Sequence

import xlsxwriter

from domain.community.doors import DoorSettings, Roster
from infra.tables import open_tables
from services.imports.orders import OrderReading, read_orders

FLOORS = tuple(f"{floor}{door:02}" for floor in range(1, 19) for door in range(1, 5))
VILLAS = frozenset({"29", "30"})
LONG_HEADER = (
    "下单人",
    "团员备注",
    "跟团号",
    "商品",
    "规格",
    "数量",
    "订单金额",
    "退款金额",
    "订单状态",
    "详细地址",
    "房号（如606）",
    "楼号（如10）",
)
WIDE_HEADER = ("跟团号", "下单人", "详细地址", "荔枝(每箱四斤)", "鸡蛋(30枚/盒)", "几号楼", "几室", "是否封控楼栋")


def roster(**settings) -> Roster:
    said = {"names": ("锦绣苑",), "streets": ("某路168弄",), "towns": ("上海市", "某区"), "blocks": "same", **settings}
    rooms = {str(number): frozenset(FLOORS) for number in range(1, 41) if str(number) not in VILLAS}
    return Roster(settings=DoorSettings(**said), rooms=rooms, villas=VILLAS)


def workbook(
    *sheets: tuple[str, Sequence[Sequence[object]]], merged: Sequence[tuple] = (), formulas: Sequence[tuple] = ()
) -> bytes:
    """An xlsx; merged areas (top, left, bottom, right, text) and formulas (row, column, formula, value) are of the first sheet."""
    whole = io.BytesIO()
    with xlsxwriter.Workbook(whole, {"in_memory": True, "strings_to_formulas": False}) as book:
        for at, (name, rows) in enumerate(sheets):
            sheet = book.add_worksheet(name)
            for index, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if cell is not None:
                        sheet.write(index, column, cell)
            if at == 0:
                for top, left, bottom, right, text in merged:
                    sheet.merge_range(top, left, bottom, right, text)
                for row, column, formula, value in formulas:
                    sheet.write_formula(row, column, formula, value=value)
    return whole.getvalue()


def csv_bytes(rows: Sequence[Sequence[object]], encoding: str = "utf-8", separator: str = ",") -> bytes:
    written = io.StringIO()
    csv.writer(written, delimiter=separator).writerows(rows)
    return written.getvalue().encode(encoding)


def long_row(  # noqa: PLR0913 — a row has that many cells
    *,
    building="12",
    room="501",
    item="荔枝(每箱四斤)",
    spec="每箱四斤",
    quantity=1,
    address="",
    state="已支付",
    amount=50,
    refund=0,
    person="王某",
    number="1",
    note="",
):
    return (person, note, number, item, spec, quantity, amount, refund, state, address, room, building)


def long_book(*rows) -> bytes:
    return workbook(("顾客购买表", (LONG_HEADER, *rows)))


def large_book(orders: int = 12_000, lines: int = 2) -> bytes:
    """As many rows as a file may hold, with what belongs to the household merged over its lines."""
    rows, areas = [LONG_HEADER], []
    for order in range(orders // lines):
        building, room = str(order % 28 + 1), FLOORS[order % len(FLOORS)]
        for line in range(lines):
            row = long_row(
                building=building,
                room=room,
                number=str(order),
                person=f"某{order}",
                quantity=line + 1,
                address=f"某路168弄{building}号{room}室",
            )
            if line:
                row = tuple(cell if at in {2, 3, 4, 5} else None for at, cell in enumerate(row))
            else:
                areas += [
                    (len(rows), at, len(rows) + lines - 1, at, cell)
                    for at, cell in enumerate(row)
                    if at not in {2, 3, 4, 5}
                ]
            rows.append(row)
    return workbook(("顾客购买表", rows), merged=areas)


DOOR = ["楼号", "房号"]
GOODS = [*DOOR, "商品", "数量"]


def reading(*rows: Sequence[object]) -> OrderReading:
    """What is read of a table against the roster above."""
    return read_orders(open_tables(csv_bytes(rows), "a.csv"), roster())


def reasons(read: OrderReading) -> list[str]:
    """Why each row is not clear, or its outcome."""
    return [row.reason or row.outcome for row in read.rows]
