"""Who may do what: the table of roles and actions, and the dependencies that put it into a route's signature.

The application keeps one ``Entrance`` at ``app.state.entrance``. A route says what it needs in its signature::

    @router.get("/board")
    async def board(person: SeesBoard, compound: CompoundInView) -> Response: ...
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal, get_args

from fastapi import Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from domain.base import Refused
from infra.auth import AccessStore

Role = Literal["admin", "staff", "auditor", "gate", "disinfection", "sorter", "runner", "captain", "leader", "viewer"]
Action = Literal[
    "see-board", "scan", "see-trail", "see-deliveries", "declare-delivery", "import-orders", "import-households",
    "see-doubts", "settle-doubts", "manage-stations", "issue-links", "see-undelivered", "search", "export",
    "print-labels", "print-sheets", "found-compound", "see-directory", "write-directory", "unmask", "see-signatures",
    "countersign", "purge-directory",
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


ROLES_THAT_MAY: Final[dict[Action, frozenset[str]]] = {
    "see-board": frozenset(ROLES),
    "scan": _roles("admin staff gate disinfection sorter runner captain"),
    "see-trail": _roles("admin staff auditor gate disinfection sorter runner captain"),
    "see-deliveries": _roles("admin staff auditor gate disinfection sorter leader"),
    "declare-delivery": _roles("admin staff gate leader"),
    "import-orders": _roles("admin staff leader"),
    "import-households": _roles("admin staff"),
    "see-doubts": _roles("admin staff auditor"),
    "settle-doubts": _roles("admin staff"),
    "manage-stations": _roles("admin staff"),
    "issue-links": _roles("admin staff"),
    "see-undelivered": _roles("admin staff auditor sorter runner captain"),
    "search": _roles("admin staff auditor gate sorter runner captain"),
    "export": _roles("admin staff auditor"),
    "print-labels": _roles("admin staff sorter"),
    "print-sheets": _roles("admin staff sorter captain"),
    "found-compound": _roles("admin"),
    "see-directory": _roles("admin staff captain"),
    "write-directory": _roles("admin staff captain"),
    "unmask": _roles("admin staff captain"),
    "see-signatures": _roles("admin staff auditor captain"),
    "countersign": _roles("admin staff captain"),
    "purge-directory": _roles("admin"),
}
ROLES_THAT_SCAN: Final[dict[Step, frozenset[str]]] = {
    "arrive": _roles("admin staff gate"),
    "declare": _roles("admin staff gate"),
    "admit": _roles("admin staff"),
    "turn-away": _roles("admin staff"),
    "count": _roles("admin staff gate disinfection sorter"),
    "disinfect-start": _roles("admin staff disinfection"),
    "disinfect-finish": _roles("admin staff disinfection"),
    "sort": _roles("admin staff sorter"),
    "fill-crate": _roles("admin staff sorter"),
    "open-crate": _roles("admin staff sorter runner captain"),
    "hand-over": _roles("admin staff gate sorter runner captain"),
    "deliver": _roles("admin staff runner captain"),
    "report": _roles("admin staff gate disinfection sorter runner captain"),
    "return": _roles("admin staff sorter runner captain"),
    "hold": _roles("admin staff"),
    "release": _roles("admin staff"),
    "destroy": _roles("admin staff"),
    "annul": _roles("admin staff gate disinfection sorter runner captain"),
}
ISSUABLE_ROLES: Final[tuple[Role, ...]] = tuple(role for role in ROLES if role != "admin")
"""Staff hand out these; an administrator's link is made on the terminal only."""

COOKIE: Final = "baogong"


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever acts: a role and an opaque name, never a real one."""

    role: Role
    compound: str | None
    actor: str
    station: str | None = None
    session: str | None = None
    language: str | None = None

    def may(self, action: Action) -> bool:
        return self.role in ROLES_THAT_MAY[action]

    def may_scan(self, step: str) -> bool:
        """False for steps nobody knows, too."""
        return any(step == known and self.role in roles for known, roles in ROLES_THAT_SCAN.items())

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(step for step in STEPS if self.role in ROLES_THAT_SCAN[step])


PASSER_BY: Final = Person("viewer", None, "anyone")
"""Looks at a public board without having signed in."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """What routes need to know who comes in and where; the application keeps one at ``app.state.entrance``."""

    access: AccessStore
    compounds: Callable[[], Sequence[str]] = tuple
    """Ids of the compounds there are."""
    name_of: Callable[[str], str] = str
    """A compound's name as its people write it; its id where it has none."""
    public_board: bool = False
    public_address: str | None = None
    """Where phones reach this installation, such as ``https://bg.example.org``; None: as the browser came in."""


class SignInNeeded(Exception):  # noqa: N818 — an answer to a person (401), not an error of the program
    """Nobody is signed in, or the session is over."""


class NotAllowed(Exception):  # noqa: N818 — an answer to a person (403), not an error of the program
    """The role does not include this action."""

    def __init__(self, action: str) -> None:
        super().__init__(action)
        self.action = action


def entrance_of(request: Request) -> Entrance:
    entrance: Entrance = request.app.state.entrance
    return entrance


