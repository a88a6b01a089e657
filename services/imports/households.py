"""Reads a roster of households: a table with 楼号 and 房号, a whole-door column, or a pattern; and a table of blocks."""

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from domain.base import Message
from domain.community.door_settings import DoorPart, DoorSettings
from domain.community.door_words import number, plain, without_notes
from domain.community.doors import SENTENCES, Cell, DoorRead, cell_text, household_id
from domain.community.written_doors import ROOM_ALONE, Written, token, write_apart
from infra.tables import Sheet
from services.imports.forgetting import forgetting
from services.imports.headers import Column, is_total, spoken
from services.imports.layouts import Layout, UnreadableTable, header_layouts
from services.imports.merged_cells import Row, filled_rows
from services.imports.roster_pattern import UnreadablePattern, read_pattern

__all__ = ["HouseholdReading", "HouseholdRow", "UnreadablePattern", "read_blocks", "read_households", "read_pattern"]

ALL_PARTS: tuple[DoorPart, ...] = ("弄", "期", "号", "单元", "室")
DOORS: tuple[Column, ...] = ("building", "block", "room", "whole", "address")
VILLA = re.compile(r"别墅|独栋|整栋|整幢")
NOTHING = {"", "-", "/", "无", "没有"}
MOST_DOORS = 60_000
WHY = {
    **SENTENCES,
    "duplicate": "this door stands in an earlier row, too",
    "villa-or-rooms": "this building stands in the table as a villa and with rooms",
    "not-a-door": "building and room take letters and digits, at most 16, without blanks and dashes",
}
Outcome = Literal["ok", "unclear", "skipped"]


class HouseholdRow(Message):
    row: int
    building: str | None
    room: str | None
    outcome: Outcome
    why: str = ""
    reason: str = ""


class HouseholdReading(Message):
    rows: tuple[HouseholdRow, ...]
    sheet: str
    parts: tuple[DoorPart, ...] = ("号", "室")
    """The parts that doors have in this table."""
    notices: tuple[str, ...] = ()

    @property
    def doors(self) -> tuple[tuple[str, str | None], ...]:
        """Every clear door once; a villa has no room."""
        return tuple((row.building, row.room) for row in self.rows if row.outcome == "ok" and row.building is not None)

    @property
    def unclear(self) -> tuple[HouseholdRow, ...]:
        return tuple(row for row in self.rows if row.outcome == "unclear")


@forgetting
def read_households(sheets: Sequence[Sheet]) -> HouseholdReading:
    """Read a roster; raises UnreadableTable where it has no column of buildings or doors."""
    layout = _roster_layout(sheets)
    rows, _ = filled_rows(layout)
    varying = _varying(layout, rows)
    read: list[HouseholdRow] = []
    for index in range(layout.header + 1, len(rows)):
        row = rows[index]
        if not any(spoken(str(cell or "")) for cell in row) or row == rows[layout.header]:
            continue
        if is_total(next(cell for cell in row if cell not in {"", None})):
            continue
        read.append(_row(layout.sheet.number(index), _read_door(layout, row, varying)))
    if not read:
        raise UnreadableTable(
            "empty",
            f"the sheet {layout.sheet.name} has a header and no door below it",
            layout.sheet.number(layout.header),
        )
    judged = _without_twins(read)
    twins = sum(row.reason == "duplicate" for row in judged)
    notices = [f"the sheet {layout.sheet.name} was read", *layout.sheet.notices]
    notices += [f"{twins} rows name a door a second time and were passed over"] if twins else []
    notices += ["names, phone numbers and notes are dropped"] if layout.at("person", "note") else []
    parts: tuple[DoorPart, ...] = tuple(part for part in ALL_PARTS if part in {"号", "室", *varying})
    return HouseholdReading(rows=tuple(judged), sheet=layout.sheet.name, parts=parts, notices=tuple(notices))


def _roster_layout(sheets: Sequence[Sheet]) -> Layout:
    known = header_layouts([sheet for sheet in sheets if not sheet.hidden])
    needed = "needed are 楼号 and 房号 (a villa leaves 房号 empty), or 门牌号 with the whole door"
    fitting = [layout for layout in known if layout.at("building", "block", "whole")]
    if len(fitting) > 1:
        names = ", ".join(layout.sheet.name for layout in fitting)
        raise UnreadableTable("several-rosters", f"several sheets hold doors: {names}; bring each in a file of its own")
    if fitting:
        return fitting[0]
    if known:
        raise UnreadableTable(
            "no-door-column", f"no column of buildings was found; the columns are: {known[0].seen()}; {needed}"
        )
    raise UnreadableTable("no-header", f"no header row was found; {needed}")


def _varying(layout: Layout, rows: list[Row]) -> set[DoorPart]:
    """Of 弄, 期 and 单元, what tells doors apart in this table."""
    parts: tuple[tuple[Column, DoorPart], ...] = (("lane", "弄"), ("phase", "期"), ("unit", "单元"))
    below = rows[layout.header + 1 :]
    return {
        part
        for column, part in parts
        for at in layout.at(column)
        if len({spoken(str(row[at])) for row in below} - {""}) > 1
    }


