"""One box: a code, a door however it is written, a group buy, a supplier or a vehicle."""

import re
from datetime import datetime
from typing import Annotated, Final, NamedTuple

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from domain.community.doors import Roster, read_door
from projections.custody import Custody
from services.access import CompoundInView, Exports, Searches
from services.api.house import InHouse
from services.csv_out import csv_answer
from services.pages.deliveries import open_doubts, seen
from services.pages.import_desk import see_other
from services.pages.language import N_, Language, language_of
from services.pages.layout import render
from services.pages.lists import header, moment, trail_address
from services.pages.words import holder_text, stage_name
from services.search import LONGEST, Found, search, seen_of

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Query(max_length=LONGEST)]
PLAIN_DOOR: Final = re.compile(r"[0-9A-Za-z]{1,6}-[0-9A-Za-z]{1,6}")
Typed = Annotated[str, Form(max_length=LONGEST)]
HEADER: Final = (
    N_("Code"), N_("Building"), N_("Door"), N_("Group buy"), N_("Piece"), N_("of"), N_("Stage"), N_("Who has it"),
    N_("Since"), N_("Crate"), N_("Delivery"), N_("Doubts"),
)  # fmt: skip


class ParcelLine(NamedTuple):
    row: Custody
    title: str
    since: datetime | None
    trail: str | None


@router.get("/search")
def search_page(
    request: Request, person: Searches, compound: CompoundInView, house: InHouse, q: Text = "", nothing: Text = ""
) -> Response:
    with house.read.reading() as rows:
        found = seen_of(person, search(rows, house.places, compound, q))
        unsettled = open_doubts(rows, compound) if found.deliveries else {}
    return render(
        request,
        "search.html",
        q=q.strip(),
        nothing=bool(nothing),
        found=found,
        doors=[(door, [line_of(parcel, found) for parcel in door.parcels]) for door in found.doors],
        crate=[line_of(parcel, found) for parcel in found.crate],
        alone=line_of(found.parcel, found) if found.parcel and not found.doors else None,
        deliveries=[seen(each, found.titles, unsettled, person, each.day) for each in found.deliveries],
        trail=trail_address(found.code) if found.code else None,
    )


@router.post("/search")
def search_typed(
    request: Request, _person: Searches, compound: CompoundInView, house: InHouse, q: Typed = ""
) -> Response:
    """What somebody types may be a name: it comes into an address only as far as the record knows it."""
    with house.read.reading() as rows:
        found = search(rows, house.places, compound, q)
    known = known_words(q.strip(), found, house.places.roster(compound))
    said = {"q": known} if known else {"nothing": "yes"} if q.strip() else {}
    return see_other(request, "/search", **said)


def known_words(typed: str, found: Found, roster: Roster) -> str:
    """The code or the door that was meant, or a part of a title, a supplier or a number plate; else nothing."""
    if found.code or found.doors:
        return found.code or found.doors[0].household
    if found.misread or found.group_buys or found.deliveries:
        return typed
    read = read_door(typed, roster)
    if read.building and read.room and PLAIN_DOOR.fullmatch(f"{read.building}-{read.room}"):
        return f"{read.building}-{read.room}"
    return f"{found.building}号" if found.building else ""


@router.get("/search.csv")
def search_csv(
    request: Request, person: Searches, _exports: Exports, compound: CompoundInView, house: InHouse, q: Text = ""
) -> Response:
    """The parcels that were found."""
    language = language_of(request)
    with house.read.reading() as rows:
        found = seen_of(person, search(rows, house.places, compound, q))
    lines = (exported(language, parcel, found) for parcel in found.parcels)
    return csv_answer("search", compound, header(language, HEADER), lines)


def line_of(row: Custody, found: Found) -> ParcelLine:
    title = found.titles.get(row.group_buy or "", row.group_buy or "")
    return ParcelLine(row, title, moment(row.since), trail_address(row.code))


def exported(language: Language, row: Custody, found: Found) -> tuple[object, ...]:
    building, _, room = (row.household or "").partition("-")
    return (
        row.code,
        building,
        room,
        found.titles.get(row.group_buy or "", row.group_buy),
        row.piece,
        row.of,
        stage_name(language, row.stage),
        holder_text(language, row.holder_kind, row.holder or "") if row.holder_kind else "",
        moment(row.since),
        row.crate,
        row.delivery,
        row.doubts,
    )
