"""Deliveries: what was declared, what stands at the gate, and letting it in or turning it away on the spot."""

import asyncio
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal, NamedTuple
from urllib.parse import urlencode
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from pydantic import AfterValidator, BaseModel, Field, ValidationError
from pydantic_core import PydanticCustomError

from domain.base import Code, GroupBuyId
from domain.goods.codes import read_code
from domain.goods.deliveries import AdmitReason, TurnAwayReason
from domain.goods.handling import DEFAULT_RULES, PLACE_TIME
from projections import deliveries, doubts, orders
from projections.base import Rows, milliseconds
from projections.deliveries import Delivery
from projections.orders import GroupBuyRow
from services.access import CompoundInView, DeclaresDelivery, Exports, Person, Scans, SeesDeliveries, Step, must
from services.api import goods, scans
from services.api.house import InHouse
from services.csv_out import csv_answer
from services.goods_names import plate, without_phone
from services.label_address import address_on_paper, only_this_machine, qr_drawn
from services.pages.audit import unknown
from services.pages.language import N_, language_of
from services.pages.layout import render
from services.pages.lists import day_chosen, header, moment, today
from services.pages.mistakes import mistakes_at_fields
from services.pages.words import DOUBTS, stage_name
from services.paper.address import known_address
from services.roles import of_own_group_buy, of_some_own_group_buy
from services.scans import Desk
from services.wiring import House, now

router = APIRouter(include_in_schema=False)

SEE_OTHER: Final = 303
NOT_TAKEN: Final = 422
NEXT_SCANS: Final[Mapping[str, tuple[Step, ...]]] = {
    "declared": ("admit",),
    "arrived": ("admit",),
    "admitted": ("count", "disinfect-start"),
    "turned-away": ("admit",),
    "disinfecting": ("disinfect-finish",),
    "resting": ("count",),
    "disinfected": ("count",),
}
"""What is usually scanned next; offered where the person's role includes it."""
STEPS_HERE: Final[Mapping[str, tuple[Step, ...]]] = {
    "declared": ("arrive", "admit", "turn-away"),
    "arrived": ("admit", "turn-away"),
}
MOST_GROUP_BUYS: Final = 40
LONGEST_PLATE: Final = 16
MOST_PIECES: Final = 99_999
DOUBTS_READ: Final = 5000
HEADER: Final = (
    N_("Code"), N_("Day"), N_("Stage"), N_("Since"), N_("Group buys"), N_("Supplier"), N_("Vehicle"),
    N_("Pieces declared"), N_("Pieces counted"), N_("Difference"), N_("Damaged"), N_("Arrived"), N_("Rests until"),
    N_("Doubts"),
)  # fmt: skip


class Shown(NamedTuple):
    """A delivery as its card tells it."""

    row: Delivery
    stage: str
    titles: tuple[str, ...]
    since: datetime | None
    arrived: datetime | None
    rests_until: datetime | None
    doubts: int
    """Those that nobody has settled yet."""
    earlier: bool
    """It is still open from a day before."""
    here: tuple[Step, ...]
    scans: tuple[Step, ...]

    @property
    def difference(self) -> int | None:
        if self.row.counted is None or self.row.expected is None:
            return None
        return self.row.counted - self.row.expected


class Choice(NamedTuple):
    group_buy: str
    title: str
    doors: int
    chosen: bool


class ListAsked(BaseModel):
    """A day, and what a scan from this page was answered."""

    day: Annotated[str, Field(max_length=10)] = ""
    code: Annotated[str, Field(max_length=16)] = ""
    outcome: Literal["recorded", "doubts", "duplicate", "set_aside", ""] = ""
    rules: Annotated[str, Field(max_length=400)] = ""


def number_of_pieces(written: str) -> str:
    if not re.fullmatch(r"\s*[0-9]*\s*", written):
        raise PydanticCustomError("int_parsing", "a whole number")
    if int(written.strip() or 0) > MOST_PIECES:
        raise PydanticCustomError("less_than_equal", "too many", {"le": MOST_PIECES})
    return written


class DeclarationForm(BaseModel):
    declaration: UUID
    """Sent twice, it is declared once."""
    group_buys: Annotated[list[GroupBuyId], Field(max_length=50)] = []
    supplier: Annotated[str, Field(max_length=60), AfterValidator(without_phone)] = ""
    vehicle: Annotated[str, Field(max_length=24), AfterValidator(plate)] = ""
    pieces: Annotated[str, AfterValidator(number_of_pieces)] = ""


class TypedDeclaration(BaseModel):
    """As it came, so that it can be shown again where a field is wrong; never so much that it costs anything."""

    declaration: UUID
    group_buys: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=50)] = []
    supplier: Annotated[str, Field(max_length=400)] = ""
    vehicle: Annotated[str, Field(max_length=400)] = ""
    pieces: Annotated[str, Field(max_length=400)] = ""


