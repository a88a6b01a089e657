"""How Python shares its time: for programs of a few busy threads that make millions of facts."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (50_000, 20, 50)
"""Objects made until Python looks for circles, and how often it looks at older ones; facts have none, nor have tables."""
SWITCH_AFTER = 0.0005
"""Seconds until a thread that waits for its turn gets it: the one that writes waits for every step of SQLite."""


@contextmanager
def garbage_sought_seldom() -> Iterator[None]:
    """What there is already stays for good, and is not looked at again."""
    before = gc.get_threshold()
    gc.collect()
    sys.setswitchinterval(SWITCH_AFTER)
    gc.freeze()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
