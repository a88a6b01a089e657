"""When a scan happened: by our clock, as far as the device's can be corrected."""

from datetime import UTC, datetime, timedelta
from typing import Final

from services.scan_items import Scan

FUTURE: Final = timedelta(minutes=5)
PAST: Final = timedelta(hours=72)
SKEW_WORTH_CORRECTING: Final = timedelta(seconds=2)
"""Less than that is the time that the upload took."""


def happened(item: Scan, received_at: datetime) -> tuple[datetime, datetime | None]:
    """The moment of the scan by our clock; and the device's reading where that cannot be right."""
    said = item.happened_at
    try:
        if item.sent_at is not None and abs(skew := received_at - item.sent_at) > SKEW_WORTH_CORRECTING:
            said += skew
        moment = said.astimezone(UTC)
    except OverflowError:
        return received_at, item.happened_at
    if received_at - PAST <= moment <= received_at + FUTURE:
        return moment, None
    return received_at, item.happened_at
