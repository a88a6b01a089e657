"""``/d/CODE``: a household's own page, opened by the code on the slip of its door; nothing about anyone else."""

from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID, uuid4

import structlog
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from domain.base import Code, Refused
from domain.community.door_codes import LETTER, read_door_code
from domain.goods.codes import CODE_LENGTH, kind_of, read_code
from domain.goods.parcels import Problem
from projections.base import moment_of
from services.access import Anyone, spend
from services.api.house import InHouse
from services.at_door import PROBLEMS, AtDoor, OwnParcel, at_door, report_parcel
from services.csrf import FormTokens
from services.door_codes import Door
from services.pages.guessing import looked_up
from services.pages.language import N_
from services.pages.layout import render
from services.pages.parcel import Way, way_of
from services.wiring import House, now

router = APIRouter(include_in_schema=False)
log = structlog.get_logger(__name__)

NOT_FOUND: Final = 404
FORBIDDEN: Final = 403
SEE_OTHER: Final = 303

ASKED: Final[dict[Problem, str]] = {
    "damaged": N_("It is damaged"),
    "missing": N_("Something is missing from it"),
    "never-came": N_("It never came to my door"),
    "spoiled": N_("It is spoiled"),
}
TOO_OLD: Final = N_("Nothing was sent: this page had been open for too long. Please report it once more.")
NOT_YOURS: Final = N_("There is no parcel of yours here that could be reported.")
SENT: Final = N_("Thank you, this is recorded. The captain of your building and the committee can see it.")
assert tuple(ASKED) == PROBLEMS  # noqa: S101 — the form offers what the record takes


class Shown(NamedTuple):
    own: OwnParcel
    way: Way


@router.get("/d")
def ask_for_code(request: Request, _person: Anyone) -> Response:
    return render(request, "door_code.html", mistake=None)


@router.post("/d")
def code_typed(request: Request, _person: Anyone, code: Annotated[str, Form(max_length=200)]) -> Response:
    """Whether a door has this code is not looked at here, only whether it can be one."""
    read = read_door_code(code.rpartition("/")[2])
    if read is not None:
        return RedirectResponse(f"/d/{read}", SEE_OTHER)
    other = read_code(code)
    if other is not None and kind_of(other) == "parcel":
        return RedirectResponse(f"/p/{other}", SEE_OTHER)
    return render(request, "door_code.html", status_code=NOT_FOUND, mistake=mistake_in(code))


@router.get("/d/{code}")
def door_page(
    request: Request, code: str, _person: Anyone, house: InHouse, *, told: Annotated[str, Query(max_length=8)] = ""
) -> Response:
    door = door_let_in(request, house, code)
    if door is None:
        return unknown(request, code)
    return own_page(request, house, door, code, notice=("good", SENT) if told == "sent" else None)


@router.post("/d/{code}/report")
def report(
    request: Request,
    code: str,
    _person: Anyone,
    house: InHouse,
    *,
    door_token: Annotated[str, Form(max_length=80)] = "",
    scan: Annotated[UUID, Form()],
    parcel: Annotated[Code, Form()],
    problem: Annotated[Problem, Form()],
) -> Response:
    """What a household says of its own parcel; the same form sent twice is one report."""
    door = door_let_in(request, house, code)
    if door is None:
        return unknown(request, code)
    if not tokens_of(request).fits(belonging_to(door), door_token.encode()):
        return own_page(request, house, door, code, status=FORBIDDEN, notice=("bad", TOO_OLD))
    spend(request, "door-report", key=f"{door.compound}/{door.household}")
    try:
        report_parcel(house, door, parcel, problem, scan)
    except Refused as refused:
        if refused.rule != "parcel-of-door":
            raise
        return own_page(request, house, door, code, status=NOT_FOUND, notice=("bad", NOT_YOURS))
    return RedirectResponse(f"/d/{read_door_code(code)}?told=sent", SEE_OTHER)


def door_let_in(request: Request, house: House, code: str) -> Door | None:
    """None alike for every code that opens nothing; the log learns that there was one, not which."""

    def behind() -> Door | None:
        read = read_door_code(code)
        door = house.door_book.door_behind(read) if read else None
        if door is None:
            log.warning("code_refused", of="door", reason="unknown" if read else "not-readable")
        return door

    return looked_up(request, behind)


def own_page(
    request: Request,
    house: House,
    door: Door,
    code: str,
    *,
    status: int = 200,
    notice: tuple[str, str] | None = None,
) -> Response:
    with house.read.reading() as rows:
        own = at_door(rows, door)
    return render(
        request,
        "door.html",
        status_code=status,
        code=read_door_code(code),
        door=door,
        own=own,
        notice=notice,
        asked=ASKED,
        door_token=tokens_of(request).token(belonging_to(door)),
        **told_of_parcels(own),
    )


def told_of_parcels(own: AtDoor) -> dict[str, Any]:
    shown = [
        Shown(each, way_of(each.trail, each.trail.parcel, now()))
        for each in own.parcels
        if each.trail and each.trail.parcel
    ]
    return {
        "parcels": shown,
        "earlier": [(each, moment_of(each.row.since) if each.row.since else None) for each in own.earlier],
        "waiting": sum(each.way.tone != "good" for each in shown),
        "new_id": uuid4,
    }


def unknown(request: Request, code: str) -> Response:
    mistake = "unknown" if read_door_code(code) else mistake_in(code)
    return render(request, "door_code.html", status_code=NOT_FOUND, mistake=mistake)


def mistake_in(text: str) -> str:
    """Why what was typed is no door's code: its length, its first letter, or one symbol."""
    symbols = [symbol for symbol in text.upper().rpartition("/")[2] if symbol not in "- "]
    if len(symbols) != CODE_LENGTH:
        return "length"
    return "symbol" if symbols[0] == LETTER else "letter"


def belonging_to(door: Door) -> str:
    """What a form token of a household's page belongs to: the door, whichever code opened it."""
    return f"door {door.compound}/{door.household}"


def tokens_of(request: Request) -> FormTokens:
    tokens: FormTokens = request.app.state.form_tokens
    return tokens
