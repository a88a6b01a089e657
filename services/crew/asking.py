"""Requests about members as a form says them: what is no number, station or building of ours is refused as unknown."""

from typing import Any, Final, TypeVar

from pydantic import ValidationError

from domain.base import Refused, Request

Asked = TypeVar("Asked", bound=Request)

UNKNOWN: Final = {
    "member": Refused("member-known", "There is no such member; register them first."),
    "station": Refused("station-known", "No such station is open."),
    "buildings": Refused("building-known", "There is no such building on the roster of this compound."),
}


def asked_as(kind: type[Asked], **said: Any) -> Asked:
    """Raises Refused where a field cannot be what it should name."""
    try:
        return kind(**said)
    except ValidationError as error:
        refusals = (UNKNOWN.get(str(mistake["loc"][0])) for mistake in error.errors() if mistake["loc"])
        refusal = next((each for each in refusals if each), None)
        if refusal is None:
            raise
        raise Refused(refusal.rule, refusal.text) from None
