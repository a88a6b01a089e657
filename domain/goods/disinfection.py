"""Disinfection of a delivery, a crate or a parcel: started, finished, and what it was worth."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import NAMESPACE_OID, UUID, uuid5

from pydantic import Field

from domain.base import Code, Event
from domain.goods.codes import subject_of_code
from domain.goods.facts import GoodsFact, Past, gathered
from domain.goods.handling import DEFAULT_RULES, Agent

Method = Literal["spray", "wipe", "soak", "fog"]
Face = Literal["top", "bottom", "front", "back", "left", "right"]
LONGEST = timedelta(hours=12)
"""A finish that names no start belongs to a start of the same subject at most this much earlier."""


class DisinfectionStarted(GoodsFact):
    subject: Code
    agent: Agent
    mg_per_litre: int | None = Field(default=None, ge=0, le=1_000_000)
    method: Method | None = None
    faces: tuple[Face, ...] = ()

    @property
    def stream(self) -> str:
        return disinfection_begun_by(self.command)

    def links(self) -> Iterable[tuple[str, str]]:
        return ((subject_of_code(self.subject), self.stream),)


class DisinfectionFinished(GoodsFact):
    subject: Code
    start: UUID | None = None
    minutes: int | None = Field(default=None, ge=0, le=1440)

    @property
    def stream(self) -> str:
        return disinfection_begun_by(self.start or self.command)

    def links(self) -> Iterable[tuple[str, str]]:
        return ((subject_of_code(self.subject), self.stream),)


DISINFECTION = (DisinfectionStarted, DisinfectionFinished)
KINDS: frozenset[type[Event]] = frozenset(DISINFECTION)


class Treatment(NamedTuple):
    """One disinfection as it is read from its two scans; either may be missing."""

    started: DisinfectionStarted | None
    finished: DisinfectionFinished | None

    @property
    def done_at(self) -> datetime | None:
        return self.finished.happened_at if self.finished else None

    @property
    def contact_time(self) -> timedelta | None:
        if self.finished is None:
            return None
        if self.finished.minutes is not None:
            return timedelta(minutes=self.finished.minutes)
        return self.finished.happened_at - self.started.happened_at if self.started else None


def facts_with_disinfections(past: Past, subjects: Sequence[str], streams: Sequence[str]) -> tuple[Event, ...]:
    """The facts of the subjects and of the disinfections that they lead to; a shared stream may name others, too."""
    if not streams:
        return gathered(past, subjects)
    facts = gathered(past, (*subjects, *streams))
    return tuple(
        fact for fact in facts if not isinstance(fact, DISINFECTION) or subject_of_code(fact.subject) in subjects
    )


def disinfection_begun_by(scan: UUID) -> str:
    return f"disinfection-{uuid5(NAMESPACE_OID, str(scan))}"


def treatments(facts: Sequence[Event]) -> tuple[Treatment, ...]:
    """Pairs each finish with the start it names, else with the latest open start before it, else the latest at all.

    So a finish that came too early can be followed by the proper one.
    """
    if KINDS.isdisjoint(map(type, facts)):
        return ()
    starts = {fact.command: fact for fact in facts if isinstance(fact, DisinfectionStarted)}
    finishes = [fact for fact in facts if isinstance(fact, DisinfectionFinished)]
    named = {finish.start for finish in finishes}
    unfinished = [start for scan, start in starts.items() if scan not in named]
    pairs = []
    for finish in finishes:
        begun = starts.get(finish.start) if finish.start else None
        if begun is None:
            candidates = (*reversed(unfinished), *reversed(starts.values()))
            begun = next((start for start in candidates if may_finish(finish, start)), None)
            unfinished = [start for start in unfinished if start is not begun]
        pairs.append(Treatment(begun, finish))
    return (*pairs, *(Treatment(start, None) for start in unfinished))


def may_finish(finish: DisinfectionFinished, start: DisinfectionStarted) -> bool:
    return timedelta() <= finish.happened_at - start.happened_at <= LONGEST


def doubts_of_start(start: DisinfectionStarted) -> tuple[str, ...]:
    least = DEFAULT_RULES.least_mg_per_litre[start.agent]
    return ("concentration-kept",) if start.mg_per_litre is None or start.mg_per_litre < least else ()


def doubts_of_finish(treatment: Treatment) -> tuple[str, ...]:
    contact_time = treatment.contact_time
    kept = contact_time is not None and contact_time >= DEFAULT_RULES.contact_time
    return () if kept else ("contact-time-kept",)
