"""Crates: packed for a building, handed over as one, opened. Parcels inherit by membership, never by copies."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from pydantic import Field

from domain.base import Building, Code, Event, Holder, Remembered, held_by
from domain.goods.codes import subject_of_code
from domain.goods.disinfection import (
    DisinfectionFinished,
    DisinfectionStarted,
    Treatment,
    doubts_of_finish,
    doubts_of_start,
    facts_with_disinfections,
    treatments,
)
from domain.goods.facts import Doubted, Doubts, GoodsFact, Past, in_order, led_to, standing, undo_doubts
from domain.goods.labels import printed_as


class CrateFact(GoodsFact):
    stored = False

    crate: Code

    @Remembered
    def stream(self) -> str:
        return subject_of_code(self.crate)


class CratePacked(CrateFact):
    building: Building | None = None
    parcels: tuple[Code, ...] = Field(min_length=1, max_length=200)

    @Remembered
    def inside(self) -> frozenset[str]:
        """Each parcel in it asks whether it is one of them."""
        return frozenset(self.parcels)

    def links(self) -> Iterable[tuple[str, str]]:
        return ((subject_of_code(parcel), self.stream) for parcel in self.parcels)


class CrateHandedOver(CrateFact):
    giver: Holder | None = None
    taker: Holder


class CrateOpened(CrateFact):
    pass


class CrateView(NamedTuple):
    """A crate as its trail reads; it may be filled, emptied and filled again."""

    code: str
    known: bool
    building: str | None
    packed: tuple[CratePacked, ...]
    moves: tuple[CrateHandedOver, ...]
    opened: tuple[CrateOpened, ...]
    holder: Holder | None
    treatments: tuple[Treatment, ...]
    since: datetime | None
    steps: tuple[Event, ...]
    """What befalls a parcel while it is inside, in order of time."""
    ever_inside: frozenset[str]
    """Codes that were ever packed into it."""
    doubts: Doubts

    @property
    def is_open(self) -> bool:
        return not self.packed or bool(self.opened and self.opened[-1].happened_at >= self.packed[-1].happened_at)

    @property
    def members(self) -> tuple[str, ...]:
        """Codes packed since it was last opened."""
        if self.is_open:
            return ()
        last = self.opened[-1].happened_at if self.opened else None
        now = [fact for fact in self.packed if last is None or fact.happened_at > last]
        return tuple(dict.fromkeys(parcel for fact in now for parcel in fact.parcels))


def crate_view(past: Past, subject: str) -> CrateView:
    leads = led_to(past, (subject,))
    facts = facts_with_disinfections(past, (subject,), leads.get("disinfection", ()))
    judged = standing(facts)
    code = subject.removeprefix("crate-")
    is_printed = printed_as(past, leads.get("labels", ()), code) is not None
    known = is_printed or any(isinstance(fact, CratePacked) for fact in judged)
    pairs = treatments(judged)
    packed: list[CratePacked] = []
    moves: list[CrateHandedOver] = []
    opened: list[CrateOpened] = []
    holder: Holder | None = None
    is_open = True
    doubts: dict[UUID, Doubted] = {}
    for fact in judged:
        broken = [] if known else ["label-known"]
        if fact.clock_reading is not None:
            broken.append("clock-sane")
        match fact:
            case CratePacked():
                if not is_open and fact.building and packed[-1].building not in {None, fact.building}:
                    broken.append("right-building")
                packed.append(fact)
                is_open = False
                holder = held_by("station", fact.station) if fact.station else holder
            case CrateHandedOver():
                if fact.giver and holder and fact.giver != holder:
                    broken.append("giver-holds")
                if is_open and packed:
                    broken.append("in-order")
                moves.append(fact)
                holder = fact.taker
            case CrateOpened():
                if is_open:
                    broken.append("in-order")
                opened.append(fact)
                is_open = True
            case DisinfectionStarted():
                broken.extend(doubts_of_start(fact))
            case DisinfectionFinished():
                broken.extend(doubts_of_finish(next(pair for pair in pairs if pair.finished is fact)))
            case _:
                pass
        if broken:
            doubts[fact.command] = Doubted(fact, tuple(dict.fromkeys(broken)))
    return CrateView(
        code=code,
        known=known,
        building=packed[-1].building if packed else None,
        packed=tuple(packed),
        moves=tuple(moves),
        opened=tuple(opened),
        holder=holder,
        treatments=pairs,
        since=judged[-1].happened_at if judged else None,
        steps=in_order((*packed, *moves, *opened, *(pair.finished for pair in pairs if pair.finished))),
        ever_inside=frozenset(parcel for fact in packed for parcel in fact.parcels),
        doubts={**doubts, **undo_doubts(facts)},
    )
