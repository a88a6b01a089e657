"""Readings that wait until a person has looked at them: in memory, for an hour, for nobody else.

Files hold names and phones and are never kept; what was read of them for the directory goes when the hour is over.
"""

import secrets
import threading
import time
from collections.abc import Callable
from typing import Final, NamedTuple, TypeVar

from domain.community.compound import BuildingDoors
from domain.community.door_settings import DoorSettings
from services.imports.booking import Changes, Wanted
from services.imports.households import HouseholdRow
from services.imports.orders import OrderReading

AN_HOUR: Final = 3600.0
MOST: Final = 20


class Booked(NamedTuple):
    """What was booked of a reading, for the page that says so."""

    command: str
    group_buy: str
    title: str
    changes: Changes
    anything: bool
    new_doors: int
    cards: int = 0
    """Entries that are new in the directory."""


class OrdersToBook(NamedTuple):
    reading: OrderReading
    """As the table says it, before any correction."""
    wanted: Wanted
    """With the corrections so far."""
    booked: Booked | None = None


class RosterToAdd(NamedTuple):
    founding: bool
    settings: DoorSettings
    listed: tuple[BuildingDoors, ...]
    rows: tuple[HouseholdRow, ...]
    """Those that are unclear or stand twice."""
    notices: tuple[str, ...]


Content = TypeVar("Content", OrdersToBook, RosterToAdd)


class Kept(NamedTuple):
    compound: str
    actor: str
    until: float
    content: OrdersToBook | RosterToAdd


class Shelf:
    def __init__(self, most: int = MOST, seconds: float = AN_HOUR, clock: Callable[[], float] = time.monotonic) -> None:
        self.most = most
        self.seconds = seconds
        self.clock = clock
        self.kept: dict[str, Kept] = {}
        self.lock = threading.Lock()

    def put(self, compound: str, actor: str, content: OrdersToBook | RosterToAdd) -> str:
        """The token by which it is found again; the oldest one makes room."""
        token = secrets.token_urlsafe(18)
        with self.lock:
            self._drop_old()
            while len(self.kept) >= self.most:
                del self.kept[next(iter(self.kept))]
            self.kept[token] = Kept(compound, actor, self.clock() + self.seconds, content)
        return token

    def find(self, token: str, compound: str, actor: str, kind: type[Content]) -> Content | None:
        """None when the hour is over, the server was restarted, or it is somebody else's."""
        with self.lock:
            self._drop_old()
            kept = self.kept.get(token)
        if kept is None or (kept.compound, kept.actor) != (compound, actor) or not isinstance(kept.content, kind):
            return None
        return kept.content

    def replace(self, token: str, content: OrdersToBook | RosterToAdd) -> None:
        with self.lock:
            if token in self.kept:
                self.kept[token] = self.kept[token]._replace(content=content)

    def take_down(self, token: str) -> None:
        with self.lock:
            self.kept.pop(token, None)

    def _drop_old(self) -> None:
        now = self.clock()
        for token in [token for token, kept in self.kept.items() if kept.until <= now]:
            del self.kept[token]
