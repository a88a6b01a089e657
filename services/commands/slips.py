"""baogong slips: a slip with its code for each door of a building, as one HTML file to print."""

from typing import Annotated

import typer

from services.commands.labels import Lang, Out, language_said, write
from services.commands.terminal import (
    DEFAULT_DATA,
    CompoundOption,
    Data,
    buildings_said,
    compound_in,
    opened,
    stop,
    told,
)
from services.counted import counted
from services.label_address import only_this_machine
from services.pages.paper_documents import slips_document
from services.paper.address import address_for
from services.paper.slips import buildings_with_doors, slips_for


def register(app: typer.Typer) -> None:
    app.command("slips")(slips)


def slips(
    *,
    building: Annotated[list[str] | None, typer.Option(help="Only this building; may be said several times.")] = None,
    address: Annotated[str | None, typer.Option(help="How phones reach the server: https://bg.example.org.")] = None,
    lang: Lang = "zh_CN",
    out_file: Out = None,
    compound: CompoundOption = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Print a slip for each door, with the code by which its household sees its own page. Hand them out like keys."""
    language = language_said(lang)
    with opened(data) as house:
        place = compound_in(house, compound)
        base = address_for(house, address)
        if only_this_machine(base):
            told.print(
                "Careful: phones cannot reach this address; these slips only work on this computer.", style="yellow"
            )
        with house.read.reading() as rows:
            listed = buildings_with_doors(rows, place)
            wanted = buildings_said(house, place, building or ())
            if missing := sorted(set(wanted) - {each.building for each in listed}):
                stop(f"There is no building {missing[0]} on the roster.")
            chosen = [each for each in listed if not wanted or each.building in wanted]
            sheets = slips_for(rows, place, chosen, house.door_book, base)
    made = counted(sum(len(sheet.slips) for sheet in sheets), "slip")
    write(out_file, slips_document(sheets, base, language), made, f"{place}-slips")
