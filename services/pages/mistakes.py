"""What is wrong with a request, in the language of who sent it; for people with the labels that forms give the fields."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.texts import N_, Language, say
from services.wrong_fields import field_named, words_for

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


def mistake_text(language: Language, mistake: Mapping[str, Any]) -> str:
    text, values = words_for(mistake)
    return say(language, text, **values)


def mistakes_told(language: Language, mistakes: Sequence[Mapping[str, str]]) -> str:
    """For who filled in a form: each field by its label; ``field`` and ``text`` of each are those that programs get."""
    told = []
    for each in mistakes:
        name = each["field"].partition(".")[0]
        label = say(language, LABELS[name]) if name in LABELS else each["field"]
        told.append(say(language, "%(field)s: %(text)s", field=label, text=each["text"]))
    return say(language, "; ").join(told)


def mistakes_at_fields(language: Language, mistakes: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The first one of each field of a form, to stand beside it."""
    told: dict[str, str] = {}
    for each in mistakes:
        field = field_named(each["loc"]).partition(".")[0]
        label = say(language, LABELS[field]) if field in LABELS else field
        told.setdefault(field, say(language, "%(field)s: %(text)s", field=label, text=mistake_text(language, each)))
    return told
