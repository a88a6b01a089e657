"""Acts that need two people, done by one in an emergency: open to everybody's eyes until a second person has signed."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, StringConstraints

from domain.base import LONG_NUMBER, Event, Refused, Request, said_by

EmergencyAct = Literal["unmask-name", "override-rest", "reopen-day"]
EmergencyReason = Literal["person-in-danger", "nobody-answers", "goods-would-spoil", "ordered-by-authority"]


def without_phone_number(subject: str) -> str:
    if subject.startswith(("household-", "building-")) and LONG_NUMBER.search(subject):
        message = "name the subject by its id, not by a phone number"
        raise ValueError(message)
    return subject


EmergencySubject = Annotated[
    str,
    StringConstraints(
        pattern=r"^((household|building)-[^\s/]{1,33}|member-m[0-9a-hjkmnp-tv-z]{8}"
        r"|(parcel|crate|delivery)-[0-9A-HJKMNP-TV-Z]{6,16}|day-[0-9]{4}-[0-9]{2}-[0-9]{2})$"
    ),
    AfterValidator(without_phone_number),
]
"""What was acted on: ``household-12-501``, ``member-m7kq2x9d4``, ``parcel-P2K…``, ``day-2022-04-20``."""
EmergencyId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


class EmergencyActed(Event):
    """The emergency's id is the id of the command, in hex."""

    act: EmergencyAct
    subject: EmergencySubject
    reason: EmergencyReason

    @property
    def stream(self) -> str:
        return emergency_stream(self.command)


class Countersigned(Event):
    emergency: EmergencyId

    @property
    def stream(self) -> str:
        return emergency_stream(UUID(hex=self.emergency))


class Emergency:
    """Who acted, and who has signed."""

    def __init__(self) -> None:
        self.actor: str | None = None
        self.signers: set[str] = set()

    def evolve(self, event: Event) -> Self:
        match event:
            case EmergencyActed():
                self.actor = event.actor
            case Countersigned():
                self.signers.add(event.actor)
            case _:
                pass
        return self


class ActInEmergency(Request):
    act: EmergencyAct
    subject: EmergencySubject
    reason: EmergencyReason

    @property
    def stream(self) -> str:
        return emergency_stream(self.id)

    def decide(self, past: Emergency) -> list[Event]:
        if past.actor is not None:
            return []
        return [EmergencyActed(**said_by(self), act=self.act, subject=self.subject, reason=self.reason)]


class Countersign(Request):
    emergency: EmergencyId

    @property
    def stream(self) -> str:
        return emergency_stream(UUID(hex=self.emergency))

    def decide(self, past: Emergency) -> list[Event]:
        if past.actor is None:
            raise Refused("emergency-known", "There is no such act to sign for.")
        if self.actor == past.actor:
            raise Refused("two-people", "A second person has to sign, not the one who asked or acted.")
        if past.signers:
            return []
        return [Countersigned(**said_by(self), emergency=self.emergency)]


def emergency_stream(command: UUID) -> str:
    return f"emergency-{command.hex}"
