"""A door as a person wrote it, taken apart: building, room and what else was said."""

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from domain.community.door_settings import DoorSettings
from domain.community.door_words import (
    CHINESE,
    CLOSED_NOTE,
    NEXT_DOOR,
    harmless,
    mentions_numbers,
    number,
    plain,
    without_notes,
)
from domain.community.own_place import LANE, behind_place, names_other_place, own_lanes

N = rf"(?:[0-9O]+|[{CHINESE}]+)"
END = rf"(?![0-9O{CHINESE}])"
BLOCK_MARK = r"号 ?楼|# ?楼|号栋|号幢|栋 ?楼|幢 ?楼|[栋幢座楼]"
MARK = rf"(?:{BLOCK_MARK}|[号#])"
BUILDING = rf"(?:[A-Z]{{1,2}}[0-9]{{0,3}}|[0-9O]{{1,3}}(?:[A-Z](?![A-Z])|[甲乙丙丁])?|[{CHINESE}]+)"
ROOM = rf"(?:[A-Z]{{0,2}}[0-9O]{{1,4}}(?:[A-Z](?![A-Z])|[甲乙丙丁])?|[{CHINESE}]+){END}"
ROOM_MARK = r"(?: ?(?:号?室|号?房间?|户))?"
JOINT = r"[ \-。,.、/:]*"
BEFORE = rf"(?:(?P<phase>{N}) ?期{JOINT})?(?:(?P<lane>{N}) ?弄{JOINT})?"
VILLA = r"(?P<villa>别墅|独栋|整栋|整幢)"

MARKED = re.compile(
    rf"{BEFORE}#?(?:(?P<block>{N}) ?[栋幢] ?(?={N} ?号))?(?P<building>{BUILDING}) ?(?P<mark>{MARK}){JOINT}"
    rf"(?:(?P<unit>{N}) ?单元{JOINT})?(?:(?P<floor>{N}) ?[楼层]{JOINT})?(?P<room>{ROOM})(?P<room_mark>{ROOM_MARK})"
)
UNIT_ONLY = re.compile(
    rf"{BEFORE}(?P<building>{BUILDING}) ?[- ]? ?(?P<unit>{N}) ?单元{JOINT}(?P<room>{ROOM})(?P<room_mark>{ROOM_MARK})"
)
DASHED = re.compile(
    rf"{BEFORE}(?P<building>{BUILDING})(?P<joint> ?[-。/] ?| )(?P<room>{ROOM})(?P<room_mark>{ROOM_MARK})"
)
THREE = re.compile(r"(?P<first>[0-9]{1,3}) ?- ?(?P<second>[0-9]{1,3}) ?- ?(?P<third>[0-9]{1,4})(?P<room_mark>室?)")
ALONE = re.compile(
    rf"{BEFORE}(?:{VILLA}区?{JOINT})?#?(?P<building>{BUILDING}) ?(?P<mark>{MARK})?(?: ?(?P<unit>{N}) ?单元)?{JOINT}"
    r"(?P<villa2>别墅|独栋|整栋|整幢)?[。.]?"
)
GLUED = re.compile(r"(?P<glued>[0-9]{2,8})室?[。.]?")
ROOM_ALONE = re.compile(
    rf"(?:(?P<unit>{N}) ?单元{JOINT})?(?:(?P<floor>{N}) ?[楼层]{JOINT})?(?P<room>{ROOM})(?P<room_mark>{ROOM_MARK})"
)
ROOM_WHOLE = re.compile(ROOM)
ODD = re.compile(rf"#?(?P<building>{BUILDING}) ?(?P<mark>{MARK})?{JOINT}(?P<room>[^0-9].*)")
SEVERAL = re.compile(
    r"[0-9].*[0-9]{3,4} ?室? ?(?:或|和|与|及|至|到|[/~、,+&;]) ?[0-9]|[0-9]{3,4}.*[0-9]{1,3} ?[-号#栋幢] ?[0-9]{3,4}"
)

