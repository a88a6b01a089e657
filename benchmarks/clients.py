"""Phones: keep-alive connections so lean that the server is what is measured. Runs as a process of its own.

``python -m benchmarks.clients PORT CLIENTS FILE`` sends the pickled requests of FILE and prints what it saw as JSON.
"""

import asyncio
import json
import pickle
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from subprocess import PIPE, Popen
from tempfile import NamedTemporaryFile
from typing import Any, NamedTuple, cast

import uvloop

HEAD_ENDS = b"\r\n\r\n"
LENGTH = b"content-length:"


class Seen(NamedTuple):
    """Latencies in milliseconds."""

    requests: int
    seconds: float
    p50: float
    p99: float
    failed: int
    """Answers that were not 200."""
    recorded: int
    """Scans whose answer was that they are recorded."""

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def post(path: str, session: str, body: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {session}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


def get(path: str, session: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {session}\r\n\r\n".encode()


def send(port: int, clients: int, requests: Sequence[bytes]) -> Seen:
    """Sends them all from another process, each as soon as one of the clients is free."""
    with NamedTemporaryFile() as file:
        pickle.dump(list(requests), file)
        file.flush()
        command = [sys.executable, "-m", "benchmarks.clients", str(port), str(clients), file.name]
        with Popen(command, stdout=PIPE) as process:
            told, _ = process.communicate()
    if process.returncode:
        raise RuntimeError("the clients have failed")
    seen = Seen(**json.loads(told))
    if seen.failed:
        raise RuntimeError(f"{seen.failed} of {seen.requests} requests were not answered with 200")
    return seen


class Phone(asyncio.Protocol):
    def __init__(self, waiting: Iterator[bytes], answers: list[tuple[float, bytes]], done: asyncio.Event) -> None:
        self.waiting = waiting
        self.answers = answers
        self.done = done
        self.arrived = b""
        self.sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.send_next()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self.done.set()

    def send_next(self) -> None:
        request = next(self.waiting, None)
        if request is None:
            self.transport.close()
            return
        self.sent_at = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.arrived = self.arrived + data if self.arrived else data
        head_ends = self.arrived.find(HEAD_ENDS)
        if head_ends < 0:
            return
        length_at = self.arrived.lower().index(LENGTH, 0, head_ends) + len(LENGTH)
        length = int(self.arrived[length_at : self.arrived.index(b"\r", length_at)])
        if len(self.arrived) < head_ends + len(HEAD_ENDS) + length:
            return
        self.answers.append((time.perf_counter() - self.sent_at, self.arrived))
        self.arrived = b""
        self.send_next()


async def phones(port: int, clients: int, requests: Sequence[bytes]) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    waiting = iter(requests)
    answers: list[tuple[float, bytes]] = []
    ends = [asyncio.Event() for _ in range(clients)]
    begun = time.perf_counter()
    for end in ends:
        await loop.create_connection(lambda end=end: Phone(waiting, answers, end), "127.0.0.1", port)  # type: ignore[misc]
    for end in ends:
        await end.wait()
    seconds = time.perf_counter() - begun
    if len(answers) < len(requests):
        raise RuntimeError(f"only {len(answers)} of {len(requests)} requests were answered")
    latencies = sorted(latency for latency, _ in answers)
    return {
        "requests": len(answers),
        "seconds": seconds,
        "p50": latencies[len(latencies) // 2] * 1000,
        "p99": latencies[len(latencies) * 99 // 100] * 1000,
        "failed": sum(not answer.startswith(b"HTTP/1.1 200") for _, answer in answers),
        "recorded": sum(answer.count(b'"outcome":"recorded"') for _, answer in answers),
    }


if __name__ == "__main__":
    requests_to_send = pickle.loads(Path(sys.argv[3]).read_bytes())  # noqa: S301 — written by send() above
    print(json.dumps(uvloop.run(phones(int(sys.argv[1]), int(sys.argv[2]), requests_to_send))))
