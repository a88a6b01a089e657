"""Signing in by an OpenID provider: the code flow with PKCE, state and nonce. The extra ``baogong[oidc]`` brings authlib.

Of what the provider says only the subject is used, which a member has linked by an invitation; never a name or e-mail.
"""

import secrets
import threading
import time
from typing import Any, Final, NamedTuple

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from services.openid import NotSignedIn, ProviderSilent, Started

PATIENCE: Final = 10.0
"""Seconds for one answer of the provider."""
SIGNED_WITH: Final = ["RS256", "ES256", "EdDSA", "Ed25519", "PS256"]
LEEWAY: Final = 60
"""Seconds by which clocks may differ."""
FRESH_FOR: Final = 3600.0
RANDOM_BYTES: Final = 32


class Known(NamedTuple):
    """What the provider says of itself, and its keys."""

    read_at: float
    described: dict[str, Any]
    keys: KeySet


class Provider:
    """May be asked from any thread; every question may wait for the provider. Raises NotSignedIn."""

    def __init__(self, issuer: str, client_id: str, client_secret: str = "") -> None:
        self.issuer = issuer.rstrip("/")
        self.client_id = client_id
        self.client_secret = client_secret or None
        self._known: Known | None = None
        self._lock = threading.Lock()

    def start(self, back: str, purpose: str = "") -> Started:
        """Where to send the browser, and what to keep of it until it comes back to the address ``back``."""
        state, nonce, verifier = (secrets.token_urlsafe(RANDOM_BYTES) for _ in range(3))
        with self._session(back) as session:
            url, _ = session.create_authorization_url(
                self._about().described["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
            )
        return Started(url, state, nonce, verifier, purpose)

    def subject(self, started: Started, code: str, back: str) -> str:
        """Who the provider says has come back. Raises NotSignedIn."""
        try:
            with self._session(back) as session:
                answered = session.fetch_token(
                    self._about().described["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=started.verifier,
                    timeout=PATIENCE,
                )
            return self._checked(answered["id_token"], answered.get("access_token"), started.nonce)
        except requests.RequestException as error:
            raise ProviderSilent(type(error).__name__) from None
        except (OAuthError, JoseError, KeyError, ValueError) as error:
            raise NotSignedIn(type(error).__name__) from None

    def _checked(self, id_token: str, access_token: str | None, nonce: str) -> str:
        signed = self._decoded(id_token)
        claims = CodeIDToken(
            signed.claims,
            signed.header,
            options={
                "iss": {"essential": True, "value": self.issuer},
                "aud": {"essential": True, "value": self.client_id},
            },
            params={"nonce": nonce, "client_id": self.client_id, "access_token": access_token},
        )
        claims.validate(leeway=LEEWAY)
        return str(claims["sub"])

    def _decoded(self, id_token: str) -> jwt.Token:
        """With the provider's keys, read anew once where they do not fit: it may have changed them."""
        try:
            return jwt.decode(id_token, self._about().keys, algorithms=SIGNED_WITH)
        except (JoseError, ValueError):
            return jwt.decode(id_token, self._about(anew=True).keys, algorithms=SIGNED_WITH)

    def _session(self, back: str) -> OAuth2Session:
        return OAuth2Session(
            self.client_id,
            self.client_secret,
            token_endpoint_auth_method="client_secret_basic" if self.client_secret else "none",
            scope="openid",
            redirect_uri=back,
            code_challenge_method="S256",
        )

    def _about(self, *, anew: bool = False) -> Known:
        with self._lock:
            known = self._known
            if known is None or anew or time.monotonic() - known.read_at > FRESH_FOR:
                try:
                    known = self._known = self._read()
                except requests.RequestException as error:
                    raise ProviderSilent(type(error).__name__) from None
                except (JoseError, KeyError, ValueError) as error:
                    raise NotSignedIn(type(error).__name__) from None
            return known

    def _read(self) -> Known:
        described = self._json(f"{self.issuer}/.well-known/openid-configuration")
        if str(described["issuer"]).rstrip("/") != self.issuer:
            raise ValueError("the provider calls itself by another name")
        self.issuer = described["issuer"]
        return Known(time.monotonic(), described, KeySet.import_key_set(self._json(described["jwks_uri"])))

    def _json(self, address: str) -> Any:
        answer = requests.get(address, timeout=PATIENCE, allow_redirects=False)
        answer.raise_for_status()
        return answer.json()
