"""API keys of programs: named by an opaque label, limited to a role, a compound and perhaps a few actions."""

import contextlib
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from infra.auth.access_file import AccessFile, at, at_or_none, digest, new_id, new_token, this_moment
from infra.errors import StorageUnavailable

BEGINS: Final = "bgk_"
"""So that programs which look for leaked secrets know one when they see it."""
A_MINUTE: Final = 60
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
LONG_NUMBER: Final = re.compile(r"[0-9]{7,}")
TABLES: Final = """
CREATE TABLE IF NOT EXISTS api_keys (
  id TEXT PRIMARY KEY, digest BLOB NOT NULL UNIQUE, name TEXT NOT NULL, role TEXT NOT NULL, compound TEXT,
  actor TEXT NOT NULL, actions TEXT, created REAL NOT NULL, last_used REAL, revoked_at REAL
) STRICT;
"""
LATER_COLUMNS: Final = {"api_keys": {"made_by": "TEXT", "run": "TEXT"}}
COLUMNS: Final = "id, name, role, compound, actor, actions, created, last_used, revoked_at, made_by"
BY_DIGEST: Final = f"SELECT {COLUMNS} FROM api_keys WHERE digest = ? AND revoked_at IS NULL"  # noqa: S608 — our own column names


class ApiKey(NamedTuple):
    id: str
    name: str
    role: str
    compound: str | None
    actor: str
    actions: frozenset[str] | None
    """None: all of the role's."""
    created: datetime
    last_used: datetime | None
    """To the minute."""
    revoked_at: datetime | None
    made_by: str | None
    """The actor who made it; None in files of earlier versions."""


class MadeAlready(Exception):  # noqa: N818 — an answer to a person, not an error of the program
    """The same form was sent a second time; the key that it made is shown to nobody again."""


class ApiKeys(AccessFile):
    def __init__(self, path: Path, *, now: Callable[[], datetime] = this_moment) -> None:
        self._minutes_noted: dict[str, int] = {}
        super().__init__(path, now=now)

    def create_api_key(
        self,
        role: str,
        compound: str | None,
        *,
        name: str | None = None,
        actions: Iterable[str] | None = None,
        actor: str | None = None,
        made_by: str | None = None,
        run: str | None = None,
    ) -> str:
        """The token, known to nobody after this answer. Raises ValueError for a name that is not an opaque label.

        Raises MadeAlready where a key was made for this ``run`` of a form before.
        """
        key, token = new_id(), BEGINS + new_token()
        label = name or f"key-{key[:6]}"
        if not is_opaque(label):
            raise ValueError("a key is named by a short label of letters, digits and dashes, not by a name or phone")
        with self._transaction() as rows:
            if run and rows.execute("SELECT 1 FROM api_keys WHERE run = ?", (run,)).fetchone():
                raise MadeAlready
            rows.execute(
                "INSERT INTO api_keys (id, digest, name, role, compound, actor, actions, created, made_by, run)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    key,
                    digest(token),
                    label,
                    role,
                    compound,
                    actor or f"key-{key[:8]}",
                    None if actions is None else " ".join(sorted(actions)),
                    self.now().timestamp(),
                    made_by,
                    run,
                ),
            )
        return token

    def api_key(self, token: str) -> ApiKey | None:
        """The key behind a token, while it is not revoked; notes the minute in which it was used."""
        if not token.startswith(BEGINS):
            return None
        known: ApiKey | None = self._looked_up(token, BY_DIGEST, api_key_from)
        if known is not None:
            self._note_use(known.id)
        return known

    def api_keys(self, compound: str | None = None) -> list[ApiKey]:
        """All that were ever made, newest first; of one compound or of all."""
        rows = self._read(
            f"SELECT {COLUMNS} FROM api_keys WHERE (? IS NULL OR compound = ?) ORDER BY created DESC, id",  # noqa: S608 — our own column names
            (compound, compound),
        )
        return [api_key_from(row) for row in rows]

    def revoke_api_key(self, key: str) -> bool:
        with self._transaction() as rows:
            return (
                rows.execute(
                    "UPDATE api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
                    (self.now().timestamp(), key),
                ).rowcount
                > 0
            )

    def _note_use(self, key: str) -> None:
        minute = int(self.now().timestamp()) // A_MINUTE * A_MINUTE
        if self._minutes_noted.get(key) == minute:
            return
        self._minutes_noted[key] = minute
        with contextlib.suppress(StorageUnavailable), self._transaction() as rows:  # a note is not worth a refusal
            rows.execute("UPDATE api_keys SET last_used = ? WHERE id = ?", (minute, key))


def is_opaque(name: str) -> bool:
    return NAME.fullmatch(name) is not None and not LONG_NUMBER.search(name)


def api_key_from(row: tuple[Any, ...]) -> ApiKey:
    name, label, role, compound, actor, actions, created, used, revoked, made_by = row
    allowed = None if actions is None else frozenset(actions.split())
    return ApiKey(
        name, label, role, compound, actor, allowed, at(created), at_or_none(used), at_or_none(revoked), made_by
    )
