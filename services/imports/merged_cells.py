"""What a merged area says once, it says of every row it covers; quantities are not multiplied."""

from collections.abc import Iterable

from infra.tables import Cell
from services.imports.headers import Column, spoken_text
from services.imports.layouts import Layout, filled
from services.imports.quantities import said_in

COUNTED: tuple[Column, ...] = ("quantity", "portions", "sold")


class Row(list[Cell]):
    """The cells of a row, and what each says in one way of writing: it is asked for many times."""

    __slots__ = ("said",)

    def __init__(self, cells: Iterable[Cell]) -> None:
        super().__init__(cells)
        self.said = [spoken_text(cell) if isinstance(cell, str) else said_in(cell) for cell in self]


def filled_rows(layout: Layout) -> tuple[list[Row], set[tuple[int, int]]]:
    """Rows of one width in which a merged area says in every cell what it says once; quantities are not multiplied."""
    sheet = layout.sheet
    width = max((len(row) for row in sheet.rows), default=0)
    rows = [[*row, *([""] * (width - len(row)))] for row in sheet.rows]
    counted = {*layout.at(*COUNTED), *(good.column for good in layout.goods)}
    merged: set[tuple[int, int]] = set()
    for area in sheet.merged:
        if area.top <= layout.header:
            continue
        bottom, right = min(area.bottom, len(rows) - 1), min(area.right, width - 1)
        if area.top > bottom or area.left > right:
            continue
        said = rows[area.top][area.left]
        for index in range(area.top, bottom + 1):
            for column in range(area.left, right + 1):
                if column in counted:
                    merged.add((index, column))
                else:
                    rows[index][column] = said
    if said_to := _comments(layout):
        header = rows[layout.header]
        rows = [
            [*row, said_to.get(index, "") if row != header and _is_no_line(row) else ""]
            for index, row in enumerate(rows)
        ]
    return [Row(row) for row in rows], merged


def comment_column(layout: Layout) -> tuple[int, ...]:
    """Where the comments on the cells of a row stand, behind its cells; nowhere if there are none."""
    return (max((len(row) for row in layout.sheet.rows), default=0),) if _comments(layout) else ()


def _is_no_line(row: Iterable[Cell]) -> bool:
    """A heading of a building stays one, whatever somebody wrote to it."""
    return len({cell for cell in row if filled(cell)}) > 1


def _comments(layout: Layout) -> dict[int, str]:
    """Comments by the index of their row; one on a merged cell is said of all its rows."""
    if not layout.sheet.comments:
        return {}
    bottoms = {area[:2]: area.bottom for area in layout.sheet.merged}
    said: dict[int, list[str]] = {}
    for row, column, text in layout.sheet.comments:
        for index in range(
            max(row, layout.header + 1), min(bottoms.get((row, column), row), len(layout.sheet.rows)) + 1
        ):
            said.setdefault(index, []).append(text)
    return {index: "；".join(texts) for index, texts in said.items()}
