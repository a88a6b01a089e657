"""Browsers on which somebody has signed in with a password before: others' guesses do not lock them out."""

import secrets
from datetime import timedelta
from typing import Final

from fastapi import Request
from fastapi.responses import Response

from services.cookies import known_device_cookie, set_known_device
from services.csrf import FormTokens
from services.wiring import now

KNOWN_FOR: Final = timedelta(days=180)


def known_device(request: Request, login: str) -> str | None:
    """The name of this browser, where this login has been signed in with on it."""
    name, _, token = (known_device_cookie(request, _mark(request, login)) or "").partition(".")
    return name if name and _tokens(request).fits(_belonging(login, name), token.encode()) else None


def remember_device(request: Request, response: Response, login: str) -> None:
    name = known_device(request, login) or secrets.token_hex(8)
    value = f"{name}.{_tokens(request).token(_belonging(login, name))}"
    set_known_device(request, response, _mark(request, login), value, now() + KNOWN_FOR)


def _mark(request: Request, login: str) -> str:
    """Tells the logins of one browser apart; whoever reads the cookies learns none from it."""
    return _tokens(request).belonging(f"device mark {login}").hex()[:12]


def _belonging(login: str, name: str) -> str:
    return f"device {name} {login}"


def _tokens(request: Request) -> FormTokens:
    tokens: FormTokens = request.app.state.form_tokens
    return tokens
