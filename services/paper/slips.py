"""Slips with door codes: one for each door, on sheets of A4 that a captain cuts up and hands out."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import NamedTuple

from domain.base import Refused
from domain.goods.facts import building_of
from projections import door_codes, roster
from projections.base import Rows
from services.door_codes import DoorBook
from services.paper import N_
from services.paper.labels import fit_of, qr_for
from services.undelivered import in_number_order

PAGE_OF_DOORS = "D"
DOOR_MISSING = N_("There is no such door or building on the roster.")


class BuildingOfDoors(NamedTuple):
    building: str
    doors: tuple[str, ...]
    renewed_at: Mapping[str, int]
    """By door, in milliseconds since 1970; a door that still has its first code is left out."""

    @property
    def last_renewed(self) -> int | None:
        return max(self.renewed_at.values(), default=None)


class Slip(NamedTuple):
    door: str
    fit: str
    code: str
    qr: str


class SheetOfSlips(NamedTuple):
    building: str
    slips: tuple[Slip, ...]


def buildings_with_doors(rows: Rows, compound: str) -> list[BuildingOfDoors]:
    """Buildings and doors in numeric order."""
    renewed = door_codes.serials(rows, compound)
    listed = sorted((door for door, _, _ in roster.households(rows, compound)), key=by_place)
    return [
        BuildingOfDoors(building, doors, {door: renewed[door].renewed_at for door in doors if door in renewed})
        for building, doors in ((building, tuple(those)) for building, those in groupby(listed, building_of))
    ]


def by_place(door: str) -> tuple[object, object]:
    building, _, room = door.partition("-")
    return in_number_order(building), in_number_order(room)


def slips_for(
    rows: Rows, compound: str, buildings: Iterable[BuildingOfDoors], book: DoorBook, base: str, door: str | None = None
) -> list[SheetOfSlips]:
    """One list for each building, or one slip for one door. Raises Refused where there is no door at all."""
    chosen = [(each.building, [name for name in each.doors if door in {None, name}]) for each in buildings]
    codes = book.codes_of(rows, compound, [name for _, doors in chosen for name in doors])
    made = [
        SheetOfSlips(building, tuple(slip_for(name, codes[name], base) for name in doors))
        for building, doors in chosen
        if doors
    ]
    if not made:
        raise Refused("door-listed", DOOR_MISSING)
    return made


def slip_for(door: str, code: str, base: str) -> Slip:
    return Slip(door, fit_of(door), code, qr_for(base, code, PAGE_OF_DOORS))
