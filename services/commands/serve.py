"""baogong serve: the server for real use; and sign-in links from the terminal."""

import socket
from typing import Annotated

import typer
import uvicorn

from services.access import ROLES
from services.app import create_app
from services.commands.terminal import DEFAULT_DATA, CompoundOption, Data, compound_in, opened, stop, told
from services.garbage import garbage_sought_seldom
from services.wiring import House


def register(app: typer.Typer) -> None:
    app.command("serve")(serve)
    app.command("link")(link)


def serve(
    *,
    data: Data = DEFAULT_DATA,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 for phones on the same network.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="PORT", min=0, max=65535)] = 8000,
    address: Annotated[str | None, typer.Option(help="How phones reach it, such as http://192.168.1.20:8000.")] = None,
    public_board: Annotated[bool, typer.Option("--public-board", help="Show /board without signing in.")] = False,
) -> None:
    """Serve a data directory, without demo data."""
    listening = listen(host, port)
    port = listening.getsockname()[1]
    with opened(data, create=True, serving=True) as house:
        house.settings.public_board = house.settings.public_board or public_board
        house.settings.public_address = address or house.settings.public_address or seen_from_outside(host, port)
        base = house.settings.public_address or f"http://{reached_at(host)}:{port}"
        told.print(f"baogong listens on {base}", markup=False)
        if not house.access.sessions() and not house.access.links():
            told.print(
                f"Administrator, once: {base}/j#{house.access.issue_link('admin')}", markup=False, soft_wrap=True
            )
        else:
            told.print("A new sign-in link: baogong link --role staff (or admin, gate, sorter, …)", markup=False)
        run(house, listening)


def run(house: House, listening: socket.socket) -> None:
    config = uvicorn.Config(create_app(house), log_level="warning", access_log=False, timeout_graceful_shutdown=5)
    with garbage_sought_seldom():
        uvicorn.Server(config).run(sockets=[listening])


def listen(host: str, port: int) -> socket.socket:
    """The socket before anything else, so that a taken port is told at once."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        stop(f"Port {port} on {host} cannot be used ({error.strerror}); choose another: --port {port % 65535 + 1}")
    listening.set_inheritable(True)
    return listening


def reached_at(host: str) -> str:
    """The host in an address that this machine can open."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104 — compared, not listened on
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def seen_from_outside(host: str, port: int) -> str | None:
    """The address that phones on the same network would use; None where only this machine can reach the server."""
    if host in {"127.0.0.1", "localhost", "::1"}:
        return None
    if host not in {"0.0.0.0", "::"}:  # noqa: S104 — compared, not listened on
        return f"http://{reached_at(host)}:{port}"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        return f"http://{probe.getsockname()[0]}:{port}"


def link(
    *,
    data: Data = DEFAULT_DATA,
    compound: CompoundOption = None,
    role: Annotated[str, typer.Option(help=f"One of {', '.join(ROLES)}.")] = "staff",
    station: Annotated[str | None, typer.Option(help="The station where the person works.")] = None,
    address: Annotated[str, typer.Option(help="How the person reaches the server.")] = "http://127.0.0.1:8000",
) -> None:
    """Print a sign-in link that works once."""
    if role not in ROLES:
        stop(f"There is no role {role}; choose one of {', '.join(ROLES)}.")
    with opened(data) as house:
        where = None if role == "admin" and compound is None else compound_in(house, compound)
        token = house.access.issue_link(role, compound=where, station=station)
        typer.echo(f"{house.settings.public_address or address}/j#{token}")
