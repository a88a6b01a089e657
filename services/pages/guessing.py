"""Codes that open something without a sign-in: only those that lead nowhere are counted.

See docs/decisions/15-guesses-are-counted-where-they-are-made.md.
"""

from collections.abc import Callable
from typing import TypeVar

from fastapi import Request

from services.access import spend
from services.limits import UNKNOWN_LABEL

Found = TypeVar("Found")


def looked_up(request: Request, look: Callable[[], Found | None]) -> Found | None:
    """What a code leads to: also where neighbours behind the same address have guessed so much that wrong ones get 429.

    Raises TooManyRequests without looking after five times as many, as whoever sees right codes open could go on guessing.
    """
    spend(request, "guess")
    found = look()
    if found is None:
        spend(request, "label", cost=UNKNOWN_LABEL)
    else:
        spend(request, "guess", cost=-1)
    return found
