"""What a parcel's trail says of it when it has been read to its end."""

from datetime import datetime
from typing import Literal, NamedTuple

from domain.base import Holder
from domain.goods.deliveries import DeliveryView
from domain.goods.disinfection import Treatment
from domain.goods.facts import Doubts, PieceName
from domain.goods.parcels import ParcelReleased, Problem

ParcelStage = Literal[
    "declared", "sorted", "with-volunteer", "with-captain", "downstairs", "delivered", "picked-up",
    "problem", "held", "returned", "destroyed",
]  # fmt: skip
FINAL_STAGES = frozenset({"delivered", "picked-up", "destroyed"})


class ParcelView(NamedTuple):
    code: str
    labels: tuple[str, ...]
    """Every code that means this parcel, its own first."""
    known: bool
    meant: PieceName | None
    of: int | None
    delivery: DeliveryView | None
    crate: str | None
    holder: Holder | None
    stage: ParcelStage
    problem: Problem | None
    """What nobody has dealt with yet; its stage, unless the parcel is held or destroyed."""
    since: datetime | None
    packed_at: datetime | None
    delivered_at: datetime | None
    held: bool
    seen: bool
    """Whether a hand has said anything of it; else it is only a printed label."""
    treatments: tuple[Treatment, ...]
    unsigned: tuple[ParcelReleased, ...]
    """Releases by one member that a second one has not signed yet."""
    doubts: Doubts

    @property
    def household(self) -> str | None:
        return self.meant.household if self.meant else None

    @property
    def building(self) -> str | None:
        return self.meant.building if self.meant else None


def is_of_another_building(holder: Holder, building: str | None) -> bool:
    """Of a captain who is called by a building; one who is called by a member's number may have several."""
    return holder.kind == "captain" and building is not None and holder.id[:1].isdigit() and holder.id != building
