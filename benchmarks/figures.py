"""What a measurement brings back, and the bars it is held against."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple


class Bar(NamedTuple):
    """What must hold; None where nothing is asked. Ratios are the figure over its baseline."""

    least: float | None = None
    most: float | None = None
    least_ratio: float | None = None
    most_ratio: float | None = None

    def __str__(self) -> str:
        parts = (
            (self.least, "≥ {:,g}"),
            (self.most, "≤ {:,g}"),
            (self.least_ratio, "≥ {:,g} x"),
            (self.most_ratio, "≤ {:,g} x"),
        )
        return ", ".join(form.format(value) for value, form in parts if value is not None)


NO_BAR = Bar()


@dataclass(frozen=True, slots=True)
class Figure:
    what: str
    value: float
    unit: str
    bar: Bar = NO_BAR
    baseline: float | None = None
    baseline_is: str = ""
    rounds: Sequence[float] = ()
    baseline_rounds: Sequence[float] = ()

    @property
    def ratio(self) -> float | None:
        return self.value / self.baseline if self.baseline else None

    @property
    def holds(self) -> bool | None:
        """None where nothing is asked of the figure."""
        ratio = self.ratio or 0.0
        asked = (
            (self.bar.least, self.value, 1),
            (self.bar.most, self.value, -1),
            (self.bar.least_ratio, ratio, 1),
            (self.bar.most_ratio, ratio, -1),
        )
        answers = [sign * value >= sign * wanted for wanted, value, sign in asked if wanted is not None]
        return all(answers) if answers else None


@dataclass(slots=True)
class Measured:
    """One measurement: P1, P3, …"""

    name: str
    title: str
    how: str
    figures: list[Figure]
    seconds: float = 0.0
    curves: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    """Named lines of a plot."""
    axes: tuple[str, str] = ("", "")


@dataclass(slots=True)
class Rounds:
    """Ours and the baseline in turn; what is told is the median of each."""

    ours: list[float] = field(default_factory=list)
    baseline: list[float] = field(default_factory=list)

    def figure(self, what: str, unit: str, bar: Bar, baseline_is: str) -> Figure:
        ours, baseline = median(self.ours), median(self.baseline)
        return Figure(what, ours, unit, bar, baseline, baseline_is, tuple(self.ours), tuple(self.baseline))


class Sizes(NamedTuple):
    """How much is measured."""

    events: int
    """Of the large log."""
    rounds: int
