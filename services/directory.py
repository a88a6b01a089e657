"""What may be done with names, phones and help needs: who looks, who signs, what is dropped and when."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

from domain.base import Refused, Request
from domain.community.compound import CareForHousehold
from domain.community.emergencies import ActInEmergency, Countersign
from domain.goods.facts import building_of
from domain.goods.handling import PLACE_TIME
from infra.directory import REASONS, REASONS_FOR, Card, Subject, Why, Words
from infra.sqlite_files import scrub_file
from infra.unmaskings import Unmasking
from services.access import Person
from services.masks import masked_door, masked_name, masked_phone
from services.office import Asked, answer_of
from services.roles import in_own_building
from services.second_person import must_be_two_people
from services.wiring import House, now


class ShownCard(NamedTuple):
    """A card as somebody may see it; help and note are empty while they are hidden."""

    id: str
    name: str
    phone: str
    help: str
    note: str
    has_help: bool
    has_note: bool
    card: Card


class Shown(NamedTuple):
    cards: tuple[ShownCard, ...]
    open: Unmasking | None
    """By which the words are whole; None while they are masked."""
    waiting: Unmasking | None
    """What this person has asked for and cannot see yet."""


def household(door: str) -> Subject:
    return Subject("household", door)


def member(number: str) -> Subject:
    return Subject("member", number)


def may_care_for(person: Person, building: str) -> bool:
    """Captains care for their own buildings, staff for all."""
    return in_own_building(person, building)


def own_buildings(person: Person, buildings: Iterable[str]) -> list[str]:
    return [building for building in buildings if may_care_for(person, building)]


def must_care_for(person: Person, subject: Subject) -> None:
    """Raises Refused for a door of another captain's building."""
    if subject.kind == "household" and not may_care_for(person, building_of(subject.id)):
        raise Refused("captain-of-building", "This door is not in a building that you care for.")


def must_be_a_member(person: Person) -> None:
    """Raises Refused for a program's key and for a link that says nobody's number: whoever holds two is two people."""
    if person.key is not None or not person.signs:
        raise Refused("member-signs", "Only a registered member may do this, so that two people are two people.")


def shown_to(house: House, person: Person, compound: str, subject: Subject) -> Shown:
    """The cards of a subject, whole while an unmasking is open, else masked; either way the look is noted."""
    must_care_for(person, subject)
    opened = house.unmaskings.open_for(compound, person.actor, subject)
    if opened:
        why = next(each for each in REASONS if each == opened.why)
        cards = house.directory.look(compound, subject, who=person.actor, why=why, how="whole")
        return Shown(tuple(map(whole, cards)), opened, None)
    cards = house.directory.look(compound, subject, who=person.actor, why="masked-look", how="masked")
    under_way = house.unmaskings.under_way(compound, person.actor, subject)
    return Shown(tuple(map(masked, cards)), None, next(iter(under_way), None))


def shown_at_door(house: House, compound: str, door: str, *, who: str) -> Shown:
    """To whoever has the door's code: never whole, and noted like every other look."""
    cards = house.directory.look(compound, household(door), who=who, why="asked-by-household", how="masked")
    return Shown(tuple(map(masked, cards)), None, None)


def whole(card: Card) -> ShownCard:
    words = card.words
    return ShownCard(card.id, words.name, words.phone, words.help, words.note, bool(words.help), bool(words.note), card)


def masked(card: Card) -> ShownCard:
    words = card.words
    return ShownCard(
        card.id, masked_name(words.name), masked_phone(words.phone), "", "", bool(words.help), bool(words.note), card
    )


def masked_subject(subject: Subject) -> str:
    """As it stands in lists that others see: a member's id is opaque already."""
    return masked_door(subject.id) if subject.kind == "household" else subject.id


def ask_to_unmask(house: House, person: Person, compound: str, subject: Subject, *, why: Why, emergency: bool) -> str:
    """The id of the asking. In an emergency the words are open at once, and a second person signs afterwards."""
    must_care_for(person, subject)
    must_be_a_member(person)
    if why not in REASONS_FOR[subject.kind]:
        raise Refused("reason-known", "Choose a reason.")
    asked = house.unmaskings.ask(compound, subject, by=person.actor, why=why, emergency=emergency)
    if emergency:
        about = f"{subject.kind}-{subject.id}"
        said = said_now(compound, person.actor, UUID(hex=asked))
        record(house, ActInEmergency(**said, act="unmask-name", subject=about, reason="person-in-danger"))
    return asked


