"""Comments on cells of an xlsx, which a reader of cells does not tell: 已取消 may stand nowhere else."""

import html
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping

COMMENTS_OF_A_SHEET = re.compile(r"^xl/comments(?:[0-9]*|/[^/]+)\.xml$", re.IGNORECASE)
OPENING = re.compile(rb"<(?:\w{1,20}:)?comment\s([^<>]*)>")
PLACE = re.compile(rb"\bref=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
TEXT = re.compile(rb"<(?:\w{1,20}:)?t(?:\s[^<>]*)?>([^<]*)<")
FOR_OLDER_PROGRAMS = re.compile(r"^\[[^\]]{2,30}\].*?linkid=[0-9]+\s*\S{2,12}[:：]\s*", re.DOTALL)
"""What stands before a comment with answers, for table programs that do not know such."""
AUTHOR = re.compile(r"^[^\n:：]{1,40}[:：][^\S\n]*\n")
MOST_COMMENTS, LENGTH = 12_000, 400


def comments_of(sheet: str, targets: Iterable[str], parts: Mapping[str, bytes]) -> tuple[tuple[int, int, str], ...]:
    """Row, column and text, counted from zero; ``targets`` are what the part of the sheet is related to."""
    found: list[tuple[int, int, str]] = []
    for target in targets:
        name = posixpath.normpath(posixpath.join("/", posixpath.dirname(sheet), target)).lstrip("/")
        if COMMENTS_OF_A_SHEET.match(name) and name in parts:
            found += _read(parts[name])
    return tuple(found)


def _read(part: bytes) -> Iterator[tuple[int, int, str]]:
    openings = list(OPENING.finditer(part))[:MOST_COMMENTS]
    ends = [*(each.start() for each in openings), len(part)][1:]
    for opening, end in zip(openings, ends, strict=True):
        place = PLACE.search(opening[1])
        text = b"".join(TEXT.findall(part, opening.end() - 1, end)).decode("utf-8", "replace")
        text = AUTHOR.sub("", FOR_OLDER_PROGRAMS.sub("", html.unescape(text))).strip()
        if place and text:
            column = 0
            for letter in place[1]:
                column = column * 26 + letter - 64
            yield int(place[2]) - 1, column - 1, text[:LENGTH]
