"""What the pages about people share: the desk behind them, lists that a form names, and refusals in one's language."""

import re
from collections.abc import Iterable
from typing import Annotated, Final

from fastapi import Depends, Path, Request

from domain.base import Refused
from services.access import CompoundInView, Person, entrance_of, must, person_of
from services.api.house import InHouse
from services.crew.administrators import may_change
from services.crew.desk import CommitteeDesk
from services.crew.names import labels_of
from services.label_address import only_this_machine
from services.pages.language import N_, language_of
from services.pages.words import refusal_text
from services.paper.address import known_address
from services.wiring import House

SEE_OTHER: Final = 303
REFUSED: Final = 409
BY_ADMINISTRATORS: Final = N_("Only an administrator changes the roles and sign-ins of an administrator.")

Number = Annotated[str, Path(max_length=16)]


def member_to_change(request: Request, compound: CompoundInView, house: InHouse, member: Number) -> str:
    must(may_change(house, compound, person_of(request), member), "manage-members", BY_ADMINISTRATORS)
    return member


MemberToChange = Annotated[str, Depends(member_to_change)]
"""The number in the path, of a member whose roles, sign-ins and standing this person may change."""


def desk_of(house: House, compound: str, person: Person) -> CommitteeDesk:
    return CommitteeDesk(house, compound, person.actor)


def named_in(text: str) -> list[str]:
    """``3, 12`` or ``3 12`` or ``3、12``: each once."""
    return list(dict.fromkeys(part for part in re.split(r"[\s,，、;；]+", text) if part))


def refusal_shown(request: Request, refusal: Refused | None) -> str:
    return refusal_text(language_of(request), refusal.rule, refusal.text) if refusal else ""


def labels_shown(request: Request, house: House, compound: str, members: Iterable[str]) -> dict[str, str]:
    """Beside the numbers of a list, for whoever asks."""
    return labels_of(house, person_of(request), compound, members)


def address_for_phones(request: Request, house: House) -> str:
    """As the installation says, else as it stands on labels, else as the browser came in."""
    known = entrance_of(request).public_address or known_address(house)
    return (known or str(request.base_url)).rstrip("/")


def is_of_no_use(address: str) -> bool:
    return only_this_machine(address)
