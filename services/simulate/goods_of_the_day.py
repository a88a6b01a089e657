"""What comes in on one day: seven or eight group buys, who ordered what, and the vehicles that bring it."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final, Literal, NamedTuple
from uuid import UUID

from domain.base import Request
from domain.goods.codes import piece_code
from domain.goods.facts import PieceName, PrintedLabel
from domain.goods.handling import PLACE_TIME
from domain.goods.labels import LabelsPrinted
from domain.procurement.group_buys import ImportOrders, OrderLine, TableOrder
from services.simulate.chance import drawn_code, drawn_id, milliseconds
from services.simulate.compound_plan import ACTOR, CompoundPlan

LabelKind = Literal["printed", "blank", "bare", "none"]
"""A blank label is bound to a door when it is sorted; a bare one never is; without a label the door is named."""

MINUTE: Final = 60_000
"""Times of a day are milliseconds since 1970."""


class Kind(NamedTuple):
    """What people order together; ``heavy`` comes in two pieces where a household orders two."""

    slug: str
    title: str
    unit: str
    supplier: str
    heavy: bool = False


KINDS: Final = (
    Kind("vegetables", "蔬菜包", "份", "青禾蔬菜"),
    Kind("eggs", "鸡蛋", "盒", "晨光农场"),
    Kind("milk", "牛奶", "箱", "晨光农场", heavy=True),
    Kind("rice", "大米", "袋", "丰谷粮油", heavy=True),
    Kind("pork", "猪肉", "份", "江湾肉食"),
    Kind("apples", "苹果", "箱", "南汇果业", heavy=True),
    Kind("bread", "面包", "袋", "麦田烘焙"),
    Kind("nappies", "尿布", "包", "安心母婴"),
)
LABELS: Final[tuple[LabelKind, ...]] = ("printed", "none", "blank", "printed", "none", "blank", "none", "printed")
WANTED_BY_FEW: Final = ("nappies", "bread")
"""The first of them that is offered on a day has the fewest orders."""
FEWEST: Final = 60
MOST: Final = 300
ORDERS_OF_A_DAY: Final = 1770
ORDERS_TWO: Final = 0.45
SHARED_VEHICLE: Final = frozenset({"eggs", "milk"})
FIRST_ARRIVAL: Final = 375
LAST_ARRIVAL: Final = 1065
"""Minutes after midnight."""


class Piece(NamedTuple):
    """One piece to carry; a code where there is a label."""

    household: str
    number: int
    of: int
    code: str | None

    @property
    def building(self) -> str:
        return self.household.partition("-")[0]


@dataclass(frozen=True, slots=True)
class GroupBuyOfDay:
    id: str
    kind: Kind
    title: str
    label: LabelKind
    orders: dict[str, int]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class DeliveryOfDay:
    code: str
    supplier: str
    vehicle: str
    group_buys: tuple[GroupBuyOfDay, ...]
    arrives: int

    @property
    def pieces(self) -> int:
        return sum(len(group_buy.pieces) for group_buy in self.group_buys)


@dataclass(frozen=True, slots=True)
class GoodsOfTheDay:
    compound: CompoundPlan
    day: date
    group_buys: tuple[GroupBuyOfDay, ...]
    deliveries: tuple[DeliveryOfDay, ...]

    def requests(self, draw: Random, at: datetime | None = None) -> Iterator[Request | LabelsPrinted]:
        """The sign-up tables, read early in the morning unless told otherwise, and the labels printed from them.

        Where a moment is told, twenty minutes of the story may be one of the real clock, which nothing may run ahead of.
        """
        printed = at or midnight(self.day) + timedelta(hours=5, minutes=20)
        at = at or midnight(self.day) + timedelta(hours=5)
        for group_buy in self.group_buys:
            yield self.orders_of(group_buy, UUID(drawn_id(draw, milliseconds(at))), at)
            if group_buy.label == "printed":
                yield self.labels_of(group_buy, UUID(drawn_id(draw, milliseconds(at))), printed)

    def orders_of(self, group_buy: GroupBuyOfDay, command: UUID, at: datetime) -> ImportOrders:
        kind = group_buy.kind
        return ImportOrders(
            id=command,
            compound=self.compound.id,
            actor=ACTOR,
            happened_at=at,
            group_buy=group_buy.id,
            title=group_buy.title,
            source="import",
            digest=hashlib.sha256(group_buy.id.encode()).hexdigest(),
            rows=len(group_buy.orders),
            orders=tuple(
                TableOrder(household=household, lines=(OrderLine(item=kind.title, unit=kind.unit, quantity=quantity),))
                for household, quantity in group_buy.orders.items()
            ),
        )

    def labels_of(self, group_buy: GroupBuyOfDay, command: UUID, at: datetime) -> LabelsPrinted:
        return LabelsPrinted(
            compound=self.compound.id,
            actor=ACTOR,
            command=command,
            happened_at=at,
            labels=tuple(
                PrintedLabel(
                    code=piece.code,
                    meant=PieceName(group_buy=group_buy.id, household=piece.household, piece=piece.number),
                    of=piece.of if piece.of > 1 else None,
                )
                for piece in group_buy.pieces
                if piece.code
            ),
        )


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PLACE_TIME)


def drawn_goods(order_book: "OrderBook") -> GoodsOfTheDay:
    compound, day, draw = order_book.compound, order_book.day, order_book.draw
    kinds = draw.sample(KINDS, draw.choice((7, 8)))
    group_buys = [order_book.group_buy(kind, size) for kind, size in zip(kinds, drawn_sizes(kinds, draw), strict=True)]
    deliveries = drawn_deliveries(group_buys, milliseconds(midnight(day)), draw)
    return GoodsOfTheDay(compound, day, tuple(group_buys), tuple(deliveries))


def drawn_sizes(kinds: Sequence[Kind], draw: Random) -> list[int]:
    """How many households order each; together always about the same, so that days are alike."""
    weights = {kind.slug: draw.uniform(0.2, 1.8) for kind in kinds}
    weights[next(slug for slug in WANTED_BY_FEW if slug in weights)] = 0
    sizes = dict.fromkeys(weights, FEWEST)
    while (left := ORDERS_OF_A_DAY - sum(sizes.values())) > len(kinds):
        growing = [slug for slug, size in sizes.items() if weights[slug] and size < MOST]
        if not growing:
            break
        whole = sum(weights[slug] for slug in growing)
        for slug in growing:
            sizes[slug] = min(MOST, sizes[slug] + max(1, round(left * weights[slug] / whole)))
    return list(sizes.values())


class OrderBook(NamedTuple):
    compound: CompoundPlan
    day: date
    draw: Random
    secret: bytes | None = None
    """Of the installation; printed labels need it, without it blank ones are used."""
    wave: str = ""
    """Tells two waves of a day apart."""
    names_doors: bool = True
    """False where the server knows neither the doors nor the group buys: then there are bare labels only."""

    def group_buy(self, kind: Kind, size: int) -> GroupBuyOfDay:
        draw, households = self.draw, self.compound.households
        chosen = [households[place] for place in sorted(draw.sample(range(len(households)), size))]
        orders = {household: 2 if draw.random() < ORDERS_TWO else 1 for household in chosen}
        label = self.label(kind)
        group_buy = "-".join(part for part in (kind.slug, f"{self.day:%m%d}", self.wave) if part)
        pieces = tuple(
            Piece(household, number, of, self.code(label, group_buy, household, number))
            for household, quantity in orders.items()
            for of in (quantity if kind.heavy else 1,)
            for number in range(1, of + 1)
        )
        title = f"{kind.title} {self.day.month}月{self.day.day}日" + (f"第{self.wave}批" if self.wave else "")
        return GroupBuyOfDay(group_buy, kind, title, label, orders, pieces)

    def label(self, kind: Kind) -> LabelKind:
        if not self.names_doors:
            return "bare"
        label = LABELS[KINDS.index(kind)]
        return "blank" if label == "printed" and self.secret is None else label

    def code(self, label: LabelKind, group_buy: str, household: str, number: int) -> str | None:
        if label == "printed" and self.secret is not None:
            return piece_code(self.secret, self.compound.id, group_buy, household, number)
        return drawn_code(self.draw, "parcel") if label in {"blank", "bare"} else None


def drawn_deliveries(group_buys: Sequence[GroupBuyOfDay], day_begins: int, draw: Random) -> list[DeliveryOfDay]:
    """One vehicle for each supplier, spread from the morning to the afternoon."""
    shared = tuple(group_buy for group_buy in group_buys if group_buy.kind.slug in SHARED_VEHICLE)
    alone = [(group_buy,) for group_buy in group_buys if group_buy not in shared]
    loads = [shared, *alone] if shared else alone
    draw.shuffle(loads)
    apart = (LAST_ARRIVAL - FIRST_ARRIVAL) / (len(loads) - 1)
    return [
        DeliveryOfDay(
            code=drawn_code(draw, "delivery"),
            supplier=load[0].kind.supplier,
            vehicle=f"沪B-{draw.randrange(10_000, 100_000)}",
            group_buys=load,
            arrives=day_begins + round((FIRST_ARRIVAL + apart * place) * MINUTE) + draw.randrange(12 * MINUTE),
        )
        for place, load in enumerate(loads)
    ]
