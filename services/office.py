"""The one door to the record: everything that can be asked of it, and what each needs of other topics."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import is_
from typing import Any, Final, cast
from uuid import UUID

from domain.base import Event, Request, State
from domain.community.compound import (
    AddHouseholds,
    CareForHousehold,
    CloseStation,
    Compound,
    OpenStation,
    UndoRoster,
)
from domain.community.door_codes import DoorCodes, RenewDoorCodes
from domain.community.emergencies import ActInEmergency, Countersign, Emergency
from domain.community.people.badges import EndShift, IssueBadge, RedeemBadge, RevokeBadge, StartShift
from domain.community.people.member import Member
from domain.community.people.membership import (
    ApplyAsVolunteer,
    ApproveMember,
    GiveRole,
    NameCaptain,
    RegisterMember,
    ReinstateMember,
    RelieveCaptain,
    SuspendMember,
    WithdrawRole,
)
from domain.community.teams import DisbandTeam, FormTeam, JoinTeam, LeaveTeam, Team
from domain.goods.codes import subject_of_code
from domain.goods.crates import CrateFact, CrateView, crate_view
from domain.goods.custody import parcel_view
from domain.goods.deliveries import delivery_view
from domain.goods.disinfection import DISINFECTION
from domain.goods.facts import Doubts, GoodsFact, Past, PrintedLabel, Trail, View, with_fact
from domain.goods.labels import LabelsPrinted, PrintRun
from domain.procurement.group_buys import GroupBuy, ImportOrders, UndoImport
from infra.committer import Answer, Committer, Outcome
from infra.committer import Past as Record
from services.hands import broken_by_hands, hands_in
from services.surroundings import decided_against, streams_beside

TOPICS: Final[Mapping[str, Callable[[], State]]] = {
    "compound": Compound,
    "member": Member,
    "team": Team,
    "door-codes": DoorCodes,
    "emergency": Emergency,
    "group-buy": GroupBuy,
    "labels": PrintRun,
    "delivery": Trail,
    "disinfection": Trail,
    "crate": Trail,
    "parcel": Trail,
}
"""What the past of each stream is kept as for decisions."""

REQUESTS: Final[Mapping[type[Request], Callable[[], State]]] = {
    AddHouseholds: Compound,
    UndoRoster: Compound,
    CareForHousehold: Compound,
    OpenStation: Compound,
    CloseStation: Compound,
    RegisterMember: Member,
    ApplyAsVolunteer: Member,
    ApproveMember: Member,
    SuspendMember: Member,
    ReinstateMember: Member,
    GiveRole: Member,
    WithdrawRole: Member,
    NameCaptain: Member,
    RelieveCaptain: Member,
    IssueBadge: Member,
    RedeemBadge: Member,
    RevokeBadge: Member,
    StartShift: Member,
    EndShift: Member,
    FormTeam: Team,
    JoinTeam: Team,
    LeaveTeam: Team,
    DisbandTeam: Team,
    RenewDoorCodes: DoorCodes,
    ActInEmergency: Emergency,
    Countersign: Emergency,
    ImportOrders: GroupBuy,
    UndoImport: GroupBuy,
}
"""Everything that may be refused, and the state it is decided against; ``services/surroundings.py`` adds other topics."""

VIEWS: Final[Mapping[str, Callable[[Past, str], Any]]] = {
    "parcel": parcel_view,
    "crate": crate_view,
    "delivery": delivery_view,
}
"""How the goods behind a code are read; a report is told the doubts that this reading raises."""

MADE_FROM_RELATED: Final = frozenset({crate_view, delivery_view})
"""Readers that look no further than at what the subject itself leads to."""

_BY_FIRST_WORD = {topic.partition("-")[0]: made for topic, made in TOPICS.items()}
_FOLLOWED = tuple(topic for topic in TOPICS if topic not in {"member", "team"})
"""Members and teams are asked for one by one: a compound points to all of its volunteers."""


def initial(subject: str) -> State:
    return _BY_FIRST_WORD.get(subject.partition("-")[0], Trail)()


def follows(subject: str) -> bool:
    return subject.startswith(_FOLLOWED)


class RememberedReadings:
    """Readings of deliveries and crates, each as long as the states it was made from are the very same."""

    def __init__(self, most: int = 1000) -> None:
        self.most = most
        self.made: dict[tuple[object, str, str], tuple[tuple[Any, list[Any]], Any]] = {}

    def read(
        self, reader: Callable[[Past, str], View], past: "GoodsPast", subject: str, made_from: tuple[Any, list[Any]]
    ) -> View:
        key = (reader, past.fact.compound, subject)
        known = self.made.get(key)
        if known is not None and unchanged(known[0], made_from):
            return cast("View", known[1])
        reading = reader(past, subject)
        if len(self.made) >= self.most:
            self.made.clear()
        self.made[key] = made_from, reading
        return reading


def unchanged(before: tuple[Any, list[Any]], now: tuple[Any, list[Any]]) -> bool:
    return before[0] == now[0] and all(map(is_, before[1], now[1]))


READINGS: Final = RememberedReadings()


class GoodsPast:
    """The record as the domain of goods looks at it, with a fact added that is not in it yet.

    Reading one parcel asks for the same few subjects several times, so what was told is kept.
    """

    __slots__ = ("fact", "leads", "new", "record", "stream", "trails", "worked_out")

    def __init__(self, record: Record, fact: GoodsFact) -> None:
        self.record = record
        self.fact = fact
        self.stream = fact.stream
        self.trails: dict[str, tuple[Event, ...]] = {}
        self.leads: dict[str, Sequence[str]] = {}
        self.new: dict[str, list[str]] = {}
        for source, other in fact.linked:
            self.new.setdefault(source, []).append(other)
        self.worked_out = worked_out(record, self.stream)

    def trail(self, subject: str) -> tuple[Event, ...]:
        facts = self.trails.get(subject)
        if facts is None:
            state = self.record.state(subject)
            facts = state.facts if isinstance(state, Trail) else ()
            if subject == self.stream:
                facts = with_fact(facts, self.fact)
            self.trails[subject] = facts
        return facts

    def related(self, subject: str) -> Sequence[str]:
        leads = self.leads.get(subject)
        if leads is None:
            leads = self.record.related(subject)
            new = self.new.get(subject)
            if new:
                leads = (*leads, *[other for other in new if other not in leads])
            self.leads[subject] = leads
        return leads

    def printed(self, run: str) -> Mapping[str, PrintedLabel]:
        state = self.record.state(run)
        return state.labels if isinstance(state, PrintRun) else {}

    def may_have_ordered(self, group_buy: str, household: str) -> bool:
        state = self.record.state(f"group-buy-{group_buy}")
        return not isinstance(state, GroupBuy) or state.may_have_ordered(household)

    def read(self, reader: Callable[[Past, str], View], subject: str) -> View:
        if self.worked_out is None:
            return self.read_from_states(reader, subject)
        known = self.worked_out.get((reader, subject))
        if known is None:
            known = self.worked_out[reader, subject] = self.read_from_states(reader, subject)
        return cast("View", known)

    def read_from_states(self, reader: Callable[[Past, str], View], subject: str) -> View:
        related = self.related(subject)
        if reader not in MADE_FROM_RELATED or self.stream == subject or self.stream in related:
            return reader(self, subject)
        states = [self.record.state(each) for each in (subject, *related)]
        return READINGS.read(reader, self, subject, (related, states))


def worked_out(record: Record, stream: str) -> dict[Any, Any] | None:
    """Readings that the facts of parcels share within a transaction; none of them changes one.

    Whatever else is decided empties them and reads for itself.
    """
    if stream.startswith("parcel-"):
        return record.worked_out
    record.worked_out.clear()
    return None


@dataclass(frozen=True, slots=True)
class Report:
    """A fact on its way into the record; it is never refused, only doubted."""

    fact: GoodsFact
    report = True

    @property
    def command(self) -> UUID:
        return self.fact.command

    @property
    def compound(self) -> str:
        return self.fact.compound

    def wanted(self) -> Sequence[str]:
        sources = (source for source, _ in self.fact.linked)
        return (self.fact.stream, self.subject, *sources, *hands_in(self.fact))

    @property
    def subject(self) -> str:
        """The goods that the scan is about: a disinfection has a stream of its own, but names a code."""
        if isinstance(self.fact, DISINFECTION):
            return subject_of_code(self.fact.subject)
        return self.fact.stream

    def decide(self, record: Record) -> Sequence[Event]:
        subject = self.subject
        topic = subject.partition("-")[0]
        if topic not in VIEWS:
            return [self.fact]
        past = GoodsPast(record, self.fact)
        view = VIEWS[topic](past, subject)
        rules = [*self.rules_in(view.doubts), *self.rules_of_members(past, view), *broken_by_hands(record, self.fact)]
        return [self.fact.model_copy(update={"doubts": tuple(dict.fromkeys(rules))}) if rules else self.fact]

    def rules_in(self, doubts: Doubts) -> tuple[str, ...]:
        doubted = doubts.get(self.fact.command) if doubts else None
        return doubted.rules if doubted else ()

    def rules_of_members(self, past: Past, view: object) -> Sequence[str]:
        """What moving a crate means for the parcels inside: one of them may be held."""
        if not isinstance(self.fact, CrateFact) or not isinstance(view, CrateView):
            return ()
        parcels = getattr(self.fact, "parcels", view.members)
        readings = (parcel_view(past, subject_of_code(code)) for code in parcels)
        return [rule for reading in readings for rule in self.rules_in(reading.doubts)]


@dataclass(frozen=True, slots=True)
class Noted:
    """A fact that no rule can doubt: a print run, a scan set aside."""

    fact: Event
    report = True

    @property
    def command(self) -> UUID:
        return self.fact.command

    @property
    def compound(self) -> str:
        return self.fact.compound

    def wanted(self) -> Sequence[str]:
        sources = (source for source, _ in self.fact.links()) if isinstance(self.fact, LabelsPrinted) else ()
        return (self.fact.stream, *sources)

    def decide(self, record: Record) -> Sequence[Event]:
        record.worked_out.clear()
        return [self.fact]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request on its way to its topic, which may refuse it."""

    request: Request

    @property
    def command(self) -> UUID:
        return self.request.id

    @property
    def compound(self) -> str:
        return self.request.compound

    def wanted(self) -> Sequence[str]:
        return (self.stream, *streams_beside(self.request))

    @property
    def stream(self) -> str:
        return self.request.stream

    def decide(self, record: Record) -> Sequence[Event]:
        record.worked_out.clear()
        own = record.state(self.stream) or REQUESTS[type(self.request)]()
        return self.request.decide(decided_against(self.request, own, record))


class Office:
    """Takes reports and requests and answers when they are on disk."""

    def __init__(self, committer: Committer) -> None:
        self.committer = committer

    async def take(self, asks: Sequence[Report | Noted | Asked]) -> list[Outcome]:
        """One outcome for each, in order: an answer, or the exception that stopped this one."""
        return await self.committer.ask_all(asks)

    async def request(self, request: Request) -> Answer:
        """Raises Refused, Conflict or StorageUnavailable."""
        (outcome,) = await self.take([Asked(request)])
        return answer_of(outcome)

    async def note(self, ask: Report | Noted) -> Answer:
        (outcome,) = await self.take([ask])
        return answer_of(outcome)

    def take_now(self, asks: Sequence[Report | Noted | Asked]) -> list[Outcome]:
        """For the command line: waits until it is on disk."""
        return self.committer.submit(asks).result()


def answer_of(outcome: Outcome) -> Answer:
    if isinstance(outcome, Exception):
        raise outcome
    return outcome
