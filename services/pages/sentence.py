"""What a sentence about a fact is made of."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from services.pages.language import Language, say
from services.pages.words import CHOICES

Titles = Mapping[str, str]
"""Titles of group buys by id; an unknown one is shown by its id."""


class Sentence(NamedTuple):
    """The text of a fact with its drawing; ``values`` fills in the text's ``%(name)s``."""

    text: str
    icon: str
    tone: str
    values: Callable[[Language, Any, Titles], Mapping[str, object]] = lambda _language, _event, _titles: {}


def choice(language: Language, closed_list: str, value: str) -> str:
    return say(language, CHOICES[closed_list][value])


def listed(language: Language, words: Iterable[str]) -> str:
    return ("、" if language == "zh_CN" else ", ").join(words)
