"""Door codes: which door is behind a code, and the code of a door.

A code holds no door, so it is looked up: for each compound the 45 bits of all its doors' codes in order, made when a code is
first asked for and again when the compound's roster or serials have changed. 1333 doors take about 10 ms and 20 kB, so 650
such compounds 5 s once and 13 MB; a look-up, one bisection a compound, then takes 0.1 ms, or 2 ms for 650. What opens is decided by the log, so that a renewed code is refused from the moment the
renewal is on disk. All compounds are searched for every code, known or not, and two doors that came by the same
code would both be refused.
"""

import threading
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple, Self

from domain.base import stream_of
from domain.community.door_codes import DoorCodes, actor_at_door, door_code, door_code_bits
from domain.goods.codes import bits_of
from domain.goods.facts import building_of
from infra.event_store import EventStore
from infra.read_store import SqliteReadStore
from projections import door_codes, roster
from projections.base import Rows

BETWEEN_DOORS: Final = "\n"
Stamp = tuple[tuple[int, int, int], int]
"""Grows whenever a door, or the serial of one, has changed."""


class Door(NamedTuple):
    compound: str
    household: str

    @property
    def building(self) -> str:
        return building_of(self.household)


class DoorsOfCompound(NamedTuple):
    """``bits`` in order, ``doors`` as one text in the same order."""

    stamp: Stamp
    bits: "array[int]"
    doors: str

    @classmethod
    def read(cls, rows: Rows, compound: str, secret: bytes, stamp: Stamp) -> Self:
        serials = door_codes.serials(rows, compound)
        made = sorted(
            (door_code_bits(secret, compound, door, serials[door].serial if door in serials else 0), door)
            for door, _, _ in roster.households(rows, compound)
        )
        return cls(stamp, array("Q", [bits for bits, _ in made]), BETWEEN_DOORS.join(door for _, door in made))

    def places(self, bits: int) -> list[int]:
        place = bisect_left(self.bits, bits)
        return [each for each in (place, place + 1) if each < len(self.bits) and self.bits[each] == bits]

    def door_at(self, place: int) -> str:
        return self.doors.split(BETWEEN_DOORS)[place]


class DoorBook:
    """Safe to use from many threads."""

    def __init__(self, secret: bytes, log: EventStore, read: SqliteReadStore) -> None:
        self.secret = secret
        self.log = log
        self.read = read
        self.known: Mapping[str, DoorsOfCompound] = {}
        self.lock = threading.Lock()

    def door_behind(self, code: str) -> Door | None:
        """None alike for codes that were never made, were renewed, or are another installation's."""
        bits = bits_of(code)
        with self.read.reading() as rows:
            lists = self.up_to_date(rows)
        found = [(compound, place) for compound, listed in lists.items() for place in listed.places(bits)]
        if len(found) != 1:
            return None
        compound, place = found[0]
        door = Door(compound, lists[compound].door_at(place))
        return door if self.bits_by_log(door) == bits else None

    def up_to_date(self, rows: Rows) -> Mapping[str, DoorsOfCompound]:
        renewed = door_codes.times_renewed(rows)
        stamps = {
            compound: (changed, renewed.get(compound, 0)) for compound, changed in roster.times_changed(rows).items()
        }
        known = self.known
        if stamps.keys() == known.keys() and all(known[each].stamp == stamp for each, stamp in stamps.items()):
            return known
        with self.lock:
            before = self.known
            self.known = {
                compound: before[compound]
                if compound in before and before[compound].stamp == stamp
                else DoorsOfCompound.read(rows, compound, self.secret, stamp)
                for compound, stamp in stamps.items()
            }
            return self.known

    def bits_by_log(self, door: Door) -> int:
        stream = stream_of(door.compound, f"door-codes-{door.building}")
        codes = DoorCodes()
        for recorded in self.log.load([stream])[stream]:
            codes = codes.evolve(recorded.event)
        return door_code_bits(self.secret, *door, codes.serials[door.household])

    def codes_of(self, rows: Rows, compound: str, doors: Iterable[str]) -> dict[str, str]:
        """The code that opens now, by door."""
        serials = door_codes.serials(rows, compound)
        return {
            door: door_code(self.secret, compound, door, serials[door].serial if door in serials else 0)
            for door in doors
        }

    def actor_at(self, door: Door) -> str:
        return actor_at_door(self.secret, *door)
