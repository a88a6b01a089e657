"""A second look at a body that orjson does not read: what JSON allows is read, and one odd scan costs no other."""

import json
import re
from typing import Any, Final, NoReturn

STRING_OR_NO_NUMBER: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|(NaN|-?Infinity)')
MOST_DIGITS: Final = 19
"""Of a whole number that surely fits into 64 bits."""


class NoJson(ValueError):  # noqa: N818 — an answer to who sent it, not an error of the program
    def __init__(self, place: int) -> None:
        super().__init__("no JSON")
        self.place = place
        """Of the character that cannot stand there, counted from 0."""


def read_again(body: bytes, stopped_at: int) -> Any:
    """With lone surrogates, and with numbers beyond all measure as infinity. Raises NoJson."""
    try:
        text = body.decode()
        return json.loads(text, parse_int=as_orjson_does, parse_constant=no_number)
    except json.JSONDecodeError as error:
        raise NoJson(error.pos) from None
    except NotANumber:
        raise NoJson(place_of_no_number(text)) from None
    except (UnicodeDecodeError, RecursionError):
        raise NoJson(stopped_at) from None


class NotANumber(Exception):  # noqa: N818 — never leaves this module
    pass


def no_number(_constant: str) -> NoReturn:
    raise NotANumber


def as_orjson_does(digits: str) -> int | float:
    """A larger one becomes a float; Python itself turns no more than 4,300 digits into a whole number."""
    return int(digits) if len(digits) <= MOST_DIGITS else float(digits)


def place_of_no_number(text: str) -> int:
    return next(found.start() for found in STRING_OR_NO_NUMBER.finditer(text) if found[1])
