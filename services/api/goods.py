"""Declaring a delivery and settling doubts."""

from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from domain.base import Code, GroupBuyId
from domain.goods.codes import made_code
from domain.goods.deliveries import DeliveryDeclared, SupplierName, Vehicle
from domain.goods.facts import DoubtSettled, SettlingReason
from services.access import CompoundInView, DeclaresDelivery, Person, SettlesDoubts
from services.api.house import InHouse, json_answer
from services.office import Report, answer_of
from services.wiring import House, now

router = APIRouter(tags=["goods"])


class Declaration(BaseModel):
    """A delivery that is going to come. ``id`` makes a second try harmless."""

    model_config = ConfigDict(extra="forbid")

    id: UUID = Field(default_factory=uuid4)
    group_buys: Annotated[tuple[GroupBuyId, ...], Field(max_length=50)] = ()
    supplier: SupplierName | None = None
    vehicle: Vehicle | None = None
    pieces: Annotated[int, Field(ge=0, le=100_000)] | None = None


class Settling(BaseModel):
    """One rule that one scan broke, looked at by staff. ``code`` is the code that was scanned."""

    model_config = ConfigDict(extra="forbid")

    id: UUID = Field(default_factory=uuid4)
    scan: UUID
    rule: Annotated[str, Field(pattern=r"^[a-z-]{1,40}$")]
    code: Code
    reason: SettlingReason


def declared(declaration: Declaration, person_actor: str, compound: str, secret: bytes) -> DeliveryDeclared:
    return DeliveryDeclared(
        compound=compound,
        actor=person_actor,
        command=declaration.id,
        happened_at=now(),
        delivery=made_code("delivery", secret, declaration.id),
        group_buys=declaration.group_buys,
        supplier=declaration.supplier,
        vehicle=declaration.vehicle,
        pieces=declaration.pieces,
    )


async def declare(house: House, declaration: Declaration, person: Person, compound: str) -> str:
    """Returns the delivery's code."""
    answer = await house.office.note(Report(declared(declaration, person.actor, compound, house.secret)))
    return str(answer.events[0].event.stream.partition("-")[2])


async def settle(house: House, settling: Settling, person: Person, compound: str) -> bool:
    """False when this very settling was recorded before."""
    fact = DoubtSettled(
        compound=compound,
        actor=person.actor,
        command=settling.id,
        happened_at=now(),
        code=settling.code,
        scan=settling.scan,
        rule=settling.rule,
        reason=settling.reason,
    )
    (outcome,) = await house.office.take([Report(fact)])
    return not answer_of(outcome).duplicate


@router.post("/api/deliveries")
async def post_delivery(
    declaration: Declaration, person: DeclaresDelivery, compound: CompoundInView, house: InHouse
) -> Response:
    """Declares a delivery and answers with the code to print for it."""
    return json_answer({"code": await declare(house, declaration, person, compound)}, 201)


@router.post("/api/doubts/settle")
async def post_settling(
    settling: Settling, person: SettlesDoubts, compound: CompoundInView, house: InHouse
) -> Response:
    """Settles one doubt with a reason."""
    told: dict[str, Any] = {"settled": True, "before": not await settle(house, settling, person, compound)}
    return json_answer(told)
