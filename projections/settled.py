"""What was doubted and has been settled, for looking it up afterwards."""

from typing import NamedTuple

from projections.base import Rows


class SettledDoubt(NamedTuple):
    """Times are milliseconds since 1970."""

    scan: str
    rule: str
    happened_at: int
    name: str
    actor: str
    station: str | None
    code: str
    building: str | None
    household: str | None
    parcels: int
    reason: str
    settled_by: str
    settled_at: int


def settled_doubts(rows: Rows, compound: str, most: int = 500) -> list[SettledDoubt]:
    """Settled last comes first; what one scan broke for several parcels is one line."""
    found = rows.select(
        "SELECT d.scan, d.rule, d.happened_at, d.name, d.actor, d.station, d.code, MIN(d.building), MIN(d.household), "
        "COUNT(*), s.reason, s.actor, s.settled_at FROM settlements AS s JOIN doubts AS d "
        "ON d.compound = s.compound AND d.scan = s.scan AND d.rule = s.rule WHERE s.compound = ? "
        "GROUP BY d.scan, d.rule, d.happened_at, d.name, d.actor, d.station, d.code, s.reason, s.actor, s.settled_at "
        "ORDER BY s.settled_at DESC, d.scan, d.rule LIMIT ?",
        (compound, most),
    )
    return [SettledDoubt(*row) for row in found]
