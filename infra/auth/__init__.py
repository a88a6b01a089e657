"""Credentials: digests, hashes, sessions and keys, in a file of their own outside the log."""

from infra.auth.api_keys import ApiKey
from infra.auth.badges import Badge, BadgeWanted, NotRedeemed, Redeemed
from infra.auth.grants import Grant
from infra.auth.links import Link
from infra.auth.passwords import PasswordRefused
from infra.auth.scope import NO_LIMIT, Scope
from infra.auth.sessions import Session
from infra.auth.set_aside_texts import SetAside
from infra.auth.store import AccessStore
from infra.auth.upload_keys import UploadKey

__all__ = [
    "NO_LIMIT",
    "AccessStore",
    "ApiKey",
    "Badge",
    "BadgeWanted",
    "Grant",
    "Link",
    "NotRedeemed",
    "PasswordRefused",
    "Redeemed",
    "Scope",
    "Session",
    "SetAside",
    "UploadKey",
]
