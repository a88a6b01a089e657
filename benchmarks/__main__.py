"""python -m benchmarks [P1 P3 …] [--events N] [--rounds N]: measures, tells, and writes docs/performance.md."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks import audit_page, large_table, memory, offline_upload, one_scan, rebuild, report
from benchmarks.figures import Measured, Sizes
from benchmarks.machine import machine, versions

MEASUREMENTS: dict[str, Callable[[Path, Sizes], Measured]] = {
    "P1": one_scan.measure,
    "P3": offline_upload.measure,
    "P4": rebuild.measure,
    "P7": audit_page.measure,
    "P9": memory.measure,
    "I1": large_table.measure,
}
WORK = Path("var/bench")
FULL = 1_000_000
WIDE = 160
console = Console(width=None if sys.stdout.isatty() else WIDE)


def main(
    which: Annotated[
        list[str] | None, typer.Argument(help=f"Some of {' '.join(MEASUREMENTS)}; all when left out.")
    ] = None,
    *,
    events: Annotated[int, typer.Option(min=20_000, help="Of the large log; fewer for a try.")] = FULL,
    rounds: Annotated[int, typer.Option(min=1, max=9, help="Of ours and the baseline in turn.")] = 5,
) -> None:
    """Measure; ends with 0 also where a bar is missed, but says so."""
    chosen = [name.upper() for name in which or MEASUREMENTS]
    unknown = set(chosen) - set(MEASUREMENTS)
    if unknown:
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: there are {', '.join(MEASUREMENTS)}")
    WORK.mkdir(parents=True, exist_ok=True)
    found = machine()
    measured = []
    for name in chosen:
        console.print(f"{name} …")
        begun = time.perf_counter()
        one = MEASUREMENTS[name](WORK, Sizes(events, rounds))
        one.seconds = time.perf_counter() - begun
        console.print(f"{name} took {one.seconds:.0f} s")
        measured.append(one)
    report.show(measured, console)
    if chosen == list(MEASUREMENTS) and events == FULL:
        report.keep(measured, found, versions())
        console.print("Written: docs/performance.md, benchmarks/results/latest.json")
    else:
        console.print("A part or a try: docs/performance.md stays as it is.")


if __name__ == "__main__":
    typer.run(main)
