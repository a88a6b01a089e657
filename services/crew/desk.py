"""The committee's desk: what is done to a member is a fact in the log and a credential in the file of sign-ins.

Deny early, grant late: a withdrawal ends the credential and then records the fact, a grant records the fact first. What
is done about one member is done one after the other, so that no grant comes behind the suspension it should have heard of.
"""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, get_args
from uuid import UUID, uuid4
from weakref import WeakValueDictionary

from domain.base import Refused, Request
from domain.community.people.badges import EndShift, IssueBadge, RevokeBadge
from domain.community.people.facts import Body, HowNamed, MemberRole, RevocationReason, SuspensionReason
from domain.community.people.member import Member as MemberState
from domain.community.people.member import Surroundings
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
from infra.auth import BadgeWanted, Grant, Scope
from projections import badges, people, roster
from projections.badges import Badge
from projections.base import milliseconds, moment_of
from projections.people import Member
from services.crew.asking import asked_as
from services.numbers import new_member_number
from services.roles import ROLES_THAT_MAY
from services.wiring import House, now

SHOWN_WITHIN: Final = 5
"""Seconds that a page waits for what it has just done."""
MOST_WAITING: Final = 500
INVITED_FOR: Final = timedelta(days=3)
STAFF_STAYS: Final = timedelta(hours=16)
OTHERS_STAY: Final = timedelta(days=30)
MEMBER_ROLES: Final[tuple[MemberRole, ...]] = get_args(MemberRole)
INVITED_ROLES: Final[tuple[MemberRole, ...]] = ("captain", "leader", "staff", "auditor", "viewer")

MAKERS: Final = ROLES_THAT_MAY["issue-links"] | ROLES_THAT_MAY["manage-keys"]
"""Who loses the last of these roles loses the links and keys that they made."""

_TURNS: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()


@dataclass(frozen=True, slots=True)
class BadgeTerms:
    """What a badge is good for; no buildings: not bound to any."""

    role: MemberRole
    begins: datetime
    ends: datetime
    station: str | None = None
    buildings: tuple[str, ...] = ()

    @property
    def scope(self) -> Scope:
        return Scope.of(stations={self.station} if self.station else None, buildings=self.buildings or None)


@dataclass(frozen=True, slots=True)
class IssuedBadge:
    """As it is handed out, this once."""

    badge: str
    member: str
    terms: BadgeTerms
    token: str


