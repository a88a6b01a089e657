"""What became of everything that was sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Tally:
    uploads: int = 0
    scans: int = 0
    recorded: int = 0
    duplicates: int = 0
    doubts: int = 0
    """Rules broken as they were told at once; later scans may settle some of them."""
    set_aside: int = 0

    def add(self, answers: Iterable[Mapping[str, Any]]) -> None:
        """Answers as POST /api/scans gives them."""
        for answer in answers:
            self.scans += 1
            outcome = answer["outcome"]
            self.recorded += outcome == "recorded"
            self.duplicates += outcome == "duplicate"
            self.set_aside += outcome == "set_aside"
            self.doubts += len(answer["doubts"]) if outcome == "recorded" else 0
