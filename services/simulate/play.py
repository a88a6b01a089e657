"""The demo's compound and its endless day: founded, filled up to now, then carried on by phones."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import orjson
from pydantic import AwareDatetime, BaseModel

from domain.base import Request
from domain.goods.handling import PLACE_TIME
from domain.goods.labels import LabelsPrinted
from infra.auth import BadgeWanted, Redeemed, Scope
from infra.errors import StorageUnavailable
from projections import custody, roster
from services.crew.desk import CommitteeDesk
from services.simulate.chance import chance, milliseconds, moment
from services.simulate.compound_plan import CompoundPlan
from services.simulate.crew import ACTOR, FOR_GOOD, Crew, Shift
from services.simulate.day_plan import Scan
from services.simulate.fill import PlannedPlaces, Told, asked, book, record
from services.simulate.neighbours import words_of
from services.simulate.plan import Chapter, Plan
from services.simulate.sender import NotTaken, Phones
from services.simulate.tally import Tally
from services.simulate.uploads import SYNC_EVERY, Upload, uploads_of
from services.simulate.waves import APART, FULL_SWING, ORDERS_READ, Clock, Wave, first_wave_at, story
from services.wiring import House, now

NOTES: Final = "demo.json"
YEAR: Final = timedelta(days=365)
STATION_OF: Final = {"gate": "gate", "disinfection": "disinfection", "sorter": "sorting"}
FIRST_SHIFT: Final = timedelta(hours=15)
"""So long ago: before the first scan that the demo begins with."""
SHIFT: Final = timedelta(hours=36)
OVERLAP: Final = timedelta(hours=4)
ASLEEP: Final = 60.0
"""Seconds behind after which the play goes on from where it stands: the machine slept, or is too slow."""
LOOKS_UP: Final = 0.2
NOTES_EVERY: Final = 5.0

HANDS_OF: Final = {"staff": "staff-", "admin": "staff-", "captain": "captain-"}


class Notes(BaseModel):
    """What the demo must know to go on after a stop; it lies in the data directory."""

    seed: int
    filled: bool = False
    stood: float = FULL_SWING
    days: dict[int, date] = {}
    links: dict[str, str] = {}
    phones: dict[str, str] = {}
    people: bool = False
    """Its hands are registered members; demos of earlier versions have none."""
    on_shift_until: AwareDatetime | None = None
    shifts: dict[str, UUID] = {}
    """By hand: the badge of the shift that goes on."""


@dataclass
class Play:
    house: House
    notes: Notes
    speed: float
    tally: Tally = field(default_factory=Tally)
    place: CompoundPlan = field(init=False)

    def __post_init__(self) -> None:
        self.place = self.plan.places()[0]

    @property
    def path(self) -> Path:
        return self.house.settings.data / NOTES

    @property
    def plan(self) -> Plan:
        return Plan(self.notes.seed, today(), secret=self.house.secret, people=self.notes.people)

    def prepare(self, told: Told = lambda _: None) -> None:
        """Founds the compound and records everything up to now; on a later start there is nothing left to do."""
        if self.notes.filled:
            return
        self.note()
        places = PlannedPlaces.of(self.plan)
        for request in self.place.founding(now() - timedelta(days=1)):
            book(self.house, asked(request, places))
        if self.notes.people:
            record(self.house, self.crew.joining(now() - timedelta(days=1), by_right=False), places)
            self.begin_shifts(now() - FIRST_SHIFT)
        record(self.house, self.until_now(), places, told=told)
        self.house.shown(self.house.log.last_position())
        if self.notes.people:
            self.open_roles()
            self.write_directory()
        self.notes.filled = True
        self.note()

    @property
    def crew(self) -> Crew:
        return self.plan.crew(self.place)

    def open_roles(self) -> None:
        """What the record says of committee, guards and captains, as the file of sign-ins has it."""
        desk = CommitteeDesk(self.house, self.place.id, ACTOR)
        for hand in self.crew.hands:
            role = FOR_GOOD.get(hand.partition("-")[0])
            if role is not None:
                self.house.access.give_role(self.crew.member(hand), role, self.place.id)
            desk.open_captaincy(self.crew.member(hand))

    def write_directory(self) -> None:
        draw, directory = chance(self.notes.seed, self.place.id, "directory"), self.house.directory
        with directory.transaction():
            for subject, words in words_of(self.place.households, draw):
                directory.write(self.place.id, subject, words, by=ACTOR)

    def begin_shifts(self, at: datetime) -> None:
        """Of all volunteers, each with a badge of its own; the shifts before end now."""
        begun, over = list(self.crew.shifts(at, at + SHIFT)), self.notes.on_shift_until
        ended = self.notes.shifts if over is not None and over > now() else {}
        ends = [self.crew.end_of(badge, self.crew.member(hand), now()) for hand, badge in ended.items()]
        requests = [request for shift in begun for request in shift.requests]
        record(self.house, [*requests, *ends], PlannedPlaces.of(self.plan))
        for shift in begun:
            self.open_badge(shift)
        self.notes.shifts = {shift.hand: shift.badge for shift in begun}
        self.notes.on_shift_until = at + SHIFT
        self.note()

    def open_badge(self, shift: Shift) -> None:
        """On its phone."""
        access, scope = self.house.access, Scope.of(stations={shift.station} if shift.station else None)
        badge = BadgeWanted(
            shift.badge.hex,
            self.place.id,
            shift.member,
            shift.role,
            shift.begins,
            shift.ends,
            shift.station,
            scope,
        )
        redeemed = access.redeem_badge(access.issue_badge(badge), f"phone-{shift.hand}")
        if isinstance(redeemed, Redeemed):
            self.notes.phones[shift.hand] = redeemed.session

    def relieve_in_time(self) -> None:
        """The next shift begins before the last one is over; after a long stop it began some hours ago."""
        until = self.notes.on_shift_until
        if self.notes.people and (until is None or now() > until - OVERLAP):
            self.begin_shifts(now() - OVERLAP)

    def until_now(self) -> Iterator[Chapter]:
        clock = Clock(milliseconds(now()), FULL_SWING, self.speed)
        scans: list[Scan] = []
        for each in story(self.plan, 0, self.day_of):
            if isinstance(each, Wave):
                if each.number * APART + ORDERS_READ > FULL_SWING:
                    break
                yield from self.requests(each, clock)
            elif each.sent <= FULL_SWING:
                scans.append(clock.told(each))
        yield from uploads_of(self.place, scans)

    def requests(self, wave: Wave, clock: Clock) -> Iterator[Request | LabelsPrinted]:
        draw = self.plan.chance_of(wave.goods, wave.name, "requests")
        yield from wave.goods.requests(draw, moment(clock.real(wave.number * APART + ORDERS_READ)))

    def day_of(self, wave: int) -> date:
        """The day on which a wave was first played."""
        return self.notes.days.setdefault(wave, today())

    def carry_on(self, url: str, over: Callable[[], bool], certificate: Path | None = None) -> None:
        """Sends scan after scan until it is over."""
        phones = Phones(url, self.session_of, over, certificate)
        try:
            while not over():
                self.carry_on_from(self.notes.stood, phones, over)
        except NotTaken:
            if not over():
                raise
        finally:
            phones.close()
            self.note()

    def carry_on_from(self, stood: float, phones: Phones, over: Callable[[], bool]) -> None:
        """Returns when it is over, or when it has fallen too far behind."""
        self.relieve_in_time()
        clock = Clock(time.time() * 1000, stood, self.speed)
        noted = time.monotonic()
        for upload in self.uploads(clock):
            due = upload.at.timestamp()
            while (early := due - time.time()) > 0 and not over():
                time.sleep(min(early, LOOKS_UP))
            if over():
                return
            self.tally.uploads += 1
            self.tally.add(phones.send(upload))
            self.notes.stood = clock.at(due * 1000)
            if time.monotonic() - noted > NOTES_EVERY:
                self.relieve_in_time()
                self.note()
                noted = time.monotonic()
            if time.time() - due > ASLEEP:
                return

    def uploads(self, clock: Clock) -> Iterator[Upload]:
        """What was about to be sent when the play stopped is sent again; who sent it before is told so."""
        yield from uploads_of(self.place, self.scans(clock), SYNC_EVERY / self.speed)

    def scans(self, clock: Clock) -> Iterator[Scan]:
        for each in story(self.plan, clock.stood - 2 * SYNC_EVERY, self.day_of):
            if isinstance(each, Wave):
                self.open_orders(each, clock)
            else:
                yield clock.told(each)

    def open_orders(self, wave: Wave, clock: Clock) -> None:
        places = PlannedPlaces.of(self.plan)
        for request in self.requests(wave, clock):
            book(self.house, asked(request, places))
        self.house.shown(self.house.log.last_position())
        self.house.places.forget()

    def session_of(self, upload: Upload) -> str:
        token = self.notes.phones.get(upload.device)
        if token is None or self.house.access.session(token) is None:
            link = self.house.access.issue_link(
                upload.role, compound=self.place.id, actor=upload.actor, session_for=YEAR
            )
            token = self.house.access.redeem(link)
            if token is None:
                raise NotTaken("a sign-in link was used up before its phone")
            self.notes.phones[upload.device] = token
        return token

    def links(self, roles: Iterable[str]) -> dict[str, str]:
        """A reusable sign-in link's token for each role; the same ones on every start."""
        for role in roles:
            if role not in self.notes.links:
                self.notes.links[role] = self.house.access.issue_link(
                    role,
                    compound=self.place.id,
                    actor=self.member_as(role),
                    station=STATION_OF.get(role),
                    scope=Scope.of(buildings=self.buildings_of(role)),
                    reusable=True,
                    valid_for=YEAR,
                    session_for=YEAR,
                )
        self.note()
        return self.notes.links

    def member_as(self, role: str) -> str | None:
        """Staff, their administrator and captains are registered, so that two of them can sign for each other."""
        hands = [hand for hand in self.crew.hands if hand.startswith(HANDS_OF.get(role, "-"))]
        return self.crew.member(hands[-1 if role == "admin" else 0]) if hands else None

    def buildings_of(self, role: str) -> set[str] | None:
        """A captain's link is for the building of the captain that it names."""
        if role != "captain":
            return None
        return {
            hand.partition("-")[2] for hand in self.crew.hands if self.crew.member(hand) == self.member_as(role)
        } or None

    def a_door(self) -> tuple[str, str]:
        """A door for which the most parcels are under way, and the code of its page."""
        with self.house.read.reading() as rows:
            moving = [row for row in custody.not_yet_delivered(rows, self.place.id) if "-" in (row.household or "")]
            waiting = Counter(row.household for row in moving if row.household)
            doors = waiting or Counter(door for door, _, _ in roster.households(rows, self.place.id))
            door = min(doors, key=lambda each: (-doors[each], each))
            return door, self.house.door_book.codes_of(rows, self.place.id, [door])[door]

    def note(self) -> None:
        first = first_wave_at(self.notes.stood)
        self.notes.days = {wave: day for wave, day in self.notes.days.items() if wave >= first}
        beside = self.path.with_suffix(".new")
        beside.touch(mode=0o600)
        beside.write_bytes(orjson.dumps(self.notes.model_dump(mode="json"), option=orjson.OPT_NON_STR_KEYS))
        beside.replace(self.path)


def play_at(house: House, speed: float, seed: int) -> Play:
    """The demo of a data directory as it was left, or a new one."""
    path = house.settings.data / NOTES
    notes = Notes.model_validate_json(path.read_bytes()) if path.exists() else Notes(seed=seed, people=True)
    return Play(house, notes, speed)


def today() -> date:
    return now().astimezone(PLACE_TIME).date()


def in_background(
    play: Play, url: str, over: Callable[[], bool], failed: Callable[[str], None], certificate: Path | None = None
) -> threading.Thread:
    """The phones' thread, started; over https they trust the given certificate and no other."""

    def run() -> None:
        try:
            play.carry_on(url, over, certificate)
        except (NotTaken, StorageUnavailable) as reason:
            failed(str(reason))

    thread = threading.Thread(target=run, name="phones", daemon=True)
    thread.start()
    return thread
