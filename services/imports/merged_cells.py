"""What a merged area says once, it says of every row it covers; quantities are not multiplied."""

from collections.abc import Iterable

from infra.tables import Cell
from services.imports.headers import Column
from services.imports.layouts import Layout
from services.imports.quantities import said_in

COUNTED: tuple[Column, ...] = ("quantity", "portions", "sold")


class Row(list[Cell]):
    """The cells of a row, and what each says in one way of writing: it is asked for many times."""

    __slots__ = ("said",)

    def __init__(self, cells: Iterable[Cell]) -> None:
        super().__init__(cells)
        self.said = list(map(said_in, self))


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
    return [Row(row) for row in rows], merged
