"""Names of goods that change another good of the table, take it back, or say how many of it: 苹果换梨, 不要苹果, 2*苹果."""

import re
from collections.abc import Collection
from typing import Final

from domain.community.door_words import CHINESE
from services.imports.quantities import COUNTED_IN

N: Final = rf"(?:[0-9]{{1,2}}|[{CHINESE}两俩]{{1,2}})"
FOR_ANOTHER: Final = re.compile(r"(?P<one>.+?)(?:[换改]成?|变成?|→|->|=>|>|或者?|or)(?P<other>.+)")
TAKEN_BACK: Final = re.compile(r"[(\[【](?:不要了?|不用|不买|无|没有|没了|没要|删除?|0份?|×|✗)[)\]】]$")
IN_BRACKETS: Final = re.compile(
    r"[(\[【](?:改成?|换成?|改为|或者?|→|没有?货?[就则]?[换改要]?|没[就则]|不行就)(?P<other>.+?)(?:也[行可]以?)?[)\]】]$"
)
BEHIND: Final = re.compile(
    rf"(?:更正|修改|改数量|更改|\?+|不要了?|[再多加]{N}(?:{COUNTED_IN})?|[@×x*]{N}|"
    rf"[0-9.]+(?:斤|公斤|kg|g|克|枚|只|ml|l|升)[*x×]?{N}(?:{COUNTED_IN}))"
)
BEFORE: Final = re.compile(rf"不要|不买|{N}[*×x]?")


def changes_a_good(text: str, goods: Collection[str]) -> bool:
    """Of a name and the goods of the table, all in one way of writing: what says so of no other good may be a name."""
    if TAKEN_BACK.search(text):
        return True
    if (found := IN_BRACKETS.search(text)) and found["other"] in goods:
        return True
    if (found := FOR_ANOTHER.fullmatch(text)) and found["one"] in goods and found["other"] in goods:
        return True
    return any(
        good != text
        and (
            (text.startswith(good) and BEHIND.fullmatch(text, len(good)) is not None)
            or (text.endswith(good) and BEFORE.fullmatch(text, 0, len(text) - len(good)) is not None)
        )
        for good in goods
    )
