"""What the pages know of an OpenID provider, whether or not the extra ``baogong[oidc]`` is installed."""

from typing import NamedTuple, Protocol


class NotSignedIn(Exception):  # noqa: N818 — an answer to a person, not an error of the program
    """The provider did not say who it is, or what it said could not be believed."""


class ExtraMissing(Exception):  # noqa: N818 — told to whoever starts the server
    """Settings name a provider, but the extra is not installed."""


class Started(NamedTuple):
    """A sign-in on its way; all but the address is kept in the browser's own cookie."""

    url: str
    state: str
    nonce: str
    verifier: str
    purpose: str
    """The id of the session to whose member the subject is to be linked; empty: signing in."""

    def kept(self) -> str:
        return ".".join(self[1:])


class OpenIdProvider(Protocol):
    issuer: str

    def start(self, back: str, purpose: str = "") -> Started: ...

    def subject(self, started: Started, code: str, back: str) -> str: ...


def started_from(kept: str | None) -> Started | None:
    parts = (kept or "").split(".")
    return Started("", *parts) if len(parts) == len(Started._fields) - 1 else None
