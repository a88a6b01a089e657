"""baogong simulate: the load that demo, tests and measurements share."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from infra.auth.api_keys import BEGINS as KEY_BEGINS
from services.commands.terminal import DEFAULT_DATA, Data, opened, stop, told
from services.places import FRESH_FOR
from services.simulate.compound_plan import ACTOR
from services.simulate.day_plan import devices, role_of
from services.simulate.fill import PlannedPlaces, Told, asked, book, fill, record
from services.simulate.plan import Chapter, Plan
from services.simulate.play import today
from services.simulate.sender import Crowd, NotTaken, Phones, SessionOf
from services.simulate.tally import Tally
from services.simulate.uploads import Upload
from services.upkeep import stored_position
from services.wiring import House

SCANS_OF_A_DAY: Final = 6_100
"""About; for the progress bar."""
FOLLOWS_WITHIN: Final = 60
"""Seconds until the server shows what was written beside it."""
UPLOADS_AT_ONCE: Final = 64
DAYS_BY_NETWORK: Final = 2
"""A server takes no moment for granted that is more than 72 hours old."""


def register(app: typer.Typer) -> None:
    app.command("simulate")(simulate)


def simulate(
    *,
    data: Data = DEFAULT_DATA,
    compounds: Annotated[int, typer.Option(min=1, max=500, help="How many compounds of 1333 households.")] = 1,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How many days, the last one is yesterday.")] = 1,
    speed: Annotated[
        float | None, typer.Option(min=0.1, help="How many times faster than real; without it as fast as it goes.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed makes the same scans.")] = 1,
    url: Annotated[
        str | None, typer.Option(help="Send the scans to this running server, http://127.0.0.1:8000.")
    ] = None,
    token: Annotated[
        str | None,
        typer.Option(help="For --url without its data directory: an API key; or a sign-in link's code, for little."),
    ] = None,
) -> None:
    """Play whole days: into a data directory, or through the public interface of a running server.

    Everything in it is made up and stays in the record: a directory that holds a real compound is refused. Over
    --url with --token nobody can check that: never point it at a server that people work with.
    """
    if url is not None and days > DAYS_BY_NETWORK:
        stop(f"A server takes scans of the last 72 hours: at most --days {DAYS_BY_NETWORK} with --url.")
    if token is not None and (url is None or compounds > 1):
        stop("--token needs --url, and signs in to one compound only.")
    plan = Plan(seed, today() - timedelta(days=1), compounds=compounds, days=days, people=token is None)
    with progress_of(plan) as told_so_far:
        if url is None:
            tally = into_directory(plan, data, speed, told_so_far)
        else:
            tally = through_server(plan, url, session_over(url, token) if token else data, speed, told_so_far)
    told.print(table_of(tally))


@contextmanager
def progress_of(plan: Plan) -> Iterator[Told]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=told) as progress:
        task = progress.add_task("Scans", total=plan.compounds * plan.days * SCANS_OF_A_DAY)
        yield lambda tally: progress.update(task, completed=tally.scans)
        progress.update(task, total=progress.tasks[task].completed)


def refuse_real_compounds(house: House) -> None:
    """What was made up cannot be taken out of a record again."""
    compounds = house.log.facts_by_compound(house.log.last_position())
    facts = house.log.load(f"{compound}/compound-{compound}" for compound in compounds)
    founded = {each.event.compound: each.event.actor for trail in facts.values() for each in trail[:1]}
    if real := sorted(compound for compound, actor in founded.items() if actor != ACTOR):
        stop(
            f"{house.settings.data} holds {', '.join(real)}, which no simulation founded; made-up scans would mix with "
            "real ones and could not be taken out again. Name another directory: --data DIR"
        )


def into_directory(plan: Plan, data: Path, speed: float | None, told_so_far: Told) -> Tally:
    with opened(data, create=True) as house:
        refuse_real_compounds(house)
        known = replace(plan, secret=house.secret)
        if speed is None:
            tally = fill(house, known, told=told_so_far)
        else:
            tally = record(house, paced(known.story(), speed), PlannedPlaces.of(known), told=told_so_far, at_once=1)
        house.shown(house.log.last_position(), timeout=600)
    return tally


def through_server(plan: Plan, url: str, sign_in: Path | SessionOf, speed: float | None, told_so_far: Told) -> Tally:
    session_of: SessionOf
    if isinstance(sign_in, Path):
        with opened(sign_in, follow=False) as house:
            house.projector.stop()
            refuse_real_compounds(house)
            plan = replace(plan, secret=house.secret)
            book_orders(house, plan)
            session_of = Keys(house, plan).of
    else:
        plan, session_of = replace(plan, names_doors=False), sign_in
    tally = Tally()
    crowd = None
    try:
        crowd = Crowd(url, session_of)
        for uploads in at_once(paced(plan.story(), speed), UPLOADS_AT_ONCE if speed is None else 1):
            tally.uploads += len(uploads)
            tally.add(crowd.send(uploads))
            told_so_far(tally)
    except NotTaken as reason:
        stop(str(reason))
    finally:
        if crowd:
            crowd.close()
    return tally


def at_once(story: Iterable[Chapter], most: int) -> Iterator[list[Upload]]:
    uploads = (each for each in story if isinstance(each, Upload))
    while some := list(islice(uploads, most)):
        yield some


def book_orders(house: House, plan: Plan) -> None:
    """The doors and the orders, written beside the running server, which has to follow."""
    places = PlannedPlaces.of(plan)
    for chapter in plan.requests():
        book(house, asked(chapter, places))
    ends = time.monotonic() + FOLLOWS_WITHIN
    while stored_position(house.read) < house.log.last_position():
        if time.monotonic() > ends:
            stop(f"The server does not follow {house.settings.data}: is it the directory that it serves?")
        time.sleep(FRESH_FOR / 10)
    time.sleep(FRESH_FOR)


class Keys:
    """One API key for each hand: it stands for many phones, and days are played in minutes."""

    def __init__(self, house: House, plan: Plan) -> None:
        self.tokens = {
            (compound.id, device): self.opened(house, compound.id, device, compound.actor(device))
            for compound in plan.places()
            for device in devices()
        }

    def opened(self, house: House, compound: str, device: str, actor: str) -> str:
        return house.access.create_api_key(role_of(device), compound, name=f"simulated-{device}", actor=actor)

    def of(self, upload: Upload) -> str:
        return self.tokens[upload.compound, upload.device]


def session_over(url: str, token: str) -> SessionOf:
    """One API key or session for all hands."""
    if token.startswith(KEY_BEGINS):
        return lambda _: token
    try:
        phones = Phones(url, lambda _: token)
        session = phones.redeem(token.rpartition("#")[2])
        phones.close()
    except NotTaken as reason:
        stop(str(reason))
    return lambda _: session


def paced(story: Iterable[Chapter], speed: float | None) -> Iterator[Chapter]:
    """Uploads leave when it is their time; the play's first one leaves now."""
    begins: tuple[float, float] | None = None
    for each in story:
        if speed is not None and isinstance(each, Upload):
            at = each.at.timestamp()
            begins = begins or (at, time.monotonic())
            time.sleep(max(0.0, begins[1] + (at - begins[0]) / speed - time.monotonic()))
        yield each


def table_of(tally: Tally) -> Table:
    table = Table(title="What became of it")
    for head in ("uploads", "scans", "recorded", "duplicates", "doubts", "set aside"):
        table.add_column(head, justify="right")
    figures = (tally.uploads, tally.scans, tally.recorded, tally.duplicates, tally.doubts, tally.set_aside)
    table.add_row(*(f"{figure:,}" for figure in figures))
    return table
