"""baogong rebuild and baogong verify."""

from collections.abc import Iterable

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from services import projector
from services.commands.terminal import DEFAULT_DATA, Data, opened, told
from services.upkeep import UpTo, build_beside, differences, rebuild_in_place, remove, stored_position


def register(app: typer.Typer) -> None:
    app.command("rebuild")(rebuild)
    app.command("verify")(verify)


def rebuild(*, data: Data = DEFAULT_DATA) -> None:
    """Build every projection again from the log; a running server goes on with the new one."""
    with opened(data, follow=False) as house:
        folded = shown("Rebuilding", rebuild_in_place(house.log, house.read))
    told.print(f"{folded:,} facts folded into the read models.")


def verify(*, data: Data = DEFAULT_DATA) -> None:
    """Compare a rebuild with what is stored; ends with 1 where they differ."""
    with opened(data) as house:
        position = stored_position(house.read)
        beside = data / "read.verify.db"
        try:
            folded = shown("Verifying", build_beside(UpTo(house.log, position), beside))
            found = differences(house.read.path, beside)
        finally:
            remove(beside)
    if not found:
        told.print(f"{folded:,} facts folded again: the stored read models are equal.")
        return
    for each in found:
        told.print(f"{each.table}: {each.only_stored} rows only stored, {each.only_rebuilt} only rebuilt", style="red")
    told.print("Run baogong rebuild to put this right, and tell the people who write the software.")
    raise typer.Exit(1)


def shown(what: str, steps: Iterable[projector.Progress]) -> int:
    """Shows how far it is; returns the last position reached."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    reached = 0
    with Progress(*columns, console=told) as bar:
        task = bar.add_task(what, total=None)
        for step in steps:
            reached = step.done
            bar.update(task, completed=step.done, total=step.of)
    return reached
