"""Scans that are kept for staff to look at: why, a digest in the record, and the raw text beside it."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import NAMESPACE_OID, UUID, uuid5

import orjson

from domain.goods.set_aside import ScanSetAside, SetAsideReason
from services.office import Noted
from services.texts import N_, Say

DEEPEST_KEPT: Final = 8
"""Levels that are kept of a scan that is nested too deep to be written as JSON."""


class Why(NamedTuple):
    """What is told about one scan, and which of its fields it is about; nothing of what was sent."""

    text: str
    field: str = ""
    values: Mapping[str, object] = {}

    def told(self, say: Say) -> str:
        words = say(self.text, **self.values)
        return f"{self.field}: {words}" if self.field else words


class SetAside(Exception):  # noqa: N818 — an answer for one item, not an error of the program
    def __init__(self, reason: SetAsideReason, text: str, field: str = "", **values: object) -> None:
        super().__init__(text)
        self.reason = reason
        self.why = Why(text, field, values)


NOT_READABLE: Final = N_("A scan must be an object with the fields id, step and happened_at.")
NOT_WRITABLE: Final = N_(
    "This scan is nested too deep, or it holds half a character, a lone surrogate such as \\ud800."
)
OUR_MISTAKE: Final = N_("This scan could not be taken in; it is kept and staff will look at it.")
ID_USED: Final = N_("Another scan was recorded under this id; scan this one again, under an id of its own.")
SET_ASIDE_BEFORE: Final = N_("This scan was set aside before; staff will look at it.")


def set_aside(raw: Any, reason: SetAsideReason, *, compound: str, actor: str, received_at: datetime) -> Noted:
    """The same text again is the same fact; a corrected scan with the same id is another one."""
    digest = hashlib.sha256(kept_text(raw, orjson.OPT_SORT_KEYS)).hexdigest()
    return Noted(
        ScanSetAside(
            compound=compound,
            actor=actor,
            command=uuid5(NAMESPACE_OID, f"{id_of(raw) or ''}{digest}"),
            happened_at=received_at,
            reason=reason,
            digest=digest,
        )
    )


def kept_text(raw: Any, option: int = 0) -> bytes:
    """What was sent, as JSON; where that cannot be written, its upper levels and half characters as they were escaped."""
    return orjson.dumps(raw if can_be_written(raw) else upper_levels(raw, DEEPEST_KEPT), option=option)


def can_be_written(raw: Any) -> bool:
    try:
        orjson.dumps(raw)
    except orjson.JSONEncodeError:
        return False
    return True


def upper_levels(raw: Any, levels: int) -> Any:
    if isinstance(raw, dict):
        return {whole(key): upper_levels(value, levels - 1) for key, value in raw.items()} if levels else "…"
    if isinstance(raw, list):
        return [upper_levels(value, levels - 1) for value in raw] if levels else "…"
    return whole(raw) if isinstance(raw, str) else raw


def whole(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()


def id_of(raw: Any) -> UUID | None:
    try:
        return UUID(raw["id"])
    except (TypeError, KeyError, ValueError, AttributeError):
        return None
