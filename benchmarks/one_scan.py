"""P1: one scan per HTTP request, against the same server that parses and answers but keeps nothing."""

from pathlib import Path
from shutil import rmtree
from statistics import median

from benchmarks.clients import send
from benchmarks.figures import Bar, Figure, Measured, Rounds, Sizes
from benchmarks.load import found, plan_of_yesterday, windows
from benchmarks.server import PARSE_ONLY, SCANS, server_at

CLIENTS = 32
A_ROUND = 4000
WARMING_UP = 2000
PARCEL_SCANS_OF_A_DAY = 5000

HOW = (
    f"A real server (uvicorn, SQLite with synchronous=FULL, read models followed by the process beside it) "
    f"and {CLIENTS} keep-alive clients in another process. Each request carries an API key and one scan of one "
    f"parcel of the simulated day; neighbouring requests are about different parcels. What is scanned of crates and "
    f"deliveries, each for many parcels, is sent before each round and not counted. The baseline is a route of the same server: "
    f"same middleware, same sign-in check, same JSON and pydantic validation, an answer of the same shape, nothing "
    f"looked up and nothing kept. Rounds of {A_ROUND:,} requests, ours and the baseline in turn; between them the "
    f"read models catch up."
)


def measure(work: Path, sizes: Sizes) -> Measured:
    data = work / "one-scan"
    rmtree(data, ignore_errors=True)
    sizes_of_rounds = [WARMING_UP, *[A_ROUND] * sizes.rounds]
    plan = plan_of_yesterday(data, compounds=-(-sum(sizes_of_rounds) // PARCEL_SCANS_OF_A_DAY))
    found(data, plan)
    rates, p50, p99, behind = Rounds(), Rounds(), Rounds(), []
    with server_at(data) as server:
        for number, (before, measured) in enumerate(windows(plan, sizes_of_rounds)):
            send(server.port, 1, [server.post(sent.compound, SCANS, sent.items) for sent in before])
            server.wait_until_shown()
            seen = send(server.port, CLIENTS, [server.post(sent.compound, SCANS, sent.items) for sent in measured])
            late = server.wait_until_shown()
            if seen.recorded != len(measured):
                raise RuntimeError(f"only {seen.recorded} of {len(measured)} scans were recorded")
            parsed = [server.post(sent.compound, PARSE_ONLY, sent.items) for sent in measured]
            baseline = send(server.port, CLIENTS, parsed)
            if number == 0:
                continue
            behind.append(late)
            for rounds, name in ((rates, "rate"), (p50, "p50"), (p99, "p99")):
                rounds.ours.append(getattr(seen, name))
                rounds.baseline.append(getattr(baseline, name))
    rmtree(data)
    parse_only = "parse and answer only"
    return Measured(
        "P1",
        "one scan per request",
        HOW,
        [
            rates.figure(
                f"one scan per request, {CLIENTS} clients", "requests/s", Bar(least=1500, least_ratio=0.3), parse_only
            ),
            p50.figure("time to answer, median", "ms", Bar(), parse_only),
            p99.figure("time to answer, 99th percentile", "ms", Bar(most=60), parse_only),
            Figure("read models behind after a round", median(behind), "s", rounds=tuple(behind)),
        ],
        curves={
            "ours": [(number, rate) for number, rate in enumerate(rates.ours, 1)],
            parse_only: [(number, rate) for number, rate in enumerate(rates.baseline, 1)],
        },
        axes=("round", "requests/s"),
    )
