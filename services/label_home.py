"""Whose label it is: the compound that printed or bound it, whatever others have scanned of it since."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from domain.goods.codes import Kind, kind_of, subject_of_code
from domain.goods.crates import crate_view
from domain.goods.custody import parcel_view
from domain.goods.deliveries import delivery_view
from domain.goods.facts import Past
from projections import roster
from projections.base import Rows
from projections.trails import Trails

MOST_ASKED: Final = 50
VIEWS: Final[dict[Kind, Callable[[Past, str], Any]]] = {
    "parcel": parcel_view,
    "crate": crate_view,
    "delivery": delivery_view,
}


def home_of(rows: Rows, code: str, compounds: Sequence[str]) -> str | None:
    """The first that printed it, else the first to speak of it that knows what it is; None where no one does."""
    subject = subject_of_code(code)
    printed = first_led_to(rows, subject, "labels", compounds)
    if printed:
        return min(printed)[1]
    spoken = [*first_said(rows, subject, compounds), *first_led_to(rows, subject, "parcel", compounds)]
    return next((compound for _, compound in sorted(spoken) if knows_what_it_is(rows, compound, code)), None)


def at_home_elsewhere(rows: Rows, compound: str, codes: Iterable[str]) -> frozenset[str]:
    """Those whose label another compound of this installation printed or bound, of the first so many."""
    known = roster.compounds(rows)
    if known in ([], [compound]):
        return frozenset()
    asked = list(dict.fromkeys(codes))[:MOST_ASKED]
    return frozenset(code for code in asked if home_of(rows, code, known) not in {None, compound})


def first_said(rows: Rows, subject: str, compounds: Sequence[str]) -> list[tuple[int, str]]:
    """Compounds that have facts of a subject, and the position of the first."""
    found = rows.select_in(
        "SELECT MIN(position), compound FROM facts WHERE subject = ? AND compound IN ({keys}) GROUP BY compound",
        compounds,
        (subject,),
    )
    return [(position, compound) for position, compound in found]


def first_led_to(rows: Rows, subject: str, topic: str, compounds: Sequence[str]) -> list[tuple[int, str]]:
    """Compounds where a subject leads to facts of a topic, and the position of the first.

    The plus keeps SQLite from looking through all facts of the topic instead of those that are led to.
    """
    found = rows.select_in(
        "SELECT MIN(facts.position), links.compound FROM links JOIN facts "
        "ON facts.compound = links.compound AND facts.subject = links.related "
        "WHERE links.subject = ? AND +links.related >= ? AND +links.related < ? AND links.compound IN ({keys}) "
        "GROUP BY links.compound",
        compounds,
        (subject, f"{topic}-", f"{topic}."),
    )
    return [(position, compound) for position, compound in found]


def knows_what_it_is(rows: Rows, compound: str, code: str) -> bool:
    subject = subject_of_code(code)
    trails = Trails()
    trails.load(rows, compound, [subject])
    known: bool = VIEWS[kind_of(code)](trails.past(compound), subject).known
    return known
