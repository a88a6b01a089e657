"""baogong directory: names, phone numbers and help needs from the terminal; and dropping them."""

import tarfile
import zipfile
import zlib
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from infra.directory import Words
from infra.looked_into import contents
from infra.tables import open_tables
from services import directory
from services.commands.terminal import ACTOR, DEFAULT_DATA, CompoundOption, Data, compound_in, opened, stop, told
from services.directory import found_in, household, keeping
from services.imports.directory_rows import read_directory
from services.wiring import House

SHOWN_ROWS = 30
OUTSIDE = frozenset({"directory.db", "access.db"})
"""Where such text may stand: the directory, and raw texts of scans that were set aside until they are dropped."""


def register(app: typer.Typer) -> None:
    commands = typer.Typer(
        help="Names, phone numbers and help needs: outside the log, and dropped in the end.", no_args_is_help=True
    )
    commands.command("add")(add)
    commands.command("import")(import_table)
    commands.command("unlocked")(unlocked)
    commands.command("purge")(purge)
    commands.command("check")(check)
    app.add_typer(commands, name="directory")


def add(
    *,
    door: Annotated[str, typer.Argument(help="The door, such as 12-501.")],
    compound: CompoundOption = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Write down a person of a door. It asks for the words one by one, so that they stand in no shell history."""
    with opened(data) as house:
        where = compound_in(house, compound)
        found = house.places.household(where, door)
        if found is None:
            stop(f"There is no door {door} on the roster.")
        said = [
            typer.prompt(what, default="", show_default=False, err=True)
            for what in ("Name", "Phone", "Help needed", "Note")
        ]
        if not Words(*said).tidied():
            stop("Nothing was said, nothing was written.")
        house.directory.write(where, household(found), Words(*said), by=ACTOR)
        if said[2].strip():
            directory.care(house, where, ACTOR, found, cared_for=True)
        told.print(f"Written down for {found}.", markup=False)


def import_table(
    *,
    file: Annotated[Path, typer.Argument(help="Table with door, name, phone and help: .xlsx, .xls, .ods or .csv.")],
    compound: CompoundOption = None,
    password: Annotated[str | None, typer.Option(help="Password of a protected workbook.")] = None,
    leave_unclear: Annotated[
        bool, typer.Option("--leave-unclear", help="Write the clear rows, leave out those without a certain door.")
    ] = False,
    data: Data = DEFAULT_DATA,
) -> None:
    """Read a table of doors, names, phone numbers and help needs into the directory: all of it or nothing."""
    with opened(data) as house:
        where = compound_in(house, compound)
        rows = read_directory(open_tables(file, file.name, password), house.places.roster(where))
        unclear = [row for row in rows if row.household is None]
        for row in unclear[:SHOWN_ROWS]:
            told.print(f"Row {row.row}: {row.why}", markup=False)
        if unclear and not leave_unclear:
            stop(f"{len(unclear)} rows name no certain door; nothing was written. Correct them, or --leave-unclear.")
        cards = [card for row in rows if (card := row.card)]
        with house.directory.transaction():
            new = house.directory.unknown(where, cards)
            for subject, words in cards:
                house.directory.write(where, subject, words, by=ACTOR)
        for door in dict.fromkeys(subject.id for subject, words in cards if words.help):
            directory.care(house, where, ACTOR, door, cared_for=True)
        told.print(f"{new} new entries, {len(cards) - new} stood there already.")


def unlocked(
    *,
    on: Annotated[datetime | None, typer.Argument(help="The day the lockdown ended.", formats=["%Y-%m-%d"])] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="It has not ended after all.")] = False,
    compound: CompoundOption = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Say when the lockdown ended, or show when the directory is dropped."""
    with opened(data) as house:
        where = compound_in(house, compound)
        if on is not None or withdraw:
            house.directory.say_unlocked(where, on.date() if on else None, by=ACTOR)
        told.print(when_dropped(house, where))


def when_dropped(house: House, compound: str) -> str:
    kept = keeping(house, compound)
    if kept.purge_on is None:
        return f"Nobody has said that the lockdown is over; {kept.days} days after it the directory is dropped."
    return f"The directory of {compound} is dropped on {kept.purge_on} (the lockdown ended on {kept.unlocked_on})."


def purge(
    *,
    compound: CompoundOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    due: Annotated[
        bool,
        typer.Option(
            "--due", help="Only where the time after the lockdown is over (BAOGONG_DIRECTORY_DAYS); for cron."
        ),
    ] = False,
    data: Data = DEFAULT_DATA,
) -> None:
    """Drop names, phone numbers, help needs and notes of doors and members, raw texts of scans set aside; the log stays."""
    with opened(data) as house:
        wanted = [compound] if compound or not due else house.directory.compounds()
        for where in [compound_in(house, each) for each in wanted]:
            if due and not keeping(house, where).due:
                told.print(f"{where}: not yet. {when_dropped(house, where)}")
                continue
            if not (yes or due) and not typer.confirm(f"Drop the directory of {where} for ever?", err=True):
                raise typer.Exit(1)
            cards, raw = directory.purge(house, where, by=ACTOR)
            told.print(f"{where}: {cards} entries and {raw} raw texts dropped on {date.today()}. The log is untouched.")  # noqa: DTZ011 — for the person at this machine


def check(
    *,
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Such as a backup: files, folders, tar and zip archives; else the data directory."),
    ] = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Look whether names, phone numbers or notes of the directory stand in other files; ends with 1 where they do."""
    with opened(data) as house:
        texts = house.directory.texts()
    own = (each for each in sorted(data.rglob("*")) if each.is_file() and not each.name.endswith("-wal"))
    sought = files or [each for each in own if each.name not in OUTSIDE]
    looked_into, found = 0, 0
    for path in sought:
        if not path.exists():
            stop(f"{path}: there is no such file or folder.", 2)
        try:
            for name, content in contents(path):
                looked_into += 1
                if count := found_in(content, texts):
                    found += 1
                    told.print(f"{name}: {count} texts of the directory stand in it.", style="red", markup=False)
        except (OSError, EOFError, tarfile.TarError, zipfile.BadZipFile, zlib.error) as error:
            stop(f"{path}: it cannot be looked into ({type(error).__name__}). Unpack it, or name another one.", 2)
    if found:
        raise typer.Exit(1)
    told.print(f"None of {len(texts)} entries of the directory stands in {looked_into} files.")
