"""Delivery sheets (派送单): the same orders in three orders, with sums; doors with two sources are marked."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Literal, NamedTuple

from projections.orders import Order
from services.undelivered import in_number_order

Sorting = Literal["goods-building-room", "building-goods-room", "building-room-goods"]

SORTINGS: Final[Mapping[str, Sorting]] = {
    "goods": "goods-building-room",
    "building-goods": "building-goods-room",
    "building-room": "building-room-goods",
}
"""By the short names of the command line."""


class Goods(NamedTuple):
    """One good for one door; ``double`` where two sources ordered for that door."""

    household: str
    building: str
    room: str
    """Empty for a building without rooms, or a captain's crate for all of it."""
    item: str
    unit: str
    quantity: int
    double: bool

    @property
    def name(self) -> str:
        return f"{self.item} {self.unit}".strip() if self.unit not in self.item else self.item


class Part(NamedTuple):
    """Inside a strip: a building, a good or a door, and its lines."""

    name: str
    quantity: int
    doors: int
    lines: tuple[Goods, ...]
    double: bool


class Strip(NamedTuple):
    """What is cut off and handed to one captain; ``good`` only where the sheet begins with the goods."""

    building: str
    good: str | None
    quantity: int
    doors: int
    parts: tuple[Part, ...]
    double: bool


class Total(NamedTuple):
    name: str
    quantity: int
    doors: int


class Sheet(NamedTuple):
    sorting: Sorting
    strips: tuple[Strip, ...]
    by_good: tuple[Total, ...]
    by_building: tuple[Total, ...]
    quantity: int
    doors: int
    doubles: int
    """Doors that are possibly ordered for twice."""


def sheet_of(ordered: Iterable[Order], sorting: Sorting) -> Sheet:
    goods = goods_of(ordered)
    by_good = grouped(goods, lambda each: each.name)
    by_building = grouped(goods, lambda each: each.building)
    if sorting == "goods-building-room":
        strips = [
            strip_of(building, good, grouped(those, lambda each: each.building))
            for good, lines in by_good.items()
            for building, those in grouped(lines, lambda each: each.building).items()
        ]
    else:
        inner: Callable[[Goods], str] = (
            (lambda each: each.name) if sorting == "building-goods-room" else lambda each: each.household
        )
        strips = [strip_of(building, None, grouped(lines, inner)) for building, lines in by_building.items()]
    return Sheet(
        sorting=sorting,
        strips=tuple(strips),
        by_good=totals(by_good),
        by_building=totals(by_building),
        quantity=sum(each.quantity for each in goods),
        doors=doors_in(goods),
        doubles=len({each.household for each in goods if each.double}),
    )


def goods_of(ordered: Iterable[Order]) -> list[Goods]:
    """What each door gets of each good, all sources added up; by building, door and good in numeric order."""
    wanted: dict[tuple[str, str, str, str], int] = defaultdict(int)
    sources: dict[str, set[str]] = defaultdict(set)
    for order in ordered:
        sources[order.household].add(order.source)
        for line in order.lines:
            wanted[order.household, order.building, line.item, line.unit] += line.quantity
    goods = [
        Goods(household, building, household.partition("-")[2], item, unit, quantity, len(sources[household]) > 1)
        for (household, building, item, unit), quantity in wanted.items()
    ]
    return sorted(goods, key=place)


def place(each: Goods) -> tuple[object, ...]:
    return (
        in_number_order(each.building),
        in_number_order(each.room),
        in_number_order(each.item),
        in_number_order(each.unit),
    )


def goods_by_door(ordered: Iterable[Order]) -> dict[str, list[Goods]]:
    return grouped(goods_of(ordered), lambda each: each.household, ordered_already=True)


def grouped(
    goods: Sequence[Goods], key: Callable[[Goods], str], *, ordered_already: bool = False
) -> dict[str, list[Goods]]:
    """Groups in numeric order of their names."""
    groups: dict[str, list[Goods]] = defaultdict(list)
    for each in goods:
        groups[key(each)].append(each)
    return dict(groups) if ordered_already else {name: groups[name] for name in sorted(groups, key=in_number_order)}


def strip_of(building: str, good: str | None, parts: Mapping[str, Sequence[Goods]]) -> Strip:
    made = tuple(part_of(name, lines) for name, lines in parts.items())
    lines = [line for part in made for line in part.lines]
    return Strip(
        building, good, sum(part.quantity for part in made), doors_in(lines), made, any(part.double for part in made)
    )


def part_of(name: str, lines: Sequence[Goods]) -> Part:
    quantity = sum(line.quantity for line in lines)
    return Part(name, quantity, doors_in(lines), tuple(lines), any(line.double for line in lines))


def totals(groups: Mapping[str, Sequence[Goods]]) -> tuple[Total, ...]:
    return tuple(Total(name, sum(each.quantity for each in lines), doors_in(lines)) for name, lines in groups.items())


def doors_in(goods: Iterable[Goods]) -> int:
    return len({each.household for each in goods})
