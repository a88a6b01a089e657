"""/paper: delivery sheets, labels and signs; the address phones use is asked for before anything is printed."""

from asyncio import to_thread
from collections.abc import Sequence
from typing import Annotated, Final, Literal
from urllib.parse import urlencode
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from domain.goods.codes import Kind, read_code
from domain.goods.facts import PrintedLabel
from projections import deliveries, orders
from projections.base import Rows
from projections.orders import GroupBuyRow, Order
from services.access import CompoundInView, Person, PrintsLabels, PrintsSheets, must
from services.api.house import InHouse
from services.label_address import only_this_machine
from services.office import answer_of
from services.pages.language import N_, language_of, say
from services.pages.layout import render
from services.pages.paper_documents import (
    Served,
    goods_labels_document,
    labels_document,
    sheets_document,
    sign_document,
)
from services.paper.address import known_address, read_address, remember
from services.paper.pieces import MOST_LABELS, blank_labels, group_buy_named, orders_in
from services.paper.runs import labels_for_doors, labels_of, latest_runs, runs_to_record
from services.paper.sheets import SORTINGS
from services.paper.sizes import OFFERED, SHEET_STYLE, SIGNS, label_style, read_size, sign_style
from services.roles import in_own_building, of_own_group_buy
from services.wiring import House

router = APIRouter(include_in_schema=False)

SEE_OTHER: Final = 303
MOST_RUNS_AT_ONCE: Final = 20
MOST_SIGNS: Final = 30

Size = Annotated[str, Query(max_length=12)]
SizeField = Annotated[str, Form(max_length=12)]
BuildingSaid = Annotated[str, Query(max_length=16)]
ONLY_HERE: Final = N_("Phones cannot reach this address: labels printed with it only work on this computer.")


def address_known(house: House, request: Request) -> str | None:
    """As it was said or set; else as the browser came in, unless that is of no use to phones."""
    known = known_address(house)
    came_by = str(request.base_url).rstrip("/")
    return known or (None if only_this_machine(came_by) else read_address(came_by))


def warning(request: Request, address: str) -> str:
    return say(language_of(request), ONLY_HERE) if only_this_machine(address) else ""


def ask_for_address() -> Response:
    return RedirectResponse("/paper?ask=1#address", SEE_OTHER)


@router.get("/paper")
def paper(
    request: Request,
    person: PrintsSheets,
    compound: CompoundInView,
    house: InHouse,
    *,
    group_buy: Annotated[str, Query(max_length=64)] = "",
    ask: bool = False,
) -> Response:
    may_label = person.may("print-labels")
    address = address_known(house, request)
    with house.read.reading() as rows:
        known = orders.group_buys(rows, compound)
        bought = [row for row in known if row.doors and of_own_group_buy(person, row.group_buy)]
        signs = deliveries.all_deliveries(rows, compound)[:MOST_SIGNS] if may_label else []
        runs = latest_runs(rows, compound) if may_label else []
    return render(
        request,
        "paper.html",
        group_buys=bought,
        titles={row.group_buy: row.title for row in bought},
        chosen=group_buy,
        deliveries=signs,
        runs=runs,
        may_label=may_label,
        address=address,
        only_here=address is not None and only_this_machine(address),
        came_by=str(request.base_url).rstrip("/"),
        ask=ask,
        run_id=uuid4(),
        sizes=OFFERED,
    )


@router.post("/paper/address")
def set_address(person: PrintsLabels, house: InHouse, address: Annotated[str, Form(max_length=200)]) -> Response:
    """Remembered for everybody who prints here; one that the installation sets itself goes first."""
    del person
    remember(house, read_address(address))
    return RedirectResponse("/paper", SEE_OTHER)


@router.get("/paper/style.css")
def style(person: PrintsSheets, size: Size = "") -> Response:
    """What ``paper.css`` leaves open: one size of labels, a sign's paper, or the pages of sheets."""
    del person
    made = sign_style(size) if size in SIGNS else label_style(read_size(size)) if size else SHEET_STYLE
    return Response(made, media_type="text/css; charset=utf-8", headers={"Cache-Control": "private, max-age=600"})


@router.get("/paper/sheets")
def sheets(
    request: Request,
    person: PrintsSheets,
    compound: CompoundInView,
    house: InHouse,
    *,
    group_buy: Annotated[str, Query(max_length=120)],
    sort: Literal["goods", "building-goods", "building-room", ""] = "",
    building: BuildingSaid = "",
) -> Response:
    with house.read.reading() as rows:
        found, ordered = orders_printed(rows, person, compound, group_buy, building)
    sortings = [SORTINGS[sort]] if sort else list(SORTINGS.values())
    served = Served("/paper/style.css", back_to(found.group_buy))
    return HTMLResponse(sheets_document(ordered, found.title, sortings, language_of(request), served=served))


