"""What the commands share: the data directory, words on standard error, and refusals that end with 1."""

import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console

from domain.base import Refused
from infra.errors import Conflict, StorageUnavailable
from infra.read_store import Broken
from infra.settings import Settings
from infra.tables import UnreadableFile
from projections import orders, roster
from projections.base import Rows
from projections.orders import GroupBuyRow
from services.commands.data_trouble import NOT_BUSY, is_full, not_ours, trouble_with
from services.imports.layouts import UnreadableTable
from services.openid import ExtraMissing
from services.pages.mistakes import mistake_text
from services.roles import TERMINAL
from services.undelivered import in_number_order
from services.wiring import House, house_at

ACTOR = TERMINAL

Data = Annotated[
    Path, typer.Option("--data", envvar="BAOGONG_DATA", help="Directory of the log and everything else.", metavar="DIR")
]
CompoundOption = Annotated[
    str | None,
    typer.Option("--compound", help="Id of the compound, such as shengdu; not needed where there is only one."),
]
DEFAULT_DATA = Path("var")
LONGEST_STEM = 70
"""Of Chinese characters, which take three bytes each, in the 255 that a file's name may have."""

told = Console(stderr=True, soft_wrap=True)


def stop(text: str, code: int = 1) -> NoReturn:
    """Says what is wrong and what to do, and ends with 1; with 2 where the command was not well put."""
    told.print(text, style="red", markup=False, highlight=False)
    raise typer.Exit(code)


@contextmanager
def opened(data: Path, *, follow: bool = True, create: bool = False, serving: bool = False) -> Iterator[House]:
    """The house of a data directory, with its read models up to date."""
    settings = settings_in(data) if create else settings_of_records(data)
    with expected_errors_told(data), house_at(settings, serving=serving) as house:
        if follow and not house.shown(house.log.last_position(), timeout=600):
            stop("The read models do not follow the log; run baogong rebuild.")
        yield house


def settings_in(data: Path) -> Settings:
    """Ends the command where the environment sets what cannot be."""
    try:
        return Settings(data=data)
    except ValidationError as error:
        wrong = error.errors(include_url=False)[0]
        stop(f"BAOGONG_{'_'.join(map(str, wrong['loc'])).upper()}: {mistake_text('en', wrong)}.")


def settings_of_records(data: Path) -> Settings:
    """Of a directory that holds records already."""
    settings = settings_in(data)
    with expected_errors_told(data):
        there = settings.log_file.exists()
    if not there:
        stop(
            f"There are no records in {data}. Is --data right? A new compound is founded by: "
            f"baogong import households FILE --compound ID --data {data}"
        )
    return settings


@contextmanager
def expected_errors_told(data: Path) -> Iterator[None]:
    """Errors that a person can do something about end as one sentence."""
    try:
        yield
    except Refused as refusal:
        stop(refusal.text)
    except ExtraMissing as missing:
        stop(str(missing))
    except UnreadableFile as unreadable:
        stop(unreadable.text)
    except UnreadableTable as unreadable:
        row = f"Row {unreadable.row}: " if unreadable.row else ""
        stop(f"{row}{unreadable.text}")
    except Broken:
        stop(f"The read database in {data} is broken; nothing is lost. Run: baogong rebuild --data {data}")
    except (StorageUnavailable, Conflict) as error:
        stop(trouble_with(data, error))
    except (FileExistsError, NotADirectoryError):
        stop(f"--data {data}: this is a file; name a directory.")
    except FileNotFoundError as error:
        if error.filename is None or Path(error.filename) not in {data, *data.parents}:
            raise
        stop(f"--data {data}: no directory can be made there; name another.")
    except OSError as error:
        if error.errno not in NOT_BUSY:
            raise
        if not_ours(data) or is_full(error):
            stop(trouble_with(data, error))
        stop(f"{error.filename} may not be opened ({error.strerror}); check its owner.")


def compound_in(house: House, named: str | None, *, must_exist: bool = True) -> str:
    with house.read.reading() as rows:
        there = roster.compounds(rows)
    if named is not None:
        if must_exist and named not in there:
            stop(f"There is no compound {named}. Found it first: baogong import households … --compound {named}")
        return named
    if len(there) == 1:
        return there[0]
    if not there:
        stop("There is no compound yet. Found one first: baogong import households FILE --compound ID")
    stop(f"Name the compound: --compound {' or '.join(there)}")


def buildings_said(house: House, compound: str, said: Iterable[str]) -> list[str]:
    """As the roster names them, 1 for 1号楼; what cannot be read stays as it is."""
    return [house.places.building(compound, each) or each for each in said]


def building_known(house: House, compound: str, said: str | None) -> str | None:
    """Ends the command with those that there are."""
    if said is None:
        return None
    (named,) = buildings_said(house, compound, [said])
    with house.read.reading() as rows:
        there = sorted(roster.buildings(rows, compound), key=in_number_order)
    if named not in there:
        stop(f"There is no building {said}; there are: {', '.join(there)}.")
    return named


def group_buy_known(rows: Rows, compound: str, said: str) -> GroupBuyRow:
    """Ends the command with those that there are."""
    known = orders.group_buys(rows, compound)
    for each in known:
        if said in {each.group_buy, each.title}:
            return each
    stop(f"There is no group buy {said}; there are: {', '.join(each.title for each in known) or 'none'}.")


def on_a_screen() -> bool:
    """Whether a person would see what goes to standard output."""
    return sys.stdout.isatty()


def unused(name: str) -> Path:
    """A page's file in this directory that does not exist yet, as near to the name as a file can be called."""
    stem = re.sub(r"[^\w.() -]+", "-", name).strip(" .-")[:LONGEST_STEM].strip(" .") or "page"
    known = (Path(f"{stem}{'' if number == 1 else f'-{number}'}.html") for number in count(1))
    return next(file for file in known if not file.exists())


def out(line: bytes | str) -> None:
    """A line on standard output as it is, for programs."""
    sys.stdout.buffer.write((line.encode() if isinstance(line, str) else line) + b"\n")
