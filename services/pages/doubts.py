"""The inbox of doubts: what does not fit, settled with a reason; and the scans that could not be read at all."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final, Literal, NamedTuple
from urllib.parse import urlencode
from uuid import NAMESPACE_OID, UUID, uuid5

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field

from domain.goods.facts import SettlingReason
from projections import doubts
from projections.base import Rows
from projections.doubts import OpenDoubt, SettledDoubt
from services.access import CompoundInView, Exports, SeesDoubts, SettlesDoubts
from services.api import goods
from services.api.house import InHouse
from services.csv_out import csv_answer
from services.directory import purge_set_aside
from services.pages import set_aside_lines
from services.pages.language import N_, Language, language_of, say
from services.pages.layout import render
from services.pages.lists import STEP_OF_FACT, header, moment, trail_address
from services.pages.set_aside_lines import asides
from services.pages.words import CHOICES, DOUBTS, doubt_text, step_name
from services.undelivered import in_number_order

router = APIRouter(include_in_schema=False)

SEE_OTHER: Final = 303
READ_AT_MOST: Final = 5000
SHOWN_AT_MOST: Final = 150
EXPORTED_AT_MOST: Final = 1_000_000
GOODS_AT_LARGE: Final = "-"
"""Chooses doubts about deliveries and crates, which belong to no building."""

View = Literal["open", "settled", "aside"]
RuleChosen = Annotated[str, Field(max_length=40, pattern=r"^[a-z-]*$")]
BuildingChosen = Annotated[str, Field(max_length=16)]
Pick = Annotated[str, Field(pattern=r"^[0-9a-f]{32}\.[a-z-]{1,40}\.[0-9A-HJKMNP-TV-Z]{6,16}$")]

HEADER: Final = (
    N_("When"), N_("Rule"), N_("What it says"), N_("Step"), N_("Station"), N_("By"), N_("Building"), N_("Door"),
    N_("Code"), N_("Parcels"), N_("Settled"), N_("Reason"), N_("Settled by"),
)  # fmt: skip


class SettlingForm(BaseModel):
    """The lines that were selected, and the choice in which they were shown."""

    reason: SettlingReason
    picks: Annotated[list[Pick], Field(max_length=500)] = []
    rule: RuleChosen = ""
    building: BuildingChosen = ""


class Line(NamedTuple):
    """One doubt as the inbox tells it, open or settled."""

    doubt: OpenDoubt | SettledDoubt
    at: datetime
    step: str | None
    trail: str | None
    settled_at: datetime | None

    @property
    def pick(self) -> str:
        return f"{self.doubt.scan}.{self.doubt.rule}.{self.doubt.code}"

    @property
    def needs_signature(self) -> bool:
        return self.doubt.rule == goods.CLOSED_BY_SIGNATURE


class Chosen(NamedTuple):
    show: View
    rule: str
    building: str

    def fits(self, doubt: OpenDoubt | SettledDoubt) -> bool:
        return self.rule in {"", doubt.rule} and self.building in {"", doubt.building or GOODS_AT_LARGE}

    def address(self, **other: str) -> str:
        kept = {name: value for name, value in {**self._asdict(), **other}.items() if value and value != "open"}
        return f"/doubts?{urlencode(kept)}" if kept else "/doubts"


class InboxAsked(BaseModel):
    show: View = "open"
    rule: RuleChosen = ""
    building: BuildingChosen = ""
    every: bool = False
    """All lines are selected."""
    done: Annotated[int, Field(ge=0, le=9999)] = 0
    """As many were settled just now."""
    none: bool = False
    """A reason was chosen, but no line."""

    @property
    def chosen(self) -> Chosen:
        return Chosen(self.show, self.rule, self.building)


@router.get("/doubts")
def doubts_page(
    request: Request,
    person: SeesDoubts,
    compound: CompoundInView,
    house: InHouse,
    asked: Annotated[InboxAsked, Query()],
) -> Response:
    chosen = asked.chosen
    with house.read.reading() as rows:
        known = read(rows, compound, asked.show, READ_AT_MOST)
        counted = doubts.open_count(rows, compound)
        aside = asides(rows, house, compound, language_of(request)) if asked.show == "aside" else []
        set_aside = len(doubts.set_aside(rows, compound))
    fitting = [line_of(doubt) for doubt in known if chosen.fits(doubt)]
    return render(
        request,
        "doubts.html",
        chosen=chosen,
        lines=fitting[:SHOWN_AT_MOST],
        fitting=len(fitting),
        aside=aside,
        counts={"open": counted, "aside": set_aside},
        rules=Counter(doubt.rule for doubt in known if chosen._replace(rule="").fits(doubt)).most_common(),
        buildings=sorted({doubt.building for doubt in known if doubt.building}, key=in_number_order),
        at_large=GOODS_AT_LARGE,
        every=asked.every,
        done=asked.done,
        nothing_selected=asked.none,
        raw_kept=person.may("settle-doubts") and any(one.raw for one in aside),
    )


@router.get("/doubts.csv")
def doubts_csv(
    request: Request,
    _person: SeesDoubts,
    _exports: Exports,
    compound: CompoundInView,
    house: InHouse,
    asked: Annotated[InboxAsked, Query()],
) -> Response:
    language = language_of(request)
    chosen = asked.chosen
    with house.read.reading() as rows:
        if asked.show == "aside":
            found = asides(rows, house, compound, language)
            told = map(set_aside_lines.exported, found)
            return csv_answer("set-aside", compound, header(language, set_aside_lines.HEADER), told)
        known = read(rows, compound, asked.show, EXPORTED_AT_MOST)
    lines = (exported(language, line_of(doubt)) for doubt in known if chosen.fits(doubt))
    return csv_answer("doubts", compound, header(language, HEADER), lines)


@router.post("/doubts/settle")
async def settle(
    person: SettlesDoubts, compound: CompoundInView, house: InHouse, form: Annotated[SettlingForm, Form()]
) -> Response:
    """What needs a signature is left among many lines, and refused where nothing else was selected."""
    chosen = [settling_of(pick, form.reason) for pick in dict.fromkeys(form.picks)]
    settlings = [each for each in chosen if each.rule != goods.CLOSED_BY_SIGNATURE]
    if chosen and not settlings:
        raise goods.must_be_signed()
    recorded = await asyncio.gather(*(goods.settle(house, each, person, compound) for each in settlings))
    await asyncio.to_thread(house.shown, house.log.last_position(), 5)
    told = {"done": str(sum(recorded) or "")} if chosen else {"none": "1"}
    address = Chosen("open", form.rule, form.building).address(**told)
    return RedirectResponse(address, SEE_OTHER)


@router.post("/doubts/purge")
def purge(_person: SettlesDoubts, compound: CompoundInView, house: InHouse) -> Response:
    """Deletes what was sent; that something was set aside, when and why stays in the record."""
    purge_set_aside(house, compound)
    return RedirectResponse("/doubts?show=aside", SEE_OTHER)


def read(rows: Rows, compound: str, show: View, most: int) -> Sequence[OpenDoubt | SettledDoubt]:
    if show == "settled":
        return doubts.settled_doubts(rows, compound, most)
    return doubts.open_doubts(rows, compound, most) if show == "open" else []


def line_of(doubt: OpenDoubt | SettledDoubt) -> Line:
    at = moment(doubt.happened_at)
    assert at is not None  # noqa: S101 — every scan has a time
    settled_at = moment(doubt.settled_at) if isinstance(doubt, SettledDoubt) else None
    return Line(doubt, at, STEP_OF_FACT.get(doubt.name), trail_address(doubt.code), settled_at)


def settling_of(pick: str, reason: SettlingReason) -> goods.Settling:
    """The same doubt settled twice, by two people at once or by a second tap, is settled once."""
    scan, rule, code = pick.split(".")
    return goods.Settling(
        id=uuid5(NAMESPACE_OID, f"settled {scan} {rule}"), scan=UUID(scan), rule=rule, code=code, reason=reason
    )


def exported(language: Language, line: Line) -> tuple[object, ...]:
    doubt = line.doubt
    _, _, room = (doubt.household or "").partition("-")
    by = (line.settled_at, say(language, CHOICES["settle"][doubt.reason]), doubt.settled_by) if isinstance(
        doubt, SettledDoubt
    ) else ("", "", "")  # fmt: skip
    return (
        line.at, doubt.rule, doubt_text(language, doubt.rule) if doubt.rule in DOUBTS else "",
        step_name(language, line.step) if line.step else doubt.name, doubt.station, doubt.actor, doubt.building, room,
        doubt.code, doubt.parcels, *by,
    )  # fmt: skip
