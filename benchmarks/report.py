"""The table on the terminal, the results as JSON, and the page docs/performance.md with its plots."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.figures import Figure, Measured
from benchmarks.plot import svg

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "latest.json"
PAGE = ROOT / "docs" / "performance.md"
COLUMNS = ("", "what", "figure", "baseline", "ratio", "bar", "holds?")


def row(measured: Measured, figure: Figure) -> tuple[str, ...]:
    baseline = f"{number(figure.baseline)} {figure.unit} ({figure.baseline_is})" if figure.baseline else "–"
    ratio = f"{figure.ratio:.2f} x" if figure.ratio else "–"
    holds = {True: "✓ holds", False: "✗ MISSED", None: "–"}[figure.holds]
    value = f"{number(figure.value)} {figure.unit}"
    return measured.name, figure.what, value, baseline, ratio, str(figure.bar) or "–", holds


def number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"


def rows(all_measured: Sequence[Measured]) -> Iterator[tuple[str, ...]]:
    for measured in all_measured:
        for figure in measured.figures:
            yield row(measured, figure)


def show(all_measured: Sequence[Measured], console: Console) -> None:
    table = Table(title="baogong: figures and what they are held against")
    for column in COLUMNS:
        table.add_column(column, justify="right" if column in {"figure", "ratio"} else "left")
    for cells in rows(all_measured):
        table.add_row(*cells, style="red" if cells[-1].startswith("✗") else None)
    console.print(table)
    missed = [f"{measured.name}: {figure.what}" for measured, figure in missed_in(all_measured)]
    if missed:
        console.rule("BARS MISSED", style="red", characters="#")
        for each in missed:
            console.print(f"✗ {each}", style="bold red")
        console.print("Figures from a machine that is busy with other things say little: look at the load and repeat.")


def missed_in(all_measured: Sequence[Measured]) -> list[tuple[Measured, Figure]]:
    return [(measured, figure) for measured in all_measured for figure in measured.figures if figure.holds is False]


def keep(all_measured: Sequence[Measured], machine: Mapping[str, str], versions: Mapping[str, str]) -> None:
    """Writes the results, the plots and the page."""
    measured_at = datetime.now(UTC).isoformat(timespec="minutes")
    results: dict[str, Any] = {
        "measured_at": measured_at,
        "machine": dict(machine),
        "versions": dict(versions),
        "measurements": [told(measured) for measured in all_measured],
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    for measured in all_measured:
        if measured.curves:
            plot_of(measured).write_text(svg(f"{measured.name}: {measured.title}", measured.axes, measured.curves))
    PAGE.write_text(page(all_measured, measured_at, machine, versions))


def told(measured: Measured) -> dict[str, Any]:
    figures = [asdict(figure) | {"ratio": figure.ratio, "holds": figure.holds} for figure in measured.figures]
    for figure in figures:
        figure["bar"] = {name: value for name, value in figure["bar"]._asdict().items() if value is not None}
    return asdict(measured) | {"figures": figures}


def plot_of(measured: Measured) -> Path:
    return PAGE.with_name(f"performance-{measured.name.lower()}.svg")


def page(
    all_measured: Sequence[Measured], measured_at: str, machine: Mapping[str, str], versions: Mapping[str, str]
) -> str:
    missed = len(missed_in(all_measured))
    lines = [
        "# How fast, how big",
        "",
        "Written by `make bench`; edit nothing here. Every baseline was measured in the same run, ours and the",
        "baseline in turn, and each figure is the median of its rounds. Ratios count: absolute figures of a shared",
        "machine are as noisy as the machine.",
        "",
        f"**{missed} bars missed.**" if missed else "**Every bar holds.**",
        "",
        table_row(COLUMNS),
        table_row(["---"] * len(COLUMNS)),
        *(table_row(each) for each in rows(all_measured)),
        "",
        f"Measured at {measured_at} in {sum(each.seconds for each in all_measured) / 60:.0f} minutes.",
        "",
        "| | |",
        "|---|---|",
        *(f"| {name} | {text} |" for name, text in (*machine.items(), *versions.items())),
        "",
        "## How it was measured",
    ]
    for measured in all_measured:
        lines += ["", f"### {measured.name}: {measured.title}", "", measured.how]
        spread = [f"{each.what}: {span(each.rounds)} {each.unit}" for each in measured.figures if len(each.rounds) > 1]
        if spread:
            lines += ["", "Lowest and highest round: " + "; ".join(spread) + "."]
        if measured.curves:
            lines += ["", f"![{measured.title}]({plot_of(measured).name})"]
    return "\n".join(lines) + "\n"


def table_row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def span(rounds: Sequence[float]) -> str:
    return f"{number(min(rounds))} to {number(max(rounds))}"
