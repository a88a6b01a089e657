"""Who belongs to the compound: registered, approved or suspended, with roles, and captain of which buildings."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Literal, NamedTuple

from domain.base import Event
from domain.community.people.facts import (
    Body,
    CaptainNamed,
    CaptainRelieved,
    MemberApproved,
    MemberRegistered,
    MemberReinstated,
    MemberRole,
    MemberSuspended,
    RoleGiven,
    RoleWithdrawn,
)
from projections.base import Batch, Projection, Row, Rows, milliseconds

TABLES = (
    """CREATE TABLE IF NOT EXISTS members (
        compound TEXT NOT NULL, member TEXT NOT NULL, body TEXT NOT NULL, applied INTEGER NOT NULL,
        registered_at INTEGER NOT NULL, registered_by TEXT NOT NULL, approved_at INTEGER, approved_by TEXT,
        suspended_at INTEGER, suspended_for TEXT,
        PRIMARY KEY (compound, member)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS member_roles (
        compound TEXT NOT NULL, member TEXT NOT NULL, role TEXT NOT NULL, given_at INTEGER NOT NULL,
        given_by TEXT NOT NULL, PRIMARY KEY (compound, member, role)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS captains (
        compound TEXT NOT NULL, building TEXT NOT NULL, member TEXT NOT NULL, how TEXT NOT NULL,
        deputy INTEGER NOT NULL, until INTEGER NOT NULL, named_at INTEGER NOT NULL,
        named_by TEXT NOT NULL, PRIMARY KEY (compound, building, member)) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS captains_by_member ON captains (compound, member)",
)
FACTS: frozenset[type[Event]] = frozenset({
    MemberRegistered, MemberApproved, MemberSuspended, MemberReinstated, RoleGiven, RoleWithdrawn, CaptainNamed,
    CaptainRelieved,
})  # fmt: skip
SELECT = "SELECT member, body, applied, registered_at, approved_at, suspended_at, suspended_for FROM members"

Standing = Literal["waiting", "approved", "suspended"]


class Member(NamedTuple):
    """Times are milliseconds since 1970."""

    member: str
    body: str
    applied: bool
    """They asked to be taken on; else staff registered them."""
    registered_at: int
    approved_at: int | None
    suspended_at: int | None
    suspended_for: str | None
    roles: tuple[str, ...]
    buildings: tuple[str, ...]
    """Those that they are captain or deputy of at the moment that was asked for."""

    @property
    def standing(self) -> Standing:
        if self.suspended_at is not None:
            return "suspended"
        return "waiting" if self.approved_at is None else "approved"


class Captain(NamedTuple):
    """``until`` is in milliseconds since 1970."""

    building: str
    member: str
    how: str
    deputy: bool
    until: int


class Vouched(NamedTuple):
    """What stands of somebody by the hand of one other member."""

    member: str
    registered: bool
    approved: bool
    roles: tuple[str, ...]
    buildings: tuple[str, ...]
    """Those that they were named captain of."""


def fold(rows: Rows, batch: Batch) -> None:
    for recorded in batch.recorded:
        if type(recorded.event) in FACTS:
            apply(rows, recorded.event)


def apply(rows: Rows, event: Event) -> None:
    at = milliseconds(event.happened_at)
    match event:
        case MemberRegistered():
            rows.execute(
                "INSERT INTO members VALUES (?, ?, ?, ?, ?, ?, NULL, NULL, NULL, NULL) ON CONFLICT DO NOTHING",
                (event.compound, event.member, event.body, int(event.applied), at, event.actor),
            )
        case MemberApproved():
            rows.execute(
                "UPDATE members SET approved_at = ?, approved_by = ?, body = ? WHERE compound = ? AND member = ?",
                (at, event.actor, event.body, event.compound, event.member),
            )
        case MemberSuspended():
            suspend(rows, event, at, event.reason)
        case MemberReinstated():
            suspend(rows, event, None, None)
        case RoleGiven():
            rows.execute(
                "INSERT OR REPLACE INTO member_roles VALUES (?, ?, ?, ?, ?)",
                (event.compound, event.member, event.role, at, event.actor),
            )
        case RoleWithdrawn():
            rows.execute(
                "DELETE FROM member_roles WHERE compound = ? AND member = ? AND role = ?",
                (event.compound, event.member, event.role),
            )
        case CaptainNamed():
            terms = event.member, event.how, int(event.deputy), milliseconds(event.until), at, event.actor
            rows.executemany(
                "INSERT OR REPLACE INTO captains VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [(event.compound, building, *terms) for building in event.buildings],
            )
        case CaptainRelieved():
            rows.executemany(
                "DELETE FROM captains WHERE compound = ? AND building = ? AND member = ?",
                [(event.compound, building, event.member) for building in event.buildings],
            )
        case _:
            pass


def suspend(rows: Rows, event: MemberSuspended | MemberReinstated, at: int | None, reason: str | None) -> None:
    rows.execute(
        "UPDATE members SET suspended_at = ?, suspended_for = ? WHERE compound = ? AND member = ?",
        (at, reason, event.compound, event.member),
    )


def members(
    rows: Rows,
    compound: str,
    now: int,
    *,
    body: Body | None = None,
    standing: Standing | None = None,
    role: MemberRole | None = None,
    building: str | None = None,
) -> list[Member]:
    """Newest first. ``now`` (milliseconds since 1970) says which captaincies are in force; a captain has that role."""
    found = rows.select(f"{SELECT} WHERE compound = ? ORDER BY registered_at DESC, member", (compound,))
    roles: defaultdict[str, set[str]] = defaultdict(set)
    for member, given in rows.select("SELECT member, role FROM member_roles WHERE compound = ?", (compound,)):
        roles[member].add(given)
    in_charge: defaultdict[str, list[str]] = defaultdict(list)
    for captain in _in_force(rows, compound, now):
        in_charge[captain.member].append(captain.building)
        roles[captain.member].add("captain")
    listed = (_member(row, roles[row[0]], in_charge[row[0]]) for row in found)
    return [
        member
        for member in listed
        if body in {None, member.body}
        and standing in {None, member.standing}
        and (role is None or role in member.roles)
        and (building is None or building in member.buildings)
    ]


def member(rows: Rows, compound: str, number: str, now: int) -> Member | None:
    found = rows.select(f"{SELECT} WHERE compound = ? AND member = ?", (compound, number))
    if not found:
        return None
    given = rows.select("SELECT role FROM member_roles WHERE compound = ? AND member = ?", (compound, number))
    in_charge = rows.select(
        "SELECT building FROM captains WHERE compound = ? AND member = ? AND until > ? ORDER BY building",
        (compound, number, now),
    )
    roles = {role for (role,) in given} | ({"captain"} if in_charge else set())
    return _member(found[0], roles, [building for (building,) in in_charge])


def vouched_for_by(rows: Rows, compound: str, maker: str, now: int) -> list[Vouched]:
    """Others who are not suspended, those with a role first, then the newest. ``now``: milliseconds since 1970."""
    roles: defaultdict[str, set[str]] = defaultdict(set)
    given = "SELECT member, role FROM member_roles WHERE compound = ? AND given_by = ?"
    for number, role in rows.select(given, (compound, maker)):
        roles[number].add(role)
    in_charge: defaultdict[str, list[str]] = defaultdict(list)
    named = "SELECT member, building FROM captains WHERE compound = ? AND named_by = ? AND until > ? ORDER BY building"
    for number, building in rows.select(named, (compound, maker, now)):
        in_charge[number].append(building)
    others = rows.select(
        "SELECT member, registered_by, approved_by FROM members WHERE compound = ? AND member <> ? "
        "AND suspended_at IS NULL ORDER BY registered_at DESC, member",
        (compound, maker),
    )
    made = (
        Vouched(number, registered == maker, approved == maker, tuple(sorted(roles[number])), tuple(in_charge[number]))
        for number, registered, approved in others
    )
    return sorted((each for each in made if any(each[1:])), key=lambda each: not (each.roles or each.buildings))


def _member(row: Row, roles: Iterable[str], buildings: Iterable[str]) -> Member:
    number, body, applied, registered_at, approved_at, suspended_at, suspended_for = row
    return Member(
        number,
        body,
        bool(applied),
        registered_at,
        approved_at,
        suspended_at,
        suspended_for,
        tuple(sorted(roles)),
        tuple(buildings),
    )


def captains(rows: Rows, compound: str, now: int, building: str | None = None) -> list[Captain]:
    """Captains and deputies in force whose membership stands, by building, captains before their deputies."""
    suspended = {
        number
        for (number,) in rows.select(
            "SELECT member FROM members WHERE compound = ? AND suspended_at IS NOT NULL", (compound,)
        )
    }
    return [captain for captain in _in_force(rows, compound, now, building) if captain.member not in suspended]


def captaincies(rows: Rows, compound: str, now: int, number: str) -> list[Captain]:
    """Of one member; while they are suspended, those that wait for their return."""
    return [captain for captain in _in_force(rows, compound, now) if captain.member == number]


def _in_force(rows: Rows, compound: str, now: int, building: str | None = None) -> list[Captain]:
    only, params = (" AND building = ?", (building,)) if building is not None else ("", ())
    sql = f"SELECT building, member, how, deputy, until FROM captains WHERE compound = ? AND until > ?{only}"  # noqa: S608 — only marks
    found = rows.select(f"{sql} ORDER BY building, deputy, named_at, member", (compound, now, *params))
    return [Captain(in_building, number, how, bool(deputy), until) for in_building, number, how, deputy, until in found]


PROJECTION = Projection("people", TABLES, fold)
