"""baogong labels: codes to stick on parcels, crates and deliveries, as one HTML file to print."""

import os
import stat
from pathlib import Path
from typing import Annotated, Final, get_args
from uuid import UUID, uuid4

import typer

from domain.goods.codes import Kind, read_code
from projections import deliveries
from services.commands.terminal import (
    ACTOR,
    DEFAULT_DATA,
    CompoundOption,
    Data,
    building_known,
    compound_in,
    group_buy_known,
    on_a_screen,
    opened,
    out,
    stop,
    told,
    unused,
)
from services.counted import counted
from services.label_address import only_this_machine
from services.office import answer_of
from services.pages.paper_documents import labels_document, sign_document
from services.paper.address import address_for
from services.paper.pieces import MOST_LABELS, blank_labels
from services.paper.runs import RunLabels, labels_for_doors, labels_of, runs_to_record
from services.paper.sizes import SIGNS, LabelSize, read_size
from services.texts import Language, language_named
from services.wiring import House

OWNERS_ALONE: Final = 0o600

Out = Annotated[
    Path | None,
    typer.Option("--out", help="The HTML file to write; else it goes where the output is piped to.", metavar="FILE"),
]
Lang = Annotated[str, typer.Option("--lang", help="zh_CN or en.")]
Size = Annotated[str, typer.Option("--size", help="24mm, 38x21 or 70x37 on A4, or a label printer's: 80x60.")]


def register(app: typer.Typer) -> None:
    app.command("labels")(labels)


def labels(
    *,
    kind: Annotated[str | None, typer.Option(help="Blank labels of this kind: parcel, crate or delivery.")] = None,
    count: Annotated[int, typer.Option(min=1, max=MOST_LABELS, help="How many blank labels.")] = 65,
    group_buy: Annotated[str | None, typer.Option(help="Labels for all doors of this group buy (id or title).")] = None,
    building: Annotated[str | None, typer.Option(help="Only for the doors of this building.")] = None,
    pieces_per_door: Annotated[int, typer.Option(min=1, max=99, help="How many bags or boxes a door gets.")] = 1,
    delivery: Annotated[str | None, typer.Option(help="A large sign for this declared delivery (its code).")] = None,
    run: Annotated[str | None, typer.Option(help="Print this earlier run again, with the same codes.")] = None,
    size: Annotated[str | None, typer.Option(help="24mm, 38x21, 70x37 on A4, or 80x60; a4 or a5 for a sign.")] = None,
    address: Annotated[str | None, typer.Option(help="How phones reach the server: http://192.168.1.20:8000.")] = None,
    lang: Lang = "zh_CN",
    out_file: Out = None,
    compound: CompoundOption = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Print labels with QR codes; the same doors and the same run always get the same codes."""
    if sum(each is not None for each in (kind, group_buy, delivery, run)) != 1:
        stop("Say what to print: --kind with --count, or --group-buy, or --delivery, or --run.")
    language = language_said(lang)
    kind_known = None if kind is None else kind_said(kind)
    run_known = None if run is None else run_said(run)
    if delivery is not None and size is not None and size.lower() not in SIGNS:
        stop(f"A sign is printed on {' or '.join(SIGNS)}.")
    with opened(data) as house:
        place = compound_in(house, compound)
        label_size = read_size("70x37" if size is None or delivery is not None else size)
        if delivery is not None:
            delivery_known(house, place, delivery)
        if group_buy is not None:
            with house.read.reading() as rows:
                group_buy_known(rows, place, group_buy)
        base = address_for(house, address)
        if only_this_machine(base):
            told.print(
                "Careful: phones cannot reach this address; these labels only work on this computer.", style="yellow"
            )
        if delivery is not None:
            write(out_file, sign(house, place, delivery, size or "a4", base, language), "1 sign", f"{delivery}-sign")
            return
        if run is not None and run_known is not None:
            named, wanted = run, RunLabels(labels_of(house, place, [run_known]), run_known, "")
        elif group_buy is not None:
            in_building = building_known(house, place, building)
            wanted = labels_for_doors(house, place, group_buy, in_building, pieces_per_door)
            named = wanted.title
            record(house, place, wanted)
        else:
            assert kind_known is not None  # noqa: S101 — one of the four is said
            named, wanted = kind_known, blank(house, kind_known, count)
            record(house, place, wanted)
        write(
            out_file,
            drawn(house, place, wanted, label_size, base, language),
            counted(len(wanted.labels), "label"),
            f"{named}-labels",
        )
        told.print(f"The same codes again: baogong labels --run {wanted.command.hex}", markup=False, highlight=False)


def kind_said(kind: str) -> Kind:
    found: Kind | None = next((each for each in get_args(Kind) if each == kind), None)
    if found is None:
        stop(f"There is no kind {kind}; choose parcel, crate or delivery.")
    return found


def blank(house: House, kind: Kind, count: int) -> RunLabels:
    command = uuid4()
    return RunLabels(blank_labels(kind, count, house.secret, command), command, "")


def run_said(run: str) -> UUID:
    try:
        return UUID(run)
    except ValueError:
        stop(f"{run} names no run: a run is named by the 32 letters that were shown when it was printed.")


def delivery_known(house: House, compound: str, written: str) -> None:
    with house.read.reading() as rows:
        if deliveries.delivery(rows, compound, read_code(written) or "") is None:
            stop(f"No delivery {written} is declared here; baogong declare prints the code of a new one.")


def record(house: House, compound: str, wanted: RunLabels) -> None:
    for outcome in house.office.take_now(runs_to_record(wanted.labels, wanted.command, compound, ACTOR)):
        answer_of(outcome)


def drawn(house: House, compound: str, wanted: RunLabels, size: LabelSize, base: str, language: Language) -> str:
    with house.read.reading() as rows:
        return labels_document(rows, compound, wanted.labels, size, base, language, heading=wanted.title)


def sign(house: House, compound: str, written: str, paper: str, base: str, language: Language) -> str:
    if paper.lower() not in SIGNS:
        stop("A sign is printed on a4 or a5.")
    with house.read.reading() as rows:
        return sign_document(rows, compound, read_code(written) or "", paper.lower(), base, language)


def language_said(written: str) -> Language:
    language = language_named(written)
    if language is None:
        stop(f"There is no language {written}; choose zh_CN or en.")
    return language


def write(file: Path | None, page: str, what: str, name: str) -> None:
    """To the file, or to where the output is piped; where that is a screen, to a new file of this name.

    Badges and slips are like keys, and a sheet says who gets what: the file is its owner's alone.
    """
    if file is None and on_a_screen():
        file = unused(name)
    if file is None:
        out(page)
        return
    try:
        with os.fdopen(
            os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNERS_ALONE), "w", encoding="utf-8"
        ) as made:
            if stat.S_ISREG(os.fstat(made.fileno()).st_mode):
                os.fchmod(made.fileno(), OWNERS_ALONE)
            made.write(page)
    except OSError as error:
        stop(f"{file} cannot be written ({error.strerror}).")
    told.print(f"{what} in {file}: open it in a browser and print at 100 %, without margins.", markup=False)
