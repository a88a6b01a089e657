"""What a label's QR code says, and whether a phone could follow it."""

from ipaddress import ip_address
from urllib.parse import urlsplit

import segno


def address_on_paper(base: str, code: str, page: str = "P") -> str:
    """In upper case: the QR code then stays in its alphanumeric mode, which makes larger modules."""
    return f"{base.rstrip('/')}/{page}/{code}".upper()


def qr_drawn(address: str) -> str:
    """SVG to stand in a page."""
    return segno.make(address, error="m", micro=False).svg_inline(
        border=2, omitsize=True, svgclass="qr", lineclass=None
    )


def only_this_machine(base: str) -> bool:
    host = urlsplit(base).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
