"""Texts for people: English is written in code and templates, Chinese in a catalogue.

In development ``scripts/texts`` collects the texts, compiles the catalogue and lists what has no Chinese yet; the Chinese is
written into services/locale/zh_CN/LC_MESSAGES/messages.po.
"""

import functools
import gettext
from pathlib import Path
from typing import Final, Literal, Protocol

Language = Literal["zh_CN", "en"]

LANGUAGES: Final[dict[Language, str]] = {"zh_CN": "中文", "en": "English"}
CATALOGUES: Final = Path(__file__).parent / "locale"


def N_(msgid: str) -> str:  # noqa: N802 — gettext's own name for "translate this later"
    """Marks a text for the catalogue."""
    return msgid


class Say(Protocol):
    """How a text is told to one person, with ``%(name)s`` filled in."""

    def __call__(self, msgid: str, /, **values: object) -> str: ...


def in_english(msgid: str, /, **values: object) -> str:
    return msgid % values if values else msgid


def language_named(name: str | None) -> Language | None:
    """``zh``, ``zh-CN``, ``zh_CN``, ``en-GB`` …; None for any other."""
    short = (name or "").replace("_", "-").lower().partition("-")[0]
    return "zh_CN" if short == "zh" else "en" if short == "en" else None


@functools.cache
def catalogue(language: Language) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation("messages", CATALOGUES, languages=[language])


def say(language: Language, msgid: str, **values: object) -> str:
    """The text in a language, with ``%(name)s`` filled in."""
    text = catalogue(language).gettext(msgid)
    return text % values if values else text