def sign_unmasking(house: House, person: Person, compound: str, unmasking: str) -> None:
    """Signs as the second person; raises Refused where it is not open, or where it would be the same person."""
    must_be_a_member(person)
    for asked in house.unmaskings.unsigned(compound):
        if asked.id == unmasking:
            must_be_two_people(house, compound, asked.asked_by, person.actor)
    signed = house.unmaskings.sign(compound, unmasking, by=person.actor)
    if signed.emergency:
        record(house, Countersign(**said_now(compound, person.actor, uuid4()), emergency=unmasking))


def said_now(compound: str, actor: str, command: UUID) -> dict[str, Any]:
    return {"id": command, "compound": compound, "actor": actor, "happened_at": now()}


def record(house: House, request: Request) -> None:
    answer_of(house.office.take_now([Asked(request)])[0])


def show_signed(house: House, person: Person, compound: str, unmasking: str) -> Unmasking:
    """Begins the ten minutes of what a second person has signed."""
    return house.unmaskings.show(compound, unmasking, by=person.actor)


def care(house: House, compound: str, actor: str, door: str, *, cared_for: bool) -> None:
    """The bare flag goes into the log; why stands in the directory only, and goes when the care ends."""
    record(house, CareForHousehold(**said_now(compound, actor, uuid4()), household=door, cared_for=cared_for))
    house.shown(house.log.last_position(), 5)
    if not cared_for:
        house.directory.forget_help(compound, household(door))


def write_card(house: House, person: Person, compound: str, subject: Subject, words: Words) -> None:
    """Raises Refused where nothing was said. A help need means that the captain cares for the door."""
    must_care_for(person, subject)
    if not words.tidied():
        raise Refused("words-said", "Nothing was written; fill in at least one field.")
    must_be_dialled(words.phone)
    house.directory.write(compound, subject, words, by=person.actor)
    if words.help and subject.kind == "household":
        care(house, compound, person.actor, subject.id, cared_for=True)


def must_be_dialled(phone: str) -> None:
    """Raises Refused for what nobody can call, such as a name in the wrong field."""
    if phone.strip() and sum(map(str.isdecimal, phone)) < FEWEST_DIGITS:
        raise Refused("phone-has-digits", "This is no phone number. What else is to be known belongs into the note.")


def correct_card(house: House, person: Person, compound: str, subject: Subject, card: str, words: Words) -> None:
    must_care_for(person, subject)
    must_be_dialled(words.phone)
    if not house.directory.correct(compound, subject, card, words, by=person.actor):
        raise Refused("card-known", "This entry is gone; somebody removed it meanwhile.")
    if words.tidied().help and subject.kind == "household":
        care(house, compound, person.actor, subject.id, cared_for=True)


def purge(house: House, compound: str, *, by: str) -> tuple[int, int]:
    """Drops the cards of a compound and the raw texts of its scans that were set aside; returns how many of each.

    The log is not touched: it holds nothing of it.
    """
    cards = house.directory.purge(compound, by=by)
    return cards, purge_set_aside(house, compound)


def purge_set_aside(house: House, compound: str) -> int:
    """Drops the raw texts of scans that were set aside, out of the file too; returns how many."""
    raw = house.access.purge_set_aside(compound=compound)
    scrub_file(house.settings.access_file)
    return raw


class Keeping(NamedTuple):
    unlocked_on: date | None
    purge_on: date | None
    """None while nobody has said that the lockdown is over."""
    days: int
    due: bool


def keeping(house: House, compound: str) -> Keeping:
    """How long the directory of a compound is kept."""
    days, unlocked = house.settings.directory_days, house.directory.unlocked_on(compound)
    purge_on = unlocked + timedelta(days=days) if unlocked else None
    return Keeping(unlocked, purge_on, days, due=purge_on is not None and purge_on <= today())


def today() -> date:
    return now().astimezone(PLACE_TIME).date()


FEWEST_DIGITS: Final = 3
SHORTEST_SOUGHT: Final = {"name": 2, "phone": 7, "help": 3, "note": 3}
"""Characters below which a text says nothing about where it stands."""


def found_in(content: bytes, texts: Sequence[Words]) -> int:
    """How many different texts of the directory stand somewhere in a file's bytes."""
    sought = {
        text
        for words in texts
        for field, least in SHORTEST_SOUGHT.items()
        if len(text := getattr(words, field)) >= least
    }
    return sum(text.encode() in content for text in sought)
