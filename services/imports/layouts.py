"""Finds the sheet with the orders by its header row, and says which column means what."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from domain.community.door_words import chinese_number
from infra.tables import Cell, Sheet
from services.imports.headers import Column, building_added_up, column_of, is_total, spoken
from services.imports.names_of_compounds import are_compounds
from services.imports.pivots import with_doors_named
from services.imports.quantities import PAID, SKIPPED, UNIT_LIKE, nearly_counts, quantity_of, text_of

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
SHORT_WORD = 4
NUMBERED = re.compile(
    r"(?P<before>[^0-9]*?)第?(?P<number>[0-9]{1,2}|[一二三四五六七八九十]{1,2})[个种件款项样]?(?P<behind>[^0-9]*)"
)
MAY_NAME_COMPOUNDS = ("项目", "名称")
A_FLAT = re.compile(r"[0-9]{3,4}")
WITH_A_DOOR = 3
"""A list of prices above the orders may have more columns that are known, and no door."""
SHOWN_COLUMNS = 30
NO_NAME = re.compile(rf"^[大中小特]|^[红绿黄白黑]$|{UNIT_LIKE.pattern}", re.IGNORECASE)
TELLS_STATE = {*PAID, *SKIPPED, *["否", "没有", "未", "没付", "没", "欠", "×", "x", "未收", "没收", "没收到", "未到账"]}
IN_A_SET: dict[Column, Column] = {
    "item": "item", "spare_item": "item", "quantity": "quantity", "portions": "quantity", "spec": "spec",
}  # fmt: skip
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
    doubt: str = ""
    """Why it may be no good at all."""
    ticked: bool = False
    """Nothing stands in it but ticks, one each, and crosses perhaps."""
    crosses: frozenset[str] = frozenset()
    """What says in a ticked column that none was ordered."""
    answered: bool = False
    """Nothing stands in it but 是, one each, and 否 perhaps."""


class GoodSet(NamedTuple):
    """Columns of a good, what it comes in, and how many, where a row names several goods: 商品1 数量1 商品2 数量2."""

    item: int
    quantity: int
    spec: int | None = None


class Layout(NamedTuple):
    sheet: Sheet
    header: int
    columns: dict[Column, list[int]]
    kind: Kind
    goods: tuple[GoodColumn, ...] = ()
    sets: tuple[GoodSet, ...] = ()
    sums: tuple[int, ...] = ()
    """Columns of a wide table that add up its goods."""
    unused: tuple[str, ...] = ()
    """Headers nobody knows; where no quantity was found, those that may be it."""

    nameless: str = ""
    """The letter of a column that holds quantities and has no name: who ordered only that would be lost."""

    titled: bool = False
    """No column names its good; the title does."""

    def at(self, *columns: Column) -> tuple[int, ...]:
        return tuple(index for column in columns for index in self.columns.get(column, ()))

    def read_columns(self) -> list[tuple[int, str]]:
        """The columns that make an order: its door, its goods and how many."""
        header = self.sheet.rows[self.header]
        in_sets = {at for each in self.sets for at in each if at is not None}
        places = {*self.at(*ORDER_COLUMNS), *(good.column for good in self.goods), *in_sets}
        return [(at, short(str(header[at]))) for at in sorted(places)]

    def unknown(self) -> list[tuple[int, str]]:
        """The columns whose header nobody knows."""
        header = self.sheet.rows[self.header]
        named = [(at, cell) for at, cell in enumerate(header) if isinstance(cell, str) and cell.strip()]
        return [(at, cell) for at, cell in named if column_of(cell) is None]

    def below(self, column: int) -> list[Cell]:
        return [row[column] for row in self.sheet.rows[self.header + 1 :] if column < len(row)]

    def counting(self) -> list[int]:
        """The unknown columns that hold quantities."""
        return [at for at, _ in self.unknown() if counts(self.below(at))]

    def seen(self) -> str:
        names = [str(cell).strip() for cell in self.sheet.rows[self.header] if isinstance(cell, str) and cell.strip()]
        return ", ".join(" ".join(name.split())[:40] for name in names[:SHOWN_COLUMNS])


def header_layouts(sheets: Iterable[Sheet]) -> list[Layout]:
    """The sheets that have a header row, and what their columns mean."""
    known = list(sheets)
    if found := _with_header(known):
        return found
    return _with_header(with_doors_named(sheet, HEADER_WITHIN) for sheet in known)


def _with_header(sheets: Iterable[Sheet]) -> list[Layout]:
    return [_columns(*_in_one_row(sheet, header)) for sheet in sheets if (header := _header_row(sheet)) is not None]


def _header_row(sheet: Sheet) -> int | None:
    best, most = None, 1
    for index, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        meanings = [column_of(cell) for cell in row]
        known = {meaning for meaning in meanings if meaning is not None}
        telling = known & {*DOOR_COLUMNS, "item", "spare_address"}
        points = sum(1 for meaning in meanings if meaning) if telling else 0
        points += WITH_A_DOOR if known.intersection(DOOR_COLUMNS) and points > 1 else 0
        if points > most or (points == 1 and best is None and len([cell for cell in row if spoken(cell)]) > 1):
            best, most = index, max(points, 1)
    return best


def _in_one_row(sheet: Sheet, header: int) -> tuple[Sheet, int]:
    """A header of two rows as one: below 水果 stand 苹果 and 梨, below 住址 楼号 and 室号."""
    above = sheet.rows[header]
    below = sheet.rows[header + 1] if header + 1 < len(sheet.rows) else []
    said = {index: cell for index, cell in enumerate(below) if filled(cell)}
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
    if index >= len(above) or not filled(above[index]):
        return True
    return index > 0 and column_of(above[index]) is None and spoken(above[index]) == spoken(above[index - 1])


def _header_over(above: Sequence[Cell], index: int) -> str:
    over = next((cell for cell in reversed(above[: index + 1]) if filled(cell)), "")
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
    _read_flats(layout)
    _read_compounds(layout)
    if "spare_item" in columns and "item" not in columns and (_has_counts(layout) or len(layout.counting()) <= 1):
        columns["item"] = columns["spare_item"]
    if "spare_state" in columns and any(
        _tells_state(cell) for at in layout.at("spare_state") for cell in layout.below(at)
    ):
        columns.setdefault("state", []).extend(columns["spare_state"])
    numbered = _numbered(layout)
    layout = layout._replace(sets=_sets(layout, numbered))
    if not layout.sets and "item" not in columns and (items := [each["item"] for each in numbered if "item" in each]):
        columns["item"] = items
    return layout._replace(kind=_kind(layout))


def _read_flats(layout: Layout) -> None:
    """Unit beside Address or Building is a flat and no unit of a good, where nothing but numbers stands below it."""
    header, columns = layout.sheet.rows[layout.header], layout.columns
    for at in layout.at("spec") if layout.at(*DOOR_COLUMNS) else ():
        said = {text_of(cell).strip() for cell in layout.below(at) if filled(cell)}
        if spoken(header[at]) != "unit" or not said or not all(map(str.isdecimal, said)):
            continue
        columns["spec"].remove(at)
        known = {"room", "whole"} & columns.keys() or not all(map(A_FLAT.fullmatch, said))
        columns.setdefault("other" if known else "room", []).append(at)
    if not columns.get("spec", [0]):
        del columns["spec"]


def _read_compounds(layout: Layout) -> None:
    """项目 beside 商品 is no good where nothing but compounds stand below it."""
    header, columns = layout.sheet.rows[layout.header], layout.columns
    items = layout.at("item")
    for at in items if len(items) > 1 else ():
        said = {spoken(cell) for cell in layout.below(at) if filled(cell) and not is_total(cell)}
        if spoken(header[at]).startswith(MAY_NAME_COMPOUNDS) and are_compounds(said):
            columns["item"].remove(at)
            columns.setdefault("compound", []).append(at)


def _tells_state(cell: Cell) -> bool:
    """Whether a column headed 付款 says who paid; else it says how (微信)."""
    return spoken(cell) in TELLS_STATE


def _numbered(layout: Layout) -> list[dict[Column, int]]:
    """商品1, 数量1, 商品二: which columns belong together."""
    numbered: dict[str, dict[Column, int]] = {}
    for at, cell in enumerate(layout.sheet.rows[layout.header]):
        if found := NUMBERED.fullmatch(re.sub(r"[()\[\]【】]", "", spoken(cell))):
            meaning = column_of(found["behind"] or found["before"])
            is_a_good = meaning in {"item", "spare_item"} and counts(layout.below(at))
            if meaning and not is_a_good and (meant := IN_A_SET.get(meaning)):
                numbered.setdefault(chinese_number(found["number"]) or found["number"], {})[meant] = at
    return list(numbered.values())


def _sets(layout: Layout, numbered: list[dict[Column, int]]) -> tuple[GoodSet, ...]:
    named = [each for each in numbered if "item" in each]
    if named and all("quantity" in each for each in named):
        return tuple(GoodSet(each["item"], each["quantity"], each.get("spec")) for each in named)
    items, quantities = layout.at("item"), layout.at("quantity") or layout.at("portions")
    in_turn = [at for pair in zip(items, quantities, strict=False) for at in pair]
    if len(items) == len(quantities) > 1 and in_turn == sorted(in_turn):
        specs = [
            next((at for at in layout.at("spec") if item < at < following), None)
            for item, following in zip(items, (*items[1:], len(layout.sheet.rows[layout.header])), strict=True)
        ]
        return tuple(map(GoodSet, items, quantities, specs))
    return ()


def _kind(layout: Layout) -> Kind:
    columns = layout.columns
    door = any(part in columns for part in DOOR_COLUMNS)
    if layout.sets:
        return "long" if door else "no-door"
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


def short(header: str) -> str:
    return " ".join(header.split())[:40]


def letters_of(index: int) -> str:
    """A, B, … Z, AA: a column as a table program names it."""
    letters = ""
    while index >= 0:
        letters = chr(ord("A") + index % 26) + letters
        index = index // 26 - 1
    return letters


def filled(cell: Cell) -> bool:
    return cell is not None and bool(str(cell).strip())


def counts(cells: Iterable[Cell]) -> bool:
    """Whether what stands in a column are quantities: most of it, or a few among words as short as they are."""
    often = Counter((type(cell), cell) for cell in cells)  # TRUE is not 1, though they are equal
    said = {cell: times for cell, times in often.items() if filled(cell[1]) and not is_total(cell[1])}
    read = {cell: quantity_of(cell[1], blank_is_none=True) for cell in said}
    nearly = sum(times for cell, times in said.items() if nearly_counts(cell[1]))
    numbers = sum(times for cell, times in said.items() if isinstance(read[cell], int)) + nearly
    fitting = sum(times for cell, times in said.items() if read[cell] != "unreadable") + nearly
    short_words = all(len(spoken(str(cell))) <= SHORT_WORD for _, cell in said)
    return numbers > 0 and (fitting >= GOODS_SHARE * sum(said.values()) or short_words)
