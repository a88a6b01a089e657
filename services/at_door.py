"""What concerns one door and nobody else: its parcels, its orders, and how goods reach its building."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final, NamedTuple
from uuid import UUID

from domain.base import Refused
from domain.goods.parcel_view import FINAL_STAGES
from domain.goods.parcels import ParcelReported, Problem
from projections import custody, orders, people, roster
from projections.base import Rows, milliseconds
from projections.custody import Custody
from projections.orders import Order
from projections.parcel_trail import Trail, parcel_trail
from services.door_codes import Door
from services.office import Report, answer_of
from services.paper.sheets import Goods, goods_of
from services.wiring import House, now

MOST_PICTURED: Final = 8
"""Parcels whose whole way is drawn; older ones are listed."""
AT_HAND: Final = frozenset({"with-captain", "downstairs", "delivered", "picked-up"})
"""Where a household can have looked at a parcel, or miss it although it is said to be there."""
PROBLEMS: Final[tuple[Problem, ...]] = ("damaged", "missing", "never-came", "spoiled")


class OwnParcel(NamedTuple):
    row: Custody
    title: str
    trail: Trail | None
    """None for the older ones."""

    @property
    def may_be_reported(self) -> bool:
        return self.row.stage in AT_HAND


class OwnOrder(NamedTuple):
    title: str
    goods: tuple[Goods, ...]
    double: bool
    """Two sources ordered for this door."""
    parcels: int


class AtDoor(NamedTuple):
    parcels: tuple[OwnParcel, ...]
    earlier: tuple[OwnParcel, ...]
    orders: tuple[OwnOrder, ...]
    lobbies: tuple[str, ...]
    """Stations to which the building's goods are brought."""
    captains: int


def at_door(rows: Rows, door: Door) -> AtDoor:
    titles = {row.group_buy: row.title for row in orders.group_buys(rows, door.compound)}
    own = sorted(custody.of_household(rows, door.compound, door.household), key=not_done_first)
    parcels = [
        OwnParcel(
            row,
            titles.get(row.group_buy or "", ""),
            parcel_trail(rows, door.compound, row.code) if number < MOST_PICTURED else None,
        )
        for number, row in enumerate(own)
    ]
    stations = roster.stations(rows, door.compound)
    return AtDoor(
        parcels=tuple(parcel for parcel in parcels if parcel.trail),
        earlier=tuple(parcel for parcel in parcels if not parcel.trail),
        orders=tuple(own_orders(orders.orders_of_household(rows, *door), titles, own)),
        lobbies=tuple(each.station for each in stations if each.kind == "lobby" and each.building == door.building),
        captains=len(people.captains(rows, door.compound, milliseconds(now()), door.building)),
    )


def not_done_first(row: Custody) -> tuple[object, ...]:
    return row.stage in FINAL_STAGES, -(row.since or 0), row.code


def own_orders(
    ordered: Iterable[tuple[str, Order]], titles: dict[str, str], parcels: Iterable[Custody]
) -> Iterable[OwnOrder]:
    """Newest group buy first, which is how ``titles`` come."""
    by_group_buy = defaultdict(list)
    for group_buy, order in ordered:
        by_group_buy[group_buy].append(order)
    packed = [row.group_buy for row in parcels if row.packed_at or row.stage != "declared"]
    for group_buy in sorted(by_group_buy, key=list(titles).index):
        goods = tuple(goods_of(by_group_buy[group_buy]))
        if goods:
            yield OwnOrder(titles[group_buy], goods, any(each.double for each in goods), packed.count(group_buy))


def report_parcel(house: House, door: Door, parcel: str, problem: Problem, command: UUID) -> None:
    """Records what a household says of a parcel of its own, and waits until it is shown. Raises Refused."""
    with house.read.reading() as rows:
        row = custody.parcel(rows, door.compound, parcel)
    before = house.log.recorded(door.compound, [command]).get(command)
    if before is None and (row is None or row.household != door.household or row.stage not in AT_HAND):
        raise Refused("parcel-of-door", "There is no parcel of yours here that could be reported.")
    fact = ParcelReported(
        compound=door.compound,
        actor=house.door_book.actor_at(door),
        command=command,
        happened_at=now(),
        parcel=row.code if row else parcel,
        problem=problem,
    )
    house.shown(answer_of(house.office.take_now([Report(fact)])[0]).events[-1])
