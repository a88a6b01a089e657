"""The scan page: choose a step, then one code after another, by typing or pasting; works without JavaScript too.

The application keeps ``app.state.scan_intake``, which records items as ``POST /api/scans`` does and returns its answers.
"""

import asyncio
import re
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Protocol
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from domain.goods.codes import read_code, spaced
from services.access import STEPS, CompoundInView, NotAllowed, Person, Scans, Step
from services.crew.coming_in import waits_to_start
from services.pages.language import N_, Language, language_of, say
from services.pages.layout import render
from services.pages.mistakes import LABELS
from services.pages.words import DOUBTS, OUTCOMES, SET_ASIDE
from services.wiring import House

router = APIRouter(include_in_schema=False)

NAMED_BY_DOOR: Final[frozenset[Step]] = frozenset(
    {
        "disinfect-start", "disinfect-finish", "sort", "hand-over", "deliver", "report", "return", "hold", "release",
        "destroy",
    }
)  # fmt: skip
FIELDS: Final[Mapping[Step, tuple[str, ...]]] = {
    "declare": ("supplier", "vehicle", "pieces", "group_buys"),
    "arrive": (),
    "admit": ("reason",),
    "turn-away": ("reasons",),
    "count": ("pieces", "damaged"),
    "disinfect-start": ("agent", "mg_per_litre", "method", "faces"),
    "disinfect-finish": ("minutes",),
    "sort": ("delivery",),
    "fill-crate": ("building", "parcels"),
    "open-crate": (),
    "hand-over": ("giver", "taker", "taker.kind", "taker.id"),
    "deliver": ("how", "to"),
    "report": ("problem",),
    "return": ("reason",),
    "hold": ("reason",),
    "release": ("reason", "emergency"),
    "destroy": ("reason",),
    "annul": ("scan", "reason"),
}
SET_ONCE: Final = frozenset(
    {"agent", "mg_per_litre", "method", "faces", "giver", "taker", "taker.kind", "taker.id", "how", "delivery"}
)
"""Fields that stay as they are from one scan to the next."""
WHOLE_NUMBERS: Final = frozenset({"pieces", "damaged", "mg_per_litre", "minutes", "piece", "of"})
HOLDERS: Final = frozenset({"giver", "taker"})
"""Chosen from a list as ``kind:id``; what is chosen there counts before what is typed."""
SEVERAL: Final = frozenset({"reasons", "faces"})
LINES: Final = frozenset({"parcels", "group_buys"})
LIKE_A_DOOR: Final = r"\d{1,4}(\s*[-–—－]\s*\d{2,5}|\s*(号楼?|[栋幢座])(\s*\d{2,5})?)室?"
"""What stands in the field for codes where there is no label; no code of a label and no bar code reads so. Also for JavaScript."""
UNREAD: Final[Mapping[Step, str]] = {"fill-crate": "unread_parcels", "deliver": "unread_to"}
"""How it is said that a scan was recorded without something sent with it; as scan.js says it."""
NEEDS_NO_CODE: Final[frozenset[Step]] = frozenset({"declare"})
MOST_AT_ONCE: Final = 500
SEE_OTHER: Final = 303
NOT_FOUND: Final = 404

SENTENCES: Final[Mapping[str, str]] = {
    "ready": N_("Ready for the next code"),
    "sending": N_("Sending …"),
    "recorded": N_("%(n)s recorded"),
    "late": N_("%(n)s recorded late"),
    "duplicate": N_("%(n)s already recorded"),
    "partly": N_("%(n)s in part"),
    "doubts": N_("%(n)s with doubts"),
    "signed": N_("%(n)s still held"),
    "set_aside": N_("%(n)s set aside"),
    "unsent": N_("%(n)s not sent yet"),
    "again": N_("Scanned just now: the same code counts again after 5 seconds."),
    "one": N_("With a door, one label at a time."),
    "needed": N_("Type a code, or name the group buy and the door."),
    "no_label": N_(
        "%(door)s is a door, no code of a label. Is there no label on the parcel? Then name its group buy below and record it."
    ),
    "offline": N_("There is no connection. Keep this page open; it is sent as soon as there is one."),
    "signed_out": N_("Your sign-in is over. Sign in again in another tab; nothing typed here is lost."),
    "badge_over": N_(
        "Not recorded: your badge is over. What is typed stays here until a new badge was opened on this phone."
    ),
    "leaving": N_("You are not signed out yet: you are signed out as soon as they are sent."),
    "shift_goes_on": N_("Your shift is not ended yet: it ends as soon as they are sent."),
    "switch": N_("Choose another person once they are sent."),
    "another": N_(
        "Somebody else acts on this phone now. Choose yourself at the top in another tab; nothing typed here is lost."
    ),
    "gone": N_(
        "Somebody else acts on this phone now, and you are signed out here. Open a badge or link of your own in another tab; nothing typed here is lost."
    ),
    "undone": N_("Undone"),
    "came_late": N_("It arrived after your shift had ended, and the record says so."),
    "other_compound": N_("Another compound printed this label. Set it apart and ask staff."),
    "belongs_to": N_("Its own door: %(door)s."),
    "signed_first": N_("1 of 2 signatures: it stays held until a second member signs."),
    "signed_again": N_("You have signed already: it stays held until a second member signs."),
    "unread_parcels": N_("Not in the crate yet: %(what)s. No code of a parcel reads like that; scan or type it again."),
    "unread_to": N_("Recorded without the door: no door of this compound reads like %(what)s."),
    "last": N_("last at %(time)s"),
}


