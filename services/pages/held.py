"""What is held about my flat: looked up for a household that asks, and printed for it."""

from typing import Final

from fastapi import APIRouter
from fastapi.responses import Response

from domain.base import HouseholdId
from domain.community.doors import read_door
from domain.goods.facts import building_of
from services.access import SeesDirectory
from services.directory import may_care_for
from services.held import held_about
from services.pages.directory import NOT_FOUND, AtDesk, Door, known_door, reasons, shown, to_door
from services.pages.language import language_of
from services.pages.lists import moment
from services.pages.sentences import SENTENCES, sentence
from services.wiring import now

router = APIRouter(include_in_schema=False)

MOST_FACTS: Final = 400


@router.get("/held")
def held_front(_person: SeesDirectory, desk: AtDesk) -> Response:
    return shown(desk, "held_front.html", unknown=False, nearest=())


@router.post("/held")
def find_door(person: SeesDirectory, desk: AtDesk, door: Door) -> Response:
    found = desk.house.places.household(desk.compound, door)
    if found is not None:
        return to_door(desk, found, held=True)
    near = read_door(door, desk.house.places.roster(desk.compound)).nearest
    nearest = [each for each in near if may_care_for(person, building_of(each))]
    return shown(desk, "held_front.html", status=NOT_FOUND, unknown=True, nearest=nearest)


@router.get("/held/{door}")
def held_page(person: SeesDirectory, desk: AtDesk, door: HouseholdId) -> Response:
    """To be printed; the words stand in it once a second person has signed."""
    known_door(desk, door)
    held = held_about(desk.house, person, desk.compound, door)
    language = language_of(desk.request)
    return shown(
        desk,
        "held.html",
        held=held,
        door=door,
        shown=held.shown,
        reasons=reasons(desk.request),
        parcels=[
            (parcel, held.titles.get(parcel.group_buy or "", parcel.group_buy or ""), moment(parcel.since))
            for parcel in held.parcels
        ],
        facts=[
            (fact, SENTENCES[type(fact.event).__name__].icon, sentence(language, fact.event, held.titles))
            for fact in held.facts[-MOST_FACTS:]
        ],
        older=max(0, len(held.facts) - MOST_FACTS),
        printed=now(),
    )
