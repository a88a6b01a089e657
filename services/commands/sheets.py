"""baogong sheets: delivery sheets (派送单) of a group buy, or labels with what each door gets."""

from typing import Annotated

import typer

from services.commands.labels import Lang, Out, Size, language_said, write
from services.commands.terminal import (
    DEFAULT_DATA,
    CompoundOption,
    Data,
    building_known,
    compound_in,
    group_buy_known,
    opened,
    stop,
)
from services.counted import counted
from services.pages.paper_documents import goods_labels_document, sheets_document
from services.paper.pieces import orders_in
from services.paper.sheets import SORTINGS
from services.paper.sizes import read_size


def register(app: typer.Typer) -> None:
    app.command("sheets")(sheets)


def sheets(
    *,
    group_buy: Annotated[str, typer.Option(help="Id or title of the group buy.")],
    sort: Annotated[str | None, typer.Option(help="goods, building-goods or building-room; else all three.")] = None,
    building: Annotated[str | None, typer.Option(help="Only this building.")] = None,
    labels: Annotated[
        str | None, typer.Option(help="Labels instead of sheets, one for each item or household.")
    ] = None,
    size: Size = "70x37",
    lang: Lang = "zh_CN",
    out_file: Out = None,
    compound: CompoundOption = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Print the orders for sorting and carrying: by goods, by building, by door, with sums and boxes to tick."""
    if sort is not None and sort not in SORTINGS:
        stop(f"Sheets are sorted by {', '.join(SORTINGS)}; {sort} is none of them.")
    if labels not in {None, "item", "household"}:
        stop("Labels are made for each item or for each household: --labels item or --labels household.")
    language = language_said(lang)
    with opened(data) as house:
        place = compound_in(house, compound)
        with house.read.reading() as rows:
            found = group_buy_known(rows, place, group_buy)
            in_building = building_known(house, place, building)
            ordered = orders_in(rows, place, found.group_buy, in_building)
    if labels is not None:
        page = goods_labels_document(ordered, found.title, labels, read_size(size), language)
    else:
        chosen = [SORTINGS[sort]] if sort else list(SORTINGS.values())
        page = sheets_document(ordered, found.title, chosen, language)
    name = f"{found.title}-{'sheets' if labels is None else 'labels'}"
    write(out_file, page, counted(len({order.household for order in ordered}), "door"), name)
