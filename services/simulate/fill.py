"""A plan straight into a store, as the office would have recorded it had the phones sent it over the network."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any, Final, Self

import orjson

from domain.base import Refused, Request
from domain.community.compound import OpenStation
from domain.community.people.membership import ApplyAsVolunteer, RegisterMember
from domain.community.teams import FormTeam
from domain.goods.labels import LabelsPrinted
from domain.procurement.group_buys import ImportOrders
from infra.committer import Outcome
from services import scans
from services.access import ROLES, Person
from services.office import Asked, Noted, answer_of
from services.simulate.plan import Chapter, Plan
from services.simulate.tally import Tally
from services.simulate.uploads import Upload
from services.wiring import House

MADE_ONCE: Final = (OpenStation, RegisterMember, ApplyAsVolunteer, FormTeam)
ASKS_AT_ONCE: Final = 500
BATCHES_UNDER_WAY: Final = 4

Told = Callable[[Tally], None]


@dataclass(slots=True)
class PlannedPlaces:
    """The plan's own doors and group buys: the read models need not have caught up."""

    doors: dict[str, frozenset[str]]
    titles: dict[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: Plan) -> Self:
        return cls({compound.id: frozenset(compound.households) for compound in plan.places()})

    def building(self, compound: str, written: str) -> str | None:  # noqa: ARG002 — a plan writes buildings as they stand on the roster
        return written

    def household(self, compound: str, door: str) -> str | None:
        return door if door in self.doors[compound] else None

    def group_buy(self, compound: str, named: str) -> str | None:
        return self.titles.get((compound, named))

    def learn(self, request: ImportOrders) -> None:
        self.titles[request.compound, request.group_buy] = request.group_buy
        self.titles[request.compound, request.title] = request.group_buy


def fill(house: House, plan: Plan, events: int | None = None, told: Told = lambda _: None) -> Tally:
    """Records the plan's story, or as much of it as holds that many scans; returns what became of them."""
    return record(house, plan.story(), PlannedPlaces.of(plan), events, told)


def record(
    house: House,
    story: Iterable[Chapter],
    places: PlannedPlaces,
    events: int | None = None,
    told: Told = lambda _: None,
    at_once: int = ASKS_AT_ONCE,
) -> Tally:
    tally = Tally()
    under_way: deque[tuple[Sequence[Sent], Future[list[Outcome]]]] = deque()
    for batch in batches(house.secret, limited(story, events), places, at_once):
        while len(under_way) >= BATCHES_UNDER_WAY:
            count(house, tally, *under_way.popleft())
            told(tally)
        under_way.append((batch, house.committer.submit([each.ask for each in batch])))
    for batch, answers in under_way:
        count(house, tally, batch, answers)
    told(tally)
    return tally


@dataclass(frozen=True, slots=True)
class Sent:
    """One thing that is asked of the record; scans know how they were sent."""

    ask: Any
    taken: scans.Taken | None = None
    raw: Any = None
    first: bool = False
    """Whether an upload begins here."""


def limited(story: Iterable[Chapter], events: int | None) -> Iterator[Chapter]:
    """The story up to its n-th scan."""
    left = events
    for chapter in story:
        if left is not None and isinstance(chapter, Upload):
            chapter = chapter._replace(items=chapter.items[:left])  # noqa: PLW2901 — the same upload, cut
            left -= len(chapter.items)
        yield chapter
        if left == 0:
            return


def batches(secret: bytes, story: Iterable[Chapter], places: PlannedPlaces, at_once: int) -> Iterator[Sequence[Sent]]:
    batch: list[Sent] = []
    for chapter in story:
        if isinstance(chapter, Upload):
            batch.extend(sent_up(chapter, places, secret))
        else:
            batch.append(Sent(asked(chapter, places)))
        if len(batch) >= at_once:
            yield batch
            batch = []
    if batch:
        yield batch


def asked(chapter: Request | LabelsPrinted, places: PlannedPlaces) -> Asked | Noted:
    if isinstance(chapter, LabelsPrinted):
        return Noted(chapter)
    if isinstance(chapter, ImportOrders):
        places.learn(chapter)
    return Asked(chapter)


def book(house: House, ask: Asked | Noted) -> None:
    (outcome,) = house.office.take_now([ask])
    must_have_worked(ask, outcome)


def must_have_worked(ask: Any, outcome: Outcome) -> None:
    """What is there already is as good as what was made now."""
    is_made = isinstance(ask, Asked) and isinstance(ask.request, MADE_ONCE)
    if not (is_made and isinstance(outcome, Refused)):
        answer_of(outcome)


def sent_up(upload: Upload, places: scans.Places, secret: bytes) -> list[Sent]:
    desk = scans.Desk(person_at(upload), upload.compound, upload.at.astimezone(UTC), secret, places)
    taken = [scans.take(raw, desk) for raw in upload.items]
    return [
        Sent(each.ask, each, raw, place == 0) for place, (each, raw) in enumerate(zip(taken, upload.items, strict=True))
    ]


def person_at(upload: Upload) -> Person:
    role = next(role for role in ROLES if role == upload.role)
    return Person(role, upload.compound, upload.actor)


def count(house: House, tally: Tally, batch: Sequence[Sent], answers: Future[list[Outcome]]) -> None:
    told = []
    for sent, outcome in zip(batch, answers.result(), strict=True):
        if sent.taken is None:
            must_have_worked(sent.ask, outcome)
            continue
        tally.uploads += sent.first
        told.append(scans.answer(sent.raw, sent.taken, outcome))
        if isinstance(sent.ask, Noted):
            raw = orjson.dumps(sent.raw).decode()
            house.access.add_set_aside(sent.ask.command.hex, raw, compound=sent.ask.compound)
    tally.add(told)
