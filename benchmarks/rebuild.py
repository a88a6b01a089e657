"""P4: all read models built again from the log, against the library's own runner with one projection."""

from contextlib import closing
from pathlib import Path
from time import perf_counter

from benchmarks.figures import Bar, Measured, Rounds, Sizes
from benchmarks.logs import log_of
from infra.event_store import EventStore
from infra.settings import Settings
from services.garbage import garbage_sought_seldom
from services.upkeep import build_beside, remove

BASELINE_EVENTS = 25_000
POINTS = 40


def measure(work: Path, sizes: Sizes) -> Measured:
    from benchmarks.stock_runner import postgres_with_events, projected_per_second  # noqa: PLC0415 — starts PostgreSQL

    data = log_of(work, sizes.events)
    rates = Rounds()
    curve: list[tuple[float, float]] = []
    with (
        postgres_with_events(BASELINE_EVENTS) as before,
        closing(EventStore.open(Settings(data=data).log_file)) as log,
        garbage_sought_seldom(),
    ):
        rates.baseline.append(projected_per_second(before, BASELINE_EVENTS))
        beside = work / "rebuilt.db"
        begun = perf_counter()
        curve.extend((step.done, perf_counter() - begun) for step in build_beside(log, beside))
        rates.ours.append(sizes.events / (perf_counter() - begun))
        remove(beside)
    with postgres_with_events(BASELINE_EVENTS) as after:
        rates.baseline.append(projected_per_second(after, BASELINE_EVENTS))
    runner_is = "library: ProjectionRunner on PostgreSQL, one projection"
    return Measured(
        "P4",
        "rebuild of all read models",
        f"`build_beside`, which `baogong rebuild` uses, folds a log of {sizes.events:,} simulated events on SQLite into "
        f"every read model. The baseline is the event sourcing library's own runner with one small projection (it "
        f"counts a parcel's events) on a PostgreSQL of its own: {BASELINE_EVENTS:,} events before ours and "
        f"{BASELINE_EVENTS:,} after it. It cannot run on SQLite.",
        [
            rates.figure(
                f"rebuild of all read models from {sizes.events:,} events",
                "events/s",
                Bar(least=25_000, least_ratio=10),
                runner_is,
            )
        ],
        curves={"rebuild": curve[:: max(1, len(curve) // POINTS)]},
        axes=("events", "s"),
    )
