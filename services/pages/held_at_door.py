"""``/d/CODE/held``: what is held about a flat, read by whoever has the code of its door."""

from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from domain.base import Event, Recorded
from domain.community.door_codes import read_door_code
from services.access import Anyone, spend
from services.api.house import InHouse
from services.held import held_at_door
from services.masks import masked_door
from services.pages.door import door_let_in, unknown
from services.pages.held import told_of
from services.pages.language import language_of
from services.pages.layout import render

router = APIRouter(include_in_schema=False)

WHOLE_RECORD: Final = 5
"""What this page costs its door, whoever reads it: the whole record is looked through."""


@router.get("/d/{code}/held")
def held_page(request: Request, code: str, _person: Anyone, house: InHouse) -> Response:
    """Nothing is whole here: for that, the captain or the staff print the page."""
    door = door_let_in(request, house, code)
    if door is None:
        return unknown(request, code)
    spend(request, "label", cost=WHOLE_RECORD, key=f"held {door.compound}/{door.household}")
    held = held_at_door(house, door)
    own = house.door_book.actor_at(door)
    told = told_of(
        language_of(request), held._replace(facts=tuple(own_only(each, door.household) for each in held.facts))
    )
    return render(request, "held.html", code=read_door_code(code), own=own, **told)


def own_only(fact: Recorded, door: str) -> Recorded:
    """A neighbour who took a parcel is told of as everywhere else outside the directory: not by the whole door."""
    taker: Any = getattr(fact.event, "taker", None)
    if taker is None or taker.kind != "household" or taker.id == door:
        return fact
    hidden: Event = fact.event.model_copy(update={"taker": taker.model_copy(update={"id": masked_door(taker.id)})})
    return fact._replace(event=hidden)
