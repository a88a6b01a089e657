"""One's own shift: fit for duty and the team at its start, and its end."""

import asyncio
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from domain.base import Refused
from services.access import Anyone, EndsShift
from services.api.house import InHouse
from services.cookies import forget_upload_key
from services.crew.coming_in import Own, badge_in_record, end_shift, own_badge, start_shift, teams_to_choose
from services.pages.language import language_of
from services.pages.layout import moment_of, render
from services.pages.on_this_phone import go_out, others_here
from services.pages.stations import station_names
from services.pages.words import refusal_text, words_of
from services.wiring import House

router = APIRouter(include_in_schema=False)

SEE_OTHER: Final = 303
EMPTY: Final = "empty"
MEMBER_OR_NOTHING: Final = "^[a-z0-9]{0,32}$"


@router.get("/shift")
def shift(request: Request, person: EndsShift, house: InHouse) -> Response:
    return shift_page(request, person, house)


@router.post("/shift")
async def start(
    request: Request,
    person: EndsShift,
    house: InHouse,
    fit: Annotated[Literal["yes", "no"], Form()],
    team: Annotated[str, Form(pattern=r"^(t[0-9a-hjkmnp-tv-z]{6})?$")] = "",
) -> Response:
    """Of a no nothing is kept: not in the record, not in the log of requests, not in an address."""
    own = own_badge(person)
    if fit == "no":
        return await asyncio.to_thread(rest, request, house, own)
    try:
        answer = await start_shift(house, own, team or None)
    except Refused as refused:
        text = refusal_text(language_of(request), refused.rule, refused.text)
        return await asyncio.to_thread(shift_page, request, person, house, mistake=text, status_code=409)
    if answer.events:
        await asyncio.to_thread(house.shown, answer.events[-1])
    return RedirectResponse("/scan", SEE_OTHER)


def rest(request: Request, house: House, own: Own) -> Response:
    """Only the phone forgets its session; were it ended here, lists would tell this badge from one that nobody started."""
    language_of(request)  # as it was chosen by whoever leaves now
    badge = badge_in_record(house, own)
    request.state.person = None
    response = render(request, "shift_over.html", rests=True)
    go_out(request, response, queue_is_empty=False)
    if badge is None or badge.started_at is None:  # nothing was scanned that could still wait
        forget_upload_key(request, response, own.badge)
    return response


@router.post("/shift/end")
async def end(
    request: Request, person: EndsShift, house: InHouse, queue: Annotated[str, Form(max_length=10)] = ""
) -> Response:
    """``queue`` comes from the page that keeps the scans which are not sent yet; else the upload key stays for them."""
    await end_shift(house, own_badge(person))
    goes_on = f"?ended={person.actor}" if others_here(request) else ""
    response = RedirectResponse(f"/shift/over{goes_on}", SEE_OTHER)
    go_out(request, response, queue_is_empty=queue == EMPTY)
    return response


@router.get("/shift/over")
async def over(
    request: Request, _person: Anyone, ended: Annotated[str, Query(pattern=MEMBER_OR_NOTHING)] = ""
) -> Response:
    return render(request, "shift_over.html", rests=False, ended=ended)


def shift_page(
    request: Request, person: EndsShift, house: InHouse, *, mistake: str = "", status_code: int = 200
) -> Response:
    badge = badge_in_record(house, own_badge(person)) if person.badge else None
    waits = badge is not None and badge.started_at is None
    with house.read.reading() as rows:
        names = station_names(rows, person.compound or "", language_of(request)) if person.station else {}
    teams = teams_to_choose(house, person) if waits else []
    return render(
        request,
        "shift.html",
        status_code=status_code,
        badge=badge,
        begins=moment_of(badge and badge.begins),
        until=moment_of(badge and badge.until),
        started=moment_of(badge and badge.started_at),
        station=names.get(person.station or "", person.station),
        teams=teams,
        chosen_team=next((team.team for team in teams if person.actor in team.members), ""),
        tasks=dict(words_of(language_of(request), "task")),
        mistake=mistake,
    )