def session_token(request: Request) -> str | None:
    """From the header of a program, else from the browser's cookie."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return request.cookies.get(COOKIE)


def person_of(request: Request) -> Person | None:
    """Whoever sent this request; asked once a request."""
    if hasattr(request.state, "person"):
        known: Person | None = request.state.person
        return known
    token = session_token(request)
    session = entrance_of(request).access.session(token) if token else None
    person = None
    if session is not None:
        role = next((role for role in ROLES if role == session.role), None)
        if role is not None:
            person = Person(role, session.compound, session.actor, session.station, session.id, session.language)
    request.state.person = person
    return person


class Permission:
    """A dependency that lets a person through to a route, or nobody."""

    def __init__(self, action: Action) -> None:
        self.action = action

    async def __call__(self, request: Request) -> Person:
        person = person_of(request)
        if person is None:
            if self.action == "see-board" and entrance_of(request).public_board:
                return PASSER_BY
            raise SignInNeeded
        if not person.may(self.action):
            raise NotAllowed(self.action)
        return person


class OpenToAnyone:
    """A dependency for routes that nobody has to sign in for."""

    async def __call__(self, request: Request) -> Person | None:
        return person_of(request)


_PERMISSIONS: Final[dict[Action, Permission]] = {action: Permission(action) for action in ACTIONS}
_OPEN_TO_ANYONE: Final = OpenToAnyone()


def may(action: Action) -> Callable[[Request], Awaitable[Person]]:
    """For ``Annotated[Person, Depends(may("see-board"))]``; 401 or 403 where it is not so."""
    return _PERMISSIONS[action]


def anyone() -> Callable[[Request], Awaitable[Person | None]]:
    return _OPEN_TO_ANYONE


Anyone = Annotated[Person | None, Depends(anyone())]
SeesBoard = Annotated[Person, Depends(may("see-board"))]
Scans = Annotated[Person, Depends(may("scan"))]
SeesTrail = Annotated[Person, Depends(may("see-trail"))]
SeesDeliveries = Annotated[Person, Depends(may("see-deliveries"))]
DeclaresDelivery = Annotated[Person, Depends(may("declare-delivery"))]
ImportsOrders = Annotated[Person, Depends(may("import-orders"))]
ImportsHouseholds = Annotated[Person, Depends(may("import-households"))]
SeesDoubts = Annotated[Person, Depends(may("see-doubts"))]
SettlesDoubts = Annotated[Person, Depends(may("settle-doubts"))]
ManagesStations = Annotated[Person, Depends(may("manage-stations"))]
IssuesLinks = Annotated[Person, Depends(may("issue-links"))]
SeesUndelivered = Annotated[Person, Depends(may("see-undelivered"))]
Searches = Annotated[Person, Depends(may("search"))]
Exports = Annotated[Person, Depends(may("export"))]
PrintsLabels = Annotated[Person, Depends(may("print-labels"))]
PrintsSheets = Annotated[Person, Depends(may("print-sheets"))]
FoundsCompound = Annotated[Person, Depends(may("found-compound"))]
SeesDirectory = Annotated[Person, Depends(may("see-directory"))]
WritesDirectory = Annotated[Person, Depends(may("write-directory"))]
Unmasks = Annotated[Person, Depends(may("unmask"))]
SeesSignatures = Annotated[Person, Depends(may("see-signatures"))]
Countersigns = Annotated[Person, Depends(may("countersign"))]
PurgesDirectory = Annotated[Person, Depends(may("purge-directory"))]


async def compound_in_view(request: Request) -> str:
    """The session's compound; for administrators of all: the one of ``?compound=``; else the only one there is."""
    person = person_of(request)
    if person is not None and person.compound is not None:
        return person.compound
    compounds = entrance_of(request).compounds()
    asked = request.query_params.get("compound")
    if asked is not None and asked in compounds and person is not None and person.role == "admin":
        return asked
    if len(compounds) == 1:
        return compounds[0]
    if not compounds:
        raise Refused("compound-founded", "There is no compound yet: found one first.")
    raise Refused("compound-chosen", "There are several compounds here: sign in to one of them.")


CompoundInView = Annotated[str, Depends(compound_in_view)]


def declared_action(route: object) -> str | None:
    """What a route says it needs: an action, ``anyone``, or None where it says nothing.

    Takes what ``iter_route_contexts`` yields, a route, or a mounted application that carries ``declared_action``.
    """
    dependant = getattr(route, "dependant", None)
    if isinstance(dependant, Dependant):
        return next(_declared_in(dependant), None)
    for part in (route, getattr(route, "app", None), getattr(route, "endpoint", None)):
        declared = vars(part).get("declared_action") if hasattr(part, "__dict__") else None
        if isinstance(declared, str):
            return declared
    return None


def undeclared_routes(app: FastAPI) -> list[str]:
    """Paths of all routes that do not say who may come in; the description of the API is open to anyone."""
    routes = ((route.path or "?", declared_action(route)) for route in iter_route_contexts(app.routes))
    return [path for path, action in routes if action is None and path != app.openapi_url]


def _declared_in(dependant: Dependant) -> Iterator[str]:
    for needed in dependant.dependencies:
        if isinstance(needed.call, Permission):
            yield needed.call.action
        elif isinstance(needed.call, OpenToAnyone):
            yield "anyone"
        else:
            yield from _declared_in(needed)
