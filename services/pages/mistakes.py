"""What is wrong with a request, in words that name the field and never repeat what was sent."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.pages.language import N_, Language, say

TEXTS: Final[Mapping[str, str]] = {
    "missing": N_("is missing"),
    "extra_forbidden": N_("is not a known field"),
    "literal_error": N_("must be one of %(expected)s"),
    "enum": N_("must be one of %(expected)s"),
    "union_tag_invalid": N_("must be one of %(expected_tags)s"),
    "union_tag_not_found": N_("is missing"),
    "string_type": N_("must be text"),
    "string_too_short": N_("must have at least %(min_length)s characters"),
    "string_too_long": N_("must have at most %(max_length)s characters"),
    "too_short": N_("must have at least %(min_length)s entries"),
    "too_long": N_("must have at most %(max_length)s entries"),
    "int_type": N_("must be a whole number"),
    "int_parsing": N_("must be a whole number"),
    "int_from_float": N_("must be a whole number"),
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
    "timezone_aware": N_("must say its time zone, such as +08:00"),
    "date_parsing": N_("must be a date"),
    "list_type": N_("must be a list"),
    "dict_type": N_("must be an object"),
    "model_type": N_("must be an object"),
    "model_attributes_type": N_("must be an object"),
    "string_pattern_mismatch": N_("does not have the right form"),
    "group_buy_unknown": N_("is not a group buy of this compound; import its orders or correct the name"),
    "phone_in_text": N_("must not hold a phone number: it would be kept for ever"),
    "no_plate": N_("must be a number plate, or a kind of vehicle such as 三轮车"),
    "code_not_readable": N_("is not the code of a label of ours"),
}
OTHER: Final = N_("is not valid")
_FIELD = re.compile(r"[a-z][a-z_-]{0,39}")


def mistake_text(language: Language, mistake: Mapping[str, Any]) -> str:
    known: Mapping[str, Any] = mistake.get("ctx") or {}
    text = TEXTS.get(mistake["type"], OTHER)
    if "%(" not in text:
        return say(language, text)
    return say(language, text, **known) if known else say(language, OTHER)


def field_named(place: Sequence[int | str]) -> str:
    """``scans.3.station``; what does not look like the name of a field is not repeated, as it may hold anything."""
    parts = list(place[1:] if place and place[0] in {"body", "query", "path", "header", "cookie"} else place)
    named = [str(part) if isinstance(part, int) or _FIELD.fullmatch(part) else "?" for part in parts]
    return ".".join(named) or "?"
