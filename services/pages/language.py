"""Which language a person reads, and the texts in it: English is written in code and templates, Chinese in a catalogue.

In development ``scripts/texts`` collects the texts, compiles the catalogue and lists what has no Chinese yet; the Chinese is
written into services/locale/zh_CN/LC_MESSAGES/messages.po.
"""

import functools
import gettext
from pathlib import Path
from typing import Final, Literal

from fastapi import Request

from services.access import person_of
from services.texts import N_

__all__ = ["LANGUAGES", "N_", "Language", "language_named", "language_of", "preferred", "say", "say_to"]

Language = Literal["zh_CN", "en"]

LANGUAGES: Final[dict[Language, str]] = {"zh_CN": "中文", "en": "English"}
DEFAULT: Final[Language] = "zh_CN"
LANGUAGE_COOKIE: Final = "baogong_lang"
CATALOGUES: Final = Path(__file__).parent.parent / "locale"


@functools.cache
def catalogue(language: Language) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation("messages", CATALOGUES, languages=[language])


def say(language: Language, msgid: str, **values: object) -> str:
    """The text in a language, with ``%(name)s`` filled in."""
    text = catalogue(language).gettext(msgid)
    return text % values if values else text


def say_to(request: Request, msgid: str, /, **values: object) -> str:
    """The text in the language of who asks."""
    return say(language_of(request), msgid, **values)


def language_named(name: str | None) -> Language | None:
    """``zh``, ``zh-CN``, ``zh_CN``, ``en-GB`` …; None for any other."""
    short = (name or "").replace("_", "-").lower().partition("-")[0]
    return "zh_CN" if short == "zh" else "en" if short == "en" else None


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
