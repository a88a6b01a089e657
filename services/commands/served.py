"""Where the servers of a data directory are found: each leaves its address there for as long as it runs."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

from services.commands.terminal import told

FILES: Final = "served-at*"
ALREADY: Final = (
    "Careful: {data} is already served at {others}. Both servers write to the same records, which stay right; "
    "if you did not mean that, stop one of them."
)


@contextmanager
def told_where(data: Path, address: str) -> Iterator[None]:
    """Leaves the address for ``baogong link``, and warns where another server has left its own.

    The lock ends with the process, however that ends; what was left behind without one counts no more.
    """
    others = served_at(data)
    if others:
        told.print(ALREADY.format(data=data, others=", ".join(others)), markup=False, style="yellow")
    for file in data.glob(FILES):
        if not is_held(file):
            file.unlink(missing_ok=True)
    own = data / f"served-at.{uuid4().hex[:8]}"
    with own.open("w", encoding="utf-8") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.write(address)
        held.flush()
        try:
            yield
        finally:
            own.unlink(missing_ok=True)


def served_at(data: Path) -> list[str]:
    """The addresses of the servers that run now; what started first comes first."""
    held = sorted(filter(is_held, data.glob(FILES)), key=lambda file: file.stat().st_mtime_ns)
    return [file.read_text(encoding="utf-8").strip() for file in held]


def is_held(file: Path) -> bool:
    with file.open(encoding="utf-8") as asked:
        try:
            fcntl.flock(asked, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
