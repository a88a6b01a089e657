"""P9: memory of a server that has taken many scans, and of servers opened on logs of different length."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from itertools import chain
from pathlib import Path
from random import Random
from shutil import rmtree

from benchmarks.audit_page import PAGES, parcels_in
from benchmarks.clients import Seen, send
from benchmarks.connection import Connection
from benchmarks.figures import Bar, Figure, Measured, Sizes
from benchmarks.load import A_REQUEST, SEED, chunks, found, plan_of_yesterday, scans_of
from benchmarks.logs import copied, log_of
from benchmarks.server import SCANS, Server, server_at
from services.simulate.plan import Plan

PHONES = 4
EVENTS_OF_A_COMPOUND = 7300
"""Scans, orders and doors of its day."""
TOGETHER = 4
PAGES_LOOKED_AT = 300
MOST_MEGABYTES = 300


def measure(work: Path, sizes: Sizes) -> Measured:
    curve = served(work, sizes.events)
    events, megabytes = curve[-1]
    small, large = opened(work, sizes.events // 10), opened(work, sizes.events)
    return Measured(
        "P9",
        "memory",
        f"Resident memory of the server, with the process beside it, as the system counts it; what both share is counted once. Served: {PHONES} clients upload one day of "
        f"as many simulated compounds as it takes ({A_REQUEST} scans a request) until the log holds {events:,} events; "
        f"the same server records them and keeps the read models. Doors and orders were there before. Opened: servers "
        f"on finished logs (16 compounds each) after {PAGES_LOOKED_AT} pages of random parcels.",
        [
            Figure(f"server that took the scans of {events:,.0f} events", megabytes, "MB", Bar(most=MOST_MEGABYTES)),
            Figure(
                f"server opened on {sizes.events:,} events",
                large,
                "MB",
                Bar(most=MOST_MEGABYTES, most_ratio=1.1),
                small,
                f"opened on {sizes.events // 10:,} events",
            ),
        ],
        curves={"server taking scans": curve},
        axes=("events in the log", "MB"),
    )


def served(work: Path, events: int) -> list[tuple[float, float]]:
    """Memory in MB by the number of events in the log."""
    data = work / "memory"
    rmtree(data, ignore_errors=True)
    plan = plan_of_yesterday(data, compounds=-(-events // EVENTS_OF_A_COMPOUND))
    found(data, plan)
    curve: list[tuple[float, float]] = []
    with server_at(data) as server, ThreadPoolExecutor(1) as sending:
        sent: Future[Seen] | None = None
        for requests in chain(uploads(server, plan), (None,)):
            if sent is not None:
                sent.result()
                curve.append((server.progress().recorded, server.resident()))
            if requests is not None:
                sent = sending.submit(send, server.port, PHONES, requests)
        server.wait_until_shown()
        curve.append((server.progress().recorded, server.resident()))
    rmtree(data)
    return curve


def uploads(server: Server, plan: Plan) -> Iterator[list[bytes]]:
    """Some compounds' days at a time."""
    for begin in range(0, plan.compounds, TOGETHER):
        days = [scans_of(plan, number) for number in range(begin, min(begin + TOGETHER, plan.compounds))]
        yield [server.post(day.compound, SCANS, sent.items) for day in days for sent in chunks(*day)]


def opened(work: Path, events: int) -> float:
    data = copied(log_of(work, events), work / "memory-opened")
    parcels = parcels_in(data)
    chance = Random(SEED)
    with server_at(data) as server, closing(Connection(server.port)) as connection:
        for compound, code in chance.sample(parcels, min(PAGES_LOOKED_AT, len(parcels))):
            for page in PAGES:
                connection.ask(server.get(compound, page.format(code)))
        resident = server.resident()
    rmtree(data)
    return resident
