"""Scans that could not be read or were not this person's to make: they still happened, and staff look at them."""

from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from domain.base import Event

SetAsideReason = Literal[
    "not-readable",
    "step-unknown",
    "field-wrong",
    "code-not-readable",
    "not-this-kind-of-code",
    "door-unknown",
    "group-buy-unknown",
    "not-allowed",
    "other-station",
    "outside-shift",
    "member-signs",
    "second-person-new",
    "id-used",
]


class ScanSetAside(Event):
    """Only the reason and a digest: the raw text may be somebody's health code and stays in a table that is purged."""

    shape: ClassVar[int] = 4

    reason: SetAsideReason
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

    @property
    def stream(self) -> str:
        return f"set-aside-{self.command}"
