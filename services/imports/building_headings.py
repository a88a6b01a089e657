"""Lines in a table that head the rows below them with a building: 12号楼, 12号楼登记表."""

import re
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from domain.community.door_words import CHINESE, number
from infra.tables import Cell
from services.imports.headers import spoken
from services.imports.quantities import quantity_of, text_of

NUMBER = rf"(?:[0-9]{{1,3}}|[{CHINESE}]{{1,4}})"
BUILDING_ALONE = re.compile(rf"第?(?P<building>{NUMBER}(?:号楼?|栋|幢|座|#))[:。]?")
HEADING_OF_A_PART = re.compile(
    rf"第?(?P<building>{NUMBER}(?:号楼?|栋|幢|座|#))的?(?:居民|住户|业主|邻居)?(?:登记|统计|接龙|报名|订购|团购|订单|名单)?(?:表|单)?"
    r"(?:\((?:团长|楼长|楼组长|负责人|联系人)[^()]*\)|\(?[合总小一]?[计共]:?[1-9][0-9]{0,3}(?:份|户|单|件|箱|人|家)\)?|"
    r"\([1-9][0-9]{0,2}[户家人]\)|\((?:封控中?|管控中?|已?解封|封控区|管控区|防范区)\))?[:。]?"
)
"""13号楼（团长：14-502）, 13号楼团购, 13幢 共5户: a heading, or the end of that building's part."""
OF_A_PERSON = re.compile(
    rf"第?(?P<building>{NUMBER}(?:号楼|号?[栋幢]|#楼|座))[-:]?\(?(?!团长|楼长|组长)"
    rf"[^0-9{CHINESE}、,;()]{{1,3}}(?:阿姨|叔叔|老师|先生|女士|小姐|大姐|大哥|师傅|阿婆|爷叔|姐|哥)\)?"
)
"""12号楼 王阿姨, 12号楼（王阿姨）: who collects there."""
OF_A_CAPTAIN = re.compile(
    rf"(?P<building>{NUMBER}(?:号楼|号?[栋幢]|#楼|座))[-:]?(?:团长|楼长|楼组长)[^0-9{CHINESE}、,;]{{0,6}}"
)
OF_A_LOOKER_AFTER = re.compile(
    rf"(?P<building>{NUMBER}(?:号楼|号?[栋幢]|#楼|座))[-:]?\(?(?:楼长|楼组长):?(?![^()]*[没未不请已勿停取暂])[^0-9{CHINESE}、,;()]{{1,5}}\)?"
)
OF_PERSONS = (OF_A_CAPTAIN, OF_A_PERSON, OF_A_LOOKER_AFTER)
OF_A_GOOD = re.compile(
    rf"第?(?P<building>{NUMBER}(?:号楼|号?[栋幢]|#楼|座))(?![^团登接统订]*[没未不请已勿停取暂无])[^0-9{CHINESE}、,;()]{{1,4}}(?:团购|登记|接龙|统计|订购)[表单]?[:。]?"
)
"""13号楼苹果团购; 13号楼还没登记 heads nothing."""
ANNOUNCED = re.compile(rf"(?P<word>楼号|楼栋|楼幢|栋号|幢号)[:：](?P<number>{NUMBER})(?:号楼?|[栋幢座#])?")
LED_IN = re.compile(r"^(?:以上[^,。;]*[,。;])?(?:以下|下面)的?(?:都|全部?|均)?(?:是|为)?(?=.)")
"""以上为12号楼，以下为13号楼 heads like 13号楼."""
OUTLINED = re.compile(r"^[一二三四五六七八九十]{1,2}、(?=[0-9])")
COUNTED = re.compile(r"\(?[合总小一]?[计共]?:?[1-9][0-9]{0,2}[户家人]\)$|[合总小一]?[计共]:?[1-9][0-9]{0,2}[户家人]$")
LONGEST_NUMBER = 2
"""Of a building; longer ones may be rooms."""
ROOM_ALONE = re.compile(r"[0-9]{3,4}室?")
"""A room of a list in which it ordered nothing ends no heading."""
BUILDING_IN_A_TITLE = re.compile(
    rf"第?(?P<building>{NUMBER}(?:号楼|号?[栋幢]|#楼|座))(?:的?(?:居民|住户|业主|邻居)?(?:[0-9]{{1,2}}月(?:[0-9]{{1,2}}[日号])?)?[^0-9{CHINESE}、,;]{{0,12}}(?:登记|统计|接龙|汇总|报名|订购|团购|订单|明细|派送|名单|清单)(?:表|单|名单|明细)?)?[:。]?"
)
"""12号登记表 may be the table of a day."""

