"""What happened to this parcel, crate or delivery: every fact in order, with what it inherited and what became of it.

Reads the tables of ``projections/trails.py`` by their indexes: the work depends on the goods asked for, not on the log.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from domain.base import Event, Holder, is_member
from domain.goods.codes import subject_of_code
from domain.goods.crates import CrateFact, CrateHandedOver, CrateOpened, CratePacked, CrateView, crate_view
from domain.goods.custody import family, view_of
from domain.goods.deliveries import DeliveryView, deliveries_of, delivery_view
from domain.goods.disinfection import Treatment
from domain.goods.facts import (
    Doubts,
    DoubtSettled,
    Past,
    ScanAnnulled,
    gathered,
    moment,
    standing,
    undo_counts,
)
from domain.goods.parcel_view import ParcelView
from domain.goods.parcels import (
    ParcelDelivered,
    ParcelDestroyed,
    ParcelHandedOver,
    ParcelHeld,
    ParcelPacked,
    ParcelReleased,
    ParcelReturned,
)
from projections.base import Rows, moment_of
from projections.trails import CompoundPast, Trails

NEIGHBOURS = 500
"""Parcels of one delivery that are looked at, at most."""


class Step(NamedTuple):
    """One fact as the trail tells it."""

    event: Event
    position: int
    recorded_at: datetime
    inherited_from: str | None
    """The code of the delivery or crate whose fact this is; None for the goods' own."""
    annulled_by: ScanAnnulled | None
    doubts: tuple[str, ...]
    """Rules that it breaks as the record reads now."""
    settled: Mapping[str, DoubtSettled]
    """How those of ``doubts`` were settled that were."""

    @property
    def healed(self) -> tuple[str, ...]:
        """Rules that the hand was told then, and that later facts have explained.

        Of a crate nobody can say that: the hand was told what is wrong with any parcel inside, as it may still be.
        """
        if isinstance(self.event, CrateFact):
            return ()
        return tuple(rule for rule in self.event.doubts if rule not in self.doubts)

    @property
    def open_doubts(self) -> tuple[str, ...]:
        return tuple(rule for rule in self.doubts if rule not in self.settled)


class Signatures(NamedTuple):
    """The latest hold of a parcel and who has signed for its release."""

    hold: ParcelHeld
    releases: tuple[ParcelReleased, ...]

    @property
    def signers(self) -> tuple[str, ...]:
        """Registered members only: of others nobody can say that they are two."""
        return tuple(dict.fromkeys(release.actor for release in self.releases if is_member(release.actor)))


class Trail(NamedTuple):
    """``steps`` in the order in which they happened."""

    code: str
    steps: tuple[Step, ...]
    treatments: tuple[Treatment, ...]
    parcel: ParcelView | None = None
    crate: CrateView | None = None
    delivery: DeliveryView | None = None
    """The delivery itself, or the one that a parcel came with or is expected to come with."""
    crates: tuple[str, ...] = ()
    """Crates that the parcel has been in."""
    signatures: Signatures | None = None
    deliveries_that_fit: int = 1
    """How many it may have come with, where nobody said which; ``delivery`` is then the likeliest."""
    withdrawn: bool = False
    """Its label was printed for an order that does not stand any more, and no hand has said anything of it."""

    @property
    def holder(self) -> Holder | None:
        goods = self.parcel or self.crate
        return goods.holder if goods else None


def is_known(rows: Rows, compound: str, code: str) -> bool:
    """Whether anything was ever said of this code, be it only that it was printed."""
    key = (compound, subject_of_code(code))
    found = rows.select(
        "SELECT 1 FROM facts WHERE compound = ? AND subject = ? UNION ALL "
        "SELECT 1 FROM links WHERE compound = ? AND subject = ? UNION ALL "
        "SELECT 1 FROM links WHERE compound = ? AND related = ? LIMIT 1",
        (*key, *key, *key),
    )
    return bool(found)


