"""Reads a roster that is written as a pattern: 1-28号: 1-18层 x 01-04; 29、30号 别墅."""

import re

from domain.community.door_words import number, plain

MOST_BUILDINGS = 500
HIGHEST = 99
MOST_DOORS = 60_000
EXAMPLE = "for example: 1-28号: 1-18层 x 01-04; 29号 别墅"
PART = re.compile(r"(?P<buildings>[^:]+?) ?(?:: ?)?(?P<villa>别墅|独栋)|(?P<of>[^:]+): ?(?P<rooms>.+)")
TIMES = re.compile(r"[X×*✕✖]")
BUILDINGS_END = re.compile(r" ?(?:号楼|号|栋|幢|座|楼|#)$")
LETTERED = re.compile(r"[A-Z]{1,2}[0-9]{0,3}|[0-9]{1,3}[A-Z甲乙丙丁]")
Door = tuple[str, str | None]


class UnreadablePattern(Exception):  # noqa: N818 — a sentence to a person
    """``part`` is the piece of the pattern that cannot be read."""

    def __init__(self, part: str, text: str) -> None:
        super().__init__(f"“{part}”: {text}")
        self.part = part
        self.text = text
        self.reason = "unreadable-pattern"


def read_pattern(text: str) -> tuple[Door, ...]:
    """Doors (building, room; a villa has no room) in the order of the pattern; raises UnreadablePattern.

    A building named alone after a range that holds it says what it is: ``1-40号: 1-18层 x 01-04; 29号 别墅``.
    """
    doors: dict[Door, None] = {}
    parts = [part.strip() for part in re.split(r"[;；\n]", text) if part.strip()]
    if not parts:
        raise UnreadablePattern(text.strip()[:60], f"the pattern is empty; {EXAMPLE}")
    of_ranges: set[str] = set()
    for part in parts:
        named = _doors_of(part)
        buildings = {building for building, _ in named}
        if len(buildings) == 1 and buildings <= of_ranges:
            doors = {door: None for door in doors if door[0] not in buildings}
        of_ranges = of_ranges | buildings if len(buildings) > 1 else of_ranges - buildings
        doors.update(dict.fromkeys(named))
        if len(doors) > MOST_DOORS:
            raise UnreadablePattern(part[:60], f"this makes more than {MOST_DOORS} doors; is it one compound?")
    villas = {building for building, room in doors if room is None}
    if both := sorted(villas & {building for building, room in doors if room is not None}):
        raise UnreadablePattern(both[0], f"building {both[0]} is named as a villa and with rooms; leave one out")
    return tuple(doors)


def _doors_of(part: str) -> list[Door]:
    shown = part[:60]
    known = plain(part)
    found = PART.fullmatch(known) if known else None
    if not found:
        raise UnreadablePattern(shown, f"a colon is missing between the buildings and their rooms; {EXAMPLE}")
    buildings = _buildings(found["buildings"] or found["of"], shown)
    if found["villa"]:
        return [(building, None) for building in buildings]
    rooms = _rooms(found["rooms"], shown)
    return [(building, room) for building in buildings for room in rooms]


def _buildings(text: str, shown: str) -> list[str]:
    buildings: list[str] = []
    for written in _listed(BUILDINGS_END.sub("", text.strip())):
        bare = BUILDINGS_END.sub("", written.strip())
        if ends := re.fullmatch(r"(\w+?)(?:号楼|号|栋|幢|楼|#)? ?[-~] ?(\w+)", bare):
            buildings += map(str, _range(ends[1], ends[2], shown, "buildings", MOST_BUILDINGS))
        elif LETTERED.fullmatch(bare):
            buildings.append(bare)
        elif (value := number(bare)) and value != "0":
            buildings.append(value)
        else:
            raise UnreadablePattern(shown, f"the building “{bare[:20]}” cannot be read; {EXAMPLE}")
    return buildings


def _rooms(text: str, shown: str) -> list[str]:
    sides = [side.strip() for side in TIMES.split(text)]
    if len(sides) == 1:
        return _named_rooms(sides[0], shown)
    if len(sides) != 2:  # noqa: PLR2004 — floors and doors
        raise UnreadablePattern(shown, f"there is more than one x between floors and doors; {EXAMPLE}")
    floors = _numbers(re.sub(r" ?[层楼F]$", "", sides[0]), shown, "floors")
    doors = [door for each in _listed(re.sub(r" ?(?:室|户|房)$", "", sides[1])) for door in _door_numbers(each, shown)]
    return [f"{floor}{door}" for floor in floors for door in doors]


def _named_rooms(text: str, shown: str) -> list[str]:
    """101、102、201-204室: rooms named one by one."""
    rooms: list[str] = []
    for written in _listed(re.sub(r" ?(?:室|户|房)$", "", text)):
        bare = re.sub(r" ?(?:室|户|房)$", "", written.strip())
        if ends := re.fullmatch(r"([1-9][0-9]{2,3}) ?[-~] ?([1-9][0-9]{2,3})", bare):
            if ends[1][:-2] != ends[2][:-2]:
                raise UnreadablePattern(shown, f"the rooms {bare} are on two floors; write floors x doors, {EXAMPLE}")
            rooms += map(str, _range(ends[1], ends[2], shown, "rooms", HIGHEST))
        elif re.fullmatch(r"[A-Z]{0,2}[0-9]{1,4}[A-Z甲乙丙丁]?", bare):
            rooms.append(bare)
        else:
            raise UnreadablePattern(shown, f"an x between floors and doors is missing; {EXAMPLE}")
    return rooms


def _door_numbers(text: str, shown: str) -> list[str]:
    ends = re.fullmatch(r"([0-9]+)(?: ?[-~] ?([0-9]+))?", text.strip())
    if not ends:
        raise UnreadablePattern(shown, f"the doors “{text.strip()[:20]}” cannot be read; {EXAMPLE}")
    first, last = ends[1], ends[2] or ends[1]
    if len(first) != 2 or len(last) != 2:  # noqa: PLR2004 — 01 to 99
        raise UnreadablePattern(
            shown,
            f"write the doors with two digits, as 01-04 (room = floor and door: 501); “{text.strip()[:20]}” is not",
        )
    return [f"{door:02}" for door in _range(first, last, shown, "doors", HIGHEST)]


def _numbers(text: str, shown: str, what: str) -> list[int]:
    found: list[int] = []
    for written in _listed(text):
        bare = re.sub(r" ?[层楼F]", "", written.strip())
        ends = re.fullmatch(r"(\w+) ?(?:[-~] ?(\w+))?", bare)
        if not ends:
            raise UnreadablePattern(shown, f"the {what} “{bare[:20]}” cannot be read; {EXAMPLE}")
        found += _range(ends[1], ends[2] or ends[1], shown, what, HIGHEST)
    return found


def _range(first: str, last: str, shown: str, what: str, highest: int) -> range:
    begin, end = number(first), number(last)
    if begin is None or end is None:
        raise UnreadablePattern(shown, f"the {what} “{first[:10]}-{last[:10]}” cannot be read; {EXAMPLE}")
    low, high = int(begin[:6]), int(end[:6])
    if low > high:
        raise UnreadablePattern(shown, f"the {what} {low}-{high} run backwards")
    if high - low > highest or low < 1 or (what in {"floors", "doors"} and high > highest):
        raise UnreadablePattern(shown, f"the {what} {low}-{high} are not between 1 and {highest}")
    return range(low, high + 1)


def _listed(text: str) -> list[str]:
    return [part for part in re.split(r"[、,，和及与]", re.sub(r"[至到]", "-", text)) if part.strip()] or [text]
