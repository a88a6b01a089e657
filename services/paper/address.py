"""The public address on paper: read as people write it, asked for before anything is printed, and remembered."""

import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

from domain.base import Refused
from services.label_address import only_this_machine
from services.paper import N_
from services.wiring import House

ALPHANUMERIC_HOST: Final = re.compile(r"[a-z0-9.-]{1,120}")
FILE: Final = "paper-address"

NOT_AN_ADDRESS: Final = N_(
    "Write the address as phones open it, such as http://192.168.1.20:8000, without anything behind it."
)
ADDRESS_MISSING: Final = N_(
    "First say how phones reach this server: an address such as http://192.168.1.20:8000. "
    "127.0.0.1 on a label leads every phone to itself."
)


def read_address(written: str) -> str:
    """``http://HOST[:PORT]`` in lower case; raises Refused for what a QR code of ours could not hold."""
    parts = split(written.strip())
    host = ascii_host(parts.hostname or "")
    plain = parts.path in {"", "/"} and not parts.query and not parts.fragment and not parts.username
    if parts.scheme not in {"http", "https"} or not plain or not ALPHANUMERIC_HOST.fullmatch(host):
        raise Refused("address-readable", NOT_AN_ADDRESS)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host}{port}"


def split(written: str) -> SplitResult:
    try:
        parts = urlsplit(written if "://" in written else f"http://{written}")
        parts.port  # noqa: B018 — reading it is what checks it
    except ValueError:
        raise Refused("address-readable", NOT_AN_ADDRESS) from None
    return parts


def ascii_host(host: str) -> str:
    try:
        return host.encode("idna").decode().lower()
    except UnicodeError:
        return ""


def remember(house: House, address: str) -> None:
    (house.settings.data / FILE).write_text(address, encoding="utf-8")


def known_address(house: House) -> str | None:
    """What this installation was told: by its settings, else by whoever printed before."""
    if house.settings.public_address:
        return read_address(house.settings.public_address)
    file = house.settings.data / FILE
    return read_address(file.read_text(encoding="utf-8")) if file.exists() else None


def address_for(house: House, said: str | None) -> str:
    """An address that is said counts as it is; one that nobody said must be of use to phones. Raises Refused."""
    if said:
        return read_address(said)
    known = known_address(house)
    if known is None or only_this_machine(known):
        raise Refused("address-public", ADDRESS_MISSING)
    return known