class StepForm(BaseModel):
    scan: UUID
    reason: AdmitReason | Literal[""] = ""
    reasons: Annotated[list[TurnAwayReason], Field(max_length=6)] = []


@router.get("/deliveries")
def deliveries_page(
    request: Request,
    person: SeesDeliveries,
    compound: CompoundInView,
    house: InHouse,
    asked: Annotated[ListAsked, Query()],
) -> Response:
    return listed(request, person, compound, house, asked)


def listed(
    request: Request,
    person: Person,
    compound: str,
    house: House,
    asked: ListAsked,
    typed: TypedDeclaration | None = None,
    mistakes: Sequence[Mapping[str, Any]] = (),
) -> Response:
    """``typed``: a declaration that was not taken, to be put right where the ``mistakes`` say.

    What stands in a wrong field is not shown again: it may be a name or a phone number.
    """
    chosen = day_chosen(asked.day)
    with house.read.reading() as rows:
        shown = shown_on(rows, compound, chosen, person)
        choices = choices_of(rows, compound, person)
    if typed:
        choices = [choice._replace(chosen=choice.group_buy in typed.group_buys) for choice in choices]
    gate = (DEFAULT_RULES.gate_opens, DEFAULT_RULES.gate_closes)
    return render(
        request,
        "deliveries.html",
        status_code=NOT_TAKEN if mistakes else 200,
        typed=typed,
        wrong=mistakes_at_fields(language_of(request), mistakes),
        day=chosen,
        is_today=chosen == today(),
        deliveries=shown,
        sums=sums_of(shown),
        choices=choices,
        suggested=sum(choice.doors for choice in choices if choice.chosen),
        declaration=typed.declaration if typed else uuid4(),
        gate=gate,
        gate_is_open=gate[0] <= now().astimezone(PLACE_TIME).time() < gate[1],
        told=asked,
        rules=[rule for rule in asked.rules.split(",") if rule in DOUBTS],
        new_id=uuid4,
    )


