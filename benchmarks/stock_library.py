"""The event sourcing library as it comes, used as its manual says: what our own storage is held against."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event


class StockParcel(Aggregate):
    @event("Sorted")
    def __init__(self, door: str) -> None:
        self.door = door
        self.holder = "sorting"

    @event("HandedOver")
    def hand_over(self, taker: str) -> None:
        self.holder = taker


class StockApplication(Application[UUID]):
    def sort(self, door: str) -> UUID:
        parcel = StockParcel(door)
        self.save(parcel)
        return parcel.id

    def sort_many(self, number: int) -> None:
        self.save(*(StockParcel(f"1-{place}") for place in range(number)))

    def hand_over(self, parcel: UUID, taker: str) -> None:
        loaded: StockParcel = self.repository.get(parcel)
        loaded.hand_over(taker)
        self.save(loaded)


@contextmanager
def sqlite_application(path: Path) -> Iterator[StockApplication]:
    """Its own recorder on SQLite: write-ahead log and synchronous=FULL, which are its defaults."""
    environment = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path)}
    application = StockApplication(environment)
    try:
        yield application
    finally:
        application.close()
