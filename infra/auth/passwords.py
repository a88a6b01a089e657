"""Passwords of staff: only argon2 hashes are kept; who signs in is named by the member's id or an opaque alias."""

import re
import threading
from collections.abc import Collection
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from infra.auth.access_file import AccessFile
from infra.auth.weak_passwords import is_weak, only_letters_and_digits

TABLES: Final = """
CREATE TABLE IF NOT EXISTS passwords (
  member TEXT PRIMARY KEY, login TEXT NOT NULL UNIQUE, hash TEXT NOT NULL, changed_at REAL NOT NULL
) STRICT;
"""
SHORTEST: Final = 10
LONGEST: Final = 200
LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
LONG_NUMBER: Final = re.compile(r"[0-9]{7,}")
AT_ONCE: Final = threading.BoundedSemaphore(2)
"""Each hash takes 64 MiB and tens of milliseconds: many sign-ins together must not use up the machine."""


class PasswordRefused(ValueError):  # noqa: N818 — an answer to a person, not an error of the program
    """Why it cannot be set: ``too-short``, ``too-long``, ``like-the-login``, ``too-common``, ``login-not-opaque``, ``login-taken``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Passwords(AccessFile):
    hasher = PasswordHasher()

    def set_password(
        self, member: str, password: str, *, login: str | None = None, words: Collection[str] = ()
    ) -> None:
        """Raises PasswordRefused. Without ``login`` the login stays what it was, at first the member's id.

        ``words``: what everybody there knows, such as the name of the compound.
        """
        before = self._read("SELECT login FROM passwords WHERE member = ?", (member,))
        name = login or (str(before[0][0]) if before else member)
        must_be_good(password, name, member, words)
        with AT_ONCE:
            hashed = self.hasher.hash(password)
        with self._transaction() as rows:
            if rows.execute(
                "SELECT 1 FROM passwords WHERE member IS NOT ? AND ? IN (login, member)", (member, name)
            ).fetchone():
                raise PasswordRefused("login-taken")
            rows.execute(
                "INSERT INTO passwords (member, login, hash, changed_at) VALUES (?, ?, ?, ?) ON CONFLICT (member)"
                " DO UPDATE SET login = excluded.login, hash = excluded.hash, changed_at = excluded.changed_at",
                (member, name, hashed, self.now().timestamp()),
            )

    def change_password(self, member: str, old: str, new: str, *, words: Collection[str] = ()) -> bool:
        """By the member; false where the old one is wrong. Raises PasswordRefused."""
        if self.check_password(member, old) != member:
            return False
        self.set_password(member, new, words=words)
        return True

    def check_password(self, login: str, password: str) -> str | None:
        """The member who signs in so; None otherwise, after the same time whether there is such a login or not."""
        found = self._read("SELECT member, hash FROM passwords WHERE login = ? OR member = ?", (login, login))
        member, hashed = found[0] if found else ("", nobodys_hash(self.hasher))
        with AT_ONCE:
            fits = verified(self.hasher, hashed, password[: LONGEST + 1])
        if not found or not fits:
            return None
        if self.hasher.check_needs_rehash(hashed):
            self._renew_hash(member, hashed, password)
        return str(member)

    def has_password(self, member: str) -> bool:
        return bool(self._read("SELECT 1 FROM passwords WHERE member = ?", (member,)))

    def forget_password(self, member: str) -> bool:
        """Before an invitation to set a new one."""
        with self._transaction() as rows:
            return rows.execute("DELETE FROM passwords WHERE member = ?", (member,)).rowcount > 0

    def _renew_hash(self, member: str, before: str, password: str) -> None:
        with AT_ONCE:
            hashed = self.hasher.hash(password)
        with self._transaction() as rows:
            rows.execute("UPDATE passwords SET hash = ? WHERE member = ? AND hash = ?", (hashed, member, before))


def must_be_good(password: str, login: str, member: str, words: Collection[str] = ()) -> None:
    if login != member and (not LOGIN.fullmatch(login) or LONG_NUMBER.search(login)):
        raise PasswordRefused("login-not-opaque")
    if len(password) < SHORTEST:
        raise PasswordRefused("too-short")
    if len(password) > LONGEST:
        raise PasswordRefused("too-long")
    if any(name in password.casefold() for name in (login, member)) or member in only_letters_and_digits(password):
        raise PasswordRefused("like-the-login")
    if is_weak(password, words):
        raise PasswordRefused("too-common")


def verified(hasher: PasswordHasher, hashed: str, password: str) -> bool:
    try:
        return hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


_NOBODYS: Final[dict[tuple[int, int, int], str]] = {}


def nobodys_hash(hasher: PasswordHasher) -> str:
    """What is compared with where there is no such login: of the same cost as a real one."""
    cost = hasher.time_cost, hasher.memory_cost, hasher.parallelism
    if cost not in _NOBODYS:
        _NOBODYS[cost] = hasher.hash("nobody signs in with this")
    return _NOBODYS[cost]
