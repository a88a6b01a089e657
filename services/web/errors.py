"""Answers to what went wrong: JSON for programs, a page or a part of one for people; never what was sent."""

from collections.abc import Mapping
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import Receive, Scope

from domain.base import Refused
from infra.errors import Conflict, StorageUnavailable
from services.access import NotAllowed, SignInNeeded, compounds_to_choose
from services.chosen_compound import CompoundKept, same_page_in
from services.limits import TooManyRequests
from services.own_paths import own_path
from services.pages.language import N_, language_of, say
from services.pages.layout import render
from services.pages.mistakes import mistake_text, mistakes_told
from services.pages.on_this_phone import badge_before
from services.pages.words import refusal_text
from services.web.headers import headers_for
from services.wrong_fields import field_named

RETRY_AFTER: Final = {"Retry-After": "2"}
MISTAKES_NAMED: Final = 20

STATUS_TEXTS: Final[Mapping[int, str]] = {
    400: N_("This request could not be read."),
    404: N_("There is nothing here."),
    405: N_("This address does not take that kind of request."),
    413: N_("This is too large to be taken in: a table may have 25 MB, everything else 2 MB."),
    415: N_("This kind of content is not taken in."),
}
OTHER_ERROR: Final = N_("This did not work.")
SECONDS_SAID: Final = 120
"""Longer waits are told in minutes."""
OUR_FAULT: Final = N_("Something went wrong on our side. Please try again in a moment.")

NOT_INCLUDED: Final = N_("Your role does not include this. Ask the committee staff if you need it.")
NOT_THEIRS: Final = "captain-of-building"
"""A rule that says the same as the lack of a right."""

log = structlog.get_logger()


def answer_errors(app: FastAPI) -> None:
    app.add_exception_handler(SignInNeeded, sign_in_needed)
    app.add_exception_handler(NotAllowed, not_allowed)
    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(CompoundKept, compound_kept)
    app.add_exception_handler(Conflict, someone_wrote_first)
    app.add_exception_handler(StorageUnavailable, storage_unavailable)
    app.add_exception_handler(RequestValidationError, not_well_formed)
    app.add_exception_handler(TooManyRequests, too_many)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(Exception, our_fault)


def wants_json(request: Request) -> bool:
    path: str = request.scope["path"]
    return path.startswith("/api/")


def answer(
    request: Request, status: int, rule: str, text: str, *, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """What went wrong, as JSON ``{status, rule, text}`` for programs and as a page for people."""
    if wants_json(request):
        return JSONResponse(
            {"status": status, "rule": rule, "text": text, **more},
            status,
            dict(headers or {}),
            media_type="application/problem+json",
        )
    template = "fragments/refused.html" if request.headers.get("hx-request") == "true" else "error.html"
    return render(request, template, status_code=status, headers=headers, status=status, rule=rule, text=text)


async def sign_in_needed(request: Request, error: Exception) -> Response:
    del error
    text = say(language_of(request), "Please sign in first.")
    if wants_json(request) or request.headers.get("hx-request") == "true":
        return answer(request, 401, "sign-in-needed", text, headers={"WWW-Authenticate": "Bearer"})
    asked = f"{request.scope['path']}?{request.scope['query_string'].decode('latin-1')}".removesuffix("?")
    wanted = own_path(asked) if request.method == "GET" and asked != "/" else None
    return render(request, "signin_needed.html", status_code=401, wanted=wanted, before=badge_before(request))


async def not_allowed(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotAllowed)  # noqa: S101 — registered for this class only
    return answer(request, 403, "not-allowed", say(language_of(request), error.text or NOT_INCLUDED))


async def refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)  # noqa: S101 — registered for this class only
    if error.rule == "compound-chosen" and not wants_json(request) and request.headers.get("hx-request") != "true":
        choices = [(same_page_in(request, each), name) for each, name in compounds_to_choose(request)]
        if choices:
            return render(request, "compounds.html", status_code=409, choices=choices)
    status = 403 if error.rule == NOT_THEIRS else 409
    return answer(request, status, error.rule, refusal_text(language_of(request), error.rule, error.text))


async def compound_kept(request: Request, error: Exception) -> Response:
    assert isinstance(error, CompoundKept)  # noqa: S101 — registered for this class only
    return RedirectResponse(same_page_in(request, error.compound), 303)


async def someone_wrote_first(request: Request, error: Exception) -> Response:
    del error
    text = say(language_of(request), "Someone else changed this at the same moment. Look again and repeat it.")
    return answer(request, 409, "someone-wrote-first", text)


