"""What is shown of doors, names and phones before somebody has a reason to see them whole."""

import re
from typing import Final

HIDDEN: Final = "**"
HIDDEN_DIGITS: Final = "****"
WHOLE_NUMBER: Final = 11
"""Digits of a Chinese mobile number."""
SHORT_ROOM: Final = 2


def masked_door(household: str) -> str:
    """``12-501`` as ``12-5**``, a villa's ``29`` as ``2*``."""
    building, dash, room = household.partition("-")
    if not dash:
        return f"{building[:-1]}*"
    return f"{building}-{room[:-SHORT_ROOM] if len(room) > SHORT_ROOM else ''}{HIDDEN}"


def masked_name(name: str) -> str:
    """``王小明`` as ``王**``, however long it is."""
    return f"{name[0]}{HIDDEN}" if name else ""


def masked_phone(phone: str) -> str:
    """``13812341234`` as ``138****1234``; of a shorter one the last two digits, of anything else nothing."""
    digits = re.sub(r"\D", "", phone)
    if len(digits) >= WHOLE_NUMBER:
        last = digits[-WHOLE_NUMBER:]
        return f"{last[:3]}{HIDDEN_DIGITS}{last[-4:]}"
    return f"{HIDDEN_DIGITS}{digits[-2:]}" if len(digits) > len(HIDDEN_DIGITS) else HIDDEN_DIGITS if phone else ""
