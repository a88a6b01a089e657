"""Opens tables that people bring (xlsx, xls, ods, csv): untrusted, mislabelled, protected, cut in half."""

import io
import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple

import msoffcrypto
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from infra.text_tables import NotText, html_rows, looks_like_html, rows_of_text
from infra.unpacking import Bomb, Unpacked, Unseen, unpacked

__all__ = ["Cell", "Merged", "Sheet", "UnreadableFile", "open_tables"]

Cell = str | int | float | bool | date | datetime | time | timedelta | None
FILE_BYTES = 20_000_000
MOST_ROWS = 12_200
"""Filled rows of a sheet: 12,000 orders and what stands above and below them."""
MOST_COLUMNS = 200
MOST_CELLS_XLS = 4_000_000
COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"RIFF", b"II*\x00", b"MM\x00*")
ARCHIVES = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh")
TEXT_MARKS = ("'", "’", "‘", "＇", "=")
"""What a cell begins with where a table program was asked for text."""
TYPED_AS_TEXT = re.compile(r"^['’‘＇](?=[0-9０-９][^'’‘＇]*$)")
KEPT_AS_TEXT = re.compile(r'^="([^"=]*)"$')
"""="12-501" is how exports to csv keep a table program from making a date of it."""
BIFF_BLOCKS = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")


class UnreadableFile(Exception):  # noqa: N818 — a sentence to a person, not an error of the program
    """A file that cannot be read; ``reason`` is a stable id, ``text`` says what to do."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(f"{reason}: {text}")
        self.reason = reason
        self.text = text


class Merged(NamedTuple):
    """A merged area, as indexes into ``Sheet.rows``, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


class Sheet(NamedTuple):
    name: str
    rows: list[list[Cell]]
    merged: tuple[Merged, ...] = ()
    first_row: int = 1
    """The number a person sees beside ``rows[0]``."""
    hidden: bool = False
    row_numbers: tuple[int, ...] = ()
    """The number of each row, where that is not ``first_row`` plus its index (sheets read as one)."""
    without_value: frozenset[tuple[int, int]] = frozenset()
    """Cells with a formula whose value was never stored; they read as empty and are not."""
    hidden_rows: frozenset[int] = frozenset()
    """Indexes into ``rows``; they are read like the others."""
    hidden_columns: frozenset[int] = frozenset()
    struck: frozenset[tuple[int, int]] = frozenset()
    """Cells whose text is struck through, of xlsx only."""
    partly_struck: frozenset[tuple[int, int]] = frozenset()
    """Cells of which a part was struck through, of xlsx only; they hold what is left."""
    comments: tuple[tuple[int, int, str], ...] = ()
    """Indexes of row and column, and what somebody wrote to the cell, of xlsx only."""
    notices: tuple[str, ...] = ()
    file_name: str = ""
    """Of the file it stands in, without its ending."""
    parts: tuple[int, ...] = ()
    """The number of the first row of each, where it was joined of several sheets."""
    buildings: tuple[str, ...] = ()
    """What the sheet of each part, or this one alone, is called by."""

    def number(self, index: int) -> int:
        """The number a person sees beside ``rows[index]``."""
        return self.row_numbers[index] if self.row_numbers else self.first_row + index


def open_tables(source: str | Path | bytes, name: str = "", password: str | None = None) -> list[Sheet]:
    """All sheets of a file, recognised by its content; raises only ``UnreadableFile``."""
    known_name = name or (Path(source).name if isinstance(source, str | Path) else "")
    content = _content(source)
    kind, content = _opened_kind(content, password)
    sheets = _csv(content, known_name) if kind == "csv" else _workbook(content, kind)
    for sheet in sheets:
        _within_limits(sheet)
    sheets = [
        sheet._replace(file_name=Path(known_name).stem, rows=[*map(_without_text_marks, sheet.rows)])
        for sheet in sheets
    ]
    return _with_name_notice(sheets, known_name, kind)


def _content(source: str | Path | bytes) -> bytes:
    if isinstance(source, bytes):
        content = source
    else:
        try:
            with Path(source).open("rb") as file:
                content = file.read(FILE_BYTES + 1)
        except OSError as error:
            raise UnreadableFile("not-found", f"{source} cannot be opened ({error.strerror}); check its name") from None
    if len(content) > FILE_BYTES:
        raise UnreadableFile(
            "too-large",
            f"the file is larger than {FILE_BYTES // 1_000_000} MB; delete pictures and old sheets, then save it again",
        )
    if not content.strip(b"\x00 \r\n\t"):
        raise UnreadableFile("empty", "the file is empty; export it again")
    return content


def _opened_kind(content: bytes, password: str | None) -> tuple[str, bytes]:
    """``zip`` (xlsx, ods), ``xls`` or ``csv``, by what the file begins with, and its content without a password."""
    if content.startswith(COMPOUND_FILE):
        return _compound_file(content, password)
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip", content
    if content.startswith(b"%PDF"):
        raise UnreadableFile("pdf", "this is a PDF, not a table; export the table as xlsx or csv")
    if content.startswith(PICTURES):
        raise UnreadableFile("picture", "this is a picture, not a table; export the table as xlsx or csv")
    if content.startswith(ARCHIVES):
        raise UnreadableFile("archive", "this is a packed archive; unpack it and bring the table in it")
    if content.startswith(BIFF_BLOCKS):
        return "xls", content
    return "csv", content