@router.get("/deliveries.csv")
def deliveries_csv(
    request: Request,
    person: SeesDeliveries,
    _exports: Exports,
    compound: CompoundInView,
    house: InHouse,
    day: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    language = language_of(request)
    with house.read.reading() as rows:
        shown = shown_on(rows, compound, day_chosen(day), person)
    return csv_answer(
        "deliveries",
        compound,
        header(language, HEADER),
        (
            (
                each.row.code, each.row.day, stage_name(language, each.stage), each.since, " / ".join(each.titles),
                each.row.supplier, each.row.vehicle, each.row.expected, each.row.counted, each.difference,
                each.row.damaged, each.arrived, each.rests_until, each.doubts,
            )
            for each in shown
        ),
    )  # fmt: skip


@router.post("/deliveries")
async def declare(
    request: Request,
    person: DeclaresDelivery,
    compound: CompoundInView,
    house: InHouse,
    typed: Annotated[TypedDeclaration, Form()],
) -> Response:
    """Declares it and shows its label, or shows the form again where a field of it is wrong."""
    try:
        code = await declared(DeclarationForm.model_validate(typed.model_dump()), person, compound, house)
    except (ValidationError, RequestValidationError) as error:
        if not person.may("see-deliveries"):
            raise
        return listed(request, person, compound, house, ListAsked(), typed, error.errors())
    await until_shown(house)
    return RedirectResponse(f"/deliveries/{code}?new=1", SEE_OTHER)


async def declared(form: DeclarationForm, person: Person, compound: str, house: House) -> str:
    """Its code; without a number, one piece for each door that ordered."""
    chosen = tuple(dict.fromkeys(form.group_buys))
    with house.read.reading() as rows:
        ordered = sum(row.doors for row in orders.group_buys(rows, compound) if row.group_buy in chosen)
    said = goods.Declaration(
        id=form.declaration,
        group_buys=chosen,
        supplier=form.supplier.strip() or None,
        vehicle=plate_in(form.vehicle),
        pieces=int(form.pieces) if form.pieces.strip() else ordered or None,
    )
    return await goods.declare(house, said, person, compound)


@router.get("/deliveries/{code}")
def delivery_page(
    request: Request, person: SeesDeliveries, compound: CompoundInView, house: InHouse, code: str, new: str = ""
) -> Response:
    """The delivery's label, large enough to be photographed at the gate."""
    wanted = read_code(code)
    if wanted is None:
        return unknown(request, None)
    with house.read.reading() as rows:
        row = deliveries.delivery(rows, compound, wanted)
        titles = titles_of(rows, compound)
        unsettled = open_doubts(rows, compound)
    if row is None:
        return unknown(request, wanted)
    must(of_some_own_group_buy(person, row.group_buys), "see-deliveries")
    base = known_address(house) or str(request.base_url)
    address = address_on_paper(base, wanted)
    return render(
        request,
        "delivery.html",
        delivery=seen(row, titles, unsettled, person, row.day),
        address=address,
        qr=qr_drawn(address),
        base=base.rstrip("/"),
        only_this_machine=only_this_machine(base),
        new=bool(new),
    )


@router.post("/deliveries/{code}/{step}")
async def record_here(
    person: Scans,
    compound: CompoundInView,
    house: InHouse,
    code: Code,
    step: Literal["arrive", "admit", "turn-away"],
    form: Annotated[StepForm, Form()],
) -> Response:
    """The same way that a phone's scan goes; what does not fit is recorded with doubts."""
    moment = now()
    item: dict[str, Any] = {"id": str(form.scan), "step": step, "code": code, "happened_at": moment.isoformat()}
    if step == "admit" and form.reason:
        item["reason"] = form.reason
    if step == "turn-away":
        item["reasons"] = form.reasons
    (answer,) = await scans.record([item], Desk(person, compound, moment, house.secret, house.places), house)
    await until_shown(house)
    rules: Sequence[str] = answer["doubts"]
    outcome = "doubts" if answer["outcome"] == "recorded" and rules else answer["outcome"]
    told = urlencode({"code": code, "outcome": outcome, "rules": ",".join(rules)})
    return RedirectResponse(f"/deliveries?{told}", SEE_OTHER)


def plate_in(written: str) -> str | None:
    """A number plate without the spaces and marks that people put between its parts."""
    return re.sub(r"[^\w·-]", "", written)[:LONGEST_PLATE] or None


async def until_shown(house: House) -> None:
    """The page that follows a change shows it."""
    await asyncio.to_thread(house.shown, house.log.last_position(), 5)


def shown_on(rows: Rows, compound: str, day: date, person: Person) -> list[Shown]:
    """Deliveries of the day; today also those of before that still concern somebody."""
    titles, unsettled, wanted = titles_of(rows, compound), open_doubts(rows, compound), day.isoformat()
    with_open, at = day == today(), milliseconds(now())
    return [
        seen(row, titles, unsettled, person, wanted)
        for row in deliveries.all_deliveries(rows, compound)
        if (row.day == wanted or (with_open and row.concerns_somebody(at)))
        and of_some_own_group_buy(person, row.group_buys)
    ]


def seen(row: Delivery, titles: Mapping[str, str], unsettled: Mapping[str, int], person: Person, day: str) -> Shown:
    stage = row.stage_at(milliseconds(now()))
    return Shown(
        row=row,
        stage=stage,
        titles=tuple(titles.get(group_buy, group_buy) for group_buy in row.group_buys),
        since=moment(row.since),
        arrived=moment(row.arrived_at),
        rests_until=moment(row.rests_until),
        doubts=unsettled.get(row.code, 0),
        earlier=row.day != day,
        here=tuple(step for step in STEPS_HERE.get(stage, ()) if person.may_scan(step)),
        scans=tuple(step for step in NEXT_SCANS.get(stage, ()) if person.may_scan(step)),
    )


def sums_of(shown: Sequence[Shown]) -> dict[str, int]:
    stages = [each.stage for each in shown]
    return {
        "declared": stages.count("declared"),
        "arrived": stages.count("arrived"),
        "inside": sum(stage in {"admitted", "disinfecting", "resting", "disinfected"} for stage in stages),
        "turned-away": stages.count("turned-away"),
        "doubts": sum(each.doubts for each in shown),
    }


def open_doubts(rows: Rows, compound: str) -> Mapping[str, int]:
    """How many are open, by code."""
    return Counter(doubt.code for doubt in doubts.open_doubts(rows, compound, DOUBTS_READ))


def titles_of(rows: Rows, compound: str) -> dict[str, str]:
    return {row.group_buy: row.title for row in orders.group_buys(rows, compound)}


def choices_of(rows: Rows, compound: str, person: Person) -> list[Choice]:
    """Group buys to declare for; the only one without a delivery is chosen beforehand."""
    own = [row for row in orders.group_buys(rows, compound) if of_own_group_buy(person, row.group_buy)]
    known: list[GroupBuyRow] = own[:MOST_GROUP_BUYS]
    declared = {group_buy for row in deliveries.all_deliveries(rows, compound) for group_buy in row.group_buys}
    waiting = [row.group_buy for row in known if row.group_buy not in declared]
    return [Choice(row.group_buy, row.title, row.doors, waiting == [row.group_buy]) for row in known]
