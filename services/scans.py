"""Scans on their way in: read one by one, turned into facts, answered one by one."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, Protocol

import structlog
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
from infra.errors import StorageUnavailable
from services.office import Noted, Report
from services.roles import Person, at_own_station, at_own_time
from services.scan_clock import happened
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
from services.set_aside import (
    NOT_READABLE,
    NOT_WRITABLE,
    OUR_MISTAKE,
    SET_ASIDE_BEFORE,
    SetAside,
    Why,
    can_be_written,
    set_aside,
)
from services.texts import N_, Say, in_english
from services.wrong_fields import field_named, words_for

ONLY_MEMBERS_SIGN: Final = N_(
    "Only registered members release what is held, in an emergency too, and this link or key is nobody's number: "
    "sign in as a member. Staff register members under Members."
)
UNDO_WHAT_OTHERS_DID: Final = frozenset({"admin", "staff"})
"""Roles whose reason makes an undo count for every hand and at any time."""

log = structlog.get_logger(__name__)


class Places(Protocol):
    """The doors and group buys that a scan may name."""

    def household(self, compound: str, door: str) -> str | None: ...

    def building(self, compound: str, written: str) -> str | None: ...

    def group_buy(self, compound: str, named: str) -> str | None: ...


class Desk(NamedTuple):
    """What is known about an upload as a whole."""

    person: Person
    compound: str
    received_at: datetime
    secret: bytes
    places: Places
    say: Say = in_english


class Taken(NamedTuple):
    """An item and what will be asked of the record for it."""

    ask: Report | Noted
    code: str | None
    why: Why | None = None
    unread: tuple[str, ...] = ()
    """What was sent with a scan that is recorded without it."""


def take(raw: Any, desk: Desk) -> Taken:
    """Reads one item; whatever cannot be read becomes a scan set aside."""
    try:
        item = read_item(raw)
        must_be_allowed(item, desk.person)
        must_be_on_shift(item, desk)
        return taken(item, desk)
    except SetAside as aside:
        return aside_for(raw, aside, desk)
    except StorageUnavailable:
        raise
    except Exception as error:  # noqa: BLE001 — one scan that the program trips over must not stop the others
        return tripped_over(raw, error, desk)


def tripped_over(raw: Any, error: Exception, desk: Desk) -> Taken:
    """Only the kind of the error is logged: its words may hold what was sent."""
    log.error("scan_not_taken", error=type(error).__name__)
    return aside_for(raw, SetAside("not-readable", OUR_MISTAKE), desk)


def is_another(each: Taken, outcome: Outcome) -> bool:
    """Whether the id stands for something else in the record: other goods, or another step."""
    if isinstance(outcome, Exception) or not outcome.duplicate or not isinstance(each.ask, Report):
        return False
    first = first_event(outcome)
    return type(first) is not type(each.ask.fact) or first.stream != each.ask.fact.stream


def aside_for(raw: Any, aside: SetAside, desk: Desk) -> Taken:
    known = aside if aside.reason == "not-readable" or can_be_written(raw) else SetAside("not-readable", NOT_WRITABLE)
    noted = set_aside(raw, known.reason, compound=desk.compound, actor=desk.person.actor, received_at=desk.received_at)
    return Taken(noted, None, known.why)


def must_be_allowed(item: Item, person: Person) -> None:
    if not person.may_scan(item.step):
        text = N_("Your role does not include the step %(step)s; ask staff to do it.")
        raise SetAside("not-allowed", text, step=item.step)
    if isinstance(item, Annul) and item.reason is not None and person.role not in UNDO_WHAT_OTHERS_DID:
        raise SetAside(
            "not-allowed", N_("only staff take back a scan with a reason; without one you undo your own."), "reason"
        )
    if isinstance(item, Release) and not person.signs:
        raise SetAside("member-signs", ONLY_MEMBERS_SIGN)


def must_be_on_shift(item: Item, desk: Desk) -> None:
    """At a station of the badge; and in its window, where only the upload key of a device says who this was."""
    if not at_own_station(desk.person, item.station):
        raise SetAside("other-station", N_("your badge is for other stations; ask staff for one that fits."), "station")
    if desk.person.between and not at_own_time(desk.person, happened(item, desk.received_at)[0]):
        text = N_("this was scanned outside of the shift that the badge was for.")
        raise SetAside("outside-shift", text, "happened_at")


def read_item(raw: Any) -> Item:
    try:
        return ITEM.validator.validate_python(raw)  # type: ignore[no-any-return]
    except ValidationError as error:
        raise wrong_with(error.errors(include_url=False)[0]) from None


def wrong_with(mistake: Mapping[str, Any]) -> SetAside:
    if mistake["type"] in {"union_tag_invalid", "union_tag_not_found"}:
        return SetAside("step-unknown", N_("The field step must be one of: %(steps)s."), steps=", ".join(STEPS))
    if not mistake["loc"]:
        return SetAside("not-readable", NOT_READABLE)
    _step, *field = mistake["loc"]
    if not field:
        return SetAside("not-readable", NOT_WRITABLE)
    text, values = words_for(mistake)
    reason: SetAsideReason = "not-readable" if mistake["type"] == "string_unicode" else "field-wrong"
    return SetAside(reason, text, field_named(field), **values)


def taken(item: Item, desk: Desk) -> Taken:
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
        "late": desk.person.late,
    }
    said = piece_said(item, desk) if isinstance(item, DoorScan) else None
    code = code_said(item, said, desk)
    if isinstance(item, Sort):
        return packed(item, code, said, common, desk)
    if isinstance(item, FillCrate):
        return crate_filled(item, code, common, desk)
    if isinstance(item, Deliver):
        return delivered(item, code, said, common, desk)
    if isinstance(item, Declare):
        return Taken(Report(declared(item, code, common, desk)), code)
    if isinstance(item, HandOver) and kind_of(code) == "crate":
        return Taken(Report(CrateHandedOver(**common, crate=code, giver=item.giver, taker=item.taker)), code)
    return Taken(Report(MAKE[type(item)](item, code, said, common)), code)


MAKE: Final[Mapping[type, Callable[[Any, str, PieceName | None, dict[str, Any]], GoodsFact]]] = {
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
    Release: lambda item, code, said, common: ParcelReleased(
        **common, parcel=code, said=said, reason=item.reason, emergency=item.emergency
    ),
    Destroy: lambda item, code, said, common: ParcelDestroyed(**common, parcel=code, said=said, reason=item.reason),
    Annul: lambda item, code, _, common: ScanAnnulled(**common, code=code, scan=item.scan, reason=item.reason),
}


def packed(item: Sort, code: str, said: PieceName | None, common: Mapping[str, Any], desk: Desk) -> Taken:
    twin = code_of_piece(said, desk) if said else None
    delivery = readable(item.delivery, {"delivery"}) if item.delivery else None
    fact = ParcelPacked(
        **common,
        parcel=code,
        said=said,
        twin=twin if twin != code else None,
        of=item.of,
        delivery=delivery,
    )
    return Taken(Report(fact), code)


def crate_filled(item: FillCrate, code: str, common: Mapping[str, Any], desk: Desk) -> Taken:
    """The parcels whose codes can be read are in the crate, whatever was misread among them.

    A building that nobody can read stays as it was written: the crate is filled all the same.
    """
    building = item.building and (desk.places.building(desk.compound, item.building) or item.building)
    parcels: dict[str, None] = {}
    misread: dict[str, SetAside] = {}
    for text in item.parcels:
        try:
            parcels[readable(text, {"parcel"})] = None
        except SetAside as aside:
            misread[text] = aside
    if not parcels:
        raise next(iter(misread.values()))
    fact = CratePacked(**common, crate=code, building=building, parcels=tuple(parcels))
    values = {"misread": len(misread), "all": len(item.parcels)}
    why = Why(N_("%(misread)s of %(all)s codes could not be read; scan those parcels again."), "parcels", values)
    return Taken(Report(fact), code, why if misread else None, tuple(misread))


def delivered(item: Deliver, code: str, said: PieceName | None, common: Mapping[str, Any], desk: Desk) -> Taken:
    """A door that cannot be read is not known; that the parcel was delivered is."""
    household = desk.places.household(desk.compound, item.to) if item.to else None
    report = Report(ParcelDelivered(**common, parcel=code, said=said, how=item.how, household=household))
    if item.to and not household:
        why = Why(N_("no door of this compound reads like that; recorded without it."), "to")
        return Taken(report, code, why, (item.to,))
    return Taken(report, code)


def declared(item: Declare, code: str, common: Mapping[str, Any], desk: Desk) -> DeliveryDeclared:
    if (
        item.code is None
        and not item.group_buys
        and all(each is None for each in (item.supplier, item.vehicle, item.pieces))
    ):
        text = N_("name at least one of them: a group buy, the supplier, the vehicle or the number of pieces.")
        raise SetAside("field-wrong", text, "group_buys")
    return DeliveryDeclared(
        **common,
        delivery=code,
        group_buys=tuple(dict.fromkeys(group_buy_said(named, desk) for named in item.group_buys)),
        supplier=item.supplier,
        vehicle=item.vehicle,
        pieces=item.pieces,
    )


def piece_said(item: DoorScan, desk: Desk) -> PieceName | None:
    if item.door is None and item.group_buy is None:
        return None
    if item.door is None or item.group_buy is None:
        text = N_("a group buy and a door belong together: name both, or the label's code.")
        raise SetAside("field-wrong", text, "group_buy" if item.group_buy is None else "door")
    group_buy = group_buy_said(item.group_buy, desk)
    return PieceName(group_buy=group_buy, household=door_said(item.door, desk), piece=item.piece)


def group_buy_said(named: str, desk: Desk) -> str:
    group_buy = desk.places.group_buy(desk.compound, named)
    if group_buy is None:
        raise SetAside(
            "group-buy-unknown", N_("there is no such group buy; import its orders or correct the name."), "group_buy"
        )
    return group_buy


def door_said(door: str, desk: Desk) -> str:
    household = desk.places.household(desk.compound, door)
    if household is None:
        raise SetAside(
            "door-unknown", N_("no door of this compound reads like that; write it as building-room, 12-501."), "door"
        )
    return household


def code_said(item: Item, said: PieceName | None, desk: Desk) -> str:
    if item.code is not None:
        return readable(item.code, item.kinds)
    if said is not None:
        return code_of_piece(said, desk)
    if isinstance(item, Declare):
        return made_code("delivery", desk.secret, item.id)
    raise SetAside("field-wrong", N_("name the label's code, or the group buy and the door."), "code")


def code_of_piece(said: PieceName, desk: Desk) -> str:
    return piece_code(desk.secret, desk.compound, said.group_buy, said.household, said.piece)


def readable(text: str, kinds: Sequence[str] | frozenset[Any] | set[str]) -> str:
    code = read_code(text)
    if code is None:
        raise SetAside(
            "code-not-readable",
            N_("this is not a label of ours, or a symbol was misread; scan or type it again."),
            "code",
        )
    if kind_of(code) not in kinds:
        text = N_("this is a label of the kind %(kind)s; the step needs one of: %(wanted)s.")
        raise SetAside("not-this-kind-of-code", text, "code", kind=kind_of(code), wanted=", ".join(sorted(kinds)))
    return code


def answer(raw: Any, taken: Taken, outcome: Outcome, say: Say = in_english) -> dict[str, Any]:
    """What the phone is told about one item. Raises what stopped the whole upload."""
    if isinstance(outcome, Exception):
        raise outcome
    sent_id = raw.get("id") if isinstance(raw, dict) else None
    told: dict[str, Any] = {"id": sent_id if isinstance(sent_id, str | int) else None, "outcome": "recorded"}
    event = first_event(outcome)
    if isinstance(event, ScanSetAside):
        told["id"] = told["id"] if can_be_written(sent_id) else None
        text = (taken.why or Why(SET_ASIDE_BEFORE)).told(say)
        return told | {"outcome": "set_aside", "code": taken.code, "doubts": [], "reason": event.reason, "text": text}
    if outcome.duplicate:
        told["outcome"] = "duplicate"
    told |= {"code": taken.code, "doubts": list(event.doubts) if event else []}
    if getattr(event, "late", False):
        told["late"] = True
    if taken.unread:
        told["unread"] = list(taken.unread)
    return told | {"text": taken.why.told(say)} if taken.why else told


def first_event(outcome: Answer) -> Any:
    return outcome.events[0].event if outcome.events else None