def _read_door(layout: Layout, row: list[Cell], varying: set[DoorPart]) -> Written | str:
    """The door of a row, or the reason why it is none."""
    texts: dict[str, str] = {}
    for column in ("building", "block", "room", "whole", "lane", "phase", "unit"):
        for at in layout.at(column):
            text = cell_text(row[at])
            if isinstance(text, DoorRead):
                return text.reason
            texts[column] = texts.get(column) or re.sub(r"^([0-9]+)\.0+$", r"\1", text.strip())
    building, room, whole = (
        texts.get("building") or texts.get("block", ""),
        texts.get("room", ""),
        texts.get("whole", ""),
    )
    if whole and not building:
        written = write_apart(whole, DoorSettings(parts=ALL_PARTS))
    else:
        written = _two_columns(building, room or whole)
    said = {name: number(re.sub(r"单元|[弄期号第]", "", texts.get(name, ""))) for name in ("lane", "phase", "unit")}
    used = {"lane": "弄", "phase": "期", "unit": "单元"}
    filled = {name: value for name, value in said.items() if value is not None and used[name] in varying}
    return written.problem or written._replace(**filled)  # type: ignore[arg-type]


def _two_columns(building: str, room: str) -> Written:
    written = write_apart(building, DoorSettings(parts=ALL_PARTS))
    if written.problem == "glued" and re.fullmatch(r"[0-9]{3}", building):
        written = Written(building=building.lstrip("0"))
    if written.problem or written.room is not None:
        same = written.room is not None and (not room or _bare_room(room) == written.room)
        return written if written.problem or same else written._replace(problem="columns-differ")
    if room in NOTHING or VILLA.search(room):
        return written._replace(villa=True)
    bare = _bare_room(room)
    return written._replace(room=bare, villa=False) if bare else written._replace(problem="unreadable")


def _bare_room(text: str) -> str | None:
    known = plain(text)
    bare = without_notes(known)[0].rstrip(" 。.") if known else ""
    found = ROOM_ALONE.fullmatch(bare)
    if not found or found["floor"] or found["unit"]:
        return bare.removesuffix("室") if re.fullmatch(r"[^\s/-]{1,16}", bare) else None
    return found["room"] if re.fullmatch(r"[0-9]+", found["room"]) else token(found["room"])


def _row(row: int, read: Written | str) -> HouseholdRow:
    if isinstance(read, str):
        return HouseholdRow(row=row, building=None, room=None, outcome="unclear", reason=read, why=WHY[read])
    building = building_name(read)
    if read.room is None and not read.villa and not VILLA.search(building or ""):
        read = read._replace(villa=True)
    room = read.room
    if building is None or any(
        not re.fullmatch(r"[^\s/-]{1,16}", part) for part in (building, room) if part is not None
    ):
        reason = "building-missing" if building is None else "not-a-door"
        return HouseholdRow(row=row, building=building, room=room, outcome="unclear", reason=reason, why=WHY[reason])
    return HouseholdRow(row=row, building=building, room=room, outcome="ok")


def building_name(written: Written) -> str | None:
    """One name for a building with all its parts: 12, 1期12, 168弄12, 9号2单元."""
    if written.building is None:
        return None
    phase = f"{written.phase}期" if written.phase else ""
    lane = f"{written.lane}弄" if written.lane else ""
    return f"{phase}{lane}{written.building}" + (f"号{written.unit}单元" if written.unit else "")


def _without_twins(rows: Iterable[HouseholdRow]) -> list[HouseholdRow]:
    known: set[str] = set()
    listed = list(rows)
    roomed = {row.building for row in listed if row.outcome == "ok" and row.room is not None}
    judged = []
    for row in listed:
        door = household_id(row.building or "", row.room)
        reason = ""
        if row.outcome == "ok" and row.room is None and row.building in roomed:
            reason, outcome = "villa-or-rooms", "unclear"
        elif row.outcome == "ok" and door in known:
            reason, outcome = "duplicate", "skipped"
        if reason:
            row = row.model_copy(update={"outcome": outcome, "reason": reason, "why": WHY[reason]})  # noqa: PLW2901
        known.add(door)
        judged.append(row)
    return judged


def read_blocks(sheets: Sequence[Sheet]) -> dict[str, tuple[str, ...]]:
    """A table of blocks (栋, 幢) and their entrances (号), one pair a row or several entrances in one cell."""
    for sheet in sheets:
        for header, row in enumerate(sheet.rows[:20]):
            names = [spoken(cell) for cell in row]
            block = next((at for at, name in enumerate(names) if re.search(r"栋|幢|^楼|block", name)), None)
            entrance = next(
                (at for at, name in enumerate(names) if at != block and re.search(r"号|门|entrance", name)), None
            )
            if block is not None and entrance is not None:
                return _blocks(sheet, header, block, entrance)
    raise UnreadableTable(
        "no-header", "a table of blocks needs a column 栋 (or 幢) and a column 号: which entrances a block has"
    )


def _blocks(sheet: Sheet, header: int, block: int, entrance: int) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for index, row in enumerate(sheet.rows[header + 1 :], header + 1):
        texts = [cell_text(row[at]) if at < len(row) else "" for at in (block, entrance)]
        if texts == ["", ""]:
            continue
        names = [plain(text) if isinstance(text, str) else None for text in texts]
        name = token(re.sub(r"号?[栋幢楼]$", "", names[0] or ""))
        entrances = [token(re.sub(r"号$", "", each)) for each in re.split(r"[、,;/ ]+", names[1] or "") if each]
        if (
            not name
            or not entrances
            or any(each is None or not re.fullmatch(r"[0-9A-Z甲乙丙丁]{1,5}", each) for each in entrances)
        ):
            raise UnreadableTable(
                "unreadable", "a block and its entrances are needed in each row: 栋 3, 号 12、13", sheet.number(index)
            )
        found.setdefault(name, {}).update(dict.fromkeys(each for each in entrances if each))
    if not found:
        raise UnreadableTable("empty", "the table of blocks has no rows")
    return {name: tuple(entrances) for name, entrances in found.items()}
