"""Door codes: a household's code is made from its door and a serial; renewing counts the serial up, so old slips end.

A code is the letter H, nine symbols that cannot be guessed (45 bits) and a check character, as on labels.
"""

import hmac
from collections import Counter
from typing import Annotated, Final, NamedTuple, Self

from pydantic import Field

from domain.base import Building, CompoundId, Event, HouseholdId, Refused, Request, said_by
from domain.goods.codes import BODY_LENGTH, SYMBOLS, lettered, read_symbols

MOST_DOORS = 2000
LETTER: Final = "H"
LOWEST: Final = (1 << 5 * BODY_LENGTH) - 1
ACTOR_LENGTH: Final = 8


def door_code_bits(secret: bytes, compound: CompoundId, household: HouseholdId, serial: int) -> int:
    """What cannot be guessed of a door's code; serial 0 is the first."""
    named = "\x00".join(("door code", compound, household, str(serial)))
    return int.from_bytes(hmac.digest(secret, named.encode(), "sha256")) & LOWEST


def door_code(secret: bytes, compound: CompoundId, household: HouseholdId, serial: int) -> str:
    return lettered(LETTER, door_code_bits(secret, compound, household, serial))


def read_door_code(text: str) -> str | None:
    return read_symbols(text, LETTER)


def actor_at_door(secret: bytes, compound: CompoundId, household: HouseholdId) -> str:
    """Who reports something by a door's code: the same for all serials of a door, and telling nothing of either."""
    named = f"actor at door\x00{compound}\x00{household}"
    bits = int.from_bytes(hmac.digest(secret, named.encode(), "sha256"))
    return "door-" + "".join(SYMBOLS[bits >> 5 * place & 31] for place in range(ACTOR_LENGTH)).lower()


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
