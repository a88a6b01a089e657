"""What phones send, taken from the simulation's plan: one load for demo, tests and benchmarks."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from domain.goods.handling import PLACE_TIME
from infra.settings import Settings, installation_secret
from services.simulate.chance import chance
from services.simulate.fill import PlannedPlaces, record
from services.simulate.mistakes import NONE
from services.simulate.plan import Chapter, Plan
from services.wiring import house_at

SEED = 2022
A_REQUEST = 500
Item = dict[str, Any]


class Sent(NamedTuple):
    """One request's scans and the compound they are for."""

    compound: str
    items: list[Item]


def plan_of_yesterday(data: Path, compounds: int) -> Plan:
    """A day without mistakes, recent enough for phones that come back online."""
    data.mkdir(parents=True, exist_ok=True)
    yesterday = (datetime.now(PLACE_TIME) - timedelta(days=1)).date()
    secret = installation_secret(Settings(data=data).secret_file)
    return Plan(SEED, yesterday, compounds=compounds, secret=secret, mistakes=NONE)


def found(data: Path, plan: Plan) -> None:
    """Everything before the first scan: doors, orders, printed labels."""
    with house_at(Settings(data=data)) as house:
        places = PlannedPlaces({compound.id: frozenset(compound.households) for compound in plan.places()})
        record(house, before_the_first_scan(plan), places, None, lambda _: None)
        house.shown(house.log.last_position(), timeout=600)


def before_the_first_scan(plan: Plan) -> Iterator[Chapter]:
    yield from plan.founding()
    for compound in plan.places():
        draw = chance(plan.seed, compound.id, plan.until, "requests")
        yield from plan.goods(compound, plan.until).requests(draw)


def scans_of(plan: Plan, compound: int) -> Sent:
    """All scans of one compound's day, in the order in which they reach the server."""
    place = plan.places()[compound]
    goods = plan.goods(place, plan.until)
    return Sent(place.id, [item for upload in plan.uploads(goods) for item in upload.items])


def one_by_one(plan: Plan) -> Iterator[Sent]:
    """Each scan alone, the compounds in turn: neighbours are about different parcels."""
    days = [scans_of(plan, number) for number in range(plan.compounds)]
    for scans in zip_longest(*(day.items for day in days)):
        yield from (Sent(day.compound, [item]) for day, item in zip(days, scans, strict=True) if item is not None)


class Window(NamedTuple):
    """A stretch of the day: scans of crates and deliveries, each for many parcels, and then those of single parcels."""

    before: list[Sent]
    measured: list[Sent]


def windows(plan: Plan, sizes: Sequence[int]) -> list[Window]:
    """The day cut into stretches with so many scans of single parcels each."""
    scans = one_by_one(plan)
    return [window(scans, size) for size in sizes]


def window(scans: Iterator[Sent], size: int) -> Window:
    before: dict[str, list[Item]] = {}
    measured: list[Sent] = []
    while len(measured) < size:
        sent = next(scans)
        if is_of_one_parcel(sent.items[0]):
            measured.append(sent)
        else:
            before.setdefault(sent.compound, []).extend(sent.items)
    return Window([sent for compound, items in before.items() for sent in chunks(compound, items)], measured)


def is_of_one_parcel(item: Item) -> bool:
    return item["step"] in {"sort", "deliver"} or (item["step"] == "hand-over" and "door" in item)


class OfflineDay(NamedTuple):
    """A compound's day as it comes in when all its phones were offline: four stretches, one after the other."""

    before: list[Sent]
    sorting: list[Sent]
    """500 scans of 500 different parcels each, as is ``delivering``."""
    crates: list[Sent]
    delivering: list[Sent]

    @property
    def measured(self) -> int:
        return sum(len(sent.items) for sent in (*self.sorting, *self.delivering))


def offline_day(plan: Plan, compound: int) -> OfflineDay:
    name, items = scans_of(plan, compound)
    sorting = [item for item in items if item["step"] == "sort"]
    delivering = [item for item in items if item["step"] == "deliver"]
    begun = items.index(sorting[0])
    others = [item for item in items if item["step"] not in {"sort", "deliver"}]
    before = [item for item in others if item in items[:begun]]
    return OfflineDay(
        before=chunks(name, before),
        sorting=[sent for sent in chunks(name, once_each(sorting)) if len(sent.items) == A_REQUEST],
        crates=chunks(name, [item for item in others if item not in before]),
        delivering=[sent for sent in chunks(name, once_each(delivering)) if len(sent.items) == A_REQUEST],
    )


def chunks(compound: str, items: Sequence[Item]) -> list[Sent]:
    return [Sent(compound, list(items[begin : begin + A_REQUEST])) for begin in range(0, len(items), A_REQUEST)]


def once_each(items: Sequence[Item]) -> list[Item]:
    """The first of these scans of each parcel."""
    first: dict[tuple[object, ...], Item] = {}
    for item in items:
        first.setdefault(parcel_of(item), item)
    return list(first.values())


def parcel_of(item: Item) -> tuple[object, ...]:
    return (item["code"],) if "code" in item else (item["group_buy"], item["door"], item.get("piece", 1))
