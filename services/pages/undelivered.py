"""What is not at its door: buildings first, then door by door, to carry along on a phone or on paper."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Annotated, Final, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from projections import orders, roster
from projections.base import Rows
from services.access import CompoundInView, Exports, Person, SeesUndelivered, must
from services.api.house import InHouse
from services.csv_out import csv_answer
from services.pages.language import N_, Language, language_of, say
from services.pages.layout import render
from services.pages.lists import header, moment
from services.pages.words import STAGES, Look, holder_text, stage_name
from services.roles import in_own_building, of_own_group_buy
from services.undelivered import NOT_SORTED, BuildingSum, Missing, seen_by, sum_of, sums_by_building, undelivered
from services.wiring import now

router = APIRouter(include_in_schema=False)

NO_DOOR: Final = "-"
"""Chooses parcels that nobody has named a door for."""
NOT_SORTED_LOOK: Final = Look(N_("not sorted yet"), "declared", "quiet")
HEADER: Final = (
    N_("Building"), N_("Door"), N_("Group buy"), N_("Piece"), N_("of"), N_("Stage"), N_("Who has it"), N_("Since"),
    N_("Code"),
)  # fmt: skip


class Piece(NamedTuple):
    missing: Missing
    look: Look
    since: datetime | None


class DoorOpen(NamedTuple):
    """A door that still waits, with its pieces."""

    room: str
    pieces: tuple[Piece, ...]


class Chosen(NamedTuple):
    building: str
    group_buy: str

    @property
    def place(self) -> str | None:
        """As the reading wants it: None for all, "" for parcels without a door."""
        return {"": None, NO_DOOR: ""}.get(self.building, self.building)

    def address(self, **other: str) -> str:
        kept = {name: value for name, value in {**self._asdict(), **other}.items() if value}
        return f"/undelivered?{urlencode(kept)}" if kept else "/undelivered"


@router.get("/undelivered")
def undelivered_page(
    request: Request,
    person: SeesUndelivered,
    compound: CompoundInView,
    house: InHouse,
    building: Annotated[str | None, Query(max_length=16)] = None,
    group_buy: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    with house.read.reading() as rows:
        chosen = Chosen(own_building(rows, compound, person) if building is None else building, group_buy)
        must(in_own_building(person, chosen.place) and of_own_group_buy(person, group_buy or None), "see-undelivered")
        missing = seen_by(person, undelivered(rows, compound, building=chosen.place, group_buy=group_buy or None))
        known = [row for row in orders.group_buys(rows, compound) if of_own_group_buy(person, row.group_buy)]
        everywhere = sums_by_building(rows, compound, missing, group_buy or None)
    sums = [each for each in everywhere if in_own_building(person, each.building)]
    one = chosen.place is not None
    here = next((each for each in sums if each.building == chosen.place), sum_of(chosen.place or "", set(), missing))
    return render(
        request,
        "undelivered.html",
        chosen=chosen,
        one=one,
        doors=doors_of([piece for piece in missing if piece.stage != "destroyed"]) if one else [],
        destroyed=doors_of([piece for piece in missing if piece.stage == "destroyed"]) if one else [],
        sums=sums,
        whole=here if one else whole_of(sums),
        group_buys=known,
        title_chosen=next((row.title for row in known if row.group_buy == group_buy), ""),
        buildings=[each.building for each in sums if each.building],
        no_door=NO_DOOR,
        printed_at=now(),
    )


@router.get("/undelivered.csv")
def undelivered_csv(
    request: Request,
    person: SeesUndelivered,
    _exports: Exports,
    compound: CompoundInView,
    house: InHouse,
    building: Annotated[str, Query(max_length=16)] = "",
    group_buy: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    language = language_of(request)
    with house.read.reading() as rows:
        place = Chosen(building, group_buy).place
        must(in_own_building(person, place) and of_own_group_buy(person, group_buy or None), "see-undelivered")
        missing = seen_by(person, undelivered(rows, compound, building=place, group_buy=group_buy or None))
    return csv_answer(
        "undelivered", compound, header(language, HEADER), (exported(language, piece) for piece in missing)
    )


def own_building(rows: Rows, compound: str, person: Person) -> str:
    """The only building of a captain; else a captain's badge names the lobby of a building: the list opens there."""
    if person.buildings is not None and len(person.buildings) == 1:
        return next(iter(person.buildings))
    if person.station is None:
        return ""
    lobbies = {each.station: each.building for each in roster.stations(rows, compound) if each.kind == "lobby"}
    return lobbies.get(person.station) or ""


def doors_of(missing: Sequence[Missing]) -> list[DoorOpen]:
    return [
        DoorOpen(room, tuple(Piece(piece, look_of(piece.stage), moment(piece.since)) for piece in pieces))
        for room, pieces in groupby(missing, key=lambda piece: piece.room)
    ]


def look_of(stage: str) -> Look:
    return NOT_SORTED_LOOK if stage in {NOT_SORTED, "declared"} else STAGES.get(stage, NOT_SORTED_LOOK)


def whole_of(sums: Sequence[BuildingSum]) -> BuildingSum:
    figures = [each[1:] for each in sums]
    return BuildingSum("", *(sum(column) for column in zip(*figures, strict=True))) if sums else sum_of("", set(), ())


def exported(language: Language, piece: Missing) -> tuple[object, ...]:
    not_sorted = piece.stage in {NOT_SORTED, "declared"}
    return (
        piece.building,
        piece.room,
        piece.title,
        piece.piece,
        piece.of,
        say(language, NOT_SORTED_LOOK.text) if not_sorted else stage_name(language, piece.stage),
        holder_text(language, piece.holder_kind, piece.holder or "") if piece.holder_kind else "",
        moment(piece.since),
        piece.code,
    )
