"""Names, phone numbers and notes that are seeded through every way in, and the places where they must not be found."""

import io
import logging
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import NamedTuple

import structlog

NAME = "王小明"
PHONE = "13812341234"
HELP = "每周要配胰岛素"
NOTE = "老人在家请轻敲"
SEEDS = (NAME, PHONE, "138 1234 1234", "胰岛素", "老人在家")
"""What is sought; the words that are written hold them."""
PURGEABLE = ("directory.db", "access.db")
"""Where they may stand until they are dropped: the directory, and raw texts of scans that were set aside."""


class Answer(NamedTuple):
    asked: str
    status: int
    headers: str
    body: str


def seeds_in(text):
    content = text if isinstance(text, bytes) else text.encode()
    escaped = content.replace(b"&#39;", b"'")
    return [seed for seed in SEEDS if any(form in escaped for form in forms_of(seed))]


def forms_of(seed):
    """As it is written, in an address, and in JSON that keeps to ASCII."""
    plain = seed.encode()
    quoted = "".join(f"%{byte:02X}" for byte in plain)
    return {plain, quoted.encode(), quoted.lower().encode(), seed.encode("unicode_escape"), seed.encode("utf-16-le")}


def files_with_seeds(directory):
    """Every file below that holds one, by name; write-ahead logs and files left behind among them."""
    files = [each for each in sorted(directory.rglob("*")) if each.is_file()]
    return {each.name: found for each in files if (found := seeds_in(each.read_bytes()))}


class Lines(logging.Handler):
    def __init__(self):
        super().__init__(logging.DEBUG)
        self.written = []

    def emit(self, record):
        if not record.name.startswith(("httpx", "httpcore")):  # the test's own browser, not ours
            self.written.append(f"{record.name} {self.format(record)} {record.__dict__}")


@contextmanager
def everything_logged():
    """All that is logged at any level, by structlog and by the standard library, and all that is printed."""
    lines, printed = Lines(), io.StringIO()
    root = logging.getLogger()
    levels = {each: each.level for each in (root, *named_loggers())}
    handlers = list(root.handlers)
    root.addHandler(lines)
    for logger in levels:
        logger.setLevel(logging.DEBUG)
    try:
        with structlog.testing.capture_logs() as told, redirect_stdout(printed), redirect_stderr(printed):
            found = []
            yield found
    finally:
        root.handlers[:] = handlers
        for logger, level in levels.items():
            logger.setLevel(level)
    found += [*lines.written, *map(str, told), printed.getvalue()]


def named_loggers():
    known = logging.Logger.manager.loggerDict.values()
    return [each for each in known if isinstance(each, logging.Logger)]


def kafka_payloads(_house):
    """What the relay would publish. Fill this in with the issue that brings Kafka: keys, values and headers."""
    return []


def offline_manifests(_client):
    """What phones keep to work offline. Fill this in with the issue that brings GET /api/manifest."""
    return []
