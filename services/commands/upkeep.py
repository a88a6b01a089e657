"""baogong rebuild and baogong verify."""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from infra.event_store import EventStore
from services import upkeep
from services.commands.terminal import DEFAULT_DATA, Data, expected_errors_told, settings_of_records, stop, told
from services.garbage import garbage_sought_seldom
from services.rebuilding import Progress
from services.upkeep import Difference, rebuild_in_place


def register(app: typer.Typer) -> None:
    app.command("rebuild")(rebuild)
    app.command("verify")(verify)


def rebuild(*, data: Data = DEFAULT_DATA) -> None:
    """Build every projection again from the log; a running server goes on with the new one."""
    with log_of(data) as (log, read_file), garbage_sought_seldom():
        folded, _ = shown("Rebuilding", rebuild_in_place(log, read_file))
    told.print(f"{folded:,} facts folded into the read models.")


def verify(*, data: Data = DEFAULT_DATA) -> None:
    """Compare a rebuild with what is stored; ends with 1 where they differ."""
    with log_of(data) as (log, read_file), garbage_sought_seldom():
        if not read_file.exists():
            stop("There is no read database yet; run baogong rebuild.")
        folded, found = shown("Verifying", upkeep.verify(log, read_file))
    if not found:
        told.print(f"{folded:,} facts folded again: the stored read models are equal.")
        return
    for each in found:
        told.print(f"{each.table}: {each.only_stored} rows only stored, {each.only_rebuilt} only rebuilt", style="red")
    told.print("Run baogong rebuild to put this right, and tell the people who write the software.")
    raise typer.Exit(1)


@contextmanager
def log_of(data: Path) -> Iterator[tuple[EventStore, Path]]:
    """The log, and where its read database belongs. Nothing else is opened: that may be what is broken."""
    settings = settings_of_records(data)
    with expected_errors_told(data), closing(EventStore.open(settings.log_file)) as log:
        yield log, settings.read_file


def shown(what: str, steps: Iterable[Progress | Difference]) -> tuple[int, list[Difference]]:
    """Shows how far it is; returns the last position reached and the tables that differ."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    reached, found = 0, []
    with Bar(*columns, console=told) as bar:
        task = bar.add_task(what, total=None)
        for step in steps:
            if isinstance(step, Difference):
                found.append(step)
                continue
            reached = step.done
            bar.update(task, completed=step.done, total=step.of)
    return reached, found
