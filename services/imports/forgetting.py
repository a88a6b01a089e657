"""What was worked out of a table's words stays remembered while it is read, and no longer: names stand in it."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Final, ParamSpec, TypeVar

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")
MOST: Final = 50_000
_FORGET: Final[list[Callable[[], None]]] = []


def remembered(work_out: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """Works it out once for the same words until a reading ends."""
    known = lru_cache(MOST)(work_out)
    _FORGET.append(known.cache_clear)
    return wraps(work_out)(known)  # type: ignore[return-value]  # lru_cache hides what is asked


def forgetting(read: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """A reading of a table, behind which nothing stays remembered."""

    @wraps(read)
    def reads_and_forgets(*asked: Asked.args, **more: Asked.kwargs) -> Answer:
        try:
            return read(*asked, **more)
        finally:
            for forget in _FORGET:
                forget()

    return reads_and_forgets
