"""The compound now: how many parcels stand at which stage, for all and by building."""

from collections import Counter

from projections.base import Batch, Projection, Rows

TABLES = (
    """CREATE TABLE IF NOT EXISTS board_sums (
        compound TEXT NOT NULL, day TEXT NOT NULL, building TEXT NOT NULL, stage TEXT NOT NULL,
        parcels INTEGER NOT NULL, PRIMARY KEY (compound, day, building, stage)) WITHOUT ROWID""",
)


def fold(rows: Rows, batch: Batch) -> None:
    moved: Counter[tuple[str, str, str, str]] = Counter()
    for change in batch.parcels:
        if change.before == change.counts_as:
            continue
        if change.before:
            moved[(change.key.compound, *change.before)] -= 1
        if change.counts_as:
            moved[(change.key.compound, *change.counts_as)] += 1
    rows.executemany(
        "INSERT INTO board_sums VALUES (?, ?, ?, ?, ?) ON CONFLICT (compound, day, building, stage) "
        "DO UPDATE SET parcels = board_sums.parcels + excluded.parcels",
        [(*place, number) for place, number in sorted(moved.items()) if number],
    )
    rows.executemany(
        "DELETE FROM board_sums WHERE compound = ? AND day = ? AND building = ? AND stage = ? AND parcels = 0",
        [place for place, number in moved.items() if number < 0],
    )


def stages_by_building(rows: Rows, compound: str, day: str) -> dict[str, dict[str, int]]:
    """Building -> stage -> parcels: all that are under way, and those finished on the day. "" is no known building."""
    sums: dict[str, dict[str, int]] = {}
    found = rows.select(
        "SELECT building, stage, parcels FROM board_sums WHERE compound = ? AND day IN ('', ?)", (compound, day)
    )
    for building, stage, parcels in found:
        sums.setdefault(building, {})[stage] = parcels
    return sums


PROJECTION = Projection("live_board", TABLES, fold)
