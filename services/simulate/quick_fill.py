"""A plan without mistakes into a store, faster: where nothing can be doubted, nothing needs to be decided.

The facts are those that the office records; a test compares them.
"""

from collections.abc import Iterator
from contextlib import closing
from itertools import islice

from domain.base import stream_of
from infra.event_store import EventStore, NewEvent
from services.simulate import mistakes
from services.simulate.fill import PlannedPlaces, Told, asked, book, sent_up
from services.simulate.plan import Plan
from services.simulate.tally import Tally
from services.simulate.uploads import Upload
from services.wiring import House, now

EVENTS_AT_ONCE = 2000


def fill_quickly(house: House, plan: Plan, events: int | None = None, told: Told = lambda _: None) -> Tally:
    """Like ``fill``, for plans without mistakes; nobody else may write meanwhile."""
    if plan.mistakes != mistakes.NONE:
        raise ValueError("only a plan without mistakes needs no decisions")
    tally = Tally()
    facts = facts_of(house, plan, tally)
    with closing(EventStore.open(house.settings.log_file, synchronous=house.settings.synchronous)) as log:
        left = islice(facts, events)
        while entries := list(islice(left, EVENTS_AT_ONCE)):
            log.append(entries)
            tally.scans += len(entries)
            tally.recorded += len(entries)
            told(tally)
    house.projector.nudge()
    return tally


def facts_of(house: House, plan: Plan, tally: Tally) -> Iterator[NewEvent]:
    """Every stream is written on one day only, so versions need to be remembered for that long."""
    places = PlannedPlaces.of(plan)
    versions: dict[str, int] = {}
    for chapter in plan.story():
        if not isinstance(chapter, Upload):
            versions.clear()
            book(house, asked(chapter, places))
            continue
        tally.uploads += 1
        recorded_at = now()
        for sent in sent_up(chapter, places, house.secret):
            fact = sent.ask.fact
            stream = stream_of(fact.compound, fact.stream)
            version = versions[stream] = versions.get(stream, 0) + 1
            yield NewEvent(stream, version, fact, recorded_at)
