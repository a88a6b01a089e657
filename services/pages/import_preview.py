"""The preview of a sign-up table: what would be booked, unclear rows to be settled by a person, and booking it."""

import hashlib
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, Final, NamedTuple

from fastapi import APIRouter, Depends, File, Request, UploadFile
from fastapi.responses import Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from domain.base import Refused
from domain.procurement.group_buys import RowCorrection
from infra.tables import UnreadableFile
from services.access import CompoundInView, ImportsOrders, Person, must
from services.imports import booking, handing_over
from services.imports.corrections import Correction, corrections_csv, read_corrections
from services.imports.layouts import UnreadableTable
from services.imports.shelf import Booked, OrdersToBook, Shelf
from services.pages.import_cards import MOST_CARDS, Card, cards, corrections_in, mistake_in, typed
from services.pages.import_desk import (
    NOT_YOUR_GROUP_BUY,
    AtDesk,
    address,
    see_other,
    sheets_of,
    shown_everywhere,
    status_of,
    unreadable_text,
)
from services.pages.import_words import OUTCOMES, notice_text, refused_text, row_text
from services.pages.language import language_of, say
from services.pages.layout import render
from services.roles import of_own_group_buy
from services.wiring import House, now

router = APIRouter(include_in_schema=False)

CARDS_READ: Final = 10_000
ROWS_ON_A_PAGE: Final = 100
DOORS_SHOWN: Final = 200


async def form_sent(request: Request) -> FormData:
    return await request.form(max_fields=CARDS_READ)


SentForm = Annotated[FormData, Depends(form_sent)]


class View(NamedTuple):
    """Whose preview it is, and where it stands."""

    request: Request
    house: House
    shelf: Shelf
    person: Person
    compound: str
    token: str

    def kept(self) -> OrdersToBook:
        """Raises Refused when it is no longer there."""
        kept = self.shelf.find(self.token, self.compound, self.person.actor, OrdersToBook)
        if kept is None:
            raise Refused("preview-over", "The preview is over; choose the file again.")
        return kept


@router.get("/import/previews/{token}")
def preview_page(person: ImportsOrders, compound: CompoundInView, desk: AtDesk, token: str, ok: int = 1) -> Response:
    view = View(*desk, person, compound, token)
    try:
        kept = view.kept()
        return booked_page(view, kept.booked) if kept.booked else page(view, kept, ok_page=max(1, ok))
    except Refused as refusal:
        return over(view, refusal)


@router.post("/import/previews/{token}")
def settle(person: ImportsOrders, compound: CompoundInView, desk: AtDesk, token: str, form: SentForm) -> Response:
    """Takes the corrections in; books where that was asked for and nothing else was said in the same breath."""
    view = View(*desk, person, compound, token)
    try:
        kept = view.kept()
        shown = look(view, kept)
    except Refused as refusal:
        return over(view, refusal)
    if kept.booked:
        return see_other(view.request, f"/import/previews/{view.token}")
    said, told = said_in(form, kept, cards(shown.reading, kept.wanted.corrections)[:MOST_CARDS], view)
    view.shelf.replace(view.token, said)
    if any(card.mistake for card in told):
        return page(view, said, told=told, status=422)
    if form.get("act") != "book":
        return see_other(view.request, f"/import/previews/{view.token}")
    try:
        if other_than(said.wanted, kept.wanted):
            raise Refused("changed-meanwhile", "Your corrections were read; look again, then book.")
        booked = book(view, said, form)
    except Refused as refusal:
        return page(view, said, refusal=refusal, status=409)
    view.shelf.replace(view.token, said._replace(booked=booked))
    return see_other(view.request, f"/import/previews/{view.token}")


