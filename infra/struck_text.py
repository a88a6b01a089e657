"""Cells of an xlsx in which a part of the text is struck through: 2 with 3 behind it reads as 23 and means 3."""

import html
import re
from collections.abc import Iterator, Mapping

STRIKE = re.compile(rb'<(?:\w+:)?strike(?!\s+val="(?:0|false)")')
SHARED = "xl/sharedstrings.xml"
OPENING = re.compile(rb"<(?:\w{1,20}:)?si(?=[\s/>])")
RUN = re.compile(rb"<(?:\w{1,20}:)?r(?=[\s>])")
TEXT = re.compile(rb"<(?:\w{1,20}:)?t(?:\s[^<>]*)?>([^<]*)<")
HOW_TO_READ = re.compile(rb"<(?:\w{1,20}:)?rPh\b.*", re.DOTALL)
SHARED_CELL = re.compile(
    rb'<(?:\w{1,20}:)?c (?=[^>]*?\bt="s")[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*<(?:\w{1,20}:)?v>(\d{1,9})<'
)
INLINE_CELL = re.compile(rb'<(?:\w{1,20}:)?c (?=[^>]*?\bt="inlineStr")[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>')
CELL_ENDS = re.compile(rb"</(?:\w{1,20}:)?c>")
Place = tuple[int, int]


def partly_struck(parts: Mapping[str, bytes]) -> dict[bytes, str]:
    """What is left of the shared texts of which something is struck through, by their number; nothing where all is."""
    part = next((content for name, content in parts.items() if name.lower() == SHARED), b"")
    if b"strike" not in part:
        return {}
    openings = [found.start() for found in OPENING.finditer(part)]
    texts = zip(openings, [*openings, len(part)][1:], strict=True)
    left = ((at, _left(part[start:end])) for at, (start, end) in enumerate(texts))
    return {str(at).encode(): text for at, text in left if text is not None}


def left_of_cells(part: bytes, shared: Mapping[bytes, str]) -> dict[Place, str]:
    """What is left of the cells of a sheet; rows and columns count from zero."""
    left: dict[Place, str] = {}
    if shared:
        left |= {_place(cell): shared[cell[3]] for cell in SHARED_CELL.finditer(part) if cell[3] in shared}
    for place, text in _inline(part) if b"strike" in part else ():
        left[place] = text
    return left


def _inline(part: bytes) -> Iterator[tuple[Place, str]]:
    for cell in INLINE_CELL.finditer(part):
        end = CELL_ENDS.search(part, cell.end())
        text = _left(part[cell.end() : end.start() if end else len(part)])
        if text is not None:
            yield _place(cell), text


def _left(text: bytes) -> str | None:
    """None where nothing is struck through."""
    if b"strike" not in text:
        return None
    struck, left = "", ""
    starts = [found.start() for found in RUN.finditer(text)]
    for start, end in zip(starts, [*starts, len(text)][1:], strict=True):
        run = HOW_TO_READ.sub(b"", text[start:end])
        said = html.unescape(b"".join(TEXT.findall(run)).decode("utf-8", "replace"))
        if STRIKE.search(run):
            struck += said
        else:
            left += said
    return left.strip() if struck.strip() else None


def _place(cell: re.Match[bytes]) -> Place:
    column = 0
    for letter in cell[1]:
        column = column * 26 + letter - 64
    return int(cell[2]) - 1, column - 1
