"""The cookies of signing in: how they are called and what browsers are told about them. Nothing else reads or sets them.

Over https the names begin with ``__Host-``: a browser takes such a cookie only from this very host, over https, for the
whole site, so that no neighbouring site and nobody on the way can plant one. A browser wants ``Path=/`` for that; the
upload key and the mark of a known browser, which are for one path only, begin with ``__Secure-`` instead. Over plain http the names are ordinary.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from fastapi import Request
from fastapi.responses import Response

SESSION: Final = "baogong"
MORE: Final = "baogong-more"
UPLOAD: Final = "baogong-upload"
KNOWN: Final = "baogong-known"
KNOWN_PATH: Final = "/signin"
UPLOAD_PATH: Final = "/api/scans"
MOST_MORE: Final = 6
"""Sessions beside the acting one that a browser keeps."""
MOST_UPLOAD: Final = 8
TOKEN: Final = re.compile(r"[\w-]{16,128}", re.ASCII)


def session_name(scheme: str) -> str:
    return f"__Host-{SESSION}" if scheme == "https" else SESSION


def more_name(scheme: str) -> str:
    return f"__Host-{MORE}" if scheme == "https" else MORE


def upload_name(scheme: str, badge: str | None = None) -> str:
    name = f"__Secure-{UPLOAD}" if scheme == "https" else UPLOAD
    return f"{name}-{badge}" if badge else name


def session_cookie(request: Request) -> str | None:
    """The acting session's token as the browser sent it; it opens nothing unless the server has made it."""
    return session_in(_sent(request), request.scope["scheme"])


def more_sessions(request: Request) -> tuple[str, ...]:
    """Tokens of the other badges on this phone."""
    kept = _value_in(_sent(request), more_name(request.scope["scheme"]).encode())
    return tuple(token for token in (kept or "").split(".") if TOKEN.fullmatch(token))[:MOST_MORE]


def upload_keys(request: Request) -> tuple[str, ...]:
    """Of every badge that this phone has had: each has a cookie of its own, as no page sees those of earlier ones."""
    return upload_keys_in(_sent(request), request.scope["scheme"])


def session_in(cookies: bytes, scheme: str) -> str | None:
    """As ``session_cookie``, from a Cookie header."""
    return _value_in(cookies, session_name(scheme).encode())


def upload_keys_in(cookies: bytes, scheme: str) -> tuple[str, ...]:
    pairs = (pair.decode("latin-1").strip().partition("=") for pair in cookies.split(b";"))
    sent = (value.strip(' "') for name, _, value in pairs if name.startswith(upload_name(scheme)))
    return tuple(token for token in sent if TOKEN.fullmatch(token))[:MOST_UPLOAD]


def known_name(scheme: str, mark: str) -> str:
    return f"{'__Secure-' if scheme == 'https' else ''}{KNOWN}-{mark}"


def known_device_cookie(request: Request, mark: str) -> str | None:
    return _value_in(_sent(request), known_name(request.scope["scheme"], mark).encode())


def set_known_device(request: Request, response: Response, mark: str, value: str, expires: datetime) -> None:
    _set(request, response, known_name(request.scope["scheme"], mark), value, expires, KNOWN_PATH)


def set_session(request: Request, response: Response, token: str, expires: datetime) -> None:
    _set(request, response, session_name(request.scope["scheme"]), token, expires)


def set_more_sessions(request: Request, response: Response, tokens: Sequence[str], expires: datetime) -> None:
    name = more_name(request.scope["scheme"])
    if tokens:
        _set(request, response, name, ".".join(tokens[:MOST_MORE]), expires)
    else:
        _forget(request, response, name)


def set_upload_key(request: Request, response: Response, token: str, expires: datetime, badge: str) -> None:
    """Beside those of earlier badges, whose scans may still wait."""
    _set(request, response, upload_name(request.scope["scheme"], badge), token, expires, UPLOAD_PATH)


def forget_upload_key(request: Request, response: Response, badge: str | None) -> None:
    _forget(request, response, upload_name(request.scope["scheme"], badge), UPLOAD_PATH)


def forget_sessions(request: Request, response: Response) -> None:
    """The acting session and all others; the upload key stays, for what still waits to be sent."""
    _forget(request, response, session_name(request.scope["scheme"]))
    _forget(request, response, more_name(request.scope["scheme"]))


def leave(request: Request, response: Response, *, queue_is_empty: bool, badge: str | None = None) -> None:
    """Signing out, or the end of a shift: what the browser keeps of us is wiped as far as nothing is lost by it.

    Only the page that keeps the queue of scans knows whether it is empty; until it says so the queue and the upload key that
    sends it stay. Cookies go one by one: ``"cookies"`` would reach neighbouring sites of the same domain, too.
    """
    forget_sessions(request, response)
    if queue_is_empty:
        forget_upload_key(request, response, badge)
    response.headers["Clear-Site-Data"] = '"cache", "storage"' if queue_is_empty else '"cache"'


def _sent(request: Request) -> bytes:
    return request.headers.get("cookie", "").encode("latin-1")


def _set(request: Request, response: Response, name: str, value: str, expires: datetime, path: str = "/") -> None:
    secure = request.scope["scheme"] == "https"
    response.set_cookie(name, value, expires=expires, path=path, httponly=True, samesite="lax", secure=secure)


def _forget(request: Request, response: Response, name: str, path: str = "/") -> None:
    secure = request.scope["scheme"] == "https"
    response.delete_cookie(name, path=path, httponly=True, samesite="lax", secure=secure)


def _value_in(cookies: bytes, name: bytes) -> str | None:
    """The first of that name: the one a browser holds to fit best."""
    for pair in cookies.split(b";"):
        key, _, value = pair.partition(b"=")
        if key.strip() == name:
            return value.strip(b' "').decode("latin-1") or None
    return None
