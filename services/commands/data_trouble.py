"""Why a data directory cannot be used: it may not be written, it is damaged, the disk is full, or only busy now."""

import errno
import getpass
import os
from pathlib import Path
from typing import Final

from infra.sqlite_files import reads_well, says_damaged, says_full

RECORDS: Final = ("log.db", "access.db", "directory.db")
BEGINS: Final = b"SQLite format 3\0"
NOT_BUSY: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC})
"""Of what the system refuses, that which somebody has to put right."""


def trouble_with(data: Path, error: BaseException) -> str:
    """One sentence with what to do; names the file of the directory, never a passing one."""
    if closed := not_ours(data):
        return (
            f"{closed} may not be read and written by {whoami()}. Give the directory to that user "
            f"(chown -R {whoami()} {data}; chmod -R u+rwX {data}), or name another with --data."
        )
    if broken := damaged(data, error):
        return (
            f"{broken} is damaged, or no file of baogong. Trying again does not help: move it away and restore this "
            "directory from the backup."
        )
    if is_full(error):
        return f"The disk of {data} is full: make room there, then start again."
    return f"The data directory {data} cannot be used now ({error}); try again in a moment."


def not_ours(data: Path) -> Path | None:
    """The directory, or the first file in it, that this user may not change."""
    if not data.exists():
        above = next(each for each in data.absolute().parents if each.exists())
        return None if os.access(above, os.W_OK | os.X_OK) else above
    if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        return data
    files = sorted(each for each in data.iterdir() if each.is_file())
    return next((each for each in files if not os.access(each, os.R_OK | os.W_OK)), None)


def damaged(data: Path, error: BaseException) -> Path | None:
    """Reads the files through only where the error says that one of them is broken."""
    files = [file for name in RECORDS if (file := data / name).is_file()]
    for file in files:
        with file.open("rb") as opened:
            begins = opened.read(len(BEGINS))
        if begins and begins != BEGINS:
            return file
    if not says_damaged(error):
        return None
    return next((file for file in files if not reads_well(file)), None)


def is_full(error: BaseException) -> bool:
    return says_full(error) or getattr(error, "errno", None) == errno.ENOSPC


def whoami() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
