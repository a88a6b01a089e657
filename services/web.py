"""What every request meets before and after its route: limits, headers, and answers to what went wrong."""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.base import Refused
from infra.errors import Conflict, StorageUnavailable
from services.access import NotAllowed, SignInNeeded
from services.pages.assets import StaticFiles
from services.pages.language import N_, language_of, say
from services.pages.layout import render
from services.pages.mistakes import field_named, mistake_text
from services.pages.words import refusal_text

API_LIMIT: Final = 2 * 1024 * 1024
UPLOAD_LIMIT: Final = 25 * 1024 * 1024
RETRY_AFTER: Final = {"Retry-After": "2"}
MISTAKES_NAMED: Final = 20
LONGEST_LENGTH: Final = 15
"""Digits of a Content-Length that is worth reading."""

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}

STATUS_TEXTS: Final[Mapping[int, str]] = {
    400: N_("This request could not be read."),
    404: N_("There is nothing here."),
    405: N_("This address does not take that kind of request."),
    413: N_("This is too large to be taken in."),
    415: N_("This kind of content is not taken in."),
    429: N_("Too many requests at once. Wait a moment and try again."),
}
OTHER_ERROR: Final = N_("This did not work.")
OUR_FAULT: Final = N_("Something went wrong on our side. Please try again in a moment.")

log = structlog.get_logger()


def protect(app: FastAPI, *, upload_paths: tuple[str, ...] = ("/import", "/api/imports")) -> None:
    """Puts all of this module around an application and mounts the static files."""
    app.mount("/static", StaticFiles(), name="static")
    answer_errors(app)
    app.add_middleware(GZipMiddleware, minimum_size=700, compresslevel=5)
    app.add_middleware(BodyLimit, upload_paths=upload_paths)
    app.add_middleware(SameSiteOnly)
    app.add_middleware(UpperCasePaths)
    app.add_middleware(SecurityHeaders)


def answer_errors(app: FastAPI) -> None:
    app.add_exception_handler(SignInNeeded, sign_in_needed)
    app.add_exception_handler(NotAllowed, not_allowed)
    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(Conflict, someone_wrote_first)
    app.add_exception_handler(StorageUnavailable, storage_unavailable)
    app.add_exception_handler(RequestValidationError, not_well_formed)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(Exception, our_fault)


def wants_json(request: Request) -> bool:
    return request.url.path.startswith("/api/")


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
    return render(request, "signin_needed.html", status_code=401)


async def not_allowed(request: Request, error: Exception) -> Response:
    del error
    text = say(language_of(request), "Your role does not include this. Ask the committee staff if you need it.")
    return answer(request, 403, "not-allowed", text)


async def refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)  # noqa: S101 — registered for this class only
    return answer(request, 409, error.rule, refusal_text(language_of(request), error.rule, error.text))


async def someone_wrote_first(request: Request, error: Exception) -> Response:
    del error
    text = say(language_of(request), "Someone else changed this at the same moment. Look again and repeat it.")
    return answer(request, 409, "someone-wrote-first", text)


async def storage_unavailable(request: Request, error: Exception) -> Response:
    log.warning("storage unavailable", path=request.url.path, cause=type(error.__cause__ or error).__name__)
    text = say(language_of(request), "The record is busy at the moment. Nothing is lost; try again in a few seconds.")
    return answer(request, 503, "storage-unavailable", text, headers=RETRY_AFTER)


async def not_well_formed(request: Request, error: Exception) -> Response:
    """Names the fields and what is wrong with them, never what was sent."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 — registered for this class only
    language, mistakes = language_of(request), list(error.errors())
    if any(mistake["type"] == "json_invalid" for mistake in mistakes):
        return answer(request, 400, "readable-json", say(language, "This is not readable JSON."))
    named = [
        {"field": field_named(mistake["loc"]), "text": mistake_text(language, mistake)}
        for mistake in mistakes[:MISTAKES_NAMED]
    ]
    text = "; ".join(f"{one['field']}: {one['text']}" for one in named[:3])
    return answer(request, 422, "well-formed", text, errors=named)


async def http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 — registered for this class only
    status = error.status_code
    if status < 400:  # noqa: PLR2004 — a redirect raised as an exception is not an error
        return Response(status_code=status, headers=dict(error.headers or {}))
    text = say(language_of(request), STATUS_TEXTS.get(status, OTHER_ERROR))
    rule = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}.get(status, "not-taken")
    return answer(request, status, rule, text, headers=error.headers)


async def our_fault(request: Request, error: Exception) -> Response:
    log.error("unexpected error", path=request.url.path, error=type(error).__name__)
    response = answer(request, 500, "our-fault", say(language_of(request), OUR_FAULT))
    for name, value in HEADERS.items():  # this answer is made outside of all middleware
        response.headers.setdefault(name, value)
    return response


class BodyLimit:
    """413 for bodies that are too large, as soon as they are: by their announced length or while they arrive."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        api_limit: int = API_LIMIT,
        upload_limit: int = UPLOAD_LIMIT,
        upload_paths: tuple[str, ...],
    ) -> None:
        self.app = app
        self.api_limit = api_limit
        self.upload_limit = upload_limit
        self.upload_paths = upload_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.upload_limit if scope["path"].startswith(self.upload_paths) else self.api_limit
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and (len(announced) > LONGEST_LENGTH or int(announced) > limit):
            response = await http_error(Request(scope, receive), HTTPException(413))
            await response(scope, receive, send)
            return
        arrived = 0

        async def receive_counted() -> Message:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > limit:
                raise HTTPException(413)
            return message

        await self.app(scope, receive_counted, send)


class SecurityHeaders:
    """Adds what a response has not set itself; nothing is kept by browsers unless it says so."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
            await send(message)

        await self.app(scope, receive, send_with_headers)


class UpperCasePaths:
    """``/P/CODE`` works like ``/p/CODE``: labels carry upper-case addresses, which make smaller QR codes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            first, slash, rest = scope["path"].removeprefix("/").partition("/")
            if first.isascii() and first.isupper():
                path = f"/{first.lower()}{slash}{rest}"
                scope = {**scope, "path": path, "raw_path": path.encode()}
        await self.app(scope, receive, send)


class SameSiteOnly:
    """403 for changes that another site's page tries to make in a signed-in person's name."""

    SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in self.SAFE and sent_by_another_site(Headers(scope=scope)):
            request = Request(scope, receive)
            request.state.person = None
            text = say(language_of(request), "This form was sent from another site and was not taken in.")
            await answer(request, 403, "same-site", text)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def sent_by_another_site(headers: Headers) -> bool:
    """By what the browser says itself; programs without a browser say nothing and carry no cookie by accident."""
    fetched_from = headers.get("sec-fetch-site")
    if fetched_from is not None:
        return fetched_from not in {"same-origin", "none"}
    origin = headers.get("origin")
    if origin is None:
        return False
    return not re.fullmatch(r"https?", urlsplit(origin).scheme) or urlsplit(origin).netloc != headers.get("host")
