"""Codes on labels: a letter for the kind, nine symbols that cannot be guessed (45 bits), a check character.

The 32 symbols leave out I, L, O and U, which people misread; the check character is Luhn mod 32.
"""

import hmac
import re
from collections.abc import Container
from functools import lru_cache
from typing import Final, Literal
from uuid import UUID

from domain.base import CompoundId, GroupBuyId, HouseholdId

Kind = Literal["parcel", "crate", "delivery"]

SYMBOLS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BODY_LENGTH: Final = 9
CODE_LENGTH: Final = BODY_LENGTH + 2
LETTERS: Final[dict[Kind, str]] = {"parcel": "P", "crate": "C", "delivery": "D"}
KINDS: Final[dict[str, Kind]] = {letter: kind for kind, letter in LETTERS.items()}

_VALUE = {symbol: value for value, symbol in enumerate(SYMBOLS)}
_DOUBLED = {symbol: 2 * value // len(SYMBOLS) + 2 * value % len(SYMBOLS) for symbol, value in _VALUE.items()}
_PAIRS = [one + other for one in SYMBOLS for other in SYMBOLS]
"""Ten bits each."""
_WEIGHTS = {pair: _DOUBLED[pair[0]] + _VALUE[pair[1]] for pair in _PAIRS}
"""What two symbols add to the sum behind the check character, the first of them at an odd place."""
_SUBJECTS = {letter: f"{kind}-" for letter, kind in KINDS.items()}
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_IN_URL = re.compile(r"/[pP]/([^/?#]+)")


def check_character(text: str) -> str:
    """For a letter and nine symbols; raises KeyError where one of them is none of ours."""
    weights = _WEIGHTS
    pairs = weights[text[1:3]] + weights[text[3:5]] + weights[text[5:7]] + weights[text[7:9]]
    return SYMBOLS[-(_VALUE[text[0]] + pairs + _DOUBLED[text[9:]]) % len(SYMBOLS)]


def code_from_bits(kind: Kind, bits: int) -> str:
    """The code whose nine symbols are the lowest 45 of ``bits``."""
    return lettered(LETTERS[kind], bits)


def lettered(letter: str, bits: int) -> str:
    a, b, c, d = bits >> 35 & 1023, bits >> 25 & 1023, bits >> 15 & 1023, bits >> 5 & 1023
    text = f"{letter}{_PAIRS[a]}{_PAIRS[b]}{_PAIRS[c]}{_PAIRS[d]}{SYMBOLS[bits & 31]}"
    return text + check_character(text)


@lru_cache(maxsize=20_000)
def piece_code(secret: bytes, compound: CompoundId, group_buy: GroupBuyId, household: HouseholdId, piece: int) -> str:
    """The one code of a household's n-th piece of a group buy: whoever names the door means this label."""
    named = "\x00".join((compound, group_buy, household, str(piece)))
    return code_from_bits("parcel", int.from_bytes(hmac.digest(secret, named.encode(), "sha256")))


def made_code(kind: Kind, secret: bytes, command: UUID, number: int = 0) -> str:
    """A fresh code for a command's n-th label; the same command makes the same codes again."""
    named = f"{kind}\x00{command}\x00{number}"
    return code_from_bits(kind, int.from_bytes(hmac.digest(secret, named.encode(), "sha256")))


@lru_cache(maxsize=10_000)
def read_code(text: str) -> str | None:
    """The code in what a person typed, a scanner sent or a label's address says; None where there is none."""
    address = _IN_URL.search(text) if "/" in text else None
    return read_symbols(address[1] if address else text, KINDS)


def read_symbols(text: str, letters: Container[str]) -> str | None:
    """The code as it was typed, where it begins with one of the letters and its check character fits."""
    return as_it_stands(text, letters) or as_it_stands(text.strip().upper().translate(_READ_AS), letters)


def as_it_stands(code: str, letters: Container[str]) -> str | None:
    if len(code) != CODE_LENGTH or code[0] not in letters:
        return None
    try:
        return code if check_character(code[:-1]) == code[-1] else None
    except KeyError:
        return None


def bits_of(code: str) -> int:
    """The 45 bits in a code's nine symbols."""
    bits = 0
    for symbol in code[1:-1]:
        bits = bits << 5 | _VALUE[symbol]
    return bits


def kind_of(code: str) -> Kind:
    return KINDS[code[0]]


def subject_of_code(code: str) -> str:
    """The stream a code names: ``parcel-P…``, ``crate-C…`` or ``delivery-D…``."""
    return _SUBJECTS[code[0]] + code


def spaced(code: str) -> str:
    """The code as people read it aloud: ``P7K2-M9QX-4T3``."""
    return "-".join((code[:4], code[4:8], code[8:]))
