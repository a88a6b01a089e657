"""What waits for a second person, signed with one tap; and who looked at the directory lately."""

from typing import Annotated, Final

from fastapi import APIRouter, Path
from fastapi.responses import Response

from domain.base import Refused
from services.access import Countersigns, Person, SeesSignatures
from services.directory import masked_subject
from services.pages.directory_desk import CONFLICT, AtDesk, Desk, refused_text, shown
from services.pages.import_desk import see_other
from services.signatures import cares_for, open_signatures, sign

router = APIRouter(include_in_schema=False)

READS_SHOWN: Final = 60


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
    reads = [each for each in desk.house.directory.reads(desk.compound) if cares_for(person, each.subject)]
    return shown(
        desk,
        "signatures.html",
        status=CONFLICT if refusal else 200,
        open_signatures=open_signatures(desk.house, desk.compound, person),
        reads=[(each, masked_subject(each.subject)) for each in reads if each.how == "whole"][:READS_SHOWN],
        refusal=refused_text(desk.request, refusal),
    )
