"""``/board``: the compound now, in sums: the flow from gate to door, buildings, today's deliveries, doubts."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from domain.goods.handling import PLACE_TIME
from projections import awaited, deliveries, doubts, live_board, roster
from projections.base import Rows, milliseconds, moment_of
from projections.deliveries import Delivery
from projections.doubts import DoubtSum
from services.access import CompoundInView, Person, SeesBoard
from services.api.house import InHouse
from services.pages.language import Language, language_of
from services.pages.layout import environment, render
from services.wiring import House, now

router = APIRouter(include_in_schema=False)

GATE_STAGES: Final = ("declared", "arrived", "admitted", "disinfecting", "resting", "disinfected")
DOOR_STAGES: Final = ("sorted", "with-volunteer", "with-captain", "downstairs", "delivered", "picked-up")
OFF_THE_WAY: Final = ("problem", "held", "returned", "destroyed")
FINISHED: Final = ("delivered", "picked-up")
MOVING: Final = ("with-volunteer", "with-captain", "downstairs")
WAITING: Final = ("declared", "sorted")
WRONG: Final = ("problem", "held", "returned", "destroyed")
ALL_BUILDINGS_UP_TO: Final = 48
"""In a larger compound only buildings with goods get a tile."""
DELIVERIES_SHOWN: Final = 8


class Stop(NamedTuple):
    stage: str
    number: int
    pieces: int | None = None
    """Declared or counted pieces of the deliveries there; None where parcels are counted."""


class Tile(NamedTuple):
    building: str
    """Empty for parcels of which nobody has said the door."""
    delivered: int
    moving: int
    wrong: int
    waiting: int
    """Ordered, labelled or sorted for the building, and nobody has taken it there yet."""

    @property
    def all(self) -> int:
        return self.delivered + self.moving + self.wrong + self.waiting

    @property
    def tone(self) -> str:
        if self.wrong:
            return "bad"
        if not self.all:
            return "quiet"
        return "good" if self.delivered == self.all else "moving"


class DeliveryLine(NamedTuple):
    delivery: Delivery
    stage: str
    since: datetime | None
    rests_until: datetime | None
    titles: tuple[str, ...]


class Board(NamedTuple):
    """Everything the board shows, as of one moment and one position of the log."""

    as_of: datetime
    position: int
    gate: tuple[Stop, ...]
    doors: tuple[Stop, ...]
    aside: tuple[Stop, ...]
    tiles: tuple[Tile, ...]
    idle: tuple[str, ...]
    deliveries: tuple[DeliveryLine, ...]
    more_deliveries: int
    doubts: tuple[DoubtSum, ...]

    @property
    def clock(self) -> str:
        """``14:05:09`` in the compound's time."""
        return self.as_of.astimezone(PLACE_TIME).strftime("%H:%M:%S")

    @property
    def delivered(self) -> int:
        return sum(tile.delivered for tile in self.tiles)

    @property
    def all(self) -> int:
        return sum(tile.all for tile in self.tiles)

    @property
    def moving(self) -> int:
        return sum(tile.moving for tile in self.tiles)

    @property
    def wrong(self) -> int:
        return sum(tile.wrong for tile in self.tiles)

    @property
    def open_doubts(self) -> int:
        return sum(doubt.scans for doubt in self.doubts)

    @property
    def is_empty(self) -> bool:
        return not (self.deliveries or any(stop.number for stop in (*self.doors, *self.aside)))


class Links(NamedTuple):
    """What a viewer may open from the board."""

    undelivered: bool = False
    doubts: bool = False
    trails: bool = False


def links_of(person: Person, *, wall: bool) -> Links:
    if wall:
        return Links()
    return Links(person.may("see-undelivered"), person.may("see-doubts"), person.may("see-trail"))


@router.get("/board")
def board_page(
    request: Request, person: SeesBoard, compound: CompoundInView, house: InHouse, *, wall: bool = False
) -> Response:
    return render(
        request,
        "board.html",
        board=board_now(house, compound, now()),
        links=links_of(person, wall=wall),
        wall=wall,
        compound=compound,
        called=house.places.name_of(compound),
    )


@router.get("/board/region")
def board_region(
    request: Request, person: SeesBoard, compound: CompoundInView, house: InHouse, *, wall: bool = False
) -> Response:
    """The part that changes; asked for where the stream does not work."""
    board = board_now(house, compound, now())
    return HTMLResponse(region_of(board, language_of(request), links_of(person, wall=wall)))


def region_of(board: Board, language: Language, links: Links) -> str:
    template = environment(language).get_template("fragments/board_region.html")
    return template.render(board=board, links=links, language=language)