@dataclass(frozen=True, slots=True)
class CommitteeDesk:
    """Acts of one person of the committee in one compound. Everything raises Refused where the record says no."""

    house: House
    compound: str
    actor: str

    async def register(self, body: Body, *, approve: bool) -> str:
        """The new member's number."""
        member = new_member_number()
        await self._ask(RegisterMember(**self._said(), member=member, body=body, approve=approve))
        return member

    async def approve(self, member: str) -> None:
        await self._ask(asked_as(ApproveMember, **self._said(), member=member))

    async def suspend(self, member: str, reason: SuspensionReason) -> None:
        """Ends everything that opened a door for them, and badges of theirs that nobody has opened yet.

        Roles must be given anew after a reinstatement.
        """
        if member == self.actor:
            raise Refused("not-oneself", "Somebody else of the committee has to do this.")
        async with self._turn(member):
            known = self.known(member)
            self._shut_out(member)
            await self._ask(SuspendMember(**self._said(), member=member, reason=reason))
            for role in known.roles:
                if role != "captain":
                    await self._ask(WithdrawRole(**self._said(), member=member, role=role_named(role)))
        for badge in self._unopened_by(member):
            await self.revoke_badge(badge.badge)

    async def reinstate(self, member: str) -> None:
        """They are captain again of what they were; badges and roles are given anew."""
        async with self._turn(member):
            self.known(member)
            await self._ask(ReinstateMember(**self._said(), member=member))
            self.open_captaincy(member)

    async def give_role(
        self,
        member: str,
        role: MemberRole,
        *,
        buildings: Collection[str] | None = None,
        group_buys: Collection[str] | None = None,
    ) -> None:
        """Limited to buildings or group buys where some are named; given again it is limited anew."""
        async with self._turn(member):
            self._must_be_buildings(buildings or ())
            await self._ask(asked_as(GiveRole, **self._said(), member=member, role=role))
            scope = Scope.of(buildings=buildings or None, group_buys=group_buys or None)
            self.house.access.give_role(member, role, self.compound, scope=scope)

    async def withdraw_role(self, member: str, role: MemberRole) -> None:
        async with self._turn(member):
            self.known(member)
            await self._close_role(member, role)
            if role in MAKERS and not any(held.role in MAKERS for held in self.house.access.roles_of(member)):
                self.house.access.end_made_by(member, self.compound)
            await self._ask(WithdrawRole(**self._said(), member=member, role=role))

    async def name_captain(
        self,
        member: str,
        buildings: Sequence[str],
        how: HowNamed,
        until: datetime,
        *,
        deputy: bool = False,
        instead: bool = False,
    ) -> None:
        async with self._turn(member):
            terms = {"how": how, "until": until, "deputy": deputy, "instead": instead}
            await self._ask(asked_as(NameCaptain, **self._said(), member=member, buildings=tuple(buildings), **terms))
            self.open_captaincy(member)

    async def relieve_captain(self, member: str, buildings: Sequence[str] = ()) -> None:
        """Of these buildings, or of all."""
        async with self._turn(member):
            self.known(member)
            named = tuple(buildings) or "all"
            relieving = asked_as(RelieveCaptain, **self._said(), member=member, buildings=named)
            await self._close_role(member, "captain")
            await self._ask(relieving)
            self.open_captaincy(member)

    async def issue_badge(self, member: str, terms: BadgeTerms, *, request: UUID | None = None) -> IssuedBadge:
        """``request``: names the badge, so that a page that is sent twice makes one badge."""
        async with self._turn(member):
            return await self._issue(member, terms, request or uuid4())

    def must_be_issuable(self, terms: BadgeTerms) -> None:
        """To somebody new: decided before they are registered, so that a mistake leaves no member behind."""
        number = new_member_number()
        someone = MemberState()
        for event in RegisterMember(**self._said(), member=number, body="volunteer", approve=True).decide(someone):
            someone = someone.evolve(event)
        with self.house.read.reading() as rows:
            stations = frozenset(each.station for each in roster.stations(rows, self.compound))
        rooms = self.house.places.roster(self.compound).rooms
        self._badge_asked(number, terms, uuid4()).decide(Surroundings(someone, frozenset(rooms), stations))

    async def roll_badge(self, badge: str) -> IssuedBadge:
        """A new code: for the same badge while nobody has opened it, else for one that takes its place.

        A badge that signs for two people is always issued anew: the record says who held its code last.
        """
        known = self.known_badge(badge)
        async with self._turn(known.member):
            terms = terms_of(known)
            self._must_be_in_force(known)
            if known.redeemed_at is None and known.role not in ROLES_THAT_MAY["countersign"]:
                token = self.house.access.roll_badge(badge)
                if token is not None:
                    return IssuedBadge(badge, known.member, terms, token)
            await self._revoke(known, "lost")
            return await self._issue(known.member, terms, uuid4())

    async def revoke_badge(self, badge: str, reason: RevocationReason = "staff-decision") -> None:
        known = self.known_badge(badge)
        async with self._turn(known.member):
            await self._revoke(known, reason)

    async def end_shift(self, badge: str) -> None:
        known = self.known_badge(badge)
        async with self._turn(known.member):
            if known.started_at is None:
                raise Refused("shift-started", "This shift has not been started.")
            self.house.access.end_shift(badge)
            await self._ask(EndShift(**self._said(), member=known.member, badge=badge))

    async def invite(self, member: str, role: MemberRole) -> str:
        """The token of a single-use link for a role that they hold."""
        async with self._turn(member):
            self.known(member)
            grant = self.grant_of(member, role)
            if grant is None or role not in INVITED_ROLES:
                raise Refused("role-held", "Give them this role first.")
            stays = STAFF_STAYS if role == "staff" else OTHERS_STAY
            left = grant.until - now() if grant.until else stays
            return self.house.access.issue_link(
                role,
                compound=self.compound,
                actor=member,
                scope=grant.scope,
                valid_for=min(INVITED_FOR, left),
                session_for=min(stays, left),
                made_by=self.actor,
            )

    async def sign_out_everywhere(self, member: str) -> int:
        self.known(member)
        return self.house.access.sign_out_everywhere(member)

    def known(self, member: str) -> Member:
        """Of this compound; raises Refused for anybody else, before anything is withdrawn from them."""
        with self.house.read.reading() as rows:
            found = people.member(rows, self.compound, member, milliseconds(now()))
        if found is None:
            raise Refused("member-known", "There is no such member; register them first.")
        return found

    def known_badge(self, badge: str) -> Badge:
        with self.house.read.reading() as rows:
            found = badges.badge(rows, self.compound, badge)
        if found is None:
            raise Refused("badge-known", "There is no such badge.")
        return found

    def grant_of(self, member: str, role: str) -> Grant | None:
        """For this compound, or for all as the first administrator has it."""
        held = [grant for grant in self.house.access.roles_of(member) if grant.role == role]
        return next((grant for grant in held if grant.compound in {self.compound, ""}), None)

    def open_captaincy(self, member: str) -> None:
        """The role as far as the record says it: these buildings, until the first of their dates."""
        with self.house.read.reading() as rows:
            in_force = [
                each for each in people.captains(rows, self.compound, milliseconds(now())) if each.member == member
            ]
        if in_force:
            self.house.access.give_role(
                member,
                "captain",
                self.compound,
                scope=Scope.of(buildings=[each.building for each in in_force]),
                until=moment_of(min(each.until for each in in_force)),
            )

    async def _issue(self, member: str, terms: BadgeTerms, request: UUID) -> IssuedBadge:
        await self._ask(self._badge_asked(member, terms, request))
        wanted = BadgeWanted(
            request.hex, self.compound, member, terms.role, terms.begins, terms.ends, terms.station, terms.scope
        )
        try:
            token = self.house.access.issue_badge(wanted)
        except ValueError:
            raise Refused("badge-shown", "This badge was shown once already; make a new code for it.") from None
        return IssuedBadge(request.hex, member, terms, token)

    def _badge_asked(self, member: str, terms: BadgeTerms, request: UUID) -> IssueBadge:
        return asked_as(
            IssueBadge,
            **self._said() | {"id": request},
            member=member,
            role=terms.role,
            station=terms.station,
            buildings=terms.buildings,
            from_=terms.begins,
            until=terms.ends,
        )

    async def _revoke(self, known: Badge, reason: RevocationReason) -> None:
        self.house.access.revoke_badge(known.badge)
        await self._ask(RevokeBadge(**self._said(), member=known.member, badge=known.badge, reason=reason))

    async def _close_role(self, member: str, role: MemberRole) -> None:
        """Its badges too: the file of sign-ins ends them, the record hears of each that was not over."""
        for compound in {self.compound, ""}:
            self.house.access.withdraw_role(member, role, compound)
        for badge in self._badges_in_force(member):
            if badge.role == role:
                await self._revoke(badge, "staff-decision")

    def _badges_in_force(self, member: str) -> list[Badge]:
        moment = milliseconds(now())
        with self.house.read.reading() as rows:
            held = badges.badges_of(rows, self.compound, member)
        return [badge for badge in held if badge.stage_at(moment) in {"issued", "redeemed", "on-shift"}]

    def _unopened_by(self, maker: str) -> list[Badge]:
        moment = milliseconds(now())
        with self.house.read.reading() as rows:
            issued = badges.badges_issued_by(rows, self.compound, maker)
        return [badge for badge in issued if badge.stage_at(moment) == "issued"]

    def _shut_out(self, member: str) -> None:
        access = self.house.access
        for key in access.api_keys(self.compound):
            if key.actor == member and key.revoked_at is None:
                access.revoke_api_key(key.id)
        access.revoke_actor(member)
        access.end_made_by(member)

    def _must_be_buildings(self, buildings: Iterable[str]) -> None:
        known = self.house.places.roster(self.compound).rooms if buildings else ()
        unknown = next((building for building in buildings if building not in known), None)
        if unknown is not None:
            raise Refused("building-known", "There is no such building on the roster of this compound.")

    def _must_be_in_force(self, badge: Badge) -> None:
        if badge.stage_at(milliseconds(now())) not in {"issued", "redeemed", "on-shift"}:
            raise Refused("badge-in-window", "The time of this badge is over; ask staff for another one.")

    def _said(self) -> dict[str, Any]:
        return {"id": uuid4(), "compound": self.compound, "actor": self.actor, "happened_at": now()}

    async def _ask(self, request: Request) -> None:
        await asked_and_shown(self.house, request)

    def _turn(self, member: str) -> asyncio.Lock:
        return _TURNS.setdefault((self.compound, member), asyncio.Lock())


async def asked_and_shown(house: House, request: Request) -> None:
    """Records what follows and waits until lists show it."""
    answer = await house.office.request(request)
    if answer.events:
        await asyncio.to_thread(house.shown, answer.events[-1], SHOWN_WITHIN)


async def apply_as_volunteer(house: House, compound: str) -> str:
    """The number under which somebody whom nobody knows yet waits for approval."""
    with house.read.reading() as rows:
        waiting = people.members(rows, compound, milliseconds(now()), standing="waiting")
    if len(waiting) >= MOST_WAITING:
        raise Refused("applications-full", "Very many wait for approval already; speak to the committee.")
    member = new_member_number()
    said = {"id": uuid4(), "compound": compound, "actor": member, "happened_at": now()}
    await asked_and_shown(house, ApplyAsVolunteer(**said, member=member))
    return member


def terms_of(badge: Badge) -> BadgeTerms:
    return BadgeTerms(
        role_named(badge.role), moment_of(badge.begins), moment_of(badge.until), badge.station, badge.buildings
    )


def role_named(named: str) -> MemberRole:
    return next(role for role in MEMBER_ROLES if role == named)
