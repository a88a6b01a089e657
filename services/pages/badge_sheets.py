"""Sheets of badges to print and cut: a page of the server, or one HTML file that needs nothing else."""

from collections.abc import Mapping, Sequence

from services.pages.assets import STATIC
from services.pages.language import Language
from services.pages.paper_documents import Served, document
from services.paper.badges import A_PAGE, BADGE_STYLE, BadgeCard

STYLE = (STATIC / "badge_sheet.css").read_text(encoding="utf-8")


def badges_document(
    cards: Sequence[BadgeCard],
    place: str,
    station_names: Mapping[str, str],
    language: Language,
    *,
    served: Served | None = None,
) -> str:
    """``place``: the compound's name, printed small."""
    shown = {"cards": cards, "place": place, "station_names": station_names, "a_page": A_PAGE}
    return document("badge_sheet.html", language, BADGE_STYLE + STYLE, served, **shown)
