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
LABELS: Final[Mapping[str, str]] = {
    "add_doors": N_("Doors"),
    "address": N_("Address on the labels"),
    "again": N_("The new password again"),
    "begins": N_("From"),
    "blocks_table": N_("Table of blocks"),
    "body": N_("Belongs to"),
    "building": N_("Building"),
    "buildings": N_("Buildings"),
    "code": N_("Code"),
    "compound": N_("Compound"),
    "count": N_("How many"),
    "damaged": N_("of these damaged"),
    "day": N_("Day"),
    "delivery": N_("Delivery"),
    "door": N_("Door"),
    "ends": N_("To"),
    "file": N_("File"),
    "fit": N_("Are you fit for duty today?"),
    "giver": N_("From whom"),
    "group_buy": N_("Group buy"),
    "group_buys": N_("Group buys"),
    "help": N_("Help needed"),
    "hours": N_("Hours it stays signed in"),
    "how_many": N_("How many"),
    "login": N_("Login"),
    "member": N_("Member"),
    "mg_per_litre": N_("Strength (mg/L)"),
    "minutes": N_("Minutes it was left on"),
    "name": N_("Name"),
    "new": N_("New password"),
    "note": N_("Note"),
    "number": N_("Number"),
    "old": N_("Old password"),
    "on": N_("The lockdown ended on"),
    "parcel": N_("Parcel"),
    "password": N_("Password"),
    "phone": N_("Phone"),
    "pieces": N_("Pieces"),
    "preset": N_("Shift"),
    "problem": N_("What is wrong"),
    "q": N_("Search"),
    "reason": N_("Reason"),
    "reasons": N_("Reasons"),
    "role": N_("Role"),
    "rule": N_("Rule"),
    "sheet": N_("Sheet"),
    "standing": N_("State"),
    "station": N_("Station"),
    "street": N_("Street with its number"),
    "supplier": N_("Supplier"),
    "taker": N_("To whom"),
    "task": N_("Task"),
    "team": N_("Team"),
    "token": N_("Sign-in code"),
    "town": N_("Town or district"),
    "until": N_("Until the end of"),
    "vehicle": N_("Number plate"),
    "why": N_("Why"),
}
"""As the forms call their fields."""
OTHER: Final = N_("is not valid")
_FIELD = re.compile(r"[a-z][a-z_-]{0,39}")


def mistake_text(language: Language, mistake: Mapping[str, Any]) -> str:
    known: Mapping[str, Any] = mistake.get("ctx") or {}
    text = TEXTS.get(mistake["type"], OTHER)
    if "%(" not in text:
        return say(language, text)
    return say(language, text, **known) if known else say(language, OTHER)


def mistakes_told(language: Language, mistakes: Sequence[Mapping[str, str]]) -> str:
    """For who filled in a form: each field by its label; ``field`` and ``text`` of each are those that programs get."""
    told = []
    for each in mistakes:
        name = each["field"].partition(".")[0]
        label = say(language, LABELS[name]) if name in LABELS else each["field"]
        told.append(say(language, "%(field)s: %(text)s", field=label, text=each["text"]))
    return say(language, "; ").join(told)


def field_named(place: Sequence[int | str]) -> str:
    """``scans.3.station``; what does not look like the name of a field is not repeated, as it may hold anything."""
    parts = list(place[1:] if place and place[0] in {"body", "query", "path", "header", "cookie"} else place)
    named = [str(part) if isinstance(part, int) or _FIELD.fullmatch(part) else "?" for part in parts]
    return ".".join(named) or "?"
