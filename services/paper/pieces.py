"""Which labels are wanted: blank ones by number, or one for each piece of each door that ordered."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from domain.base import Refused
from domain.goods.codes import Kind, made_code, piece_code
from domain.goods.facts import PieceName, PrintedLabel
from projections import orders
from projections.base import Rows
from projections.orders import GroupBuyRow, Order
from services.paper import N_
from services.undelivered import in_number_order

MOST_LABELS: Final = 20_000
"""In one go: a ream of the smallest labels."""

GROUP_BUY_MISSING = N_("There is no such group buy. Import its orders first.")
NOBODY_ORDERED = N_("Nobody has ordered here yet: import the orders of this group buy first.")
TOO_MANY = N_("These are more than 20,000 labels: print them building by building.")


def blank_labels(kind: Kind, count: int, secret: bytes, command: UUID) -> tuple[PrintedLabel, ...]:
    return tuple(PrintedLabel(code=made_code(kind, secret, command, number)) for number in range(count))


def group_buy_named(rows: Rows, compound: str, named: str) -> GroupBuyRow:
    """By id or title; raises Refused."""
    found = [row for row in orders.group_buys(rows, compound) if named in {row.group_buy, row.title}]
    if not found:
        raise Refused("group-buy-known", GROUP_BUY_MISSING)
    return found[0]


def orders_in(
    rows: Rows, compound: str, group_buy: str, building: str | None = None, *, among: frozenset[str] | None = None
) -> list[Order]:
    """By building and door in numeric order; raises Refused where there are none. ``among``: only these buildings."""
    found = orders.orders_of(rows, compound, group_buy)
    chosen = [
        order for order in found if building in {None, order.building} and (among is None or order.building in among)
    ]
    if not chosen:
        raise Refused("orders-there", NOBODY_ORDERED)
    return sorted(chosen, key=lambda order: (in_number_order(order.building), in_number_order(order.household)))


def door_labels(
    ordered: Sequence[Order], group_buy: str, pieces: int, compound: str, secret: bytes
) -> tuple[PrintedLabel, ...]:
    """One for each piece of each door; whoever prints them again prints the same codes. Raises Refused."""
    doors = list(dict.fromkeys(order.household for order in ordered))
    if len(doors) * pieces > MOST_LABELS:
        raise Refused("labels-count", TOO_MANY)
    return tuple(
        PrintedLabel(
            code=piece_code(secret, compound, group_buy, household, piece),
            meant=PieceName(group_buy=group_buy, household=household, piece=piece),
            of=pieces,
        )
        for household in doors
        for piece in range(1, pieces + 1)
    )
