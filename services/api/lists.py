"""The lists of a day for programs: deliveries, doubts, what is not yet delivered, and the search."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Query
from fastapi.responses import Response

from domain.base import Building, GroupBuyId
from domain.goods.handling import PLACE_TIME
from projections import deliveries, doubts
from projections.base import milliseconds, moment_of
from services.access import CompoundInView, Searches, SeesDeliveries, SeesDoubts, SeesUndelivered, must
from services.api.house import InHouse, json_answer
from services.roles import in_own_building, of_own_group_buy, of_some_own_group_buy
from services.search import LONGEST, search, seen_of
from services.undelivered import seen_by, undelivered
from services.wiring import now

router = APIRouter(tags=["lists"])

TIMES: Final = frozenset(
    {"since", "arrived_at", "rests_until", "happened_at", "packed_at", "delivered_at", "opened_at"}
)
Day = Annotated[str, Query(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Rule = Annotated[str, Query(pattern=r"^[a-z-]{1,40}$")]


def told(row: Any) -> dict[str, Any]:
    """A row of a read model with its times as people write them, in the compound's zone."""
    said: Mapping[str, Any] = row._asdict()
    times = {
        name: moment_of(said[name]).astimezone(PLACE_TIME).isoformat()
        for name in TIMES.intersection(said)
        if said[name] is not None
    }
    labels = {"labels": orjson.loads(said["labels"])} if "labels" in said else {}
    return {**said, **times, **labels}


@router.get("/api/deliveries")
def get_deliveries(
    person: SeesDeliveries, compound: CompoundInView, house: InHouse, day: Day | None = None
) -> Response:
    """Deliveries of a day, or all; the newest first. ``resting`` is told as a stage."""
    moment = milliseconds(now())
    with house.read.reading() as rows:
        known = [
            each
            for each in deliveries.all_deliveries(rows, compound)
            if day in {None, each.day} and of_some_own_group_buy(person, each.group_buys)
        ]
    return json_answer({"deliveries": [{**told(each), "stage": each.stage_at(moment)} for each in known]})


@router.get("/api/doubts")
def get_doubts(
    _person: SeesDoubts,
    compound: CompoundInView,
    house: InHouse,
    rule: Rule | None = None,
    building: Building | None = None,
    most: Annotated[int, Query(ge=1, le=5000)] = 500,
) -> Response:
    """Open doubts, the newest first; ``open`` counts all of them."""
    with house.read.reading() as rows:
        known = doubts.open_doubts(rows, compound, most, rule)
        counted = doubts.open_count(rows, compound)
    shown = [told(each) for each in known if building is None or each.building == building]
    return json_answer({"open": counted, "doubts": shown})


@router.get("/api/undelivered")
def get_undelivered(
    person: SeesUndelivered,
    compound: CompoundInView,
    house: InHouse,
    building: Building | None = None,
    group_buy: GroupBuyId | None = None,
) -> Response:
    """Pieces that are not at their door, by building and door; ``not-sorted`` where an order has no parcel yet."""
    must(in_own_building(person, building) and of_own_group_buy(person, group_buy), "see-undelivered")
    with house.read.reading() as rows:
        missing = seen_by(person, undelivered(rows, compound, building=building, group_buy=group_buy))
    return json_answer({"count": len(missing), "pieces": [told(each) for each in missing]})


@router.get("/api/search")
def get_search(
    person: Searches, compound: CompoundInView, house: InHouse, q: Annotated[str, Query(max_length=LONGEST)] = ""
) -> Response:
    """What a code, a written door, a group buy or a supplier leads to."""
    with house.read.reading() as rows:
        found = seen_of(person, search(rows, house.places, compound, q))
    answer = {
        "code": found.code,
        "kind": found.kind,
        "misread": found.misread,
        "building": found.building,
        "nearest": found.nearest,
        "doors": [
            {
                "household": door.household,
                "orders": [
                    {"group_buy": title, "source": order.source, "lines": [line.model_dump() for line in order.lines]}
                    for title, order in door.orders
                ],
                "parcels": [told(parcel) for parcel in door.parcels],
            }
            for door in found.doors
        ],
        "parcels": [told(parcel) for parcel in found.parcels],
        "group_buys": [told(each) for each in found.group_buys],
        "deliveries": [told(each) for each in found.deliveries],
    }
    return json_answer(answer)
