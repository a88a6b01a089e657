"""What the pages know of an OpenID provider, whether or not the extra ``baogong[oidc]`` is installed."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import NamedTuple, Protocol


class NotSignedIn(Exception):  # noqa: N818 — an answer to a person, not an error of the program
    """The provider did not say who it is, or what it said could not be believed."""


class ProviderSilent(NotSignedIn):
    """It did not answer at all, or only that it cannot."""


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
    wanted: str = ""
    """The page that was asked for before."""

    def kept(self) -> str:
        wanted = urlsafe_b64encode(self.wanted.encode()).decode().rstrip("=")
        return f"{self.state}.{self.nonce}.{self.verifier}.{self.purpose}.{wanted}"


class OpenIdProvider(Protocol):
    issuer: str

    def start(self, back: str, purpose: str = "") -> Started: ...

    def subject(self, started: Started, code: str, back: str) -> str: ...


def started_from(kept: str | None) -> Started | None:
    try:
        state, nonce, verifier, purpose, wanted = (kept or "").split(".")
        page = urlsafe_b64decode(wanted + "=" * (-len(wanted) % 4)).decode()
    except ValueError:
        return None
    return Started("", state, nonce, verifier, purpose, page)