def parcel_trail(rows: Rows, compound: str, code: str) -> Trail | None:
    """The trail of the parcel that a label means; None for a code of which nothing is known."""
    if not is_known(rows, compound, code):
        return None
    past, subject = _past_of(rows, compound, code)
    subjects = family(past, subject)
    view = view_of(past, subjects)
    facts = gathered(past, _with_disinfections(past, subjects))
    crates = [past.read(crate_view, each) for each in _related(past, subjects, "crate-")]
    delivery = view.delivery or _awaited(rows, past, view)
    told = _Told(
        own=(*facts, *_print_runs(past, subjects)),
        from_crates=tuple(_while_inside(facts, crates, set(view.labels))),
        of_delivery=_before(past, delivery, view.packed_at),
    )
    doubts: list[Doubts] = [view.doubts, *(crate.doubts for crate in crates)]
    return Trail(
        code=view.code,
        steps=_steps(rows, past, told, delivery, [*doubts, delivery.doubts] if delivery else doubts),
        treatments=view.treatments,
        parcel=view,
        delivery=delivery,
        crates=tuple(dict.fromkeys(crate.code for crate in crates if crate.ever_inside.intersection(view.labels))),
        signatures=_signatures(standing(facts)),
        deliveries_that_fit=_that_fit(past, view, standing(facts)),
        withdrawn=view.meant is not None and not past.counts(view),
    )


def crate_trail(rows: Rows, compound: str, code: str) -> Trail | None:
    if not is_known(rows, compound, code):
        return None
    past, subject = _past_of(rows, compound, code)
    view = crate_view(past, subject)
    told = _Told(own=(*gathered(past, _with_disinfections(past, (subject,))), *_print_runs(past, (subject,))))
    return Trail(view.code, _steps(rows, past, told, None, [view.doubts]), view.treatments, crate=view)


def delivery_trail(rows: Rows, compound: str, code: str) -> Trail | None:
    if not is_known(rows, compound, code):
        return None
    past, subject = _past_of(rows, compound, code)
    view = delivery_view(past, subject)
    told = _Told(own=(*gathered(past, _with_disinfections(past, (subject,))), *_print_runs(past, (subject,))))
    return Trail(view.code, _steps(rows, past, told, None, [view.doubts]), view.treatments, delivery=view)


def parcels_of_delivery(rows: Rows, compound: str, delivery: DeliveryView) -> list[str]:
    """Codes of parcels sorted from it: those that named it, and those of group buys that came with nothing else."""
    sources = [subject_of_code(delivery.code)]
    for group_buy in delivery.group_buys:
        subject = f"group-buy-{group_buy}"
        came = rows.select("SELECT COUNT(*) FROM links WHERE compound = ? AND subject = ?", (compound, subject))
        if came[0][0] == 1:
            sources.append(subject)
    found = rows.select_in(
        f"SELECT subject FROM links WHERE compound = ? AND related IN ({{keys}}) LIMIT {NEIGHBOURS}",  # noqa: S608 — our own number
        sources,
        (compound,),
    )
    return sorted(
        {subject.removeprefix("parcel-") for (subject,) in found if subject.startswith("parcel-")},
    )


def titles_in(rows: Rows, compound: str, trail: Trail) -> dict[str, str]:
    """Titles, by id, of the group buys that the trail speaks of."""
    named = {group for step in trail.steps for group in getattr(step.event, "group_buys", ())}
    named |= set(trail.delivery.group_buys if trail.delivery else ())
    named |= {trail.parcel.meant.group_buy} if trail.parcel and trail.parcel.meant else set()
    sql = "SELECT group_buy, title FROM group_buys WHERE compound = ? AND group_buy IN ({keys})"
    return dict(rows.select_in(sql, sorted(named), (compound,)))


class _Told(NamedTuple):
    own: tuple[Event, ...]
    from_crates: tuple[Event, ...] = ()
    of_delivery: tuple[Event, ...] = ()


