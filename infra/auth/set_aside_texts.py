"""What was sent where a scan could not be read: outside the log, because it may be somebody's health code."""

from datetime import datetime
from typing import Final, NamedTuple

from infra.auth.access_file import AccessFile, at

LONGEST_RAW: Final = 4000
TABLES: Final = """
CREATE TABLE IF NOT EXISTS set_aside_raw (
  id TEXT PRIMARY KEY, received_at REAL NOT NULL, compound TEXT, raw TEXT NOT NULL
) STRICT;
"""


class SetAside(NamedTuple):
    id: str
    received_at: datetime
    compound: str | None
    raw: str


class SetAsideTexts(AccessFile):
    def add_set_aside(self, scan: str, raw: str, *, compound: str | None = None) -> None:
        """Keeps what was sent where a scan could not be read; the same scan once. At most 4000 characters."""
        with self._transaction() as rows:
            rows.execute(
                "INSERT OR IGNORE INTO set_aside_raw VALUES (?, ?, ?, ?)",
                (scan, self.now().timestamp(), compound, raw[:LONGEST_RAW]),
            )

    def set_aside(self, compound: str | None = None, *, limit: int = 500) -> list[SetAside]:
        rows = self._read(
            "SELECT id, received_at, compound, raw FROM set_aside_raw WHERE (? IS NULL OR compound = ?)"
            " ORDER BY received_at DESC, id LIMIT ?",
            (compound, compound, limit),
        )
        return [SetAside(scan, at(received), where, raw) for scan, received, where, raw in rows]

    def purge_set_aside(self, *, compound: str | None = None, before: datetime | None = None) -> int:
        """Deletes raw texts, all or those of a compound, received before a moment; returns how many."""
        limit = before.timestamp() if before else float("inf")
        with self._transaction() as rows:
            sql = "DELETE FROM set_aside_raw WHERE received_at < ? AND (? IS NULL OR compound = ?)"
            return rows.execute(sql, (limit, compound, compound)).rowcount
