"""The names behind members' numbers, most of each hidden: the directory's business, never the log's."""

from collections.abc import Iterable

from services.access import Person
from services.masks import masked_name
from services.wiring import House


def labels_of(house: House, person: Person | None, compound: str, members: Iterable[str]) -> dict[str, str]:
    """What people call the members of a list, as far as somebody wrote it down; noted as one look at the list.

    Empty for those who may not see the directory. It is for pages only: no table, sheet or message takes names.
    """
    if person is None or not person.may("see-directory"):
        return {}
    cards = house.directory.look_at_list(compound, frozenset(members), who=person.actor)
    return {member: masked_name(card.words.name) for member, card in cards.items() if card.words.name}