def board_now(house: House, compound: str, at: datetime) -> Board:
    with house.read.reading() as rows:
        position = house.projector.position
        return look(rows, compound, at, position)


def look(rows: Rows, compound: str, at: datetime, position: int) -> Board:
    day = at.astimezone(PLACE_TIME).date().isoformat()
    sums = live_board.stages_by_building(rows, compound, day)
    today = deliveries.of_day(rows, compound, day, milliseconds(at))
    lines = delivery_lines(rows, compound, today, at)
    buildings = roster.buildings(rows, compound)
    tiles, idle = tiles_of(with_awaited(sums, awaited.pieces_by_building(rows, compound)), buildings)
    return Board(
        as_of=at,
        position=position,
        gate=tuple(gate_stop(stage, lines) for stage in GATE_STAGES),
        doors=tuple(Stop(stage, parcels_at(sums, stage)) for stage in DOOR_STAGES),
        aside=(gate_stop("turned-away", lines), *(Stop(stage, parcels_at(sums, stage)) for stage in OFF_THE_WAY)),
        tiles=tiles,
        idle=idle,
        deliveries=tuple(lines[:DELIVERIES_SHOWN]),
        more_deliveries=max(0, len(lines) - DELIVERIES_SHOWN),
        doubts=tuple(doubts.open_by_rule(rows, compound)),
    )


def with_awaited(sums: Mapping[str, Mapping[str, int]], pieces: Mapping[str, int]) -> Mapping[str, Mapping[str, int]]:
    """What was ordered and has no parcel yet waits like what has only a label."""
    return {
        building: {
            **sums.get(building, {}),
            "declared": sums.get(building, {}).get("declared", 0) + pieces.get(building, 0),
        }
        for building in {**sums, **pieces}
    }


def parcels_at(sums: Mapping[str, Mapping[str, int]], stage: str) -> int:
    return sum(stages.get(stage, 0) for stages in sums.values())


def gate_stop(stage: str, lines: Iterable[DeliveryLine]) -> Stop:
    there = [line.delivery for line in lines if line.stage == stage]
    pieces = sum(each.counted if each.counted is not None else each.expected or 0 for each in there)
    return Stop(stage, len(there), pieces)


def delivery_lines(rows: Rows, compound: str, today: Sequence[Delivery], at: datetime) -> list[DeliveryLine]:
    named = sorted({group_buy for delivery in today for group_buy in delivery.group_buys})
    sql = "SELECT group_buy, title FROM group_buys WHERE compound = ? AND group_buy IN ({keys})"
    titles: dict[str, str] = dict(rows.select_in(sql, named, (compound,)))
    return [
        DeliveryLine(
            delivery,
            delivery.stage_at(milliseconds(at)),
            moment_of(delivery.since) if delivery.since else None,
            moment_of(delivery.rests_until) if delivery.rests_until else None,
            tuple(titles.get(group_buy, group_buy) for group_buy in delivery.group_buys),
        )
        for delivery in today
    ]


def tiles_of(
    sums: Mapping[str, Mapping[str, int]], buildings: Mapping[str, int]
) -> tuple[tuple[Tile, ...], tuple[str, ...]]:
    """Tiles in the order of the buildings' numbers, and the buildings that get none because nothing comes there."""
    named = {building for building in (*sums, *buildings) if building}
    tiles = [tile_of(building, sums.get(building, {})) for building in sorted(named, key=by_number)]
    nameless = tile_of("", {stage: count for stage, count in sums.get("", {}).items() if stage != "declared"})
    if len(tiles) > ALL_BUILDINGS_UP_TO:
        idle = tuple(tile.building for tile in tiles if not tile.all)
        tiles = [tile for tile in tiles if tile.all]
    else:
        idle = ()
    return tuple([*tiles, nameless] if nameless.all else tiles), idle


def tile_of(building: str, stages: Mapping[str, int]) -> Tile:
    def count(wanted: Iterable[str]) -> int:
        return sum(stages.get(stage, 0) for stage in wanted)

    return Tile(building, count(FINISHED), count(MOVING), count(WRONG), count(WAITING))


def by_number(building: str) -> tuple[str, int, str]:
    """``2`` before ``10``, ``7乙`` after ``7``, villas and towers with a letter after the plain numbers."""
    word, number, rest = re.fullmatch(r"(\D*)(\d*)(.*)", building, re.DOTALL).groups()  # type: ignore[union-attr]  # all parts may be empty
    return word, int(number or 0), rest
