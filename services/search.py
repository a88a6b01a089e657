"""One box for everything a person may have in hand: a code, a door as somebody wrote it, a group buy, a supplier."""

import re
from itertools import islice
from typing import Final, NamedTuple

from domain.community.doors import read_door
from domain.goods.codes import CODE_LENGTH, KINDS, kind_of, read_code
from projections import custody, deliveries, orders
from projections.base import Rows
from projections.custody import Custody
from projections.deliveries import Delivery
from projections.orders import GroupBuyRow, Order
from services.places import PlaceBook
from services.roles import Person, at_own_door, in_own_building, of_own_group_buy, of_some_own_group_buy

LONGEST: Final = 200
MOST_DELIVERIES: Final = 20


class Door(NamedTuple):
    household: str
    building: str
    room: str
    orders: tuple[tuple[str, Order], ...]
    """(title of the group buy, order)"""
    parcels: tuple[Custody, ...]


class Found(NamedTuple):
    """What a query led to; empty parts were not found."""

    code: str | None = None
    misread: bool = False
    """It has the shape of a code, but its check character does not agree."""
    parcel: Custody | None = None
    crate: tuple[Custody, ...] = ()
    doors: tuple[Door, ...] = ()
    building: str | None = None
    nearest: tuple[str, ...] = ()
    group_buys: tuple[GroupBuyRow, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    titles: dict[str, str] = {}  # noqa: RUF012 — never changed
    elsewhere: bool = False
    """All of it lies outside of the person's buildings and group buys."""

    @property
    def kind(self) -> str | None:
        return kind_of(self.code) if self.code else None

    @property
    def parcels(self) -> tuple[Custody, ...]:
        """All parcels in it, each once."""
        alone = (self.parcel,) if self.parcel else ()
        each = (*alone, *self.crate, *(parcel for door in self.doors for parcel in door.parcels))
        return tuple({parcel.code: parcel for parcel in each}.values())

    @property
    def anything(self) -> bool:
        return bool(self.code or self.shown) or self.misread

    @property
    def shown(self) -> tuple[object, ...]:
        """What of it is known to lie somewhere."""
        known = (self.parcel, self.crate, self.doors, self.building, self.nearest, self.group_buys, self.deliveries)
        return tuple(each for each in known if each)


def search(rows: Rows, places: PlaceBook, compound: str, query: str) -> Found:
    text = query.strip()[:LONGEST]
    if not text:
        return Found()
    titles = {row.group_buy: row.title for row in orders.group_buys(rows, compound)}
    code = read_code(text)
    if code is not None:
        return found_by_code(rows, compound, code, titles)
    return found_by_words(rows, places, compound, text, titles)


def seen_of(person: Person, found: Found) -> Found:
    """What lies within the person's buildings and group buys; that a code is a code of ours is no secret."""
    parcel = found.parcel
    seen = found._replace(
        parcel=parcel if parcel and reaches(person, parcel) else None,
        crate=tuple(each for each in found.crate if reaches(person, each)),
        doors=tuple(each for each in found.doors if in_own_building(person, each.building)),
        building=found.building if in_own_building(person, found.building) else None,
        nearest=tuple(each for each in found.nearest if at_own_door(person, each)),
        group_buys=tuple(each for each in found.group_buys if of_own_group_buy(person, each.group_buy)),
        deliveries=tuple(each for each in found.deliveries if of_some_own_group_buy(person, each.group_buys)),
    )
    return seen._replace(elsewhere=bool(found.shown) and not seen.shown)


def reaches(person: Person, parcel: Custody) -> bool:
    return in_own_building(person, parcel.building) and of_own_group_buy(person, parcel.group_buy)


def found_by_code(rows: Rows, compound: str, code: str, titles: dict[str, str]) -> Found:
    match kind_of(code):
        case "delivery":
            delivery = deliveries.delivery(rows, compound, code)
            return Found(code=code, deliveries=(delivery,) if delivery else (), titles=titles)
        case "crate":
            inside = [parcel for parcel in custody.not_yet_delivered(rows, compound) if parcel.crate == code]
            return Found(code=code, crate=tuple(inside), titles=titles)
        case "parcel":
            parcel = custody.parcel(rows, compound, code)
            doors = (door_of(rows, compound, parcel.household, titles),) if parcel and parcel.household else ()
            return Found(code=code, parcel=parcel, doors=doors, titles=titles)


def found_by_words(rows: Rows, places: PlaceBook, compound: str, text: str, titles: dict[str, str]) -> Found:
    household = places.household(compound, text)
    roster = places.roster(compound)
    read = read_door(text, roster)
    wanted = text.casefold()
    building = read.building if not household and not read.room and read.building in roster.rooms else None
    named = (row for row in orders.group_buys(rows, compound) if wanted in row.title.casefold())
    return Found(
        misread=looks_like_a_code(text),
        doors=(door_of(rows, compound, household, titles),) if household else (),
        building=building,
        nearest=() if household else tuple(door for door in read.nearest if door in roster.households),
        group_buys=tuple(named),
        deliveries=tuple(deliveries_named(rows, compound, wanted, by_part_of_plate=not (household or building))),
        titles=titles,
    )


def looks_like_a_code(text: str) -> bool:
    plain = re.sub(r"[\s-]", "", text).upper()
    return len(plain) == CODE_LENGTH and plain.isascii() and plain.isalnum() and plain[0] in KINDS


def deliveries_named(rows: Rows, compound: str, wanted: str, *, by_part_of_plate: bool) -> list[Delivery]:
    """By a part of the supplier's name or of the vehicle's number; who asks for building 12 means no 12 on a plate."""
    known = deliveries.all_deliveries(rows, compound)
    found = (
        each
        for each in known
        if wanted in (each.supplier or "").casefold() or on_plate(each, wanted, by_part=by_part_of_plate)
    )
    return list(islice(found, MOST_DELIVERIES))


def on_plate(delivery: Delivery, wanted: str, *, by_part: bool) -> bool:
    plate = (delivery.vehicle or "").casefold()
    return wanted == plate or (by_part and wanted in plate)


def door_of(rows: Rows, compound: str, household: str, titles: dict[str, str]) -> Door:
    building, _, room = household.partition("-")
    ordered = orders.orders_of_household(rows, compound, household)
    return Door(
        household=household,
        building=building,
        room=room,
        orders=tuple((titles.get(group_buy, group_buy), order) for group_buy, order in ordered),
        parcels=(*custody.of_household(rows, compound, household), *custody.lying_at(rows, compound, household)),
    )
