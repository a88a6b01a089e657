"""Which deliveries are declared, at the gate, let in or turned away."""

from typing import NamedTuple

import orjson

from domain.goods.deliveries import DeliveryView
from domain.goods.handling import DEFAULT_RULES, PLACE_TIME
from projections.base import Batch, Projection, Rows, milliseconds

TABLES = (
    """CREATE TABLE IF NOT EXISTS deliveries (
        compound TEXT NOT NULL, code TEXT NOT NULL, group_buys TEXT NOT NULL, supplier TEXT, vehicle TEXT,
        expected INTEGER, counted INTEGER, damaged INTEGER NOT NULL, stage TEXT NOT NULL, since INTEGER,
        arrived_at INTEGER, rests_until INTEGER, doubts INTEGER NOT NULL, day TEXT NOT NULL,
        PRIMARY KEY (compound, code)) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS deliveries_by_day ON deliveries (compound, day)",
)
COLUMNS = (
    "code", "group_buys", "supplier", "vehicle", "expected", "counted", "damaged", "stage", "since", "arrived_at",
    "rests_until", "doubts", "day",
)  # fmt: skip
SELECT = f"SELECT {', '.join(COLUMNS)} FROM deliveries"  # noqa: S608 — our own column names

UNDER_WAY = ("declared", "arrived", "admitted", "disinfecting")
A_NIGHT = 12 * 60 * 60 * 1000


class Delivery(NamedTuple):
    """A row of the read model; times are milliseconds since 1970, the day is the compound's."""

    code: str
    group_buys: tuple[str, ...]
    supplier: str | None
    vehicle: str | None
    expected: int | None
    counted: int | None
    damaged: int
    stage: str
    since: int | None
    arrived_at: int | None
    rests_until: int | None
    doubts: int
    day: str

    def concerns_somebody(self, now: int) -> bool:
        """Neither disinfected nor turned away, or so lately that its goods wait to be sorted, whatever day it is by now."""
        return self.stage in UNDER_WAY or (self.since is not None and self.since >= now - A_NIGHT)

    def stage_at(self, now: int) -> str:
        """Resting is a matter of the clock: no row says it."""
        resting = self.stage == "disinfected" and self.rests_until is not None and now < self.rests_until
        return "resting" if resting else self.stage


def fold(rows: Rows, batch: Batch) -> None:
    listed = {key: view for key, view in batch.deliveries.items() if view.seen}
    marks = ", ".join("?" * (len(COLUMNS) + 1))
    rows.executemany(
        f"INSERT OR REPLACE INTO deliveries VALUES ({marks})",  # noqa: S608 — only marks
        [delivery_row(key.compound, view) for key, view in listed.items()],
    )
    only_printed = [(key.compound, view.code) for key, view in batch.deliveries.items() if key not in listed]
    rows.executemany("DELETE FROM deliveries WHERE compound = ? AND code = ?", only_printed)


def delivery_row(compound: str, view: DeliveryView) -> tuple[object, ...]:
    done = [pair.done_at for pair in view.treatments if pair.done_at]
    seen = view.arrived_at or view.since
    return (
        compound,
        view.code,
        orjson.dumps(view.group_buys).decode(),
        view.supplier,
        view.vehicle,
        view.expected,
        view.counted,
        view.damaged,
        view.stage,
        milliseconds(view.since) if view.since else None,
        milliseconds(view.arrived_at) if view.arrived_at else None,
        milliseconds(max(done) + DEFAULT_RULES.rest) if done else None,
        sum(len(doubted.rules) for doubted in view.doubts.values()),
        seen.astimezone(PLACE_TIME).date().isoformat() if seen else "",
    )


def of_day(rows: Rows, compound: str, day: str, now: int) -> list[Delivery]:
    """Deliveries of a day, and earlier ones that still concern somebody."""
    marks = ", ".join("?" * len(UNDER_WAY))
    sql = f"{SELECT} WHERE compound = ? AND (day = ? OR since >= ? OR stage IN ({marks})) ORDER BY since DESC, code"
    return [delivery_of(row) for row in rows.select(sql, (compound, day, now - A_NIGHT, *UNDER_WAY))]


def all_deliveries(rows: Rows, compound: str) -> list[Delivery]:
    sql = f"{SELECT} WHERE compound = ? ORDER BY day DESC, since DESC, code"
    return [delivery_of(row) for row in rows.select(sql, (compound,))]


def delivery(rows: Rows, compound: str, code: str) -> Delivery | None:
    found = rows.select(f"{SELECT} WHERE compound = ? AND code = ?", (compound, code))
    return delivery_of(found[0]) if found else None


def delivery_of(row: tuple[object, ...]) -> Delivery:
    code, group_buys, *rest = row
    return Delivery(str(code), tuple(orjson.loads(str(group_buys))), *rest)  # type: ignore[arg-type]  # a row is untyped


PROJECTION = Projection("deliveries", TABLES, fold)
