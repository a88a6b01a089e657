"""What waits for a second person, signed with one tap; and who looked at the directory lately."""

from typing import Annotated, Final

from fastapi import APIRouter, Path
from fastapi.responses import Response

from domain.base import Refused
from services.access import Countersigns, Person, SeesSignatures
from services.directory import masked_subject
from services.looks import folded
from services.pages.directory_desk import CONFLICT, AtDesk, Desk, refused_text, shown
from services.pages.import_desk import see_other
from services.second_person import are_of_one_making
from services.signatures import cares_for, open_signatures, sign

router = APIRouter(include_in_schema=False)

LOOKS_SHOWN: Final = 60


@router.get("/signatures")
def signatures_page(person: SeesSignatures, desk: AtDesk) -> Response:
    return page(desk, person)


@router.post("/signatures/{source}/{signature}")
def countersign(
    person: Countersigns,
    desk: AtDesk,
    source: Annotated[str, Path(pattern=r"^[a-z-]{1,32}$")],
    signature: Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{1,64}$")],
) -> Response:
    try:
        sign(desk.house, desk.compound, source, signature, person)
    except Refused as refusal:
        return page(desk, person, refusal)
    return see_other(desk.request, "/signatures")


def page(desk: Desk, person: Person, refusal: Refused | None = None) -> Response:
    house, compound = desk.house, desk.compound
    waiting = open_signatures(house, compound, person)
    reads = [each for each in house.directory.reads(compound, how="whole") if cares_for(person, each.subject)]
    return shown(
        desk,
        "signatures.html",
        status=CONFLICT if refusal else 200,
        open_signatures=waiting,
        of_one_making={
            each.acted_by for each in waiting if are_of_one_making(house, compound, each.acted_by, person.actor)
        },
        looks=[(each, masked_subject(each.subject)) for each in folded(house, compound, reads)[:LOOKS_SHOWN]],
        refusal=refused_text(desk.request, refusal),
    )
