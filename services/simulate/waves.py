"""Day after day laid over one another, so that it never stands still; and all of it as if it happened now.

The play has a clock of its own, in milliseconds, which begins with the midnight of its first wave and runs faster than
real time. What takes no fixed time (sorting, carrying) happens when it is sent. What must take its time (disinfecting,
resting) is told afterwards: so far before sorting as it should be.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from heapq import merge
from itertools import count
from operator import attrgetter
from typing import Final, NamedTuple

from domain.goods.handling import DEFAULT_RULES, PLACE_TIME
from services.simulate.chance import milliseconds, moment
from services.simulate.day_plan import Scan
from services.simulate.goods_of_the_day import MINUTE, GoodsOfTheDay, midnight
from services.simulate.mistakes import HOUR
from services.simulate.plan import Plan

APART: Final = 9 * HOUR
"""From one wave to the next."""
LONGEST: Final = 24 * HOUR
FULL_SWING: Final = 13 * HOUR
"""Where the play begins: some deliveries are at the doors already, others are still expected."""
ORDERS_READ: Final = 5 * HOUR
AT_THE_GATE: Final = frozenset({"declare", "arrive", "admit", "turn-away"})
SQUEEZED: Final = timedelta(hours=1)
"""What would fall into the closed hours of the gate happens in the last hour before."""
BY_SENT: Final = attrgetter("sent")


class Clock(NamedTuple):
    """At the real moment ``began`` the play stands at ``stood``; both in milliseconds."""

    began: float
    stood: float
    speed: float

    def real(self, at: float) -> float:
        """When that moment of the play is; what lies before the beginning passed at the usual speed."""
        passed = at - self.stood
        return self.began + (passed / self.speed if passed > 0 else passed)

    def at(self, real: float) -> float:
        return self.stood + (real - self.began) * self.speed

    def told(self, scan: Scan) -> Scan:
        """The scan as the phone tells it in real time."""
        happened = self.real(scan.at)
        if scan.sorted_from > scan.at:
            happened = min(happened, self.real(scan.sorted_from) - (scan.sorted_from - scan.at))
        if scan.fields["step"] in AT_THE_GATE:
            happened = while_open(happened)
        return scan._replace(at=round(happened), sent=round(self.real(scan.sent)))


def while_open(at: float) -> float:
    """The same order of moments, none of them in the closed hours."""
    clock = moment(at).astimezone(PLACE_TIME)
    closes = clock.replace(hour=DEFAULT_RULES.gate_closes.hour, minute=0, second=0, microsecond=0)
    if clock.time() < DEFAULT_RULES.gate_opens:
        closes -= timedelta(days=1)
    elif clock < closes - SQUEEZED:
        return at
    begins = closes - SQUEEZED
    opens = closes.replace(hour=DEFAULT_RULES.gate_opens.hour) + timedelta(days=1)
    share = (clock - begins) / (opens - begins)
    return milliseconds(begins) + share * (SQUEEZED / timedelta(milliseconds=1) - MINUTE)


class Wave(NamedTuple):
    number: int
    goods: GoodsOfTheDay
    scans: list[Scan]
    """On the play's clock, in the order in which they are sent."""

    @property
    def name(self) -> str:
        return wave_name(self.number)


def wave_name(number: int) -> str:
    return str(number + 1) if number else ""


def wave_of(plan: Plan, number: int, day: date) -> Wave:
    goods = plan.goods(plan.places()[0], day, wave_name(number))
    shift = number * APART - milliseconds(midnight(day))
    scans = [
        scan._replace(
            at=scan.at + shift,
            sent=scan.sent + shift,
            sorted_from=scan.sorted_from + shift if scan.sorted_from else 0,
        )
        for scan in plan.scans(goods, wave_name(number))
    ]
    return Wave(number, goods, scans)


def first_wave_at(stood: float) -> int:
    """The earliest wave that may not be over then."""
    return max(0, int((stood - LONGEST) // APART) + 1)


def story(plan: Plan, stood: float, day_of: Callable[[int], date]) -> Iterator[Wave | Scan]:
    """From a moment of the play for ever: each wave before its first scan."""
    waiting: list[Scan] = []
    for number in count(first_wave_at(stood)):
        wave = wave_of(plan, number, day_of(number))
        yield wave
        waiting = [scan for scan in merge(waiting, wave.scans, key=BY_SENT) if scan.sent >= stood]
        ends = (number + 1) * APART + ORDERS_READ
        due = next((place for place, scan in enumerate(waiting) if scan.sent >= ends), len(waiting))
        yield from waiting[:due]
        waiting = waiting[due:]
