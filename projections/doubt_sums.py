"""How many doubts are open, by rule: what a board may show to everybody."""

from typing import NamedTuple

from projections.base import Rows


class DoubtSum(NamedTuple):
    """``latest`` is when the newest of them happened, in milliseconds since 1970."""

    rule: str
    scans: int
    latest: int


def open_by_rule(rows: Rows, compound: str) -> list[DoubtSum]:
    """Newest first."""
    found = rows.select(
        "SELECT d.rule, COUNT(DISTINCT d.scan), MAX(d.happened_at) AS latest FROM doubts AS d WHERE d.compound = ? "
        "AND NOT EXISTS (SELECT 1 FROM settlements AS s "
        "WHERE s.compound = d.compound AND s.scan = d.scan AND s.rule = d.rule) "
        "GROUP BY d.rule ORDER BY latest DESC, d.rule",
        (compound,),
    )
    return [DoubtSum(*row) for row in found]
