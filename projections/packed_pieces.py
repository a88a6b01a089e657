"""How many pieces of each group buy a hand has touched already: what an undone import would leave without an order."""

from typing import NamedTuple

from projections.base import Rows


class Packed(NamedTuple):
    pieces: int
    delivered: int
    """Of these."""


def packed_pieces(rows: Rows, compound: str) -> dict[str, Packed]:
    """By group buy; a label that is only printed is no piece yet."""
    sql = (
        "SELECT group_buy, COUNT(*), SUM(stage IN ('delivered', 'picked-up')) FROM custody "
        "WHERE compound = ? AND group_buy IS NOT NULL AND stage != 'declared' GROUP BY group_buy"
    )
    return {group_buy: Packed(*counts) for group_buy, *counts in rows.select(sql, (compound,))}
