"""How suppliers and vehicles may be named at the borders: by firm and plate, as what is recorded is kept for ever."""

import re
from typing import Annotated, Any, Final

from pydantic import AfterValidator, ValidationError, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import PydanticCustomError

from domain.base import LONG_NUMBER
from domain.goods.deliveries import SupplierName, Vehicle
from services.imports.phone_numbers import has_phone

PLATE: Final = re.compile(r"(?=.*[0-9])[\w·\- ]*|[\w·\- ]*车|\s*")
"""A number plate, or a kind of vehicle that has none, such as 三轮车; nothing at all is allowed, too."""


def without_phone(text: str) -> str:
    if has_phone(text):
        raise PydanticCustomError("phone_in_text", "leave the phone number out")
    return text


def plate(text: str) -> str:
    without_phone(text)
    if not PLATE.fullmatch(text) or LONG_NUMBER.search(text):
        raise no_plate()
    return text


def no_plate() -> PydanticCustomError:
    return PydanticCustomError("no_plate", "name the vehicle by its plate")


def plate_first(said: Any, kept: ValidatorFunctionWrapHandler) -> Any:
    """What is no plate is told so in words; the form in which one is kept says nothing to people."""
    if not isinstance(said, str):
        return kept(said)
    plate(said)
    try:
        return kept(said)
    except ValidationError:
        raise no_plate() from None


SupplierSaid = Annotated[SupplierName, AfterValidator(without_phone)]
VehicleSaid = Annotated[Vehicle, WrapValidator(plate_first)]
