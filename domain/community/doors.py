"""What a door is here, and how a written door is read: one household, or unclear. Never a guess."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import NamedTuple

from domain.base import Building, HouseholdId, Message, Room
from domain.community.door_settings import DoorPart, DoorSettings
from domain.community.door_words import number, plain
from domain.community.own_place import own_lanes
from domain.community.written_doors import ROOM_WHOLE, Written, token, write_apart, write_odd

__all__ = [
    "SENTENCES",
    "Cell",
    "DoorPart",
    "DoorRead",
    "DoorSettings",
    "Roster",
    "building_meant",
    "household_id",
    "read_door",
    "settle",
    "unclear",
    "write_known",
]

Cell = str | int | float | bool | date | datetime | time | timedelta | None
OFFERED = 5
ODD_PROBLEMS = {"no-door", "unreadable", "words-before", "words-behind"}

SENTENCES = {
    "no-door": "no door",
    "unreadable": "the door cannot be read",
    "glued": "building and room are written without anything between them",
    "several-doors": "more than one door is written here",
    "other-place": "the address is not in this compound",
    "other-lane": "this lane (弄) is not one of the compound's",
    "words-before": "words before the door that are not the compound's name, street or town",
    "words-behind": "words behind the door that may change it",
    "note-names-door": "the note in brackets may name another door",
    "floor-differs": "the floor and the room do not agree",
    "floor-or-room": "the room may be counted on its floor or in the whole building, and both are on the roster",
    "building-missing": "a room without a building",
    "room-missing": "a building without a room",
    "date": "the table program made a date of this door; write it again as text",
    "not-text": "the cell holds no text and no whole number",
    "blocks-unset": "栋, 幢 or 楼 is written, and the compound has not said whether it means the same as 号 (--blocks)",
    "blocks-different": "栋, 幢 or 楼 is written, and here it is not the same as 号",
    "block-unknown": "this 栋 or 幢 is not in the compound's table of blocks",
    "block-several": "this 栋 or 幢 has several entrances (号)",
    "unit-not-used": "a unit (单元) is written, and doors here have none",
    "phase-not-used": "a phase (期) is written, and doors here have none",
    "part-missing": "a part that doors have here (弄, 期 or 单元) is missing",
    "several-buildings": "two buildings of the roster could be meant",
    "not-on-roster": "this door is not on the roster",
    "building-not-on-roster": "this building is not on the roster",
    "columns-differ": "the columns name different doors",
    "doors-differ": "the columns and the address name different doors",
}
"""Every reason why a door stays unclear, by its stable id."""


class DoorRead(Message):
    """A door (``reason`` is empty), or what was read and why it is not certain."""

    building: str | None = None
    room: str | None = None
    reason: str = ""
    why: str = ""
    nearest: tuple[HouseholdId, ...] = ()
    new: bool = False
    """On no roster yet, and read so plainly that it may be added."""

    @property
    def household(self) -> HouseholdId | None:
        return None if self.reason or self.building is None else household_id(self.building, self.room)


class BuildingKey(NamedTuple):
    phase: str | None
    lane: str | None
    building: str
    unit: str | None


class Roster(Message):
    settings: DoorSettings = DoorSettings()
    rooms: Mapping[Building, frozenset[Room]] = {}
    villas: frozenset[Building] = frozenset()

    @cached_property
    def buildings(self) -> frozenset[str]:
        return frozenset(self.rooms) | self.villas

    @cached_property
    def by_key(self) -> dict[BuildingKey, tuple[str, ...]]:
        """Buildings of the roster by what their name says, so that 12, 12号 and 十二 are one."""
        found: dict[BuildingKey, list[str]] = {}
        for building in sorted(self.buildings):
            written = write_apart(building, DoorSettings(parts=("弄", "期", "号", "单元", "室")))
            key = BuildingKey(None, None, token(building) or building, None)
            if written.building and written.room is None and written.problem is None:
                key = BuildingKey(written.phase, written.lane, written.building, written.unit)
            found.setdefault(key, []).append(building)
        return {key: tuple(buildings) for key, buildings in found.items()}

    def knows(self, building: str, room: str | None) -> bool:
        return building in self.villas if room is None else room in self.rooms.get(building, ())

    @cached_property
    def odd_rooms(self) -> dict[str, Room]:
        """Rooms that are not written as rooms are elsewhere (商铺3), by how they are read."""
        rooms = {room for known in self.rooms.values() for room in known}
        return {written: room for room in rooms if not ROOM_WHOLE.fullmatch(room) and (written := plain(room))}

    @cached_property
    def households(self) -> frozenset[str]:
        doors = {household_id(building, room) for building, rooms in self.rooms.items() for room in rooms}
        return frozenset(doors | self.villas)


def household_id(building: str, room: str | None) -> str:
    return building if room is None else f"{building}-{room}"


def unclear(reason: str, written: Written = Written(), nearest: Iterable[str] = ()) -> DoorRead:  # noqa: B008 — frozen
    return DoorRead(
        building=written.building,
        room=written.room,
        reason=reason,
        why=SENTENCES[reason],
        nearest=tuple(nearest)[:OFFERED],
    )


def read_door(text: Cell, roster: Roster, *, add_doors: bool = False) -> DoorRead:
    """Read one cell or address that holds a whole door."""
    known = cell_text(text)
    if not isinstance(known, str):
        return known
    if not known.strip():
        return unclear("no-door")
    return settle(write_known(known, roster), roster, add_doors=add_doors)


def write_known(text: str, roster: Roster) -> Written:
    """A written door taken apart, also where its room is written as only this compound writes one."""
    written = write_apart(text, roster.settings)
    if written.problem not in ODD_PROBLEMS or not roster.odd_rooms:
        return written
    return write_odd(text, roster.settings, roster.odd_rooms) or written


def cell_text(cell: Cell) -> str | DoorRead:
    """The text of a cell; a date, a fraction or a truth value is no door."""
    if cell is None or isinstance(cell, str):
        return cell or ""
    if isinstance(cell, date | time | timedelta):
        return unclear("date")
    if isinstance(cell, bool) or not float(cell).is_integer():
        return unclear("not-text")
    return str(int(cell))


def settle(written: Written, roster: Roster, *, add_doors: bool = False) -> DoorRead:
    """Hold what was written against the compound's settings and its roster."""
    if written.problem == "glued" and written.glued:
        return unclear("glued", nearest=_splits(written.glued, roster))
    if written.problem:
        return unclear(written.problem, written, nearest_doors(written, roster))
    if written.building is None:
        return unclear("building-missing" if written.room else "no-door", written)
    entrances = entrances_of(written, roster)
    if isinstance(entrances, str):
        return unclear(entrances, written, nearest_doors(written, roster))
    doors = [door for entrance in entrances for door in _on_roster(written._replace(building=entrance), roster)]
    alone = written.on_its_floor
    if alone and any(_only_alike(alone, roster.rooms.get(building, frozenset())) for building, _ in doors):
        return unclear("floor-or-room", written, (household_id(*door) for door in doors))
    if len(doors) == 1 and _part_not_used(written, roster.settings) is None:
        return DoorRead(building=doors[0][0], room=doors[0][1])
    if len(entrances) > 1:
        return unclear("block-several", written, (household_id(*door) for door in doors))
    return _off_roster(written._replace(building=entrances[0]), roster, len(doors), add_doors=add_doors)


