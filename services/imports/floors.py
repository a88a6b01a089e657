"""A column headed 楼 that says the floor of each room, and no building: 5 and 501, 6 and 602, 11 and 1103."""

from collections.abc import Sequence

from domain.community.door_words import number
from services.imports.headers import spoken
from services.imports.layouts import Layout
from services.imports.merged_cells import Row

ROWS_ENOUGH, FLOORS_ENOUGH = 3, 2
"""In fewer rows, building 5 may have a room 501 by chance."""


def with_floors(layout: Layout, rows: Sequence[Row]) -> Layout:
    """The same, with such a column as one of floors: its rooms have no building, and a person is asked for it."""
    header = layout.sheet.rows[layout.header]
    buildings, rooms = layout.at("building", "block"), layout.at("room")
    if len(buildings) != 1 or len(rooms) != 1 or spoken(header[buildings[0]]) != "楼":
        return layout
    pairs = [(row.said[buildings[0]], row.said[rooms[0]]) for row in rows[layout.header + 1 :]]
    said = {(floor, room) for floor, room in pairs if floor and room}
    if len(said) < ROWS_ENOUGH or len({floor for floor, _ in said}) < FLOORS_ENOUGH:
        return layout
    if not all(_is_its_floor(floor, room) for floor, room in said):
        return layout
    columns = {part: places for part, places in layout.columns.items() if part not in {"building", "block"}}
    return layout._replace(columns={**columns, "floor": [*layout.at("floor"), *buildings]})


def _is_its_floor(floor: str, room: str) -> bool:
    door = room.rstrip("室")
    return door.isdecimal() and len(door) > len("01") and number(floor.rstrip("楼层f")) == number(door[:-2])
