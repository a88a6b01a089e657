"""The cookies that hold reference tokens: which session acts, which others this phone has, and its upload key.

Over https their names begin with ``__Host-`` (``__Secure-`` where a path limits them), so that no other site can set them.
"""

from datetime import datetime
from typing import Final

from fastapi import Request
from fastapi.responses import Response

COOKIE: Final = "baogong"
MOST_OTHERS: Final = 6
UPLOAD_PATH: Final = "/api/scans"


def is_secure(request: Request) -> bool:
    return bool(request.scope["scheme"] == "https")


def acting_name(request: Request) -> str:
    return f"__Host-{COOKIE}" if is_secure(request) else COOKIE


def others_name(request: Request) -> str:
    return f"{acting_name(request)}-more"


def upload_name(request: Request) -> str:
    return f"__Secure-{COOKIE}-upload" if is_secure(request) else f"{COOKIE}-upload"


def acting_token(request: Request) -> str | None:
    return request.cookies.get(acting_name(request)) or None


def other_tokens(request: Request) -> list[str]:
    """Of the other people who are signed in on this phone, the latest first."""
    return request.cookies.get(others_name(request), "").split()[:MOST_OTHERS]


def upload_token(request: Request) -> str | None:
    return request.cookies.get(upload_name(request)) or None


def set_acting(request: Request, response: Response, token: str, expires: datetime) -> None:
    _set(request, response, acting_name(request), token, expires)


def set_others(request: Request, response: Response, tokens: list[str], expires: datetime) -> None:
    if tokens:
        _set(request, response, others_name(request), " ".join(tokens[:MOST_OTHERS]), expires)
    else:
        response.delete_cookie(others_name(request), path="/", secure=is_secure(request), httponly=True, samesite="lax")


def set_upload_key(request: Request, response: Response, token: str, expires: datetime) -> None:
    _set(request, response, upload_name(request), token, expires, UPLOAD_PATH)


def forget_acting(request: Request, response: Response) -> None:
    response.delete_cookie(acting_name(request), path="/", secure=is_secure(request), httponly=True, samesite="lax")


def _set(
    request: Request, response: Response, name: str, value: str, expires: datetime, path: str = "/"
) -> None:
    response.set_cookie(
        name, value, expires=expires, path=path, httponly=True, samesite="lax", secure=is_secure(request)
    )
