"""Printed documents: one HTML file that needs nothing else, or the same as a page with a print button."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from markupsafe import Markup

from domain.base import Refused
from domain.goods.facts import PrintedLabel
from domain.goods.handling import PLACE_TIME
from projections.base import Rows
from projections.orders import Order
from services.pages.assets import STATIC
from services.pages.language import N_, Language
from services.pages.layout import environment
from services.paper.labels import drawn, goods_labels, sign_for
from services.paper.sheets import Sorting, sheet_of
from services.paper.sizes import SHEET_STYLE, LabelSize, label_style, sign_style
from services.paper.slips import SheetOfSlips
from services.wiring import now

STYLE: Final = (STATIC / "paper.css").read_text(encoding="utf-8")
SLIPS_STYLE: Final = (STATIC / "slips.css").read_text(encoding="utf-8")

DELIVERY_MISSING = N_("No delivery was declared under this code. Declare it first.")


class Served(NamedTuple):
    """What a document gets as a page of the server, where styles and scripts are files of their own."""

    style_address: str
    back: str = "/paper"
    warning: str = ""


def labels_document(  # noqa: PLR0913 — what, how large, leading where, in which language
    rows: Rows,
    compound: str,
    printed: Sequence[PrintedLabel],
    size: LabelSize,
    base: str,
    language: Language,
    *,
    heading: str = "",
    served: Served | None = None,
) -> str:
    labels = drawn(rows, compound, printed, size, base)
    return document(
        "labels.html", language, label_style(size), served, labels=labels, size=size, address=base, heading=heading
    )


def sign_document(
    rows: Rows, compound: str, code: str, paper: str, base: str, language: Language, *, served: Served | None = None
) -> str:
    """``paper`` is a4 or a5. Raises Refused for a delivery that was never declared."""
    sign = sign_for(rows, compound, code, base)
    if sign is None:
        raise Refused("delivery-declared", DELIVERY_MISSING)
    return document("sign.html", language, sign_style(paper), served, sign=sign, paper=paper, address=base)


def sheets_document(
    ordered: Sequence[Order],
    heading: str,
    sortings: Sequence[Sorting],
    language: Language,
    *,
    served: Served | None = None,
) -> str:
    """``heading`` is the group buy's title."""
    made = [sheet_of(ordered, sorting) for sorting in sortings]
    day = now().astimezone(PLACE_TIME).date().isoformat()
    return document("sheets.html", language, SHEET_STYLE, served, sheets=made, heading=heading, day=day)


def goods_labels_document(
    ordered: Sequence[Order],
    heading: str,
    by: str,
    size: LabelSize,
    language: Language,
    *,
    served: Served | None = None,
) -> str:
    """``by`` is item or household."""
    labels = list(goods_labels(ordered, heading, by, size))
    return document("goods_labels.html", language, label_style(size), served, labels=labels, size=size, heading=heading)


def slips_document(
    sheets: Sequence[SheetOfSlips], base: str, language: Language, *, served: Served | None = None
) -> str:
    return document("slips_document.html", language, SLIPS_STYLE, served, sheets=sheets, address=base)


def document(template: str, language: Language, style: str, served: Served | None, **context: Any) -> str:
    """``style`` holds what ``paper.css`` leaves open: the size of the page and of what stands on it."""
    return (
        environment(language)
        .get_template(template)
        .render(
            html_language=language.replace("_", "-"),
            served=served,
            style=Markup(STYLE + style),  # noqa: S704 — our own file and figures
            **context,
        )
    )