@router.get("/import/previews/{token}/corrections.csv")
def corrections_file(person: ImportsOrders, compound: CompoundInView, desk: AtDesk, token: str) -> Response:
    view = View(*desk, person, compound, token)
    try:
        content = corrections_csv(look(view, view.kept()).reading)
    except Refused as refusal:
        return over(view, refusal)
    headers = {"Content-Disposition": f'attachment; filename="{view.compound}-corrections.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/import/previews/{token}/corrections")
def take_corrections_file(
    person: ImportsOrders,
    compound: CompoundInView,
    desk: AtDesk,
    token: str,
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    view = View(*desk, person, compound, token)
    try:
        kept = view.kept()
        shown = look(view, kept)
    except Refused as refusal:
        return over(view, refusal)
    try:
        said = read_corrections(sheets_of(file), kept.reading, shown.reading)
        found = tuple(bookable(each) for each in said)
    except (UnreadableFile, UnreadableTable) as error:
        told = unreadable_text(language_of(view.request), error)
        return page(view, kept, wrong=told, status=status_of(error))
    merged = {each.digest: each for each in (*kept.wanted.corrections, *found)}
    wanted = kept.wanted._replace(corrections=tuple(merged.values()))
    view.shelf.replace(view.token, kept._replace(wanted=wanted))
    return see_other(view.request, f"/import/previews/{view.token}")


def bookable(correction: Correction) -> Correction:
    """Raises UnreadableTable where a building or room could never be a door."""
    try:
        RowCorrection(**correction.model_dump(exclude={"row"}))
    except ValidationError:
        raise UnreadableTable("not-a-door", "building and room: letters and digits", correction.row) from None
    return correction.model_copy(update={"row": None})


def said_in(form: FormData, kept: OrdersToBook, shown: list[Card], view: View) -> tuple[OrdersToBook, list[Card]]:
    """The same with what the form says, and the cards with what was typed into them."""
    roster = view.house.places.roster(view.compound)
    taken_back = {value for value in form.getlist("back") if isinstance(value, str)}
    corrections = {each.digest: each for each in kept.wanted.corrections if each.digest not in taken_back}
    told = []
    for card in shown:
        fields = typed(card, form)
        mistake = mistake_in(fields)
        told.append(card._replace(fields=fields, mistake=mistake))
        for row in card.rows:
            corrections.pop(row.digest, None)
        if not mistake:
            corrections |= {each.digest: each for each in corrections_in(card, fields, roster)}
    named = str(form.get("instead") or form.get("group_buy") or "").strip()[:120]
    wanted = kept.wanted._replace(
        named=named if named and named != form.get("title") else kept.wanted.named,
        add_doors=bool(form.get("add_doors")),
        corrections=tuple(corrections.values()),
    )
    return kept._replace(wanted=wanted), told


def other_than(one: booking.Wanted, other: booking.Wanted) -> bool:
    """Whether they say something else; the order of corrections says nothing."""
    plain = [each._replace(corrections=()) for each in (one, other)]
    return plain[0] != plain[1] or set(one.corrections) != set(other.corrections)


def look(view: View, kept: OrdersToBook) -> booking.Preview:
    """Raises Refused where a value is too long or too large to be booked, NotAllowed for another's group buy."""
    roster = view.house.places.roster(view.compound)
    try:
        shown = booking.preview(view.house.read, view.house.directory, view.compound, kept.reading, roster, kept.wanted)
    except ValidationError:
        raise Refused("too-long", "A value of this table is too long or too large.") from None
    must(of_own_group_buy(view.person, shown.group_buy), "import-orders", NOT_YOUR_GROUP_BUY)
    return shown


def book(view: View, kept: OrdersToBook, form: FormData) -> Booked:
    shown = look(view, kept)
    if form.get("seen") != seen(shown):
        raise Refused("changed-meanwhile", "Something changed since; look again, then book.")
    said: dict[str, Any] = {"compound": view.compound, "actor": view.person.actor, "at": now()}
    said |= {"leave_unclear": bool(form.get("leave_unclear")), "sure": bool(form.get("sure"))}
    asked = booking.booking(shown, view.house.places.roster(view.compound), **said)
    answer, cards = handing_over.book(view.house, asked, shown)
    shown_everywhere(view.house)
    return Booked(
        command=asked.command.hex,
        group_buy=shown.group_buy,
        title=shown.title,
        changes=shown.changes,
        anything=bool(answer.events),
        new_doors=len(shown.reading.new_doors) if asked.doors else 0,
        cards=cards,
    )


def seen(shown: booking.Preview) -> str:
    """Names all that a person was shown, so that nothing else is booked."""
    told = (shown.group_buy, shown.digest, shown.changes, shown.reading.new_doors, shown.same_as, shown.new_corrections)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:24]


def question(view: View, shown: booking.Preview) -> Refused | None:
    """What booking would ask a person to confirm."""
    roster = view.house.places.roster(view.compound)
    try:
        booking.booking(shown, roster, compound=view.compound, actor=view.person.actor, at=now(), leave_unclear=True)
    except Refused as refusal:
        return refusal
    return None


def page(
    view: View,
    kept: OrdersToBook,
    *,
    told: Sequence[Card] = (),
    refusal: Refused | None = None,
    wrong: str = "",
    ok_page: int = 1,
    status: int = 200,
) -> Response:
    language = language_of(view.request)
    shown = look(view, kept)
    reading, changes = shown.reading, shown.changes
    asked = question(view, shown)
    ok = reading.of("ok")
    typed_in = {card.key: card for card in told}
    unclear = [typed_in.get(card.key, card) for card in cards(reading, kept.wanted.corrections)]
    still = {row.digest for row in reading.of("unclear")}
    by_digest = {row.digest: row for row in reading.rows}
    said = [by_digest[c.digest] for c in kept.wanted.corrections if c.digest in by_digest and c.digest not in still]
    settled = {row.digest for row in kept.reading.of("unclear")} - still
    context: dict[str, Any] = {
        "address": partial(address, view.request),
        "token": view.token,
        "shown": shown,
        "seen": seen(shown),
        "wanted": kept.wanted,
        "outcomes": OUTCOMES,
        "counts": {outcome: len(reading.of(outcome)) for outcome in OUTCOMES},
        "doors": len(shown.orders),
        "changes": changes,
        "doors_shown": DOORS_SHOWN,
        "nothing_new": shown.known and not (any(changes[:3]) or shown.new_corrections or shown.new_cards),
        "question": asked.rule if asked else "",
        "question_text": refused_text(language, asked) if asked else "",
        "refusal": refused_text(language, refusal) if refusal else "",
        "wrong": wrong,
        "mistaken": next((card.key for card in told if card.mistake), ""),
        "cards": unclear[:MOST_CARDS],
        "more_cards": max(0, len(unclear) - MOST_CARDS),
        "why": partial(row_text, language),
        "notices": [notice_text(language, each) for each in reading.notices],
        "skipped": reading.of("skipped")[:DOORS_SHOWN],
        "said": said,
        "said_before": len(settled - {row.digest for row in said}),
        "ok_rows": ok[(ok_page - 1) * ROWS_ON_A_PAGE : ok_page * ROWS_ON_A_PAGE],
        "ok_page": ok_page,
        "ok_pages": -(-len(ok) // ROWS_ON_A_PAGE),
        "may_add": view.person.may("import-households"),
    }
    return render(view.request, "import_preview.html", status_code=status, **context)


def booked_page(view: View, booked: Booked) -> Response:
    links: dict[str, Any] = {"may_print": view.person.may("print-sheets"), "may_label": view.person.may("print-labels")}
    return render(view.request, "import_booked.html", booked=booked, address=partial(address, view.request), **links)


def over(view: View, refusal: Refused) -> Response:
    language = language_of(view.request)
    text = refused_text(language, refusal)
    back: dict[str, Any] = {
        "link": address(view.request, "/import"),
        "link_text": say(language, "Choose the file again"),
    }
    return render(
        view.request, "import_over.html", status_code=410 if refusal.rule == "preview-over" else 422, text=text, **back
    )