ORDINAL = re.compile(rf"第 ?(?={N} ?(?:号 ?楼|#|[栋幢座楼层]|单元))")
ENGLISH_BUILDING = r"(?P<mark>BUILDING|BLDG\.?|NO\.?) ?(?P<building>[0-9]{1,3})"
ENGLISH_ROOM = r"(?:ROOM|RM\.?|APT\.?|APARTMENT) ?(?:NO\.? ?)?(?P<room>[0-9]{3,4})"
ENGLISH_LANE = r"LANE ?(?P<lane>[0-9]{1,4})"
ENGLISH = (
    re.compile(rf"(?:{ENGLISH_LANE} ?,? ?)?{ENGLISH_BUILDING} ?,? ?{ENGLISH_ROOM}"),
    re.compile(rf"{ENGLISH_ROOM} ?,? ?{ENGLISH_BUILDING}(?: ?,? ?{ENGLISH_LANE})?"),
)
OF_A_FLOOR = re.compile(r"[1-9][0-9]{2,3}")
ROOM_ENDS = {"号"}
"""Behind a room of a block, where a number of three digits is no entrance: 12栋502号."""

NUMBER_BEGINS = re.compile(rf"(?<![0-9A-Z{CHINESE}])[0-9A-Z{CHINESE}]")

Problem = Literal[
    "no-door", "unreadable", "glued", "several-doors", "other-place", "words-before", "words-behind", "note-names-door", "other-lane",
    "floor-differs", "building-missing", "columns-differ",
]  # fmt: skip


class Written(NamedTuple):
    building: str | None = None
    room: str | None = None
    mark: Literal["", "号", "栋"] = ""
    """栋 for what may be a block, 号 for an entrance, nothing where no word says which."""
    block: str | None = None
    unit: str | None = None
    phase: str | None = None
    lane: str | None = None
    villa: bool = False
    glued: str | None = None
    certain: bool = True
    """Written so plainly that a door nobody knew may be founded on it."""
    problem: Problem | None = None
    on_its_floor: str | None = None
    """The 2 of 5层2室, where the room was made of both."""


def token(text: str | None) -> str | None:
    """A number without leading zeros; anything else (12A, 201甲) as it is."""
    if text is None:
        return None
    compact = text.replace(" ", "")
    return number(compact) or compact


def _in_chinese(text: str) -> str:
    """第12幢第5层502 and BLDG 12, RM 502 as most people here write them."""
    text = ORDINAL.sub("", text)
    found = next((match for form in ENGLISH if (match := form.fullmatch(text))), None) if text.isascii() else None
    if not found:
        return text
    lane = f"{found['lane']}弄" if found["lane"] else ""
    return f"{lane}{found['building']}{'号' if found['mark'].startswith('NO') else '幢'}{found['room']}室"


def _kind(mark: str | None) -> Literal["", "号", "栋"]:
    if not mark:
        return ""
    return "号" if mark in {"号", "#"} else "栋"


def _of(match: re.Match[str], *, certain: bool = True) -> Written:
    parts = match.groupdict()
    room = parts.get("room")
    plain_digits = bool(re.fullmatch(r"[1-9][0-9]{2,3}", room or "")) and "O" not in (parts["building"] or "")
    floor = number(parts.get("floor") or "")
    room, said = on_floor(floor, room), room
    wrong_floor = floor is not None and token(room)[:-2] != floor  # type: ignore[index]  # a floor only stands before a room
    return Written(
        building=token(parts["building"]),
        room=None if room is None else (room if re.fullmatch(r"[0-9]+", room) else token(room)),
        mark=_kind(parts.get("mark")),
        block=token(parts.get("block")),
        unit=token(parts.get("unit")),
        phase=token(parts.get("phase")),
        lane=token(parts.get("lane")),
        certain=certain and plain_digits and room == said,
        problem="floor-differs" if wrong_floor else None,
        on_its_floor=said if room != said else None,
    )


def on_floor(floor: str | None, room: str | None) -> str | None:
    """5层2室 is 502; a room that is written whole stays as it is."""
    door = number(room or "")
    if floor is None or door is None or len(door) > len("99"):
        return room
    return f"{floor}{door:0>2}"


def _three_numbers(text: str, settings: DoorSettings) -> Written | None:
    match = THREE.fullmatch(text)
    if not match:
        return None
    middle = [part for part in settings.parts if part in {"期", "弄", "单元"}]
    first, second, third = number(match["first"]), number(match["second"]), match["third"]
    match middle:
        case ["单元"]:
            return Written(building=first, unit=second, room=third)
        case ["期"]:
            return Written(phase=first, building=second, room=third)
        case ["弄"]:
            return Written(lane=first, building=second, room=third)
        case [] if settings.blocks == "same" and first not in own_lanes(settings.streets) and third[:-2] == second:
            return Written(building=first, room=third, certain=False)  # the floor says no more than the room
        case _:
            return Written(problem="unreadable")


