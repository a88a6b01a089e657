"""A door that stands in several columns of a table: 楼号, 房号, 弄, 期, 单元, a whole door, and the address."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from domain.community.door_settings import DoorSettings
from domain.community.door_words import mentions_numbers, number, plain, without_notes
from domain.community.doors import (
    Cell,
    DoorRead,
    Roster,
    cell_text,
    entrances_of,
    household_id,
    settle,
    unclear,
    write_known,
)
from domain.community.own_place import behind_place, own_lanes
from domain.community.written_doors import BUILDING, MARK, ROOM_ALONE, N, Problem, Written, on_floor, token, write_apart

NOTHING = {"", "-", "/", "无", "没有", "空", "(空)", "(跳过)", "NONE", "NAN", "NULL", "N/A"}
VILLA_WORDS = {"别墅", "独栋", "整栋", "整幢", "独栋别墅", "别墅区"}
PLAIN_BUILDING = re.compile(rf"#?(?P<building>{BUILDING}) ?(?P<mark>{MARK})?[。.]?")
FLOOR = re.compile(rf"第?(?P<floor>{N}) ?(?:[楼层F]|楼层)?")
WHOLE_FLOAT = re.compile(r"[0-9]+\.0+")
HARMLESS = {"words-before", "words-behind", "note-names-door", "floor-differs"}
NAMES_NO_DOOR = {"no-door", "unreadable"}


class DoorColumns(NamedTuple):
    """The cells of one row; a table may ask for the same part twice."""

    building: tuple[Cell, ...] = ()
    block: tuple[Cell, ...] = ()
    """Buildings under a header that says 栋 or 幢."""
    room: tuple[Cell, ...] = ()
    whole: tuple[Cell, ...] = ()
    unit: tuple[Cell, ...] = ()
    phase: tuple[Cell, ...] = ()
    lane: tuple[Cell, ...] = ()
    floor: tuple[Cell, ...] = ()
    address: tuple[Cell, ...] = ()


def read_columns(columns: DoorColumns, roster: Roster, *, add_doors: bool = False) -> DoorRead:
    """The leader's columns come first; the address fills what they lack and must not name another door."""
    if (exact := _as_the_roster_writes(columns, roster)) is not None:
        return exact
    texts = [(part, cell_text(cell)) for part in DoorColumns._fields[:-2] for cell in getattr(columns, part)]
    for _, text in texts:
        if isinstance(text, DoorRead):
            return text
    written = [_part(name, text, roster, columns) for name, text in texts if isinstance(text, str)]
    asked = _on_floors(_merged(written), columns.floor)
    if asked.problem and asked.problem not in {"no-door", "columns-differ"}:
        return settle(asked, roster)
    if asked.problem == "columns-differ":
        return unclear("columns-differ", asked, _known(written, roster))
    for cell in columns.address:
        text = cell_text(cell)
        if isinstance(text, str) and text.strip():
            answer = _with_address(asked, write_known(text, roster), roster)
            if isinstance(answer, DoorRead):
                return answer
            asked = answer
    return settle(asked, roster, add_doors=add_doors)


def _as_the_roster_writes(columns: DoorColumns, roster: Roster) -> DoorRead | None:
    """A door in the roster's own writing, however odd, where nothing else is said: 14-商铺3."""
    said = [
        (part, str(cell).strip()) for part, cells in columns._asdict().items() for cell in cells if cell is not None
    ]
    match [(part, text) for part, text in said if text]:
        case [("whole", door)]:
            building, dash, room = door.partition("-")
        case [("building", building), ("room", room)]:
            dash = "-"
        case _:
            return None
    return DoorRead(building=building, room=room) if dash and roster.knows(building, room) else None


def _part(name: str, text: str, roster: Roster, columns: DoorColumns) -> Written:
    known, settings = plain(text), roster.settings
    if known is None:
        return Written(problem="unreadable", certain=False)
    if known in NOTHING:
        return Written()
    known = known.split(".")[0] if WHOLE_FLOAT.fullmatch(known) else known
    match name:
        case "building" | "block":
            return _building(known, settings, block=name == "block")
        case "room":
            return _room(known, roster)
        case "whole":
            beside = any(cell not in {None, ""} for cell in (*columns.building, *columns.block))
            return _room(known, roster) if beside else write_known(text, roster)
        case "unit" | "phase":
            value = number(re.sub(r"单元$|期$|^第", "", known))
            if value is None:
                return Written(problem="unreadable", certain=False)
            return Written(unit=value) if name == "unit" else Written(phase=value)
        case _:
            return _lane(known, settings)


def _building(text: str, settings: DoorSettings, *, block: bool) -> Written:
    bare, notes = without_notes(text)
    if found := PLAIN_BUILDING.fullmatch(behind_place(bare, settings).rest):
        if any(mentions_numbers(note) and token(note) != token(found["building"]) for note in notes):
            return Written(building=token(found["building"]), problem="note-names-door", certain=False)
        marked = found["mark"] or ""
        mark = "栋" if (block and not marked) or marked not in {"", "号", "#"} else "号" if marked else ""
        return Written(building=token(found["building"]), mark=mark)  # type: ignore[arg-type]
    written = write_apart(text, settings)
    return written._replace(mark="栋") if block and not written.mark and written.building else written


