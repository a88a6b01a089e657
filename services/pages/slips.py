"""/slips: a slip with a code for each door, printed for the captain of a building; and codes made anew."""

from collections.abc import Sequence
from typing import Annotated, Final
from urllib.parse import urlencode
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from domain.base import Refused
from domain.community.door_codes import DoorCodesRenewed, RenewDoorCodes
from projections.base import Rows, moment_of
from services.access import CompoundInView, Person, PrintsSlips, RenewsDoorCodes, must
from services.api.house import InHouse
from services.label_address import only_this_machine
from services.office import Asked, answer_of
from services.pages.assets import static_url
from services.pages.language import N_, language_of
from services.pages.layout import render
from services.pages.paper import address_known, warning
from services.pages.paper_documents import Served, slips_document
from services.paper.slips import DOOR_MISSING, BuildingOfDoors, buildings_with_doors, slips_for
from services.roles import in_own_building
from services.wiring import now

router = APIRouter(include_in_schema=False)

SEE_OTHER: Final = 303
NOT_SURE: Final = N_("Tick that all slips of the building are to be replaced, or choose one door.")

BuildingSaid = Annotated[str, Query(max_length=16)]
DoorSaid = Annotated[str, Query(max_length=33)]


@router.get("/slips")
def slips(
    request: Request,
    person: PrintsSlips,
    compound: CompoundInView,
    house: InHouse,
    *,
    building: BuildingSaid = "",
    renewed: DoorSaid = "",
    ask: bool = False,
) -> Response:
    """All buildings, or one of them with its doors; ``renewed`` names a door, or a building, that has just got new codes."""
    must(in_own_building(person, building), "print-slips")
    with house.read.reading() as rows:
        own = own_buildings(rows, person, compound)
    if building and building not in {each.building for each in own}:
        raise Refused("door-listed", DOOR_MISSING)
    chosen = next((each for each in own if each.building == building or len(own) == 1), None)
    address = address_known(house, request)
    return render(
        request,
        "slips.html",
        buildings=[(each, when(each)) for each in own],
        chosen=chosen,
        doors=[
            (door, moment_of(chosen.renewed_at[door]) if door in chosen.renewed_at else None) for door in chosen.doors
        ]
        if chosen
        else [],
        last=when(chosen) if chosen else None,
        may_renew=person.may("renew-door-codes"),
        may_set_address=person.may("print-labels"),
        address=address,
        only_here=address is not None and only_this_machine(address),
        came_by=str(request.base_url).rstrip("/"),
        ask=ask,
        renewed=renewed,
        new_id=uuid4,
    )


@router.get("/slips/print")
def print_slips(
    request: Request,
    person: PrintsSlips,
    compound: CompoundInView,
    house: InHouse,
    *,
    building: BuildingSaid = "",
    door: DoorSaid = "",
) -> Response:
    """Of one building, of one door in it, or of all buildings that are one's own."""
    must(in_own_building(person, building), "print-slips")
    address = address_known(house, request)
    if address is None:
        return RedirectResponse(address_of_slips(building, ask="1"), SEE_OTHER)
    with house.read.reading() as rows:
        chosen = [each for each in own_buildings(rows, person, compound) if building in {"", each.building}]
        sheets = slips_for(rows, compound, chosen, house.door_book, address, door or None)
    served = Served(static_url("slips.css"), address_of_slips(building), warning(request, address))
    return HTMLResponse(slips_document(sheets, address, language_of(request), served=served))


@router.post("/slips/renew")
def renew(
    person: RenewsDoorCodes,
    compound: CompoundInView,
    house: InHouse,
    *,
    renewal: Annotated[UUID, Form()],
    building: Annotated[str, Form(min_length=1, max_length=16, pattern=r"^[^\s/-]+$")],
    door: Annotated[str, Form(max_length=33, pattern=r"^([^\s/-]+(-[^\s/-]+)?)?$")] = "",
    sure: Annotated[bool, Form()] = False,
) -> Response:
    """One door, or the whole building. Old codes open nothing as soon as this is recorded."""
    must(in_own_building(person, building), "renew-door-codes")
    if not door and not sure:
        raise Refused("renewal-sure", NOT_SURE)
    request = RenewDoorCodes(
        id=renewal,
        compound=compound,
        actor=person.actor,
        happened_at=now(),
        building=building,
        households=(door,) if door else (),
        buildings_of_actor=person.buildings,
    )
    recorded = answer_of(house.office.take_now([Asked(request)])[0]).events[-1]
    house.shown(recorded)
    before = recorded.event
    doors = before.households if isinstance(before, DoorCodesRenewed) else ()
    named = doors[0] if len(doors) == 1 and door else building
    return RedirectResponse(address_of_slips(building, renewed=named), SEE_OTHER)


def own_buildings(rows: Rows, person: Person, compound: str) -> Sequence[BuildingOfDoors]:
    return [each for each in buildings_with_doors(rows, compound) if in_own_building(person, each.building)]


def when(building: BuildingOfDoors) -> object:
    return moment_of(building.last_renewed) if building.last_renewed else None


def address_of_slips(building: str, **more: str) -> str:
    said = {name: value for name, value in {"building": building, **more}.items() if value}
    return f"/slips?{urlencode(said)}" if said else "/slips"
