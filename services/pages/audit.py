"""The audit trail of a parcel, a crate or a delivery: every fact in order, with all that became of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final, Literal, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from domain.base import Event
from domain.goods.codes import Kind, kind_of, read_code
from domain.goods.disinfection import Treatment, doubts_of_finish, doubts_of_start
from domain.goods.facts import DoubtSettled, GoodsFact, ScanAnnulled
from domain.goods.handling import PLACE_TIME
from projections import custody
from projections.base import Rows
from projections.parcel_trail import (
    Step,
    Trail,
    crate_trail,
    delivery_trail,
    parcel_trail,
    parcels_of_delivery,
    titles_in,
)
from services.access import CompoundInView, Exports, Person, SeesTrail, must
from services.api.house import InHouse
from services.csv_out import csv_answer
from services.pages.language import N_, Language, language_of, say
from services.pages.layout import render
from services.pages.sentences import SENTENCES, Titles, choice, sentence
from services.pages.words import Look, doubt_text
from services.roles import in_own_building, of_own_group_buy

router = APIRouter(include_in_schema=False)

Folder = Literal["parcels", "crates", "deliveries"]
FOLDERS: Final[Mapping[Kind, Folder]] = {"parcel": "parcels", "crate": "crates", "delivery": "deliveries"}
READERS: Final[Mapping[Kind, Callable[[Rows, str, str], Trail | None]]] = {
    "parcel": parcel_trail,
    "crate": crate_trail,
    "delivery": delivery_trail,
}
LATE: Final = timedelta(minutes=2)
"""A fact recorded later than this after it happened is marked."""
CODES_SHOWN: Final = 60
NOT_FOUND: Final = 404
SEE_OTHER: Final = 303


class DoubtLine(NamedTuple):
    text: str
    state: Literal["open", "settled", "healed"]
    note: str = ""


class TrailLine(NamedTuple):
    """One fact as the page shows it."""

    step: Step
    look: Look
    quiet: bool
    """Words about other scans: they are told in small."""
    delay: str
    station: str | None
    source: Kind | None
    doubts: tuple[DoubtLine, ...]
    annulled: str


class TreatmentLine(NamedTuple):
    treatment: Treatment
    agent: str
    mg_per_litre: int | None
    minutes: int | None
    strong_enough: bool
    long_enough: bool
    code: str
    source: Kind


class Day(NamedTuple):
    day: str
    lines: tuple[TrailLine, ...]


class Parcels(NamedTuple):
    """The parcels of a crate or a delivery: how many stand at which stage, and the first of their codes."""

    stages: tuple[tuple[str, int], ...]
    shown: tuple[tuple[str, str], ...]
    total: int


@router.get("/audit/{folder}/{code}.csv")
def trail_as_table(
    request: Request, folder: Folder, code: str, person: Exports, compound: CompoundInView, house: InHouse
) -> Response:
    del folder
    language = language_of(request)
    wanted = read_code(code)
    with house.read.reading() as rows:
        trail = READERS[kind_of(wanted)](rows, compound, wanted) if wanted else None
        if trail is None:
            return unknown(request, wanted)
        must(within_reach(person, trail), "export")
        titles = titles_in(rows, compound, trail)
    header = [say(language, each) for each in COLUMNS]
    return csv_answer(f"trail-{trail.code}", compound, header, (cells(language, each, titles) for each in trail.steps))


def within_reach(person: Person, trail: Trail) -> bool:
    """A parcel or a crate of another building is another captain's to look at."""
    meant = trail.parcel.meant if trail.parcel else None
    goods = trail.parcel or trail.crate
    return of_own_group_buy(person, meant.group_buy if meant else None) and in_own_building(
        person, goods.building if goods else None
    )


@router.get("/audit/{folder}/{code}")
def trail_page(
    request: Request, folder: Folder, code: str, person: SeesTrail, compound: CompoundInView, house: InHouse
) -> Response:
    language = language_of(request)
    wanted = read_code(code)
    if wanted is None:
        return unknown(request, None)
    kind = kind_of(wanted)
    if folder != FOLDERS[kind] or code != wanted:
        return RedirectResponse(f"/audit/{FOLDERS[kind]}/{wanted}", SEE_OTHER)
    with house.read.reading() as rows:
        trail = READERS[kind](rows, compound, wanted)
        if trail is None:
            return unknown(request, wanted)
        must(within_reach(person, trail), "see-trail")
        titles = titles_in(rows, compound, trail)
        parcels = parcels_near(rows, compound, trail)
    lines = [trail_line(language, step) for step in trail.steps]
    return render(
        request,
        "audit_trail.html",
        kind=kind,
        asked=wanted,
        trail=trail,
        days=list(days_of(lines)),
        treatments=[treatment_line(language, each) for each in trail.treatments if each.started or each.finished],
        parcels=parcels,
        titles=titles,
        folders=FOLDERS,
        tell=lambda event: sentence(language, event, titles),
        goods_title=GOODS_TITLES[kind],
        open_doubts=sum(len(step.open_doubts) for step in trail.steps if not is_of_delivery(step)),
        of_delivery=sum(len(step.open_doubts) for step in trail.steps if is_of_delivery(step)),
        may_search=person.may("search"),
        may_export=person.may("export"),
        may_scan=person.may("scan"),
    )


GOODS_TITLES: Final[Mapping[Kind, str]] = {"parcel": N_("Parcel"), "crate": N_("Crate"), "delivery": N_("Delivery")}
COLUMNS: Final = (
    N_("Position"), N_("Happened"), N_("Recorded"), N_("Clock of the phone"), N_("Fact"), N_("In words"), N_("Who"),
    N_("Where"), N_("Device"), N_("Inherited from"), N_("Open doubts"), N_("Settled doubts"), N_("Explained since"),
    N_("Taken back by"), N_("Scan"),
)  # fmt: skip


