"""Where one is signed in: one's own sessions, ended one by one or all together."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from services.access import SeesOwnSessions, entrance_of
from services.pages.language import N_
from services.pages.layout import render
from services.pages.on_this_phone import go_out

router = APIRouter(include_in_schema=False)

SEE_OTHER: Final = 303
BY: Final = {
    "link": N_("by a link"),
    "badge": N_("with a badge"),
    "password": N_("with the password"),
    "oidc": N_("with the organisation's account"),
}


@router.get("/sessions")
async def sessions(request: Request, person: SeesOwnSessions) -> Response:
    entrance = entrance_of(request)
    own = [
        (session, entrance.name_of(session.compound) if session.compound else "", BY.get(session.how, BY["link"]))
        for session in entrance.access.sessions(actor=person.actor)
    ]
    return render(request, "sessions.html", own=own)


@router.post("/sessions/end")
async def end_one(request: Request, person: SeesOwnSessions, session: Annotated[str, Form(max_length=64)]) -> Response:
    access = entrance_of(request).access
    if session in {each.id for each in access.sessions(actor=person.actor)}:
        access.revoke_session(session)
    response = RedirectResponse("/sessions" if session != person.session else "/j", SEE_OTHER)
    if session == person.session:
        go_out(request, response, queue_is_empty=False)
    return response


@router.post("/sessions/end-all")
async def end_all(
    request: Request, person: SeesOwnSessions, but: Annotated[str, Form(pattern="^(this)?$")] = ""
) -> Response:
    """``but=this``: all others."""
    keeps = person.session if but else None
    entrance_of(request).access.sign_out_everywhere(person.actor, but=keeps)
    response = RedirectResponse("/sessions" if keeps else "/j?out=everywhere", SEE_OTHER)
    if not keeps:
        go_out(request, response, queue_is_empty=False)
    return response
