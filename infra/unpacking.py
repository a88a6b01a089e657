"""Looks into a packed workbook (xlsx, ods) before anything opens it, and repacks only what a table needs."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from infra.cell_comments import comments_of
from infra.struck_text import STRIKE, left_of_cells, partly_struck

UNPACKED_BYTES = 150_000_000
SMALL_BYTES = 5_000_000
"""Below this, no ratio is suspicious."""
HIGHEST_RATIO = 200
MOST_PARTS = 2_000
LAST_ROW = 200_000
MOST_EQUAL_ROWS = 10_000
MOST_CELLS = 4_000_000
NEEDED = re.compile(
    r"^(?:\[Content_Types\]\.xml|_rels/.*|xl/(?:workbook\.(?:xml|bin)|sharedStrings\.(?:xml|bin)|styles\.(?:xml|bin)|comments(?:[0-9]*|/[^/]+)\.xml|_rels/.*|worksheets/.*)|mimetype|content\.xml|styles\.xml|META-INF/.*)$",
    re.IGNORECASE,
)
CELL_AT = re.compile(rb'<(?:\w+:)?c [^>]*?\br="([A-Z]{1,3})(\d{1,9})"')
ROW_AT = re.compile(rb'<(?:\w+:)?row [^>]*?\br="(\d{1,12})"')
FORMULA = re.compile(
    rb'<c [^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*<f(?:\s[^>]*?)?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>'
)
HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row (?=[^>]*?\bhidden="(?:1|true)")[^>]*?\br="(\d{1,9})"')
HIDDEN_COLUMNS = re.compile(rb'<(?:\w+:)?col (?=[^>]*?\bhidden="(?:1|true)")[^>]*>')
FONTS = re.compile(rb"<(?:\w+:)?fonts\b.*?</(?:\w+:)?fonts>", re.DOTALL)
FONT = re.compile(rb"<(?:\w+:)?font(?:\s[^>]*)?(?:/>|>(.*?)</(?:\w+:)?font>)", re.DOTALL)
FORMATS = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
FORMAT = re.compile(rb"<(?:\w+:)?xf\s[^>]*>")
STYLED_CELL = re.compile(rb'<(?:\w+:)?c (?=[^>]*?\bs="(\d+)")[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*[^/]>')
SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
RELATION = re.compile(rb"<Relationship\s[^>]*>")


class Bomb(Exception):  # noqa: N818 — a sentence to a person
    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason
        self.text = text


class Unseen(NamedTuple):
    """What a reader of cells does not tell of a sheet; rows and columns count from zero."""

    formulas_without_value: frozenset[tuple[int, int]] = frozenset()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    struck: frozenset[tuple[int, int]] = frozenset()
    """Cells whose text is struck through."""
    left: Mapping[tuple[int, int], str] = MappingProxyType({})
    """Cells of which a part is struck through, and what is left of them."""
    comments: tuple[tuple[int, int, str], ...] = ()
    """Row, column and what somebody wrote to the cell."""


class Unpacked(NamedTuple):
    content: bytes
    unseen: dict[str, Unseen]
    """By sheet."""


def unpacked(content: bytes, most_columns: int) -> Unpacked:
    """The same workbook, repacked from parts whose sizes were checked while they were read."""
    parts = _parts(content)
    if not any(name.lower() in {"xl/workbook.xml", "xl/workbook.bin", "content.xml"} for name in parts):
        raise Bomb(
            "not-a-table", "this is a packed file, but no workbook; bring the table itself (xlsx, xls, ods or csv)"
        )
    unseen: dict[str, Unseen] = {}
    names, struck = _sheet_names(parts), _struck_formats(parts.get("xl/styles.xml", b""))
    shared = partly_struck(parts)
    for name, part in parts.items():
        if name.lower().startswith("xl/worksheets/") and name.lower().endswith(".xml"):
            _check_extent(part, most_columns)
            if name in names:
                relations = parts.get("{}/_rels/{}.rels".format(*name.rsplit("/", 1)), b"")
                comments = comments_of(name, (target for _, target in _relations(relations)), parts)
                left = left_of_cells(part, shared)
                found = _unseen(part, most_columns, struck)
                wholly = found.struck | {place for place, text in left.items() if not text}
                unseen[names[name]] = found._replace(
                    struck=wholly, left={place: text for place, text in left.items() if text}, comments=comments
                )
    if "content.xml" in parts:
        _check_repeats(parts["content.xml"])
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as repacked:
        for name, part in parts.items():
            repacked.writestr(zipfile.ZipInfo(name), part)
    return Unpacked(whole.getvalue(), unseen)


def _struck_formats(styles: bytes) -> frozenset[bytes]:
    """The numbers of the formats of cells whose font is struck through."""
    fonts, formats = FONTS.search(styles), FORMATS.search(styles)
    if not fonts or not formats or b"strike" not in fonts[0]:
        return frozenset()
    struck = {str(at) for at, font in enumerate(FONT.finditer(fonts[0])) if STRIKE.search(font[1] or b"")}
    return frozenset(
        str(at).encode() for at, tag in enumerate(FORMAT.findall(formats[0])) if _attribute(tag, rb"\bfontId") in struck
    )


def _unseen(part: bytes, most_columns: int, struck: frozenset[bytes]) -> Unseen:
    formulas, rows, columns = (b"<f" in part and FORMULA.finditer(part)) or (), HIDDEN_ROW.finditer(part), set[int]()
    for tag in HIDDEN_COLUMNS.findall(part):
        first, last = (int(_attribute(tag, rb"\b" + name) or 0) for name in (b"min", b"max"))
        columns |= {*range(first - 1, min(last, most_columns))}
    return Unseen(
        frozenset((int(found[2]) - 1, _column(found[1])) for found in formulas),
        frozenset(int(found[1]) - 1 for found in rows),
        frozenset(columns),
        frozenset((int(cell[3]) - 1, _column(cell[2])) for cell in STYLED_CELL.finditer(part) if cell[1] in struck)
        if struck
        else frozenset(),
    )


def _parts(content: bytes) -> dict[str, bytes]:
    damaged = Bomb("damaged", "the file is damaged or was not copied to its end; export or download it again")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            claimed = sum(entry.file_size for entry in entries)
            if (
                len(entries) > MOST_PARTS
                or claimed > max(SMALL_BYTES, HIGHEST_RATIO * len(content))
                or claimed > 2 * UNPACKED_BYTES
            ):
                raise _too_much()
            parts: dict[str, bytes] = {}
            for entry in entries:
                if entry.flag_bits & 1:
                    raise Bomb(
                        "password-missing",
                        "the packed file is protected in a way that cannot be opened; save it without a password",
                    )
                if NEEDED.match(entry.filename) and not entry.is_dir():
                    parts[entry.filename] = archive.read(entry)
                    if sum(map(len, parts.values())) > UNPACKED_BYTES:
                        raise _too_much()
            return parts
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        KeyError,
        IndexError,
    ):
        raise damaged from None
    except Exception as error:
        if isinstance(error, Bomb):
            raise
        raise damaged from None


def _too_much() -> Bomb:
    return Bomb(
        "unpacks-too-large",
        "the file unpacks to far more than a table holds; copy the orders into a new file and bring that",
    )


def _column(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1


def _check_extent(part: bytes, most_columns: int) -> None:
    """A single cell far out makes a reader build the whole empty square."""
    widest = max({m[1] for m in CELL_AT.finditer(part)}, key=lambda letters: (len(letters), letters), default=b"A")
    lowest = max((int(m[1]) for m in ROW_AT.finditer(part)), default=0)
    lowest = max(lowest, max((int(m[2]) for m in CELL_AT.finditer(part)), default=0)) if lowest == 0 else lowest
    if lowest > LAST_ROW or (_column(widest) >= most_columns and lowest * _column(widest) > MOST_CELLS):
        raise Bomb(
            "too-many-cells", "a cell far outside the table is filled; copy the orders into a new file and bring that"
        )


def _check_repeats(part: bytes) -> None:
    """Repeats of filled cells; sheets end with one huge repeat of empty ones, which readers skip."""
    for match in re.finditer(rb"<table:table-cell [^>]*?number-columns-repeated=\"(\d+)\"[^>]*?office:value", part):
        if int(match[1]) > 1000:  # noqa: PLR2004 — no order form has as many columns
            raise _too_much()
    for match in re.finditer(rb'<table:table-row [^>]*?number-rows-repeated="(\d+)"[^>]*>', part):
        end = part.find(b"</table:table-row>", match.end())
        if int(match[1]) > MOST_EQUAL_ROWS and b"value-type" in part[match.end() : end]:
            raise _too_much()


def _sheet_names(parts: dict[str, bytes]) -> dict[str, str]:
    """The sheet's name by the part that holds it."""
    relations = dict(_relations(parts.get("xl/_rels/workbook.xml.rels", b"")))
    names: dict[str, str] = {}
    for tag in SHEET.findall(parts.get("xl/workbook.xml", b"")):
        name, link = _attribute(tag, rb"\bname"), _attribute(tag, rb"\w+:id")
        if name is not None and link in relations:
            target = relations[link].lstrip("/")
            names[target if target.startswith("xl/") else f"xl/{target}"] = name
    return names


def _relations(part: bytes) -> Iterator[tuple[str, str]]:
    for tag in RELATION.findall(part):
        link, target = _attribute(tag, rb"\bId"), _attribute(tag, rb"\bTarget")
        if link and target:
            yield link, target


def _attribute(tag: bytes, name: bytes) -> str | None:
    match = re.search(name + rb"=[\"']([^\"']*)[\"']", tag)
    if not match:
        return None
    text = match[1].decode("utf-8", "replace")
    for entity, mark in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, mark)
    return text
