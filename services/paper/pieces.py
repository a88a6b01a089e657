"""Which labels are wanted: blank ones by number, or one for each piece of each door that ordered."""

from collections.abc import Sequence
from uuid import UUID

from domain.base import Refused
from domain.goods.codes import Kind, made_code, piece_code
from domain.goods.facts import PieceName, PrintedLabel
from projections import orders
from projections.base import Rows
from projections.orders import GroupBuyRow, Order
from services.pages.language import N_
from services.undelivered import in_number_order

GROUP_BUY_MISSING = N_("There is no such group buy. Import its orders first.")
NOBODY_ORDERED = N_("Nobody has ordered here yet: import the orders of this group buy first.")


def blank_labels(kind: Kind, count: int, secret: bytes, command: UUID) -> tuple[PrintedLabel, ...]:
    return tuple(PrintedLabel(code=made_code(kind, secret, command, number)) for number in range(count))


def group_buy_named(rows: Rows, compound: str, named: str) -> GroupBuyRow:
    """By id or title; raises Refused."""
    found = [row for row in orders.group_buys(rows, compound) if named in {row.group_buy, row.title}]
    if not found:
        raise Refused("group-buy-known", GROUP_BUY_MISSING)
    return found[0]


def orders_in(rows: Rows, compound: str, group_buy: str, building: str | None = None) -> list[Order]:
    """By building and door in numeric order; raises Refused where there are none."""
    found = orders.orders_of(rows, compound, group_buy)
    chosen = [order for order in found if building is None or order.building == building]
    if not chosen:
        raise Refused("orders-there", NOBODY_ORDERED)
    return sorted(chosen, key=lambda order: (in_number_order(order.building), in_number_order(order.household)))


def door_labels(ordered: Sequence[Order], group_buy: str, pieces: int, compound: str, secret: bytes) -> tuple[PrintedLabel, ...]:
    """One for each piece of each door; whoever prints them again prints the same codes."""
    return tuple(
        PrintedLabel(
            code=piece_code(secret, compound, group_buy, household, piece),
            meant=PieceName(group_buy=group_buy, household=household, piece=piece),
            of=pieces,
        )
        for household in dict.fromkeys(order.household for order in ordered)
        for piece in range(1, pieces + 1)
    )
