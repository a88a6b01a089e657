"""Which rows of a table stand below a heading that names their building, and what it says of rows that name their own."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from domain.community.door_words import number
from domain.community.doors import Roster
from services.imports.building_headings import (
    BUILDING_ALONE,
    NUMBER,
    bare_number,
    building_above,
    building_in,
    headed,
    heading_said,
    number_alone,
)
from services.imports.headers import spoken
from services.imports.headings_beside import headings_beside
from services.imports.layouts import Layout
from services.imports.merged_cells import Row

Lines = Sequence[tuple[int, str | None]]
BEGINS_WITH = re.compile(rf"(?<![0-9])({NUMBER})(?=号|栋|幢|座|#|-|楼|$)")
"""The building of a door, as far as its words say it plainly."""
ENDS = "-"
"""A line that is no heading."""


class UnderHeadings(NamedTuple):
    named: Mapping[int, str]
    """By row that names no building of its own: that of its heading."""
    beneath: Mapping[int, str]
    """By row that names its own building: that of the heading above it, which must not be another."""
    heads: Collection[int]
    """Rows that only head others, though they say more than one thing."""


def under_headings(
    layout: Layout, rows: Sequence[Row], lines: Lines, quantities: Collection[int], roster: Roster
) -> UnderHeadings:
    """Below columns that name buildings, headings count where the first row is one, up to a row that names its own.

    A row may name in its column a building that has no heading: a neighbour's order.
    """
    names, sheet = roster.settings.names, layout.sheet
    struck = {row for row, _ in (*sheet.struck, *sheet.partly_struck)}
    lines = [
        (index, heading_said(text, names) if text and index not in struck else text and ENDS) for index, text in lines
    ]
    buildings, whole = layout.at("building", "block"), layout.at("whole", "address")
    counted = {*quantities, *(good.column for good in layout.goods)}
    if (buildings or whole) and not _begins_with_a_heading(layout, rows, lines, counted, roster):
        return UnderHeadings({}, _beneath_later_headings(rows, lines, (*buildings, *whole), roster), ())
    serial = layout.at("number")
    lines = [
        (index, text or number_alone(rows[index], counted, serial)) for index, text in lines if any(rows[index].said)
    ]
    header = rows[layout.header].said
    texts = {index: rows[index].said for index, text in lines if text is None and rows[index].said != header}
    beside = {
        index: row._replace(heads=row.heads and index not in struck)
        for index, row in headings_beside(texts, layout, counted, roster).items()
    }
    heads = {index for index, row in beside.items() if row.heads}
    if not buildings and not whole:
        above, of_sheet = building_above(rows[: layout.header], names), building_in(sheet.name, names)
        if of_sheet and not of_sheet.endswith("号") and bare_number(of_sheet) != bare_number(above):
            above = ""
        return UnderHeadings(dict(headed(lines, above, beside)), {}, heads)
    villas = set(map(bare_number, roster.villas))
    beneath = {index: named for index, named in headed(lines, "", beside) if bare_number(named) not in villas}
    if whole:
        return UnderHeadings({}, beneath, heads)
    named = {index for index, _ in lines if any(rows[index].said[at] for at in buildings)} - beside.keys()
    apart = ((index, ENDS if text is None and index in named else text) for index, text in lines)
    parts = set(map(bare_number, beneath.values()))
    beneath = {
        index: heading
        for index, heading in beneath.items()
        if any(bare_number(rows[index].said[at]) in parts for at in buildings)
    }
    return UnderHeadings(dict(headed(apart, "", beside)), beneath, heads)


def _beneath_later_headings(rows: Sequence[Row], lines: Lines, doors: Sequence[int], roster: Roster) -> dict[int, str]:
    """By row: a heading that is the first of the table and stands between orders; one may also end its own part."""
    beneath: dict[int, str] = {}
    if all(text is None for _, text in lines):
        return beneath
    villas = set(map(bare_number, roster.villas))
    heading, above, below = "", list[int](), list[int]()
    for index, text in (*lines, (len(rows), ENDS)):
        if text is None:
            below.append(index)
            continue
        if heading and heading not in villas:
            own = {at for at in below if _names(rows[at], doors, heading)}
            before = {at for at in above if _names(rows[at], doors, heading)}
            if own or not before:
                beneath |= dict.fromkeys(below, heading)
        found = BUILDING_ALONE.fullmatch(spoken(text))
        heading, above, below = bare_number(found["building"]) if found else "", below, []
    return beneath


def _names(row: Row, doors: Sequence[int], building: str) -> bool:
    return any(
        (number(found[1]) or found[1]) == building for at in doors if (found := BEGINS_WITH.search(row.said[at]))
    )


def _begins_with_a_heading(
    layout: Layout, rows: Sequence[Row], lines: Lines, counted: Collection[int], roster: Roster
) -> bool:
    """Whether the first row that says anything is one, with who collects there in a cell beside perhaps."""
    first = next(((index, text) for index, text in lines if text is not None or any(rows[index].said)), None)
    if first is None:
        return False
    index, text = first
    if text is not None:
        return building_in(text, ()) != ""
    beside = headings_beside({index: rows[index].said}, layout, counted, roster)
    return any(row.heads for row in beside.values())
