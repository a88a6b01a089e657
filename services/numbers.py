"""Opaque numbers of members and teams, made at random."""

import secrets
from typing import Final

from domain.base import LONG_NUMBER

SYMBOLS: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Without i, l, o and u: they can be read aloud."""


def new_member_number() -> str:
    return _opaque("m", 8)


def new_team_number() -> str:
    return _opaque("t", 6)


def _opaque(kind: str, symbols: int) -> str:
    """Never with so many digits in a row that it could be a phone number."""
    while True:
        number = kind + "".join(secrets.choice(SYMBOLS) for _ in range(symbols))
        if not LONG_NUMBER.search(number):
            return number
