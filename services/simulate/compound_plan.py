"""The compound of the simulation: 1333 households in 40 buildings, two of them villas, and its stations."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self
from uuid import UUID

from domain.base import Request
from domain.community.compound import AddHouseholds, BuildingDoors, OpenStation, StationKind
from domain.community.door_settings import DoorSettings
from services.simulate.chance import chance, drawn_id, milliseconds
from services.simulate.crew import member_number

BUILDINGS: Final = 40
HOUSEHOLDS: Final = 1333
VILLAS: Final = ("29", "30")
TWINS: Final = (
    ((18, 2), (17, 2)),
    ((11, 4), (13, 2)),
    ((6, 6), (17, 2)),
    ((15, 2), (20, 2)),
    ((24, 2), (11, 2)),
)
"""Pairs of buildings as (floors, doors on a floor): each pair has 70 doors."""
STREET_NUMBER: Final = 168
STREET_NUMBERS_APART: Final = 20
NAMES: Final = ("圣都汇", "和风苑", "绿园新村", "春申里", "梅陇家园", "银桥花园", "东明小区", "康乐坊")
STATIONS: Final[dict[str, StationKind]] = {
    "gate": "gate",
    "disinfection": "disinfection",
    "rest": "rest",
    "sorting": "sorting",
}
ACTOR: Final = "simulation"


@dataclass(frozen=True, slots=True)
class CompoundPlan:
    id: str
    name: str
    street: str
    seed: int
    buildings: tuple[BuildingDoors, ...]
    people: bool = False
    """Its hands are registered members and act under their numbers."""

    @classmethod
    def drawn(cls, seed: int, number: int = 0, *, people: bool = False) -> Self:
        """The n-th compound of a seed; the first is 圣都汇."""
        return cls(
            id="shengdu" if number == 0 else f"shengdu-{number + 1}",
            name=NAMES[number % len(NAMES)] + (f"{number // len(NAMES) + 1}期" if number >= len(NAMES) else ""),
            street=f"某路{STREET_NUMBER + STREET_NUMBERS_APART * number}弄",
            seed=seed,
            buildings=drawn_buildings(seed, number),
            people=people,
        )

    @property
    def households(self) -> tuple[str, ...]:
        return tuple(door for listed in self.buildings for door in doors_of(listed))

    def actor(self, hand: str) -> str:
        """Under which a phone's hand, such as ``runner-3``, acts and takes; staff sign, so they always have a number."""
        return member_number(self.seed, self.id, hand) if self.people or hand.startswith("staff") else hand

    def founding(self, at: datetime) -> Iterator[Request]:
        """What is asked of the record before the first scan: the roster, then the stations."""
        draw = chance(self.seed, self.id, "founding")
        common = {"compound": self.id, "actor": ACTOR, "happened_at": at}

        def fresh() -> UUID:
            return UUID(drawn_id(draw, milliseconds(at)))

        settings = DoorSettings(names=(self.name,), streets=(self.street,), blocks="same")
        yield AddHouseholds(**common, id=fresh(), doors=settings, roster=self.buildings)
        for station, kind in STATIONS.items():
            yield OpenStation(**common, id=fresh(), station=station, kind=kind)
        for listed in self.buildings:
            station = lobby_of(listed.building)
            yield OpenStation(**common, id=fresh(), station=station, kind="lobby", building=listed.building)


def drawn_buildings(seed: int, number: int) -> tuple[BuildingDoors, ...]:
    towers = [str(each) for each in range(1, BUILDINGS + 1) if str(each) not in VILLAS]
    shapes = [shape for place in range(len(towers) // 2) for shape in TWINS[place % len(TWINS)]]
    chance(seed, "buildings", number).shuffle(shapes)
    rooms = {building: rooms_of(*shape) for building, shape in zip(towers, shapes, strict=True)}
    missing = HOUSEHOLDS - len(VILLAS) - sum(len(listed) for listed in rooms.values())
    top = shapes[0][0] + 1
    rooms[towers[0]] += tuple(f"{top}{place:02d}" for place in range(1, missing + 1))
    return tuple(
        BuildingDoors(building=str(each), rooms=rooms.get(str(each), ()), villa=str(each) in VILLAS)
        for each in range(1, BUILDINGS + 1)
    )


def rooms_of(floors: int, doors: int) -> tuple[str, ...]:
    return tuple(f"{floor}{door:02d}" for floor in range(1, floors + 1) for door in range(1, doors + 1))


def doors_of(listed: BuildingDoors) -> tuple[str, ...]:
    return (listed.building,) if listed.villa else tuple(f"{listed.building}-{room}" for room in listed.rooms)


def lobby_of(building: str) -> str:
    return f"lobby-{building}"
