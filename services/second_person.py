"""Whether two people are two people: nobody signs by a hand that the other one has just made."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, Literal

from domain.base import Refused, is_member, stream_of
from domain.community.people.facts import (
    BadgeIssued,
    CaptainNamed,
    MemberApproved,
    MemberFact,
    MemberRegistered,
    MemberReinstated,
    RoleGiven,
    member_stream,
)
from domain.goods.parcels import ParcelReleased
from projections.parcel_trail import parcel_trail
from services.roles import ROLES_THAT_MAY
from services.wiring import House, now

MADE_WITHIN: Final = timedelta(hours=24)
"""See docs/decisions/14-the-second-person-is-not-of-ones-own-making.md."""
RELEASING: Final = threading.Lock()
"""Held from the question who has signed before until the next signature is in the record: two at once are one after the other."""
SHOWN_WITHIN: Final = 5
"""Seconds for which a release waits for the ones before it to be shown; others wait behind it."""
VOUCHING: Final = (MemberRegistered, MemberApproved)
MAKING: Final = (*VOUCHING, MemberReinstated, CaptainNamed)


def must_be_two_people(house: House, compound: str, acted_by: str, signer: str) -> None:
    """Raises Refused where one of them made the other lately, or one hand made both."""
    if acted_by == signer:
        raise Refused("two-people", "A second person has to sign, not the one who asked or acted.")
    if are_of_one_making(house, compound, acted_by, signer):
        raise Refused(
            "second-person-new",
            "Within the last 24 hours one of you two registered, approved or invited the other or gave them their role, "
            "or one other person did so for both. Somebody else has to sign; in an emergency one acts at once.",
        )


def must_be_released_by_two(house: House, release: ParcelReleased) -> None:
    """Raises Refused where a scanned release would be the second one, by a hand of one making with the first."""
    house.shown(house.log.last_position(), SHOWN_WITHIN)
    with house.read.reading() as rows:
        trail = parcel_trail(rows, release.compound, release.parcel)
    for first in trail.parcel.unsigned if trail and trail.parcel else ():
        if first.actor != release.actor:
            must_be_two_people(house, release.compound, first.actor, release.actor)


def signature_made(house: House, release: ParcelReleased) -> Literal["first", "again"] | None:
    """What a recorded release is worth while its parcel stays held; None where it is free, or never was held."""
    with house.read.reading() as rows:
        trail = parcel_trail(rows, release.compound, release.parcel)
    if not trail or not trail.parcel or not trail.parcel.held:
        return None
    signed = [each for each in trail.parcel.unsigned if each.actor == release.actor]
    if release.command not in {each.command for each in signed}:
        return None
    return "first" if signed[0].command == release.command else "again"


def are_of_one_making(house: House, compound: str, one: str, other: str) -> bool:
    since = now() - MADE_WITHIN
    behind_one, behind_other = hands_behind(house, compound, one, since), hands_behind(house, compound, other, since)
    if one in behind_other or other in behind_one:
        return True
    shared = behind_one & behind_other
    if any(each.startswith("admin-") for each in shared) and (administers(house, one) or administers(house, other)):
        return True  # the administrator of the first start, who registered oneself by the link of the terminal
    return any(not may_have_founded(house, each) for each in shared)


def hands_behind(house: House, compound: str, person: str, since: datetime) -> frozenset[str]:
    """The person, who made them since then, who made those, and so on."""
    known: set[str] = set()
    new = {person}
    while new:
        known |= new
        new = {maker for each in new for maker in makers(house, compound, each, since)} - known
    return frozenset(known)


def makers(house: House, compound: str, person: str, since: datetime) -> Iterator[str]:
    if not is_member(person):
        return
    for fact in facts_about(house, compound, person):
        if fact.happened_at >= since and gives_a_hand(fact):
            yield fact.actor
    yield from house.access.inviters_of(person, since)


def gives_a_hand(fact: MemberFact) -> bool:
    return isinstance(fact, MAKING) or (
        isinstance(fact, RoleGiven | BadgeIssued) and fact.role in ROLES_THAT_MAY["countersign"]
    )


def vouched_for(house: House, compound: str, person: str) -> frozenset[str]:
    """Who registered or approved somebody, however long ago."""
    if not is_member(person):
        return frozenset()
    return frozenset(fact.actor for fact in facts_about(house, compound, person) if isinstance(fact, VOUCHING))


def facts_about(house: House, compound: str, person: str) -> list[MemberFact]:
    stream = stream_of(compound, member_stream(person))
    return [each.event for each in house.log.load([stream])[stream] if isinstance(each.event, MemberFact)]


def administers(house: House, hand: str) -> bool:
    return any(grant.role == "admin" for grant in house.access.roles_of(hand))


def may_have_founded(house: House, hand: str) -> bool:
    """An administrator, the terminal or a simulation: on the first day one of these makes everybody."""
    return administers(house, hand) if is_member(hand) else not hand.startswith("staff-")
