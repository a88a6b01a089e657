"""What every message of baogong has in common: ids, facts, requests and refusals."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Generic, Literal, NamedTuple, Protocol, Self, TypeVar, overload
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

CompoundId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
MemberId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$")]
StationId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,31}$")]
GroupBuyId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Building = Annotated[str, StringConstraints(min_length=1, max_length=16, pattern=r"^[^\s/-]+$")]
Room = Annotated[str, StringConstraints(min_length=1, max_length=16, pattern=r"^[^\s/-]+$")]
HouseholdId = Annotated[str, StringConstraints(min_length=1, max_length=33, pattern=r"^[^\s/-]+(-[^\s/-]+)?$")]
Code = Annotated[str, StringConstraints(pattern=r"^[0-9A-HJKMNP-TV-Z]{6,16}$")]


def in_utc(moment: datetime) -> datetime:
    """The same moment under the one ``UTC``: only then are two of them compared without asking each for its offset."""
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(in_utc)]

_MEMBER = re.compile(r"m[0-9a-hjkmnp-tv-z]{8}")

LONG_NUMBER = re.compile(r"[0-9]{7,}")

HolderKind = Literal["station", "volunteer", "team", "captain", "household"]


Value = TypeVar("Value")


class Remembered(Generic[Value]):
    """A property that is worked out once.

    ``functools.cached_property`` does it under a lock, which costs more than what is remembered (until Python 3.12).
    """

    def __init__(self, work_out: Callable[[Any], Value]) -> None:
        self.work_out = work_out
        self.name = work_out.__name__

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type) -> Value: ...

    def __get__(self, instance: object | None, owner: type) -> Self | Value:
        if instance is None:
            return self
        value = instance.__dict__[self.name] = self.work_out(instance)
        return value


class Message(BaseModel):
    """Anything that is said: it never changes and holds no field that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(Remembered,))


class Holder(Message):
    """Who has the goods in hand: a place, a person or a team, a household."""

    kind: HolderKind
    id: Annotated[str, StringConstraints(pattern=r"^[\w.:-]{1,33}$")]

    @model_validator(mode="after")
    def opaque(self) -> Self:
        """People are named by their badge or number, never by their name or phone; doors as the roster writes them."""
        if self.kind != "household" and (not self.id.isascii() or LONG_NUMBER.search(self.id)):
            raise PydanticCustomError("holder_opaque", "name a person or team by badge or number, not by name or phone")
        return self


@lru_cache(maxsize=4096)
def held_by(kind: HolderKind, name: str) -> Holder:
    """The same holder again and again: readings name few hands very often."""
    return Holder(kind=kind, id=name)


class Event(Message):
    """Something that happened. The class name is the stored name, for ever."""

    shape: ClassVar[int] = 1
    """Version of the stored shape; raise it together with an upcaster. A new field with a default needs neither."""

    by_name: ClassVar[dict[str, type["Event"]]] = {}

    compound: CompoundId
    actor: MemberId
    command: UUID
    rules: int = 0
    happened_at: Moment
    clock_reading: AwareDatetime | None = None
    device: str | None = None
    device_seq: int | None = None
    doubts: tuple[str, ...] = ()

    stored: ClassVar[bool] = True
    """False in a class that only lends its fields to facts."""

    @classmethod
    def __pydantic_init_subclass__(cls, **_: object) -> None:
        if not cls.__dict__.get("stored", True):
            return
        if cls.__name__ in Event.by_name:
            message = f"two events are named {cls.__name__}"
            raise TypeError(message)
        Event.by_name[cls.__name__] = cls

    @property
    def stream(self) -> str:
        """The stream this fact belongs to, without the compound: ``parcel-P2K…``."""
        raise NotImplementedError

    def links(self) -> Iterable[tuple[str, str]]:
        """Pairs (subject, related subject) that this fact establishes."""
        return ()

    @Remembered
    def linked(self) -> tuple[tuple[str, str], ...]:
        """``links`` as they are asked for again and again."""
        return tuple(self.links())


class Recorded(NamedTuple):
    """A fact as it stands in the log."""

    position: int
    stream: str
    """With the compound: ``shengdu/parcel-P2K…``."""
    version: int
    recorded_at: datetime
    event: Event


class Refused(Exception):  # noqa: N818 — a sentence to a person, not an error of the program
    """A request that the rules do not allow."""

    def __init__(self, rule: str, text: str) -> None:
        super().__init__(f"{rule}: {text}")
        self.rule = rule
        self.text = text


class State(Protocol):
    """What decisions need of the past of one stream."""

    def evolve(self, event: Event) -> Self: ...


class Request(Message):
    """Something a person waits for; it may be refused."""

    id: UUID
    compound: CompoundId
    actor: MemberId
    happened_at: Moment

    @property
    def stream(self) -> str:
        """The stream it is decided in, without the compound."""
        raise NotImplementedError

    def decide(self, past: Any) -> Sequence[Event]:
        """The facts that follow from it, none when it is done already; raises Refused. ``past``: its topic's state."""
        raise NotImplementedError


def is_member(actor: str) -> bool:
    """Whether an actor is a member of a compound; others came in by an old link or with the key of a program."""
    return len(actor) == 9 and _MEMBER.fullmatch(actor) is not None  # noqa: PLR2004 — m and eight symbols


def said_by(request: Request) -> dict[str, Any]:
    """What every fact takes over from the request that caused it."""
    return {
        "compound": request.compound,
        "actor": request.actor,
        "command": request.id,
        "happened_at": request.happened_at,
    }


def stream_of(compound: str, subject: str) -> str:
    """The name of a stream: the compound first, so that no label can write into another one."""
    return f"{compound}/{subject}"


def subject_of(stream: str) -> str:
    """The part of a stream's name behind the compound."""
    return stream.partition("/")[2]
