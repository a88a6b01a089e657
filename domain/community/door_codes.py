"""Door codes: a household's code is made from its door and a serial; renewing counts the serial up, so old slips end."""

from collections import Counter
from typing import Annotated, NamedTuple, Self

from pydantic import Field

from domain.base import Building, Event, HouseholdId, Refused, Request, said_by

MOST_DOORS = 2000


class DoorCodesRenewed(Event):
    building: Building
    households: tuple[HouseholdId, ...]

    @property
    def stream(self) -> str:
        return f"door-codes-{self.building}"


class DoorCodes:
    """How often the code of each door of a building was renewed."""

    def __init__(self) -> None:
        self.serials: Counter[str] = Counter()

    def evolve(self, event: Event) -> Self:
        if isinstance(event, DoorCodesRenewed):
            self.serials.update(event.households)
        return self


class BuildingWithDoors(NamedTuple):
    """The codes of a building, and the households that the roster lists in it; None where there is no such building."""

    codes: DoorCodes
    households: frozenset[str] | None


class RenewDoorCodes(Request):
    building: Building
    households: Annotated[tuple[HouseholdId, ...], Field(max_length=MOST_DOORS)] = ()
    """Empty: all doors of the building."""
    buildings_of_actor: frozenset[Building] | None
    """The buildings that whoever asks is captain of; None for staff, who may renew everywhere."""

    @property
    def stream(self) -> str:
        return f"door-codes-{self.building}"

    def decide(self, past: BuildingWithDoors) -> list[Event]:
        if self.buildings_of_actor is not None and self.building not in self.buildings_of_actor:
            raise Refused("captain-of-building", "Only this building's captains and staff renew its door codes.")
        if not past.households:
            raise Refused("building-known", f"There is no building {self.building} on the roster of this compound.")
        elsewhere = next((door for door in self.households if door not in past.households), None)
        if elsewhere is not None:
            raise Refused("household-of-building", f"There is no door {elsewhere} in building {self.building}.")
        doors = tuple(dict.fromkeys(self.households)) or tuple(sorted(past.households))
        return [DoorCodesRenewed(**said_by(self), building=self.building, households=doors)]
