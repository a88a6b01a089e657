"""Whose label it is: the compound that printed or bound it, whatever others have scanned of it since."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from domain.goods.codes import Kind, kind_of, subject_of_code
from domain.goods.crates import crate_view
from domain.goods.custody import label_neighbours, parcel_view
from domain.goods.deliveries import delivery_view
from domain.goods.facts import Past
from projections import roster
from projections.base import Rows
from projections.parcel_trail import is_known
from projections.trails import Trails

MOST_ASKED: Final = 50
PRINTED: Final = 0
BOUND: Final = 1
VIEWS: Final[dict[Kind, Callable[[Past, str], Any]]] = {
    "parcel": parcel_view,
    "crate": crate_view,
    "delivery": delivery_view,
}


def home_of(rows: Rows, code: str, compounds: Iterable[str]) -> str | None:
    """The one that printed it, else the first that said what it is; None where it has only been scanned."""
    claims = (_claim(rows, compound, code) for compound in compounds if is_known(rows, compound, code))
    best = min((claim for claim in claims if claim is not None), default=None)
    return best[-1] if best else None


def at_home_elsewhere(rows: Rows, compound: str, codes: Iterable[str]) -> frozenset[str]:
    """Those whose label another compound of this installation printed or bound, of the first so many."""
    known = roster.compounds(rows)
    if known in ([], [compound]):
        return frozenset()
    asked = list(dict.fromkeys(codes))[:MOST_ASKED]
    return frozenset(code for code in asked if home_of(rows, code, known) not in {None, compound})


def _claim(rows: Rows, compound: str, code: str) -> tuple[int, int, str] | None:
    """How strong it is and since when; the smallest is the best."""
    subject = subject_of_code(code)
    runs = rows.select(
        "SELECT MIN(facts.position) FROM links JOIN facts ON facts.compound = links.compound "
        "AND facts.subject = links.related WHERE links.compound = ? AND links.subject = ? "
        "AND links.related >= 'labels-' AND links.related < 'labels.'",
        (compound, subject),
    )
    if runs[0][0] is not None:
        return PRINTED, runs[0][0], compound
    trails = Trails()
    trails.load(rows, compound, [subject])
    if not VIEWS[kind_of(code)](trails.past(compound), subject).known:
        return None
    said_in = (subject, *label_neighbours(trails.past(compound), subject))
    first = rows.select_in(
        "SELECT MIN(position) FROM facts WHERE compound = ? AND subject IN ({keys})", said_in, (compound,)
    )
    return BOUND, min(position for (position,) in first if position is not None), compound
