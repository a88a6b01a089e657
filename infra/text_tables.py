"""Reads tables that are plain text: csv in the encodings people save, and web pages saved as xls."""

import contextlib
import csv
import io
import re
from collections import Counter
from html.parser import HTMLParser
from typing import NamedTuple

SAMPLE = 200_000
SEPARATORS = (",", "\t", ";", "，", "|")
LONGEST_CELL = 32_000
HEADER_WORDS = (
    "楼",
    "房号",
    "栋",
    "室",
    "数量",
    "份数",
    "商品",
    "门牌",
    "地址",
    "樓",
    "號",
    "棟",
    "數量",
    "份數",
    "商品",
    "門牌",
)
READABLE_SHARE = 0.98


class NotText(Exception):  # noqa: N818 — a sentence to a person
    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason
        self.text = text


class TextRows(NamedTuple):
    rows: list[list]  # type: ignore[type-arg]  # cells are str; the caller's rows hold other kinds, too
    read_as: str


def decoded(content: bytes) -> tuple[str, str]:
    """The text and the encoding it was in; raises NotText for what is no text."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return _readable(content.decode(encoding, "replace"), encoding.removesuffix("-sig"))
    if b"\x00" in content[:2000]:
        first, second = content[:2000:2].count(0), content[1:2000:2].count(0)
        if first == second:
            raise NotText("not-a-table", "this file is no table that can be read; export it as xlsx or csv")
        encoding = "utf-16-be" if first > second else "utf-16-le"
        return _readable(content.decode(encoding, "replace"), encoding)
    texts: dict[str, str] = {}
    for encoding in ("utf-8", "gb18030", "big5"):
        with contextlib.suppress(UnicodeDecodeError):
            texts[encoding] = content.decode(encoding)
    if "utf-8" in texts:
        return _readable(texts["utf-8"], "utf-8")
    if texts:
        likely = max(texts, key=lambda encoding: sum(texts[encoding][:SAMPLE].count(word) for word in HEADER_WORDS))
        return _readable(texts[likely], likely)
    for encoding in ("utf-8", "gb18030"):
        text = content.decode(encoding, "replace")
        if text[:-2].count("\ufffd") == 0:
            raise NotText(
                "damaged",
                "the file ends in the middle of a character; it was not copied to its end, export or download it again",
            )
    raise NotText("not-a-table", "this file is no table that can be read; export it as xlsx or csv")


def _readable(text: str, encoding: str) -> tuple[str, str]:
    sample = text[:SAMPLE]
    odd = sum(
        1
        for mark in sample
        if (mark < " " and mark not in "\t\r\n\f\x0b") or mark == "\ufffd" or "\ue000" <= mark <= "\uf8ff"
    )
    if not sample or odd > (1 - READABLE_SHARE) * len(sample) or "\ufffd" in text:
        raise NotText("not-a-table", "this file is no table that can be read; export it as xlsx or csv")
    return text, encoding


def rows_of_text(content: bytes, most_rows: int, most_columns: int) -> TextRows:
    """Rows of a csv; a line break inside a cell begins no row, as in a table program."""
    text, encoding = decoded(content)
    text = text.replace("\x00", "")
    separator = _separator(text)
    lines: list[int] = []
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    filled, line = 0, 1
    try:
        for row in reader:
            rows.append([cell[:LONGEST_CELL] for cell in row])
            lines.append(line)
            line = reader.line_num + 1
            filled += any(cell.strip() for cell in row)
            if filled > most_rows:
                raise NotText(
                    "too-many-rows",
                    f"the table has more than {most_rows} rows; a file holds at most 12,000 orders, split it",
                )
            if len(row) > most_columns and any(cell.strip() for cell in row[most_columns:]):
                raise NotText(
                    "too-many-columns",
                    f"line {lines[-1]} has {len(row)} columns, {most_columns} are read; is this a table?",
                )
    except csv.Error:
        raise NotText(
            "damaged",
            f"the text cannot be read behind line {line}: a quotation mark that is never closed, or no table at all",
        ) from None
    if _cut_in_the_last_row(text, rows):
        raise NotText(
            "damaged", f"the file ends in the middle of line {lines[-1]}; export it again, or copy it once more"
        )
    if not filled:
        raise NotText("empty", "the file is empty; export it again")
    named = {",": "csv", "\t": "text between tabs"}.get(separator, f"csv with {separator}")
    return TextRows(rows, f"{named} ({encoding})")


def _cut_in_the_last_row(text: str, rows: list[list[str]]) -> bool:
    """No end of line, and fewer cells than any row before."""
    before = [len(row) for row in rows[:-1] if row]
    return not text.endswith(("\n", "\r")) and len(before) > 1 and len(rows[-1]) < min(before)


def _separator(text: str) -> str:
    """The separator that cuts most lines into the same number of cells."""
    lines = [line for line in text[:SAMPLE].splitlines()[:200] if line.strip()]
    best, points = ",", 0.0
    for separator in SEPARATORS:
        counts = Counter(line.count(separator) for line in lines)
        counts.pop(0, None)
        if counts:
            _, often = counts.most_common(1)[0]
            if often > points:
                best, points = separator, often
    return best


def looks_like_html(content: bytes) -> bool:
    head = content[:4000].replace(b"\x00", b"").lower()
    return b"<table" in head or (b"<html" in head and b"<table" in content.lower())


class _Cells(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            if any(name in {"rowspan", "colspan"} and (value or "1").strip() != "1" for name, value in attrs):
                raise NotText(
                    "merged-page",
                    "this is a web page with merged cells, saved under a table's name; open it in a table program and save it as xlsx",
                )
            self.rows = self.rows or [[]]
            self.cell = []
        elif tag == "br" and self.cell is not None:
            self.cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"} and self.cell is not None:
            self.rows[-1].append("".join(self.cell).strip())
            self.cell = None

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)


def html_rows(content: bytes) -> TextRows:
    """The rows of the tables of a web page that was saved as a table."""
    encoding = re.search(rb"charset=[\"']?([\w-]+)", content[:4000])
    if encoding and encoding[1].lower() in {b"gb2312", b"gbk", b"gb18030"}:
        text = content.decode("gb18030", "replace")
    else:
        text = decoded(content)[0]
    cells = _Cells()
    cells.feed(text)
    if "</table" not in text.lower():
        raise NotText("damaged", "the file is damaged or was not copied to its end; export or download it again")
    return TextRows(cells.rows, "a web page with a table")
