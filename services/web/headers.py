"""What every answer tells a browser about itself, made once; a route's own header of the same name counts instead."""

from typing import Final

from starlette.types import Message

Header = tuple[bytes, bytes]

SCAN_PAGE: Final = "/scan"
"""Decodes codes from the camera's picture, where a phone cannot do it by itself, by compiled code (wasm)."""
OF_DOORS: Final = "/d/"
"""Behind it stands a code that opens a household's page."""
HSTS: Final[Header] = (b"strict-transport-security", b"max-age=31536000")


def policy(scripts: str) -> bytes:
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ).encode()


EVERYWHERE: Final[tuple[Header, ...]] = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
)
ON_PAGES: Final[tuple[Header, ...]] = (
    (b"x-frame-options", b"DENY"),  # for the browsers inside old apps; others follow frame-ancestors
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    *EVERYWHERE,
)
PAGE: Final[tuple[Header, ...]] = (
    (b"content-security-policy", policy("'self'")),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    *ON_PAGES,
)
DOOR: Final[tuple[Header, ...]] = tuple(
    (name, b"strict-origin") if name == b"referrer-policy" else (name, value) for name, value in PAGE
)
"""The code in the address goes no further, not even to ourselves; "no-referrer" would also take the Origin off forms."""
SCAN: Final[tuple[Header, ...]] = (
    (b"content-security-policy", policy("'self' 'wasm-unsafe-eval'")),
    (b"permissions-policy", b"camera=(self), geolocation=(), microphone=()"),
    *ON_PAGES,
)
API: Final[tuple[Header, ...]] = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    *EVERYWHERE,
)
OURS: Final = frozenset(name for name, _ in (*PAGE, HSTS))


def headers_for(path: str, scheme: str) -> tuple[Header, ...]:
    plain = API if path.startswith("/api/") else SCAN if path == SCAN_PAGE else PAGE
    if path[: len(OF_DOORS)].lower() == OF_DOORS:
        plain = DOOR
    return (*plain, HSTS) if scheme == "https" else plain


def add_headers(start: Message, ours: tuple[Header, ...]) -> None:
    """To the message that starts an answer."""
    theirs = list(start["headers"])
    said = {name for name, _ in theirs}
    if not OURS.isdisjoint(said):
        ours = tuple(header for header in ours if header[0] not in said)
    start["headers"] = [*theirs, *ours]
