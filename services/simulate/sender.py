"""The phones of a simulation: what they scanned goes to a server through its public interface."""

import http.client
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit
from zlib import crc32

import orjson

from services.cookies import session_name
from services.simulate.uploads import Upload

PATIENCE: Final = 10.0
"""Seconds for one answer."""
TRIES: Final = 20
WAIT: Final = 0.5
UNAUTHORISED: Final = 401
SERVER_BUSY: Final = frozenset({429, 503})

SessionOf = Callable[[Upload], str]


class NotTaken(Exception):  # noqa: N818 — an answer of the server, told to a person
    """The server does not take scans: not reachable, not signed in, no compound."""


class Phones:
    """One connection that all phones share; a scan that was sent twice is recorded once, so it may try again."""

    def __init__(
        self,
        url: str,
        session_of: SessionOf,
        gives_up: Callable[[], bool] = lambda: False,
        certificate: Path | None = None,
    ) -> None:
        address = urlsplit(url)
        if address.scheme not in {"http", "https"} or not address.hostname:
            raise NotTaken(f"{url} is not an address like http://127.0.0.1:8000")
        self.connection = (
            http.client.HTTPSConnection(
                address.hostname, address.port, timeout=PATIENCE, context=trusting(certificate) if certificate else None
            )
            if address.scheme == "https"
            else http.client.HTTPConnection(address.hostname, address.port, timeout=PATIENCE)
        )
        self.url = url
        self.scheme = address.scheme
        self.session_of = session_of
        self.gives_up = gives_up

    def send(self, upload: Upload) -> list[dict[str, Any]]:
        """The answers, one for each item; none when asked to give up meanwhile. Raises NotTaken."""
        body = orjson.dumps({"scans": upload.items})
        said = "no answer"
        for _ in range(TRIES):
            if self.gives_up():
                return []
            headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.session_of(upload)}"}
            try:
                status, answered, content = self.ask("POST", "/api/scans", body, headers)
            except (OSError, http.client.HTTPException) as error:
                said = f"it does not answer ({type(error).__name__})"
                time.sleep(WAIT)
                continue
            if status == HTTPStatus.OK:
                answers: list[dict[str, Any]] = orjson.loads(content)["answers"]
                return answers
            said = f"{status} {text_in(content)}"
            if status not in SERVER_BUSY:
                break
            time.sleep(float(answered.get("retry-after") or WAIT))
        raise NotTaken(f"{self.url} does not take the scans: {said}")

    def redeem(self, token: str) -> str:
        """The session that a sign-in link opens; the token itself where it is a session already."""
        body = f"token={quote(token)}".encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            status, answered, _ = self.ask("POST", "/j", body, headers)
        except (OSError, http.client.HTTPException) as error:
            raise NotTaken(f"{self.url} does not answer ({type(error).__name__}).") from None
        cookies = [each.partition(";")[0].partition("=") for each in answered.get_all("set-cookie") or ()]
        opened = next((value for name, _, value in cookies if name == session_name(self.scheme)), None)
        return opened if opened and status == HTTPStatus.SEE_OTHER else token

    def ask(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        try:
            self.connection.request(method, path, body, dict(headers))
            response = self.connection.getresponse()
            return response.status, response.headers, response.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            raise

    def close(self) -> None:
        self.connection.close()


def trusting(certificate: Path) -> ssl.SSLContext:
    """Only this very certificate, whatever name it carries: the server is on the same machine."""
    context = ssl.create_default_context(cafile=certificate)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def text_in(content: bytes) -> str:
    try:
        return str(orjson.loads(content).get("text", ""))
    except (orjson.JSONDecodeError, AttributeError):
        return ""


class Crowd:
    """Many phones at once, each on one of a few lines, so that its own scans stay in order. Raises NotTaken."""

    def __init__(self, url: str, session_of: SessionOf, lines: int = 8) -> None:
        self.lines = [Phones(url, session_of) for _ in range(lines)]
        self.hands = ThreadPoolExecutor(lines)

    def send(self, uploads: Sequence[Upload]) -> list[dict[str, Any]]:
        """The answers to all items, line by line."""
        waiting: list[list[Upload]] = [[] for _ in self.lines]
        for upload in uploads:
            waiting[crc32(upload.device.encode()) % len(self.lines)].append(upload)
        sent = self.hands.map(send_each, self.lines, waiting)
        return [answer for answers in sent for answer in answers]

    def close(self) -> None:
        self.hands.shutdown()
        for line in self.lines:
            line.close()


def send_each(phones: Phones, uploads: Sequence[Upload]) -> list[dict[str, Any]]:
    return [answer for upload in uploads for answer in phones.send(upload)]
