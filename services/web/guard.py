"""What every request meets before its route, in one layer, so that a scan pays for one and not for six."""

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.cookies import UPLOAD_PATH
from services.csrf import BY_UPLOAD_KEY, HEADER, FormTokens, carried_by_upload_key_only, signed_by_cookie
from services.web.bodies import API_LIMIT, UPLOAD_LIMIT, at_most, first_field, length_announced
from services.web.errors import host_unknown, http_error, not_our_form, other_sites_form
from services.web.headers import add_headers, headers_for
from services.web.hosts import TrustedHosts

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
OUR_OWN: Final = frozenset({b"same-origin", b"none"})
TOKEN: Final = HEADER.lower().encode()
WORTH_PACKING: Final = 700
"""Bytes."""
Headers = dict[bytes, bytes]


class Guard:
    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: TrustedHosts,
        tokens: FormTokens,
        left_over: Callable[[Request], bool] = lambda _: False,
        upload_paths: tuple[str, ...] = (),
    ) -> None:
        """``left_over`` says of a request whether its upload key sends what waited when its shift ended."""
        self.plain = app
        self.packed = GZipMiddleware(app, minimum_size=WORTH_PACKING, compresslevel=5)
        self.hosts = hosts
        self.tokens = tokens
        self.left_over = left_over
        self.upload_paths = upload_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.plain(scope, receive, send)
            return
        headers: Headers = dict(reversed(scope["headers"]))  # of two with one name, the first: as routes see it
        path = scope["path"]
        changes = scope["method"] not in SAFE
        ours = headers_for(path, scope["scheme"])

        def send_with_headers(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                add_headers(message, ours)
            return send(message)

        if not self.hosts.trust(headers.get(b"host"), scope.get("server")):
            await host_unknown(scope, receive)(scope, receive, send_with_headers)
            return
        if changes and sent_by_another_site(headers):
            await other_sites_form(scope, receive)(scope, receive, send_with_headers)
            return
        limit = self.limit_of(path)
        announced = length_announced(headers)
        if announced is None:
            if changes or b"transfer-encoding" in headers or b"content-length" in headers:
                receive = at_most(limit, receive)
        elif announced > limit:
            refused = await http_error(Request(scope, receive), HTTPException(413))
            await refused(scope, receive, send_with_headers)
            return
        if changes:
            fits, receive = await self.is_our_form(scope, headers, receive)
            if not fits:
                await not_our_form(scope, receive)(scope, receive, send_with_headers)
                return
        inner = self.plain if changes and path.startswith("/api/") else self.packed
        await inner(lower_case(scope) if path[1:2].isupper() else scope, receive, send_with_headers)

    def limit_of(self, path: str) -> int:
        return UPLOAD_LIMIT if path.startswith(self.upload_paths) else API_LIMIT

    async def is_our_form(self, scope: Scope, headers: Headers, receive: Receive) -> tuple[bool, Receive]:
        """Whether a change that a cookie would sign was sent by a page of ours; and the body, to be received."""
        session = signed_by_cookie(headers, scope["scheme"])
        is_json = headers.get(b"content-type", b"").startswith(b"application/json")
        if session is None:
            return is_json or not carried_by_upload_key_only(headers, scope["scheme"]), receive
        token = headers.get(TOKEN)
        if token is None:
            token, receive = await first_field(headers.get(b"content-type", b""), receive)
        fits = self.tokens.fits(session, token)
        if not fits and is_json and scope["path"] == UPLOAD_PATH and self.left_over(Request(scope)):
            # the session in the cookie is of whoever uses this phone now, and must not sign for who had it before
            scope.setdefault("state", {})[BY_UPLOAD_KEY] = True
            fits = True
        return fits, receive


def lower_case(scope: Scope) -> Scope:
    """``/P/CODE`` works like ``/p/CODE``: labels carry upper-case addresses, which make smaller QR codes."""
    first, slash, rest = scope["path"].removeprefix("/").partition("/")
    if not (first.isascii() and first.isupper()):
        return scope
    path = f"/{first.lower()}{slash}{rest}"
    return {**scope, "path": path, "raw_path": path.encode()}


def sent_by_another_site(headers: Headers) -> bool:
    """By what the browser says itself; programs without a browser say nothing and carry no cookie by accident."""
    fetched_from = headers.get(b"sec-fetch-site")
    if fetched_from is not None:
        return fetched_from not in OUR_OWN
    origin = headers.get(b"origin")
    if origin is None:
        return False
    parts = urlsplit(origin.decode("latin-1"))
    return parts.scheme not in {"http", "https"} or parts.netloc.encode("latin-1") != headers.get(b"host")
