"""What is held about one door, in the directory and in the log, and when it goes: for the household that asks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

import orjson

from domain.base import Event, Recorded, stream_of
from domain.community.compound import HouseholdsAdded, HouseholdsRemoved
from domain.goods.labels import LabelsPrinted
from domain.procurement.group_buys import RowsCorrected
from infra.directory import How, Purge, Read
from infra.unmaskings import Unmasking
from projections import custody, orders, roster
from projections.custody import Custody
from projections.orders import Order
from services.access import Person
from services.directory import Keeping, Shown, household, keeping, shown_at_door, shown_to
from services.door_codes import Door
from services.wiring import House

MOST_READS: Final = 500
SEEN: Final[tuple[How, How]] = ("whole", "masked")


class Glance(NamedTuple):
    """How often somebody saw the entries with most of them hidden, and when last."""

    who: str
    times: int
    last: datetime


class Held(NamedTuple):
    door: str
    shown: Shown
    reads: tuple[Read, ...]
    """Those that saw the words whole, newest first, the present look among them."""
    glances: tuple[Glance, ...]
    unmaskings: tuple[Unmasking, ...]
    orders: tuple[tuple[str, Order], ...]
    """(title of the group buy, order)"""
    parcels: tuple[Custody, ...]
    facts: tuple[Recorded, ...]
    """Every fact of the log that names the door, in the order of the log."""
    cared_for: bool
    keeping: Keeping
    purges: tuple[Purge, ...]
    titles: dict[str, str]


def held_about(house: House, person: Person, compound: str, door: str) -> Held:
    """The look at the directory is noted; raises Refused for a door of another captain's building."""
    return held_with(house, compound, door, shown_to(house, person, compound, household(door)))


def held_at_door(house: House, door: Door) -> Held:
    """For whoever has the door's code: most of the words stay hidden, and this look is noted as well."""
    shown = shown_at_door(house, *door, who=house.door_book.actor_at(door))
    return held_with(house, *door, shown)


def held_with(house: House, compound: str, door: str, shown: Shown) -> Held:
    subject = household(door)
    with house.read.reading() as rows:
        titles = {row.group_buy: row.title for row in orders.group_buys(rows, compound)}
        ordered = orders.orders_of_household(rows, compound, door)
        parcels = custody.of_household(rows, compound, door)
        cared_for = door in roster.cared_for(rows, compound)
    whole, masked = (house.directory.reads(compound, subject, how=how, limit=MOST_READS) for how in SEEN)
    return Held(
        door=door,
        shown=shown,
        reads=tuple(whole),
        glances=tuple(glances(masked)),
        unmaskings=tuple(house.unmaskings.of(compound, subject)),
        orders=tuple((titles.get(group_buy, group_buy), order) for group_buy, order in ordered),
        parcels=tuple(parcels),
        facts=tuple(facts_naming(house, compound, door, list(titles), parcels)),
        cared_for=cared_for,
        keeping=keeping(house, compound),
        purges=tuple(house.directory.purges(compound)),
        titles=titles,
    )


def glances(reads: Sequence[Read]) -> list[Glance]:
    """By who looked, the latest first."""
    seen: dict[str, Glance] = {}
    for each in reads:
        known = seen.get(each.who, Glance(each.who, 0, each.at))
        seen[each.who] = known._replace(times=known.times + 1)
    return list(seen.values())


def facts_naming(
    house: House, compound: str, door: str, group_buys: Sequence[str], parcels: Sequence[Custody]
) -> list[Recorded]:
    """From the streams in which a door can stand: the compound's, those of group buys, of its parcels and their labels."""
    codes = [f"parcel-{code}" for parcel in parcels for code in orjson.loads(parcel.labels)]
    runs = {
        related
        for links in house.log.links(compound, codes).values()
        for related in links
        if related.startswith("labels-")
    }
    subjects = dict.fromkeys((f"compound-{compound}", *(f"group-buy-{each}" for each in group_buys), *codes, *runs))
    found = house.log.load(stream_of(compound, subject) for subject in subjects)
    own = {stream_of(compound, code) for code in codes}
    named = (fact for stream, facts in found.items() for fact in facts if stream in own or names_door(fact.event, door))
    return sorted(named, key=lambda fact: fact.position)


def names_door(event: Event, door: str) -> bool:
    building, _, room = door.partition("-")
    match event:
        case HouseholdsAdded():
            return event.building == building and (room in event.rooms if room else not event.rooms)
        case HouseholdsRemoved():
            return door in event.households
        case RowsCorrected():
            return any((row.building, row.room or "") == (building, room) for row in event.rows)
        case LabelsPrinted():
            return any(label.meant and label.meant.household == door for label in event.labels)
        case _:
            said = getattr(event, "said", None)
            return door in {getattr(event, "household", None), getattr(said, "household", None)}
