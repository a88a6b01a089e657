"""Books a table and hands names, phones and notes to the directory: both, or neither."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from domain.base import Refused
from domain.procurement.group_buys import ImportUndone, UndoImport
from infra.asks import Answer
from projections import orders
from projections.packed_pieces import Packed, packed_pieces
from services.imports.booking import SOURCE, Booking, Preview
from services.office import Asked, answer_of
from services.wiring import House


class HandedOver(NamedTuple):
    answer: Answer
    cards: int
    """How many are new in the directory."""


def book(house: House, asked: Booking, shown: Preview) -> HandedOver:
    """Raises what stopped the booking; then nothing has come into the directory either.

    Where these very orders stand already, the cards count as those of the import that booked them last.
    """
    with house.directory.transaction():
        brought_by = asked.command.hex
        new = house.directory.bring(asked.compound, brought_by, shown.cards, by=asked.orders.actor)
        answer = answer_of(house.committer.submit([asked]).result()[0])
        if not answer.events and (last := last_import(house, asked.compound, shown.group_buy)):
            house.directory.belongs_to(asked.compound, brought_by, last)
    return HandedOver(answer, new)


def last_import(house: House, compound: str, group_buy: str) -> str | None:
    """The command of the import that can be undone."""
    with house.read.reading() as rows:
        listed = orders.imports(rows, compound)
    return next(
        (each.command for each in listed if (each.group_buy, each.source, each.undone) == (group_buy, SOURCE, False)),
        None,
    )


def already_packed(house: House, compound: str, group_buy: str) -> Packed | None:
    """None where no hand has touched a piece of the group buy yet."""
    with house.read.reading() as rows:
        return packed_pieces(rows, compound).get(group_buy)


def undo(house: House, request: UndoImport, *, sure: bool = False) -> HandedOver:
    """The orders are as they were, and what that import alone brought into the directory is gone; ``cards`` counts it.

    Raises Refused where pieces are packed already and nobody has said to be sure.
    """
    if not sure and already_packed(house, request.compound, request.group_buy):
        raise Refused("pieces-packed", "Pieces of this group buy are packed already; nothing was undone.")
    with house.directory.transaction():
        answer = answer_of(house.committer.submit([Asked(request)]).result()[0])
        gone = sum(house.directory.take_back(request.compound, command.hex) for command in undone_by(answer))
    return HandedOver(answer, gone)


def undone_by(answer: Answer) -> Sequence[UUID]:
    return [each.event.undone for each in answer.events if isinstance(each.event, ImportUndone)]
