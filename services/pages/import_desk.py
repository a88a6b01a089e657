"""What the pages of importing share: the shelf of readings, the compound that may not be there yet, and one refusal."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, NamedTuple
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import Depends, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from domain.base import Refused
from domain.base import Request as Asking
from infra.asks import Answer, Ask
from infra.tables import Sheet, UnreadableFile, open_tables
from services.access import compound_in_view
from services.api.house import InHouse
from services.imports.layouts import UnreadableTable
from services.imports.roster_pattern import UnreadablePattern
from services.imports.shelf import Shelf
from services.office import Asked, answer_of
from services.pages.import_words import table_text
from services.pages.language import N_, Language, say
from services.wiring import House, now

SEE_OTHER: Final = 303
TOO_MUCH: Final = frozenset({"too-large", "too-many-cells", "too-many-columns", "too-many-rows", "unpacks-too-large"})
LONGEST_NAME: Final = 100
NOT_YOUR_GROUP_BUY: Final = N_(
    "This is not one of your group buys, and nothing was booked. Choose one of yours on the page of imports. A new one is "
    "opened by the committee staff: they import its first table and give you the leader's role for it."
)
Unreadable = UnreadableFile | UnreadableTable | UnreadablePattern


def shelf_of(request: Request) -> Shelf:
    state = request.app.state
    if not hasattr(state, "shelf"):
        state.shelf = Shelf()
    shelf: Shelf = state.shelf
    return shelf


class Desk(NamedTuple):
    """What every page of importing needs beside the person and the compound."""

    request: Request
    house: House
    shelf: Shelf


async def desk_of(request: Request, house: InHouse) -> Desk:
    return Desk(request, house, shelf_of(request))


AtDesk = Annotated[Desk, Depends(desk_of)]


async def compound_or_none(request: Request) -> str | None:
    """The compound in view; None where there is none yet, or where a new one is asked for."""
    if "new" in request.query_params:
        return None
    try:
        return await compound_in_view(request)
    except Refused as refusal:
        if refusal.rule != "compound-founded":
            raise
        return None


CompoundOrNone = Annotated[str | None, Depends(compound_or_none)]


def address(request: Request, path: str, **said: str) -> str:
    """The path, with the compound that an administrator of several has chosen."""
    chosen = request.query_params.get("compound")
    said = {"compound": chosen, **said} if chosen else said
    return f"{path}?{urlencode(said)}" if said else path


def see_other(request: Request, path: str, **said: str) -> Response:
    return RedirectResponse(address(request, path, **said), SEE_OTHER)


def file_name(upload: UploadFile) -> str:
    """The name without folders, cut where it is too long for a title."""
    name = (upload.filename or "").replace("\\", "/").rpartition("/")[2]
    stem, dot, suffix = name.rpartition(".")
    return f"{stem[:LONGEST_NAME]}.{suffix[:10]}" if dot else name[:LONGEST_NAME]


def sheets_of(upload: UploadFile | None, password: str = "") -> list[Sheet]:
    """Raises UnreadableFile. The file itself is dropped as soon as it is read."""
    if upload is None or not upload.filename:
        raise UnreadableFile("no-file", "no file was chosen")
    with upload.file:
        return open_tables(upload.file.read(), file_name(upload), password or None)


def unreadable_text(language: Language, error: Unreadable) -> str:
    if isinstance(error, UnreadablePattern):
        told = table_text(language, error.reason, error.text)
        return say(language, "In the pattern, at “%(part)s”: %(told)s", part=error.part, told=told)
    text = table_text(language, error.reason, error.text)
    row = getattr(error, "row", None)
    return say(language, "Row %(row)s: %(text)s", row=row, text=text) if row else text


def status_of(error: Unreadable) -> int:
    return 413 if error.reason in TOO_MUCH else 422


def asked_by(compound: str, actor: str) -> Mapping[str, Any]:
    return {"id": uuid4(), "compound": compound, "actor": actor, "happened_at": now()}


def ask(house: House, asked: Asking | Ask) -> Answer:
    """The answer, when the read models show it; raises what stopped the request."""
    (outcome,) = house.committer.submit([Asked(asked) if isinstance(asked, Asking) else asked]).result()
    answer = answer_of(outcome)
    shown_everywhere(house)
    return answer


def shown_everywhere(house: House) -> None:
    house.shown(house.log.last_position(), 30)
    house.places.forget()
