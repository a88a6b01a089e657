"""Rows that name a building and no room, with something beside it: 13号楼 and 楼长王, 13号楼 and 0, 12号楼小计 and 2."""

import re
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import NamedTuple

from domain.community.door_words import CHINESE, PHONE, number
from domain.community.doors import Roster
from services.imports.building_headings import BUILDING_ALONE, HEADING_OF_A_PART, NUMBER, HeadingRow, bare_number
from services.imports.headers import building_added_up, is_total
from services.imports.layouts import Layout

MENTIONED = re.compile(rf"(?<![0-9{CHINESE}])第?(?P<building>{NUMBER}(?:号?楼|号?[栋幢]|#楼?|座))(?![层下门前])")
ANNOUNCED = re.compile(rf"(?:楼号|楼栋|楼幢|栋号|幢号|号楼)[:：]?(?P<building>{NUMBER})(?:号楼?|栋|幢|座|#)?")
"""楼号： and 13 beside each other."""
A_ROOM = re.compile(
    rf"(?<![0-9])[0-9]{{3,4}}(?![0-9份户单件箱盒袋元块人家])|[0-9{CHINESE}]号?[室户房]|[{CHINESE}]{{3,4}}"
)
BARE = re.compile(r"0?[1-9][0-9]?")
A_BUILDING_AT_LEAST = re.compile(
    rf"(?:第|no\.?|building|bldg\.?|b|楼号|楼栋|栋号)?:?(?P<number>0?[1-9][0-9]?|[{CHINESE}]{{1,3}})"
    r"(?:$|[号栋幢座#](?![0-9])|单元$|[区院梯门]$|\(|(?:汇总|计数|总计|合计|小计|总数|求和|total|count|sum)$)"
)
"""13号王, 13(王), building 13, 12 汇总."""
OF_PEOPLE = re.compile(
    r"(?:团长|楼长|楼组长|组长|负责人|联系人|志愿者).{0,12}|[合总小一]?[共计]?:?[0-9]{1,3}[户家人]|封控.{0,4}|解封"
)
NO_ROOM = {"-", "--", "—", "/", "无", "没有", "空", "小计", "合计", "总计", "共计"}
NOTHING = {"", "0", "-", "--", "—", "/", "无", "没有", "空", "0份", "零"}


class Places(NamedTuple):
    """Columns in which a row may name its building, its room, and what was ordered."""

    doors: Collection[int]
    rooms: Collection[int]
    ordered: Collection[int]


def headings_beside(
    texts: Mapping[int, Sequence[str]], layout: Layout, counted: Collection[int], roster: Roster
) -> dict[int, HeadingRow]:
    """Such rows by index, of the rows of a table whose headings name its buildings."""
    in_sets = {at for each in layout.sets for at in (each.item, each.quantity)}
    places = Places(
        doors={*layout.at("building", "block", "room", "whole", "number")},
        rooms=layout.at("room", "whole"),
        ordered={*counted, *in_sets, *layout.at("item")},
    )
    rooms = frozenset[str]().union(*roster.rooms.values())
    buildings = {key.building for key in roster.by_key}
    on_floors = bool(layout.at("floor"))
    found = (
        (index, heading_in(said, places, rooms) or (None if on_floors else _ends(said, places, rooms, buildings)))
        for index, said in texts.items()
    )
    return {index: row for index, row in found if row}


def heading_in(said: Sequence[str], places: Places, rooms: Collection[str]) -> HeadingRow | None:
    """What a row of several texts, in one way of writing, says in the place of a heading; ``rooms`` are on the roster."""
    if any(_is_a_room(said[at], rooms) for at in places.rooms):
        return None
    filled = [at for at, text in enumerate(said) if text]
    orders = any(said[at] not in NOTHING and not OF_PEOPLE.fullmatch(said[at]) for at in places.ordered)
    named = {building for at in filled if at in places.doors or at == filled[0] if (building := _alone(said[at]))}
    named |= {
        found["building"]
        for one, other in pairwise(filled)
        if {one, other} & {*places.doors} and (found := _of_two(said[one], said[other]))
    }
    sums = [added for at in filled if (added := building_added_up(said[at]))]
    bare = [said[at] for at in places.doors if BARE.fullmatch(said[at]) and said[at] not in rooms]
    mentioned = [found["building"] for at in filled if (found := MENTIONED.search(said[at]))]
    known = {bare_number(building) for building in (*named, *sums, *mentioned)}
    if not known:
        unread = bare and not orders and any(at not in places.doors for at in filled)
        return HeadingRow(bare[0], heads=False, at_door=True) if unread else None
    heads = len(known) == 1 and len(named) > 0 and not (orders or sums or any(is_total(said[at]) for at in filled))
    at_door = bool(named or sums) or any(MENTIONED.search(said[at]) for at in places.doors)
    return HeadingRow(next(iter([*named, *sums, *mentioned])), heads=heads, at_door=at_door)


def _ends(
    said: Sequence[str], places: Places, rooms: Collection[str], buildings: AbstractSet[str]
) -> HeadingRow | None:
    """A row that names no room where a room stands, and may head others by what nobody can tell: B13, 二期, 13.

    Where something was ordered, it has to name a building: the door of an order may be written in any way.
    """
    named = [text for at in places.rooms if (text := said[at])]
    if not named or any(text in NO_ROOM or _is_a_room(text, rooms) for text in named):
        return None
    orders = any(said[at] not in NOTHING and not OF_PEOPLE.fullmatch(said[at]) for at in places.ordered)
    found = [number(match["number"]) for text in named if (match := A_BUILDING_AT_LEAST.match(text))]
    if orders and buildings.isdisjoint(found):
        return None
    return HeadingRow("", heads=False, at_door=True)


def _alone(text: str) -> str:
    found = BUILDING_ALONE.fullmatch(text) or HEADING_OF_A_PART.fullmatch(text)
    return found["building"] if found else ""


def _of_two(one: str, other: str) -> re.Match[str] | None:
    """13 and 号楼 in two cells beside each other."""
    split = not _alone(one) and not _alone(other)
    return (BUILDING_ALONE.fullmatch(one + other) or ANNOUNCED.fullmatch(one + other)) if split else None


def _is_a_room(text: str, rooms: Collection[str]) -> bool:
    if not text:
        return False
    if text.upper() in rooms or text.removesuffix("号") in rooms:
        return True
    return not _alone(text) and A_ROOM.search(PHONE.sub("", MENTIONED.sub("", text))) is not None