def _whole(text: str) -> Written | None:
    for form in (MARKED, UNIT_ONLY, DASHED):
        match = form.match(text)
        if not match:
            continue
        tail = text[match.end() :]
        behind = tail.strip(" 。.,、;:!")
        if behind in ROOM_ENDS and _kind(match.groupdict().get("mark")) == "栋" and OF_A_FLOOR.fullmatch(match["room"]):
            behind = ""
        joint = match.groupdict().get("joint") or ""
        written = _of(match, certain=not behind and joint.strip() in {"", "-"} and joint != " ")
        if not behind:
            return written
        if harmless(behind, glued=tail == behind and not match["room_mark"]):
            return written
        return written._replace(problem="several-doors" if SEVERAL.search(text) else "words-behind", certain=False)
    return None


def _alone(text: str) -> Written | None:
    match = ALONE.fullmatch(text)
    if not match or match["building"] is None:
        return None
    villa = bool(match["villa"] or match["villa2"])
    if not match["mark"] and not villa and re.fullmatch(r"[0-9]{3,}", match["building"]):
        return None
    return _of(match)._replace(villa=villa, certain=villa)


def _door_in(text: str, settings: DoorSettings) -> Written:
    if three := _three_numbers(text.rstrip("。. "), settings):
        return three
    if door := _alone(text) or _whole(text):
        return door
    if glued := GLUED.fullmatch(text):
        return Written(glued=glued["glued"], problem="glued", certain=False)
    if re.match(r"[0-9]", text) or SEVERAL.search(text):
        return Written(problem="several-doors" if SEVERAL.search(text) else "unreadable", certain=False)
    for start in NUMBER_BEGINS.finditer(text):
        if door := _whole(text[start.start() :]):
            return door._replace(problem="words-before", certain=False)
    return Written(problem="no-door", certain=False)


def write_odd(text: str, settings: DoorSettings, rooms: Mapping[str, str]) -> Written | None:
    """A building and a room that is in ``rooms`` as it is written: 14-商铺3."""
    known = plain(text) or ""
    if CLOSED_NOTE.search(known):
        return None
    found = ODD.fullmatch(behind_place(known, settings).rest.rstrip(" 。.,、;:!"))
    if not found or found["room"] not in rooms:
        return None
    return Written(token(found["building"]), rooms[found["room"]], _kind(found["mark"]), certain=False)


def _notes_problem(written: Written, notes: tuple[str, ...], settings: DoorSettings) -> Problem | None:
    for note in notes:
        if NEXT_DOOR.fullmatch(note.strip()):
            return "note-names-door"
        if not mentions_numbers(note):
            continue
        rest = behind_place(note, settings).rest
        if not rest:
            continue
        said = _door_in(rest, settings)
        same = said.building == written.building and said.room == written.room
        if note.strip("室 ") != written.room and (not same or said.problem or written.room is None):
            return "note-names-door"
    return None


def write_apart(text: str, settings: DoorSettings) -> Written:
    """Take a whole door (or an address) apart; ``problem`` says why it cannot be a door as it stands."""
    known = plain(text)
    if known is None:
        return Written(problem="unreadable", certain=False)
    main, notes = without_notes(known)
    place = behind_place(_in_chinese(main), settings)
    rest = place.rest.rstrip(" 。.,、;:!")
    if not rest:
        problem: Problem = "note-names-door" if any(mentions_numbers(note) for note in notes) else "no-door"
        return Written(problem=problem, certain=False)
    if names_other_place(rest) and not ("弄" in settings.parts and LANE.match(rest)):
        return _door_in(LANE.sub("", rest), settings)._replace(problem="other-place", certain=False)
    written = _door_in(rest, settings)
    if "弄" in settings.parts and place.lane and written.lane is None:
        written = written._replace(lane=place.lane)
    if written.problem is None and place.town_only:
        return written._replace(problem="other-place", certain=False)
    if problem_of_notes := _notes_problem(written, notes, settings):
        return written._replace(problem=written.problem or problem_of_notes, certain=False)
    return written
