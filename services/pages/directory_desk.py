"""What every page with words of the directory shares: its forms, what is done with them, and how it is shown."""

from functools import partial
from typing import Annotated, Any, Final, NamedTuple

from fastapi import Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from domain.base import Refused
from infra.directory import REASONS, REASONS_FOR, Subject, SubjectKind, Words
from services import directory
from services.access import CompoundInView, Person
from services.api.house import InHouse
from services.pages.import_desk import address
from services.pages.language import language_of
from services.pages.layout import render
from services.pages.words import refusal_text, words_of
from services.wiring import House

CONFLICT: Final = 409

Ticked = Annotated[str, Field(max_length=8)]
Written = Annotated[str, Field(max_length=500)]


class Desk(NamedTuple):
    """Where something is asked; who asks stands in the route's own signature."""

    request: Request
    compound: str
    house: House


async def desk_of(request: Request, compound: CompoundInView, house: InHouse) -> Desk:
    return Desk(request, compound, house)


AtDesk = Annotated[Desk, Depends(desk_of)]


class CardForm(BaseModel):
    """A new entry, or with the id of one a correction: what is left empty there stays."""

    name: Written = ""
    phone: Written = ""
    help: Written = ""
    note: Written = ""
    card: Annotated[str, Field(pattern=r"^[0-9a-f]{0,32}$")] = ""
    remove: Ticked = ""

    @property
    def words(self) -> Words:
        return Words(self.name, self.phone, self.help, self.note)


class UnmaskForm(BaseModel):
    why: Annotated[str, Field(max_length=40)] = ""
    emergency: Ticked = ""
    unmasking: Annotated[str, Field(pattern=r"^[0-9a-f]{0,32}$")] = ""
    held: Ticked = ""
    """Whether it was asked for on the page of what is held."""


def written(desk: Desk, person: Person, subject: Subject, said: CardForm) -> None:
    """Writes, corrects or removes an entry. Raises Refused."""
    _, compound, house = desk
    if said.remove and said.card:
        directory.must_care_for(person, subject)
        house.directory.remove(compound, subject, said.card)
    elif said.card:
        directory.correct_card(house, person, compound, subject, said.card, said.words)
    else:
        directory.write_card(house, person, compound, subject, said.words)


def asked_to_unmask(desk: Desk, person: Person, subject: Subject, said: UnmaskForm) -> None:
    """Asks for the second person; in an emergency the words are open at once. Raises Refused."""
    why = next((each for each in REASONS if each == said.why), None)
    if why is None:
        raise Refused("reason-known", "Choose a reason.")
    directory.ask_to_unmask(desk.house, person, desk.compound, subject, why=why, emergency=bool(said.emergency))


def showing_signed(desk: Desk, person: Person, said: UnmaskForm) -> None:
    """Begins the ten minutes that a second person has signed for. Raises Refused."""
    directory.show_signed(desk.house, person, desk.compound, said.unmasking)


def refused_text(request: Request, refusal: Refused | None) -> str:
    return refusal_text(language_of(request), refusal.rule, refusal.text) if refusal else ""


def reasons(request: Request, kind: SubjectKind) -> list[tuple[str, str]]:
    """For which somebody may see the words whole, as they are offered."""
    return [(why, text) for why, text in words_of(language_of(request), "why") if why in REASONS_FOR[kind]]


def shown(desk: Desk, template: str, *, status: int = 200, **context: Any) -> Response:
    """A page whose links keep the compound that an administrator of several has chosen."""
    return render(desk.request, template, status_code=status, address=partial(address, desk.request), **context)
