"""Under which names this server answers. A stranger's name that leads here (DNS rebinding) is not one of them."""

import re
from collections.abc import Callable, Iterable
from typing import Final
from urllib.parse import urlsplit

HOST: Final = re.compile(rb"(\[[0-9a-f:.]{2,45}\]|[a-z0-9_.-]{1,253})(?::\d{1,5})?", re.IGNORECASE)
THIS_MACHINE: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
KEPT: Final = 64
"""Names with their ports of which it is remembered that they are ours."""


class TrustedHosts:
    def __init__(self, named: Callable[[], Iterable[str]]) -> None:
        """``named`` gives hosts, or addresses that hold one; asked only for a name that was not seen before."""
        self.named = named
        self.known: set[bytes] = set()

    def trust(self, host: bytes | None, server: tuple[str, int | None] | None) -> bool:
        """Whether a Host header names this machine, the address at which the request came in, or a name of ours."""
        if host in self.known:
            return True
        matched = HOST.fullmatch(host or b"")
        if host is None or matched is None:
            return False
        name = matched[1].decode().lower().rstrip(".")
        if name not in THIS_MACHINE and name != as_host(server[0] if server else "") and name not in self._names():
            return False
        if len(self.known) < KEPT:
            self.known.add(host)
        return True

    def _names(self) -> set[str]:
        return {as_host(urlsplit(named if "://" in named else f"//{named}").hostname or "") for named in self.named()}


def as_host(address: str) -> str:
    """As it stands in a Host header, without the port."""
    address = address.lower().removeprefix("::ffff:").rstrip(".")
    return f"[{address}]" if ":" in address and not address.startswith("[") else address
