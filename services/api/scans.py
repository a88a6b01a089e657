"""POST /api/scans: what hands did, 1 to 500 at once, answered one by one.

The application keeps ``app.state.say_to``, which says a text in the language of who asks.
"""

import asyncio
from functools import partial
from typing import Any, Final, TypeGuard

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import ValidationError

from domain.base import Refused
from domain.goods.parcels import ParcelReleased
from infra.committer import Outcome
from infra.errors import StorageUnavailable
from projections import custody
from services import scans
from services.access import CompoundInView, Uploads, spend
from services.api.house import InHouse, json_answer, json_body
from services.api.quick_route import QuickRoute
from services.label_home import at_home_elsewhere
from services.office import Noted, Report
from services.scan_items import ITEM, ScanBatch
from services.second_person import RELEASING, SHOWN_WITHIN, must_be_released_by_two, signature_made
from services.set_aside import ID_USED, SetAside, kept_text
from services.wiring import House, now

WRONG_DOOR: Final = frozenset({"right-door", "right-building"})

router = APIRouter(tags=["scans"], route_class=QuickRoute)

BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["scans"],
                    "additionalProperties": False,
                    "properties": {
                        "scans": {"type": "array", "minItems": 1, "maxItems": 500, "items": ITEM.json_schema()}
                    },
                }
            }
        },
    }
}


@router.post("/api/scans", openapi_extra=BODY)
async def post_scans(request: Request, person: Uploads, compound: CompoundInView, house: InHouse) -> Response:
    """Records what was scanned. Signed in by a session, an API key (``Bearer``) or a device's key (``Upload``).

    The answer holds one entry for each item, in order: ``recorded``, ``duplicate`` or ``set_aside`` (with ``reason``
    and ``text``), and the ``doubts`` that the scan raised; ``late`` where it came after the session was over;
    ``other_compound`` where another compound here printed the label; ``belongs_to`` where a parcel came to a wrong door or building;
    ``signature`` where what was released stays held.
    A scan is never refused because it contradicts the record.
    """
    sent = read_batch(await json_body(request)).scans
    spend(request, "scan", cost=len(sent), person=person)
    desk = scans.Desk(person, compound, now(), house.secret, house.places, partial(say_to, request))
    return json_answer({"answers": await record(sent, desk, house)})


def say_to(request: Request, msgid: str, /, **values: object) -> str:
    """Looks the application's way of saying up only where there is something to say: most scans are good."""
    told: str = request.app.state.say_to(request, msgid, **values)
    return told


def read_batch(body: Any) -> ScanBatch:
    try:
        return ScanBatch.model_validate(body)
    except ValidationError as error:
        mistakes = error.errors(include_url=False, include_input=False)
        raise RequestValidationError([{**mistake, "loc": ("body", *mistake["loc"])} for mistake in mistakes]) from None


async def record(sent: list[Any], desk: scans.Desk, house: House) -> list[dict[str, Any]]:
    taken = [scans.take(raw, desk) for raw in sent]
    if any(is_release(each) for each in taken):
        outcomes = await asyncio.to_thread(released, sent, taken, desk, house)
    else:
        outcomes = await house.office.take([each.ask for each in taken])
    kept_aside: dict[int, scans.Taken] = {}
    for place, (raw, each, outcome) in enumerate(zip(sent, taken, outcomes, strict=True)):
        if is_our_mistake(outcome):
            kept_aside[place] = scans.tripped_over(raw, outcome, desk)
        elif scans.is_another(each, outcome):
            kept_aside[place] = scans.aside_for(raw, SetAside("id-used", ID_USED, "id"), desk)
    if kept_aside:
        again = await house.office.take([each.ask for each in kept_aside.values()])
        for (place, each), outcome in zip(kept_aside.items(), again, strict=True):
            taken[place], outcomes[place] = each, outcome
    answers = [
        scans.answer(raw, each, outcome, desk.say) for raw, each, outcome in zip(sent, taken, outcomes, strict=True)
    ]
    for raw, each in zip(sent, taken, strict=True):
        if isinstance(each.ask, Noted):
            house.access.add_set_aside(each.ask.command.hex, kept_text(raw).decode(), compound=desk.compound)
    unknown = [told for told in answers if "label-known" in told["doubts"] and told["code"]]
    if unknown:
        await asyncio.to_thread(tell_of_others, house, desk.compound, unknown)
    astray = [told for told in answers if told["code"] and not WRONG_DOOR.isdisjoint(told["doubts"])]
    if astray:
        await asyncio.to_thread(tell_own_doors, house, desk.compound, astray)
    if any(is_release(each) for each in taken):
        await asyncio.to_thread(tell_of_signatures, house, taken, answers)
    return answers


def tell_of_others(house: House, compound: str, unknown: list[dict[str, Any]]) -> None:
    """Which of the labels that nobody here has printed are another compound's: their goods came to the wrong gate."""
    with house.read.reading() as rows:
        elsewhere = at_home_elsewhere(rows, compound, [told["code"] for told in unknown])
    for told in unknown:
        if told["code"] in elsewhere:
            told["other_compound"] = True


def tell_own_doors(house: House, compound: str, astray: list[dict[str, Any]]) -> None:
    """Where the goods belong: whoever stands at the wrong door has them in hand."""
    with house.read.reading() as rows:
        for told in astray:
            row = custody.parcel(rows, compound, told["code"])
            if row and row.household:
                told["belongs_to"] = row.household


def tell_of_signatures(house: House, taken: list[scans.Taken], answers: list[dict[str, Any]]) -> None:
    """Which releases free nothing yet, so that nobody carries the goods away after the first of two signatures."""
    house.shown(house.log.last_position(), SHOWN_WITHIN)
    for each, told in zip(taken, answers, strict=True):
        if isinstance(each.ask, Report) and isinstance(each.ask.fact, ParcelReleased):
            signature = signature_made(house, each.ask.fact)
            if signature:
                told["signature"] = signature


def released(sent: list[Any], taken: list[scans.Taken], desk: scans.Desk, house: House) -> list[Outcome]:
    """Sets aside those by a hand that was made by the one that signed before, as on /signatures, and records the rest."""
    with RELEASING:
        for place, each in enumerate(taken):
            if isinstance(each.ask, Report) and isinstance(each.ask.fact, ParcelReleased):
                try:
                    must_be_released_by_two(house, each.ask.fact)
                except Refused as refused:
                    taken[place] = scans.aside_for(sent[place], SetAside("second-person-new", refused.text), desk)
        return house.office.take_now([each.ask for each in taken])


def is_release(each: scans.Taken) -> bool:
    return isinstance(each.ask, Report) and isinstance(each.ask.fact, ParcelReleased)


def is_our_mistake(outcome: Outcome) -> TypeGuard[Exception]:
    """An error that would come again for this one scan, however often the phone sent it."""
    return isinstance(outcome, Exception) and not isinstance(outcome, StorageUnavailable)
