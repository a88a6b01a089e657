"""How often: guesses run dry, a phone that comes back with a full queue does not.

Counted in this process and in memory. Everything over a limit is answered 429 with the seconds to wait.
"""

import math
import threading
import time
from collections.abc import Callable, Mapping
from ipaddress import IPv6Address, ip_address
from typing import Final, Literal

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import SlidingWindowCounterSupport, Storage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.exceptions import HTTPException

Kind = Literal[
    "redeem", "password-login", "password-address", "password-everywhere", "guess", "oidc", "credential", "scan", "label", "door-report", "export", "apply"
]  # fmt: skip

OF_PEOPLE: Final[Mapping[Kind, RateLimitItem]] = {
    "redeem": RateLimitItemPerMinute(10),
    "password-login": RateLimitItemPerMinute(10, 15),
    "password-address": RateLimitItemPerMinute(30, 15),
    "password-everywhere": RateLimitItemPerMinute(60, 15),
    "oidc": RateLimitItemPerMinute(30),
    "credential": RateLimitItemPerMinute(60),
    "scan": RateLimitItemPerMinute(3000, 5),
    "label": RateLimitItemPerMinute(120),
    "guess": RateLimitItemPerMinute(120),
    "door-report": RateLimitItemPerHour(10),
    "export": RateLimitItemPerHour(6),
    "apply": RateLimitItemPerHour(300),
}
"""Scans: 600 a minute, of which five minutes' worth may come at once. A whole compound may apply from one address."""
OF_PROGRAMS: Final[Mapping[Kind, RateLimitItem]] = {
    **OF_PEOPLE,
    "scan": RateLimitItemPerMinute(200_000),
    "label": RateLimitItemPerMinute(6000),
    "guess": RateLimitItemPerMinute(6000),
    "export": RateLimitItemPerHour(60),
}
UNKNOWN_LABEL: Final = 5
"""What a look-up of a code that nobody knows costs; known ones cost nothing."""
MOST_KEYS: Final = 50_000
LONGEST_KEY: Final = 80
NEIGHBOURS: Final = 64
"""Bits of an IPv6 address that name a network: who has one address there has all."""


class TooManyRequests(HTTPException):
    def __init__(self, kind: Kind, wait: int) -> None:
        super().__init__(429, headers={"Retry-After": str(wait)})
        self.kind = kind
        self.wait = wait


class Counts(Storage, SlidingWindowCounterSupport):
    """Two numbers a key; the library's own memory looks through all keys a hundred times a second."""

    STORAGE_SCHEME = None

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__()
        self.clock = clock
        self.windows: dict[str, list[float]] = {}
        """By key: when the window began, what was spent in the one before, what in this one, its seconds."""
        self.lock = threading.Lock()

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        with self.lock:
            now = self.clock()
            window = self._window(key, expiry, now)
            if window[1] * (1 - (now - window[0]) / expiry) + window[2] + amount > limit:
                return False
            window[2] += amount
            return True

    def give_back(self, key: str, amount: int) -> None:
        """Never more than stands there: what was spent may be over by now."""
        with self.lock:
            window = self.windows.get(key)
            if window is not None:
                lately = min(amount, window[2])
                window[2] -= lately
                window[1] = max(0, window[1] - (amount - lately))

    def wait_for(self, key: str, limit: int, expiry: int, amount: int) -> float:
        """Seconds until as much may be spent again."""
        with self.lock:
            began, before, spent, _ = self._window(key, expiry, self.clock())
            left, gone = limit - amount, self.clock() - began
            if before and left >= spent:
                return max(0.0, expiry * (1 - (left - spent) / before) - gone)
            return expiry * (1 - min(1.0, left / spent) if spent else 0) + expiry - gone

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        with self.lock:
            now = self.clock()
            began, before, spent, _ = self._window(key, expiry, now)
            return int(before), began + expiry - now, int(spent), began + 2 * expiry - now

    def clear_sliding_window(self, key: str, expiry: int) -> None:
        del expiry
        self.clear(key)

    def _window(self, key: str, expiry: int, now: float) -> list[float]:
        window = self.windows.get(key)
        if window is None:
            if len(self.windows) >= MOST_KEYS:
                self._make_room(now)
            window = self.windows[key] = [now, 0, 0, expiry]
        elif now >= window[0] + 2 * expiry:
            window[:] = [now, 0, 0, expiry]
        elif now >= window[0] + expiry:
            window[:] = [window[0] + expiry, window[2], 0, expiry]
        return window

    def _make_room(self, now: float) -> None:
        over = [key for key, window in self.windows.items() if now >= window[0] + 2 * window[3]]
        for key in over or list(self.windows)[: MOST_KEYS // 2]:
            del self.windows[key]

    def clear(self, key: str) -> None:
        self.windows.pop(key, None)

    def reset(self) -> int:
        count = len(self.windows)
        self.windows.clear()
        return count

    def check(self) -> bool:
        return True

    def get(self, key: str) -> int:
        return int(self.windows.get(key, (0, 0, 0))[2])

    def get_expiry(self, key: str) -> float:
        window = self.windows.get(key)
        return window[0] + window[3] if window else self.clock()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        with self.lock:
            window = self._window(key, expiry, self.clock())
            window[2] += amount
            return int(window[2])

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError


class Limits:
    """Raises TooManyRequests; what was refused costs nothing."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.counts = Counts(clock)
        self.limiter = SlidingWindowCounterRateLimiter(self.counts)

    def spend(self, kind: Kind, key: str, cost: int = 1, *, program: bool = False) -> None:
        """``key``: a session, an API key, a login or an address."""
        item, key = (OF_PROGRAMS if program else OF_PEOPLE)[kind], key[:LONGEST_KEY]
        if not self.limiter.hit(item, kind, key, cost=cost):
            wait = self.counts.wait_for(item.key_for(kind, key), item.amount, item.get_expiry(), cost)
            raise TooManyRequests(kind, max(1, math.ceil(wait)))

    def give_back(self, kind: Kind, key: str) -> None:
        """What was spent on a guess that turned out to be none; spent first, so that guesses side by side all count."""
        self.counts.give_back(OF_PEOPLE[kind].key_for(kind, key[:LONGEST_KEY]), 1)


def network_of(address: str | None) -> str:
    """An address as it is counted: one neighbourhood is one."""
    if address is None:
        return "-"
    if ":" not in address:
        return address
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped) if mapped else str(IPv6Address(int(found) >> NEIGHBOURS << NEIGHBOURS))
    return address