def unknown(request: Request, code: str | None) -> Response:
    return render(request, "audit_unknown.html", status_code=NOT_FOUND, code=code)


def is_of_delivery(step: Step) -> bool:
    """A doubt about it is one of the delivery's, and is counted there."""
    return step.inherited_from is not None and kind_of(step.inherited_from) == "delivery"


def days_of(lines: Sequence[TrailLine]) -> Iterator[Day]:
    for day, of_day in groupby(lines, key=lambda line: day_text(line.step.event.happened_at)):
        yield Day(day, tuple(of_day))


def day_text(moment: datetime) -> str:
    return moment.astimezone(PLACE_TIME).date().isoformat()


def trail_line(language: Language, step: Step) -> TrailLine:
    told = SENTENCES[type(step.event).__name__]
    return TrailLine(
        step=step,
        look=Look(told.text, told.icon, told.tone),
        quiet=isinstance(step.event, ScanAnnulled | DoubtSettled),
        delay=delay_text(language, step.recorded_at - step.event.happened_at),
        station=station_of(step.event),
        source=kind_of(step.inherited_from) if step.inherited_from else None,
        doubts=tuple(doubt_lines(language, step)),
        annulled=annulled_text(language, step.annulled_by) if step.annulled_by else "",
    )


def station_of(event: Event) -> str | None:
    return event.station if isinstance(event, GoodsFact) else None


def doubt_lines(language: Language, step: Step) -> Iterator[DoubtLine]:
    for rule in step.doubts:
        settling = step.settled.get(rule)
        if settling is None:
            yield DoubtLine(doubt_text(language, rule), "open")
        else:
            yield DoubtLine(doubt_text(language, rule), "settled", settled_text(language, settling))
    for rule in step.healed:
        yield DoubtLine(doubt_text(language, rule), "healed")


def settled_text(language: Language, settling: DoubtSettled) -> str:
    return say(
        language,
        "Settled by %(who)s at %(when)s: %(reason)s.",
        who=settling.actor,
        when=settling.happened_at.astimezone(PLACE_TIME).strftime("%m-%d %H:%M"),
        reason=choice(language, "settle", settling.reason),
    )


def annulled_text(language: Language, undo: ScanAnnulled) -> str:
    when = undo.happened_at.astimezone(PLACE_TIME).strftime("%m-%d %H:%M")
    if undo.reason is None:
        return say(language, "Taken back by %(who)s at %(when)s.", who=undo.actor, when=when)
    reason = choice(language, "annul", undo.reason)
    return say(language, "Taken back by %(who)s at %(when)s: %(reason)s.", who=undo.actor, when=when, reason=reason)


def delay_text(language: Language, delay: timedelta) -> str:
    """How long after it happened it was recorded; empty where it was recorded at once."""
    if delay < LATE:
        return ""
    minutes = int(delay.total_seconds() // 60)
    if minutes < 60:  # noqa: PLR2004 — an hour
        return say(language, "recorded %(minutes)s min later", minutes=minutes)
    return say(language, "recorded %(hours)s h %(minutes)s min later", hours=minutes // 60, minutes=minutes % 60)


def treatment_line(language: Language, treatment: Treatment) -> TreatmentLine:
    started, finished = treatment
    code = started.subject if started else finished.subject if finished else ""
    contact = treatment.contact_time
    return TreatmentLine(
        treatment=treatment,
        agent=choice(language, "agent", started.agent) if started else "",
        mg_per_litre=started.mg_per_litre if started else None,
        minutes=int(contact.total_seconds() // 60) if contact is not None else None,
        strong_enough=started is not None and not doubts_of_start(started),
        long_enough=finished is not None and not doubts_of_finish(treatment),
        code=code,
        source=kind_of(code),
    )


def parcels_near(rows: Rows, compound: str, trail: Trail) -> Parcels | None:
    if trail.parcel is not None:
        return None
    if trail.crate is not None:
        packed = [code for fact in trail.crate.packed for code in fact.parcels]
        codes = list(trail.crate.members) or list(dict.fromkeys(packed))
    elif trail.delivery is not None:
        codes = parcels_of_delivery(rows, compound, trail.delivery)
    else:
        codes = []
    standing = custody.rows_of(rows, compound, codes) if codes else {}
    if trail.delivery is not None:
        codes = [code for code in codes if code in standing]
    stages: dict[str, int] = {}
    for row in standing.values():
        stages[row.stage] = stages.get(row.stage, 0) + 1
    shown = [(code, standing[code].stage if code in standing else "declared") for code in codes[:CODES_SHOWN]]
    return Parcels(tuple(stages.items()), tuple(shown), len(codes))


def cells(language: Language, step: Step, titles: Titles) -> tuple[object, ...]:
    event = step.event
    lines = list(doubt_lines(language, step))
    by_state = {
        state: " ".join(f"{line.text} {line.note}".strip() for line in lines if line.state == state)
        for state in ("open", "settled", "healed")
    }
    return (
        step.position,
        event.happened_at,
        step.recorded_at,
        event.clock_reading,
        type(event).__name__,
        sentence(language, event, titles),
        event.actor,
        station_of(event),
        event.device,
        step.inherited_from,
        by_state["open"],
        by_state["settled"],
        by_state["healed"],
        annulled_text(language, step.annulled_by) if step.annulled_by else None,
        event.command,
    )
