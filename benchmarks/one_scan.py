"""P1: one scan per HTTP request, against the same server that parses and answers but keeps nothing."""

from pathlib import Path
from shutil import rmtree
from statistics import median

from benchmarks.clients import send
from benchmarks.figures import Bar, Figure, Measured, Rounds, Sizes
from benchmarks.load import found, one_by_one, plan_of_yesterday
from benchmarks.server import PARSE_ONLY, SCANS, server_at

CLIENTS = 32
A_ROUND = 4000
WARMING_UP = 2000
SCANS_OF_A_DAY = 5500

HOW = (
    f"A real server (uvicorn, one process, SQLite with synchronous=FULL, read models followed in the same process) "
    f"and {CLIENTS} keep-alive clients in another process. Each request carries a session cookie and one scan of the "
    f"simulated day; neighbouring requests are about different parcels. The baseline is a route of the same server: "
    f"same middleware, same sign-in check, same JSON and pydantic validation, an answer of the same shape, nothing "
    f"looked up and nothing kept. Rounds of {A_ROUND:,} requests, ours and the baseline in turn; between them the "
    f"read models catch up."
)


def measure(work: Path, sizes: Sizes) -> Measured:
    data = work / "one-scan"
    rmtree(data, ignore_errors=True)
    wanted = WARMING_UP + sizes.rounds * A_ROUND
    plan = plan_of_yesterday(data, compounds=-(-wanted // SCANS_OF_A_DAY))
    found(data, plan)
    load = list(one_by_one(plan))
    rates, p50, p99, behind = Rounds(), Rounds(), Rounds(), []
    with server_at(data) as server:
        ours = [server.post(sent.compound, SCANS, sent.items) for sent in load]
        parsed = [server.post(sent.compound, PARSE_ONLY, sent.items) for sent in load]
        send(server.port, CLIENTS, ours[:WARMING_UP])
        send(server.port, CLIENTS, parsed[:WARMING_UP])
        for begin in range(WARMING_UP, wanted, A_ROUND):
            taken = slice(begin, begin + A_ROUND)
            server.wait_until_shown()
            seen = send(server.port, CLIENTS, ours[taken])
            behind.append(server.wait_until_shown())
            if seen.recorded != len(ours[taken]):
                raise RuntimeError(f"only {seen.recorded} of {A_ROUND} scans were recorded")
            baseline = send(server.port, CLIENTS, parsed[taken])
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
