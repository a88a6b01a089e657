"""Who is signed in on this phone: one acts, others that came in before may be chosen instead."""

from collections.abc import Sequence
from typing import NamedTuple

from fastapi import Request
from fastapi.responses import Response

from infra.auth import Session
from projections import badges
from projections.badges import BadgeStage
from projections.base import milliseconds
from services.access import ACTING, Person, entrance_of, hand, person_of, session_token, upload_key_of
from services.cookies import MOST_MORE, leave, more_sessions, set_more_sessions, set_session
from services.wiring import House, now


class Here(NamedTuple):
    token: str
    session: Session


def hand_of(person: Person | None) -> str:
    return hand(person.role, person.actor) if person else ""


def acting(request: Request) -> Here | None:
    token = session_token(request)
    session = entrance_of(request).access.session(token) if token else None
    return Here(token, session) if token and session else None


def others_here(request: Request) -> list[Here]:
    """Whose sessions last; whoever came in last comes first."""
    tokens = more_sessions(request)
    if not tokens:
        return []
    access, own = entrance_of(request).access, session_token(request)
    found = [(token, access.session(token)) for token in dict.fromkeys(tokens) if token != own]
    return [Here(token, session) for token, session in found if session is not None]


def badge_before(request: Request) -> BadgeStage | None:
    """How the badge stands that this page or phone came in with; None where it did not, or where the session lasts.

    The page says whose it is where another badge was opened on the phone since; the upload key is sent to its path only.
    """
    token = session_token(request)
    key = upload_key_of(request) if ACTING in request.headers else None
    key = key or (entrance_of(request).access.upload_key_beside(token) if token else None)
    if key is None or not key.is_late(entrance_of(request).access.now()):
        return None
    house: House = request.app.state.house
    with house.read.reading() as rows:
        badge = badges.badge(rows, key.compound, key.badge)
    return badge and badge.stage_at(milliseconds(now()))


def come_in(request: Request, response: Response, token: str) -> None:
    """The new session acts. Badges stay beside it, and so do other roles of the same person; anything else ends."""
    access = entrance_of(request).access
    session = access.session(token)
    if session is None:
        return
    before, others = acting(request), others_here(request)
    if before is not None and stays_beside(before.session, session):
        others.insert(0, before)
    elif before is not None:
        access.sign_out(before.token)
    for forgotten in others[MOST_MORE:]:
        access.sign_out(forgotten.token)
    act_as(request, response, Here(token, session), others[:MOST_MORE])


def stays_beside(before: Session, new: Session) -> bool:
    if before.how == "badge":
        return True
    return before.actor == new.actor and (before.role, before.compound) != (new.role, new.compound)


def act_as(request: Request, response: Response, chosen: Here, others: Sequence[Here]) -> None:
    set_session(request, response, chosen.token, chosen.session.expires)
    last = max((each.session.expires for each in others), default=chosen.session.expires)
    set_more_sessions(request, response, [each.token for each in others], last)


def go_out(request: Request, response: Response, *, queue_is_empty: bool) -> None:
    """After the acting session is over: the next one on this phone acts, or the browser forgets all it keeps of us."""
    others = others_here(request)
    if others:
        act_as(request, response, others[0], others[1:])
    else:
        person = person_of(request)
        leave(request, response, queue_is_empty=queue_is_empty, badge=person.badge if person else None)


def turn_into(request: Request, response: Response, token: str) -> None:
    """The acting session gives way to another one of the same person."""
    access = entrance_of(request).access
    session, before = access.session(token), acting(request)
    if session is None:
        return
    if before is not None:
        access.sign_out(before.token)
    act_as(request, response, Here(token, session), others_here(request))
