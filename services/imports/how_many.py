"""Headers that ask how many of a good a household wants: 您要几份蔬菜包？, 鸡蛋要几盒."""

import re
import unicodedata

from services.imports.headers import NUMBERING, column_of
from services.imports.quantities import COUNTED_IN, good_and_unit
from services.imports.words_in_names import without_form_words

HOW_MANY = rf"(?:[几幾]|多少)\s*(?P<measure>{COUNTED_IN}|斤|公斤)?"
WANTED = r"(?:需要|想要|想订|想买|要|订购|预订|订|购买|买|团购|团)"
YOU = r"(?:请?问)?(?:您|你)?(?:们|家)?(?:一共|总共|共)?"
BEFORE = re.compile(rf"{YOU}{WANTED}?\s*{HOW_MANY}\s*(?P<good>\S.{{1,20}})")
BEHIND = re.compile(rf"{YOU}(?P<good>\S.{{1,20}}?)\s*{YOU}{WANTED}?\s*{HOW_MANY}")
NO_GOOD = re.compile(
    r"(?:本|这|此|每|总|一共|大概|大约|预计|打算|还|另|您|你|我|家|[下上今明]|周|以上|以下|合计).*|东西|什么|物资|[人元钱口位天次].*|(?:.*[需想]要?|要|订|买|购买?|预?订购?|团购?)"
)
WITHOUT_A_WORD = {"份", "个", "件", None}
"""几份 says nothing of what a good comes in; 几箱 does."""


def good_asked_for(header: str) -> tuple[str, str] | None:
    """The good, and what it comes in; None where the header asks for none or does not say of which."""
    question = NUMBERING.sub("", unicodedata.normalize("NFKC", header).strip())
    question = re.sub(r"[呢吗呀?!。:：\s]+$", "", without_form_words(question))
    for form in (BEFORE, BEHIND):
        found = form.fullmatch(question)
        if found and column_of(found["good"]) is None and not NO_GOOD.fullmatch(found["good"]):
            measure = found["measure"]
            return good_and_unit(found["good"], "" if measure in WITHOUT_A_WORD else measure)
    return None
