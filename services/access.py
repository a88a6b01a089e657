"""What a route says it needs, in its signature; and who it is that comes in.

The application keeps one ``Entrance`` at ``app.state.entrance``. A route says what it needs in its signature::

    @router.get("/board")
    async def board(person: SeesBoard, compound: CompoundInView) -> Response: ...

Who may do what stands in ``services/roles.py``.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from domain.base import Refused, is_member
from infra.auth import AccessStore, ApiKey, Session, UploadKey
from services.chosen_compound import chosen_compound
from services.cookies import SESSION, session_cookie, upload_keys
from services.csrf import BY_UPLOAD_KEY
from services.limits import Kind, Limits, network_of
from services.roles import (
    ACTIONS,
    ISSUABLE_ROLES,
    PASSER_BY,
    ROLES,
    ROLES_THAT_MAY,
    ROLES_THAT_SCAN,
    STEPS,
    Action,
    Person,
    Role,
    Step,
)

__all__ = [
    "ACTIONS", "COOKIE", "ISSUABLE_ROLES", "PASSER_BY", "ROLES", "ROLES_THAT_MAY", "ROLES_THAT_SCAN", "STEPS",
    "Action", "Anyone", "CompoundInView", "Countersigns", "DeclaresDelivery", "EndsShift", "Entrance", "Exports", "FoundsCompound",
    "ImportsHouseholds", "ImportsOrders", "IssuesBadges", "IssuesLinks", "ManagesCaptains", "ManagesKeys",
    "ManagesMembers", "ManagesStations", "NotAllowed", "Permission", "Person", "PrintsLabels", "PrintsSheets",
    "PrintsSlips", "PurgesDirectory", "RenewsDoorCodes", "Role", "Scans", "Searches", "SeesBoard", "SeesDeliveries",
    "SeesDirectory", "SeesDoubts", "SeesOwnSessions", "SeesSignatures", "SeesTrail", "SeesUndelivered", "SettlesDoubts",
    "SignInNeeded", "Step", "Unmasks", "Uploads", "WritesDirectory", "address_of", "anyone", "compound_in_view", "compounds_to_choose", "declared_action", "declared_actions",
    "entrance_of", "give_back", "may", "must", "person_of", "session_token", "spend", "still_may", "undeclared_routes",
]  # fmt: skip

COOKIE: Final = SESSION
"""Its name over plain http; see services/cookies.py for all names."""
ACTING: Final = "X-Acting"
PEOPLE_REMEMBERED: Final = 4096


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
    limits: Limits = field(default_factory=Limits)
    people: dict[str, tuple[object, Person | None]] = field(default_factory=dict)
    """By the id of a credential: the credential as it was last seen, and who that is."""

    def person_behind(self, found: Session | ApiKey) -> Person | None:
        """None for a role that this version does not know."""
        known = self.people.get(found.id)
        if known is not None and known[0] is found:
            return known[1]
        if len(self.people) >= PEOPLE_REMEMBERED:
            self.people.clear()
        person = person_of_session(found) if isinstance(found, Session) else person_of_key(found)
        self.people[found.id] = found, person
        return person


class SignInNeeded(Exception):  # noqa: N818 — an answer to a person (401), not an error of the program
    """Nobody is signed in, or the session is over."""


class NotAllowed(Exception):  # noqa: N818 — an answer to a person (403), not an error of the program
    """The role does not include this action, or not for this building, group buy or station."""

    def __init__(self, action: str, text: str = "") -> None:
        super().__init__(action)
        self.action = action
        self.text = text
        """What to say instead of the general sentence."""


def entrance_of(request: Request) -> Entrance:
    entrance: Entrance = request.app.state.entrance
    return entrance


def token_in_header(request: Request) -> tuple[str, str]:
    """The scheme in lower case, and the token."""
    said = request.headers.get("authorization")
    if said is None:
        return "", ""
    scheme, _, token = said.partition(" ")
    return scheme.lower(), token.strip()


def session_token(request: Request) -> str | None:
    """From the header of a program, else from the browser's cookie; none beside an upload key."""
    scheme, token = token_in_header(request)
    if scheme == "upload" or request.scope.get("state", {}).get(BY_UPLOAD_KEY):
        return None
    return token if scheme == "bearer" and token else session_cookie(request)