def _past_of(rows: Rows, compound: str, code: str) -> tuple[CompoundPast, str]:
    subject = subject_of_code(code)
    trails = Trails()
    trails.load(rows, compound, [subject])
    return trails.past(compound), subject


def _awaited(rows: Rows, past: CompoundPast, view: ParcelView) -> DeliveryView | None:
    """The delivery that a label printed for a group buy waits for: the one that has come furthest.

    A parcel that went on without being sorted has inherited from none.
    """
    if view.meant is None or view.stage != "declared":
        return None
    group_buy = f"group-buy-{view.meant.group_buy}"
    past.trails.load(rows, past.compound, [group_buy])
    coming = deliveries_of(past, group_buy)
    return max(coming, key=_how_far, default=None)


def _that_fit(past: Past, view: ParcelView, facts: Sequence[Event]) -> int:
    packings = [fact for fact in facts if isinstance(fact, ParcelPacked)]
    if not packings or view.meant is None or any(fact.delivery for fact in packings):
        return 1
    at = packings[-1].happened_at
    here = [
        each
        for each in deliveries_of(past, f"group-buy-{view.meant.group_buy}")
        if each.arrived_at and each.arrived_at <= at
    ]
    return max(len(here), 1)


def _how_far(delivery: DeliveryView) -> tuple[bool, float, str]:
    return delivery.arrived_at is not None, delivery.since.timestamp() if delivery.since else 0, delivery.code


def _related(past: Past, subjects: Iterable[str], prefix: str) -> list[str]:
    return sorted({other for each in subjects for other in past.related(each) if other.startswith(prefix)})


def _with_disinfections(past: Past, subjects: Sequence[str]) -> tuple[str, ...]:
    return (*subjects, *_related(past, subjects, "disinfection-"))


def _print_runs(past: Past, subjects: Sequence[str]) -> tuple[Event, ...]:
    return tuple(fact for run in _related(past, subjects, "labels-") for fact in past.trail(run))


def _while_inside(facts: Sequence[Event], crates: Sequence[CrateView], codes: set[str]) -> Iterator[Event]:
    """What happened to a crate while the parcel was in it, from being packed to being opened or taken out."""
    own = [fact for fact in standing(facts) if isinstance(fact, _TAKES_OUT)]
    of_crates = [
        (fact, crate.code) for crate in crates for fact in (*crate.packed, *crate.moves, *crate.opened, *_done(crate))
    ]
    inside: str | None = None
    for fact, crate in sorted([*((fact, None) for fact in own), *of_crates], key=lambda pair: moment(pair[0])):
        if crate is None:
            inside = None
        elif isinstance(fact, CratePacked) and codes.intersection(fact.parcels):
            inside = crate
            yield fact
        elif inside == crate and isinstance(fact, CrateOpened):
            inside = None
            yield fact
        elif inside == crate and not isinstance(fact, CratePacked):
            yield fact


_TAKES_OUT = (ParcelHandedOver, ParcelDelivered, ParcelReturned, ParcelDestroyed)


def _done(crate: CrateView) -> Iterator[Event]:
    for treatment in crate.treatments:
        yield from (fact for fact in treatment if fact is not None)


def _before(past: Past, delivery: DeliveryView | None, packed_at: datetime | None) -> tuple[Event, ...]:
    if delivery is None:
        return ()
    facts = standing(gathered(past, _with_disinfections(past, (subject_of_code(delivery.code),))))
    return tuple(fact for fact in facts if packed_at is None or fact.happened_at <= packed_at)


def _signatures(facts: Sequence[Event]) -> Signatures | None:
    holds = [place for place, fact in enumerate(facts) if isinstance(fact, ParcelHeld)]
    if not holds:
        return None
    hold = facts[holds[-1]]
    assert isinstance(hold, ParcelHeld)  # noqa: S101 — found by its type just above
    return Signatures(hold, tuple(fact for fact in facts[holds[-1] :] if isinstance(fact, ParcelReleased)))


