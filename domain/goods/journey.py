"""One parcel's way in order of time: who has it, at which stage it is, and what each step broke."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.base import Event, Holder, held_by, is_member
from domain.goods.codes import subject_of_code
from domain.goods.crates import CrateHandedOver, CrateOpened, CratePacked, CrateView
from domain.goods.deliveries import DeliveryView, deliveries_of, delivery_view, likeliest
from domain.goods.disinfection import (
    KINDS,
    DisinfectionFinished,
    DisinfectionStarted,
    Treatment,
    doubts_of_finish,
    doubts_of_start,
    treatments,
)
from domain.goods.facts import Doubted, Past, PieceName, building_of, moment, standing, undo_doubts
from domain.goods.handling import DEFAULT_RULES
from domain.goods.labels import printed_as
from domain.goods.parcel_view import ParcelStage, ParcelView, is_of_another_building
from domain.goods.parcels import (
    ParcelDelivered,
    ParcelDestroyed,
    ParcelFact,
    ParcelHandedOver,
    ParcelHeld,
    ParcelPacked,
    ParcelReleased,
    ParcelReported,
    ParcelReturned,
    Problem,
)

NOT_DELIVERED_AFTER_ALL = frozenset({"missing", "wrong-door", "never-came"})
LASTING: frozenset[Problem] = frozenset({"damaged", "spoiled"})
"""Problems of the goods themselves: to be moved or delivered does not end them, only to go back or to be destroyed."""
TWO_PEOPLE = 2


class Journey:
    """Goes along one parcel's standing facts in order of time."""

    meant: PieceName | None = None
    of: int | None = None
    entered_a_crate = False
    delivery: DeliveryView | None = None
    named_delivery: str | None = None
    crate: str | None = None
    holder: Holder | None = None
    stage: ParcelStage = "declared"
    problem: Problem | None = None
    since: datetime | None = None
    packed_at: datetime | None = None
    sorted_as: str | None = None
    """The label at the last sorting."""
    delivered_at: datetime | None = None
    out = False
    moved = False
    waits_downstairs = False
    holding = False
    signers: frozenset[str] = frozenset()
    destroyed = False
    rank = 0

    def __init__(
        self,
        past: Past,
        subjects: tuple[str, ...],
        facts: tuple[Event, ...],
        crates: Sequence[CrateView],
        runs: Sequence[str],
    ) -> None:
        self.past = past
        self.codes = tuple([subject.removeprefix("parcel-") for subject in subjects])
        self.facts = facts
        self.crates = crates
        self.own = standing(facts)
        self.pairs = treatments(self.own)
        self.known = False
        for code in self.codes:
            label = printed_as(past, runs, code)
            if label is not None:
                self.known = True
                if self.meant is None and label.meant is not None:
                    self.meant, self.of = label.meant, label.of
        for fact in self.own:
            if isinstance(fact, ParcelFact) and fact.said is not None:
                self.known = True
                self.meant = self.meant or fact.said
                break
        self.inherited: list[Treatment] = []
        self.treated: list[Treatment] = []
        self.unsigned: list[ParcelReleased] = []
        self.doubts: dict[UUID, Doubted] = {}
        self.broken: list[str] = []

    def view(self) -> ParcelView:
        for fact in self.timeline():
            self.hear(fact)
            if self.broken:
                self.doubts[fact.command] = Doubted(fact, tuple(dict.fromkeys(self.broken)))
                self.broken.clear()
        for released in (each for each in self.unsigned if each.emergency):
            before = self.doubts.get(released.command, Doubted(released, ()))
            self.doubts[released.command] = Doubted(released, (*before.rules, "two-people"))
        return ParcelView(
            code=self.codes[0],
            labels=self.codes,
            known=self.known,
            meant=self.meant,
            of=self.of,
            delivery=self.delivery,
            crate=self.crate,
            holder=self.holder,
            stage=self.stage_now(),
            problem=self.problem,
            since=self.since,
            packed_at=self.packed_at,
            delivered_at=self.delivered_at,
            held=self.holding,
            seen=bool(self.own) or self.entered_a_crate,
            treatments=(*self.inherited, *self.treated),
            unsigned=tuple(each for each in self.unsigned if each.emergency or self.holding),
            doubts=self.doubts if self.own is self.facts else {**self.doubts, **undo_doubts(self.facts)},
        )

    def stage_now(self) -> ParcelStage:
        return "destroyed" if self.destroyed else "held" if self.holding else "problem" if self.problem else self.stage

    def timeline(self) -> Sequence[Event]:
        inside = [crate.steps for crate in self.crates if not crate.ever_inside.isdisjoint(self.codes)]
        return sorted((*self.own, *(fact for steps in inside for fact in steps)), key=moment) if inside else self.own

    def hear(self, fact: Any) -> None:
        kind = type(fact)
        if kind in OF_PARCELS:
            self.judge(fact)
            is_binding = kind is ParcelPacked
            said = fact.said or (self.meant if is_binding else None)
            if said is not None:
                self.judge_name(said, is_binding=is_binding)
        elif kind in KINDS and fact.subject in self.codes:
            self.judge(fact)
        step = STEPS.get(kind)
        if step is not None:
            step(self, fact)

    def judge(self, fact: Event) -> None:
        """What holds for whatever is done with a parcel."""
        if not self.known:
            self.broken.append("label-known")
        if fact.clock_reading is not None:
            self.broken.append("clock-sane")
        if self.destroyed:
            self.broken.append("not-destroyed")

    def judge_name(self, said: PieceName, *, is_binding: bool) -> None:
        if not self.past.may_have_ordered(said.group_buy, said.household):
            self.broken.append("order-known")
        if not is_binding:
            self.is_elsewhere(said.household)

    def sort(self, fact: ParcelPacked) -> None:
        if fact.said and self.meant and not fact.said.names_the_same(self.meant):
            self.broken.append("right-door")
        elif self.sorted_as is not None and self.sorted_as != fact.parcel:
            self.broken.append("label-once")
        self.sorted_as = fact.parcel
        self.meant = fact.said or self.meant
        self.of = fact.of or self.of
        self.delivery = self.find_delivery(fact) or self.delivery
        if self.delivery:
            self.inherit(self.delivery, fact.happened_at)
            if fact.delivery and self.is_another(fact.delivery, self.delivery.group_buys):
                self.broken.append("delivery-fits")
        self.rank_of(1)
        self.packed_at = fact.happened_at
        if self.has_left():
            return
        if fact.station:
            self.stand_at(fact.station)
        self.reach("sorted", fact)

    def is_another(self, named: str, brought: tuple[str, ...]) -> bool:
        """Whether two deliveries were named for a piece, or one that does not bring its group buy."""
        before, self.named_delivery = self.named_delivery, named
        if before not in {None, named}:
            return True
        return bool(brought) and self.meant is not None and self.meant.group_buy not in brought

    def has_left(self) -> bool:
        """A label that is bound, or a sorting that is scanned, when the goods are on their way moves nothing."""
        at_a_station = self.holder and self.holder.kind == "station"
        return bool(self.delivered_at or self.waits_downstairs or (self.rank > 1 and not at_a_station))

    def hand_over(self, fact: ParcelHandedOver) -> None:
        if fact.giver and self.holder and fact.giver != self.holder:
            self.broken.append("giver-holds")
        self.move(fact, fact.taker)
        self.crate = None

    def deliver(self, fact: ParcelDelivered) -> None:
        if self.holder is not None and not self.moved:
            self.broken.append("giver-holds")
        is_elsewhere = fact.household and self.is_elsewhere(fact.household, beside=fact.how == "neighbour")
        if self.delivered_at is not None:
            self.broken.append("delivered-once")
        self.first_step_out()
        if self.holding:
            self.broken.append("not-held")
        self.moved = True
        self.rank = max(self.rank, 3)
        self.crate = None
        if fact.how == "captain":
            self.holder = held_by("captain", self.meant.building if self.meant else fact.actor)
            self.reach("with-captain", fact)
            return
        household = fact.household or (self.meant.household if self.meant else None)
        if is_elsewhere and household:
            self.lie_elsewhere(household, fact)
            return
        picked_up, self.waits_downstairs = self.waits_downstairs, fact.how == "downstairs"
        if self.waits_downstairs:
            self.reach("downstairs", fact)
            return
        self.delivered_at = self.delivered_at or fact.happened_at
        self.holder = held_by("household", household) if household else None
        self.reach("picked-up" if picked_up else "delivered", fact)

    def report(self, fact: ParcelReported) -> None:
        if fact.problem in NOT_DELIVERED_AFTER_ALL:
            self.delivered_at, self.holder, self.rank = None, None, 1
        if self.problem not in LASTING:
            self.problem = fact.problem
        self.since = fact.happened_at

    def return_(self, fact: ParcelReturned) -> None:
        self.holder = None
        if fact.station:
            self.stand_at(fact.station)
        self.delivered_at, self.crate, self.rank, self.waits_downstairs, self.problem = None, None, 0, False, None
        self.reach("returned", fact)

    def hold(self, fact: ParcelHeld) -> None:
        self.holding, self.signers = True, frozenset()
        self.unsigned = [each for each in self.unsigned if each.emergency]
        self.since = fact.happened_at

    def release(self, fact: ParcelReleased) -> None:
        """Only registered members count: whoever holds two links is two actors, not two people."""
        if is_member(fact.actor):
            self.signers |= {fact.actor}
        alone = len(self.signers) < TWO_PEOPLE
        if not alone:
            self.unsigned.clear()
        elif fact.emergency or is_member(fact.actor):
            self.unsigned.append(fact)
        if self.holding and (fact.emergency or not alone):
            self.holding = False
            self.since = fact.happened_at

    def destroy(self, fact: ParcelDestroyed) -> None:
        self.destroyed, self.holder, self.crate = True, None, None
        self.since = fact.happened_at

    def disinfect(self, fact: DisinfectionStarted) -> None:
        self.broken.extend(doubts_of_start(fact))

    def finish_disinfection(self, fact: DisinfectionFinished) -> None:
        own = next((pair for pair in self.pairs if pair.finished is fact), None)
        if own is not None:
            self.treated.append(own)
            self.broken.extend(doubts_of_finish(own))
            return
        for crate in self.crates:
            if crate.code == self.crate:
                self.treated.extend(pair for pair in crate.treatments if pair.finished is fact)

    def enter_crate(self, fact: CratePacked) -> None:
        if fact.inside.isdisjoint(self.codes):
            return
        if fact.building and self.meant and fact.building != self.meant.building:
            self.broken.append("right-building")
        if not self.known:
            self.broken.append("label-known")
        if self.destroyed:
            self.broken.append("not-destroyed")
        self.entered_a_crate = True
        if self.delivered_at is not None:
            self.broken.append("in-order")
            return
        self.crate = fact.crate
        if fact.station:
            self.stand_at(fact.station)

    def move_with_crate(self, fact: CrateHandedOver) -> None:
        if self.crate == fact.crate:
            self.move(fact, fact.taker)

    def leave_crate(self, fact: CrateOpened) -> None:
        if self.crate == fact.crate:
            self.crate = None

    def move(self, fact: Event, taker: Holder) -> None:
        if self.holding:
            self.broken.append("not-held")
        self.holder, self.moved = taker, True
        if taker.kind == "station":
            return
        self.first_step_out()
        if taker.kind != "household":
            self.rank_of(2)
            if is_of_another_building(taker, self.meant.building if self.meant else None):
                self.broken.append("right-building")
            self.reach("with-captain" if taker.kind == "captain" else "with-volunteer", fact)
            return
        if self.delivered_at is not None:
            self.broken.append("delivered-once")
        self.rank_of(3)
        if self.is_elsewhere(taker.id):
            self.lie_elsewhere(taker.id, fact)
        else:
            self.delivered_at = self.delivered_at or fact.happened_at
            self.reach("delivered", fact)

    def is_elsewhere(self, household: str, *, beside: bool = False) -> bool:
        """Whether it is another door; with a neighbour of the same building, ``beside``, it is where it should be."""
        if self.meant is None or household == self.meant.household:
            return False
        own_building = building_of(household) == self.meant.building
        if beside and own_building:
            return False
        self.broken.append("right-door" if own_building else "right-building")
        return True

    def lie_elsewhere(self, household: str, fact: Event) -> None:
        """As if somebody had reported it there: it waits to be fetched, and comes to its own door after all."""
        self.reach("sorted", fact)
        self.delivered_at, self.rank, self.waits_downstairs = None, 2, False
        self.holder, self.problem = held_by("household", household), self.problem or "wrong-door"

    def stand_at(self, station: str) -> None:
        self.holder, self.moved = held_by("station", station), False

    def first_step_out(self) -> None:
        if not self.out and not self.treated and not self.inherited:
            self.broken.append("disinfected-first")
        self.out = True

    def rank_of(self, rank: int) -> None:
        if rank < self.rank:
            self.broken.append("in-order")
        self.rank = max(rank, self.rank)

    def reach(self, stage: ParcelStage, fact: Event) -> None:
        self.stage, self.since = stage, fact.happened_at
        if self.problem not in LASTING:
            self.problem = None

    def find_delivery(self, packed: ParcelPacked) -> DeliveryView | None:
        """The delivery that was named, else the likeliest of the group buy."""
        if packed.delivery:
            return self.past.read(delivery_view, subject_of_code(packed.delivery))
        if self.meant is None:
            return None
        return likeliest(self.past.read(deliveries_of, f"group-buy-{self.meant.group_buy}"), packed.happened_at)

    def inherit(self, delivery: DeliveryView, at: datetime) -> None:
        if not delivery.admitted_at(at):
            self.broken.append("admitted-first")
        self.inherited = [pair for pair in delivery.treatments if pair.finished and pair.finished.happened_at <= at]
        for pair in self.inherited:
            if pair.finished and at < pair.finished.happened_at + DEFAULT_RULES.rest:
                self.broken.append("rest-kept")


STEPS: Mapping[type[Event], Callable[[Journey, Any], None]] = {
    ParcelPacked: Journey.sort,
    ParcelHandedOver: Journey.hand_over,
    ParcelDelivered: Journey.deliver,
    ParcelReported: Journey.report,
    ParcelReturned: Journey.return_,
    ParcelHeld: Journey.hold,
    ParcelReleased: Journey.release,
    ParcelDestroyed: Journey.destroy,
    DisinfectionStarted: Journey.disinfect,
    DisinfectionFinished: Journey.finish_disinfection,
    CratePacked: Journey.enter_crate,
    CrateHandedOver: Journey.move_with_crate,
    CrateOpened: Journey.leave_crate,
}
"""What each kind of fact does to a parcel."""
OF_PARCELS = frozenset(kind for kind in STEPS if issubclass(kind, ParcelFact))
