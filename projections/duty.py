"""Doubts about the hands of a scan: no valid badge, not on shift, a taker that nobody knows.

They stand among the other doubts under ``hand-{actor}`` and ``taker-{kind}-{id}``. A fact about people is judged again
with the scans from its moment on; a scan by somebody who is no member costs nothing but a look at its actor.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from domain.base import Event, Holder, HolderKind, Recorded, is_member
from domain.community.compound import StationOpened
from domain.community.people.duty import HEARD, KNOWN_BEFORE_ASKING, Duty
from domain.community.people.facts import CaptainNamed, MemberApproved, MemberFact
from domain.community.teams import TeamFormed
from domain.goods.codes import subject_of_code
from domain.goods.crates import CrateHandedOver
from domain.goods.facts import KINDS_ABOUT_SCANS, GoodsFact, PieceName, ScanAnnulled, undo_counts
from domain.goods.labels import LabelsPrinted
from domain.goods.parcels import ParcelHandedOver
from projections.base import Batch, Projection, Row, Rows, milliseconds
from projections.trails import code_of, event_of, told, written

TABLES = (
    """CREATE TABLE IF NOT EXISTS duty_facts (
        compound TEXT NOT NULL, member TEXT NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL,
        event BLOB NOT NULL, PRIMARY KEY (compound, member, position)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS scans_by_members (
        compound TEXT NOT NULL, actor TEXT NOT NULL, happened_at INTEGER NOT NULL, position INTEGER NOT NULL,
        PRIMARY KEY (compound, actor, happened_at, position)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS takers_known (
        compound TEXT NOT NULL, kind TEXT NOT NULL, taker TEXT NOT NULL,
        PRIMARY KEY (compound, kind, taker)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS takers_known_since (
        compound TEXT NOT NULL, kind TEXT NOT NULL, since INTEGER NOT NULL,
        PRIMARY KEY (compound, kind)) WITHOUT ROWID""",
)
HAND_OVERS: Final[frozenset[type[Event]]] = frozenset({ParcelHandedOver, CrateHandedOver})
NOT_ON_DUTY: Final = KINDS_ABOUT_SCANS | {LabelsPrinted}
PEOPLE: Final[frozenset[type[Event]]] = HEARD | {MemberApproved, TeamFormed, StationOpened}


class Heard:
    """What concerns hands in the facts of one compound in a batch."""

    def __init__(self) -> None:
        self.people: list[Recorded] = []
        self.scans: list[Recorded] = []
        self.hand_overs: list[Event] = []
        self.undos: list[ScanAnnulled] = []


def fold(rows: Rows, batch: Batch) -> None:
    heard: defaultdict[str, Heard] = defaultdict(Heard)
    for each in batch.recorded:
        event = each.event
        kind = type(event)
        if kind in PEOPLE:
            heard[event.compound].people.append(each)
            continue
        if kind in HAND_OVERS:
            heard[event.compound].hand_overs.append(event)
        elif isinstance(event, ScanAnnulled):
            heard[event.compound].undos.append(event)
        if is_member(event.actor) and kind not in NOT_ON_DUTY and isinstance(event, GoodsFact):
            heard[event.compound].scans.append(each)
    for compound, about in heard.items():
        undone = undone_scans(rows, compound, about.undos)
        judge_actors(rows, compound, about, undone)
        judge_takers(rows, compound, about, undone)


def judge_actors(rows: Rows, compound: str, about: Heard, undone: Sequence[Event]) -> None:
    changed: dict[str, int] = {}
    facts = []
    for each in about.people:
        if type(each.event) in HEARD and isinstance(each.event, MemberFact):
            member, at = each.event.member, milliseconds(each.event.happened_at)
            changed[member] = min(changed.get(member, at), at)
            facts.append((compound, member, each.position, type(each.event).__name__, written(each.event)))
    if facts:
        rows.executemany("INSERT INTO duty_facts VALUES (?, ?, ?, ?, ?)", facts)
    if about.scans:
        rows.executemany(
            "INSERT INTO scans_by_members VALUES (?, ?, ?, ?)",
            [(compound, each.event.actor, milliseconds(each.event.happened_at), each.position) for each in about.scans],
        )
    scans = {each.event.command: each.event for each in about.scans}
    scans |= {event.command: event for event in undone if is_member(event.actor)}
    for member, since in changed.items():
        scans |= {event.command: event for event in scans_since(rows, compound, member, since)}
    if scans:
        duties = duties_of(rows, compound, sorted({event.actor for event in scans.values()}))
        replace(
            rows,
            compound,
            [
                (f"hand-{event.actor}", event, duties[event.actor].broken_at(event.happened_at))
                for event in scans.values()
                if event.actor in duties
            ],
        )


def judge_takers(rows: Rows, compound: str, about: Heard, undone: Sequence[Event]) -> None:
    known = [each for recorded in about.people for each in takers_in(recorded.event)]
    earliest = remember_takers(rows, compound, known) if known else None
    found: dict[UUID, Event] = {event.command: event for event in about.hand_overs}
    found |= {event.command: event for event in undone if type(event) in HAND_OVERS}
    if not found and earliest is None:
        return
    since = known_since(rows, compound)
    if "volunteer" not in since:
        return
    if earliest is not None:
        found |= {event.command: event for event in hand_overs_since(rows, compound, max(earliest, since["volunteer"]))}
    asked = [event for event in found.values() if is_asked_about(event, since)]
    familiar = known_among(rows, compound, {taker_of(event) for event in asked})
    replace(
        rows,
        compound,
        [
            (subject_of_taker(*taker_of(event)), event, () if taker_of(event) in familiar else ("taker-known",))
            for event in asked
        ],
    )


class TakerKnown(NamedTuple):
    kind: str
    taker: str
    first: int | None
    """When, if it may be the first one of its kind; only a volunteer who was approved as one is."""


def takers_in(event: Event) -> Iterator[TakerKnown]:
    """Whom a fact makes known."""
    at = milliseconds(event.happened_at)
    match event:
        case MemberApproved():
            yield TakerKnown("volunteer", event.member, at if event.body == "volunteer" else None)
        case CaptainNamed():
            for taker in (event.member, *event.buildings):
                yield TakerKnown("captain", taker, at)
        case TeamFormed():
            yield TakerKnown("team", event.team, at)
        case StationOpened():
            yield TakerKnown("station", event.station, at)
        case _:
            pass


def remember_takers(rows: Rows, compound: str, known: Sequence[TakerKnown]) -> int | None:
    """Ends the doubts about them; returns from when on others are asked about that were not before."""
    rows.executemany(
        "INSERT INTO takers_known VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(compound, each.kind, each.taker) for each in known],
    )
    rows.executemany(
        "DELETE FROM doubts WHERE compound = ? AND subject = ?",
        [(compound, subject_of_taker(each.kind, each.taker)) for each in known],
    )
    before = known_since(rows, compound)
    moved: dict[str, int] = {}
    for kind, _, first in known:
        if first is not None and first < min(before.get(kind, first + 1), moved.get(kind, first + 1)):
            moved[kind] = first
    rows.executemany(
        "INSERT INTO takers_known_since VALUES (?, ?, ?) ON CONFLICT (compound, kind) DO UPDATE SET since = excluded.since",
        [(compound, kind, first) for kind, first in moved.items()],
    )
    return min(moved.values(), default=None)


def known_since(rows: Rows, compound: str) -> dict[str, int]:
    """When the first taker of each kind became known, in milliseconds since 1970."""
    return dict(rows.select("SELECT kind, since FROM takers_known_since WHERE compound = ?", (compound,)))


def is_asked_about(event: Event, since: Mapping[str, int]) -> bool:
    kind, _ = taker_of(event)
    at = milliseconds(event.happened_at)
    kinds = KNOWN_BEFORE_ASKING.get(kind)
    return kinds is not None and all(each in since and since[each] <= at for each in kinds)


def known_among(rows: Rows, compound: str, takers: Iterable[tuple[HolderKind, str]]) -> set[tuple[str, str]]:
    names = sorted({taker for _, taker in takers})
    sql = "SELECT kind, taker FROM takers_known WHERE compound = ? AND kind = ? AND taker IN ({keys})"
    found: list[Row] = []
    for kind in sorted({kind for kind, _ in takers}):
        found += rows.select_in(sql, names, (compound, kind))
    return {(kind, taker) for kind, taker in found}


def taker_of(event: Event) -> tuple[HolderKind, str]:
    taker: Holder = event.taker  # type: ignore[attr-defined]  # only facts of HAND_OVERS come here
    return taker.kind, taker.id


def subject_of_taker(kind: str, taker: str) -> str:
    return f"taker-{kind}-{taker}"


def duties_of(rows: Rows, compound: str, members: Sequence[str]) -> dict[str, Duty]:
    duties: dict[str, Duty] = {}
    sql = "SELECT member, name, event FROM duty_facts WHERE compound = ? AND member IN ({keys})"
    for member, name, event in rows.select_in(sql, members, (compound,)):
        duties.setdefault(member, Duty()).hear(event_of(name, event))
    return duties


def scans_since(rows: Rows, compound: str, actor: str, since: int) -> list[Event]:
    sql = (
        "SELECT f.name, f.event FROM scans_by_members AS s JOIN facts AS f ON f.position = s.position "
        "WHERE s.compound = ? AND s.actor = ? AND s.happened_at >= ?"
    )
    return [event_of(*row) for row in rows.select(sql, (compound, actor, since))]


def hand_overs_since(rows: Rows, compound: str, since: int) -> list[Event]:
    """Looks at all facts of the compound; asked only when it gets to know a first taker of a kind."""
    sql = (
        "SELECT name, event FROM facts WHERE compound = ? AND name IN ('ParcelHandedOver', 'CrateHandedOver') "
        "AND happened_at >= ?"
    )
    return [event_of(*row) for row in rows.select(sql, (compound, since))]


def undone_scans(rows: Rows, compound: str, undos: Sequence[ScanAnnulled]) -> list[Event]:
    """The scans that the undos name, as far as they have come."""
    if not undos:
        return []
    subjects = sorted({subject_of_code(undo.code) for undo in undos})
    treated = "SELECT related FROM links WHERE compound = ? AND subject IN ({keys}) AND related LIKE 'disinfection-%'"
    subjects += [related for (related,) in rows.select_in(treated, subjects, (compound,))]
    named = {undo.scan.hex for undo in undos}
    sql = "SELECT scan, name, event FROM facts WHERE compound = ? AND subject IN ({keys})"
    found = rows.select_in(sql, sorted(set(subjects)), (compound,))
    return [event_of(name, event) for scan, name, event in found if scan in named]


def replace(rows: Rows, compound: str, judged: Sequence[tuple[str, Event, tuple[str, ...]]]) -> None:
    """Writes what these scans break; a scan that was taken back breaks nothing."""
    rows.executemany(
        "DELETE FROM doubts WHERE compound = ? AND subject = ? AND scan = ?",
        [(compound, subject, event.command.hex) for subject, event, _ in judged],
    )
    broken = [(subject, event, rules) for subject, event, rules in judged if rules]
    gone = taken_back(rows, compound, [event for _, event, _ in broken]) if broken else set()
    rows.executemany(
        "INSERT INTO doubts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (compound, subject, event.command.hex, rule, *told(event), *door_said(event))
            for subject, event, rules in broken
            if event.command not in gone
            for rule in rules
        ],
    )


def taken_back(rows: Rows, compound: str, scans: Sequence[Event]) -> set[UUID]:
    subjects = sorted({subject_of_code(code_of(scan)) for scan in scans})
    sql = "SELECT event FROM facts WHERE compound = ? AND name = 'ScanAnnulled' AND subject IN ({keys})"
    undos = [ScanAnnulled.model_validate_json(event) for (event,) in rows.select_in(sql, subjects, (compound,))]
    by_id = {scan.command: scan for scan in scans}
    return {
        undo.scan
        for undo in undos
        if undo.scan in by_id and undo.code == code_of(by_id[undo.scan]) and undo_counts(undo, by_id[undo.scan])
    }


def door_said(event: Event) -> tuple[str | None, str | None]:
    """(building, household) as far as the scan itself named them."""
    said: PieceName | None = getattr(event, "said", None)
    return (said.building, said.household) if said else (getattr(event, "building", None), None)


PROJECTION = Projection("duty", TABLES, fold)
