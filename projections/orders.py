"""What each door ordered in each group buy, and which tables said so."""

from collections.abc import Sequence
from typing import NamedTuple

import orjson

from domain.base import Event, Recorded
from domain.goods.facts import building_of
from domain.procurement.group_buys import (
    GroupBuyFact,
    GroupBuyOpened,
    ImportUndone,
    OrderChanged,
    OrderLine,
    OrderPlaced,
    OrdersImported,
    OrderWithdrawn,
    RowCorrection,
    RowsCorrected,
)
from projections.base import Batch, Projection, Rows, milliseconds

TABLES = (
    """CREATE TABLE IF NOT EXISTS group_buys (
        compound TEXT NOT NULL, group_buy TEXT NOT NULL, title TEXT NOT NULL, opened_at INTEGER NOT NULL,
        PRIMARY KEY (compound, group_buy)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS orders (
        compound TEXT NOT NULL, group_buy TEXT NOT NULL, household TEXT NOT NULL, source TEXT NOT NULL,
        building TEXT NOT NULL, lines TEXT NOT NULL,
        PRIMARY KEY (compound, group_buy, household, source)) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS orders_by_household ON orders (compound, household)",
    """CREATE TABLE IF NOT EXISTS imports (
        compound TEXT NOT NULL, command TEXT NOT NULL, group_buy TEXT NOT NULL, source TEXT NOT NULL,
        digest TEXT NOT NULL, imported_at INTEGER NOT NULL, actor TEXT NOT NULL, table_rows INTEGER NOT NULL,
        booked INTEGER NOT NULL, left_unclear INTEGER NOT NULL, skipped INTEGER NOT NULL, undone INTEGER NOT NULL,
        PRIMARY KEY (compound, command)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS row_corrections (
        compound TEXT NOT NULL, group_buy TEXT NOT NULL, digest TEXT NOT NULL, position INTEGER NOT NULL,
        command TEXT NOT NULL, building TEXT, room TEXT, quantity INTEGER, leave_out INTEGER NOT NULL,
        PRIMARY KEY (compound, group_buy, digest, position)) WITHOUT ROWID""",
)


class GroupBuyRow(NamedTuple):
    group_buy: str
    title: str
    opened_at: int
    doors: int


class Order(NamedTuple):
    household: str
    building: str
    source: str
    lines: tuple[OrderLine, ...]


class Import(NamedTuple):
    """Times are milliseconds since 1970."""

    command: str
    group_buy: str
    title: str
    source: str
    digest: str
    imported_at: int
    actor: str
    rows: int
    booked: int
    left_unclear: int
    skipped: int
    undone: bool


def fold(rows: Rows, batch: Batch) -> None:
    said: list[OrderPlaced | OrderChanged] = []
    for recorded in batch.recorded:
        if isinstance(recorded.event, OrderPlaced | OrderChanged):
            said.append(recorded.event)
        elif isinstance(recorded.event, GroupBuyFact):
            write_orders(rows, said)
            said.clear()
            apply(rows, recorded)
    write_orders(rows, said)


def write_orders(rows: Rows, said: Sequence[OrderPlaced | OrderChanged]) -> None:
    rows.executemany(
        "INSERT OR REPLACE INTO orders VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                event.compound,
                event.group_buy,
                event.household,
                event.source,
                building_of(event.household),
                orjson.dumps([[line.item, line.unit, line.quantity] for line in event.lines]).decode(),
            )
            for event in said
        ],
    )


def apply(rows: Rows, recorded: Recorded) -> None:
    event: Event = recorded.event
    match event:
        case GroupBuyOpened():
            rows.execute(
                "INSERT INTO group_buys VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (event.compound, event.group_buy, event.title, milliseconds(event.happened_at)),
            )
        case OrderWithdrawn():
            rows.execute(
                "DELETE FROM orders WHERE compound = ? AND group_buy = ? AND household = ? AND source = ?",
                (event.compound, event.group_buy, event.household, event.source),
            )
        case OrdersImported():
            note_import(rows, event)
        case RowsCorrected():
            rows.executemany(
                "INSERT OR REPLACE INTO row_corrections VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        event.compound,
                        event.group_buy,
                        row.digest,
                        recorded.position,
                        event.command.hex,
                        row.building,
                        row.room,
                        row.quantity,
                        int(row.leave_out),
                    )
                    for row in event.rows
                ],
            )
        case ImportUndone():
            rows.execute(
                "UPDATE imports SET undone = 1 WHERE compound = ? AND command = ?", (event.compound, event.undone.hex)
            )
            rows.execute(
                "DELETE FROM row_corrections WHERE compound = ? AND group_buy = ? AND command = ?",
                (event.compound, event.group_buy, event.undone.hex),
            )
        case _:
            pass


def note_import(rows: Rows, event: OrdersImported) -> None:
    rows.execute(
        "INSERT INTO imports VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
        (
            event.compound,
            event.command.hex,
            event.group_buy,
            event.source,
            event.digest,
            milliseconds(event.happened_at),
            event.actor,
            event.rows,
            event.booked,
            event.left_unclear,
            event.skipped,
        ),
    )


def group_buys(rows: Rows, compound: str) -> list[GroupBuyRow]:
    """Newest first, with the number of doors that ordered."""
    found = rows.select(
        "SELECT g.group_buy, g.title, g.opened_at, (SELECT COUNT(DISTINCT household) FROM orders AS o "
        "WHERE o.compound = g.compound AND o.group_buy = g.group_buy) "
        "FROM group_buys AS g WHERE g.compound = ? ORDER BY g.opened_at DESC, g.group_buy",
        (compound,),
    )
    return [GroupBuyRow(*row) for row in found]


def orders_of(rows: Rows, compound: str, group_buy: str) -> list[Order]:
    sql = "SELECT household, building, source, lines FROM orders WHERE compound = ? AND group_buy = ?"
    return [order_of(*row) for row in rows.select(sql, (compound, group_buy))]


def orders_of_household(rows: Rows, compound: str, household: str) -> list[tuple[str, Order]]:
    """(group buy, order) of one door."""
    sql = "SELECT group_buy, household, building, source, lines FROM orders WHERE compound = ? AND household = ?"
    return [(group_buy, order_of(*row)) for group_buy, *row in rows.select(sql, (compound, household))]


def ordered_doors(rows: Rows, compound: str) -> list[tuple[str, str]]:
    """(group buy, household) of every order that stands."""
    sql = "SELECT DISTINCT group_buy, household FROM orders WHERE compound = ?"
    return [(group_buy, household) for group_buy, household in rows.select(sql, (compound,))]


def imports(rows: Rows, compound: str) -> list[Import]:
    found = rows.select(
        "SELECT i.command, i.group_buy, g.title, i.source, i.digest, i.imported_at, i.actor, i.table_rows, i.booked, "
        "i.left_unclear, i.skipped, i.undone FROM imports AS i JOIN group_buys AS g "
        "ON g.compound = i.compound AND g.group_buy = i.group_buy "
        "WHERE i.compound = ? ORDER BY i.imported_at DESC, i.command",
        (compound,),
    )
    return [Import(*row) for row in found]


def corrections(rows: Rows, compound: str, group_buy: str) -> list[RowCorrection]:
    """What holds for each row: the last that was said of it by an import that stands."""
    found = rows.select(
        "SELECT digest, building, room, quantity, leave_out FROM row_corrections "
        "WHERE compound = ? AND group_buy = ? ORDER BY position",
        (compound, group_buy),
    )
    said = {
        digest: RowCorrection(digest=digest, building=building, room=room, quantity=quantity, leave_out=bool(leave_out))
        for digest, building, room, quantity, leave_out in found
    }
    return list(said.values())


def order_of(household: str, building: str, source: str, lines: str) -> Order:
    said: Sequence[tuple[str, str, int]] = orjson.loads(lines)
    return Order(
        household,
        building,
        source,
        tuple(OrderLine(item=item, unit=unit, quantity=quantity) for item, unit, quantity in said),
    )


PROJECTION = Projection("orders", TABLES, fold)
