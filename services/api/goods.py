"""Declaring a delivery and settling doubts."""

from collections.abc import Sequence
from typing import Annotated, Any, Final
from uuid import UUID, uuid4

from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from domain.base import Code, Recorded, Refused
from domain.goods.codes import made_code, read_code
from domain.goods.deliveries import DeliveryDeclared
from domain.goods.facts import DoubtSettled, SettlingReason
from projections.trails import code_of
from services.access import CompoundInView, DeclaresDelivery, Person, SettlesDoubts, must
from services.api.house import InHouse, json_answer
from services.goods_names import SupplierSaid, VehicleSaid
from services.office import Report
from services.roles import of_own_group_buy
from services.scan_items import PiecesSaid, ShortText
from services.wiring import House, now

router = APIRouter(tags=["goods"])

CLOSED_BY_SIGNATURE: Final = "two-people"
"""The rule that no reason settles: whoever broke it alone would settle it alone."""


class Declaration(BaseModel):
    """A delivery that is going to come. ``id`` makes a second try harmless."""

    model_config = ConfigDict(extra="forbid")

    id: UUID = Field(default_factory=uuid4)
    group_buys: Annotated[tuple[ShortText, ...], Field(max_length=50)] = ()
    """Ids or titles."""
    supplier: SupplierSaid | None = None
    vehicle: VehicleSaid | None = None
    pieces: PiecesSaid | None = None


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
    """Returns the delivery's code. Raises NotAllowed where a leader names no group buy, or one that is not theirs.

    Goods of no group buy are declared, too (donations, couriers); but something must be known of them.
    """
    group_buys = group_buys_named(house, compound, declaration.group_buys)
    must(person.group_buys is None or bool(group_buys), "declare-delivery")
    must(all(of_own_group_buy(person, each) for each in group_buys), "declare-delivery")
    if not group_buys and all(
        known is None for known in (declaration.supplier, declaration.vehicle, declaration.pieces)
    ):
        raise wrong_field("group_buys", kind="nothing_declared")
    said = declaration.model_copy(update={"group_buys": group_buys})
    fact = declared(said, person.actor, compound, house.secret)
    answer = await house.office.note(Report(fact))
    if answer.events[0].event.stream != fact.stream:
        raise id_used_before()
    return fact.delivery


def group_buys_named(house: House, compound: str, named: Sequence[str]) -> tuple[str, ...]:
    found = [house.places.group_buy(compound, each) for each in named]
    if None in found:
        raise wrong_field("group_buys", found.index(None), kind="group_buy_unknown")
    return tuple(dict.fromkeys(each for each in found if each is not None))


async def settle(house: House, settling: Settling, person: Person, compound: str) -> bool:
    """False when this very settling was recorded before."""
    if settling.rule == CLOSED_BY_SIGNATURE:
        raise must_be_signed()
    code = read_code(settling.code)
    if code is None:
        raise wrong_field("code", kind="code_not_readable")
    if code not in codes_of(house.log.recorded(compound, [settling.scan]).get(settling.scan, [])):
        raise Refused("scan-known", "There is no such scan of this code in the record, so it has no doubt to settle.")
    fact = DoubtSettled(
        compound=compound,
        actor=person.actor,
        command=settling.id,
        happened_at=now(),
        code=code,
        scan=settling.scan,
        rule=settling.rule,
        reason=settling.reason,
    )
    answer = await house.office.note(Report(fact))
    before = answer.events[0].event
    if not isinstance(before, DoubtSettled) or (before.scan, before.rule) != (fact.scan, fact.rule):
        raise id_used_before()
    return not answer.duplicate


def codes_of(recorded: Sequence[Recorded]) -> set[str]:
    return {code_of(each.event) for each in recorded}


def wrong_field(*place: str | int, kind: str) -> RequestValidationError:
    return RequestValidationError([{"type": kind, "loc": ("body", *place), "msg": kind}])


def id_used_before() -> Refused:
    return Refused("id-unused", "This id stands for something else in the record; send this again with a new id.")


def must_be_signed() -> Refused:
    return Refused(
        "second-signature",
        "No reason settles an emergency release: a second registered member signs it under Signatures, /signatures.",
    )


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
    """Settles one doubt with a reason; 409 where the record holds no such scan of this code, or a signature is needed."""
    told: dict[str, Any] = {"settled": True, "before": not await settle(house, settling, person, compound)}
    return json_answer(told)
