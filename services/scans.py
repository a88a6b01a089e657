"""Scans on their way in: read one by one, turned into facts, answered one by one."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple, Protocol
from uuid import NAMESPACE_OID, UUID, uuid5

import orjson
from pydantic import ValidationError

from domain.goods.codes import kind_of, made_code, piece_code, read_code
from domain.goods.crates import CrateHandedOver, CrateOpened, CratePacked
from domain.goods.deliveries import (
    DeliveryAdmitted,
    DeliveryArrived,
    DeliveryCounted,
    DeliveryDeclared,
    DeliveryTurnedAway,
)
from domain.goods.disinfection import DisinfectionFinished, DisinfectionStarted
from domain.goods.facts import GoodsFact, PieceName, ScanAnnulled
from domain.goods.parcels import (
    ParcelDelivered,
    ParcelDestroyed,
    ParcelHandedOver,
    ParcelHeld,
    ParcelPacked,
    ParcelReleased,
    ParcelReported,
    ParcelReturned,
)
from domain.goods.set_aside import ScanSetAside, SetAsideReason
from infra.committer import Answer, Outcome
from services.access import Person
from services.office import Noted, Report
from services.scan_items import (
    ITEM,
    STEPS,
    Admit,
    Annul,
    Arrive,
    Count,
    Declare,
    Deliver,
    Destroy,
    DisinfectFinish,
    DisinfectStart,
    DoorScan,
    FillCrate,
    HandOver,
    Hold,
    Item,
    OpenCrate,
    Release,
    ReportProblem,
    Return,
    Sort,
    TurnAway,
)

FUTURE: Final = timedelta(minutes=5)
PAST: Final = timedelta(hours=72)
SKEW_WORTH_CORRECTING: Final = timedelta(seconds=2)
"""Less than that is the time that the upload took."""


class Places(Protocol):
    """The doors and group buys that a scan may name."""

    def household(self, compound: str, door: str) -> str | None: ...

    def group_buy(self, compound: str, named: str) -> str | None: ...


class SetAside(Exception):  # noqa: N818 — an answer for one item, not an error of the program
    def __init__(self, reason: SetAsideReason, text: str) -> None:
        super().__init__(text)
        self.reason = reason
        self.text = text


class Desk(NamedTuple):
    """What is known about an upload as a whole."""

    person: Person
    compound: str
    received_at: datetime
    secret: bytes
    places: Places


class Taken(NamedTuple):
    """An item and what will be asked of the record for it."""

    ask: Report | Noted
    code: str | None
    text: str | None = None


def take(raw: Any, desk: Desk) -> Taken:
    """Reads one item; whatever cannot be read becomes a scan set aside."""
    try:
        item = read_item(raw)
        if not desk.person.may_scan(item.step):
            raise SetAside("not-allowed", f"Your role does not include the step {item.step}; ask staff to do it.")
        fact, code = fact_of(item, desk)
    except SetAside as aside:
        return Taken(set_aside(raw, aside.reason, desk), None, aside.text)
    return Taken(Report(fact), code)


def read_item(raw: Any) -> Item:
    try:
        return ITEM.validate_python(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        if first["type"] in {"union_tag_invalid", "union_tag_not_found"}:
            raise SetAside("step-unknown", f"The field step must be one of: {', '.join(STEPS)}.") from None
        if first["type"] in {"model_type", "model_attributes_type", "dict_type"}:
            raise SetAside(
                "not-readable", "A scan must be an object with the fields id, step and happened_at."
            ) from None
        field = ".".join(str(part) for part in first["loc"][1:]) or "scan"
        raise SetAside("field-wrong", f"{field}: {first['msg']}") from None


def set_aside(raw: Any, reason: SetAsideReason, desk: Desk) -> Noted:
    digest = hashlib.sha256(orjson.dumps(raw, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return Noted(
        ScanSetAside(
            compound=desk.compound,
            actor=desk.person.actor,
            command=id_of(raw) or uuid5(NAMESPACE_OID, digest),
            happened_at=desk.received_at,
            reason=reason,
            digest=digest,
        )
    )


def id_of(raw: Any) -> UUID | None:
    try:
        return UUID(raw["id"])
    except (TypeError, KeyError, ValueError, AttributeError):
        return None


def happened(item: Item, received_at: datetime) -> tuple[datetime, datetime | None]:
    """The moment of the scan by our clock; and the device's reading where that cannot be right."""
    skew = received_at - item.sent_at if item.sent_at else timedelta()
    moment = item.happened_at + skew if abs(skew) > SKEW_WORTH_CORRECTING else item.happened_at
    if received_at - PAST <= moment <= received_at + FUTURE:
        return moment.astimezone(UTC), None
    return received_at, item.happened_at


def fact_of(item: Item, desk: Desk) -> tuple[GoodsFact, str]:
    moment, reading = happened(item, desk.received_at)
    common: dict[str, Any] = {
        "compound": desk.compound,
        "actor": desk.person.actor,
        "command": item.id,
        "happened_at": moment,
        "clock_reading": reading,
        "device": item.device,
        "device_seq": item.device_seq,
        "station": item.station or desk.person.station,
    }
    said = piece_said(item, desk) if isinstance(item, DoorScan) else None
    code = code_said(item, said, desk)
    if isinstance(item, Sort):
        return packed(item, code, said, common, desk), code
    if isinstance(item, FillCrate):
        parcels = tuple(dict.fromkeys(readable(parcel, {"parcel"}) for parcel in item.parcels))
        return CratePacked(**common, crate=code, building=item.building, parcels=parcels), code
    if isinstance(item, Deliver):
        household = door_said(item.to, desk) if item.to else None
        return ParcelDelivered(**common, parcel=code, said=said, how=item.how, household=household), code
    if isinstance(item, HandOver) and kind_of(code) == "crate":
        return CrateHandedOver(**common, crate=code, giver=item.giver, taker=item.taker), code
    return MAKE[type(item)](item, code, said, common), code


