"""Chance that is the same every time: everything drawn hangs on the seed and a name."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from domain.goods.codes import Kind, code_from_bits

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND: Final = timedelta(milliseconds=1)
BITS_OF_A_CODE: Final = 45


def chance(seed: int, *names: object) -> Random:
    return Random(f"{seed}/{'/'.join(map(str, names))}")  # noqa: S311 — a play, not a secret


def drawn_id(draw: Random, at: int) -> str:
    """A version 7 UUID of that moment, in milliseconds since 1970, whose other bits are drawn."""
    digits = f"{at << 80 | 0x7 << 76 | draw.getrandbits(12) << 64 | 0b10 << 62 | draw.getrandbits(62):032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def drawn_code(draw: Random, kind: Kind) -> str:
    return code_from_bits(kind, draw.getrandbits(BITS_OF_A_CODE))


def milliseconds(moment: datetime) -> int:
    return (moment - EPOCH) // MILLISECOND


def moment(at: float) -> datetime:
    """From milliseconds since 1970."""
    return EPOCH + timedelta(milliseconds=at)
