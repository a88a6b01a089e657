"""Whose password may be set: that of a member who came in by an invitation, a password or an OpenID account.

A badge is handed to whoever works a shift; it opens that work and no password.
"""

from typing import Final

from domain.base import is_member
from infra.auth import AccessStore, Session

BY_PERSON: Final = frozenset({"link", "password", "oidc"})
"""Ways of coming in that stand for the person, not for a shift."""


def may_have_a_password(session: Session) -> bool:
    return session.how in BY_PERSON and is_member(session.actor)


def wants_a_password(access: AccessStore, session: Session) -> bool:
    """It would open something, and there is none yet."""
    return (
        may_have_a_password(session) and not access.has_password(session.actor) and bool(access.roles_of(session.actor))
    )
