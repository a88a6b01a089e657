"""How a parcel's trail reads: who has it, at which stage it is, and what each step broke.

Everything is judged by ``happened_at`` over all facts known now, so neither the order of their arrival nor their
repetition changes the reading. A parcel inherits from its crate while it is inside, from its delivery what was done
before it was packed.
"""

from domain.goods.codes import subject_of_code
from domain.goods.crates import crate_view
from domain.goods.disinfection import facts_with_disinfections
from domain.goods.facts import Past, led_to, standing
from domain.goods.journey import Journey, ParcelView
from domain.goods.parcels import last_binding


def bound_to(past: Past, subject: str) -> str:
    facts = past.trail(subject)
    binding = last_binding(standing(facts)) if facts else None
    return subject_of_code(binding.twin) if binding and binding.twin else subject


def own_subject(past: Past, subject: str) -> str:
    """The subject a label's facts belong to, from binding to binding; labels bound in a circle stay their own."""
    if not any(other.startswith("parcel-") for other in past.related(subject)):
        return subject
    chain = [subject, bound_to(past, subject)]
    if chain[1] == subject:
        return subject
    while (bound := bound_to(past, chain[-1])) not in chain:
        chain.append(bound)
    return subject if subject in chain[chain.index(bound) :] else bound


def label_subjects(past: Past, subject: str) -> tuple[str, ...]:
    """A parcel's own subject and those of the labels that are bound to it now."""
    near = label_neighbours(past, subject)
    return (subject, *sorted(each for each in near if own_subject(past, each) == subject)) if near else (subject,)


def label_neighbours(past: Past, subject: str) -> set[str]:
    """Labels that were ever bound to this parcel, to one of those, and so on."""
    level = [other for other in past.related(subject) if other.startswith("parcel-")]
    seen = {subject, *level}
    while level:
        level = [o for each in level for o in past.related(each) if o.startswith("parcel-") and o not in seen]
        seen.update(level)
    return seen - {subject}


def parcel_view(past: Past, subject: str) -> ParcelView:
    """Reads the parcel of a subject; a label that is bound elsewhere reads as the parcel it belongs to."""
    return view_of_own(past, own_subject(past, subject))


def view_of_own(past: Past, own: str) -> ParcelView:
    """Reads the parcel of a subject that belongs to no other."""
    subjects: tuple[str, ...] = (own,)
    leads = led_to(past, subjects)
    if "parcel" in leads:
        subjects = label_subjects(past, own)
        leads = led_to(past, subjects)
    facts = facts_with_disinfections(past, subjects, leads.get("disinfection", ()))
    crates = [past.read(crate_view, crate) for crate in leads.get("crate", ())]
    return Journey(past, subjects, facts, crates, leads.get("labels", ())).view()
