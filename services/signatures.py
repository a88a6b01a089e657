"""What waits for a second person's signature, wherever it is written down; one page shows it all."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple, Protocol
from uuid import uuid4

from domain.base import Refused
from infra.directory import Subject, SubjectKind
from projections.base import moment_of
from projections.releases import OpenRelease, open_releases
from services.access import Person
from services.directory import masked_subject, must_care_for, sign_unmasking
from services.office import Noted, answer_of
from services.roles import in_own_building
from services.scans import Desk, take
from services.second_person import RELEASING, must_be_two_people
from services.texts import in_english
from services.wiring import House, now

SHOWN_WITHIN: Final = 5
"""Seconds."""


class OpenSignature(NamedTuple):
    """An act of one person that a second person has to sign; opaque ids and closed lists only."""

    source: str
    """Which book it stands in: the first part of the address that signs it."""
    id: str
    act: str
    """A key of ``words.CHOICES["act"]``."""
    about: str
    """Masked where it is a door."""
    why: str
    acted_by: str
    acted_at: datetime
    emergency: bool
    """Done already; otherwise the first person waits."""
    kind: SubjectKind | Literal["parcel"] = "household"

    def may_be_signed_by(self, person: Person) -> bool:
        """A second person who may do it; a release is a step of its own."""
        may = person.may("countersign") and (self.kind != "parcel" or person.may_scan("release"))
        return may and person.actor != self.acted_by


class SignatureBook(Protocol):
    """Where acts that need two people are written down."""

    name: str

    def open(self, compound: str, person: Person) -> Sequence[OpenSignature]:
        """Newest first, those that concern this person's buildings."""
        ...

    def sign(self, compound: str, signature: str, person: Person) -> None:
        """Raises Refused where it is not open, or where it would be the same person."""
        ...


class UnmaskingBook:
    """Names and phones that somebody wants to see, or saw in an emergency."""

    name = "unmask"

    def __init__(self, house: House) -> None:
        self.house = house

    def open(self, compound: str, person: Person) -> Sequence[OpenSignature]:
        return [
            OpenSignature(
                source=self.name,
                id=each.id,
                act="unmask",
                about=masked_subject(each.subject),
                why=each.why,
                acted_by=each.asked_by,
                acted_at=each.asked_at,
                emergency=each.emergency,
                kind=each.subject.kind,
            )
            for each in self.house.unmaskings.unsigned(compound)
            if cares_for(person, each.subject)
        ]

    def sign(self, compound: str, signature: str, person: Person) -> None:
        for each in self.house.unmaskings.unsigned(compound):
            if each.id == signature:
                must_care_for(person, each.subject)
        sign_unmasking(self.house, person, compound, signature)


class ReleaseBook:
    """Parcels that wait for the second signature, or were freed by one person in an emergency."""

    name = "release"

    def __init__(self, house: House) -> None:
        self.house = house

    def open(self, compound: str, person: Person) -> Sequence[OpenSignature]:
        return [
            OpenSignature(
                source=self.name,
                id=each.code,
                act="release",
                about=each.household or "",
                why=each.reason,
                acted_by=each.actor,
                acted_at=moment_of(each.released_at),
                emergency=each.emergency,
                kind="parcel",
            )
            for each in self._waiting(compound)
            if in_own_building(person, each.building)
        ]

    def sign(self, compound: str, signature: str, person: Person) -> None:
        """The same way that a scan of the step goes."""
        with RELEASING:
            waiting = next((each for each in self._waiting(compound) if each.code == signature), None)
            if waiting is None:
                raise Refused("signature-open", "This is signed already, or nobody waits for it any more.")
            must_be_two_people(self.house, compound, waiting.actor, person.actor)
            moment = now()
            item: dict[str, Any] = {
                "id": str(uuid4()),
                "step": "release",
                "code": waiting.code,
                "reason": waiting.reason,
            }
            desk = Desk(person, compound, moment, self.house.secret, self.house.places)
            taken = take(item | {"happened_at": moment.isoformat()}, desk)
            if isinstance(taken.ask, Noted):
                raise Refused("member-signs", taken.why.told(in_english) if taken.why else "")
            (outcome,) = self.house.office.take_now([taken.ask])
            self.house.shown(answer_of(outcome).events[-1])

    def _waiting(self, compound: str) -> list[OpenRelease]:
        """With what was scanned a moment ago: people stand beside each other when they sign."""
        self.house.shown(self.house.log.last_position(), SHOWN_WITHIN)
        with self.house.read.reading() as rows:
            return open_releases(rows, compound)


def cares_for(person: Person, subject: Subject) -> bool:
    try:
        must_care_for(person, subject)
    except Refused:
        return False
    return True


def books(house: House) -> tuple[SignatureBook, ...]:
    """Every place where a signature may be missing; the page shows them together."""
    return (UnmaskingBook(house), ReleaseBook(house))


def open_signatures(house: House, compound: str, person: Person) -> list[OpenSignature]:
    """Newest first, emergencies before what merely waits."""
    found = [each for book in books(house) for each in book.open(compound, person)]
    return sorted(found, key=lambda each: (each.emergency, each.acted_at), reverse=True)


def sign(house: House, compound: str, source: str, signature: str, person: Person) -> None:
    """Raises Refused; also for a book nobody knows."""
    for book in books(house):
        if book.name == source:
            book.sign(compound, signature, person)
            return
    raise Refused("signature-open", "This is signed already, or nobody waits for it any more.")
