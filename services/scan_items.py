"""What a hand may say in one scan: a union by step over the fields that all scans share."""

from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    Strict,
    TypeAdapter,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, core_schema

from domain.base import Building, Holder, StationId
from domain.goods.codes import Kind
from domain.goods.deliveries import AdmitReason, TurnAwayReason
from domain.goods.disinfection import Face, Method
from domain.goods.facts import AnnulReason, GoodsReason
from domain.goods.handling import Agent
from domain.goods.parcels import How, Problem, ReleaseReason
from services.goods_names import SupplierSaid, VehicleSaid

ShortText = Annotated[str, Field(min_length=1, max_length=200)]
Whole = Annotated[int, Strict()]
"""Neither true nor "5": a count that was meant as something else is no count."""
PiecesSaid = Annotated[Whole, Field(ge=0, le=100_000)]


class WrittenOut:
    """Only as ISO 8601 writes it: a bare number is a count of seconds to pydantic, and a time to nobody else."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        written = core_schema.str_schema(strict=True, pattern=r"^\d{4}-")
        return core_schema.custom_error_schema(
            core_schema.chain_schema([written, handler(source)]),
            custom_error_type="time_with_offset",
            custom_error_message="must be a time with its offset",
        )


TimeSaid = Annotated[AwareDatetime, WrittenOut(), WithJsonSchema({"type": "string", "format": "date-time"})]


class Scan(BaseModel):
    """Times are ISO 8601 with an offset. ``code`` may be typed, scanned or a whole label address."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kinds: ClassVar[frozenset[Kind]] = frozenset({"parcel", "crate", "delivery"})
    """Kinds of code that the step makes sense for."""

    id: UUID
    happened_at: TimeSaid
    sent_at: TimeSaid | None = None
    device: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:-]+$")] | None = None
    device_seq: Annotated[Whole, Field(ge=0, le=2**53)] | None = None
    station: StationId | None = None
    code: ShortText | None = None


class DeliveryScan(Scan):
    kinds = frozenset({"delivery"})


class Declare(DeliveryScan):
    step: Literal["declare"]
    group_buys: Annotated[tuple[ShortText, ...], Field(max_length=50)] = ()
    """Ids or titles."""
    supplier: SupplierSaid | None = None
    vehicle: VehicleSaid | None = None
    pieces: PiecesSaid | None = None


class Arrive(DeliveryScan):
    step: Literal["arrive"]


class Admit(DeliveryScan):
    step: Literal["admit"]
    reason: AdmitReason | None = None


class TurnAway(DeliveryScan):
    step: Literal["turn-away"]
    reasons: Annotated[tuple[TurnAwayReason, ...], Field(min_length=1)]


class Count(DeliveryScan):
    step: Literal["count"]
    pieces: PiecesSaid
    damaged: PiecesSaid = 0


class DoorScan(Scan):
    """A parcel may be named by its door where there is no label."""

    group_buy: ShortText | None = None
    door: ShortText | None = None
    piece: Annotated[Whole, Field(ge=1, le=99)] = 1


class ParcelScan(DoorScan):
    kinds = frozenset({"parcel"})


class DisinfectStart(DoorScan):
    step: Literal["disinfect-start"]
    agent: Agent
    mg_per_litre: Annotated[Whole, Field(ge=0, le=1_000_000)] | None = None
    method: Method | None = None
    faces: Annotated[tuple[Face, ...], Field(max_length=6)] = ()


class DisinfectFinish(DoorScan):
    step: Literal["disinfect-finish"]
    start: UUID | None = None
    minutes: Annotated[Whole, Field(ge=0, le=1440)] | None = None


class Sort(ParcelScan):
    """A code and a door bind the label to the household's piece; either alone says that this parcel is sorted."""

    step: Literal["sort"]
    of: Annotated[Whole, Field(ge=1, le=99)] | None = None
    delivery: ShortText | None = None


class FillCrate(Scan):
    kinds = frozenset({"crate"})
    step: Literal["fill-crate"]
    building: Building | None = None
    parcels: Annotated[tuple[ShortText, ...], Field(min_length=1, max_length=200)]


class OpenCrate(Scan):
    kinds = frozenset({"crate"})
    step: Literal["open-crate"]


class HandOver(DoorScan):
    kinds = frozenset({"parcel", "crate"})
    step: Literal["hand-over"]
    taker: Holder
    giver: Holder | None = None


class Deliver(ParcelScan):
    step: Literal["deliver"]
    how: How = "door"
    to: ShortText | None = None
    """The door it was left at, where the hand looked at it."""


class ReportProblem(ParcelScan):
    step: Literal["report"]
    problem: Problem


class Return(ParcelScan):
    step: Literal["return"]
    reason: GoodsReason | None = None


class Hold(ParcelScan):
    step: Literal["hold"]
    reason: GoodsReason


class Release(ParcelScan):
    """Two people sign; in an emergency one frees the parcel, and a second person signs afterwards."""

    step: Literal["release"]
    reason: ReleaseReason
    emergency: bool = False


class Destroy(ParcelScan):
    step: Literal["destroy"]
    reason: GoodsReason


class Annul(DoorScan):
    """Takes a scan back: by the same hand within ten minutes, later by staff with a reason."""

    step: Literal["annul"]
    scan: UUID
    reason: AnnulReason | None = None


Item = Annotated[
    Declare
    | Arrive
    | Admit
    | TurnAway
    | Count
    | DisinfectStart
    | DisinfectFinish
    | Sort
    | FillCrate
    | OpenCrate
    | HandOver
    | Deliver
    | ReportProblem
    | Return
    | Hold
    | Release
    | Destroy
    | Annul,
    Field(discriminator="step"),
]

ITEM: TypeAdapter[Item] = TypeAdapter(Item)
STEPS = tuple(
    step
    for model in Item.__origin__.__args__  # type: ignore[attr-defined]  # the union inside Annotated
    for step in model.model_fields["step"].annotation.__args__
)


class ScanBatch(BaseModel):
    """1 to 500 scans; each is read on its own, so that one bad scan spoils no other."""

    model_config = ConfigDict(extra="forbid")

    scans: Annotated[list[Any], Field(min_length=1, max_length=500)]
