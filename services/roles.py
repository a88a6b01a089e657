"""Who may do what: the one table of roles and actions, and what a role is limited to within its compound.

``docs/roles.md`` and the test of every route with every role are made from here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

from domain.base import is_member

Role = Literal[
    "admin", "staff", "auditor", "gate", "disinfection", "sorter", "runner", "captain", "leader", "viewer",
    "district", "program",
]  # fmt: skip
Action = Literal[
    "see-board", "scan", "see-trail", "see-deliveries", "declare-delivery", "import-orders", "import-households",
    "see-doubts", "settle-doubts", "manage-stations", "issue-links", "see-undelivered", "search", "export",
    "print-labels", "print-sheets", "found-compound", "manage-members", "issue-badges", "end-shift", "manage-captains",
    "manage-keys", "own-sessions", "see-directory", "unmask", "write-directory", "purge-directory", "see-signatures", "countersign", "print-slips",
    "renew-door-codes",
]  # fmt: skip
Step = Literal[
    "arrive", "declare", "admit", "turn-away", "count", "disinfect-start", "disinfect-finish", "sort", "fill-crate",
    "open-crate", "hand-over", "deliver", "report", "return", "hold", "release", "destroy", "annul",
]  # fmt: skip

ROLES: Final[tuple[Role, ...]] = get_args(Role)
ACTIONS: Final[tuple[Action, ...]] = get_args(Action)
STEPS: Final[tuple[Step, ...]] = get_args(Step)


def _roles(words: str) -> frozenset[str]:
    return frozenset(words.split())


_EVERYBODY: Final = frozenset[str](ROLES)
_ON_SHIFT: Final = _roles("gate disinfection sorter runner captain")

ROLES_THAT_MAY: Final[dict[Action, frozenset[str]]] = {
    "see-board": _EVERYBODY,
    "scan": _roles("admin staff program") | _ON_SHIFT,
    "see-trail": _roles("admin staff auditor program") | _ON_SHIFT,
    "see-deliveries": _roles("admin staff auditor gate disinfection sorter leader program"),
    "declare-delivery": _roles("admin staff gate leader program"),
    "import-orders": _roles("admin staff leader"),
    "import-households": _roles("admin staff"),
    "see-doubts": _roles("admin staff auditor program"),
    "settle-doubts": _roles("admin staff"),
    "manage-stations": _roles("admin staff"),
    "issue-links": _roles("admin staff"),
    "see-undelivered": _roles("admin staff auditor sorter runner captain program"),
    "search": _roles("admin staff auditor gate sorter runner captain program"),
    "export": _roles("admin staff auditor program"),
    "print-labels": _roles("admin staff sorter"),
    "print-sheets": _roles("admin staff sorter captain"),
    "found-compound": _roles("admin"),
    "manage-members": _roles("admin staff"),
    "issue-badges": _roles("admin staff"),
    "end-shift": _roles("admin staff") | _ON_SHIFT,
    "manage-captains": _roles("admin staff"),
    "manage-keys": _roles("admin staff"),
    "own-sessions": _EVERYBODY - {"program"},
    "see-directory": _roles("admin staff captain"),
    "unmask": _roles("admin staff captain"),
    "purge-directory": _roles("admin"),
    "write-directory": _roles("admin staff captain"),
    "print-slips": _roles("admin staff captain"),
    "renew-door-codes": _roles("admin staff captain"),
    "see-signatures": _roles("admin staff auditor captain"),
    "countersign": _roles("admin staff captain"),
}
ROLES_THAT_SCAN: Final[dict[Step, frozenset[str]]] = {
    "arrive": _roles("admin staff gate program"),
    "declare": _roles("admin staff gate program"),
    "admit": _roles("admin staff"),
    "turn-away": _roles("admin staff"),
    "count": _roles("admin staff gate disinfection sorter program"),
    "disinfect-start": _roles("admin staff disinfection program"),
    "disinfect-finish": _roles("admin staff disinfection program"),
    "sort": _roles("admin staff sorter program"),
    "fill-crate": _roles("admin staff sorter program"),
    "open-crate": _roles("admin staff sorter runner captain program"),
    "hand-over": _roles("admin staff gate sorter runner captain program"),
    "deliver": _roles("admin staff runner captain program"),
    "report": _roles("admin staff program") | _ON_SHIFT,
    "return": _roles("admin staff sorter runner captain program"),
    "hold": _roles("admin staff"),
    "release": _roles("admin staff"),
    "destroy": _roles("admin staff"),
    "annul": _roles("admin staff program") | _ON_SHIFT,
}
ISSUABLE_ROLES: Final[tuple[Role, ...]] = tuple(role for role in ROLES if role not in {"admin", "district", "program"})
"""Staff hand out these as links; an administrator's link is made on the terminal only, programs have keys."""
LIMITED_ROLES: Final = frozenset({"captain", "leader"})
"""Nobody is captain of all buildings or leads all group buys; an API key cannot say of which."""
TERMINAL: Final = "terminal"
"""The actor of what is done by commands on the server."""
BADGE_ROLES: Final[tuple[Role, ...]] = tuple(role for role in ROLES if role in _ON_SHIFT | {"staff"})


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever acts: a role and an opaque name, never a real one. A limit of None is no limit."""

    role: Role
    compound: str | None
    actor: str
    station: str | None = None
    session: str | None = None
    language: str | None = None
    stations: frozenset[str] | None = None
    buildings: frozenset[str] | None = None
    group_buys: frozenset[str] | None = None
    badge: str | None = None
    device: str | None = None
    key: str | None = None
    """The API key's id."""
    actions: frozenset[str] | None = None
    """What an API key is limited to."""
    late: bool = False
    """What was scanned comes after the session is over."""
    between: tuple[datetime, datetime] | None = None
    """When it must have happened, where only an upload key says who this was."""

    @property
    def signs(self) -> bool:
        """Whether it counts where two people are needed: whoever holds two links or keys is not two people."""
        return is_member(self.actor)

    def may(self, action: Action) -> bool:
        return self.role in ROLES_THAT_MAY[action] and (self.actions is None or action in self.actions)

    def may_scan(self, step: str) -> bool:
        """False for steps nobody knows, too."""
        return self.role in _SCANNING.get(step, ())

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(step for step in STEPS if self.role in ROLES_THAT_SCAN[step])


