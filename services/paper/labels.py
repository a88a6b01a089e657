"""Labels as they are drawn: QR code, code, door, piece, and what is in the bag where there is room."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import segno

from domain.goods.codes import Kind, kind_of
from domain.goods.facts import PrintedLabel
from projections import deliveries, orders
from projections.base import Rows
from projections.deliveries import Delivery
from projections.orders import Order
from services.label_address import address_on_paper
from services.paper.sheets import Goods, goods_by_door
from services.paper.sizes import QUIET, LabelSize

MASK: Final = 0
"""Any of the eight patterns can be read; trying them all would take five times as long."""
LENGTHS: Final = ((6, "short"), (9, "middle"), (13, "long"))


class Label(NamedTuple):
    code: str
    kind: Kind
    qr: str
    door: str | None
    fit: str
    piece: int | None
    of: int | None
    title: str
    goods: tuple[tuple[str, int], ...]
    more: int
    """Goods that found no room."""


def qr_for(base: str, code: str, page: str = "P") -> str:
    """SVG with its quiet zone; raises ValueError for an address that is not alphanumeric in the sense of QR codes."""
    content = address_on_paper(base, code, page)
    made = segno.make(content, error="m", mode="alphanumeric", mask=MASK, micro=False, boost_error=False)
    return made.svg_inline(border=QUIET, omitsize=True, svgclass="qr", lineclass=None)


def drawn(rows: Rows, compound: str, printed: Iterable[PrintedLabel], size: LabelSize, base: str) -> list[Label]:
    """The labels of a run; titles and goods are those of today's orders."""
    labels = list(printed)
    titles = {row.group_buy: row.title for row in orders.group_buys(rows, compound)}
    named = dict.fromkeys(label.meant.group_buy for label in labels if label.meant)
    ordered = {group_buy: goods_by_door(orders.orders_of(rows, compound, group_buy)) for group_buy in named}
    return [label_drawn(label, titles, ordered, size, base) for label in labels]


def label_drawn(
    label: PrintedLabel,
    titles: Mapping[str, str],
    ordered: Mapping[str, Mapping[str, Sequence[Goods]]],
    size: LabelSize,
    base: str,
) -> Label:
    meant = label.meant
    goods = ordered[meant.group_buy].get(meant.household, ()) if meant and label.of == 1 else ()
    shown, more = fitting(goods, size.lines)
    return Label(
        code=label.code,
        kind=kind_of(label.code),
        qr=qr_for(base, label.code),
        door=meant.household if meant else None,
        fit=fit_of(meant.household) if meant else "short",
        piece=meant.piece if meant else None,
        of=label.of,
        title=titles.get(meant.group_buy, "") if meant else "",
        goods=shown,
        more=more,
    )


def fitting(goods: Sequence[Goods], lines: int) -> tuple[tuple[tuple[str, int], ...], int]:
    """As many goods as there are lines, and how many are left; the last line says so. None where it would be alone."""
    if len(goods) > lines and lines <= 1:
        return (), 0
    room = len(goods) if len(goods) <= lines else lines - 1
    return tuple((each.name, each.quantity) for each in goods[:room]), len(goods) - room


def fit_of(door: str) -> str:
    """How wide a door is when it is set; Chinese characters take the room of nearly two figures."""
    width = sum(1 if character.isascii() else 1.7 for character in door)
    return next((name for most, name in LENGTHS if width <= most), "longest")


class GoodsLabel(NamedTuple):
    """A label without a code: what goes to a door, for whoever packs the bags."""

    door: str
    fit: str
    title: str
    goods: tuple[tuple[str, int], ...]
    more: int
    pieces: int
    double: bool


def goods_labels(ordered: Sequence[Order], title: str, by: str, size: LabelSize) -> Iterator[GoodsLabel]:
    """By ``household`` one for each door; by ``item`` one for each good of each door. Orders come sorted."""
    for door, goods in goods_by_door(ordered).items():
        for bag in [goods] if by == "household" else [[each] for each in goods]:
            shown, more = fitting(bag, size.plain_lines)
            pieces = sum(each.quantity for each in bag)
            yield GoodsLabel(door, fit_of(door), title, shown, more, pieces, any(each.double for each in bag))


class Sign(NamedTuple):
    row: Delivery
    titles: tuple[str, ...]
    qr: str


def sign_for(rows: Rows, compound: str, code: str, base: str) -> Sign | None:
    """The sign of a declared delivery; None for a code that was never declared."""
    row = deliveries.delivery(rows, compound, code)
    if row is None:
        return None
    titles = {each.group_buy: each.title for each in orders.group_buys(rows, compound)}
    return Sign(row, tuple(titles.get(each, each) for each in row.group_buys), qr_for(base, code))
