"""A workbook with one sheet for each building: 1号楼, 2号楼, all with the same header."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from domain.community.doors import Roster, entrances_of
from domain.community.written_doors import write_apart
from infra.tables import Cell, Merged, Sheet
from services.imports.building_headings import bare_number, building_above, building_in, line_in
from services.imports.headers import Column, column_of, is_total, spoken
from services.imports.headings_beside import MENTIONED
from services.imports.layouts import DOOR_COLUMNS, Layout, filled, header_layouts
from services.imports.phone_numbers import without_phones
from services.imports.quantities import count_of, text_of

Stated = tuple[int, dict[tuple[str, str], int], bool]


SUMMARY = re.compile(r".{0,8}(?:汇总|合计|总计|统计|总表|总数).{0,4}|summary|totals?")
WITH_A_BUILDING: tuple[Column, ...] = ("building", "block", "whole", "address")
OF_HOUSEHOLDS: tuple[Column, ...] = ("room", "whole", "address", "person", "phone")


def joined_by_building(sheets: Sequence[Sheet], own_names: Iterable[str], *, asked_for: bool = False) -> list[Sheet]:
    """All sheets as one, each below its name as a heading; as they are where one of them is something else.

    A sheet that adds the others up is left beside them as what it says of each good. The name of
    a sheet that is alone counts where its rows name no buildings, or where a person asked for it (``asked_for``).
    """
    names = tuple(own_names)
    used = [sheet for sheet in sheets if any(spoken(str(cell or "")) for row in sheet.rows for cell in row)]
    layouts = header_layouts(used)
    if len(layouts) < len(used):
        return list(sheets)
    of_buildings = [layout for layout in layouts if not SUMMARY.fullmatch(spoken(layout.sheet.name))]
    alone = len(used) == 1 and not asked_for
    if alone and layouts[0].at(*WITH_A_BUILDING):
        return list(sheets)
    buildings = [building_in(layout.sheet.name, names, of_a_sheet=not alone) for layout in of_buildings]
    if not buildings or not all(buildings) or (alone and buildings[0].endswith("号")):
        return list(sheets)
    known = set(map(bare_number, buildings))
    if len(known) < len(of_buildings) or len(set(map(header_words, of_buildings))) > 1:
        return list(sheets)
    if not all(is_plain(layout, used) for layout in of_buildings):
        return list(sheets)
    for building, layout in zip(buildings, of_buildings, strict=True):
        above = layout.sheet.rows[: layout.header]
        if building_above(above, names) not in {"", building} or _named_first(above, names) - {bare_number(building)}:
            return list(sheets)
    summaries = [layout for layout in layouts if layout not in of_buildings]
    if len(of_buildings) < len(layouts) and (
        len(of_buildings) == 1 or not all(_sums_up(each, known) for each in summaries)
    ):
        return list(sheets)
    goods = {spoken(cell) for cell in of_buildings[0].sheet.rows[of_buildings[0].header]}
    whole = joined(of_buildings, buildings)
    passed_over = tuple(
        f"the sheet {without_phones(each.sheet.name)} adds up the sheets of the buildings and was not read as orders"
        for each in summaries
    )
    return [
        whole._replace(notices=(*whole.notices, *passed_over)),
        *(said for each in summaries for said in _said_of_goods(each, goods)),
    ]


def _named_first(rows: Iterable[list[Cell]], names: Iterable[str]) -> set[str]:
    """The buildings that lines above the header begin with: 13号楼苹果团."""
    lines = [spoken(text) for row in rows if (text := line_in(row))]
    for name in names:
        lines = [line.removeprefix(spoken(name)) for line in lines]
    return {bare_number(found["building"]) for line in lines if (found := MENTIONED.match(line))}


def building_of_part(sheet: Sheet, index: int) -> str | None:
    """The building whose sheet a row of a joined sheet comes from."""
    if not sheet.buildings:
        return None
    return sheet.buildings[max(bisect_right(sheet.parts, sheet.number(index)) - 1, 0)]


def may_be_of(building: str, sheet_of: str, roster: Roster) -> bool:
    """Whether a building of the roster may be the one that a sheet is called by; of what nobody can tell, it may."""
    written = write_apart(sheet_of, roster.settings)
    entrances = entrances_of(written, roster)
    if isinstance(entrances, str):
        entrances = (bare_number(sheet_of),) if entrances == "blocks-unset" else ()
    known = {key.building for key, names in roster.by_key.items() if building in names}
    return not entrances or not known or not known.isdisjoint(entrances)


def _sums_up(layout: Layout, buildings: AbstractSet[str]) -> bool:
    """Whether it names no households: a list of goods, or one of the very buildings that have a sheet."""
    if layout.at(*OF_HOUSEHOLDS) or layout.sets:
        return False
    named = layout.at("building", "block")
    said = [spoken(text_of(cell)) for at in named for cell in layout.below(at) if filled(cell) and not is_total(cell)]
    return (
        layout.kind == "summary" if not named else bool(said) and all(bare_number(text) in buildings for text in said)
    )


def _said_of_goods(layout: Layout, goods: AbstractSet[str]) -> list[Sheet]:
    """A summary as a list of goods, which is compared; nothing where it has neither that nor a column per good."""
    if layout.kind == "summary":
        return [layout.sheet]
    listed: list[list[Cell]] = [["商品", "数量"]]
    below = layout.sheet.rows[layout.header + 1 :]
    totals = [row for row in below if any(map(is_total, row))]
    for at, header in enumerate(layout.sheet.rows[layout.header]):
        if column_of(header) is None and spoken(header) in goods - {""}:
            counts = [count_of(row[at]) for row in totals or below if at < len(row)]
            listed.append([header, sum(count for count in counts if count is not None)])
    return [Sheet(layout.sheet.name, listed, file_name=layout.sheet.file_name)] if listed[1:] else []


def is_plain(layout: Layout, used: Iterable[Sheet]) -> bool:
    """Whether the header is one row, below which every column of a door may hold a heading."""
    return any(layout.sheet is sheet for sheet in used) and bool(layout.at(*DOOR_COLUMNS))


def header_words(layout: Layout) -> tuple[str, ...]:
    cells = [spoken(cell) for cell in layout.sheet.rows[layout.header]]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def joined(layouts: Sequence[Layout], buildings: Sequence[str]) -> Sheet:
    rows: list[list[Cell]] = []
    numbers: list[int] = []
    parts: list[int] = []
    merged: list[Merged] = []
    places: dict[str, set[tuple[int, int]]] = {"without_value": set(), "struck": set(), "partly_struck": set()}
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
    alone = len(layouts) == 1
    told = (
        f"the building was taken from the name of the sheet: {buildings[0]}"
        if alone
        else f"the sheets of the buildings were read as one, and their rows counted on: {', '.join(first)}"
    )
    return Sheet(
        layouts[0].sheet.name if alone else f"{layouts[0].sheet.name} … {layouts[-1].sheet.name}",
        rows,
        tuple(merged),
        row_numbers=tuple(numbers),
        without_value=frozenset(places["without_value"]),
        hidden_rows=frozenset(hidden_rows),
        hidden_columns=frozenset().union(*(layout.sheet.hidden_columns for layout in layouts)),
        struck=frozenset(places["struck"]),
        partly_struck=frozenset(places["partly_struck"]),
        comments=tuple(comments),
        notices=(
            told,
            *dict.fromkeys(notice for layout in layouts for notice in layout.sheet.notices),
        ),
        file_name=layouts[0].sheet.file_name,
        parts=() if alone else tuple(parts),
        buildings=tuple(buildings),
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
