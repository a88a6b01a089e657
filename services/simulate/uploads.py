"""From scans to what phones send: the scans of one phone within some seconds go up together."""

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final, NamedTuple

from services.simulate.chance import moment
from services.simulate.compound_plan import CompoundPlan
from services.simulate.day_plan import SECOND, Scan, role_of

SYNC_EVERY: Final = 15 * SECOND
MOST_AT_ONCE: Final = 500


class Upload(NamedTuple):
    """Items as POST /api/scans takes them."""

    at: datetime
    compound: str
    device: str
    role: str
    items: list[dict[str, Any]]
    actor: str
    """Who acts: a member's number, or the device where there are no members."""


class Pending(NamedTuple):
    device: str
    leaves: float
    items: list[dict[str, Any]]


def uploads_of(compound: CompoundPlan, scans: Iterable[Scan], sync_every: float = SYNC_EVERY) -> Iterator[Upload]:
    """In the order in which they reach the server; ``scans`` in order of ``sent``, in milliseconds."""
    waiting: deque[Pending] = deque()
    by_device: dict[str, Pending] = {}
    for scan in scans:
        while waiting and waiting[0].leaves <= scan.sent:
            leaving = waiting.popleft()
            if by_device.get(leaving.device) is leaving:
                del by_device[leaving.device]
            yield sent(compound, leaving)
        pending = by_device.get(scan.device)
        if pending is None or len(pending.items) >= MOST_AT_ONCE:
            pending = by_device[scan.device] = Pending(scan.device, scan.sent + sync_every, [])
            waiting.append(pending)
        pending.items.append(item_of(scan))
    for leaving in waiting:
        yield sent(compound, leaving)


def sent(compound: CompoundPlan, pending: Pending) -> Upload:
    role, actor = role_of(pending.device), compound.actor(pending.device)
    return Upload(moment(pending.leaves), compound.id, pending.device, role, pending.items, actor)


def item_of(scan: Scan) -> dict[str, Any]:
    return {"happened_at": moment(scan.at).isoformat(), "device": scan.device, **scan.fields}
