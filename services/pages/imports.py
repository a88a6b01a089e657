"""Importing sign-up tables: choose a file, see what was imported before, take an import back."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import Response
from pydantic import ValidationError

from domain.base import GroupBuyId, Refused
from domain.community.doors import Roster
from domain.procurement.group_buys import UndoImport
from infra.tables import UnreadableFile
from projections import orders, roster
from projections.packed_pieces import Packed, packed_pieces
from services.access import CompoundInView, Exports, ImportsOrders, Person, must
from services.api.house import InHouse
from services.csv_out import csv_answer
from services.imports import handing_over
from services.imports.booking import Wanted, orders_in
from services.imports.layouts import UnreadableTable
from services.imports.orders import OrderReading, read_orders
from services.imports.shelf import OrdersToBook
from services.pages import import_preview, imports_roster
from services.pages.import_desk import (
    NOT_YOUR_GROUP_BUY,
    AtDesk,
    CompoundOrNone,
    Desk,
    Unreadable,
    address,
    asked_by,
    file_name,
    see_other,
    sheets_of,
    shown_everywhere,
    status_of,
    unreadable_text,
)
from services.pages.import_words import refused_text
from services.pages.language import N_, language_of, say
from services.pages.layout import render
from services.pages.lists import header, moment
from services.roles import of_own_group_buy

router = APIRouter(include_in_schema=False)

PASSWORD_ASKED: Final = frozenset({"password-missing", "password-wrong"})
HEADER: Final = (
    N_("Imported"), N_("Group buy"), N_("Rows"), N_("Doors booked"), N_("Left unclear"), N_("Skipped"), N_("State"),
    N_("Who"), N_("Id of the import"),
)  # fmt: skip


class Said(NamedTuple):
    """The form as it was sent, without file and password."""

    group_buy: str = ""
    add_doors: bool = False
    sheet: str = ""


@router.get("/import")
def import_page(person: ImportsOrders, compound: CompoundOrNone, desk: AtDesk, undone: str = "") -> Response:
    return page(desk, person, compound, undone=undone)


async def said_of(
    group_buy: Annotated[str, Form(max_length=120)] = "",
    sheet: Annotated[str, Form(max_length=255)] = "",
    add_doors: Annotated[str, Form(max_length=5)] = "",
) -> Said:
    return Said(group_buy.strip(), bool(add_doors), sheet)


@router.post("/import")
def read_table(
    person: ImportsOrders,
    compound: CompoundInView,
    desk: AtDesk,
    said: Annotated[Said, Depends(said_of)],
    file: Annotated[UploadFile | None, File()] = None,
    password: Annotated[str, Form(max_length=255)] = "",
) -> Response:
    try:
        doors = desk.house.places.roster(compound)
        if not doors.buildings:
            raise Refused("compound-founded", "There is no roster yet.")
        reading = reading_of(file, password, said, doors)
    except (UnreadableFile, UnreadableTable) as error:
        return page(desk, person, compound, said=said, error=error)
    except Refused as refusal:
        return page(desk, person, compound, said=said, refusal=refusal)
    assert file is not None  # noqa: S101 — reading_of has read it
    wanted = Wanted(file_name(file), said.group_buy or None, add_doors=said.add_doors)
    token = desk.shelf.put(compound, person.actor, OrdersToBook(reading, wanted))
    return see_other(desk.request, f"/import/previews/{token}")


def reading_of(file: UploadFile | None, password: str, said: Said, doors: Roster) -> OrderReading:
    """Raises UnreadableFile or UnreadableTable."""
    reading = read_orders(sheets_of(file, password), doors, add_doors=said.add_doors, sheet=said.sheet or None)
    try:
        orders_in(reading.rows)
    except ValidationError:
        raise UnreadableTable("too-long", "a value of this table is too long or too large") from None
    return reading


@router.post("/import/undo")
def undo_import(
    person: ImportsOrders,
    compound: CompoundInView,
    desk: AtDesk,
    group_buy: Annotated[GroupBuyId, Form()],
    command: Annotated[UUID, Form()],
    sure: Annotated[str, Form(max_length=5)] = "",
) -> Response:
    must(of_own_group_buy(person, group_buy), "import-orders", NOT_YOUR_GROUP_BUY)
    try:
        request = UndoImport(**asked_by(compound, person.actor), group_buy=group_buy, undone=command)
        handing_over.undo(desk.house, request, sure=bool(sure))
        shown_everywhere(desk.house)
    except Refused as refusal:
        return page(desk, person, compound, refusal=refusal)
    return see_other(desk.request, "/import", undone=command.hex)


@router.get("/import.csv")
def imports_csv(
    request: Request, _person: ImportsOrders, _exports: Exports, compound: CompoundInView, house: InHouse
) -> Response:
    language = language_of(request)
    with house.read.reading() as rows:
        listed = orders.imports(rows, compound)
    lines = (
        (
            moment(each.imported_at),
            each.title,
            each.rows,
            each.booked,
            each.left_unclear,
            each.skipped,
            say(language, N_("Undone")) if each.undone else say(language, N_("In force")),
            each.actor,
            each.command,
        )
        for each in listed
    )
    return csv_answer("imports", compound, header(language, HEADER), lines)


def latest_of_each(listed: Sequence[orders.Import]) -> set[str]:
    """The imports that may be undone: the latest of each group buy that stands."""
    latest: dict[str, str] = {}
    for each in listed:
        if not each.undone:
            latest.setdefault(each.group_buy, each.command)
    return set(latest.values())


def sheets_named(error: Unreadable | None) -> list[str]:
    """The sheets between which a person has to choose."""
    if error is None or error.reason != "several-order-sheets":
        return []
    return error.text.partition(": ")[2].rpartition("; ")[0].split(", ")


def page(
    desk: Desk,
    person: Person,
    compound: str | None,
    *,
    said: Said = Said(),  # noqa: B008 — a tuple, never changed
    error: UnreadableFile | UnreadableTable | None = None,
    refusal: Refused | None = None,
    undone: str = "",
) -> Response:
    request, house = desk.request, desk.house
    language = language_of(request)
    known: list[orders.GroupBuyRow] = []
    listed: list[orders.Import] = []
    rosters: list[roster.RosterImport] = []
    packed: dict[str, Packed] = {}
    if compound is not None:
        with house.read.reading() as rows:
            known = [row for row in orders.group_buys(rows, compound) if of_own_group_buy(person, row.group_buy)]
            listed = [each for each in orders.imports(rows, compound) if of_own_group_buy(person, each.group_buy)]
            rosters = roster.roster_imports(rows, compound) if undone else []
            packed = packed_pieces(rows, compound)
    has_roster = compound is not None and bool(house.places.roster(compound).buildings)
    shown: dict[str, Any] = {
        "address": partial(address, request),
        "compound": compound,
        "has_roster": has_roster,
        "said": said,
        "asks_password": error is not None and error.reason in PASSWORD_ASKED,
        "sheets": sheets_named(error),
        "told": unreadable_text(language, error) if error else "",
        "refusal": refused_text(language, refusal) if refusal else "",
        "group_buys": known,
        "imports": [(each, moment(each.imported_at)) for each in listed],
        "latest": latest_of_each(listed),
        "packed": packed,
        "undone": next((each for each in listed if each.command == undone and each.undone), None),
        "doors_stay": sum(each.households for each in rosters if each.command == undone and not each.undone),
        "may_export": person.may("export"),
        "may_add": person.may("import-households"),
        "may_found": person.may("found-compound") and person.compound is None,
    }
    status = status_of(error) if error else 409 if refusal else 200
    return render(request, "import.html", status_code=status, **shown)


router.include_router(import_preview.router)
router.include_router(imports_roster.router)
