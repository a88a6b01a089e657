"""Whose row it is: words for the directory, and a digest by which twins are told apart; neither goes into the record."""

import hashlib

from infra.directory import Words
from services.imports.headers import Column
from services.imports.merged_cells import Row
from services.imports.order_stands import Cells
from services.imports.quantities import text_of

PERSONAL: tuple[Column, Column] = ("person", "phone")
NO_WORDS = {"-", "--", "—", "/", "无", "没有", "(空)", "空", "nan", "none", "null"}


def words_about(cells: Cells, row: Row) -> Words:
    name, phone = (next(iter(texts(cells, row, column)), "") for column in PERSONAL)
    return Words(name=name, phone=phone, note="；".join(dict.fromkeys(texts(cells, row, "note")))).tidied()


def texts(cells: Cells, row: Row, column: Column) -> list[str]:
    said = [text_of(row[at]).strip() for at in cells.places(column) if row.said[at]]
    return [text for text in said if text not in NO_WORDS]


def digest_of_person(cells: Cells, row: Row) -> str:
    who = next(filter(None, cells.said(row, "person", "number")), "")
    return hashlib.sha256(who.encode()).hexdigest() if who else ""