def building_meant(text: str, roster: Roster) -> Building | None:
    """The building of the roster that was written alone, such as 1号楼; None where it is none, or not certain which."""
    if text in roster.buildings:
        return text
    written = write_apart(text, roster.settings)
    if written.problem or written.building is None or written.room is not None or written.villa:
        return None
    entrances = entrances_of(written, roster)
    if isinstance(entrances, str):
        return None
    keys = [BuildingKey(written.phase, written.lane, entrance, written.unit) for entrance in entrances]
    found = {building for key in keys for building in roster.by_key.get(key, ())}
    return found.pop() if len(found) == 1 and len(keys) == 1 else None


def entrances_of(written: Written, roster: Roster) -> tuple[str, ...] | str:
    """The buildings (号) that a written building may mean, or the reason why none can be told."""
    blocks, building = roster.settings.blocks, written.building or ""
    block = written.block if written.block is not None else (building if written.mark == "栋" else None)
    if block is None:
        return (building,)
    if blocks is None:
        return "blocks-unset"
    inside = (
        (block,)
        if blocks == "same"
        else (building,)
        if blocks == "different"
        else tuple(token(e) or e for e in blocks.get(block, ()))
    )
    if written.block is not None:
        return (building,) if building in inside else "columns-differ"
    if blocks == "different":
        return "blocks-different"
    return inside or "block-unknown"


def _part_not_used(written: Written, settings: DoorSettings) -> str | None:
    if written.unit is not None and "单元" not in settings.parts:
        return "unit-not-used"
    if written.phase is not None and "期" not in settings.parts:
        return "phase-not-used"
    if written.lane is not None and "弄" not in settings.parts:
        return "other-lane"
    return None


