"""What is wrong with a field, in words that never repeat what was sent."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.texts import N_

LARGEST_EXACT: Final = 2**63
"""From here on a JSON number is read as a float."""
HALF_A_CHARACTER: Final = N_("holds half a character, a lone surrogate such as \\ud800")
TOO_LARGE: Final = N_("is too large a number")
TEXTS: Final[Mapping[str, str]] = {
    "missing": N_("is missing"),
    "extra_forbidden": N_("is not a known field"),
    "literal_error": N_("must be one of %(expected)s"),
    "enum": N_("must be one of %(expected)s"),
    "union_tag_invalid": N_("must be one of %(expected_tags)s"),
    "union_tag_not_found": N_("is missing"),
    "string_type": N_("must be text"),
    "string_unicode": HALF_A_CHARACTER,
    "string_too_short": N_("must have at least %(min_length)s characters"),
    "string_too_long": N_("must have at most %(max_length)s characters"),
    "too_short": N_("must have at least %(min_length)s entries"),
    "too_long": N_("must have at most %(max_length)s entries"),
    "int_type": N_("must be a whole number"),
    "int_parsing": N_("must be a whole number"),
    "int_from_float": N_("must be a whole number"),
    "int_parsing_size": TOO_LARGE,
    "finite_number": TOO_LARGE,
    "float_type": N_("must be a number"),
    "float_parsing": N_("must be a number"),
    "bool_type": N_("must be yes or no"),
    "bool_parsing": N_("must be yes or no"),
    "greater_than_equal": N_("must be at least %(ge)s"),
    "greater_than": N_("must be more than %(gt)s"),
    "less_than_equal": N_("must be at most %(le)s"),
    "less_than": N_("must be less than %(lt)s"),
    "uuid_type": N_("must be an id in the form of a UUID"),
    "uuid_parsing": N_("must be an id in the form of a UUID"),
    "datetime_type": N_("must be a date and time"),
    "datetime_parsing": N_("must be a date and time"),
    "datetime_from_date_parsing": N_("must be a date and time"),
    "time_with_offset": N_("must be a time with its offset, such as 2022-04-20T17:05:12+08:00"),
    "timezone_aware": N_("must say its time zone, such as +08:00"),
    "date_parsing": N_("must be a date"),
    "list_type": N_("must be a list"),
    "tuple_type": N_("must be a list"),
    "dict_type": N_("must be an object"),
    "model_type": N_("must be an object"),
    "model_attributes_type": N_("must be an object"),
    "string_pattern_mismatch": N_("does not have the right form"),
    "group_buy_unknown": N_("is not a group buy of this compound; import its orders or correct the name"),
    "nothing_declared": N_(
        "is missing; or say what else is known of the delivery: its supplier, its vehicle or its pieces"
    ),
    "phone_in_text": N_("must not hold a phone number: it would be kept for ever"),
    "holder_opaque": N_("must be named by badge or number, not by name or phone"),
    "no_plate": N_("must be a number plate, or a kind of vehicle such as 三轮车"),
    "code_not_readable": N_("is not the code of a label of ours"),
}
"""By pydantic's kind of mistake."""
OTHER: Final = N_("is not valid")
_FIELD = re.compile(r"[a-z][a-z_-]{0,39}")


def words_for(mistake: Mapping[str, Any]) -> tuple[str, Mapping[str, object]]:
    """The text, and what belongs into it."""
    number = mistake.get("input")
    if mistake["type"].startswith("int_") and isinstance(number, float) and abs(number) >= LARGEST_EXACT:
        return TOO_LARGE, {}
    text, known = TEXTS.get(mistake["type"], OTHER), mistake.get("ctx") or {}
    if "%(" not in text:
        return text, {}
    return (text, known) if known else (OTHER, {})


def field_named(place: Sequence[int | str]) -> str:
    """``scans.3.station``; what does not look like the name of a field is not repeated, as it may hold anything."""
    parts = list(place[1:] if place and place[0] in {"body", "query", "path", "header", "cookie"} else place)
    named = [str(part) if isinstance(part, int) or _FIELD.fullmatch(part) else "?" for part in parts]
    return ".".join(named) or ("body" if place and place[0] == "body" else "?")
