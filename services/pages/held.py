"""What is held about my flat: looked up for a household that asks, and printed for it."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response

from domain.base import HouseholdId
from domain.goods.facts import building_of
from services.access import SeesDirectory
from services.directory import may_care_for
from services.held import Held, held_about
from services.pages.directory import (
    Asked,
    Door,
    doors_of,
    found_door,
    known_door,
)
from services.pages.directory_desk import AtDesk, reasons, shown
from services.pages.language import Language, language_of
from services.pages.lists import moment
from services.pages.sentences import SENTENCES, sentence
from services.wiring import now

router = APIRouter(include_in_schema=False)

MOST_FACTS: Final = 400


@router.get("/held")
def held_front(person: SeesDirectory, desk: AtDesk, asked: Annotated[Asked, Query()]) -> Response:
    nearest = [each for each in doors_of(desk, asked.near) if may_care_for(person, building_of(each))]
    return shown(desk, "held_front.html", unknown=bool(asked.unknown), nearest=nearest)


@router.post("/held")
def find_door(_person: SeesDirectory, desk: AtDesk, door: Door) -> Response:
    return found_door(desk, door, "/held", "/held")


@router.get("/held/{door}")
def held_page(person: SeesDirectory, desk: AtDesk, door: HouseholdId) -> Response:
    """To be printed; the words stand in it once a second person has signed."""
    known_door(desk, door)
    held = held_about(desk.house, person, desk.compound, door)
    told = told_of(language_of(desk.request), held)
    return shown(desk, "held.html", reasons=reasons(desk.request, "household"), code="", **told)


def told_of(language: Language, held: Held) -> dict[str, Any]:
    """What the page tells, whoever opened it."""
    return {
        "held": held,
        "door": held.door,
        "shown": held.shown,
        "parcels": [
            (parcel, held.titles.get(parcel.group_buy or "", parcel.group_buy or ""), moment(parcel.since))
            for parcel in held.parcels
        ],
        "facts": [
            (fact, SENTENCES[type(fact.event).__name__].icon, sentence(language, fact.event, held.titles))
            for fact in held.facts[-MOST_FACTS:]
        ],
        "older": max(0, len(held.facts) - MOST_FACTS),
        "printed": now(),
    }
