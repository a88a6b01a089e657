"""Static files, kept in memory and named by what they contain, so that browsers may keep them for ever."""

import gzip
import hashlib
import mimetypes
from pathlib import Path
from typing import Final, NamedTuple

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

STATIC: Final = Path(__file__).parent / "static"
TEXTS: Final = frozenset({".css", ".js", ".svg", ".json", ".webmanifest", ".txt"})
FOR_EVER: Final = "public, max-age=31536000, immutable"
ASK_AGAIN: Final = "no-cache"


class Asset(NamedTuple):
    body: bytes
    packed: bytes | None
    media_type: str


def read_assets(directory: Path = STATIC) -> dict[str, Asset]:
    assets = {}
    for path in sorted(directory.rglob("*")):
        if path.is_file():
            body = path.read_bytes()
            packed = gzip.compress(body, 9, mtime=0) if path.suffix in TEXTS else None
            media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            if path.suffix == ".js":
                media_type = "text/javascript"
            if path.suffix in TEXTS:
                media_type += "; charset=utf-8"
            assets[path.relative_to(directory).as_posix()] = Asset(body, packed, media_type)
    return assets


def version_of(assets: dict[str, Asset]) -> str:
    """One name for all files together: modules that import each other then never mix versions."""
    digest = hashlib.sha256()
    for name, asset in assets.items():
        digest.update(f"{name}\x00{len(asset.body)}\x00".encode())
        digest.update(asset.body)
    return digest.hexdigest()[:12]


ASSETS: Final = read_assets()
VERSION: Final = version_of(ASSETS)


def static_url(name: str) -> str:
    """Where a page finds a static file; KeyError for one that does not exist."""
    if name not in ASSETS:
        raise KeyError(name)
    return f"/static/{VERSION}/{name}"


class StaticFiles:
    """To be mounted at ``/static``; serves ``/VERSION/NAME``, an outdated version by the present file."""

    declared_action = "anyone"

    def __init__(self) -> None:
        self.declared_action = StaticFiles.declared_action

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.answer(scope)(scope, receive, send)

    @staticmethod
    def answer(scope: Scope) -> Response:
        version, _, name = scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/").partition("/")
        asset = ASSETS.get(name)
        if asset is None or scope["method"] not in {"GET", "HEAD"}:
            return PlainTextResponse("Not Found", 404)
        headers = {
            "Cache-Control": FOR_EVER if version == VERSION else ASK_AGAIN,
            "ETag": f'"{VERSION}"',
            "Vary": "Accept-Encoding",
        }
        asked = Headers(scope=scope)
        if asked.get("if-none-match") == headers["ETag"]:
            return Response(None, 304, headers)
        if asset.packed is not None and "gzip" in asked.get("accept-encoding", ""):
            return Response(asset.packed, 200, {**headers, "Content-Encoding": "gzip"}, asset.media_type)
        return Response(asset.body, 200, headers, asset.media_type)
