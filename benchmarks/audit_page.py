"""P7: the pages of one parcel's audit in a large log, against the same in a small one."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter

from benchmarks.connection import Connection
from benchmarks.figures import Bar, Figure, Measured, Rounds, Sizes
from benchmarks.load import SEED
from benchmarks.logs import copied, log_of
from benchmarks.server import Server, server_at
from infra.read_store import SqliteReadStore
from infra.settings import Settings

SMALL_LOG = 10_000
PARCELS_A_ROUND = 60
WARMING_UP = 40
PAGES = ("/audit/parcels/{}", "/p/{}")
Parcel = tuple[str, str]
"""Compound and code."""


def measure(work: Path, sizes: Sizes) -> Measured:
    large = copied(log_of(work, sizes.events), work / "audit-large")
    small = copied(log_of(work, SMALL_LOG, compounds=1), work / "audit-small")
    of_large, of_small = parcels_in(large), parcels_in(small)
    chance = Random(SEED)
    figures: list[Figure] = []
    with server_at(large) as beside_large, server_at(small) as beside_small:
        for page in PAGES:
            times = Rounds()
            answer_times(beside_large, page, chance.sample(of_large, WARMING_UP))
            answer_times(beside_small, page, chance.sample(of_small, WARMING_UP))
            for _ in range(sizes.rounds):
                times.ours.append(answer_times(beside_large, page, chance.sample(of_large, PARCELS_A_ROUND)))
                times.baseline.append(answer_times(beside_small, page, chance.sample(of_small, PARCELS_A_ROUND)))
            figures.append(
                times.figure(
                    f"{page.format('CODE')} of {sizes.events:,} events, median",
                    "ms",
                    Bar(most=30, most_ratio=1.3),
                    f"{SMALL_LOG:,} events",
                )
            )
    return Measured(
        "P7",
        "audit of one parcel",
        f"Two real servers, one on a log of {sizes.events:,} events (16 compounds), one on {SMALL_LOG:,}; a signed-in "
        f"person opens the pages of {PARCELS_A_ROUND} random parcels a round over a keep-alive connection, in turn. "
        f"No parcel is asked for again on purpose, so nothing is remembered between pages.",
        figures,
    )


def parcels_in(data: Path) -> Sequence[Parcel]:
    """Parcels that have reached a door: their trails are long."""
    with closing(SqliteReadStore(Settings(data=data).read_file)) as store, store.reading() as rows:
        found = rows.select("SELECT compound, code FROM custody WHERE stage = 'delivered' ORDER BY compound, code")
    return [(compound, code) for compound, code in found]


def answer_times(server: Server, page: str, parcels: Sequence[Parcel]) -> float:
    """The median time in milliseconds until such a page has come as a whole."""
    times = []
    with closing(Connection(server.port)) as connection:
        for compound, code in parcels:
            begun = perf_counter()
            connection.ask(server.get(compound, page.format(code)))
            times.append(perf_counter() - begun)
    return median(times) * 1000
