"""Who asked to see somebody's words whole, who signed as the second person, and how long they stay open."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from domain.base import Refused
from infra.directory import Directory, Subject, Why

OPEN_FOR: Final = timedelta(minutes=10)
SIGNED_WITHIN: Final = timedelta(hours=12)
"""How long an asking waits for its second person, and a signature for the first one to look."""

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS unmaskings (
  id TEXT PRIMARY KEY, compound TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, why TEXT NOT NULL,
  asked_by TEXT NOT NULL, asked_at REAL NOT NULL, emergency INTEGER NOT NULL, signed_by TEXT, signed_at REAL,
  open_until REAL
) STRICT
"""
COLUMNS: Final = "id, compound, kind, subject, why, asked_by, asked_at, emergency, signed_by, signed_at, open_until"
NOT_YOURS: Final = "A second person has to sign, not the one who asked or acted."


class Unmasking(NamedTuple):
    id: str
    compound: str
    subject: Subject
    why: str
    asked_by: str
    asked_at: datetime
    emergency: bool
    """Seen at once; the second signature comes afterwards."""
    signed_by: str | None
    signed_at: datetime | None
    open_until: datetime | None


class Unmaskings:
    """In the file of the directory, with opaque ids only; it survives a purge."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        with directory.transaction() as rows:
            rows.execute(SCHEMA)

    def ask(self, compound: str, subject: Subject, *, by: str, why: Why, emergency: bool) -> str:
        """The id; of one that is still under way where it is asked for again, unless it has become an emergency."""
        now = self.directory.now()
        with self.directory.transaction() as rows:
            for known in self.under_way(compound, by, subject):
                if known.emergency or not emergency:
                    return known.id
                rows.execute("DELETE FROM unmaskings WHERE id = ?", (known.id,))
            asked, until = uuid.uuid4().hex, (now + OPEN_FOR).timestamp() if emergency else None
            rows.execute(
                "INSERT INTO unmaskings VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?)",
                (asked, compound, *subject, why, by, now.timestamp(), int(emergency), until),
            )
            return asked

    def sign(self, compound: str, unmasking: str, *, by: str) -> Unmasking:
        """Raises Refused where it is not open, or where it would be the same person."""
        with self.directory.transaction() as rows:
            found = next((each for each in self.unsigned(compound) if each.id == unmasking), None)
            if found is None:
                raise Refused("signature-open", "This is signed already, or nobody waits for it any more.")
            if found.asked_by == by:
                raise Refused("two-people", NOT_YOURS)
            values = (by, self.directory.now().timestamp(), unmasking)
            rows.execute("UPDATE unmaskings SET signed_by = ?, signed_at = ? WHERE id = ?", values)
            return found

    def show(self, compound: str, unmasking: str, *, by: str) -> Unmasking:
        """Opens what was signed for the one who asked; raises Refused where it is not signed or over."""
        now = self.directory.now()
        with self.directory.transaction() as rows:
            mine = [each for each in self._of(compound) if each.id == unmasking and each.asked_by == by]
            found = next((each for each in mine if each.signed_by and now - each.asked_at < SIGNED_WITHIN), None)
            if found is None or (found.open_until and found.open_until <= now):
                raise Refused("signature-open", "Nobody has signed this yet, or its time is over; ask again.")
            if found.open_until is None:
                until = (now + OPEN_FOR).timestamp()
                rows.execute("UPDATE unmaskings SET open_until = ? WHERE id = ?", (until, unmasking))
            return found

    def open_for(self, compound: str, who: str, subject: Subject) -> Unmasking | None:
        """By which somebody may see these words whole now."""
        now = self.directory.now()
        mine = [each for each in self._of(compound) if each.asked_by == who and each.subject == subject]
        return next((each for each in mine if each.open_until and each.open_until > now), None)

    def under_way(self, compound: str, who: str, subject: Subject) -> list[Unmasking]:
        """What somebody has asked for and not yet seen to its end, newest first."""
        now = self.directory.now()
        mine = [each for each in self._of(compound) if each.asked_by == who and each.subject == subject]
        return [each for each in mine if _is_under_way(each, now)]

    def unsigned(self, compound: str) -> list[Unmasking]:
        """What waits for a second person: askings for half a day, emergencies for ever; newest first."""
        now = self.directory.now()
        return [
            each
            for each in self._of(compound)
            if each.signed_by is None and (each.emergency or now - each.asked_at < SIGNED_WITHIN)
        ]

    def of(self, compound: str, subject: Subject) -> list[Unmasking]:
        """All there ever were about one subject, newest first."""
        return [each for each in self._of(compound) if each.subject == subject]

    def _of(self, compound: str) -> list[Unmasking]:
        sql = f"SELECT {COLUMNS} FROM unmaskings WHERE compound = ? ORDER BY asked_at DESC, id"  # noqa: S608 — our own column names
        return [_unmasking(row) for row in self.directory.select(sql, (compound,))]


def _is_under_way(each: Unmasking, now: datetime) -> bool:
    return each.open_until > now if each.open_until else now - each.asked_at < SIGNED_WITHIN


def _unmasking(row: tuple[Any, ...]) -> Unmasking:
    unmasking, compound, kind, subject, why, by, at, emergency, signed_by, signed_at, until = row
    asked, signed, ends = (
        None if each is None else datetime.fromtimestamp(each, UTC) for each in (at, signed_at, until)
    )
    assert asked is not None  # noqa: S101 — the column takes no NULL
    return Unmasking(
        unmasking, compound, Subject(kind, subject), why, by, asked, bool(emergency), signed_by, signed, ends
    )