_SCANNING: Final = {str(step): roles for step, roles in ROLES_THAT_SCAN.items()}

PASSER_BY: Final = Person("viewer", None, "anyone")
"""Looks at a public board without having signed in."""


def in_own_compound(person: Person, compound: str) -> bool:
    return person.compound in {None, compound}


def in_own_building(person: Person, building: str | None) -> bool:
    """True as well for what nobody has said a building of."""
    return person.buildings is None or not building or building in person.buildings


def at_own_door(person: Person, household: str | None) -> bool:
    return in_own_building(person, (household or "").partition("-")[0])


def of_own_group_buy(person: Person, group_buy: str | None) -> bool:
    return person.group_buys is None or group_buy is None or group_buy in person.group_buys


def of_some_own_group_buy(person: Person, group_buys: Iterable[str]) -> bool:
    """For a delivery, which may bring several."""
    return person.group_buys is None or not person.group_buys.isdisjoint(group_buys)


def at_own_station(person: Person, station: str | None) -> bool:
    """True as well where no station was said."""
    return person.stations is None or station is None or station in person.stations


def at_own_time(person: Person, happened_at: datetime) -> bool:
    return person.between is None or person.between[0] <= happened_at < person.between[1]


def may_give(person: Person, role: str) -> bool:
    """Nobody hands out more than their own: administrators are made by administrators."""
    return role in ROLES and (role != "admin" or person.role == "admin")