def _room(text: str, roster: Roster) -> Written:
    if text in roster.odd_rooms:
        return Written(room=roster.odd_rooms[text], certain=False)
    bare = without_notes(text)[0].rstrip(" 。.,、;:!").removesuffix("号")
    if bare in VILLA_WORDS:
        return Written(villa=True)
    found = ROOM_ALONE.fullmatch(bare)
    if not found:
        return write_known(text, roster)
    if any(re.search(r"[0-9]", note) and note.strip("室 ") != found["room"] for note in without_notes(text)[1]):
        said = write_apart(text, roster.settings)
        return said._replace(room=found["room"], building=None, problem="note-names-door")
    floor = number(found["floor"] or "")
    room = on_floor(floor, found["room"]) or ""
    on_its_floor = found["room"] if room != found["room"] else None
    room = room if re.fullmatch(r"[0-9]+", room) else token(room) or room
    return Written(
        room=room,
        unit=token(found["unit"]),
        certain=bool(re.fullmatch(r"[1-9][0-9]{2,3}", found["room"])),
        problem="floor-differs" if floor is not None and token(room)[:-2] != floor else None,  # type: ignore[index]
        on_its_floor=on_its_floor,
    )


def _lane(text: str, settings: DoorSettings) -> Written:
    place = behind_place(text, settings)
    value = place.lane if place.lane and not place.rest else number(re.sub(r" ?[弄号]$", "", place.rest))
    if "弄" in settings.parts:
        return Written(lane=value) if value else Written(problem="unreadable", certain=False)
    own = own_lanes(settings.streets)
    return Written() if value in own else Written(problem="other-lane", certain=False)


def _merged(parts: Iterable[Written]) -> Written:
    whole = Written()
    for part in parts:
        problem: Problem | None = whole.problem or (None if part.problem == "no-door" else part.problem)
        if _differ(whole, part):
            problem = problem or "columns-differ"
        whole = _filled(whole, part)._replace(problem=problem)
    if whole.villa and whole.room is not None:
        return whole._replace(problem=whole.problem or "columns-differ")
    return whole


def _on_floors(asked: Written, floors: Iterable[Cell]) -> Written:
    """With what a column of floors says of the room; whatever names no floor there says nothing."""
    for cell in floors:
        text = cell_text(cell)
        found = FLOOR.fullmatch(plain(text) or "") if isinstance(text, str) else None
        floor = number(found["floor"]) if found else None
        if floor is None or asked.room is None or number(asked.room) is None:
            continue
        room = on_floor(floor, asked.room)
        if room != asked.room:
            asked = asked._replace(room=room, on_its_floor=asked.room, certain=False)
        elif token(asked.room)[:-2] != floor:  # type: ignore[index]  # a number
            asked = asked._replace(problem=asked.problem or "floor-differs")
    return asked


def _filled(first: Written, second: Written) -> Written:
    said = {name: value for name, value in second._asdict().items() if getattr(first, name) is None}
    mark = "栋" if "栋" in {first.mark, second.mark} else first.mark or second.mark
    certain = first.certain and second.certain
    return first._replace(**{**said, "mark": mark, "villa": first.villa or second.villa, "certain": certain})


def _differ(one: Written, other: Written) -> bool:
    pairs = ((one.building, other.building), (one.unit, other.unit), (one.phase, other.phase), (one.lane, other.lane))
    rooms = tuple(room if room is None else room.lstrip("0") for room in (one.room, other.room))
    return any(a is not None and b is not None and a != b for a, b in (*pairs, rooms))


def _with_address(asked: Written, said: Written, roster: Roster) -> Written | DoorRead:
    """What the columns say, filled from the address; or why the two do not go together."""
    complete = asked.building is not None and (asked.room is not None or asked.villa or asked.building in roster.villas)
    if said.problem == "other-place":
        if roster.settings.streets or not complete:
            return unclear("other-place", asked if complete else said)
        said = said._replace(problem=None)
    if said.problem == "glued" and complete:
        same = said.glued in {f"{asked.building}{asked.room or ''}", asked.room}
        return asked if same else unclear("doors-differ", asked, _known([asked], roster))
    if said.problem in NAMES_NO_DOOR:
        return asked if asked.building or asked.room else asked._replace(problem=said.problem, certain=False)
    if (reason := _address_differs(asked, said, roster)) is not None:
        return unclear(reason, asked, _known([asked, said], roster))
    if said.problem in HARMLESS and complete:
        return asked._replace(certain=False)
    if said.problem:
        return settle(_filled(asked, said)._replace(problem=said.problem), roster)
    if said.mark == "栋" and roster.settings.blocks == "different" and complete:
        return asked
    filled = _filled(asked, said)
    if asked.building is not None and asked.mark != "栋" and said.mark == "栋" and roster.settings.blocks is not None:
        return filled._replace(mark=asked.mark, block=None)
    return filled


def _address_differs(asked: Written, said: Written, roster: Roster) -> str | None:
    if asked.building is None and asked.room is None:
        return None
    blocks = roster.settings.blocks
    of_blocks = said.mark == "栋" and blocks != "same" and said.building is not None and asked.mark != "栋"
    if of_blocks and isinstance(blocks, dict) and asked.building is not None:
        entrances = entrances_of(said, roster)
        if isinstance(entrances, str):
            return entrances
        said = said._replace(building=asked.building if asked.building in entrances else said.building)
    elif of_blocks and blocks == "different":
        said = said._replace(building=None)
    if said.mark == "栋" and blocks is None:
        return "blocks-unset"
    differ = _differ(asked, said) or (asked.villa and said.room is not None)
    return "doors-differ" if differ else None


def _known(written: Iterable[Written], roster: Roster) -> list[str]:
    doors = (household_id(door.building, door.room) for door in written if door.building is not None)
    return [door for door in dict.fromkeys(doors) if door in roster.households]
