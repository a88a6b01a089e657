"""baogong demo: a compound in full swing, with nothing needed but a free port."""

import contextlib
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table

from services.app import create_app
from services.commands.served import told_where
from services.commands.terminal import opened, stop, told
from services.commands.ways import Host, InsecureHttp, Tls, Way, chosen_way, listen, run_until_told
from services.label_address import only_this_machine
from services.paper.address import FILE as PAPER_ADDRESS
from services.paper.address import known_address, remember
from services.simulate.play import NOTES, Play, in_background, play_at
from services.wiring import House

DEFAULT_DATA: Final = Path("var/demo")
DEFAULT_SPEED: Final = 20.0
SEED: Final = 168
STOPS_WITHIN: Final = 1
"""Seconds that open requests are given when the demo stops."""
OWN_FILES: Final = ("log.db", "read.db", "access.db", "directory.db", "secret", PAPER_ADDRESS, NOTES)
BESIDE: Final = ("", "-wal", "-shm")
WHO: Final = {
    "staff": "居委",
    "gate": "门岗",
    "disinfection": "消杀",
    "sorter": "分拣",
    "runner": "志愿者",
    "captain": "楼组长",
    "leader": "团长",
    "auditor": "审计",
    "viewer": "看板",
    "admin": "管理员",
}


def register(app: typer.Typer) -> None:
    app.command("demo")(demo)


def demo(
    *,
    speed: Annotated[
        float, typer.Option(min=0.1, max=500, help="How many times faster than a real day.")
    ] = DEFAULT_SPEED,
    port: Annotated[int, typer.Option(envvar="PORT", min=0, max=65535)] = 8000,
    host: Host = "127.0.0.1",
    tls: Tls = None,
    insecure_http: InsecureHttp = False,
    data: Annotated[Path, typer.Option("--data", help="Directory of the demo.", metavar="DIR")] = DEFAULT_DATA,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Throw the demo of that directory away and start over.")
    ] = False,
) -> None:
    """Start a made-up compound of 1333 households in the middle of its day, and keep it moving."""
    way = chosen_way(host, tls, insecure_http=insecure_http)
    listening = listen(host, port, "PORT={0} make run (or baogong demo --port {0})")
    if fresh:
        throw_away(data)
    with contextlib.suppress(KeyboardInterrupt), opened(data, create=True, serving=True) as house:
        refuse_real_records(house)
        play = play_at(house, speed, SEED)
        fill_up(play)
        run(play, listening, way)
    told.print("Stopped; the same command goes on from here.")


def throw_away(data: Path) -> None:
    """Only a demo's own files, and only where a demo has been."""
    if not (data / NOTES).exists() and (data / "log.db").exists():
        stop(f"{data} holds something that is not a demo; nothing was thrown away. Name another directory: --data DIR")
    for name in OWN_FILES:
        for ending in BESIDE:
            (data / f"{name}{ending}").unlink(missing_ok=True)


def refuse_real_records(house: House) -> None:
    data = house.settings.data
    if house.log.last_position() and not (data / NOTES).exists():
        stop(f"{data} holds real records; a demo does not write there. Name another directory: --data DIR")


def fill_up(play: Play) -> None:
    columns = (SpinnerColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=told, transient=True) as progress:
        task = progress.add_task("Founding 圣都汇: 1333 households in 40 buildings …")
        play.prepare(lambda tally: progress.update(task, description=f"The day so far: {tally.scans:,} scans …"))


def run(play: Play, listening: socket.socket, way: Way) -> None:
    port = listening.getsockname()[1]
    here = way.here(port)
    house = play.house
    house.settings.public_board = True
    house.settings.public_address = house.settings.public_address or way.outside(port)
    app = create_app(house)
    server = way.server(app, log_level="critical", lifespan="on", timeout_graceful_shutdown=STOPS_WITHIN)
    app.state.is_stopping = lambda: server.should_exit
    base = house.settings.public_address or here

    def failed(reason: str) -> None:
        told.print(f"The phones of the demo have stopped: {reason}", markup=False)

    with told_where(house.settings.data, base):
        let_paper_be_printed(house, base)
        say_where(base, play)
        phones = in_background(play, here, lambda: server.should_exit, failed, way.tls and way.tls[0])
        try:
            run_until_told(server, listening)
        finally:
            server.should_exit = True
            listening.close()  # whoever still waits for an answer hears that there will be none
            phones.join()
            told.print(f"{play.tally.scans:,} scans since the start.")


def let_paper_be_printed(house: House, base: str) -> None:
    """With the address that is served while nobody has said a better one; the pages warn that phones cannot reach it."""
    if only_this_machine(known_address(house) or base):
        remember(house, base)


def say_where(base: str, play: Play) -> None:
    links = play.links(WHO)
    told.print()
    told.print(f"保供 baogong is running. The board:  {base}/board", markup=False, style="bold")
    told.print("Open one of these links to be somebody; each may be used again, on a phone too.")
    told.print(table_of(("who", "", "link"), [(who, role, f"{base}/j#{links[role]}") for role, who in WHO.items()]))
    door, code = play.a_door()
    told.print(f"A household's own page, without signing in (door {door}):  {base}/d/{code}", markup=False)
    told.print(f"Everything in it is made up. {play.speed:g} times as fast as a real day. Ctrl-C stops it.")
    told.print()


def table_of(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for head in heads:
        table.add_column(head, overflow="fold", no_wrap=head != "link")
    for row in rows:
        table.add_row(*row)
    return table
