"""Columns that may count another good once more: 苹果 beside 苹果大 and 苹果小, 现订苹果 beside 原订苹果, 苹果.1."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from infra.tables import Cell
from services.imports.columns_of_numbers import adds_up
from services.imports.headers import spoken
from services.imports.layouts import filled
from services.imports.quantities import quantity_of

BEFORE: Final = r"原[订来有]?|改前|更[正改]前|修改前|变更前|初订"
AFTER: Final = r"现[订在]?|改[后为]?|更[正改]后?|修改后?|变更后?|最终|改后"
BEFORE_OR_AFTER: Final = re.compile(
    rf"(?:(?P<first>{BEFORE})|(?P<then>{AFTER}))(?P<behind>.+)|(?P<good>.+?)[(_-]?(?:(?P<was>{BEFORE})|(?P<now>{AFTER}))\)?"
)
CORRECTED: Final = re.compile(
    r"(?P<good>.+?)[(_-]?(?:更[正改]后?|修改后?|变更后?|改后|最终数?)\)?|(?P<named>.+?)\(改\)"
)
NAMED_AGAIN: Final = re.compile(r"(?P<good>.+)\.[1-9]")
"""What pandas calls a second column of the same name."""
SEVERAL: Final = 2


def counted_again(headers: Mapping[int, str], rows: Sequence[Sequence[Cell]]) -> dict[int, str]:
    """By column of goods, why it is not certain that it counts something of its own."""
    names = {at: spoken(header) for at, header in headers.items()}
    known = set(names.values())
    doubts: dict[int, str] = {}
    before: dict[str, list[int]] = {}
    after: dict[str, list[int]] = {}
    for at, name in names.items():
        again = NAMED_AGAIN.fullmatch(name)
        if again and again["good"] in known:
            doubts[at] = "maybe-no-good"
        if found := BEFORE_OR_AFTER.fullmatch(name):
            side = before if found["first"] or found["was"] else after
            side.setdefault(found["behind"] or found["good"], []).append(at)
        corrected = CORRECTED.fullmatch(name)
        if corrected and (good := corrected["good"] or corrected["named"]) in known:
            doubts |= dict.fromkeys(
                (at, *(other for other, each in names.items() if each == good)), "quantities-differ"
            )
        parts = [other for other, each in names.items() if other != at and each.startswith(name)]
        if len(parts) >= SEVERAL and _is_their_sum(rows, at, parts):
            doubts[at] = "maybe-sum"
    for good in before.keys() & after.keys():
        doubts |= dict.fromkeys((*before[good], *after[good]), "quantities-differ")
    return doubts


def _is_their_sum(rows: Sequence[Sequence[Cell]], at: int, parts: Sequence[int]) -> bool:
    """In every row that says anything; and more than one of them, and more than one part, say something."""
    said = [row for row in rows if at < len(row) and filled(row[at])]
    parts_said = [part for part in parts if any(part < len(row) and filled(row[part]) for row in said)]
    return len(said) >= SEVERAL and len(parts_said) >= SEVERAL and adds_up(rows, at, parts)


def counts_alone(rows: Sequence[Sequence[Cell]], at: int, ordered: int) -> bool:
    """Whether what came was in some row not ordered, so that the row would be lost without it."""
    counted = (
        [quantity_of(row[each], blank_is_none=True) if each < len(row) else None for each in (at, ordered)]
        for row in rows
    )
    return any(came and not order for came, order in counted)
