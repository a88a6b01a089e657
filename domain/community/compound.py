"""The compound: its doors and the places where goods are handled."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import Field

from domain.base import Building, Event, HouseholdId, Message, Refused, Request, Room, StationId, said_by
from domain.community.door_settings import DoorSettings

StationKind = Literal["gate", "disinfection", "rest", "sorting", "lobby"]


class CompoundFact(Event):
    stored: ClassVar[bool] = False

    @property
    def stream(self) -> str:
        return f"compound-{self.compound}"


class CompoundFounded(CompoundFact):
    doors: DoorSettings


class BuildingAdded(CompoundFact):
    building: Building


class HouseholdsAdded(CompoundFact):
    building: Building
    rooms: tuple[Room, ...]
    """Empty for a villa: the building itself is the household. Rooms that were there already may be among them."""


class HouseholdsRemoved(CompoundFact):
    """A roster that was read by mistake is taken back; the doors that no other roster lists are gone."""

    undone: UUID
    households: tuple[HouseholdId, ...]


class HouseholdCaredFor(CompoundFact):
    """The captain cares for this door, or no longer does; why is nobody's business here."""

    household: HouseholdId
    cared_for: bool = True


class StationOpened(CompoundFact):
    station: StationId
    kind: StationKind
    building: Building | None = None


class StationClosed(CompoundFact):
    station: StationId


class Compound:
    """What decisions need of the compound: which doors there are and which stations are open."""

    def __init__(self) -> None:
        self.doors: DoorSettings | None = None
        self.rooms: dict[str, set[str]] = {}
        self.villas: set[str] = set()
        self.added_by: dict[UUID, list[str]] = {}
        self.stations: dict[str, StationOpened] = {}
        self.opened: dict[str, datetime] = {}
        """When each station that there ever was opened first."""
        self.cared_for: set[str] = set()

    def evolve(self, event: Event) -> Self:
        match event:
            case CompoundFounded():
                self.doors = event.doors
            case BuildingAdded():
                self.rooms.setdefault(event.building, set())
            case HouseholdsAdded():
                self._add(event)
            case HouseholdsRemoved():
                self._remove(event)
            case HouseholdCaredFor():
                self._care(event)
            case StationOpened():
                self.stations[event.station] = event
                self.opened.setdefault(event.station, event.happened_at)
            case StationClosed():
                self.stations.pop(event.station, None)
            case _:
                pass
        return self

    def _add(self, event: HouseholdsAdded) -> None:
        added = self.added_by.setdefault(event.command, [])
        if not event.rooms:
            self.villas.add(event.building)
            added.append(event.building)
        self.rooms.setdefault(event.building, set()).update(event.rooms)
        added.extend(f"{event.building}-{room}" for room in event.rooms)

    def _remove(self, event: HouseholdsRemoved) -> None:
        self.added_by.pop(event.undone, None)
        for household in event.households:
            building, dash, room = household.partition("-")
            if dash:
                self.rooms.get(building, set()).discard(room)
            else:
                self.villas.discard(building)
            if not self.rooms.get(building) and building not in self.villas:
                self.rooms.pop(building, None)

    def _care(self, event: HouseholdCaredFor) -> None:
        if event.cared_for:
            self.cared_for.add(event.household)
        else:
            self.cared_for.discard(event.household)

    @property
    def households(self) -> frozenset[str]:
        return frozenset(self.villas) | {
            f"{building}-{room}" for building, rooms in self.rooms.items() for room in rooms
        }


class BuildingDoors(Message):
    building: Building
    rooms: tuple[Room, ...] = ()
    villa: bool = False


