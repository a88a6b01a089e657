"""A column headed 楼 that says the floor of each room, and no building: 5 and 501, 6 and 602, 11 and 1103."""

from collections.abc import Sequence

from domain.community.door_words import number
from services.imports.headers import spoken
from services.imports.layouts import Layout
from services.imports.merged_cells import Row

ROWS_ENOUGH, FLOORS_ENOUGH = 3, 2
"""In fewer rows, building 5 may have a room 501 by chance."""
MAY_SAY_FLOORS = {"楼": ROWS_ENOUGH, "楼栋": ROWS_ENOUGH, "楼幢": ROWS_ENOUGH}
ROWS_OF_BUILDINGS, FLOORS_OF_BUILDINGS = 5, 3
"""楼号 says buildings, unless more rows say otherwise; so do a few rows of which one is not on its floor."""
MOST_OF_FOUR = 4
"""So many rows to one that is not on its floor."""


def with_floors(layout: Layout, rows: Sequence[Row]) -> Layout:
    """The same, with such a column as one of floors: its rooms have no building, and a person is asked for it."""
    header = layout.sheet.rows[layout.header]
    buildings, rooms = layout.at("building", "block"), layout.at("room")
    if len(buildings) != 1 or len(rooms) != 1:
        return layout
    headed = spoken(header[buildings[0]])
    pairs = {(row.said[buildings[0]], row.said[rooms[0]]) for row in rows[layout.header + 1 :]}
    said = {(floor, room) for floor, room in pairs if floor and room}
    if len(said) < MAY_SAY_FLOORS.get(headed, ROWS_OF_BUILDINGS):
        return layout
    if headed != "楼" and not all(_is_its_floor(floor, room) for floor, room in said):
        return layout  # large tables are read quickly: the first pair says so
    on_floors = {(floor, room) for floor, room in said if _is_its_floor(floor, room)}
    others, floors = len(said) - len(on_floors), len({floor for floor, _ in on_floors})
    if others and (
        len(on_floors) < ROWS_OF_BUILDINGS or floors < FLOORS_OF_BUILDINGS or others * MOST_OF_FOUR > len(said)
    ):
        return layout
    if floors < (FLOORS_ENOUGH if headed == "楼" else FLOORS_OF_BUILDINGS):
        return layout
    columns = {part: places for part, places in layout.columns.items() if part not in {"building", "block"}}
    return layout._replace(columns={**columns, "floor": [*layout.at("floor"), *buildings]})


def _is_its_floor(floor: str, room: str) -> bool:
    door = room.rstrip("室")
    return door.isdecimal() and len(door) > len("01") and number(floor.rstrip("楼层f")) == number(door[:-2])
