"""Coming in and going out: a badge or link opened on a tap, who acts on this phone, signing out."""

import asyncio
import re
from datetime import datetime
from typing import Annotated, Final

import structlog
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from infra.auth import Link, Redeemed
from infra.auth.upload_keys import ACCEPTED_AFTER
from services.access import ACTING, Anyone, SignInNeeded, address_of, entrance_of, hand, session_token, spend
from services.cookies import UPLOAD_PATH, set_upload_key
from services.crew.coming_in import WhyNot, new_device, opened_badge, withdrawn_or_ended
from services.csrf import form_token
from services.own_paths import own_path
from services.pages.layout import home_of, render
from services.pages.on_this_phone import act_as, acting, badge_before, come_in, go_out, hand_of, others_here
from services.pages.own_password import wants_a_password
from services.wiring import House

router = APIRouter(include_in_schema=False)
log = structlog.get_logger(__name__)

SEE_OTHER: Final = 303
EMPTY: Final = "empty"
DEVICE: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")


@router.get("/")
async def start(request: Request, person: Anyone) -> Response:
    if person is None and not entrance_of(request).public_board:
        raise SignInNeeded
    return RedirectResponse(home_of(person) if person else "/board", SEE_OTHER)


@router.get("/j")
async def join(
    request: Request, _person: Anyone, wanted: Annotated[str, Query(alias="next")] = "", out: str = ""
) -> Response:
    """Where a badge leads. The code is behind the #, which no server and no preview robot gets to see."""
    return join_page(request, wanted=wanted, out_everywhere=out == "everywhere")


@router.post("/j")
async def redeem(
    request: Request,
    _person: Anyone,
    token: Annotated[str, Form(max_length=200)],
    wanted: Annotated[str, Form(alias="next")] = "",
    device: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Opens a session of its own making, never one that the browser brought.

    Only a code that is nobody's counts as a guess: a whole shift may come in by one Wi-Fi, beside somebody who guesses.
    """
    code, phone = token.strip().rpartition("#")[2], device if DEVICE.fullmatch(device) else new_device()
    house: House | None = getattr(request.app.state, "house", None)
    opened: Redeemed | WhyNot = house.access.redeem_badge(code, phone) if house else "unknown"
    if house and opened == "revoked":
        opened = await asyncio.to_thread(withdrawn_or_ended, house, code)
    if house and isinstance(opened, Redeemed):
        opened = await opened_badge(house, opened, phone)
    if isinstance(opened, Redeemed):
        response = RedirectResponse("/shift", SEE_OTHER)
        come_in(request, response, opened.session)
        set_upload_key(request, response, opened.upload_key, opened.badge.ends + ACCEPTED_AFTER, opened.badge.id)
        return response
    if house and opened == "not-yet":
        return too_early(request, house, code, wanted)
    return by_link(request, code, wanted) if opened == "unknown" else refused(request, opened, wanted)


def by_link(request: Request, code: str, wanted: str) -> Response:
    access = entrance_of(request).access
    token = access.redeem(code)
    session = access.session(token) if token else None
    if token is None or session is None:
        link = access.link_behind(code)
        if link is None:
            spend(request, "redeem", key=address_of(request))
        return refused(request, became_of(link) if link else "unknown", wanted)
    first = "/password?first=1" if wants_a_password(access, session) else "/"
    response = RedirectResponse(own_path(wanted) or first, SEE_OTHER)
    come_in(request, response, token)
    return response


def became_of(link: Link) -> str:
    """Why a link opens nothing any more."""
    if link.revoked_at:
        return "link-withdrawn"
    return "link-used" if link.used_at and not link.reusable else "link-over"


def refused(request: Request, reason: str, wanted: str) -> Response:
    """The log learns why, never the code."""
    log.warning("sign_in_refused", by="code", reason=reason)
    return join_page(request, wanted=wanted, failed=reason, status_code=403)


def too_early(request: Request, house: House, code: str, wanted: str) -> Response:
    """The code stays in the form, and nowhere else, to be tapped again."""
    log.warning("sign_in_refused", by="code", reason="not-yet")
    badge = house.access.badge_behind(code)
    return join_page(
        request, wanted=wanted, failed="not-yet", kept=code, begins=badge and badge.begins, status_code=403
    )


def join_page(
    request: Request,
    *,
    wanted: str,
    failed: str = "",
    kept: str = "",
    begins: datetime | None = None,
    out_everywhere: bool = False,
    status_code: int = 200,
) -> Response:
    agent = request.headers.get("user-agent", "").lower()
    in_wechat = "micromessenger" in agent and not failed
    return render(
        request,
        "join.html",
        status_code=status_code,
        failed=failed,
        kept=kept,
        begins=begins,
        out_everywhere=out_everywhere,
        in_wechat=in_wechat,
        on_iphone=in_wechat and ("iphone" in agent or "ipad" in agent),
        wanted=own_path(wanted),
    )


@router.post("/as")
async def choose_who_acts(
    request: Request,
    _person: Anyone,
    session: Annotated[str, Form(max_length=64)],
    wanted: Annotated[str, Form(alias="next")] = "",
) -> Response:
    """One of those who have come in on this phone acts from now on; the one who acted until now stays beside."""
    others, before = others_here(request), acting(request)
    chosen = next((each for each in others if each.session.id == session), None)
    response = RedirectResponse(own_path(wanted) or "/", SEE_OTHER)
    if chosen is not None:
        beside = [each for each in others if each != chosen]
        act_as(request, response, chosen, [before, *beside] if before else beside)
    return response


@router.post("/signout")
async def sign_out(request: Request, _person: Anyone, queue: Annotated[str, Form(max_length=10)] = "") -> Response:
    """Also the person's other roles on this phone; badges beside it stay until their shift ends.

    ``queue`` comes from the page that keeps the scans which are not sent yet.
    """
    access, token = entrance_of(request).access, session_token(request)
    before = acting(request)
    if token:
        access.sign_out(token)
    for other in others_here(request):
        if before and other.session.actor == before.session.actor and other.session.how != "badge":
            access.sign_out(other.token)
    response = RedirectResponse("/j", SEE_OTHER)
    go_out(request, response, queue_is_empty=queue == EMPTY)
    return response


@router.get("/form-token")
async def new_form_token(request: Request, person: Anyone) -> JSONResponse:
    """For a page that stayed open while somebody signed in again in another tab; other sites cannot read it."""
    others = await asyncio.to_thread(others_here, request)
    hands = [hand(each.session.role, each.session.actor) for each in others]
    return JSONResponse({"token": form_token(request), "acting": hand_of(person), "others": hands})


@router.get(f"{UPLOAD_PATH}/shift")
async def shift_of_page(request: Request, person: Anyone) -> JSONResponse:
    """For a page that stayed open: who acts on this phone now, and how the page's own badge stands if it is over."""
    acts = hand_of(person)
    before = None if acts and acts == request.headers.get(ACTING) else await asyncio.to_thread(badge_before, request)
    return JSONResponse({"acting": acts, "before": before})