AROUND_A_TITLE = re.compile(
    rf"^(?:20[0-9]{{2}}[年./-])?(?:0?[1-9]|1[0-2])月[0-3]?[0-9][日号](?={NUMBER}(?:号楼|栋|幢|座|#))|"
    rf"(?<=[楼栋幢座#表单团购计记])\(?(?:20[0-9]{{2}}[年./-])?(?:0?[1-9]|1[0-2])[月./][0-3]?[0-9][日号]?\)?$|"
    rf"\((?:楼长|楼组长|团长|组长|联系人|负责人)(?![^()]*(?:[没未不请已勿停取暂]|[{CHINESE}0-9]+[号楼栋幢#]))[^()]*\)$|"
    r"(?<=[楼栋幢座#表单计记])(?:楼长|楼组长):?(?![^()]*[没未不请已勿停取暂开发])[^0-9、,;()号楼栋幢]{1,6}(?:1[0-9]{10})?$"
)
"""The day and the captain of a building's own list."""
OF_A_ROUND = re.compile(
    rf"(?P<building>{NUMBER}(?:号楼|号?[栋幢]|#楼|座))(?:(?:0?[1-9]|1[0-2])月[0-3]?[0-9][日号])?"
    rf"[^0-9{CHINESE}、,;()没未不请已勿停取暂无送开自代长]{{1,10}}[团包][:。]?"
)
"""12号楼4月12日鸡蛋牛奶团, 12号楼蔬菜包."""


class HeadingRow(NamedTuple):
    building: str
    heads: bool
    """Nothing was ordered and nothing added up in this row, so that it can only head those below it."""
    at_door: bool
    """Its building stands where a door does, and not in a note perhaps."""


NONE_BESIDE: Final[Mapping[int, HeadingRow]] = MappingProxyType({})


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
    known = number(spoken(text)) if at not in counted else None
    return text if known and len(known) <= LONGEST_NUMBER else None


def headed(
    lines: Iterable[tuple[int, str | None]], building: str = "", beside: Mapping[int, HeadingRow] = NONE_BESIDE
) -> Iterator[tuple[int, str]]:
    """By row: the building of the heading above it, in a table whose rows name only rooms.

    ``beside`` are rows that name a building and say something else, too: they end the building above, whatever it is.
    """
    rows_since = False
    for index, text in lines:
        row = beside.get(index) if text is None else None
        if text is not None and ROOM_ALONE.fullmatch(spoken(text)):
            continue
        if row and (row.at_door or bare_number(row.building) != bare_number(building)):
            if building:
                yield index, building
            heads = row.heads and not _may_end_its_part(row.building, building, rows_since=rows_since)
            building, rows_since = row.building if heads else "", False
        elif text is not None:
            heading = BUILDING_ALONE.fullmatch(spoken(text))
            forms = () if heading else (HEADING_OF_A_PART, OF_A_PERSON, OF_A_LOOKER_AFTER, OF_A_GOOD)
            part = next((found for form in forms if (found := form.fullmatch(spoken(text)))), None)
            if part and _may_end_its_part(part["building"], building, rows_since=rows_since):
                part = None
            found = heading or part
            building, rows_since = found["building"] if found else "", False
        else:
            rows_since = True
            if building:
                yield index, building


def _may_end_its_part(named: str, above: str, *, rows_since: bool) -> bool:
    """Below rows of no building, or of its own, a heading may stand at the end of its part."""
    return rows_since and (not above or bare_number(named) == bare_number(above))


def bare_number(building: str) -> str:
    """1号楼 and 1栋 may be one building."""
    bare = building.rstrip("号楼栋幢座#")
    return number(bare) or bare


def building_above(rows: Iterable[list[Cell]], own_names: Collection[str]) -> str:
    """The one building that the lines above the header name."""
    found = {
        building.removesuffix("楼"): building
        for row in rows
        if (text := line_in(row)) and (building := _building_of_a_title(text, own_names))
    }
    return found.popitem()[1] if len(found) == 1 else ""


def _building_of_a_title(text: str, own_names: Collection[str]) -> str:
    """Without the day and the captain, who is of this building where the list has no other."""
    said, bare = "", spoken(heading_said(text, own_names))
    for name in own_names:
        bare = bare.removeprefix(spoken(name))
    while said != bare:
        said, bare = bare, AROUND_A_TITLE.sub("", bare)
    found = OF_A_ROUND.fullmatch(said)
    return building_in(said, own_names) or (found["building"] if found else "")


def heading_said(text: str, own_names: Iterable[str]) -> str:
    """A line without what a heading may wear: 【12号楼】, 一、12号楼, 楼号：12, or the compound's name before 12号楼."""
    said = spoken(text)
    if found := ANNOUNCED.fullmatch(said):
        return f"{found['number']}{'栋' if '栋' in found['word'] or '幢' in found['word'] else '号'}"
    said = OUTLINED.sub("", LED_IN.sub("", said))
    said = said[1:-1] if said[:1] + said[-1:] in {"【】", "[]", "「」", "『』", "《》"} else said
    for name in own_names:
        bare = said.removeprefix(spoken(name))
        if bare != said and BUILDING_ALONE.fullmatch(bare):
            return bare
    return said if BUILDING_ALONE.fullmatch(said) else text


def building_in(text: str, own_names: Iterable[str], *, of_a_sheet: bool = False) -> str:
    """The building that a heading, a title or a sheet's name says, behind the name of the compound perhaps.

    The captain of a building, named above a table, may have made it for all; one who has a sheet beside others has not.
    """
    said = spoken(text)
    for name in own_names:
        said = said.removeprefix(spoken(name))
    said = COUNTED.sub("", said)
    found = BUILDING_ALONE.fullmatch(said) or BUILDING_IN_A_TITLE.fullmatch(said)
    if not found and of_a_sheet:
        found = next((person for form in OF_PERSONS if (person := form.fullmatch(said))), None)
    return found["building"] if found else ""
