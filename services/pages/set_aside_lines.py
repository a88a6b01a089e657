"""Scans that were set aside, as staff read them: of what was sent only what can be nobody's words is shown at once."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final, NamedTuple

import orjson

from domain.goods.codes import read_code, spaced
from projections import doubts
from projections.base import Rows
from services.pages.language import N_, Language, say
from services.pages.lists import moment
from services.pages.mistakes import LABELS
from services.pages.words import SET_ASIDE, step_name
from services.places import PlaceBook
from services.scan_items import STEPS
from services.scans import read_item
from services.set_aside import SetAside
from services.wiring import House

HEADER: Final = (N_("When"), N_("Why"), N_("Step"), N_("Code or door"), N_("By"), N_("Scan"))
NOT_READABLE: Final = N_("It could not be read. Look at what was sent.")


class Aside(NamedTuple):
    at: datetime
    why: str
    step: str
    goods: str
    """A code or a door of this compound; empty where what was sent names neither, or is deleted."""
    actor: str
    scan: str
    raw: str | None
    """What was sent, while it is kept."""


def asides(rows: Rows, house: House, compound: str, language: Language) -> list[Aside]:
    raw = {kept.id: kept.raw for kept in house.access.set_aside(compound)}
    return [
        line_of(one, raw.get(one.scan), house.places, compound, language) for one in doubts.set_aside(rows, compound)
    ]


def exported(one: Aside) -> Sequence[object]:
    """Without what was sent."""
    return one[:-1]


def line_of(one: doubts.SetAside, raw: str | None, places: PlaceBook, compound: str, language: Language) -> Aside:
    at = moment(one.received_at)
    assert at is not None  # noqa: S101 — every scan has a time
    sent = sent_as(raw)
    step = str(sent.get("step"))
    return Aside(
        at=at,
        why=why(one.reason, sent, language),
        step=step_name(language, step) if step in STEPS else "",
        goods=goods_in(sent, places, compound),
        actor=one.actor,
        scan=one.scan,
        raw=raw,
    )


def sent_as(raw: str | None) -> Mapping[str, Any]:
    with suppress(orjson.JSONDecodeError):
        sent = orjson.loads(raw or "{}")
        return sent if isinstance(sent, dict) else {}
    return {}


def why(reason: str, sent: Mapping[str, Any], language: Language) -> str:
    """Where a field was wrong, what the sender was told of it."""
    if reason == "not-readable":
        return say(language, NOT_READABLE)
    if reason == "field-wrong" and sent:
        try:
            read_item(sent)
        except SetAside as aside:
            text = say(language, aside.why.text, **aside.why.values)
            name = aside.why.field.partition(".")[0]
            field = say(language, LABELS[name]) if name in LABELS else aside.why.field
            return say(language, "%(field)s: %(text)s", field=field, text=text) if field else text
    return say(language, SET_ASIDE[reason]) if reason in SET_ASIDE else reason


def goods_in(sent: Mapping[str, Any], places: PlaceBook, compound: str) -> str:
    code, door = sent.get("code"), sent.get("door")
    if isinstance(code, str) and (known := read_code(code)):
        return spaced(known)
    return (places.household(compound, door) or "") if isinstance(door, str) else ""
