"""Rooms of others in the name of who ordered and in the name of a good: 代对门502, 12503李, 苹果 送13-601."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from domain.community.door_words import CHINESE, number
from domain.community.doors import Roster, household_id
from services.imports.forgetting import remembered
from services.imports.merged_cells import Row
from services.imports.notes import Notes

OF_OTHERS = re.compile(
    r"(?:代|帮|替|给|为|隔壁|对门|楼[上下])[一-鿿]{0,3}?([0-9]{3,4})(?![0-9元块斤克])|(?<![0-9])([0-9]{3,4})(?:代|室|房(?!子)|[转收拿领]$)|(?:转|转给|送|送到|@)([0-9]{3,4})(?![0-9元块斤克])"
)
FIRST = re.compile(r"([0-9]{3,4})(?=[一-鿿])(?![元块斤克年月日])")
"""Of a receiver; a nickname may begin with any number."""
GLUED = re.compile(r"(?<![0-9])[0-9]{5,6}(?![0-9])")
SENT_ON = re.compile(
    r"(?:送到?|给|代|帮|替|转给?)(?:楼[上下]|对门|隔壁|邻居)|[(\[【](?:给|送)?(?:楼[上下]|对门|隔壁|邻居)[^)\]】]{0,6}[)\]】]"
)
SENT_TO = re.compile(r"(?:送到?|给|代|帮|替|转给?)([0-9]{3,4})(?![0-9元块斤克gm])室?")


ROOMS_ALONE = re.compile(r"[一-鿿]{0,4}[(\[/@,、+-]*[0-9]{3,4}(?:[/+、,&和-][0-9]{3,4})*[)\]]?")
"""503, 501/502, 李-503 and 李(503)."""
BEHIND_A_NAME = re.compile(r"[一-鿿]{1,4}([0-9]{3,4})")
ROOM = re.compile(r"[0-9]{3,4}")
OTHERS = r"(?:对门|隔壁|楼[上下]|邻居)"
TAKEN_BY_OTHERS = re.compile(
    rf"(?:代|替|帮|转|转给|送|送给|送到|托){OTHERS}|{OTHERS}[一-鿿]{{0,4}}(?:代[收拿领取]?|[收拿领取])$"
)
FOR_A_BUILDING = re.compile(
    rf"(?:代|替|帮|转|转给|送|送给|送到)([0-9]{{1,3}}|[{CHINESE}]{{1,3}})(?:号楼?|[栋幢楼座层#])"
)
FOR_THE_BUILDING = re.compile(r"[(\[【,、/-](?:送到?)?([0-9]{1,3})(?:号楼|[栋幢]|#楼)[)\]】]?$")
"""苹果(13号楼)."""
NUMBERED_AT_LEAST, MOSTLY = 5, 2


class SaidInName(NamedTuple):
    rooms: tuple[str, ...]
    """Of others."""
    first: tuple[str, ...]
    """The one with which it begins."""
    glued: tuple[str, ...]
    """Numbers in which building and room stand together."""
    last: tuple[str, ...]
    """李503, where names are not numbered."""
    buildings: tuple[str, ...]
    by_others: bool


SAYS_ANYTHING = re.compile(r"[0-9]{3}|[代替帮转送托给为对隔楼邻]")
NOTHING = SaidInName((), (), (), (), (), by_others=False)


def are_numbered(below: Sequence[Row], people: Iterable[int], doors: Sequence[int]) -> bool:
    """Whether names end in numbers that are no rooms: 某101, 某102 in most rows at other doors."""
    numbered = agree = 0
    for at in people:
        ends = {text: found[1] for text in {row.said[at] for row in below} if (found := BEHIND_A_NAME.fullmatch(text))}
        for row in below if len(ends) >= NUMBERED_AT_LEAST else ():
            if room := ends.get(row.said[at]):
                numbered += 1
                for door in doors:
                    if room in row.said[door]:
                        agree += 1
                        break
    return agree * MOSTLY < numbered


def doors_in_name(
    text: str, building: str, room: str | None, roster: Roster, *, received: bool, numbered: bool
) -> Iterator[str]:
    """Other doors that a name, in one way of writing, may mean; its own where others take the order, and nobody knows who."""
    rooms, first, numbers, last, buildings, by_others = said_in_name(text)
    if received:
        rooms += first
    if not numbered:
        rooms += last
    if by_others or any(named != building for named in buildings):
        yield household_id(building, room)
    yield from (household_id(building, said) for said in rooms if said != room and roster.knows(building, said))
    for glued in numbers:
        splits = [household_id(glued[:at], glued[at:]) for at in (len(glued) - 3, len(glued) - 4)]
        if household_id(building, room) not in splits:
            yield from (door for door in splits if door in roster.households)


@remembered
def said_in_name(text: str) -> SaidInName:
    if not SAYS_ANYTHING.search(text):
        return NOTHING
    first, last = FIRST.match(text), BEHIND_A_NAME.fullmatch(text)
    rooms = tuple("".join(found) for found in OF_OTHERS.findall(text))
    alone = tuple(ROOM.findall(text)) if not last and ROOMS_ALONE.fullmatch(text) else ()
    return SaidInName(
        rooms=rooms + alone,
        first=(first[1],) if first else (),
        glued=tuple(GLUED.findall(text)),
        last=(last[1],) if last else (),
        buildings=tuple(number(found) or found for found in FOR_A_BUILDING.findall(text)),
        by_others=TAKEN_BY_OTHERS.search(text) is not None,
    )


def good_is_sent_elsewhere(texts: Iterable[str], building: str, room: str | None, roster: Roster, notes: Notes) -> bool:
    for text in texts:
        rooms, sent_on, behind = said_of_sending(text)
        if sent_on or (behind and behind != building and behind in roster.buildings):
            return True
        if any(other != room and roster.knows(building, other) for other in rooms):
            return True
        doors = notes.read(text).doors
        if doors and doors != {household_id(building, room)}:
            return True
    return False


@remembered
def said_of_sending(text: str) -> tuple[tuple[str, ...], bool, str]:
    """Rooms to which a good is sent, whether it goes on to a neighbour, and the building behind it; names of goods stand in many rows."""
    behind = FOR_THE_BUILDING.search(text)
    building = (number(behind[1]) or behind[1]) if behind else ""
    return tuple(SENT_TO.findall(text)), SENT_ON.search(text) is not None, building
