"""What a scanner is told about the hands of a scan: who scanned without a badge or shift, who took it and is unknown."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from domain.base import Event, Holder, HolderKind, is_member
from domain.community.compound import Compound
from domain.community.people.duty import KNOWN_BEFORE_ASKING
from domain.community.people.facts import member_stream
from domain.community.people.member import Member
from domain.community.teams import Team, team_stream
from domain.goods.crates import CrateHandedOver
from domain.goods.facts import KINDS_ABOUT_SCANS, GoodsFact
from domain.goods.labels import LabelsPrinted
from domain.goods.parcels import ParcelHandedOver
from infra.committer import Past as Record

EVERYBODY: Final = {"volunteer": "volunteers", "captain": "captains", "team": "teams"}
"""From these subjects links lead to the streams of all there are."""
HANDING_OVER: Final = (ParcelHandedOver, CrateHandedOver)
NOT_ON_DUTY: Final = KINDS_ABOUT_SCANS | {LabelsPrinted}
"""Facts that need no badge."""


def hands_in(fact: GoodsFact) -> tuple[str, ...]:
    """The streams that tell of the fact's hands."""
    taker = taker_in(fact)
    own = (member_stream(fact.actor),) if is_member(fact.actor) else ()
    return (*own, _stream_of_taker(fact, taker)) if taker and taker.kind != "household" else own


def broken_by_hands(record: Record, fact: GoodsFact) -> Iterator[str]:
    if type(fact) in NOT_ON_DUTY:
        return
    if is_member(fact.actor):
        actor = record.state(member_stream(fact.actor))
        if isinstance(actor, Member):
            yield from actor.duty.broken_at(fact.happened_at)
    taker = taker_in(fact)
    if taker and is_asked_about(record, fact, taker.kind) and not is_known(record, fact, taker):
        yield "taker-known"


def taker_in(fact: Event) -> Holder | None:
    return fact.taker if isinstance(fact, HANDING_OVER) else None


def is_asked_about(record: Record, fact: GoodsFact, kind: HolderKind) -> bool:
    kinds = KNOWN_BEFORE_ASKING.get(kind, ())
    return bool(kinds) and all(
        any(since <= fact.happened_at for since in _known_since(record, fact, each)) for each in kinds
    )


def is_known(record: Record, fact: GoodsFact, taker: Holder) -> bool:
    if taker.kind == "captain" and record.related(f"captains-{taker.id}"):
        return True
    state = record.state(_stream_of_taker(fact, taker))
    match state:
        case Member():
            known = state.approved_at if taker.kind == "volunteer" else state.first_captain_at
            return known is not None
        case Team():
            return state.formed is not None
        case Compound():
            return taker.id in state.opened
        case _:
            return False


def _stream_of_taker(fact: GoodsFact, taker: Holder) -> str:
    match taker.kind:
        case "station":
            return f"compound-{fact.compound}"
        case "team":
            return team_stream(taker.id)
        case _:
            return member_stream(taker.id)


def _known_since(record: Record, fact: GoodsFact, kind: HolderKind) -> Iterator[datetime]:
    if kind == "station":
        compound = record.state(f"compound-{fact.compound}")
        yield from compound.opened.values() if isinstance(compound, Compound) else ()
    for subject in record.related(EVERYBODY[kind]) if kind in EVERYBODY else ():
        match record.state(subject):
            case Member() as member:
                at = member.approved_at if kind == "volunteer" else member.first_captain_at
                yield from (at,) if at else ()
            case Team() as team:
                yield from (team.formed.happened_at,) if team.formed else ()
            case _:
                pass
