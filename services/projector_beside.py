"""The projector in a process of its own, so that those who wait for an answer and those who look share no interpreter.

The server nudges it through a pipe and hears through another one how far it has come. It ends with the server, however
that ends; when it ends first, it is started again. The log and the read database are all that both know.
"""

import contextlib
import os
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import IO, Final

import structlog

from infra.event_store import EventStore
from infra.read_store import SqliteReadStore
from infra.settings import Settings
from services.projector import Projector

log = structlog.get_logger(__name__)

NUDGE: Final = b"n"
HURRY: Final = b"h"
POSITION: Final = struct.Struct("<q")
START_AGAIN_AFTER: Final = 1.0
"""Seconds."""
ENDS_WITHIN: Final = 10.0
"""Seconds that it is given to finish its batch."""


class ProjectorBeside:
    """Speaks like ``Projector``; ``position`` is what the other process has told last."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.position = 0
        self.listeners: list[Callable[[int], None]] = []
        self.caught_up = threading.Condition()
        self.stopping = threading.Event()
        self.process = self.started()
        self.thread = threading.Thread(target=self.hear, name="projector-beside", daemon=True)

    def started(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "services.projector_beside"],
            env={**os.environ, "BAOGONG_DATA": str(self.settings.data)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        os.set_blocking(process.stdin.fileno(), False)  # type: ignore[union-attr]  # a pipe, as asked for
        return process

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.stopping.set()
        self.process.stdin.close()  # type: ignore[union-attr]  # a pipe since started()
        try:
            self.process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
        if self.thread.is_alive():
            self.thread.join()

    def nudge(self, _: int = 0) -> None:
        self.say(NUDGE)

    def wait_for(self, position: int, timeout: float = 30) -> bool:
        """Whether everything up to the position is visible within the time, in seconds."""
        self.say(HURRY)
        with self.caught_up:
            return self.caught_up.wait_for(lambda: self.position >= position, timeout)

    def say(self, word: bytes) -> None:
        with contextlib.suppress(OSError, ValueError):  # a full pipe nudges enough; a closed one is being replaced
            self.process.stdin.write(word)  # type: ignore[union-attr]  # a pipe since started()

    def hear(self) -> None:
        while True:
            with self.process as process:
                self.hear_from(process.stdout)  # type: ignore[arg-type]  # a pipe since started()
            if self.stopping.is_set():
                return
            log.error("projector_ended", status=process.returncode)
            if self.stopping.wait(START_AGAIN_AFTER):
                return
            self.process = self.started()
            if self.stopping.is_set():
                self.process.stdin.close()  # type: ignore[union-attr]  # a pipe since started()

    def hear_from(self, told: IO[bytes]) -> None:
        while len(said := told.read(POSITION.size)) == POSITION.size:
            (reached,) = POSITION.unpack(said)
            with self.caught_up:
                self.position = reached
                self.caught_up.notify_all()
            for listener in self.listeners:
                listener(reached)


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, whose end is ours
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # the output tells positions
    settings = Settings()
    event_log = EventStore.open(settings.log_file, synchronous=settings.synchronous)
    read = SqliteReadStore(settings.read_file)
    projector = Projector(event_log, read)
    projector.listeners.append(tell)
    tell(projector.position)
    projector.start()
    while words := os.read(sys.stdin.fileno(), 4096):
        projector.nudge()
        if HURRY in words:
            projector.hurry.set()
    projector.stop()
    read.close()
    event_log.close()


def tell(position: int) -> None:
    with contextlib.suppress(BrokenPipeError):
        os.write(sys.stdout.fileno(), POSITION.pack(position))


if __name__ == "__main__":
    main()
