"""Form tokens: what only a page of ours can send along, so that no other site acts in a signed-in person's name.

The token belongs to the session cookie: HMAC(key, session), the key derived from the installation's secret, so that it
outlives a restart. Each page shows it under a pad of its own: packed pages over https then tell nothing about it by
their length. A request that carries no session cookie, or is signed in by an ``Authorization`` header, needs none.
"""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from fastapi import Request

from services.cookies import session_cookie, session_in, upload_keys_in

FIELD: Final = "csrf_token"
"""The first field of every form that is posted."""
HEADER: Final = "X-CSRF-Token"
BY_UPLOAD_KEY: Final = "by_upload_key"
"""In the state of a request that its session cookie does not sign."""
SIZE: Final = 18
"""Bytes, which make text without padding."""
TEXT_SIZE: Final = 2 * SIZE * 4 // 3
REMEMBERED: Final = 1024
"""Sessions whose token need not be worked out again."""
SIGNED_BY_PROGRAM: Final = (b"bearer ", b"upload ")
"""Schemes of Authorization that no browser sends by itself, as it does with Basic."""


class FormTokens:
    """Makes and checks form tokens; one for the whole installation."""

    def __init__(self, secret: bytes) -> None:
        key = hmac.digest(secret, b"baogong form tokens", "sha256")
        self.belonging = lru_cache(REMEMBERED)(lambda session: hmac.digest(key, session.encode(), "sha256")[:SIZE])

    def token(self, session: str) -> str:
        pad = secrets.token_bytes(SIZE)
        return urlsafe_b64encode(pad + _mixed(pad, self.belonging(session))).decode()

    def fits(self, session: str, token: bytes | None) -> bool:
        if token is None or len(token) != TEXT_SIZE:
            return False
        try:
            sent = urlsafe_b64decode(token)
        except (NotBase64, ValueError):
            return False
        return hmac.compare_digest(_mixed(sent[:SIZE], sent[SIZE:]), self.belonging(session))


def _mixed(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).to_bytes(SIZE, "big")


def form_token(request: Request) -> str:
    """For a page: the token of who looks at it; empty where no session cookie was sent."""
    session = session_cookie(request)
    tokens: FormTokens | None = getattr(request.app.state, "form_tokens", None)
    return tokens.token(session) if session and tokens else ""


def signed_by_cookie(headers: Mapping[bytes, bytes], scheme: str) -> str | None:
    """The session that this request is carried by, unless it says itself who sends it."""
    cookies = headers.get(b"cookie")
    if cookies is None or headers.get(b"authorization", b"").lower().startswith(SIGNED_BY_PROGRAM):
        return None
    return session_in(cookies, scheme)


def carried_by_upload_key_only(headers: Mapping[bytes, bytes], scheme: str) -> bool:
    """Such a request has no page whose token it could send; it must be JSON, which no form of another site can post."""
    cookies = headers.get(b"cookie")
    return (
        cookies is not None
        and b"authorization" not in headers
        and session_in(cookies, scheme) is None
        and bool(upload_keys_in(cookies, scheme))
    )
