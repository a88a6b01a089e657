"""Deliveries: declared, arrived at the gate, admitted or turned away, counted."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Literal, NamedTuple
from uuid import UUID

from pydantic import Field, StringConstraints

from domain.base import Code, Event, GroupBuyId
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
from domain.goods.facts import Doubted, Doubts, GoodsFact, Past, led_to, standing, undo_doubts
from domain.goods.handling import DEFAULT_RULES, PLACE_TIME
from domain.goods.labels import printed_as

SupplierName = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Vehicle = Annotated[str, StringConstraints(pattern=r"^[\w·-]{1,16}$")]
AdmitReason = Literal["already-paid", "frozen-goods", "medicine", "baby-food", "staff-decision"]
TurnAwayReason = Literal["undeclared", "papers-missing", "not-necessary", "too-late", "spoiled", "staff-decision"]
DeliveryStage = Literal["declared", "arrived", "admitted", "turned-away", "disinfecting", "disinfected"]


class DeliveryDeclared(GoodsFact):
    delivery: Code
    group_buys: tuple[GroupBuyId, ...] = ()
    supplier: SupplierName | None = None
    vehicle: Vehicle | None = None
    pieces: int | None = Field(default=None, ge=0, le=100_000)

    @property
    def stream(self) -> str:
        return subject_of_code(self.delivery)

    def links(self) -> Iterable[tuple[str, str]]:
        return ((f"group-buy-{group_buy}", self.stream) for group_buy in self.group_buys)


class DeliveryFact(GoodsFact):
    stored = False

    delivery: Code

    @property
    def stream(self) -> str:
        return subject_of_code(self.delivery)


class DeliveryArrived(DeliveryFact):
    pass


class DeliveryAdmitted(DeliveryFact):
    reason: AdmitReason | None = None


class DeliveryTurnedAway(DeliveryFact):
    reasons: tuple[TurnAwayReason, ...] = ()


class DeliveryCounted(DeliveryFact):
    pieces: int = Field(ge=0, le=100_000)
    damaged: int = Field(default=0, ge=0, le=100_000)


class Decision(NamedTuple):
    at: datetime
    admitted: bool


class DeliveryView(NamedTuple):
    """A delivery as its trail reads at this moment."""

    code: str
    known: bool
    group_buys: tuple[str, ...]
    supplier: str | None
    vehicle: str | None
    expected: int | None
    counted: int | None
    damaged: int
    arrived_at: datetime | None
    decisions: tuple[Decision, ...]
    treatments: tuple[Treatment, ...]
    stage: DeliveryStage
    since: datetime | None
    seen: bool
    """Whether anything was said of it; else it is only a printed label."""
    doubts: Doubts

    def admitted_at(self, moment: datetime) -> bool:
        """Whether the latest decision at that moment let it in."""
        for at, admitted in reversed(self.decisions):
            if at <= moment:
                return admitted
        return False

    def treated_by(self, moment: datetime) -> bool:
        return any(pair.done_at is not None and pair.done_at <= moment for pair in self.treatments)


_RANK = {DeliveryArrived: 1, DeliveryAdmitted: 2, DeliveryTurnedAway: 2, DeliveryCounted: 3, DisinfectionStarted: 3}


def delivery_view(past: Past, subject: str) -> DeliveryView:
    leads = led_to(past, (subject,))
    facts = facts_with_disinfections(past, (subject,), leads.get("disinfection", ()))
    judged = standing(facts)
    code = subject.removeprefix("delivery-")
    is_printed = printed_as(past, leads.get("labels", ()), code) is not None
    known = is_printed or any(isinstance(fact, DeliveryDeclared) for fact in judged)
    judge = _Judge(known=known, pairs=treatments(judged))
    for fact in judged:
        judge.hear(fact)
    declared = judge.declared
    return DeliveryView(
        code=code,
        known=known,
        group_buys=tuple(dict.fromkeys(group for fact in judge.declarations for group in fact.group_buys)),
        supplier=declared.supplier if declared else None,
        vehicle=declared.vehicle if declared else None,
        expected=declared.pieces if declared else None,
        counted=judge.counted.pieces if judge.counted else None,
        damaged=judge.counted.damaged if judge.counted else 0,
        arrived_at=judge.arrived_at,
        decisions=tuple(judge.decisions),
        treatments=judge.pairs,
        stage=judge.stage,
        since=judge.since,
        seen=bool(judged),
        doubts={**judge.doubts, **undo_doubts(facts)},
    )


class _Judge:
    """Walks a delivery's standing facts in order of time and notes what each one broke."""

    def __init__(self, *, known: bool, pairs: tuple[Treatment, ...]) -> None:
        self.known = known
        self.pairs = pairs
        self.declarations: list[DeliveryDeclared] = []
        self.counted: DeliveryCounted | None = None
        self.arrived_at: datetime | None = None
        self.decisions: list[Decision] = []
        self.stage: DeliveryStage = "declared"
        self.since: datetime | None = None
        self.rank = 0
        self.doubts: dict[UUID, Doubted] = {}

    @property
    def declared(self) -> DeliveryDeclared | None:
        return self.declarations[-1] if self.declarations else None

    @property
    def is_admitted(self) -> bool:
        return bool(self.decisions) and self.decisions[-1].admitted

    def hear(self, fact: Event) -> None:
        broken = [] if self.known else ["label-known"]
        if fact.clock_reading is not None:
            broken.append("clock-sane")
        broken.extend(self.broken_by(fact))
        rank = _RANK.get(type(fact), self.rank)
        if rank < self.rank:
            broken.append("in-order")
        self.rank = 0 if isinstance(fact, DeliveryTurnedAway) else max(rank, self.rank)
        if broken:
            self.doubts[fact.command] = Doubted(fact, tuple(dict.fromkeys(broken)))

    def broken_by(self, fact: Event) -> Iterable[str]:
        match fact:
            case DeliveryDeclared():
                self.declarations.append(fact)
                self.since = self.since or fact.happened_at
            case DeliveryArrived():
                yield from self.at_the_gate(fact)
                self.arrived_at = self.arrived_at or fact.happened_at
                if not self.is_admitted:
                    self.reach("arrived", fact)
            case DeliveryAdmitted():
                yield from self.at_the_gate(fact)
                if self.arrived_at is None:
                    yield "in-order"
                self.decisions.append(Decision(fact.happened_at, admitted=True))
                self.reach("admitted", fact)
            case DeliveryTurnedAway():
                self.decisions.append(Decision(fact.happened_at, admitted=False))
                self.reach("turned-away", fact)
            case DeliveryCounted():
                if not self.is_admitted:
                    yield "admitted-first"
                expected = self.declared.pieces if self.declared else None
                if fact.damaged or (expected is not None and fact.pieces != expected):
                    yield "count-matches"
                self.counted = fact
            case DisinfectionStarted():
                if not self.is_admitted:
                    yield "admitted-first"
                yield from doubts_of_start(fact)
                self.reach("disinfecting", fact)
            case DisinfectionFinished():
                yield from doubts_of_finish(next(pair for pair in self.pairs if pair.finished is fact))
                self.reach("disinfected", fact)
            case _:
                pass

    def at_the_gate(self, fact: Event) -> Iterable[str]:
        if not self.declarations:
            yield "declared-first"
        clock = fact.happened_at.astimezone(PLACE_TIME).time()
        if not DEFAULT_RULES.gate_opens <= clock < DEFAULT_RULES.gate_closes:
            yield "within-hours"

    def reach(self, stage: DeliveryStage, fact: Event) -> None:
        self.stage, self.since = stage, fact.happened_at


def deliveries_of(past: Past, subject: str) -> list[DeliveryView]:
    """Of a group buy."""
    group_buy = subject.removeprefix("group-buy-")
    deliveries = [other for other in past.related(subject) if other.startswith("delivery-")]
    views = [past.read(delivery_view, each) for each in deliveries]
    return [view for view in views if group_buy in view.group_buys]


def likeliest(candidates: Sequence[DeliveryView], at: datetime) -> DeliveryView | None:
    """Of a group buy's deliveries the one that by then was let in, treated and arrived last."""
    if len(candidates) == 1:
        return candidates[0]
    arrived = [view for view in candidates if view.arrived_at and view.arrived_at <= at]
    return max(
        arrived,
        key=lambda view: (view.admitted_at(at), view.treated_by(at), view.arrived_at, view.code),
        default=None,
    )
