"""Parcels: a household's pieces to carry, from sorting to the door."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Literal

from pydantic import Field

from domain.base import Code, Event, Holder, HouseholdId, Remembered
from domain.goods.codes import subject_of_code
from domain.goods.facts import GoodsFact, GoodsReason, PieceName

How = Literal["door", "downstairs", "neighbour", "captain"]
Problem = Literal["damaged", "missing", "wrong-door", "refused", "spoiled", "never-came"]
ReleaseReason = Literal["checked", "disinfected-again", "withdrawn-suspicion"]


class ParcelFact(GoodsFact):
    stored: ClassVar[bool] = False

    parcel: Code
    said: PieceName | None = None
    """The door that was named instead of, or together with, a label."""

    @Remembered
    def stream(self) -> str:
        return subject_of_code(self.parcel)

    def links(self) -> Iterable[tuple[str, str]]:
        if self.said:
            yield self.stream, f"group-buy-{self.said.group_buy}"


class ParcelPacked(ParcelFact):
    twin: Code | None = None
    """The code of the named piece where a blank label was bound to it."""
    of: int | None = Field(default=None, ge=1, le=99)
    delivery: Code | None = None

    def links(self) -> Iterable[tuple[str, str]]:
        if self.twin and self.twin != self.parcel:
            yield self.stream, subject_of_code(self.twin)
            yield subject_of_code(self.twin), self.stream
        if self.delivery:
            yield self.stream, subject_of_code(self.delivery)
        yield from super().links()


class ParcelHandedOver(ParcelFact):
    giver: Holder | None = None
    taker: Holder


class ParcelDelivered(ParcelFact):
    how: How = "door"
    household: HouseholdId | None = None
    """The door it was left at, where the hand looked at it."""


class ParcelReported(ParcelFact):
    shape: ClassVar[int] = 2

    problem: Problem


class ParcelReturned(ParcelFact):
    reason: GoodsReason | None = None


class ParcelHeld(ParcelFact):
    reason: GoodsReason


class ParcelReleased(ParcelFact):
    """One signature; the parcel stays held until a second person has signed."""

    reason: ReleaseReason
    emergency: bool = False
    """It is free at once, and in doubt until a second person has signed, too."""


class ParcelDestroyed(ParcelFact):
    reason: GoodsReason


def last_binding(facts: Sequence[Event]) -> ParcelPacked | None:
    """The latest sorting among standing facts of a label: it says whose piece the label is."""
    for fact in reversed(facts):
        if isinstance(fact, ParcelPacked) and fact.said:
            return fact
    return None