@router.get("/paper/goods-labels")
def goods_labels(  # noqa: PLR0913 — the fields of a form
    request: Request,
    person: PrintsSheets,
    compound: CompoundInView,
    house: InHouse,
    *,
    group_buy: Annotated[str, Query(max_length=120)],
    by: Literal["item", "household"] = "household",
    size: Size = "70x37",
    building: BuildingSaid = "",
) -> Response:
    label_size = read_size(size)
    with house.read.reading() as rows:
        found, ordered = orders_printed(rows, person, compound, group_buy, building)
    served = Served(style_address(label_size.name), back_to(found.group_buy))
    made = goods_labels_document(ordered, found.title, by, label_size, language_of(request), served=served)
    return HTMLResponse(made)


def orders_printed(
    rows: Rows, person: Person, compound: str, group_buy: str, building: str
) -> tuple[GroupBuyRow, list[Order]]:
    """Those of the person's own buildings; raises NotAllowed for another one, Refused where there are none."""
    place = building.strip() or None
    found = group_buy_named(rows, compound, group_buy)
    must(in_own_building(person, place) and of_own_group_buy(person, found.group_buy), "print-sheets")
    return found, orders_in(rows, compound, found.group_buy, place, among=person.buildings)


@router.post("/paper/labels/doors")
async def print_for_doors(  # noqa: PLR0913 — the fields of a form
    request: Request,
    person: PrintsLabels,
    compound: CompoundInView,
    house: InHouse,
    *,
    group_buy: Annotated[str, Form(max_length=120)],
    building: Annotated[str, Form(max_length=16)] = "",
    pieces: Annotated[int, Form(ge=1, le=99)] = 1,
    size: SizeField = "70x37",
) -> Response:
    """Records the run and leads to it; the same doors again are the same run."""
    label_size = read_size(size)
    must(person.buildings is None or building.strip() in person.buildings, "print-labels")
    if address_known(house, request) is None:
        return ask_for_address()
    made = await to_thread(labels_for_doors, house, compound, group_buy, building.strip() or None, pieces)
    return await record_and_show(house, made.labels, made.command, compound, person.actor, label_size.name)


@router.post("/paper/labels/blank")
async def print_blank(  # noqa: PLR0913 — the fields of a form
    request: Request,
    person: PrintsLabels,
    compound: CompoundInView,
    house: InHouse,
    *,
    run: Annotated[UUID, Form()],
    kind: Annotated[Kind, Form()],
    count: Annotated[int, Form(ge=1, le=MOST_LABELS)],
    size: SizeField = "70x37",
) -> Response:
    """Records the run under the id that came with the form, so that a second tap makes no second run."""
    label_size = read_size(size)
    if address_known(house, request) is None:
        return ask_for_address()
    made = await to_thread(blank_labels, kind, count, house.secret, run)
    return await record_and_show(house, made, run, compound, person.actor, label_size.name)


@router.get("/paper/labels")
def labels(
    request: Request,
    person: PrintsLabels,
    compound: CompoundInView,
    house: InHouse,
    *,
    run: Annotated[list[UUID], Query(min_length=1, max_length=MOST_RUNS_AT_ONCE)],
    size: Size = "70x37",
) -> Response:
    del person
    label_size = read_size(size)
    address = address_known(house, request)
    if address is None:
        return ask_for_address()
    printed = labels_of(house, compound, run)
    served = Served(style_address(label_size.name), warning=warning(request, address))
    with house.read.reading() as rows:
        made = labels_document(rows, compound, printed, label_size, address, language_of(request), served=served)
    return HTMLResponse(made)


@router.get("/paper/sign")
def sign(
    request: Request,
    person: PrintsLabels,
    compound: CompoundInView,
    house: InHouse,
    *,
    delivery: Annotated[str, Query(max_length=80)],
    size: Literal["a4", "a5"] = "a4",
) -> Response:
    del person
    address = address_known(house, request)
    if address is None:
        return ask_for_address()
    served = Served(style_address(size), warning=warning(request, address))
    with house.read.reading() as rows:
        code = read_code(delivery) or ""
        return HTMLResponse(sign_document(rows, compound, code, size, address, language_of(request), served=served))


def back_to(group_buy: str) -> str:
    return f"/paper?{urlencode({'group_buy': group_buy})}"


def style_address(size: str) -> str:
    return f"/paper/style.css?{urlencode({'size': size})}"


async def record_and_show(
    house: House, labels: Sequence[PrintedLabel], command: UUID, compound: str, actor: str, size: str
) -> Response:
    runs = await to_thread(runs_to_record, labels, command, compound, actor)
    for outcome in await house.office.take(runs):
        answer_of(outcome)
    asked = urlencode([*(("run", run.command.hex) for run in runs), ("size", size)])
    return RedirectResponse(f"/paper/labels?{asked}", SEE_OTHER)
