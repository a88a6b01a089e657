"""Large logs, built once and kept: a compound's days as the office records them, told again for its neighbours."""

import sqlite3
from contextlib import closing
from datetime import date
from hashlib import sha256
from pathlib import Path
from shutil import copy, rmtree

from benchmarks.load import SEED
from infra.event_store import EventStore
from infra.settings import Settings
from services import simulate
from services.simulate.fill import PlannedPlaces, record
from services.simulate.plan import Plan
from services.upkeep import rebuild_in_place
from services.wiring import House, open_house

COMPOUNDS = 16
EVENTS_OF_A_DAY = 7000
LAST_DAY = date(2022, 5, 31)
SECRET = b"benchmarks know no secret at all"
NEIGHBOURS = """INSERT INTO stored_events (originator_id, originator_version, topic, state, compound, command)
    SELECT replace(originator_id, :first || '/', neighbour || '/'), originator_version, topic,
           CAST(replace(CAST(state AS TEXT), '"compound":"' || :first || '"', '"compound":"' || neighbour || '"') AS BLOB),
           neighbour, command
    FROM one.stored_events CROSS JOIN neighbours
    WHERE notification_id <= :events ORDER BY notification_id, neighbour"""
LINKS = """INSERT OR IGNORE INTO stream_links
    SELECT neighbour, subject, related FROM one.stream_links CROSS JOIN neighbours"""


def log_of(work: Path, events: int, compounds: int = COMPOUNDS) -> Path:
    """A data directory with a log of so many events and its read models; the plan's days, compounds interleaved."""
    data = work / f"log-{version_of_plan()}-{events}-in-{compounds}"
    if not (data / "complete").exists():
        for outdated in work.glob("log-*"):
            if not outdated.name.startswith(f"log-{version_of_plan()}-") or outdated == data:
                rmtree(outdated)
        build(work, data, events, compounds)
        (data / "complete").touch()
    return data


def version_of_plan() -> str:
    """Changes when what is simulated changes, or how the domain keeps it."""
    digest = sha256()
    root = Path(simulate.__file__).parents[2]
    for folder in ("services/simulate", "domain", "infra"):
        for path in sorted((root / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def build(work: Path, data: Path, events: int, compounds: int) -> None:
    each = -(-events // compounds)
    one = work / "one-compound"
    rmtree(one, ignore_errors=True)
    one_compound(one, each)
    settings = settled(data)
    EventStore.open(settings.log_file).close()
    with closing(sqlite3.connect(settings.log_file)) as log:
        log.execute("PRAGMA synchronous = OFF")
        log.execute("ATTACH DATABASE ? AS one", (str(Settings(data=one).log_file),))
        log.execute("CREATE TEMP TABLE neighbours (neighbour TEXT PRIMARY KEY)")
        log.executemany("INSERT INTO neighbours VALUES (?)", [(neighbour(number),) for number in range(compounds)])
        log.execute(NEIGHBOURS, {"first": neighbour(0), "events": each})
        log.execute(LINKS)
        log.execute("DELETE FROM stored_events WHERE notification_id > ?", (events,))
        log.commit()
    with closing(not_following(settings)) as house:
        for _ in rebuild_in_place(house.log, house.read.path):
            pass
    rmtree(one)


def one_compound(data: Path, events: int) -> None:
    plan = Plan(SEED, LAST_DAY, days=-(-events // EVENTS_OF_A_DAY) + 1, secret=SECRET)
    places = PlannedPlaces({compound.id: frozenset(compound.households) for compound in plan.places()})
    with closing(not_following(settled(data))) as house:
        record(house, plan.story(), places, events, lambda _: None)
        if house.log.last_position() < events:
            raise RuntimeError("the plan holds too few events")


def settled(data: Path) -> Settings:
    settings = Settings(data=data, synchronous="OFF")
    data.mkdir(parents=True)
    settings.secret_file.write_bytes(SECRET)
    return settings


def not_following(settings: Settings) -> House:
    """Read models are built at the end: both at once would take turns."""
    house = open_house(settings)
    house.projector.stop()
    return house


def neighbour(number: int) -> str:
    return f"shengdu-{number + 1}" if number else "shengdu"


def copied(data: Path, to: Path) -> Path:
    """For a measurement that writes."""
    rmtree(to, ignore_errors=True)
    to.mkdir(parents=True)
    for file in ("log.db", "secret"):
        copy(data / file, to / file)
    copy((data / "read.db").resolve(), to / "read.db")
    return to
