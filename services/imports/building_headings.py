"""Lines in a table that head the rows below them with a building: 12号楼, 12号楼登记表."""

import re
from collections.abc import Container, Iterable, Iterator

from domain.community.door_words import CHINESE
from infra.tables import Cell
from services.imports.headers import spoken
from services.imports.quantities import quantity_of, text_of

NUMBER = rf"(?:[0-9]{{1,3}}|[{CHINESE}]{{1,4}})"
BUILDING_ALONE = re.compile(rf"第?(?P<building>{NUMBER}(?:号楼?|栋|幢|座|#))[:。]?")
ROOM_ALONE = re.compile(r"[0-9]{3,4}室?")
"""A room of a list in which it ordered nothing ends no heading."""
BUILDING_IN_A_TITLE = re.compile(
    rf"第?(?P<building>{NUMBER}(?:号楼|号?[栋幢]|#楼|座))(?:的?(?:居民|住户|业主|邻居)?(?:[0-9]{{1,2}}月(?:[0-9]{{1,2}}[日号])?)?[^0-9{CHINESE}、,;]{{0,12}}(?:登记|统计|接龙|汇总|报名|订购|团购|订单|明细|派送|名单|清单)(?:表|单|名单|明细)?)?[:。]?"
)
"""12号登记表 may be the table of a day."""


def line_in(row: list[Cell]) -> str | None:
    """One text and no more, perhaps merged over the whole row: a heading, or what the leader wrote below the table."""
    only: Cell = None
    for cell in row:
        said = cell.strip() if isinstance(cell, str) else cell
        if said is None or said in ("", only):
            continue
        if only is not None:
            return None
        only = said
    return None if only is None or isinstance(quantity_of(only, blank_is_none=False), int) else text_of(only)


def number_alone(row: list[Cell], counted: Container[int], serial: Container[int]) -> str | None:
    """A bare 13 beside nothing else than a serial number: perhaps the building of the rows below, so it ends a heading."""
    said = {text_of(cell).strip(): at for at, cell in enumerate(row) if at not in serial}
    said.pop("", None)
    if len(said) != 1:
        return None
    text, at = said.popitem()
    return text if at not in counted and re.fullmatch(r"[0-9]{1,2}", spoken(text)) else None


def headed(lines: Iterable[tuple[int, str | None]], building: str = "") -> Iterator[tuple[int, str]]:
    """By row: the building of the heading above it, in a table whose rows name only rooms."""
    for index, text in lines:
        if text is not None and ROOM_ALONE.fullmatch(spoken(text)):
            continue
        if text is not None:
            heading = BUILDING_ALONE.fullmatch(spoken(text))
            building = heading["building"] if heading else ""
        elif building:
            yield index, building


def building_above(rows: Iterable[list[Cell]], own_names: Iterable[str]) -> str:
    """The one building that the lines above the header name."""
    found = {building for row in rows if (text := line_in(row)) and (building := building_in(text, own_names))}
    return found.pop() if len(found) == 1 else ""


def building_in(text: str, own_names: Iterable[str]) -> str:
    """The building that a heading, a title or a sheet's name says, behind the name of the compound perhaps."""
    said = spoken(text)
    for name in own_names:
        said = said.removeprefix(spoken(name))
    found = BUILDING_ALONE.fullmatch(said) or BUILDING_IN_A_TITLE.fullmatch(said)
    return found["building"] if found else ""