def person_of(request: Request) -> Person | None:
    """Whoever sent this request; asked once a request. Raises TooManyRequests for who guesses."""
    state = request.scope.setdefault("state", {})
    if "person" in state:
        known: Person | None = state["person"]
        return known
    entrance, token = entrance_of(request), session_token(request)
    found = entrance.access.api_key(token) or entrance.access.session(token) if token else None
    state["person"] = person = entrance.person_behind(found) if found else None
    if token and found is None and token_in_header(request)[1] == token:
        entrance.limits.spend("credential", address_of(request))
    return person


def still_may(request: Request, person: Person, action: Action) -> Callable[[], bool]:
    """Asks anew whether who once came in would be let in now: for answers that go on for hours."""
    entrance, token = entrance_of(request), session_token(request)

    def asked_now() -> bool:
        if person is PASSER_BY or token is None:
            return entrance.public_board
        found = entrance.access.api_key(token) or entrance.access.session(token)
        now = entrance.person_behind(found) if found else None
        return now is not None and now.may(action) and (now.role, now.compound) == (person.role, person.compound)

    return asked_now


def upload_key_of(request: Request) -> UploadKey | None:
    """A phone may hold keys of several badges; its page says in ``X-Acting`` whose scans it sends: by their newest badge."""
    scheme, token = token_in_header(request)
    access = entrance_of(request).access
    keys = [access.upload_key(each) for each in ((token,) if scheme == "upload" else upload_keys(request))]
    if keys == [None] and scheme == "upload":
        entrance_of(request).limits.spend("credential", address_of(request))
    known = [key for key in keys if key is not None]
    said = request.headers.get(ACTING)
    fitting = [each for each in known if said in {None, hand(each.role, each.actor)}]
    return max(fitting, key=lambda each: each.begins, default=None)


def uploader_of(request: Request) -> Person | None:
    """Whoever a device's upload key was given to: what it may send, it may send late."""
    key, access = upload_key_of(request), entrance_of(request).access
    return person_of_upload_key(key, late=key.is_late(access.now())) if key else None


def hand(role: str, actor: str) -> str:
    """By which an open page knows who acts; a new link of the same role stands for the same hand."""
    return f"{role} {actor}" if is_member(actor) else role


def person_of_session(session: Session) -> Person | None:
    role = role_named(session.role)
    return role and Person(
        role,
        session.compound,
        session.actor,
        session.station,
        session.id,
        session.language,
        stations=session.scope.stations,
        buildings=session.scope.buildings,
        group_buys=session.scope.group_buys,
        badge=session.badge,
        device=session.device,
    )


def person_of_key(key: ApiKey) -> Person | None:
    role = role_named(key.role)
    return role and Person(role, key.compound, key.actor, key=key.id, actions=key.actions)


def person_of_upload_key(key: UploadKey, *, late: bool) -> Person | None:
    role = role_named(key.role)
    return role and Person(
        role,
        key.compound,
        key.actor,
        key.station,
        key.session,
        stations=key.scope.stations,
        buildings=key.scope.buildings,
        group_buys=key.scope.group_buys,
        badge=key.badge,
        device=key.device,
        late=late,
        between=(key.begins, key.ends),
    )


def role_named(name: str) -> Role | None:
    return next((role for role in ROLES if role == name), None)


def address_of(request: Request) -> str:
    return network_of(request.client.host if request.client else None)


def spend(request: Request, kind: Kind, *, cost: int = 1, key: str | None = None, person: Person | None = None) -> None:
    """Counts against a limit of who sent this: their key or session, else their address. Raises TooManyRequests."""
    person = person or person_of(request)
    counted = key or (person and (person.key or person.session)) or address_of(request)
    program = person is not None and person.key is not None
    entrance_of(request).limits.spend(kind, counted, cost, program=program)


def give_back(request: Request, kind: Kind, *, key: str) -> None:
    """To who did not guess."""
    entrance_of(request).limits.give_back(kind, key)


