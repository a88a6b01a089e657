"""Texts for people, in English: whatever tells them to somebody says them in that person's language."""

from typing import Protocol


def N_(msgid: str) -> str:  # noqa: N802 — gettext's own name for "translate this later"
    """Marks a text for the catalogue."""
    return msgid


class Say(Protocol):
    """How a text is told to one person, with ``%(name)s`` filled in."""

    def __call__(self, msgid: str, /, **values: object) -> str: ...


def in_english(msgid: str, /, **values: object) -> str:
    return msgid % values if values else msgid