def _on_roster(written: Written, roster: Roster) -> list[tuple[str, str | None]]:
    key = BuildingKey(written.phase, written.lane, written.building or "", written.unit)
    found: list[tuple[str, str | None]] = []
    for building in roster.by_key.get(key, ()):
        rooms = roster.rooms.get(building, frozenset())
        if written.room is None:
            found += [(building, None)] if building in roster.villas else []
        elif written.villa:
            continue
        elif written.room in rooms:
            found.append((building, written.room))
        elif alike := _only_alike(written.room, rooms):
            found.append((building, alike))
    return found


def _only_alike(room: str, rooms: frozenset[str]) -> str | None:
    """The one room that is written alike but for zeros in front and the letter O for zero."""
    bare = number(room)
    alike = [known for known in rooms if number(known) == bare] if bare else []
    return alike[0] if len(alike) == 1 else None


def _off_roster(written: Written, roster: Roster, found: int, *, add_doors: bool) -> DoorRead:
    near = nearest_doors(written, roster)
    if reason := _part_not_used(written, roster.settings):
        return unclear(reason, written, near)
    if found > 1:
        return unclear("several-buildings", written, near)
    building = written.building or ""
    buildings = roster.by_key.get(BuildingKey(written.phase, written.lane, building, written.unit), ())
    if not buildings and any(_agrees(key, written) for key in roster.by_key):
        return unclear("part-missing", written, near)
    if written.room is None and not written.villa:
        return unclear(
            "room-missing" if not buildings or any(b in roster.rooms for b in buildings) else "not-on-roster",
            written,
            near,
        )
    contradicts = any((b in roster.villas) != written.villa for b in buildings)
    parts = (written.phase, written.lane, written.unit)
    if (
        add_doors
        and written.certain
        and not contradicts
        and len(buildings) <= 1
        and (buildings or _plain_new_building(building, parts, roster))
    ):
        return DoorRead(building=buildings[0] if buildings else building, room=written.room, new=True)
    return unclear("not-on-roster" if buildings else "building-not-on-roster", written, near)


def _plain_new_building(building: str, parts: tuple[str | None, ...], roster: Roster) -> bool:
    """One or two digits and nothing else; the own street's number and 501-502 found no building."""
    street_number = building in own_lanes(roster.settings.streets)
    return re.fullmatch(r"[1-9][0-9]?", building) is not None and not street_number and not any(parts)


def _agrees(key: BuildingKey, written: Written) -> bool:
    """Whether a building of the roster has all that was written, and more."""
    said = ((key.phase, written.phase), (key.lane, written.lane), (key.unit, written.unit))
    return key.building == written.building and all(wrote is None or wrote == has for has, wrote in said)


def _splits(glued: str, roster: Roster) -> list[str]:
    pairs = [(token(glued[:at]) or "", glued[at:]) for at in range(1, len(glued))]
    whole = [glued] if glued in roster.villas else []
    return whole + [household_id(b, r) for b, r in pairs if roster.knows(b, r)]


def nearest_doors(written: Written, roster: Roster) -> list[str]:
    """Doors of the roster one would mistake for what was written: the same building first, then the same room.

    Where no building is called so, none is nearer than another.
    """
    buildings = [b for key, known in roster.by_key.items() if key.building == written.building for b in known]
    if written.building is None or not buildings:
        return []
    room = number(written.room or "") or written.room or ""
    near: list[tuple[int, int, str]] = []
    for building in buildings:
        if building in roster.villas:
            near.append((0, 0, building))
        if room:
            near += [
                (_steps(room, known), 0, household_id(building, known)) for known in roster.rooms.get(building, ())
            ]
    for building, rooms in roster.rooms.items():
        if building not in buildings and room in rooms:
            near.append((_steps(written.building, building), 1, household_id(building, room)))
    return [door for steps, _, door in sorted(near, key=_by_likeness) if steps <= 1]


def _by_likeness(door: tuple[int, int, str]) -> tuple[int, int, int, str]:
    return (*door[:2], len(door[2]), door[2])


def _steps(one: str, other: str) -> int:
    """0, 1 or 2 (many): how many characters one must change, add, drop or swap."""
    if one == other:
        return 0
    if len(one) == len(other):
        differ = [at for at in range(len(one)) if one[at] != other[at]]
        swapped = len(differ) == 2 and one[differ[0]] == other[differ[1]] and one[differ[1]] == other[differ[0]]  # noqa: PLR2004 — a pair
        return 1 if len(differ) == 1 or swapped else 2
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return 2
    return 1 if any(long[:at] + long[at + 1 :] == short for at in range(len(long))) else 2
