"""Doors and group buys as scans and tables name them, looked up in the read database and remembered."""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Final, NamedTuple

from domain.base import HouseholdId
from domain.community.door_settings import DoorSettings
from domain.community.doors import Roster, building_meant, household_id, read_door
from infra.read_store import SqliteReadStore
from projections import orders, roster
from projections.base import Rows

FRESH_FOR: Final = 2.0
"""Seconds for which what is remembered of a compound is taken as it is."""
LOOKS_AFTER_MISSES: Final = 5
"""As often in a second the read database is asked for what is not remembered, so that unknown doors stay cheap."""


class Known(NamedTuple):
    read_at: float
    roster: Roster
    group_buys: dict[str, str]
    """Id by id and by title."""


def roster_of(rows: Rows, compound: str) -> Roster:
    """The roster as the door reader wants it; empty while the compound is not founded."""
    rooms: dict[str, set[str]] = {building: set() for building in roster.buildings(rows, compound)}
    villas = set()
    for _, building, room in roster.households(rows, compound):
        if room is None:
            villas.add(building)
        else:
            rooms.setdefault(building, set()).add(room)
    settings = roster.door_settings(rows, compound) or DoorSettings()
    listed = {building: frozenset(doors) for building, doors in rooms.items()}
    return Roster(settings=settings, rooms=listed, villas=frozenset(villas))


def buildings_of(rows: Rows, compound: str) -> Roster:
    """The roster without its rooms, which reads as quickly as a form is sent."""
    settings = roster.door_settings(rows, compound) or DoorSettings()
    return Roster(settings=settings, rooms={building: frozenset() for building in roster.buildings(rows, compound)})


def household_behind(door: str, roster: Roster) -> HouseholdId | None:
    building, dash, room = door.partition("-")
    if roster.knows(building, room if dash else None):
        return household_id(building, room if dash else None)
    return read_door(door, roster).household


class PlaceBook:
    def __init__(self, read: SqliteReadStore) -> None:
        self.read = read
        self.known: dict[str, Known] = {}
        self.missed: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=LOOKS_AFTER_MISSES))
        self.lock = threading.Lock()

    def household(self, compound: str, door: str) -> HouseholdId | None:
        """The household behind a written door; None where it cannot be read with certainty."""
        return self.found(compound, lambda known: household_behind(door, known.roster))

    def building(self, compound: str, written: str) -> str | None:
        """The building of the roster that was written; None where it cannot be read with certainty."""
        return self.found(compound, lambda known: building_meant(written, known.roster))

    def group_buy(self, compound: str, named: str) -> str | None:
        """The id of a group buy that is named by id or title."""
        return self.found(compound, lambda known: known.group_buys.get(named.strip()))

    def name_of(self, compound: str) -> str:
        """The compound's first name; its id where nobody has named it."""
        return next(iter(self.roster(compound).settings.names), compound)

    def roster(self, compound: str) -> Roster:
        return self.of(compound).roster

    def found(self, compound: str, look: Callable[[Known], str | None]) -> str | None:
        """What is not remembered may have been imported a moment ago."""
        known = self.of(compound)
        answer = look(known)
        if answer is None and (fresher := self.after_a_miss(compound, known)) is not known:
            answer = look(fresher)
        return answer

    def after_a_miss(self, compound: str, known: Known) -> Known:
        with self.lock:
            latest = self.known.get(compound, known)
            missed, moment = self.missed[compound], time.monotonic()
            if latest is not known or (len(missed) == LOOKS_AFTER_MISSES and moment - missed[0] < 1):
                return latest
            missed.append(moment)
            self.known[compound] = self.look_up(compound, known)
            return self.known[compound]

    def of(self, compound: str) -> Known:
        known = self.known.get(compound)
        if known is None or time.monotonic() - known.read_at > FRESH_FOR:
            with self.lock:
                known = self.known[compound] = self.look_up(compound, known)
        return known

    def look_up(self, compound: str, before: Known | None) -> Known:
        with self.read.reading() as rows:
            read = roster_of(rows, compound)
            named = {row.title: row.group_buy for row in orders.group_buys(rows, compound)}
        named |= {group_buy: group_buy for group_buy in named.values()}
        same = before is not None and before.roster == read
        return Known(time.monotonic(), before.roster if before and same else read, named)

    def forget(self) -> None:
        self.known.clear()
