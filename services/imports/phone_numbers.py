"""Takes phone numbers out of what is going to be kept for ever: people write them beside goods and suppliers."""

import re
from typing import Final

_GAP: Final = r"[\s.·–—-]?"
PHONE: Final = re.compile(
    rf"(?<!\d)(?:[+＋]?[8８][6６]{_GAP})?[1１][3-9３-９](?:{_GAP}\d){{9}}(?!\d)|\d{{11,}}|(?<!\d)0\d{{2,3}}-?\d{{7,8}}(?!\d)"
)


def has_phone(text: str) -> bool:
    return PHONE.search(text) is not None


def without_phones(text: str) -> str:
    """The rest; of a text that is nothing else the last four digits, so that bar codes stay apart."""
    if not has_phone(text):
        return text
    rest = " ".join(PHONE.sub(" ", text).split())
    return rest or f"#{text.strip()[-4:]}"


def good_without_phones(item: str, unit: str) -> tuple[str, str]:
    """A number with blanks may have been parted into good and unit."""
    item, unit = without_phones(item), without_phones(unit)
    together = f"{item} {unit}"
    return (without_phones(together), "") if has_phone(together) else (item, unit)
