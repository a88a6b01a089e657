"""Pieces that were ordered and that no hand has sorted or labelled yet: without them a building only looks done."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from domain.goods.facts import building_of
from domain.procurement.group_buys import OrderFact
from projections.base import Batch, Projection, Rows

TABLES = (
    """CREATE TABLE IF NOT EXISTS awaited (
        compound TEXT NOT NULL, group_buy TEXT NOT NULL, household TEXT NOT NULL, building TEXT NOT NULL,
        pieces INTEGER NOT NULL, PRIMARY KEY (compound, group_buy, household)) WITHOUT ROWID""",
)


class Door(NamedTuple):
    group_buy: str
    household: str


class Gap(NamedTuple):
    """The numbers of the missing pieces, and how many there are to be in all."""

    pieces: list[int]
    of: int


def fold(rows: Rows, batch: Batch) -> None:
    """Comes behind orders and custody, whose rows it reads."""
    touched: dict[str, set[Door]] = defaultdict(set)
    for recorded in batch.recorded:
        if isinstance(order := recorded.event, OrderFact):
            touched[order.compound].add(Door(order.group_buy, order.household))
    for change in batch.parcels:
        if change.named != change.named_before:
            named = (change.named, change.named_before)
            touched[change.key.compound].update(Door(each.group_buy, each.household) for each in named if each)
    for compound, doors in touched.items():
        write(rows, compound, doors)


def write(rows: Rows, compound: str, doors: AbstractSet[Door]) -> None:
    missing = missing_pieces(rows, compound, doors)
    rows.executemany(
        "DELETE FROM awaited WHERE compound = ? AND group_buy = ? AND household = ?",
        [(compound, *door) for door in doors],
    )
    rows.executemany(
        "INSERT INTO awaited VALUES (?, ?, ?, ?, ?)",
        [(compound, *door, building_of(door.household), len(gap.pieces)) for door, gap in missing.items()],
    )


def missing_pieces(rows: Rows, compound: str, doors: Iterable[Door]) -> dict[Door, Gap]:
    """Of those doors that ordered: the pieces that nobody has spoken of, up to the "3" of "1 of 3"."""
    doors = set(doors)
    households = sorted({door.household for door in doors})
    sql = "SELECT DISTINCT group_buy, household FROM orders WHERE compound = ? AND household IN ({keys})"
    ordered = {Door(*row) for row in rows.select_in(sql, households, (compound,))} & doors
    sql = "SELECT group_buy, household, piece, of FROM custody WHERE compound = ? AND household IN ({keys})"
    known: dict[Door, dict[int, int]] = defaultdict(dict)
    for group_buy, household, piece, of in rows.select_in(sql, households, (compound,)):
        known[Door(group_buy, household)][piece or 1] = of or 1
    gaps = {door: gap_in(known[door]) for door in ordered}
    return {door: gap for door, gap in gaps.items() if gap.pieces}


def gap_in(known: Mapping[int, int]) -> Gap:
    """``known``: piece -> how many pieces there are, where somebody said so."""
    of = max(known.values(), default=1)
    return Gap([piece for piece in range(1, of + 1) if piece not in known], of)


def doors(rows: Rows, compound: str) -> list[Door]:
    """Doors that wait for at least one such piece."""
    return [
        Door(*row) for row in rows.select("SELECT group_buy, household FROM awaited WHERE compound = ?", (compound,))
    ]


def pieces_by_building(rows: Rows, compound: str) -> dict[str, int]:
    return dict(
        rows.select("SELECT building, SUM(pieces) FROM awaited WHERE compound = ? GROUP BY building", (compound,))
    )


PROJECTION = Projection("awaited", TABLES, fold)
