"""What the pages of lists share: moments, trails behind codes, the steps behind facts, and one's choice of a day."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from domain.goods.codes import kind_of, read_code
from domain.goods.handling import PLACE_TIME
from projections.base import moment_of
from services.pages.language import Language, say
from services.wiring import now

TRAILS: Final = {"parcel": "parcels", "crate": "crates", "delivery": "deliveries"}
STEP_OF_FACT: Final = {
    "DeliveryDeclared": "declare",
    "DeliveryArrived": "arrive",
    "DeliveryAdmitted": "admit",
    "DeliveryTurnedAway": "turn-away",
    "DeliveryCounted": "count",
    "DisinfectionStarted": "disinfect-start",
    "DisinfectionFinished": "disinfect-finish",
    "ParcelPacked": "sort",
    "CratePacked": "fill-crate",
    "CrateOpened": "open-crate",
    "CrateHandedOver": "hand-over",
    "ParcelHandedOver": "hand-over",
    "ParcelDelivered": "deliver",
    "ParcelReported": "report",
    "ParcelReturned": "return",
    "ParcelHeld": "hold",
    "ParcelReleased": "release",
    "ParcelDestroyed": "destroy",
    "ScanAnnulled": "annul",
}


def trail_address(code: str) -> str | None:
    """Where the trail behind a code is shown; None for what is no code."""
    known = read_code(code)
    return f"/audit/{TRAILS[kind_of(known)]}/{known}" if known else None


def moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else moment_of(milliseconds)


def today() -> date:
    return now().astimezone(PLACE_TIME).date()


def day_chosen(written: str) -> date:
    """Today where nothing readable was chosen."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        return today()


def header(language: Language, texts: Sequence[str]) -> list[str]:
    return [say(language, text) for text in texts]
