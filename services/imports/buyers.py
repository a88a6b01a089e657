"""Whose row it is: words for the directory, and a digest by which twins are told apart; neither goes into the record."""

import hashlib
from collections.abc import Iterable

from infra.directory import Words
from services.imports.forgetting import remembered
from services.imports.headers import Column
from services.imports.merged_cells import Row
from services.imports.order_stands import Cells
from services.imports.quantities import text_of

PERSONAL: tuple[Column, Column] = ("person", "phone")
TOLD: tuple[Column, ...] = (*PERSONAL, "note")
NO_WORDS = {"-", "--", "—", "/", "无", "没有", "(空)", "空", "nan", "none", "null"}


def words_about(cells: Cells, row: Row) -> Words:
    said = row.said
    return words_of(*[tuple([text_of(row[at]) for at in cells.places(column) if said[at]]) for column in TOLD])


@remembered
def words_of(names: Iterable[str], phones: Iterable[str], notes: Iterable[str]) -> Words:
    names, phones, notes = (
        [text for each in texts if (text := each.strip()) not in NO_WORDS] for texts in (names, phones, notes)
    )
    name, phone = (next(iter(texts), "") for texts in (names, phones))
    return Words(name=name, phone=phone, note="；".join(dict.fromkeys(notes))).tidied()


def digest_of_person(cells: Cells, row: Row) -> str:
    who = next(filter(None, cells.said(row, "person", "number")), "")
    return hashlib.sha256(who.encode()).hexdigest() if who else ""