def must(allowed: bool, action: Action, text: str = "") -> None:  # noqa: FBT001 — must(at_own_door(…), "search") is a sentence
    """Raises NotAllowed where an object rule says no; ``text`` may say why."""
    if not allowed:
        raise NotAllowed(action, text)


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
        if self.action == "export":
            spend(request, "export", key=f"{person.actor} {request.scope['route'].path}")
        return person


class UploadPermission(Permission):
    """Also for devices whose session is over: their upload key says who they were."""

    async def __call__(self, request: Request) -> Person:
        request.state.person = person = person_of(request) or uploader_of(request)
        if person is None:
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
ManagesMembers = Annotated[Person, Depends(may("manage-members"))]
IssuesBadges = Annotated[Person, Depends(may("issue-badges"))]
EndsShift = Annotated[Person, Depends(may("end-shift"))]
ManagesCaptains = Annotated[Person, Depends(may("manage-captains"))]
ManagesKeys = Annotated[Person, Depends(may("manage-keys"))]
SeesOwnSessions = Annotated[Person, Depends(may("own-sessions"))]
SeesDirectory = Annotated[Person, Depends(may("see-directory"))]
Unmasks = Annotated[Person, Depends(may("unmask"))]
PurgesDirectory = Annotated[Person, Depends(may("purge-directory"))]
PrintsSlips = Annotated[Person, Depends(may("print-slips"))]
RenewsDoorCodes = Annotated[Person, Depends(may("renew-door-codes"))]
Countersigns = Annotated[Person, Depends(may("countersign"))]
SeesSignatures = Annotated[Person, Depends(may("see-signatures"))]
WritesDirectory = Annotated[Person, Depends(may("write-directory"))]
Uploads = Annotated[Person, Depends(UploadPermission("scan"))]
"""Sends scans, also late ones."""


def compound_named(request: Request, person: Person | None) -> str:
    """What a page's header calls the compound in view; empty where there is none to tell."""
    entrance = entrance_of(request)
    if person is None:
        return ""
    compounds = entrance.compounds()
    asked = request.query_params.get("compound")
    chosen = person.compound or (asked if asked in compounds else compounds[0] if len(compounds) == 1 else None)
    return entrance.name_of(chosen) if chosen else ""


async def compound_in_view(request: Request) -> str:
    """The session's compound; for administrators of all: the one they have chosen; else the only one there is."""
    person = person_of(request)
    if person is not None and person.compound is not None:
        return person.compound
    compounds = entrance_of(request).compounds()
    chosen = chosen_compound(request, compounds) if person is not None and person.role == "admin" else None
    if chosen is not None:
        return chosen
    if len(compounds) == 1:
        return compounds[0]
    if not compounds:
        raise Refused("compound-founded", "There is no compound yet: found one first.")
    raise Refused("compound-chosen", "There are several compounds here: sign in to one of them.")


def compounds_to_choose(request: Request) -> list[tuple[str, str]]:
    """Ids and names, for administrators of all."""
    person, entrance = person_of(request), entrance_of(request)
    if person is None or person.role != "admin" or person.compound is not None:
        return []
    return [(compound, entrance.name_of(compound)) for compound in entrance.compounds()]


CompoundInView = Annotated[str, Depends(compound_in_view)]


def declared_action(route: object) -> str | None:
    """What a route says it needs: an action, ``anyone``, or None where it says nothing.

    Takes what ``iter_route_contexts`` yields, a route, or a mounted application that carries ``declared_action``.
    """
    if isinstance(getattr(route, "dependant", None), Dependant):
        return next(iter(declared_actions(route)), None)
    for part in (route, getattr(route, "app", None), getattr(route, "endpoint", None)):
        declared = vars(part).get("declared_action") if hasattr(part, "__dict__") else None
        if isinstance(declared, str):
            return declared
    return None


def declared_actions(route: object) -> tuple[str, ...]:
    """Everything that a route of ours says it needs, such as the list's own action and ``export``."""
    dependant = getattr(route, "dependant", None)
    return tuple(_declared_in(dependant)) if isinstance(dependant, Dependant) else ()


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
