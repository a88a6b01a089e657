"""Finds the sheet with the orders by its header row, and says which column means what."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from infra.tables import Cell, Sheet
from services.imports.headers import BRACKETS, Column, building_added_up, column_of, is_total, spoken
from services.imports.quantities import NAMED_COUNT, UNIT_LIKE, good_and_unit, good_key, nearly_counts, quantity_of

HEADER_WITHIN = 40
DOOR_COLUMNS: tuple[Column, ...] = ("whole", "building", "block", "room", "address")
ORDER_COLUMNS: tuple[Column, ...] = (
    *DOOR_COLUMNS,
    "unit",
    "phase",
    "lane",
    "item",
    "spec",
    "quantity",
    "portions",
    "sold",
)
GOODS_SHARE = 0.5
QUESTION_NUMBER = re.compile(r"^\s*[0-9]{1,2}\s*[、.．]\s*(?=[^0-9])")
SHOWN_COLUMNS = 30
NO_NAME = re.compile(rf"^[大中小特]|^[红绿黄白黑]$|{UNIT_LIKE.pattern}", re.IGNORECASE)
Kind = Literal["long", "wide", "summary", "pickup", "no-door", "no-quantity", "other"]


class UnreadableTable(Exception):  # noqa: N818 — a sentence to a person, not an error of the program
    """A table that cannot be read as a whole; ``row`` is where, if it is one row."""

    def __init__(self, reason: str, text: str, row: int | None = None) -> None:
        super().__init__(f"{reason}: {text}")
        self.reason = reason
        self.text = text
        self.row = row


class GoodColumn(NamedTuple):
    column: int
    item: str
    unit: str


class Layout(NamedTuple):
    sheet: Sheet
    header: int
    columns: dict[Column, list[int]]
    kind: Kind
    goods: tuple[GoodColumn, ...] = ()
    unused: tuple[str, ...] = ()
    """Headers nobody knows; where no quantity was found, those that may be it."""

    nameless: str = ""
    """The letter of a column that holds quantities and has no name: who ordered only that would be lost."""

    def at(self, *columns: Column) -> tuple[int, ...]:
        return tuple(index for column in columns for index in self.columns.get(column, ()))

    def read_columns(self) -> list[tuple[int, str]]:
        """The columns that make an order: its door, its goods and how many."""
        header = self.sheet.rows[self.header]
        places = {*self.at(*ORDER_COLUMNS), *(good.column for good in self.goods)}
        return [(at, _short(str(header[at]))) for at in sorted(places)]

    def seen(self) -> str:
        names = [str(cell).strip() for cell in self.sheet.rows[self.header] if isinstance(cell, str) and cell.strip()]
        return ", ".join(" ".join(name.split())[:40] for name in names[:SHOWN_COLUMNS])


def header_layouts(sheets: Iterable[Sheet]) -> list[Layout]:
    """The sheets that have a header row, and what their columns mean."""
    return [_columns(*_in_one_row(sheet, header)) for sheet in sheets if (header := _header_row(sheet)) is not None]


def layouts(sheets: Iterable[Sheet]) -> list[Layout]:
    """What each sheet with a header row is, and which of its columns are goods."""
    known = header_layouts(sheets)
    goods = {
        good_key(*good_and_unit(row[at], ""))[0]
        for layout in known
        if layout.kind == "summary"
        for at in layout.at("item")
        for row in layout.sheet.rows[layout.header + 1 :]
        if at < len(row) and row[at]
    }
    return [_with_goods(layout, goods) for layout in known]


def _header_row(sheet: Sheet) -> int | None:
    best, most = None, 1
    for index, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        meanings = [column_of(cell) for cell in row]
        known = {meaning for meaning in meanings if meaning is not None}
        telling = known & {*DOOR_COLUMNS, "item", "spare_address"}
        points = sum(1 for meaning in meanings if meaning) if telling else 0
        if points > most or (points == 1 and best is None and len([cell for cell in row if spoken(cell)]) > 1):
            best, most = index, max(points, 1)
    return best


def _in_one_row(sheet: Sheet, header: int) -> tuple[Sheet, int]:
    """A header of two rows as one: below 水果 stand 苹果 and 梨, below 住址 楼号 and 室号."""
    above = sheet.rows[header]
    below = sheet.rows[header + 1] if header + 1 < len(sheet.rows) else []
    said = {index: cell for index, cell in enumerate(below) if _filled(cell)}
    known = {index for index, cell in enumerate(above) if column_of(cell)}
    if not any(index not in known for index in said) or not all(
        isinstance(cell, str)
        and not (is_total(cell) or building_added_up(cell))
        and not isinstance(quantity_of(cell, blank_is_none=True), int)
        for cell in said.values()
    ):
        return sheet, header
    if any(index in known and column_of(cell) is None for index, cell in said.items()):
        return sheet, header
    if not any(_shares_its_header(above, index) for index in said):
        return sheet, header  # a row of prices, or of what the goods come in
    width = max(len(above), len(below))
    often = Counter(map(spoken, said.values()))
    joined = [
        _joined(_header_over(above, index), said[index], alone=often[spoken(said[index])] == 1)
        if index in said
        else above[index]
        if index < len(above)
        else ""
        for index in range(width)
    ]
    rows = [*sheet.rows[: header + 1], joined, *sheet.rows[header + 2 :]]
    return sheet._replace(rows=rows), header + 1


def _shares_its_header(above: Sequence[Cell], index: int) -> bool:
    """Whether one header stands over this column and the one before, merged or written again."""
    if index >= len(above) or not _filled(above[index]):
        return True
    return index > 0 and column_of(above[index]) is None and spoken(above[index]) == spoken(above[index - 1])


def _header_over(above: Sequence[Cell], index: int) -> str:
    over = next((cell for cell in reversed(above[: index + 1]) if _filled(cell)), "")
    return "" if column_of(over) else str(over).strip()


def _joined(over: str, said: Cell, *, alone: bool) -> Cell:
    """苹果 below 水果 is a name; 大箱 below 苹果 is none, and neither is what stands there twice."""
    if not over or column_of(said) or (alone and not NO_NAME.search(spoken(said))):
        return said
    return f"{over} {str(said).strip()}"


def _columns(sheet: Sheet, header: int) -> Layout:
    columns: dict[Column, list[int]] = {}
    for index, cell in enumerate(sheet.rows[header]):
        if meaning := column_of(cell):
            columns.setdefault(meaning, []).append(index)
    if "spare_address" in columns and "address" not in columns and "pickup" not in columns:
        columns["address"] = columns["spare_address"]
    layout = Layout(sheet, header, columns, "other")
    if "spare_item" in columns and "item" not in columns and (_has_counts(layout) or len(_counting(layout)) <= 1):
        columns["item"] = columns["spare_item"]
    return layout._replace(kind=_kind(layout))


def _kind(layout: Layout) -> Kind:
    columns = layout.columns
    door = any(part in columns for part in DOOR_COLUMNS)
    counts = _has_counts(layout)
    if "item" in columns and counts and not door:
        if "pickup" in columns and not {"person", "number"} & columns.keys():
            return "pickup"
        return "no-door" if "person" in columns else "summary"
    if "item" in columns and door:
        return "long" if counts else "no-quantity"
    return "other"


def _has_counts(layout: Layout) -> bool:
    return any(part in layout.columns for part in ("quantity", "portions", "sold"))


def _unknown(layout: Layout) -> list[tuple[int, str]]:
    """The columns whose header nobody knows."""
    header = layout.sheet.rows[layout.header]
    named = [(at, cell) for at, cell in enumerate(header) if isinstance(cell, str) and cell.strip()]
    return [(at, cell) for at, cell in named if column_of(cell) is None]


def _below(layout: Layout, column: int) -> list[Cell]:
    return [row[column] for row in layout.sheet.rows[layout.header + 1 :] if column < len(row)]


def _counting(layout: Layout) -> list[int]:
    return [at for at, _ in _unknown(layout) if _counts(_below(layout, at))]


def _names_a_count(header: str) -> bool:
    return NAMED_COUNT.fullmatch(BRACKETS.sub("", spoken(header))) is not None


def _with_named_count(layout: Layout) -> Layout:
    """箱数 beside a column of goods is their quantity, where it is the only such column."""
    counts = [at for at, header in _unknown(layout) if _names_a_count(header)]
    if len(counts) != 1:
        return layout
    return layout._replace(columns={**layout.columns, "quantity": counts}, kind="long")


def _with_goods(layout: Layout, summary_goods: set[str]) -> Layout:
    if layout.kind == "no-quantity":
        layout = _with_named_count(layout)
    unknown = [(at, header) for at, header in _unknown(layout) if at not in layout.at("quantity")]
    if layout.kind == "no-quantity" and _names_goods(layout):
        return layout._replace(unused=tuple(_short(header) for at, header in unknown if at in _counting(layout)))
    if layout.kind == "long":
        return layout._replace(
            unused=tuple(_short(each) for at, each in unknown if any(map(_filled, _below(layout, at))))
        )
    if layout.kind not in {"other", "no-quantity"}:
        return layout
    goods, unused = [], []
    for index, header in unknown:
        item, unit = good_and_unit(QUESTION_NUMBER.sub("", header), "")
        below = _below(layout, index)
        if good_key(item, unit)[0] in summary_goods or (_counts(below) and not _names_a_count(header)):
            goods.append(GoodColumn(index, item, unit))
        elif any(map(_filled, below)):
            unused.append(_short(header))
    if not goods:
        return layout
    door = any(part in layout.columns for part in DOOR_COLUMNS)
    kind: Kind = "wide" if door else "no-door" if "person" in layout.columns else "other"
    return layout._replace(kind=kind, goods=tuple(goods), unused=tuple(unused), nameless=_nameless(layout, goods))


def _short(header: str) -> str:
    return " ".join(header.split())[:40]


def _names_goods(layout: Layout) -> bool:
    """Whether the column of goods says anything; else the goods are the other columns."""
    return any(_filled(cell) for at in layout.at("item") for cell in _below(layout, at))


def _nameless(layout: Layout, goods: Sequence[GoodColumn]) -> str:
    header, below = layout.sheet.rows[layout.header], layout.sheet.rows[layout.header + 1 :]
    first_known = min(at for places in layout.columns.values() for at in places) if layout.columns else 0
    for index in range(first_known, max((len(row) for row in below), default=0)):
        if index < len(header) and _filled(header[index]):
            continue
        rows = [
            row
            for row in below
            if index < len(row)
            and _filled(row[index])
            and not any(is_total(cell) or building_added_up(cell) for cell in row)
        ]
        if _counts([row[index] for row in rows]) and not all(_sum_of(row, goods) == row[index] for row in rows):
            return letters_of(index)
    return ""


def _sum_of(row: Sequence[Cell], goods: Sequence[GoodColumn]) -> int:
    said = (quantity_of(row[good.column], blank_is_none=True) for good in goods if good.column < len(row))
    return sum(quantity for quantity in said if isinstance(quantity, int))


def letters_of(index: int) -> str:
    """A, B, … Z, AA: a column as a table program names it."""
    letters = ""
    while index >= 0:
        letters = chr(ord("A") + index % 26) + letters
        index = index // 26 - 1
    return letters


def _filled(cell: Cell) -> bool:
    return cell is not None and bool(str(cell).strip())


def _counts(cells: Iterable[Cell]) -> bool:
    """Whether most of what stands in a column are quantities."""
    filled = [cell for cell in cells if _filled(cell) and not is_total(cell)]
    read = [quantity_of(cell, blank_is_none=True) for cell in filled]
    nearly = sum(1 for cell in filled if nearly_counts(cell))
    numbers = sum(1 for quantity in read if isinstance(quantity, int)) + nearly
    fitting = sum(1 for quantity in read if quantity != "unreadable") + nearly
    return numbers > 0 and fitting >= GOODS_SHARE * len(filled)
