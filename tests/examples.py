"""One example of each fact of goods, as a volunteer would tell it; every field can be said otherwise."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from domain.base import Holder
from domain.goods.codes import code_from_bits, piece_code
from domain.goods.crates import CrateHandedOver, CrateOpened, CratePacked
from domain.goods.deliveries import (
    DeliveryAdmitted,
    DeliveryArrived,
    DeliveryCounted,
    DeliveryDeclared,
    DeliveryTurnedAway,
)
from domain.goods.disinfection import DisinfectionFinished, DisinfectionStarted
from domain.goods.facts import DoubtSettled, PieceName, PrintedLabel, ScanAnnulled
from domain.goods.labels import LabelsPrinted
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

MORNING = datetime(2022, 4, 20, 1, 0, tzinfo=UTC)  # nine o'clock in Shanghai
SECRET = b"examples"
COMPOUND = "shengdu"
PARCEL = code_from_bits("parcel", 1)
CRATE = code_from_bits("crate", 2)
DELIVERY = code_from_bits("delivery", 3)
PIECE = PieceName(group_buy="apples", household="12-501")
OTHER_PIECE = PieceName(group_buy="apples", household="12-502")
TWIN = piece_code(SECRET, COMPOUND, "apples", "12-501", 1)
RUNNER = Holder(kind="volunteer", id="runner-1")
SIGNER, SECOND_SIGNER = "m0000000s", "m0000000t"
"""Registered members: only they sign for two people."""
SORTING = Holder(kind="station", id="sorting")

_NUMBERS = iter(range(1, 1_000_000))


def scan_id(name: str) -> UUID:
    return uuid5(UUID(int=0), name)


def at(minutes: float) -> datetime:
    return MORNING + timedelta(minutes=minutes)


def said(after, **other):
    """What every fact says; ``after`` in minutes after nine o'clock."""
    return {
        "compound": COMPOUND,
        "actor": "sorter-1",
        "command": scan_id(f"example {next(_NUMBERS)}"),
        "happened_at": at(after),
    } | other


def declared(minutes=0, **other):
    return DeliveryDeclared(**said(minutes, **{"delivery": DELIVERY, "group_buys": ("apples",), "pieces": 2} | other))


def arrived(minutes=10, **other):
    return DeliveryArrived(**said(minutes, **{"delivery": DELIVERY, "station": "gate"} | other))


def admitted(minutes=15, **other):
    return DeliveryAdmitted(**said(minutes, **{"delivery": DELIVERY} | other))


def turned_away(minutes=15, **other):
    return DeliveryTurnedAway(**said(minutes, **{"delivery": DELIVERY, "reasons": ("undeclared",)} | other))


def counted(minutes=20, **other):
    return DeliveryCounted(**said(minutes, **{"delivery": DELIVERY, "pieces": 2} | other))


def disinfection_started(minutes=25, **other):
    usual = {"subject": DELIVERY, "agent": "chlorine", "mg_per_litre": 500, "method": "spray"}
    return DisinfectionStarted(**said(minutes, **usual | other))


def disinfection_finished(after=60, **other):
    return DisinfectionFinished(**said(after, **{"subject": DELIVERY} | other))


def printed(minutes=-60, **other):
    labels = (PrintedLabel(code=PARCEL), PrintedLabel(code=CRATE), PrintedLabel(code=DELIVERY))
    return LabelsPrinted(**said(minutes, **{"labels": labels} | other))


def packed(minutes=100, **other):
    usual = {"parcel": PARCEL, "said": PIECE, "twin": TWIN, "delivery": DELIVERY, "station": "sorting"}
    return ParcelPacked(**said(minutes, **usual | other))


def handed_over(minutes=110, **other):
    return ParcelHandedOver(**said(minutes, **{"parcel": PARCEL, "taker": RUNNER} | other))


def delivered(minutes=120, **other):
    return ParcelDelivered(**said(minutes, **{"parcel": PARCEL} | other))


def reported(minutes=130, **other):
    return ParcelReported(**said(minutes, **{"parcel": PARCEL, "problem": "damaged"} | other))


def returned(minutes=140, **other):
    return ParcelReturned(**said(minutes, **{"parcel": PARCEL, "station": "sorting"} | other))


def held(minutes=105, **other):
    return ParcelHeld(**said(minutes, **{"parcel": PARCEL, "reason": "recall"} | other))


def released(minutes=106, **other):
    return ParcelReleased(**said(minutes, **{"parcel": PARCEL, "reason": "checked", "actor": SIGNER} | other))


def destroyed(minutes=150, **other):
    return ParcelDestroyed(**said(minutes, **{"parcel": PARCEL, "reason": "spoiled"} | other))


def crate_packed(minutes=102, **other):
    usual = {"crate": CRATE, "building": "12", "parcels": (PARCEL,), "station": "sorting"}
    return CratePacked(**said(minutes, **usual | other))


def crate_handed_over(minutes=112, **other):
    return CrateHandedOver(**said(minutes, **{"crate": CRATE, "taker": RUNNER} | other))


def crate_opened(minutes=115, **other):
    return CrateOpened(**said(minutes, **{"crate": CRATE} | other))


def annulled(scan, minutes=None, **other):
    later = scan.happened_at + timedelta(minutes=2) if minutes is None else at(minutes)
    code = getattr(scan, "subject", None) or scan.stream.partition("-")[2]
    return ScanAnnulled(**said(0, **{"happened_at": later, "code": code, "scan": scan.command} | other))


def settled(scan, rule, **other):
    usual = {"code": scan.stream.partition("-")[2], "scan": scan.command, "rule": rule, "reason": "seen-by-staff"}
    return DoubtSettled(**said(200, **usual | other))


def declared_to_sorted():
    """A delivery of two pieces as it should be, up to the sorted parcel."""
    return [declared(), arrived(), admitted(), counted(), disinfection_started(), disinfection_finished(), packed()]
