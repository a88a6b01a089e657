"""Pivot tables of a table program, whose first column is called 行标签 whatever stands in it."""

import re
from collections.abc import Sequence
from typing import Final

from infra.tables import Cell, Sheet
from services.imports.headers import is_total, spoken

ROW_LABELS: Final = {"行标签", "rowlabels"}
A_DOOR: Final = re.compile(r"[0-9]{1,3}(?:号楼?|栋|幢|座|#|[-—–])[0-9]{3,4}室?")
DOORS: Final = "门牌号"


def with_doors_named(sheet: Sheet, within: int) -> Sheet:
    """The same; where whole doors stand below 行标签, it is called so. Beside the orders themselves it says nothing new."""
    for index, row in enumerate(sheet.rows[:within]):
        for at, cell in enumerate(row):
            if cell and spoken(cell) in ROW_LABELS and _are_doors(sheet.rows[index + 1 :], at):
                named = [*row[:at], DOORS, *row[at + 1 :]]
                return sheet._replace(rows=[*sheet.rows[:index], named, *sheet.rows[index + 1 :]])
    return sheet


def _are_doors(rows: Sequence[Sequence[Cell]], at: int) -> bool:
    said = {spoken(row[at]) for row in rows if at < len(row) and not is_total(row[at])} - {"", "(空白)", "(blank)"}
    return bool(said) and all(map(A_DOOR.fullmatch, said))