MAKE: Final[Mapping[type, Callable[[Any, str, PieceName | None, dict[str, Any]], GoodsFact]]] = {
    Declare: lambda item, code, _, common: DeliveryDeclared(
        **common,
        delivery=code,
        group_buys=item.group_buys,
        supplier=item.supplier,
        vehicle=item.vehicle,
        pieces=item.pieces,
    ),
    Arrive: lambda _item, code, _, common: DeliveryArrived(**common, delivery=code),
    Admit: lambda item, code, _, common: DeliveryAdmitted(**common, delivery=code, reason=item.reason),
    TurnAway: lambda item, code, _, common: DeliveryTurnedAway(**common, delivery=code, reasons=item.reasons),
    Count: lambda item, code, _, common: DeliveryCounted(
        **common, delivery=code, pieces=item.pieces, damaged=item.damaged
    ),
    DisinfectStart: lambda item, code, _, common: DisinfectionStarted(
        **common, subject=code, agent=item.agent, mg_per_litre=item.mg_per_litre, method=item.method, faces=item.faces
    ),
    DisinfectFinish: lambda item, code, _, common: DisinfectionFinished(
        **common, subject=code, start=item.start, minutes=item.minutes
    ),
    OpenCrate: lambda _item, code, _, common: CrateOpened(**common, crate=code),
    HandOver: lambda item, code, said, common: ParcelHandedOver(
        **common, parcel=code, said=said, giver=item.giver, taker=item.taker
    ),
    ReportProblem: lambda item, code, said, common: ParcelReported(
        **common, parcel=code, said=said, problem=item.problem
    ),
    Return: lambda item, code, said, common: ParcelReturned(**common, parcel=code, said=said, reason=item.reason),
    Hold: lambda item, code, said, common: ParcelHeld(**common, parcel=code, said=said, reason=item.reason),
    Release: lambda item, code, said, common: ParcelReleased(**common, parcel=code, said=said, reason=item.reason),
    Destroy: lambda item, code, said, common: ParcelDestroyed(**common, parcel=code, said=said, reason=item.reason),
    Annul: lambda item, code, _, common: ScanAnnulled(**common, code=code, scan=item.scan, reason=item.reason),
}


def packed(item: Sort, code: str, said: PieceName | None, common: Mapping[str, Any], desk: Desk) -> ParcelPacked:
    twin = code_of_piece(said, desk) if said else None
    delivery = readable(item.delivery, {"delivery"}) if item.delivery else None
    return ParcelPacked(
        **common,
        parcel=code,
        said=said,
        twin=twin if twin != code else None,
        of=item.of,
        delivery=delivery,
    )


def piece_said(item: DoorScan, desk: Desk) -> PieceName | None:
    if item.door is None and item.group_buy is None:
        return None
    if item.door is None or item.group_buy is None:
        raise SetAside("field-wrong", "group_buy and door belong together: name both, or the label's code.")
    group_buy = desk.places.group_buy(desk.compound, item.group_buy)
    if group_buy is None:
        raise SetAside(
            "group-buy-unknown", "group_buy: there is no such group buy; import its orders or correct the name."
        )
    return PieceName(group_buy=group_buy, household=door_said(item.door, desk), piece=item.piece)


def door_said(door: str, desk: Desk) -> str:
    household = desk.places.household(desk.compound, door)
    if household is None:
        raise SetAside(
            "door-unknown", "door: no door of this compound reads like that; write it as building-room, 12-501."
        )
    return household


def code_said(item: Item, said: PieceName | None, desk: Desk) -> str:
    if item.code is not None:
        return readable(item.code, item.kinds)
    if said is not None:
        return code_of_piece(said, desk)
    if isinstance(item, Declare):
        return made_code("delivery", desk.secret, item.id)
    raise SetAside("field-wrong", "code: name the label's code, or group_buy and door.")


def code_of_piece(said: PieceName, desk: Desk) -> str:
    return piece_code(desk.secret, desk.compound, said.group_buy, said.household, said.piece)


def readable(text: str, kinds: Sequence[str] | frozenset[Any] | set[str]) -> str:
    code = read_code(text)
    if code is None:
        raise SetAside(
            "code-not-readable", "code: this is not a label of ours, or a symbol was misread; scan or type it again."
        )
    if kind_of(code) not in kinds:
        wanted = " or ".join(sorted(kinds))
        raise SetAside(
            "not-this-kind-of-code", f"code: this is the label of a {kind_of(code)}; the step needs a {wanted}."
        )
    return code


def answer(raw: Any, taken: Taken, outcome: Outcome) -> dict[str, Any]:
    """What the phone is told about one item. Raises what stopped the whole upload."""
    if isinstance(outcome, Exception):
        raise outcome
    told: dict[str, Any] = {"id": raw.get("id") if isinstance(raw, dict) else None}
    event = first_event(outcome)
    if isinstance(event, ScanSetAside):
        text = taken.text or "This scan was set aside before; staff will look at it."
        return told | {"outcome": "set_aside", "code": taken.code, "doubts": [], "reason": event.reason, "text": text}
    word = "duplicate" if outcome.duplicate else "recorded"
    return told | {"outcome": word, "code": taken.code, "doubts": list(event.doubts) if event else []}


def first_event(outcome: Answer) -> Any:
    return outcome.events[0].event if outcome.events else None
