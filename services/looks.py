"""Who has seen words whole lately: one line for each time that they were open, with who signed for it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from infra.directory import Read, Subject
from infra.unmaskings import Unmasking
from services.second_person import vouched_for
from services.wiring import House


class Look(NamedTuple):
    who: str
    subject: Subject
    why: str
    at: datetime
    """The last time."""
    times: int
    signed_by: str | None
    vouched: bool
    """Whether who looked has ever registered or approved who signed, or the other way round."""


def folded(house: House, compound: str, reads: Iterable[Read]) -> list[Look]:
    """In the order of the reads, the newest first."""
    opened: dict[Subject, Sequence[Unmasking]] = {}
    found: dict[tuple[str, Subject, object], Look] = {}
    for read in reads:
        if read.subject not in opened:
            opened[read.subject] = house.unmaskings.of(compound, read.subject)
        by = next((each for each in opened[read.subject] if was_open(each, read)), None)
        key = (read.who, read.subject, by.id if by else read.at)
        if key in found:
            found[key] = found[key]._replace(times=found[key].times + 1)
            continue
        signer = by.signed_by if by else None
        vouched = signer is not None and have_vouched(house, compound, read.who, signer)
        found[key] = Look(read.who, read.subject, read.why, read.at, 1, signer, vouched)
    return list(found.values())


def was_open(unmasking: Unmasking, read: Read) -> bool:
    until = unmasking.open_until
    return unmasking.asked_by == read.who and until is not None and unmasking.asked_at <= read.at <= until


def have_vouched(house: House, compound: str, one: str, other: str) -> bool:
    return one in vouched_for(house, compound, other) or other in vouched_for(house, compound, one)