def _steps(
    rows: Rows, past: CompoundPast, told: _Told, delivery: DeliveryView | None, doubts: Sequence[Doubts]
) -> tuple[Step, ...]:
    inherited: dict[UUID, str] = {fact.command: delivery.code for fact in told.of_delivery if delivery}
    inherited |= {fact.command: _crate_of(fact) for fact in told.from_crates}
    inherited = {scan: code for scan, code in inherited.items() if scan not in {fact.command for fact in told.own}}
    facts = {fact.command: fact for fact in (*told.of_delivery, *told.from_crates, *told.own)}
    words_on_others = [
        fact
        for subject in {subject_of_code(code) for code in inherited.values()}
        for fact in past.trail(subject)
        if isinstance(fact, DoubtSettled)
    ]
    settled = _settlements([*facts.values(), *words_on_others])
    undone = _undone(facts)
    written = _written(rows, past.compound, {fact.stream for fact in facts.values()})
    broken: dict[UUID, tuple[str, ...]] = {}
    for reading in doubts:
        for scan, doubted in reading.items():
            broken[scan] = tuple(dict.fromkeys((*broken.get(scan, ()), *doubted.rules)))
    for scan, rule in _broken_by_hands(rows, past.compound, facts.values()):
        broken[scan] = (*broken.get(scan, ()), rule)
    return tuple(
        Step(
            event=fact,
            position=written[fact.command][0],
            recorded_at=written[fact.command][1],
            inherited_from=inherited.get(fact.command),
            annulled_by=undone.get(fact.command),
            doubts=() if fact.command in undone else broken.get(fact.command, ()),
            settled={rule: by for (scan, rule), by in settled.items() if scan == fact.command},
        )
        for fact in sorted(facts.values(), key=moment)
    )


def _crate_of(fact: Event) -> str:
    """The crate of a fact of its own, or of a disinfection that names it."""
    if isinstance(fact, CratePacked | CrateHandedOver | CrateOpened):
        return fact.crate
    return str(getattr(fact, "subject", ""))


def _settlements(facts: Iterable[Event]) -> dict[tuple[UUID, str], DoubtSettled]:
    found: dict[tuple[UUID, str], DoubtSettled] = {}
    for fact in sorted((fact for fact in facts if isinstance(fact, DoubtSettled)), key=moment):
        found.setdefault((fact.scan, fact.rule), fact)
    return found


def _undone(facts: Mapping[UUID, Event]) -> dict[UUID, ScanAnnulled]:
    found: dict[UUID, ScanAnnulled] = {}
    for fact in sorted((fact for fact in facts.values() if isinstance(fact, ScanAnnulled)), key=moment):
        if fact.scan in facts and undo_counts(fact, facts[fact.scan]):
            found.setdefault(fact.scan, fact)
    return found


def _broken_by_hands(rows: Rows, compound: str, facts: Iterable[Event]) -> Iterator[tuple[UUID, str]]:
    """(scan, rule) of what ``projections/duty.py`` doubts: badges, shifts and takers."""
    scans = {fact.command.hex: fact for fact in facts}
    hands = {f"hand-{fact.actor}" for fact in scans.values()}
    takers = (getattr(fact, "taker", None) for fact in scans.values())
    hands |= {f"taker-{taker.kind}-{taker.id}" for taker in takers if taker}
    sql = "SELECT scan, rule FROM doubts WHERE compound = ? AND subject IN ({keys})"
    for scan, rule in rows.select_in(sql, sorted(hands), (compound,)) if hands else ():
        if scan in scans:
            yield scans[scan].command, rule


def _written(rows: Rows, compound: str, subjects: Iterable[str]) -> dict[UUID, tuple[int, datetime]]:
    """Position in the log and time of recording, by scan."""
    sql = "SELECT scan, position, recorded_at FROM facts WHERE compound = ? AND subject IN ({keys})"
    found = rows.select_in(sql, sorted(subjects), (compound,))
    return {UUID(hex=scan): (position, moment_of(recorded_at)) for scan, position, recorded_at in found}