def _compound_file(content: bytes, password: str | None) -> tuple[str, bytes]:
    """An old xls, or a protected file of any kind."""
    try:
        protected = msoffcrypto.OfficeFile(io.BytesIO(content))
        if not protected.is_encrypted():
            return "xls", content
    except Exception:  # noqa: BLE001 — the library raises whatever a damaged file makes it raise
        return "xls", content
    if password is None:
        raise UnreadableFile(
            "password-missing", "the file is protected; give its password (--password), or save it without one"
        )
    opened = io.BytesIO()
    try:
        protected.load_key(password=password)
        protected.decrypt(opened)
    except Exception as error:  # noqa: BLE001 — as above
        if "key" in str(error).lower() or "password" in str(error).lower():
            raise UnreadableFile(
                "password-wrong", "the password does not open this file; ask the leader who exported it"
            ) from None
        raise UnreadableFile(
            "damaged", "the protected file is damaged or the password is wrong; export it again"
        ) from None
    content = opened.getvalue()
    return ("zip" if content.startswith(b"PK") else "xls"), content


def _csv(content: bytes, name: str) -> list[Sheet]:
    try:
        text_rows = html_rows(content) if looks_like_html(content) else rows_of_text(content, MOST_ROWS, MOST_COLUMNS)
    except NotText as error:
        raise UnreadableFile(error.reason, error.text) from None
    notices = (f"the file was read as {text_rows.read_as}",) if text_rows.read_as != "csv (utf-8)" else ()
    return [Sheet(Path(name).stem or "csv", text_rows.rows, notices=notices)]


def _workbook(content: bytes, kind: str) -> list[Sheet]:
    file = Unpacked(content, {})
    if kind == "zip":
        try:
            file = unpacked(content, MOST_COLUMNS)
        except Bomb as error:
            raise UnreadableFile(error.reason, error.text) from None
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(file.content)) as workbook:
            visible = {
                m.name: m.visible == SheetVisibleEnum.Visible
                for m in workbook.sheets_metadata
                if m.typ == SheetTypeEnum.WorkSheet
            }
            return [_sheet(workbook.get_sheet_by_name(name), file, hidden=not shown) for name, shown in visible.items()]
    except UnreadableFile:
        raise
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        reason = "password-missing" if "assword" in type(error).__name__ else "damaged"
        text = "the file is protected in a way that cannot be opened; save it without a password"
        if reason == "damaged":
            text = "the file is damaged or was not copied to its end; export or download it again"
        raise UnreadableFile(reason, text) from None


def _sheet(sheet: CalamineSheet, file: Unpacked, *, hidden: bool) -> Sheet:
    height, width = sheet.total_height, sheet.total_width
    if height * width > MOST_CELLS_XLS:
        raise UnreadableFile(
            "too-many-cells",
            f"the sheet {sheet.name} claims {height} rows and {width} columns; copy the table into a new file",
        )
    rows: list[list[Cell]] = [list(row) for row in sheet.to_python(skip_empty_area=False)]
    while rows and not any(cell not in {"", None} for cell in rows[-1]):
        rows.pop()
    areas = sheet.merged_cell_ranges or ()
    merged = tuple(Merged(top, left, bottom, right) for (top, left), (bottom, right) in areas)
    unseen = file.unseen.get(sheet.name, Unseen())
    partly_struck = {place: text for place, text in unseen.left.items() if place[0] < len(rows)}
    for (row, column), text in partly_struck.items():
        if column < len(rows[row]):
            rows[row][column] = text
    return Sheet(
        sheet.name,
        rows,
        merged,
        hidden=hidden,
        without_value=unseen.formulas_without_value,
        hidden_rows=unseen.hidden_rows,
        hidden_columns=unseen.hidden_columns,
        struck=unseen.struck,
        partly_struck=frozenset(partly_struck),
        comments=unseen.comments,
    )


def _filled(row: Sequence[Cell]) -> bool:
    return any(cell is not None and cell != "" for cell in row)


def _without_text_marks(row: list[Cell]) -> list[Cell]:
    """'502 asks a table program for text; typed into a cell of text the apostrophe stays, and means nothing; so does ="502"."""
    if not any(isinstance(cell, str) and cell.startswith(TEXT_MARKS) for cell in row):
        return row
    return [KEPT_AS_TEXT.sub(r"\1", TYPED_AS_TEXT.sub("", cell)) if isinstance(cell, str) else cell for cell in row]


def _within_limits(sheet: Sheet) -> None:
    filled = sum(1 for row in sheet.rows if _filled(row))
    if filled > MOST_ROWS:
        raise UnreadableFile(
            "too-many-rows", f"the sheet {sheet.name} has {filled} rows; a file holds at most 12,000 orders, split it"
        )
    width = max((len(row) for row in sheet.rows), default=0)
    if width > MOST_COLUMNS and any(_filled(row[MOST_COLUMNS:]) for row in sheet.rows):
        raise UnreadableFile(
            "too-many-columns",
            f"the sheet {sheet.name} has {width} columns, {MOST_COLUMNS} are read; delete what is no order",
        )


def _with_name_notice(sheets: list[Sheet], name: str, kind: str) -> list[Sheet]:
    suffix = Path(name).suffix.lower()
    fitting = {
        "zip": {".xlsx", ".xlsm", ".ods", ".xlsb", ".et"},
        "xls": {".xls", ".xlsx", ".et"},
        "csv": {".csv", ".txt", ".tsv"},
    }[kind]
    if not suffix or suffix in fitting:
        return sheets
    content = {"zip": "a workbook (xlsx or ods)", "xls": "an old workbook (xls)", "csv": "plain text or a web page"}[
        kind
    ]
    notice = f"the name says {re.sub(r'[^.a-z0-9]', '', suffix)[:8]}, but the file is {content}; it was read as that"
    return [sheet._replace(notices=(*sheet.notices, notice)) for sheet in sheets]
