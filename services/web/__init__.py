"""What protects the application: hosts, sizes, form tokens, headers, and answers to what went wrong."""

import secrets
from collections.abc import Callable, Iterable
from typing import Final

from fastapi import FastAPI

from services.access import Entrance
from services.csrf import FormTokens
from services.pages.assets import StaticFiles
from services.web.errors import answer_errors
from services.web.guard import Guard
from services.web.hosts import TrustedHosts
from services.web.left_over import left_over

UPLOAD_PATHS: Final = ("/import", "/api/imports")


def protect(app: FastAPI, *, secret: bytes | None = None, hosts: Callable[[], Iterable[str]] = tuple) -> None:
    """Puts all of this folder around an application and mounts the static files.

    ``secret`` makes form tokens that outlive a restart. ``hosts`` names, beside the entrance's public address, the hosts
    under which it answers.
    """

    def named() -> Iterable[str]:
        entrance: Entrance | None = getattr(app.state, "entrance", None)
        return (*((entrance.public_address,) if entrance and entrance.public_address else ()), *hosts())

    app.state.form_tokens = FormTokens(secret or secrets.token_bytes(32))
    app.mount("/static", StaticFiles(), name="static")
    answer_errors(app)
    guarded = {"hosts": TrustedHosts(named), "tokens": app.state.form_tokens, "left_over": left_over}
    app.add_middleware(Guard, **guarded, upload_paths=UPLOAD_PATHS)
