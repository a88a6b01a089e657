"""Words that all topics of goods share: what a hand says, taking it back, and settling a doubt."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import ClassVar, Literal, NamedTuple, Protocol, Self, TypeVar
from uuid import UUID

from domain.base import Code, Event, GroupBuyId, HouseholdId, Message, Remembered, StationId
from domain.goods.codes import subject_of_code
from domain.goods.handling import DEFAULT_RULES

SettlingReason = Literal[
    "checked-on-paper", "seen-by-staff", "scanned-twice", "clock-was-wrong", "step-forgotten", "agreed-by-staff"
]
AnnulReason = Literal["wrong-label", "wrong-step", "wrong-door", "scanned-twice", "staff-decision"]
GoodsReason = Literal["damaged", "spoiled", "recall", "contamination-suspected", "refused", "staff-decision"]


class GoodsFact(Event):
    """What a hand said of goods; what it did not say is None and left to the reader."""

    stored: ClassVar[bool] = False

    station: StationId | None = None
    late: bool = False
    """Sent by a device after the session it was scanned in was over."""


class PieceName(Message):
    """A household's n-th piece of a group buy: how goods are named where there is no label."""

    group_buy: GroupBuyId
    household: HouseholdId
    piece: int = 1

    @Remembered
    def building(self) -> str:
        return building_of(self.household)

    def names_the_same(self, other: Self) -> bool:
        return self is other or (
            self.household == other.household and self.piece == other.piece and self.group_buy == other.group_buy
        )


class PrintedLabel(Message):
    code: Code
    meant: PieceName | None = None
    """The piece it was printed for; a blank label has none until it is sorted."""
    of: int | None = None


class ScanAnnulled(GoodsFact):
    code: Code
    scan: UUID
    reason: AnnulReason | None = None

    @property
    def stream(self) -> str:
        return subject_of_code(self.code)


class DoubtSettled(GoodsFact):
    code: Code
    scan: UUID
    rule: str
    reason: SettlingReason

    @property
    def stream(self) -> str:
        return subject_of_code(self.code)


class Doubted(NamedTuple):
    """A fact and the rules that it broke."""

    fact: Event
    rules: tuple[str, ...]


Doubts = Mapping[UUID, Doubted]
"""By the id of the scan."""


class Trail:
    """The facts of one stream in the order in which they happened, whatever the order of their arrival."""

    __slots__ = ("facts",)

    def __init__(self, facts: tuple[Event, ...] = ()) -> None:
        self.facts = facts

    def evolve(self, event: Event) -> Self:
        return type(self)(with_fact(self.facts, event))


View = TypeVar("View")


class Past(Protocol):
    """The record as a decision or a reading may look at it; subjects are streams without the compound."""

    def trail(self, subject: str) -> tuple[Event, ...]: ...

    def related(self, subject: str) -> Sequence[str]: ...

    def printed(self, run: str) -> Mapping[str, PrintedLabel]: ...

    def may_have_ordered(self, group_buy: str, household: str) -> bool:
        """Whether an order of the household stands; also true where no order of the group buy is known at all."""
        ...

    def read(self, reader: "Callable[[Past, str], View]", subject: str) -> View:
        """What the reader makes of a subject; a past may remember it."""
        ...


moment = attrgetter("happened_at", "command")
WORDS_ABOUT_SCANS = (ScanAnnulled, DoubtSettled)
KINDS_ABOUT_SCANS: frozenset[type[Event]] = frozenset(WORDS_ABOUT_SCANS)


def in_order(facts: Iterable[Event]) -> tuple[Event, ...]:
    return tuple(sorted(facts, key=moment))


def with_fact(facts: tuple[Event, ...], new: Event) -> tuple[Event, ...]:
    """A trail with one more fact in its place, which is the end for most; a scan that is there already stays once."""
    if not facts or moment(facts[-1]) < moment(new):
        return (*facts, new)
    return facts if any(moment(fact) == moment(new) for fact in facts) else in_order((*facts, new))


def building_of(household: str) -> str:
    return household.partition("-")[0]


def led_to(past: Past, subjects: Sequence[str]) -> dict[str, list[str]]:
    """What the subjects lead to: by topic, each once."""
    others = past.related(subjects[0]) if len(subjects) == 1 else {o for each in subjects for o in past.related(each)}
    found: dict[str, list[str]] = {}
    for other in others:
        topic = other[: other.index("-")]
        if topic in found:
            found[topic].append(other)
        else:
            found[topic] = [other]
    return found


def gathered(past: Past, subjects: Sequence[str]) -> tuple[Event, ...]:
    """The facts of several streams as one trail."""
    if len(subjects) == 1:
        return past.trail(subjects[0])
    facts = {fact.command: fact for subject in subjects for fact in past.trail(subject)}
    return in_order(facts.values())


def annulled(facts: Sequence[Event]) -> frozenset[UUID]:
    """Scans that were taken back: by the same hand within ten minutes, or later by staff with a reason."""
    annulments = [fact for fact in facts if isinstance(fact, ScanAnnulled)]
    if not annulments:
        return frozenset()
    scans = {fact.command: fact for fact in facts}
    return frozenset(
        annulment.scan
        for annulment in annulments
        if annulment.scan in scans and undo_counts(annulment, scans[annulment.scan])
    )


def undo_counts(annulment: ScanAnnulled, scan: Event) -> bool:
    if isinstance(scan, WORDS_ABOUT_SCANS):
        return False
    same_hand = annulment.actor == scan.actor or (annulment.device is not None and annulment.device == scan.device)
    in_time = abs(annulment.happened_at - scan.happened_at) <= DEFAULT_RULES.undo_within
    return annulment.reason is not None or (same_hand and in_time)


def standing(facts: Sequence[Event]) -> Sequence[Event]:
    """What still counts: without annulled scans and without the words that only speak about other scans."""
    if KINDS_ABOUT_SCANS.isdisjoint(map(type, facts)):
        return facts
    gone = annulled(facts)
    return [fact for fact in facts if fact.command not in gone and not isinstance(fact, WORDS_ABOUT_SCANS)]


def undo_doubts(facts: Sequence[Event]) -> Doubts:
    """Undos that do not count: of a scan that is not known here, by another hand, or too late and without a reason."""
    if KINDS_ABOUT_SCANS.isdisjoint(map(type, facts)):
        return {}
    undos = [fact for fact in facts if isinstance(fact, ScanAnnulled)]
    scans = {fact.command: fact for fact in facts}
    doubts = {}
    for undo in undos:
        rules = []
        if undo.scan not in scans:
            rules.append("scan-known")
        elif not undo_counts(undo, scans[undo.scan]):
            rules.append("undo-in-time")
        if undo.clock_reading is not None:
            rules.append("clock-sane")
        if rules:
            doubts[undo.command] = Doubted(undo, tuple(rules))
    return doubts
