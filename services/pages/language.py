"""Which language a person reads who asks for a page."""

from typing import Final

from fastapi import Request

from services.access import person_of
from services.texts import LANGUAGES, N_, Language, language_named, say

__all__ = ["LANGUAGES", "N_", "Language", "language_named", "language_of", "preferred", "say", "say_to"]

DEFAULT: Final[Language] = "zh_CN"
LANGUAGE_COOKIE: Final = "baogong_lang"


def say_to(request: Request, msgid: str, /, **values: object) -> str:
    """The text in the language of who asks."""
    return say(language_of(request), msgid, **values)


def language_of(request: Request) -> Language:
    """What was asked for on this page, chosen before, used at sign-in, or is preferred by the browser."""
    known: Language | None = getattr(request.state, "language", None)
    if known is None:
        known = (
            language_named(request.query_params.get("lang"))
            or language_named(request.cookies.get(LANGUAGE_COOKIE))
            or _of_session(request)
            or preferred(request.headers.get("accept-language", ""))
        )
        request.state.language = known
    return known


def preferred(accept_language: str) -> Language:
    """The first known language of an ``Accept-Language`` header by its weights."""
    wishes: list[tuple[float, int, Language]] = []
    for place, wish in enumerate(accept_language.split(",")[:20]):
        name, _, weight = wish.strip().partition(";")
        language = language_named(name.strip())
        if language is not None:
            wishes.append((-_weight(weight), place, language))
    return min(wishes)[2] if wishes else DEFAULT


def _weight(text: str) -> float:
    try:
        return float(text.strip().removeprefix("q=")) if text else 1.0
    except ValueError:
        return 0.0


def _of_session(request: Request) -> Language | None:
    if not hasattr(request.app.state, "entrance"):
        return None
    person = person_of(request)
    return language_named(person.language) if person else None