async def storage_unavailable(request: Request, error: Exception) -> Response:
    log.warning("storage unavailable", path=first_part(request), cause=type(error.__cause__ or error).__name__)
    text = say(language_of(request), "The record is busy at the moment. Nothing is lost; try again in a few seconds.")
    return answer(request, 503, "storage-unavailable", text, headers=RETRY_AFTER)


async def not_well_formed(request: Request, error: Exception) -> Response:
    """Names the fields and what is wrong with them, never what was sent."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 — registered for this class only
    language, mistakes = language_of(request), list(error.errors())
    if unread := [mistake for mistake in mistakes if mistake["type"] == "json_invalid"]:
        place = unread[0]["loc"][-1] + 1
        text = say(language, "This is not readable JSON; it goes wrong at character %(place)s.", place=place)
        return answer(request, 400, "readable-json", text)
    named = [
        {"field": field_named(mistake["loc"]), "text": mistake_text(language, mistake)}
        for mistake in mistakes[:MISTAKES_NAMED]
    ]
    plain = "; ".join(f"{one['field']}: {one['text']}" for one in named[:3])
    text = plain if wants_json(request) else mistakes_told(language, named[:3])
    return answer(request, 422, "well-formed", text, errors=named)


async def http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 — registered for this class only
    status = error.status_code
    if status < 400:  # noqa: PLR2004 — a redirect raised as an exception is not an error
        return Response(status_code=status, headers=dict(error.headers or {}))
    text = say(language_of(request), STATUS_TEXTS.get(status, OTHER_ERROR))
    rule = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}.get(status, "not-taken")
    return answer(request, status, rule, text, headers=error.headers)


async def too_many(request: Request, error: Exception) -> Response:
    assert isinstance(error, TooManyRequests)  # noqa: S101 — registered for this class only
    language, wait = language_of(request), error.wait
    if wait <= SECONDS_SAID:
        text = say(language, "Too many attempts for the moment. Try again in %(seconds)s s.", seconds=wait)
    else:
        text = say(
            language, "Too many attempts for the moment. Try again in %(minutes)s minutes.", minutes=-(-wait // 60)
        )
    if wants_json(request) or request.method != "POST":
        return answer(request, 429, "too-many", text, headers=error.headers)
    return render(
        request, "error.html", status_code=429, headers=error.headers,
        status=429, rule="too-many", text=text, back=form_of(request),
    )  # fmt: skip


def form_of(request: Request) -> str | None:
    """The page at the address to which its form was sent, where there is one: doors' pages say nothing of where they were."""
    asked = {**request.scope, "method": "GET"}
    found = any(route.matches(asked)[0] == Match.FULL for route in request.app.router.routes)
    return own_path(request.scope["path"]) if found else None


async def our_fault(request: Request, error: Exception) -> Response:
    log.error("unexpected error", path=first_part(request), error=type(error).__name__)
    response = answer(request, 500, "our-fault", say(language_of(request), OUR_FAULT))
    for name, value in headers_for(request.scope["path"], request.scope["scheme"]):
        response.headers.setdefault(name.decode(), value.decode())  # this answer is made outside of the guard
    return response


def first_part(request: Request) -> str:
    """Of the path: what stands behind it may be a code by which a household is let in."""
    path: str = request.scope["path"]
    return "/" + path[1:].partition("/")[0]


def host_unknown(scope: Scope, receive: Receive) -> Response:
    request = unsigned(scope, receive)
    text = say(
        language_of(request),
        "This server does not answer under that name. Open it by the address you were given; whoever runs it "
        "can add a name with BAOGONG_TRUSTED_HOSTS.",
    )
    return answer(request, 400, "host-trusted", text)


def other_sites_form(scope: Scope, receive: Receive) -> Response:
    request = unsigned(scope, receive)
    text = say(language_of(request), "This form was sent from another site and was not taken in.")
    return answer(request, 403, "same-site", text)


def not_our_form(scope: Scope, receive: Receive) -> Response:
    request = Request(scope, receive)
    text = say(
        language_of(request),
        "Nothing was recorded: this page is older than your sign-in. Open it again and repeat what you did.",
    )
    return answer(request, 403, "form-token", text)


def unsigned(scope: Scope, receive: Receive) -> Request:
    """A request of which it is not asked who sent it."""
    request = Request(scope, receive)
    request.state.person = None
    return request
