"""Python's search for circles of objects, for programs that make millions of facts without any."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SEARCH_AFTER = 50_000
"""Objects made until Python looks for circles."""


@contextmanager
def garbage_sought_seldom() -> Iterator[None]:
    """What there is already stays for good, and is not looked at again."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(SEARCH_AFTER, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
