"""Badges as they are handed out, on the screen or on paper: role, station, window and number, never a name."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

import segno

from services.crew.desk import IssuedBadge

A_PAGE: Final = 8
"""Cards on a sheet of A4, two beside each other."""
BADGE_STYLE: Final = "@page{size:A4;margin:0}:root{--page-width:210mm;--page-height:297mm}"


class BadgeCard(NamedTuple):
    badge: str
    member: str
    role: str
    station: str | None
    buildings: tuple[str, ...]
    begins: datetime
    ends: datetime
    url: str
    qr: str


def badge_cards(issued: Iterable[IssuedBadge], base: str) -> list[BadgeCard]:
    """``base``: the address that phones open."""
    return [card_of(each, base) for each in issued]


def card_of(issued: IssuedBadge, base: str) -> BadgeCard:
    url = joining_address(base, issued.token)
    terms = issued.terms
    return BadgeCard(
        issued.badge,
        issued.member,
        terms.role,
        terms.station,
        terms.buildings,
        terms.begins,
        terms.ends,
        url,
        qr_of(url),
    )


def joining_address(base: str, token: str) -> str:
    """The token stands behind the #, which no server and no preview robot gets to see."""
    return f"{base.rstrip('/')}/j#{token}"


def qr_of(url: str) -> str:
    """SVG with a quiet zone, made to be read from a screen."""
    return segno.make(url, error="m", micro=False).svg_inline(border=4, omitsize=True, svgclass="qr", lineclass=None)
