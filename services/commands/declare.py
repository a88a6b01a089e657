"""baogong declare: a delivery that is going to come gets its code before it is at the gate."""

from typing import Annotated
from uuid import uuid4

import typer
from pydantic import ValidationError

from domain.goods.codes import spaced
from projections import orders
from services.api.goods import Declaration, declared
from services.commands.terminal import ACTOR, DEFAULT_DATA, CompoundOption, Data, compound_in, opened, out, stop, told
from services.imports.phone_numbers import has_phone
from services.label_address import address_on_paper, only_this_machine
from services.office import Report, answer_of
from services.pages.mistakes import mistake_text
from services.paper.address import known_address
from services.wiring import House

LOCAL = "http://127.0.0.1:8000"


def register(app: typer.Typer) -> None:
    app.command("declare")(declare)


def declare(
    *,
    group_buy: Annotated[list[str], typer.Option(help="Id or title of a group buy in it; may be given several times.")],
    supplier: Annotated[str | None, typer.Option(help="Who sends it.")] = None,
    vehicle: Annotated[str | None, typer.Option(help="The vehicle's number plate.")] = None,
    pieces: Annotated[
        int | None, typer.Option(min=0, max=100_000, help="How many pieces; else one for each door that ordered.")
    ] = None,
    address: Annotated[str | None, typer.Option(help="Where phones reach the server, for its label.")] = None,
    compound: CompoundOption = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Declare a delivery: prints its code and the address of its label."""
    if supplier and has_phone(supplier):
        stop("--supplier: leave the phone number out; it would be kept for ever.")
    with opened(data) as house:
        place = compound_in(house, compound)
        chosen = group_buys_named(house, place, group_buy)
        expected = doors_that_ordered(house, place, chosen) if pieces is None else pieces
        said = {"id": uuid4(), "group_buys": chosen, "supplier": supplier, "vehicle": vehicle, "pieces": expected}
        fact = declared(readable(said), ACTOR, place, house.secret)
        answer_of(house.office.take_now([Report(fact)])[0])
        base = address or known_address(house) or LOCAL
        out(spaced(fact.delivery))
        out(address_on_paper(base, fact.delivery))
        if only_this_machine(base):
            told.print("Phones cannot reach this address: give --address before printing labels.")


def readable(said: dict[str, object]) -> Declaration:
    try:
        return Declaration.model_validate(said)
    except ValidationError as error:
        wrong = error.errors(include_url=False)[0]
        option = str(wrong["loc"][0]).replace("group_buys", "group-buy")
        stop(f"--{option}: {mistake_text('en', wrong)}.")


def group_buys_named(house: House, compound: str, named: list[str]) -> tuple[str, ...]:
    found = {name: house.places.group_buy(compound, name) for name in named}
    unknown = [name for name, group_buy in found.items() if group_buy is None]
    if unknown:
        stop(f"There is no group buy {unknown[0]}. Import its orders first: baogong import orders FILE")
    return tuple(group_buy for group_buy in found.values() if group_buy is not None)


def doors_that_ordered(house: House, compound: str, chosen: tuple[str, ...]) -> int:
    with house.read.reading() as rows:
        return sum(row.doors for row in orders.group_buys(rows, compound) if row.group_buy in chosen)
