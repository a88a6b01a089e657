"""What stands in brackets or behind a door and may send the order elsewhere: 12号501（送13-502）, 12-501（翠苑小区）."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

IN_BRACKETS: Final = re.compile(r"[(\[【]([^()\[\]【】]+)[)\]】]")
OPENS: Final = "([【"
NAME_OF_ONE: Final = r"[一-鿿]{1,8}?(?:[苑汇城府邸墅湾郡]|小区|新村|家园)"
ENDS_OF_ONE: Final = frozenset("苑汇城府邸墅湾郡区村园的")
A_COMPOUND: Final = re.compile(NAME_OF_ONE)
BEHIND_THE_DOOR: Final = re.compile(rf"(?<=[0-9室户])(?P<name>(?![弄号栋幢楼座]){NAME_OF_ONE})(?:的)?$")
A_PART: Final = re.compile(r"第?[0-9一二三四五六七八九十]{1,2}期|[东西南北][区苑]")
HERE: Final = re.compile(r"^(?:本|我们|咱们?|该|自己的?)|别墅$|^(?:入|进|出|回|到|在|住)?小区")


def brackets_in(text: str) -> list[str]:
    return IN_BRACKETS.findall(text) if any(mark in text for mark in OPENS) else []


def names_another_compound(text: str, own: Sequence[str], *, phases_count: bool) -> bool:
    """Of the cell of a door, in one way of writing; ``own`` are names of this compound and its streets.

    Whoever writes an own name, be it the street's, may add how else the compound is called.
    """
    may_be = text[-1:] in ENDS_OF_ONE or any(mark in text for mark in OPENS)
    if not may_be or any(name in text for name in own):
        return False
    said: Iterable[str] = brackets_in(text)
    if found := BEHIND_THE_DOOR.search(text):
        said = [*said, found["name"]]
    return any(
        A_COMPOUND.fullmatch(each) or (not phases_count and A_PART.fullmatch(each))
        for each in said
        if not HERE.search(each) and not any(each in name for name in own)
    )
