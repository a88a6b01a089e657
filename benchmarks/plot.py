"""Lines over two axes, drawn as SVG by hand: readable in light and dark, told apart by dash and name."""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import cycle
from math import floor, log10

Points = Sequence[tuple[float, float]]

WIDTH, HEIGHT = 720, 320
LEFT, RIGHT, TOP, BOTTOM = 80, 170, 30, 50
TICKS = 5
DASHES = ("", "8 5", "2 4")
STYLE = """
    text { font: 13px system-ui, sans-serif; fill: #333 }
    .title { font-weight: 600 }
    .grid { stroke: #ddd }
    .line { fill: none; stroke: #0b5a8a; stroke-width: 2 }
    .dot { fill: #0b5a8a }
    @media (prefers-color-scheme: dark) {
      text { fill: #ddd } .grid { stroke: #444 } .line { stroke: #7cc4ef } .dot { fill: #7cc4ef }
    }"""


def svg(title: str, axes: tuple[str, str], curves: Mapping[str, Points]) -> str:
    """A whole SVG document; both axes begin at zero."""
    points = [point for curve in curves.values() for point in curve]
    across = scale(max(x for x, _ in points))
    up = scale(max(y for _, y in points))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">',
        f"<style>{STYLE}\n  </style>",
        f'<text class="title" x="{LEFT}" y="18">{escape(title)}</text>',
        *(grid_across(value, across) for value in ticks(across)),
        *(grid_up(value, up) for value in ticks(up)),
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 10}" text-anchor="middle">{escape(axes[0])}</text>',
        f'<text x="{LEFT}" y="{TOP - 2}" text-anchor="end">{escape(axes[1])}</text>',
    ]
    for (name, curve), dash in zip(curves.items(), cycle(DASHES), strict=False):
        parts.append(line(name, [(x_of(x, across), y_of(y, up)) for x, y in curve], dash))
    return "\n  ".join(parts) + "\n</svg>\n"


def line(name: str, points: Points, dash: str) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<polyline class="line" points="{path}"{dashed}/>'
        f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'
        f'<text x="{x + 9:.1f}" y="{y + 4:.1f}">{escape(name)}</text>'
    )


def grid_across(value: float, most: float) -> str:
    x = x_of(value, most)
    return f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{value:,g}</text>'


def grid_up(value: float, most: float) -> str:
    y = y_of(value, most)
    return (
        f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>'
        f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:,g}</text>'
    )


def x_of(value: float, most: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * value / most


def y_of(value: float, most: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / most


def scale(largest: float) -> float:
    """A round number that is at least the largest value."""
    unit = 10 ** floor(log10(largest)) if largest > 0 else 1
    return float(next(step * unit for step in (1, 1.5, 2, 3, 4, 5, 7.5, 10) if step * unit >= largest))


def ticks(most: float) -> list[float]:
    return [float(f"{most * place / TICKS:.6g}") for place in range(TICKS + 1)]