class ScanIntake(Protocol):
    async def __call__(self, person: Person, compound: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Records items of ``POST /api/scans`` and answers each, in order."""
        ...


class HandsOffered(Protocol):
    def __call__(self, person: Person, language: Language) -> Sequence[Any]:
        """Teams, who is on shift, captains and stations of the person's compound."""
        ...


@router.get("/scan")
async def scan_page(
    request: Request,
    person: Scans,
    step: str = "",
    code: Annotated[str, Query(max_length=200)] = "",
    scan: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    house: House | None = getattr(request.app.state, "house", None)
    if house is not None and await asyncio.to_thread(waits_to_start, house, person):
        return RedirectResponse("/shift", SEE_OTHER)
    if step and step not in STEPS:
        return unknown_step(request)
    chosen = _step(person, step)
    if chosen is None:
        return render(request, "scan_steps.html", steps=[each for each in person.steps if each != "annul"])
    return _filled(request, person, chosen, values={"codes": code, "scan": scan})


@router.post("/scan")
async def scan_without_script(request: Request, person: Scans, compound: CompoundInView, step: str = "") -> Response:
    if step and step not in STEPS:
        return unknown_step(request)
    chosen = _step(person, step)
    if chosen is None:
        raise NotAllowed("scan")
    async with request.form(max_fields=60, max_files=0) as form:
        items = items_from(form, chosen)
        kept = {name: form.getlist(name) if name in SEVERAL else form.get(name, "") for name in (*SET_ONCE, "station")}
    if not items:
        return _filled(request, person, chosen, values=kept, mistake="needed")
    if chosen in NAMED_BY_DOOR and (door := only_a_door(items)):
        return _filled(request, person, chosen, values={**kept, "door": door}, mistake="no_label")
    intake: ScanIntake = request.app.state.scan_intake
    answers = await intake(person, compound, items[:MOST_AT_ONCE])
    told = [answer_shown(request, answer, item) for answer, item in zip(answers, items, strict=False)]
    return _filled(request, person, chosen, values=kept, told=told)


def unknown_step(request: Request) -> Response:
    rule = "step-unknown"
    text = say(language_of(request), SET_ASIDE[rule])
    return render(request, "error.html", status_code=NOT_FOUND, status=NOT_FOUND, rule=rule, text=text)


def items_from(form: FormData, step: Step) -> list[dict[str, Any]]:
    """The items of one form: one for each code, or one for a door that was named instead."""
    common: dict[str, Any] = {"step": step}
    if _text(form, "station"):
        common["station"] = _text(form, "station")
    for name in FIELDS[step]:
        said = None if name in HOLDERS else _said(form, name)
        if said not in (None, "", []):
            whole, _, part = name.partition(".")
            if part:
                common.setdefault(whole, {})[part] = said
            else:
                common[name] = said
    common |= {name: holder for name in HOLDERS.intersection(FIELDS[step]) if (holder := holder_said(form, name))}
    if step in NAMED_BY_DOOR and _text(form, "door"):
        common |= {name: said for name in ("group_buy", "door", "piece") if (said := _said(form, name))}
        if step == "sort" and _text(form, "of"):
            common["of"] = _said(form, "of")
    codes = codes_in(_text(form, "codes"))
    if not codes and "door" not in common and step not in NEEDS_NO_CODE:
        return []
    moment = datetime.now(UTC).isoformat()
    named = [{"code": code} for code in codes] or [{}]
    return [{"id": str(time_ordered_id()), "happened_at": moment, **common, **code} for code in named]


def only_a_door(items: Sequence[Mapping[str, Any]]) -> str:
    """The door that was written instead of a code; empty where there is none, or a parcel is named as it should be."""
    code = str(items[0].get("code", "")) if len(items) == 1 and "door" not in items[0] else ""
    return code if re.fullmatch(LIKE_A_DOOR, code) else ""


def holder_said(form: FormData, name: str) -> dict[str, str] | None:
    kind, _, number = _text(form, name).partition(":")
    return {"kind": kind, "id": number} if number else None


def hands_offered(request: Request, person: Person) -> Sequence[Any]:
    """Groups of (kind:id, text) to hand over to; none where nobody is on shift and there is no team."""
    offered: HandsOffered | None = getattr(request.app.state, "hands_offered", None)
    return offered(person, language_of(request)) if offered else ()


def group_buys_offered(request: Request, person: Person) -> Sequence[str]:
    offered: Callable[[Person], Sequence[str]] | None = getattr(request.app.state, "group_buys_offered", None)
    return offered(person) if offered else ()


def codes_in(text: str) -> list[str]:
    """One code a line, or parted by commas; each once. Label addresses are left whole."""
    return list(dict.fromkeys(part.strip() for part in re.split(r"[\n\r\t,;，；、]+", text) if part.strip()))


def answer_shown(request: Request, answer: Mapping[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
    doubts: Sequence[str] = answer.get("doubts") or ()
    unread = answer.get("unread") or ()
    outcome = answer["outcome"]
    if outcome == "recorded" and (doubts or unread):
        outcome = "partly" if unread else "doubts"
    signature = answer.get("signature")
    if outcome == "recorded" and signature:
        outcome = "signed"
    language = language_of(request)
    beside = SENTENCES["other_compound"] if answer.get("other_compound") else None
    if signature:
        beside = SENTENCES[f"signed_{signature}"]
    text = why_aside(language, answer) or (say(language, beside) if beside else "")
    if belongs_to := answer.get("belongs_to"):
        own_door = SENTENCES["belongs_to"]
        text = " ".join(filter(None, (text, say(language, own_door, door=belongs_to))))
    if unread:
        sentence = SENTENCES[UNREAD[item["step"]]]
        text = say(language, sentence, what=", ".join(unread))
    code = answer.get("code") or item.get("code") or item.get("door", "")
    return {"outcome": outcome, "code": as_printed(code), "doubts": doubts, "text": text, "id": answer.get("id")}


def as_printed(code: str) -> str:
    """However it was typed, as it stands on the label; as it was typed where it is no code. As scan_items.js does it."""
    known = read_code(code)
    return spaced(known) if known else code


def why_aside(language: Language, answer: Mapping[str, Any]) -> str:
    """As scan.js says it: the field that is wrong comes first."""
    reason, told = str(answer.get("reason")), str(answer.get("text") or "")
    text = say(language, SET_ASIDE[reason]) if reason in SET_ASIDE else told
    field = re.split(r"[:.]", told)[0]
    if reason == "field-wrong" and field in LABELS:
        return say(language, "%(field)s: %(text)s", field=say(language, LABELS[field]), text=text)
    return text


def time_ordered_id() -> UUID:
    """A UUID of version 7: 48 bits of milliseconds, then chance."""
    bits = time.time_ns() // 1_000_000 << 80 | secrets.randbits(80)
    return UUID(int=bits & ~(0xF << 76 | 0x3 << 62) | 0x7 << 76 | 0x2 << 62)


def _filled(
    request: Request,
    person: Person,
    step: Step,
    *,
    values: Mapping[str, Any],
    told: Sequence[Mapping[str, Any]] = (),
    mistake: str = "",
) -> Response:
    language = language_of(request)
    sentences = {name: say(language, text) for name, text in SENTENCES.items()}
    if person.badge:
        sentences["leaving"] = sentences["shift_goes_on"]
    spoken = {
        "sentences": sentences,
        "door": LIKE_A_DOOR,
        "unread": UNREAD.get(step),
        "doubts": {rule: say(language, text) for rule, text in DOUBTS.items()},
        "reasons": {reason: say(language, text) for reason, text in SET_ASIDE.items()},
        "fields": {name: say(language, label) for name, label in LABELS.items() if name in FIELDS[step]},
        "outcomes": {
            outcome: {"text": say(language, look.text), "icon": look.icon, "tone": look.tone}
            for outcome, look in OUTCOMES.items()
        },
    }
    return render(
        request,
        "scan.html",
        step=step,
        fields=FIELDS[step],
        once=[name for name in FIELDS[step] if name in SET_ONCE],
        each_time=[name for name in FIELDS[step] if name not in SET_ONCE],
        by_door=step in NAMED_BY_DOOR,
        needs_code=step not in NEEDS_NO_CODE,
        values={"codes": "", "station": "", "door": "", "group_buy": "", **values},
        told=told,
        mistake=sentences.get(mistake, "").replace("%(door)s", values.get("door", "")),
        spoken=spoken,
        hands=hands_offered(request, person) if step == "hand-over" else (),
        group_buys=group_buys_offered(request, person) if step in NAMED_BY_DOOR or step == "declare" else (),
        outcomes=OUTCOMES,
    )


def _step(person: Person, named: str) -> Step | None:
    if not named:
        return None
    step = next((step for step in person.steps if step == named), None)
    if step is None:
        raise NotAllowed("scan")
    return step


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def _said(form: FormData, name: str) -> Any:
    if name in SEVERAL:
        return [value for value in form.getlist(name) if isinstance(value, str) and value]
    text = _text(form, name)
    if name in LINES:
        return codes_in(text)
    return int(text) if name in WHOLE_NUMBERS and re.fullmatch(r"\d{1,7}", text) else text
