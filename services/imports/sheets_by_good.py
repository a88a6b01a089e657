"""A workbook with one sheet for each good: 苹果, 梨, all with the same header and a column that says how many."""

from collections.abc import Sequence

from infra.tables import Cell, Sheet
from services.imports.headers import spoken
from services.imports.layouts import DOOR_COLUMNS, Layout, counts, filled, header_layouts
from services.imports.quantities import good_and_unit, good_key
from services.imports.sheets_by_building import header_words, is_plain, joined
from services.imports.titles import is_surely_a_good

SEVERAL = 2


def joined_by_good(sheets: Sequence[Sheet]) -> list[Sheet]:
    """All sheets as one, with the name of each as the good of its rows; as they are where one of them is something else."""
    used = [sheet for sheet in sheets if any(spoken(str(cell or "")) for row in sheet.rows for cell in row)]
    if not any(_names_a_good(sheet) for sheet in used) or len(layouts := header_layouts(used)) < len(used):
        return list(sheets)
    summaries = [layout.sheet for layout in layouts if layout.kind == "summary"]
    layouts = [layout for layout in layouts if layout.kind != "summary"]
    names = {good_key(*good_and_unit(layout.sheet.name, "")) for layout in layouts if _names_a_good(layout.sheet)}
    if len(layouts) < SEVERAL or len(names) < len(layouts) or len(set(map(header_words, layouts))) > 1:
        return list(sheets)
    if not all(is_plain(layout, used) and _counts_one_good(layout) for layout in layouts):
        return list(sheets)
    width = max(len(row) for layout in layouts for row in layout.sheet.rows)
    with_goods = [layout._replace(sheet=_with_good(layout, width)) for layout in layouts]
    whole = joined(with_goods, [layout.sheet.name for layout in layouts])
    first = [f"{layout.sheet.name} from {part}" for layout, part in zip(layouts, whole.parts, strict=True)]
    told = (
        f"the sheets were read as one, each as the good it is called by, and their rows counted on: {', '.join(first)}"
    )
    return [whole._replace(buildings=(), notices=(told, *whole.notices[1:])), *summaries]


def _names_a_good(sheet: Sheet) -> bool:
    return is_surely_a_good(good_and_unit(sheet.name, "")[0])


def _counts_one_good(layout: Layout) -> bool:
    """Whether nothing but one column says how many, and none of what."""
    counted = layout.at("quantity", "portions")
    named = {"item", "spare_item", "spec", "title"} & layout.columns.keys()
    return len(counted) == 1 and not named and not layout.counting() and counts(layout.below(counted[0]))


def _with_good(layout: Layout, width: int) -> Sheet:
    """In rows that say how many and who: nobody ordered in a list of all doors where no number stands."""
    counted, naming = layout.at("quantity", "portions"), layout.at(*DOOR_COLUMNS, "person")
    rows: list[list[Cell]] = []
    for index, row in enumerate(layout.sheet.rows):
        padded: list[Cell] = [*row, *[""] * (width - len(row))]
        orders = any(filled(padded[at]) for at in counted) and any(filled(padded[at]) for at in naming)
        good = "商品" if index == layout.header else layout.sheet.name if index > layout.header and orders else ""
        rows.append([*padded, good])
    return layout.sheet._replace(rows=rows)
