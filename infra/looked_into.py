"""The bytes of files, of those in folders, and of those that an archive of common kinds holds."""

import gzip
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

GZIP: Final = b"\x1f\x8b"


def contents(path: Path) -> Iterator[tuple[str, bytes]]:
    """Names and bytes; of a file that SQLite writes also what is not in it yet. Raises OSError or what an archive breaks with."""
    if path.is_dir():
        for each in sorted(path.rglob("*")):
            if each.is_file():
                yield from inside(each)
        return
    yield from inside(path)
    ahead = path.with_name(f"{path.name}-wal")
    if ahead.is_file():
        yield from inside(ahead)


def inside(file: Path) -> Iterator[tuple[str, bytes]]:
    if tarfile.is_tarfile(file):
        with tarfile.open(file) as archive:
            for member in archive:
                if (held := archive.extractfile(member)) is not None:
                    yield f"{file}: {member.name}", held.read()
    elif zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                yield f"{file}: {name}", archive.read(name)
    elif (content := file.read_bytes()).startswith(GZIP):
        yield str(file), gzip.decompress(content)
    else:
        yield str(file), content
