"""Sheets of badges to print and cut: a page of the server, or one HTML file that needs nothing else."""

from collections.abc import Sequence

from services.pages.assets import STATIC
from services.pages.language import Language
from services.pages.paper_documents import Served, document
from services.paper.badges import A_PAGE, BADGE_STYLE, BadgeCard

STYLE = (STATIC / "badge_sheet.css").read_text(encoding="utf-8")


def badges_document(cards: Sequence[BadgeCard], place: str, language: Language, *, served: Served | None = None) -> str:
    """``place``: the compound's name, printed small."""
    style = BADGE_STYLE + STYLE
    return document("badge_sheet.html", language, style, served, cards=cards, place=place, a_page=A_PAGE)
