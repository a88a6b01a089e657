"""Every fact of goods by its subject, and what leads from one subject to another.

The other projections of goods read their trails here while a batch is folded; most are still in memory.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import cast

from domain.base import Event, Recorded
from domain.goods.disinfection import DisinfectionFinished, DisinfectionStarted
from domain.goods.facts import GoodsFact, Past, PrintedLabel, View, in_order, with_fact
from domain.goods.labels import LabelsPrinted
from domain.goods.parcel_view import ParcelView
from domain.procurement.group_buys import OrderFact
from projections.base import Key, Recent, Rows, milliseconds

TABLES = (
    """CREATE TABLE IF NOT EXISTS facts (
        position INTEGER PRIMARY KEY, compound TEXT NOT NULL, subject TEXT NOT NULL, scan TEXT NOT NULL,
        happened_at INTEGER NOT NULL, recorded_at INTEGER NOT NULL, name TEXT NOT NULL, event BLOB NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS facts_by_subject ON facts (compound, subject)",
    """CREATE TABLE IF NOT EXISTS links (
        compound TEXT NOT NULL, subject TEXT NOT NULL, related TEXT NOT NULL,
        PRIMARY KEY (compound, subject, related)) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS links_back ON links (compound, related)",
)
FOLLOWED = ("parcel-", "crate-", "delivery-", "group-buy-", "disinfection-", "labels-")
GROUP_BUY = "group-buy-"
DOORS = "SELECT DISTINCT household FROM orders WHERE compound = ? AND group_buy = ?"
KEPT_TRAILS = 4000


def event_of(name: str, stored: bytes) -> Event:
    return Event.by_name[name].__pydantic_validator__.validate_json(stored)  # type: ignore[no-any-return]


def written(event: Event) -> bytes:
    return event.__pydantic_serializer__.to_json(event, exclude_defaults=True)


def told(fact: Event) -> tuple[int, str, str, str | None, str]:
    """What a doubt tells of its scan: when, its name, by whom, where, and the code."""
    station = fact.station if isinstance(fact, GoodsFact) else None
    return milliseconds(fact.happened_at), type(fact).__name__, fact.actor, station, code_of(fact)


def code_of(fact: Event) -> str:
    """The code that was scanned: a disinfection stands in a stream of its own, but names its subject."""
    match fact:
        case DisinfectionStarted() | DisinfectionFinished():
            return fact.subject
        case _:
            return fact.stream.partition("-")[2]


class Trails:
    """Trails and links of goods, read through a transaction and remembered between batches."""

    def __init__(self, most: int = KEPT_TRAILS) -> None:
        self.trails: Recent[tuple[Event, ...]] = Recent(most)
        self.links: Recent[tuple[str, ...]] = Recent(most)
        self.runs: Recent[Mapping[str, PrintedLabel]] = Recent(16)
        self.doors: Recent[frozenset[str]] = Recent(64)
        """By group buy: the households that ordered."""

    def load(self, rows: Rows, compound: str, subjects: Iterable[str]) -> None:
        """Brings the subjects and all that they lead to into memory, level by level."""
        seen: set[str] = set()
        level = set(subjects)
        while level:
            seen |= level
            self._load_trails(rows, compound, [each for each in level if (compound, each) not in self.trails.kept])
            self._load_links(rows, compound, [each for each in level if (compound, each) not in self.links.kept])
            self._load_doors(rows, compound, [each for each in level if each.startswith(GROUP_BUY)])
            level = {
                other
                for each in level
                for other in self.links.kept[compound, each]
                if other not in seen and other.startswith(FOLLOWED)
            }

    def _load_trails(self, rows: Rows, compound: str, subjects: Sequence[str]) -> None:
        found: dict[str, list[Event]] = defaultdict(list)
        sql = "SELECT subject, name, event FROM facts WHERE compound = ? AND subject IN ({keys})"
        for subject, name, event in rows.select_in(sql, subjects, (compound,)) if subjects else ():
            found[subject].append(event_of(name, event))
        for subject in subjects:
            self.trails.put(Key(compound, subject), in_order(found[subject]))

    def _load_links(self, rows: Rows, compound: str, subjects: Sequence[str]) -> None:
        found: dict[str, list[str]] = defaultdict(list)
        sql = "SELECT subject, related FROM links WHERE compound = ? AND subject IN ({keys})"
        for subject, related in rows.select_in(sql, subjects, (compound,)) if subjects else ():
            found[subject].append(related)
        for subject in subjects:
            self.links.put(Key(compound, subject), tuple(sorted(found[subject])))

    def _load_doors(self, rows: Rows, compound: str, subjects: Sequence[str]) -> None:
        for subject in subjects:
            key = Key(compound, subject)
            if self.doors.get(key) is None:
                found = rows.select(DOORS, (compound, subject.removeprefix(GROUP_BUY)))
                self.doors.put(key, frozenset(household for (household,) in found))

    def forget_doors(self, orders: Iterable[OrderFact]) -> set[str]:
        """Whose orders changed is asked for again; returns the subjects."""
        keys = {Key(order.compound, order.stream) for order in orders}
        for key in keys:
            self.doors.kept.pop(key, None)
        return {key.subject for key in keys}

    def past(self, compound: str) -> "CompoundPast":
        return CompoundPast(self, compound)

    def shrink(self) -> None:
        self.trails.shrink()
        self.links.shrink()
        self.runs.shrink()
        self.doors.shrink()

    def clear(self) -> None:
        self.trails.clear()
        self.links.clear()
        self.runs.clear()
        self.doors.clear()


class CompoundPast:
    """One compound's trails as the domain looks at them; everything it may ask has been loaded."""

    def __init__(self, trails: Trails, compound: str) -> None:
        self.trails = trails
        self.compound = compound
        self.views: dict[tuple[object, str], object] = {}

    def trail(self, subject: str) -> tuple[Event, ...]:
        return self.trails.trails.kept.get((self.compound, subject), ())

    def related(self, subject: str) -> tuple[str, ...]:
        return self.trails.links.kept.get((self.compound, subject), ())

    def printed(self, run: str) -> Mapping[str, PrintedLabel]:
        key = Key(self.compound, run)
        labels = self.trails.runs.get(key)
        if labels is None:
            facts = self.trail(run)
            labels = {label.code: label for fact in facts if isinstance(fact, LabelsPrinted) for label in fact.labels}
            self.trails.runs.put(key, labels)
        return labels

    def may_have_ordered(self, group_buy: str, household: str) -> bool:
        doors = self.trails.doors.kept.get((self.compound, f"{GROUP_BUY}{group_buy}"))
        return not doors or household in doors

    def counts(self, view: ParcelView) -> bool:
        """Whether it is a parcel: what no hand has said anything of is one only while an order for it stands."""
        if view.seen or view.meant is None:
            return view.seen
        doors = self.trails.doors.kept.get((self.compound, f"{GROUP_BUY}{view.meant.group_buy}"), frozenset())
        return view.meant.household in doors

    def read(self, reader: Callable[[Past, str], View], subject: str) -> View:
        key = (reader, subject)
        if key not in self.views:
            self.views[key] = reader(self, subject)
        return cast("View", self.views[key])


def write(rows: Rows, recorded: Sequence[Recorded]) -> None:
    facts, links = [], []
    for position, stream, _, recorded_at, event in recorded:
        compound, _, subject = stream.partition("/")
        facts.append(
            (
                position,
                compound,
                subject,
                event.command.hex,
                milliseconds(event.happened_at),
                milliseconds(recorded_at),
                type(event).__name__,
                written(event),
            )
        )
        links += [(compound, source, related) for source, related in event.linked]
    rows.executemany("INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?, ?, ?)", facts)
    if links:
        rows.executemany("INSERT INTO links VALUES (?, ?, ?) ON CONFLICT DO NOTHING", links)


def remember(trails: Trails, recorded: Sequence[Recorded]) -> set[str]:
    """Adds one compound's new facts to what is in memory; returns the subjects that they touch."""
    touched: set[str] = set()
    facts, links = trails.trails.kept, trails.links.kept
    for _, stream, _, _, event in recorded:
        compound, _, subject = stream.partition("/")
        touched.add(subject)
        key = compound, subject
        known_facts = facts.get(key)
        if known_facts is not None:
            facts[key] = with_fact(known_facts, event)
        for source, related in event.linked:
            touched.add(source)
            key = compound, source
            known = links.get(key)
            if known is not None and related not in known:
                links[key] = tuple(sorted((*known, related)))
    return touched


def leading_to(rows: Rows, compound: str, subjects: Iterable[str]) -> set[str]:
    """All subjects from which one gets to the given ones, themselves included."""
    seen: set[str] = set()
    level = list(subjects)
    sql = "SELECT subject FROM links WHERE compound = ? AND related IN ({keys})"
    while level:
        seen.update(level)
        level = [subject for (subject,) in set(rows.select_in(sql, level, (compound,))) if subject not in seen]
    return seen
