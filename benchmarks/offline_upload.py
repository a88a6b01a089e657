"""P3: phones that come back online, 500 scans of 500 different parcels in a request."""

from collections.abc import Sequence
from pathlib import Path
from shutil import rmtree
from time import perf_counter

from benchmarks.clients import send
from benchmarks.figures import Bar, Measured, Rounds, Sizes
from benchmarks.load import A_REQUEST, OfflineDay, Sent, found, offline_day, plan_of_yesterday
from benchmarks.server import SCANS, Server, server_at
from benchmarks.stock_library import sqlite_application

PHONES = 4
BASELINE_SCANS = 500

HOW = (
    f"{PHONES} keep-alive clients send requests of {A_REQUEST} scans, each of a different parcel, to a real server "
    f"(SQLite, synchronous=FULL, read models followed by the process beside it): first the sorting of a compound's day, "
    f"later its deliveries. What lies between is sent, but not counted. The second figure waits until the read models "
    f"show everything. The baseline is the event sourcing library as it comes on SQLite with the same durability: "
    f"{BASELINE_SCANS} aggregates, each loaded, changed and saved, one after the other, without HTTP and without read "
    f"models. Ours and the baseline in turn."
)


def measure(work: Path, sizes: Sizes) -> Measured:
    data = work / "offline-upload"
    rmtree(data, ignore_errors=True)
    plan = plan_of_yesterday(data, compounds=sizes.rounds + 1)
    found(data, plan)
    answered, shown = Rounds(), Rounds()
    with server_at(data) as server, sqlite_application(data / "stock.db") as stock:
        upload(server, offline_day(plan, sizes.rounds))
        for number in range(sizes.rounds):
            day = offline_day(plan, number)
            until_answered, until_shown = upload(server, day)
            answered.ours.append(day.measured / until_answered)
            shown.ours.append(day.measured / until_shown)
            parcels = [stock.sort(f"1-{place}") for place in range(BASELINE_SCANS)]
            begun = perf_counter()
            for parcel in parcels:
                stock.hand_over(parcel, "runner-1")
            rate = BASELINE_SCANS / (perf_counter() - begun)
            answered.baseline.append(rate)
            shown.baseline.append(rate)
    rmtree(data)
    stock_is = "library: load + save one by one"
    return Measured(
        "P3",
        "offline upload",
        HOW,
        [
            answered.figure(
                "500 scans of 500 parcels per request", "scans/s", Bar(least=8000, least_ratio=5), stock_is
            ),
            shown.figure("the same until the read models show it", "scans/s", Bar(), stock_is),
        ],
    )


def upload(server: Server, day: OfflineDay) -> tuple[float, float]:
    """Returns the seconds until everything measured was answered, and until it was shown."""
    answered = shown = 0.0
    for before, measured in ((day.before, day.sorting), (day.crates, day.delivering)):
        for sent in before:
            send(server.port, 1, requests(server, [sent]))
        server.wait_until_shown()
        seen = send(server.port, PHONES, requests(server, measured))
        if seen.recorded != sum(len(sent.items) for sent in measured):
            raise RuntimeError(f"only {seen.recorded} scans were recorded")
        answered += seen.seconds
        shown += seen.seconds + server.wait_until_shown()
    return answered, shown


def requests(server: Server, sent: Sequence[Sent]) -> list[bytes]:
    return [server.post(each.compound, SCANS, each.items) for each in sent]
