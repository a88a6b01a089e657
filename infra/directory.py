"""Names, phones, help needs and notes: mutable, outside the log, every look at them noted, and gone when purged.

Nothing of it may leave through an event, a log line, a URL or a message; that is why ``Words`` does not print itself.
"""

import sqlite3
import threading
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, get_args

from infra.errors import StorageUnavailable
from infra.sqlite_files import is_storage_trouble, open_sqlite, scrub

SubjectKind = Literal["household", "member"]
How = Literal["masked", "whole"]
Why = Literal[
    "masked-look", "delivery", "order-question", "medicine", "care", "shift", "correction", "asked-by-household"
]  # fmt: skip

WHYS: Final[tuple[Why, ...]] = get_args(Why)
REASONS: Final[tuple[Why, ...]] = tuple(why for why in WHYS if why != "masked-look")
"""For which somebody may see the words whole."""
REASONS_FOR: Final[dict[SubjectKind, tuple[Why, ...]]] = {
    "household": tuple(why for why in REASONS if why != "shift"),
    "member": ("shift", "care", "correction"),
}
LIST: Final = "list"
"""Stands where a look at a list of members is noted; no member has this id."""
ONE_LOOK: Final = timedelta(minutes=10)
"""How long a list that is opened again, or renews itself, counts as one look of the same person."""
LONGEST: Final = {"name": 60, "phone": 40, "help": 300, "note": 500}

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS cards (
  id TEXT PRIMARY KEY, compound TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, name TEXT NOT NULL,
  phone TEXT NOT NULL, help TEXT NOT NULL, note TEXT NOT NULL, by_hand INTEGER NOT NULL, written_by TEXT NOT NULL,
  written_at REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS cards_by_subject ON cards (compound, kind, subject);
CREATE TABLE IF NOT EXISTS brought (
  compound TEXT NOT NULL, import TEXT NOT NULL, card TEXT NOT NULL, PRIMARY KEY (compound, import, card)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS brought_by_card ON brought (card);
CREATE TABLE IF NOT EXISTS reads (
  at REAL NOT NULL, who TEXT NOT NULL, compound TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
  why TEXT NOT NULL, how TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS reads_by_subject ON reads (compound, kind, subject, at);
CREATE INDEX IF NOT EXISTS reads_by_time ON reads (compound, at);
CREATE TABLE IF NOT EXISTS purges (at REAL NOT NULL, who TEXT NOT NULL, compound TEXT NOT NULL, cards INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS unlocks (
  compound TEXT PRIMARY KEY, unlocked_on TEXT NOT NULL, who TEXT NOT NULL, at REAL NOT NULL
) STRICT;
"""
CARD: Final = "id, kind, subject, name, phone, help, note, by_hand, written_by, written_at"


class Subject(NamedTuple):
    """Whom words are about: a household's door such as 12-501, or a member's opaque id."""

    kind: SubjectKind
    id: str


@dataclass(frozen=True, slots=True, repr=False)
class Words:
    """What must never leave the directory unasked."""

    name: str = ""
    phone: str = ""
    help: str = ""
    note: str = ""

    def __repr__(self) -> str:
        return "Words(…)"

    def __bool__(self) -> bool:
        return bool(self.name or self.phone or self.help or self.note)

    def tidied(self) -> "Words":
        """Without blanks around it, and no longer than the table takes."""
        return Words(**{name: " ".join(getattr(self, name).split())[:most] for name, most in LONGEST.items()})

    def with_said(self, said: "Words") -> "Words":
        """What is empty there stays as it is."""
        return Words(*(new or old for new, old in zip(astuple(said), astuple(self), strict=True)))


class Card(NamedTuple):
    """One person of a household, or one member."""

    id: str
    subject: Subject
    words: Words
    by_hand: bool
    """Whether a person wrote or corrected it: then no undone import takes it away."""
    written_by: str
    written_at: datetime


class Read(NamedTuple):
    at: datetime
    who: str
    subject: Subject
    why: str
    how: str


class Purge(NamedTuple):
    at: datetime
    who: str
    cards: int


def this_moment() -> datetime:
    return datetime.now(UTC)


class Directory:
    """One file; every method may be called from any thread. Raises StorageUnavailable where it cannot be used."""

    def __init__(self, path: Path, *, now: Callable[[], datetime] = this_moment, busy_timeout: float = 5.0) -> None:
        self.now = now
        self._lock = threading.RLock()
        self._depth = 0
        with _storage_trouble_named():
            self._connection = open_sqlite(path, synchronous="FULL", busy_timeout=busy_timeout, secure_delete=True)
            path.chmod(0o600)
            self._connection.executescript(SCHEMA)

    def write(self, compound: str, subject: Subject, words: Words, *, by: str) -> str:
        """The id of the card; of one that says the same already where there is one."""
        with self.transaction():
            known = self._same(compound, subject, words.tidied())
            if known:
                self._execute("UPDATE cards SET by_hand = 1 WHERE id = ?", (known,))
                return known
            return self._insert(compound, subject, words.tidied(), by_hand=True, by=by)

    def correct(self, compound: str, subject: Subject, card: str, said: Words, *, by: str) -> bool:
        """What is empty in ``said`` stays; false where there is no such card."""
        with self.transaction():
            found = [each for each in self._cards(compound, subject) if each.id == card]
            for each in found:
                words = each.words.with_said(said.tidied())
                self._execute(
                    "UPDATE cards SET name = ?, phone = ?, help = ?, note = ?, by_hand = 1, written_by = ?, written_at = ? "
                    "WHERE id = ?",
                    (*astuple(words), by, self.now().timestamp(), card),
                )
            return bool(found)

    def remove(self, compound: str, subject: Subject, card: str) -> bool:
        with self.transaction():
            sql = "DELETE FROM cards WHERE compound = ? AND kind = ? AND subject = ? AND id = ?"
            removed = self._execute(sql, (compound, *subject, card)).rowcount
            self._execute("DELETE FROM brought WHERE card = ?", (card,) if removed else ("",))
            return bool(removed)

    def forget_help(self, compound: str, subject: Subject) -> None:
        """Help is no longer needed; cards that said nothing else go."""
        with self.transaction():
            for card in self._cards(compound, subject):
                if not replace(card.words, help=""):
                    self.remove(compound, subject, card.id)
            sql = "UPDATE cards SET help = '' WHERE compound = ? AND kind = ? AND subject = ?"
            self._execute(sql, (compound, *subject))

    def look(self, compound: str, subject: Subject, *, who: str, why: Why, how: How) -> list[Card]:
        """The cards of one subject; nobody sees them without the look being noted."""
        with self.transaction():
            found = self._cards(compound, subject)
            if found:
                self._note(compound, [subject], who, why, how)
            return found

    def look_over(self, compound: str, building: str, *, who: str) -> list[Card]:
        """The cards of a building's doors, to be shown masked."""
        with self.transaction():
            rows = self._execute(
                f"SELECT {CARD} FROM cards WHERE compound = ? AND kind = 'household'"  # noqa: S608 — our own column names
                " AND (subject = ? OR (subject > ? AND subject < ?)) ORDER BY subject, written_at, id",
                (compound, building, f"{building}-", f"{building}."),
            ).fetchall()
            found = [_card(row) for row in rows]
            self._note(compound, dict.fromkeys(card.subject for card in found), who, "masked-look", "masked")
            return found

    def look_at_list(self, compound: str, members: Collection[str], *, who: str) -> dict[str, Card]:
        """The newest card of each member, to be shown masked in a list; noted once, as one look at the list."""
        listed = Subject("member", LIST)
        with self.transaction():
            sql = f"SELECT {CARD} FROM cards WHERE compound = ? AND kind = 'member' ORDER BY written_at, id"  # noqa: S608 — our own column names
            cards = map(_card, self._execute(sql, (compound,)).fetchall())
            found = {card.subject.id: card for card in cards if card.subject.id in members}
            if found and not self._looked_since(compound, listed, who, self.now() - ONE_LOOK):
                self._note(compound, [listed], who, "masked-look", "masked")
            return found

    def subject_of(self, compound: str, card: str) -> Subject | None:
        rows = self.select("SELECT kind, subject FROM cards WHERE compound = ? AND id = ?", (compound, card))
        return Subject(*rows[0]) if rows else None

    def doors(self, compound: str) -> dict[str, bool]:
        """The doors with a card, and whether help is asked for there; no words are read."""
        rows = self.select(
            "SELECT subject, MAX(help <> '') FROM cards WHERE compound = ? AND kind = 'household' GROUP BY subject",
            (compound,),
        )
        return {subject: bool(needs_help) for subject, needs_help in rows}

    def members(self, compound: str) -> int:
        """How many members have a card; no words are read."""
        sql = "SELECT COUNT(DISTINCT subject) FROM cards WHERE compound = ? AND kind = 'member'"
        return int(self.select(sql, (compound,))[0][0])

    def bring(self, compound: str, import_: str, cards: Iterable[tuple[Subject, Words]], *, by: str) -> int:
        """Cards of an import; those that stand already are said by it as well. Returns how many are new."""
        with self.transaction():
            new = 0
            for subject, said in cards:
                words = said.tidied()
                card = self._same(compound, subject, words)
                if card is None:
                    card, new = self._insert(compound, subject, words, by_hand=False, by=by), new + 1
                self._execute("INSERT OR IGNORE INTO brought VALUES (?, ?, ?)", (compound, import_, card))
            return new

    def unknown(self, compound: str, cards: Iterable[tuple[Subject, Words]]) -> int:
        """How many of these stand nowhere yet; none is shown to anybody."""
        with self._lock, _storage_trouble_named():
            return sum(self._same(compound, subject, words.tidied()) is None for subject, words in cards)

    def belongs_to(self, compound: str, import_: str, other: str) -> None:
        """What was brought by one import counts as another's: the one that can be undone."""
        with self.transaction():
            values = (other, compound, import_)
            self._execute("UPDATE OR REPLACE brought SET import = ? WHERE compound = ? AND import = ?", values)

    def take_back(self, compound: str, import_: str) -> int:
        """An import is undone: what it alone brought goes. Returns how many cards went."""
        with self.transaction():
            self._execute("DELETE FROM brought WHERE compound = ? AND import = ?", (compound, import_))
            sql = "DELETE FROM cards WHERE compound = ? AND by_hand = 0 AND id NOT IN (SELECT card FROM brought)"
            return self._execute(sql, (compound,)).rowcount

    def reads(
        self, compound: str, subject: Subject | None = None, *, how: How | None = None, limit: int = 500
    ) -> list[Read]:
        """Newest first."""
        some = "AND kind = ? AND subject = ?" if subject else ""
        some += " AND how = ?" if how else ""
        rows = self.select(
            f"SELECT at, who, kind, subject, why, how FROM reads WHERE compound = ? {some} ORDER BY at DESC LIMIT ?",  # noqa: S608 — our own words
            (compound, *(subject or ()), *((how,) if how else ()), limit),
        )
        return [Read(_at(at), who, Subject(kind, about), why, how) for at, who, kind, about, why, how in rows]

    def compounds(self) -> list[str]:
        rows = self.select("SELECT compound FROM cards UNION SELECT compound FROM unlocks ORDER BY compound", ())
        return [compound for (compound,) in rows]

    def purge(self, compound: str, *, by: str) -> int:
        """Drops every card of a compound, out of the file too; what was read, by whom and why stays. Returns how many."""
        with self.transaction():
            self._execute("DELETE FROM brought WHERE compound = ?", (compound,))
            dropped = self._execute("DELETE FROM cards WHERE compound = ?", (compound,)).rowcount
            self._execute("INSERT INTO purges VALUES (?, ?, ?, ?)", (self.now().timestamp(), by, compound, dropped))
        with self._lock, _storage_trouble_named():
            scrub(self._connection)
        return dropped

    def purges(self, compound: str) -> list[Purge]:
        """Newest first."""
        rows = self.select("SELECT at, who, cards FROM purges WHERE compound = ? ORDER BY at DESC", (compound,))
        return [Purge(_at(at), who, cards) for at, who, cards in rows]

    def say_unlocked(self, compound: str, on: date | None, *, by: str) -> None:
        """The day on which the lockdown ended; None takes it back."""
        with self.transaction():
            self._execute("DELETE FROM unlocks WHERE compound = ?", (compound,))
            if on is not None:
                values = (compound, on.isoformat(), by, self.now().timestamp())
                self._execute("INSERT INTO unlocks VALUES (?, ?, ?, ?)", values)

    def unlocked_on(self, compound: str) -> date | None:
        rows = self.select("SELECT unlocked_on FROM unlocks WHERE compound = ?", (compound,))
        return date.fromisoformat(rows[0][0]) if rows else None

    def texts(self) -> list[Words]:
        """All words there are, to look whether they stand where they must not; nobody is shown them."""
        return [Words(*row) for row in self.select("SELECT name, phone, help, note FROM cards", ())]

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing; within another one it is a part of that."""
        with self._lock, _storage_trouble_named():
            if self._depth:
                yield self._connection
                return
            self._connection.execute("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            finally:
                self._depth = 0

    def _execute(self, sql: str, values: Sequence[Any]) -> sqlite3.Cursor:
        return self._connection.execute(sql, values)

    def select(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self._lock, _storage_trouble_named():
            return self._execute(sql, values).fetchall()

    def _cards(self, compound: str, subject: Subject) -> list[Card]:
        sql = f"SELECT {CARD} FROM cards WHERE compound = ? AND kind = ? AND subject = ? ORDER BY written_at, id"  # noqa: S608 — our own column names
        return [_card(row) for row in self._execute(sql, (compound, *subject)).fetchall()]

    def _looked_since(self, compound: str, subject: Subject, who: str, since: datetime) -> bool:
        sql = "SELECT 1 FROM reads WHERE compound = ? AND kind = ? AND subject = ? AND at > ? AND who = ? LIMIT 1"
        return bool(self._execute(sql, (compound, *subject, since.timestamp(), who)).fetchall())

    def _same(self, compound: str, subject: Subject, words: Words) -> str | None:
        return next((card.id for card in self._cards(compound, subject) if card.words == words), None)

    def _insert(self, compound: str, subject: Subject, words: Words, *, by_hand: bool, by: str) -> str:
        card = uuid.uuid4().hex
        self._execute(
            "INSERT INTO cards VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (card, compound, *subject, *astuple(words), int(by_hand), by, self.now().timestamp()),
        )
        return card

    def _note(self, compound: str, subjects: Iterable[Subject], who: str, why: Why, how: How) -> None:
        at = self.now().timestamp()
        rows = [(at, who, compound, *subject, why, how) for subject in subjects]
        self._connection.executemany("INSERT INTO reads VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


@contextmanager
def _storage_trouble_named() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if is_storage_trouble(error):
            raise StorageUnavailable("the directory cannot be used at the moment") from error
        raise


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _card(row: tuple[Any, ...]) -> Card:
    card, kind, subject, name, phone, help_, note, by_hand, by, at = row
    return Card(card, Subject(kind, subject), Words(name, phone, help_, note), bool(by_hand), by, _at(at))
