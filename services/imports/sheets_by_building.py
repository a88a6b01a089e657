"""A workbook with one sheet for each building: 1号楼, 2号楼, all with the same header."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence

from domain.community.door_words import number
from infra.tables import Cell, Merged, Sheet
from services.imports.building_headings import building_above, building_in
from services.imports.headers import spoken
from services.imports.layouts import DOOR_COLUMNS, Layout, header_layouts

Stated = tuple[int, dict[tuple[str, str], int], bool]


def joined_by_building(sheets: Sequence[Sheet], own_names: Iterable[str]) -> list[Sheet]:
    """All sheets as one, each below its name as a heading; as they are where one of them is something else."""
    names = tuple(own_names)
    used = [sheet for sheet in sheets if any(spoken(str(cell or "")) for row in sheet.rows for cell in row)]
    buildings = [building_in(sheet.name, names) for sheet in used]
    layouts = header_layouts(used)
    if len(used) < 2 or not all(buildings) or len(set(map(_number, buildings))) < len(used) or len(layouts) < len(used):  # noqa: PLR2004 — several
        return list(sheets)
    if len({_header(layout) for layout in layouts}) > 1 or not all(map(_is_plain, used, layouts)):
        return list(sheets)
    for building, layout in zip(buildings, layouts, strict=True):
        if building_above(layout.sheet.rows[: layout.header], names) not in {"", building}:
            return list(sheets)
    return [_joined(layouts, buildings)]


def _number(building: str) -> str:
    """1号楼 and 1栋 may be one building."""
    bare = building.rstrip("号楼栋幢座#")
    return number(bare) or bare


def _is_plain(sheet: Sheet, layout: Layout) -> bool:
    """Whether the header is one row, below which every column of a door may hold a heading."""
    return layout.sheet is sheet and bool(layout.at(*DOOR_COLUMNS))


def _header(layout: Layout) -> tuple[str, ...]:
    cells = [spoken(cell) for cell in layout.sheet.rows[layout.header]]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _joined(layouts: Sequence[Layout], buildings: Sequence[str]) -> Sheet:
    rows: list[list[Cell]] = []
    numbers: list[int] = []
    parts: list[int] = []
    merged: list[Merged] = []
    places: dict[str, set[tuple[int, int]]] = {"without_value": set(), "struck": set()}
    hidden_rows: set[int] = set()
    comments: list[tuple[int, int, str]] = []
    for layout, building in zip(layouts, buildings, strict=True):
        sheet, before = layout.sheet, numbers[-1] if numbers else 0
        heading: list[Cell] = [*[""] * layout.at(*DOOR_COLUMNS)[0], building]
        if not rows:
            rows, numbers, at = [heading, *map(list, sheet.rows)], [0], 1
        else:
            at = len(rows)
            rows += [*([] for _ in range(layout.header)), heading, *map(list, sheet.rows[layout.header + 1 :])]
        numbers += [before + sheet.number(index) for index in range(len(sheet.rows))]
        parts.append(before + 1)
        merged += [
            Merged(area.top + at, area.left, area.bottom + at, area.right)
            for area in sheet.merged
            if area.top > layout.header
        ]
        for field, known in places.items():
            known.update((row + at, column) for row, column in getattr(sheet, field))
        hidden_rows |= {row + at for row in sheet.hidden_rows}
        comments += [(row + at, column, text) for row, column, text in sheet.comments if row > layout.header]
    first = [f"{layout.sheet.name} from {part}" for layout, part in zip(layouts, parts, strict=True)]
    return Sheet(
        f"{layouts[0].sheet.name} … {layouts[-1].sheet.name}",
        rows,
        tuple(merged),
        row_numbers=tuple(numbers),
        without_value=frozenset(places["without_value"]),
        hidden_rows=frozenset(hidden_rows),
        hidden_columns=frozenset().union(*(layout.sheet.hidden_columns for layout in layouts)),
        struck=frozenset(places["struck"]),
        comments=tuple(comments),
        notices=(
            f"the sheets of the buildings were read as one, and their rows counted on: {', '.join(first)}",
            *dict.fromkeys(notice for layout in layouts for notice in layout.sheet.notices),
        ),
        file_name=layouts[0].sheet.file_name,
        parts=tuple(parts),
    )


def stated_together(stated: Sequence[Stated], parts: Sequence[int]) -> list[Stated]:
    """The totals of all parts of a joined sheet added up; none where a part says nothing."""
    if not parts:
        return list(stated)
    together: list[Stated] = []
    for of_all in (False, True):
        by_part: dict[int, dict[tuple[str, str], int]] = {}
        for row, counts, meant in stated:
            if meant is of_all:
                by_part.setdefault(bisect_right(parts, row), {}).update(counts)
        if len(by_part) == len(parts):
            sums = Counter[tuple[str, str]]()
            for counts in by_part.values():
                sums.update(counts)
            together.append((parts[-1], dict(sums), of_all))
    return together
