"""Stations: the places where goods are handled, opened when needed and closed at the end."""

import asyncio
from typing import Annotated, Any, Final, get_args
from uuid import uuid4

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from domain.base import Refused, StationId
from domain.base import Request as Asking
from domain.community.compound import CloseStation, OpenStation, StationKind
from projections import roster
from projections.base import Rows
from projections.roster import Station
from services.access import CompoundInView, Exports, ManagesStations, Person
from services.api.house import InHouse
from services.csv_out import csv_answer
from services.pages.language import N_, Language, language_of, say
from services.pages.layout import render
from services.pages.lists import header
from services.pages.words import Look, refusal_text
from services.undelivered import in_number_order
from services.wiring import House, now

router = APIRouter(include_in_schema=False)

SEE_OTHER: Final = 303
KINDS: Final[tuple[StationKind, ...]] = get_args(StationKind)
LOOKS: Final[dict[str, Look]] = {
    "gate": Look(N_("Gate"), "gate", "moving"),
    "disinfection": Look(N_("Disinfection"), "spray", "moving"),
    "rest": Look(N_("Resting place"), "rest", "wait"),
    "sorting": Look(N_("Sorting"), "shelf", "moving"),
    "lobby": Look(N_("Lobby of a building"), "stairs", "good"),
}
REFUSED: Final = {
    "station-new": N_("A station of this name is open already. Choose another name."),
    "station-known": N_("No station of this name is open; somebody may have closed it meanwhile."),
    "lobby-building": N_("A lobby belongs to a building: choose which one."),
    "building-known": N_("There is no such building on the roster."),
}
HEADER: Final = (N_("Station"), N_("Kind"), N_("Building"))

Kind = Annotated[StationKind, Form()]
Building = Annotated[str, Form(max_length=16)]
Name = Annotated[str, Form(pattern=r"^\s*([A-Za-z0-9][A-Za-z0-9_.:-]{0,31})?\s*$")]


@router.get("/stations")
def stations_page(request: Request, person: ManagesStations, compound: CompoundInView, house: InHouse) -> Response:
    return filled(request, person, compound, house)


@router.get("/stations.csv")
def stations_csv(
    request: Request, _person: ManagesStations, _exports: Exports, compound: CompoundInView, house: InHouse
) -> Response:
    language = language_of(request)
    open_now, _ = places(house, compound)
    lines = ((each.station, say(language, LOOKS[each.kind].text), each.building) for each in open_now)
    return csv_answer("stations", compound, header(language, HEADER), lines)


@router.post("/stations")
async def open_station(
    request: Request,
    person: ManagesStations,
    compound: CompoundInView,
    house: InHouse,
    kind: Kind,
    building: Building = "",
    station: Name = "",
) -> Response:
    said: dict[str, Any] = {"kind": kind, "building": building.strip(), "station": station.strip()}
    try:
        await ask(house, opening(house, compound, person.actor, said))
    except Refused as refusal:
        return filled(request, person, compound, house, refusal=refusal, said=said)
    return RedirectResponse("/stations", SEE_OTHER)


@router.post("/stations/close")
async def close_station(
    request: Request,
    person: ManagesStations,
    compound: CompoundInView,
    house: InHouse,
    station: Annotated[StationId, Form()],
) -> Response:
    try:
        await ask(house, CloseStation(**asked_by(compound, person.actor), station=station))
    except Refused as refusal:
        return filled(request, person, compound, house, refusal=refusal)
    return RedirectResponse("/stations", SEE_OTHER)


def asked_by(compound: str, actor: str) -> dict[str, Any]:
    return {"id": uuid4(), "compound": compound, "actor": actor, "happened_at": now()}


def opening(house: House, compound: str, actor: str, said: dict[str, Any]) -> OpenStation:
    """Raises Refused where a lobby has no building of the roster."""
    open_now, buildings = places(house, compound)
    building = said["building"] if said["kind"] == "lobby" else ""
    if said["kind"] == "lobby" and not building:
        raise Refused("lobby-building", REFUSED["lobby-building"])
    if building and building not in buildings:
        meant = house.places.building(compound, building)
        if meant is None:
            raise Refused("building-known", REFUSED["building-known"])
        building = meant
    name = said["station"] or suggested(said["kind"], building, open_now)
    return OpenStation(**asked_by(compound, actor), station=name, kind=said["kind"], building=building or None)


def suggested(kind: str, building: str, open_now: list[Station]) -> str:
    """``gate``, the next one ``gate-2``; a lobby is named after its building where that can be written."""
    taken = {each.station for each in open_now}
    plain = f"{kind}-{building}" if building.isascii() and building else kind
    names = (plain, *(f"{plain}-{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


async def ask(house: House, request: Asking) -> None:
    await house.office.request(request)
    await asyncio.to_thread(house.shown, house.log.last_position(), 5)


def places(house: House, compound: str) -> tuple[list[Station], list[str]]:
    with house.read.reading() as rows:
        open_now = roster.stations(rows, compound)
        buildings = roster.buildings(rows, compound)
    open_now.sort(key=lambda each: (KINDS.index(kind_of(each)), in_number_order(each.building or ""), each.station))
    return open_now, sorted(buildings, key=in_number_order)


def station_names(rows: Rows, compound: str, language: Language) -> dict[str, str]:
    """What each open station is, and the name on its sign; one that was closed is known by its name alone."""
    return {
        each.station: f"{say(language, LOOKS[each.kind].text)} · {each.station}"
        for each in roster.stations(rows, compound)
    }


def kind_of(station: Station) -> StationKind:
    return next(kind for kind in KINDS if kind == station.kind)


def sentence(language: Language, refusal: Refused) -> str:
    if refusal.rule in REFUSED:
        return say(language, REFUSED[refusal.rule])
    return refusal_text(language, refusal.rule, refusal.text)


def filled(
    request: Request,
    person: Person,
    compound: str,
    house: House,
    *,
    refusal: Refused | None = None,
    said: dict[str, Any] | None = None,
) -> Response:
    open_now, buildings = places(house, compound)
    return render(
        request,
        "stations.html",
        status_code=409 if refusal else 200,
        stations=open_now,
        buildings=buildings,
        kinds=KINDS,
        looks=LOOKS,
        names={kind: suggested(kind, "", open_now) for kind in KINDS if kind != "lobby"},
        refusal=sentence(language_of(request), refusal) if refusal else "",
        said=said or {"kind": "", "building": "", "station": ""},
        may_export=person.may("export"),
    )
