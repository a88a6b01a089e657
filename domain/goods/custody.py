"""How a parcel's trail reads: who has it, at which stage it is, and what each step broke.

Everything is judged by ``happened_at`` over all facts known now, so neither the order of their arrival nor their
repetition changes the reading. A parcel inherits from its crate while it is inside, from its delivery what was done
before it was packed.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from domain.goods.codes import subject_of_code
from domain.goods.crates import crate_view
from domain.goods.disinfection import facts_with_disinfections
from domain.goods.facts import Past, led_to, standing
from domain.goods.journey import Journey
from domain.goods.parcel_view import ParcelView
from domain.goods.parcels import last_binding


def bound_to(past: Past, subject: str) -> str:
    facts = past.trail(subject)
    binding = last_binding(standing(facts)) if facts else None
    return subject_of_code(binding.twin) if binding and binding.twin else subject


def family(past: Past, subject: str) -> tuple[str, ...]:
    """The parcel that a label means: its own subject, then those of the labels that are bound to it now."""
    near = label_neighbours(past, subject)
    if not near:
        return (subject,)
    bound = {each: bound_to(past, each) for each in (subject, *near)}
    own = end_of(bound, subject)
    return (own, *sorted(each for each in bound if each != own and end_of(bound, each) == own))


def end_of(bound: Mapping[str, str], subject: str) -> str:
    """Where the way from binding to binding ends; labels bound in a circle stay their own."""
    chain = [subject]
    while (following := bound[chain[-1]]) not in chain:
        chain.append(following)
    return subject if subject in chain[chain.index(following) :] else following


def label_neighbours(past: Past, subject: str) -> AbstractSet[str]:
    """Labels that were ever bound to this parcel, to one of those, and so on."""
    level = [other for other in past.related(subject) if other.startswith("parcel-")]
    if not level:
        return frozenset()
    seen = {subject, *level}
    while level:
        level = [o for each in level for o in past.related(each) if o.startswith("parcel-") and o not in seen]
        seen.update(level)
    return seen - {subject}


def parcel_view(past: Past, subject: str) -> ParcelView:
    """Reads the parcel of a subject; a label that is bound elsewhere reads as the parcel it belongs to."""
    return view_of(past, family(past, subject))


def view_of(past: Past, subjects: tuple[str, ...]) -> ParcelView:
    """Reads the parcel of a family of labels."""
    leads = led_to(past, subjects)
    facts = facts_with_disinfections(past, subjects, leads.get("disinfection", ()))
    crates = [past.read(crate_view, crate) for crate in leads.get("crate", ())]
    return Journey(past, subjects, facts, crates, leads.get("labels", ())).view()
