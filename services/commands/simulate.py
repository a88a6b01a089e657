"""baogong simulate: the load that demo, tests and measurements share."""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from services.commands.terminal import DEFAULT_DATA, Data, opened, stop, told
from services.office import answer_of
from services.simulate.fill import PlannedPlaces, Told, asked, fill
from services.simulate.plan import Plan
from services.simulate.play import today
from services.simulate.sender import NotTaken, Phones, SessionOf
from services.simulate.tally import Tally
from services.simulate.uploads import Upload
from services.wiring import House

SCANS_OF_A_DAY: Final = 6_100
"""About; for the progress bar."""
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
    url: Annotated[str | None, typer.Option(help="Send the scans to this running server, http://127.0.0.1:8000.")] = None,
    token: Annotated[
        str | None, typer.Option(help="For --url without its data directory: a sign-in link's code, or a session.")
    ] = None,
) -> None:
    """Play whole days: into a data directory, or through the public interface of a running server."""
    if url is not None and days > DAYS_BY_NETWORK:
        stop(f"A server takes scans of the last 72 hours: at most --days {DAYS_BY_NETWORK} with --url.")
    if token is not None and (url is None or compounds > 1):
        stop("--token needs --url, and signs in to one compound only.")
    plan = Plan(seed, today() - timedelta(days=1), compounds=compounds, days=days)
    with progress_of(plan) as (told_so_far, _):
        tally = played(plan, data, url, token, speed, told_so_far)
    told.print(table_of(tally))