class AddHouseholds(Request):
    """Read a roster into the compound; founds the compound when it is new.

    A roster without anything new adds nothing; any other names all its doors, which holds those that were there
    already when the roster that brought them is taken back.
    """

    doors: DoorSettings
    """Used when the compound is founded; an existing compound keeps its own."""
    roster: tuple[BuildingDoors, ...] = Field(min_length=1)

    @property
    def stream(self) -> str:
        return f"compound-{self.compound}"

    def decide(self, past: Compound) -> list[Event]:
        if past.doors and not any(self.is_new(listed, past) for listed in self.roster):
            return []
        common = said_by(self)
        facts: list[Event] = [] if past.doors else [CompoundFounded(**common, doors=self.doors)]
        for listed in self.roster:
            if listed.building not in past.rooms:
                facts.append(BuildingAdded(**common, building=listed.building))
            if listed.villa:
                facts.append(HouseholdsAdded(**common, building=listed.building, rooms=()))
            if listed.rooms:
                facts.append(HouseholdsAdded(**common, building=listed.building, rooms=listed.rooms))
        return facts

    def is_new(self, listed: BuildingDoors, past: Compound) -> bool:
        rooms = past.rooms.get(listed.building)
        if rooms is None or (listed.villa and listed.building not in past.villas):
            return True
        return not rooms.issuperset(listed.rooms)


class UndoRoster(Request):
    """Take back the households that one roster and no other one listed."""

    undone: UUID
    ordered: frozenset[HouseholdId] = frozenset()
    """Doors that have ordered meanwhile: they cannot go."""

    @property
    def stream(self) -> str:
        return f"compound-{self.compound}"

    def decide(self, past: Compound) -> list[Event]:
        listed = past.added_by.get(self.undone)
        if listed is None:
            raise Refused("import-known", "There is no such roster import, or it is undone already.")
        elsewhere = {door for roster, doors in past.added_by.items() if roster != self.undone for door in doors}
        households = [door for door in listed if door not in elsewhere]
        in_use = sorted(self.ordered.intersection(households))
        if in_use:
            raise Refused(
                "roster-in-use", f"{len(in_use)} of these doors have orders, {in_use[0]} for one; undo them first."
            )
        return [HouseholdsRemoved(**said_by(self), undone=self.undone, households=tuple(households))]


class CareForHousehold(Request):
    """The captain cares for this door from now on, or no longer."""

    household: HouseholdId
    cared_for: bool = True

    @property
    def stream(self) -> str:
        return f"compound-{self.compound}"

    def decide(self, past: Compound) -> list[Event]:
        if self.household not in past.households and self.household not in past.cared_for:
            raise Refused("household-known", f"There is no door {self.household} on the roster.")
        if (self.household in past.cared_for) == self.cared_for:
            return []
        return [HouseholdCaredFor(**said_by(self), household=self.household, cared_for=self.cared_for)]


class OpenStation(Request):
    station: StationId
    kind: StationKind
    building: Building | None = None

    @property
    def stream(self) -> str:
        return f"compound-{self.compound}"

    def decide(self, past: Compound) -> list[Event]:
        if past.doors is None:
            raise Refused("compound-founded", "Found the compound first: import its roster of households.")
        if self.station in past.stations:
            raise Refused("station-new", f"A station named {self.station} is open already; choose another name.")
        opened: dict[str, Any] = {"station": self.station, "kind": self.kind, "building": self.building}
        return [StationOpened(**said_by(self), **opened)]


class CloseStation(Request):
    station: StationId

    @property
    def stream(self) -> str:
        return f"compound-{self.compound}"

    def decide(self, past: Compound) -> list[Event]:
        if self.station not in past.stations:
            raise Refused("station-known", f"No station named {self.station} is open.")
        return [StationClosed(**said_by(self), station=self.station)]


def doors_by_building(households: Iterable[tuple[str, str | None]]) -> tuple[BuildingDoors, ...]:
    """Groups doors (building, room or None for a villa) in the order in which the buildings first occur."""
    rooms: dict[str, dict[str, None]] = {}
    villas: set[str] = set()
    for building, room in households:
        known = rooms.setdefault(building, {})
        if room is None:
            villas.add(building)
        else:
            known[room] = None
    return tuple(
        BuildingDoors(building=building, rooms=tuple(listed), villa=building in villas)
        for building, listed in rooms.items()
    )
