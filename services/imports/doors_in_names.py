"""Rooms of others in the name of who ordered and in the name of a good: 代对门502, 12503李, 苹果 送13-601."""

import re
from collections.abc import Iterable, Iterator

from domain.community.doors import Roster, household_id
from services.imports.forgetting import remembered
from services.imports.notes import Notes

OF_OTHERS = re.compile(
    r"(?:代|帮|替|给|为|隔壁|对门|楼[上下])[一-鿿]{0,3}?([0-9]{3,4})(?![0-9元块斤克])|(?<![0-9])([0-9]{3,4})(?:代|室|房(?!子))"
)
FIRST = re.compile(r"([0-9]{3,4})(?=[一-鿿])(?![元块斤克年月日])")
"""Of a receiver; a nickname may begin with any number."""
GLUED = re.compile(r"(?<![0-9])[0-9]{5,6}(?![0-9])")
SENT_ON = re.compile(
    r"(?:送到?|给|代|帮|替|转给?)(?:楼[上下]|对门|隔壁|邻居)|[(\[【](?:给|送)?(?:楼[上下]|对门|隔壁|邻居)[^)\]】]{0,6}[)\]】]"
)
SENT_TO = re.compile(r"(?:送到?|给|代|帮|替|转给?)([0-9]{3,4})(?![0-9元块斤克gm])室?")


def doors_in_name(text: str, building: str, room: str | None, roster: Roster, *, received: bool) -> Iterator[str]:
    """Other doors that a name, in one way of writing, may mean."""
    rooms, first, numbers = said_in_name(text)
    if received:
        rooms += first
    yield from (household_id(building, said) for said in rooms if said != room and roster.knows(building, said))
    for glued in numbers:
        splits = [household_id(glued[:at], glued[at:]) for at in (len(glued) - 3, len(glued) - 4)]
        if household_id(building, room) not in splits:
            yield from (door for door in splits if door in roster.households)


@remembered
def said_in_name(text: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Rooms of others, the one with which it begins, and numbers in which building and room stand together."""
    first = FIRST.match(text)
    rooms = tuple("".join(found) for found in OF_OTHERS.findall(text))
    return rooms, (first[1],) if first else (), tuple(GLUED.findall(text))


def good_is_sent_elsewhere(texts: Iterable[str], building: str, room: str | None, roster: Roster, notes: Notes) -> bool:
    for text in texts:
        rooms, sent_on = said_of_sending(text)
        if sent_on or any(other != room and roster.knows(building, other) for other in rooms):
            return True
        doors = notes.read(text).doors
        if doors and doors != {household_id(building, room)}:
            return True
    return False


@remembered
def said_of_sending(text: str) -> tuple[tuple[str, ...], bool]:
    """Rooms to which a good is sent, and whether it goes on to a neighbour; names of goods stand in many rows."""
    return tuple(SENT_TO.findall(text)), SENT_ON.search(text) is not None
