"""How much a request may send, and the form token that stands first in a form."""

import re
from collections.abc import Mapping
from typing import Final

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from services.csrf import FIELD, TEXT_SIZE

API_LIMIT: Final = 2 * 1024 * 1024
UPLOAD_LIMIT: Final = 25 * 1024 * 1024
LONGEST_LENGTH: Final = 15
"""Digits of a Content-Length that is worth reading."""
ENOUGH: Final = 2048
"""Bytes of a form within which its first field has ended."""
FORM: Final = b"application/x-www-form-urlencoded"
PARTS: Final = b"multipart/form-data"
FIRST_FIELD: Final = re.compile(rb"%s=([\w-]{%d})(?:&|$)" % (FIELD.encode(), TEXT_SIZE))
FIRST_PART: Final = re.compile(
    rb'--[^\r\n]{1,200}\r\n(?i:content-disposition: form-data; name)="%s"\r\n\r\n([\w-]{%d})\r\n'
    % (FIELD.encode(), TEXT_SIZE)
)


def length_announced(headers: Mapping[bytes, bytes]) -> int | None:
    """Bytes that the server holds the sender to; None where it is not said."""
    said = headers.get(b"content-length")
    if said is None or b"transfer-encoding" in headers or not said.isdigit():
        return None
    return int(said[:LONGEST_LENGTH]) if len(said) > LONGEST_LENGTH else int(said)


def at_most(limit: int, receive: Receive) -> Receive:
    """Raises HTTPException 413 as soon as more has arrived."""
    arrived = 0

    async def counted() -> Message:
        nonlocal arrived
        message = await receive()
        arrived += len(message.get("body", b""))
        if arrived > limit:
            raise HTTPException(413)
        return message

    return counted


async def first_field(kind: bytes, receive: Receive) -> tuple[bytes | None, Receive]:
    """The form token where it is the first field of a form, and the whole body to be received again."""
    place = FIRST_FIELD if kind.startswith(FORM) else FIRST_PART if kind.startswith(PARTS) else None
    if place is None:
        return None, receive
    begun, messages = b"", []
    while len(begun) < ENOUGH:
        message = await receive()
        messages.append(message)
        begun += message.get("body", b"")
        if not message.get("more_body"):
            break
    messages.reverse()

    async def again() -> Message:
        return messages.pop() if messages else await receive()

    found = place.match(begun)
    return found and found[1], again
