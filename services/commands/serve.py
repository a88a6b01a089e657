"""baogong serve: the server for real use; and sign-in links from the terminal."""

import socket
from pathlib import Path
from typing import Annotated, Final

import typer

from domain.base import Refused
from infra.auth import NO_LIMIT, Scope
from services.access import ROLES
from services.app import create_app
from services.commands.first_link import administrators_link
from services.commands.served import served_at, told_where
from services.commands.terminal import ACTOR, DEFAULT_DATA, CompoundOption, Data, compound_in, opened, stop, told
from services.commands.ways import Host, InsecureHttp, Tls, Way, chosen_way, listen, run_until_told
from services.garbage import garbage_sought_seldom
from services.pages.limits_said import There, limits_said, must_be_limited
from services.wiring import House

DOCUMENTED: Final = "http://127.0.0.1:8000"
"""Where baogong serve answers when it is told nothing."""
NOT_SERVED: Final = "No server runs on {data} now; the link is for {base}. Served elsewhere? Give --address."


def register(app: typer.Typer) -> None:
    app.command("serve")(serve)
    app.command("link")(link)


def serve(
    *,
    data: Data = DEFAULT_DATA,
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="PORT", min=0, max=65535)] = 8000,
    tls: Tls = None,
    insecure_http: InsecureHttp = False,
    address: Annotated[str | None, typer.Option(help="How phones reach it, such as https://192.168.1.20:8000.")] = None,
    public_board: Annotated[bool, typer.Option("--public-board", help="Show /board without signing in.")] = False,
) -> None:
    """Serve a data directory, without demo data.

    Signing in by an OpenID provider: BAOGONG_OIDC_ISSUER, BAOGONG_OIDC_CLIENT_ID and BAOGONG_OIDC_CLIENT_SECRET in the
    environment; the address to register there is ADDRESS/oidc/back. See docs/sign-in.md.
    """
    way = chosen_way(host, tls, insecure_http=insecure_http)
    if tls and address and address.lower().startswith("http:"):
        stop(
            "--tls serves https, but --address begins with http:// and would be printed on labels. Write https:// there."
        )
    listening = listen(host, port)
    port = listening.getsockname()[1]
    with opened(data, create=True, serving=True) as house:
        house.settings.public_board = house.settings.public_board or public_board
        house.settings.public_address = address or house.settings.public_address or way.outside(port)
        base = house.settings.public_address or way.here(port)
        told.print(f"baogong listens on {base}", markup=False)
        with told_where(data, base):
            told.print(
                administrators_link(house.access, base)
                or "A new sign-in link: baogong link --role staff (or admin, gate, sorter, …)",
                markup=False,
                soft_wrap=True,
            )
            run(house, listening, way)


def run(house: House, listening: socket.socket, way: Way = Way("127.0.0.1")) -> None:  # noqa: B008 — a tuple
    server = way.server(create_app(house), log_level="warning", timeout_graceful_shutdown=5)
    with garbage_sought_seldom():
        run_until_told(server, listening)


def link(
    *,
    data: Data = DEFAULT_DATA,
    compound: CompoundOption = None,
    role: Annotated[str, typer.Option(help=f"One of {', '.join(ROLES)}.")] = "staff",
    station: Annotated[str | None, typer.Option(help="The station where the person works.")] = None,
    building: Annotated[
        list[str] | None, typer.Option(help="Only this building; may be given several times. A captain needs one.")
    ] = None,
    group_buy: Annotated[
        list[str] | None,
        typer.Option(help="Only this group buy, by title or id; may be given several times. A leader needs one."),
    ] = None,
    address: Annotated[
        str | None, typer.Option(help="How the person reaches the server; else where it is served, as far as known.")
    ] = None,
) -> None:
    """Print a sign-in link that works once."""
    if role not in ROLES:
        stop(f"There is no role {role}; choose one of {', '.join(ROLES)}.")
    with opened(data) as house:
        where = None if role == "admin" and compound is None else compound_in(house, compound)
        scope = scope_said(house, where, role, station, building or [], group_buy or []) if where else NO_LIMIT
        token = house.access.issue_link(role, compound=where, station=station, scope=scope, made_by=ACTOR)
        base = address or house.settings.public_address or where_served(data)
        typer.echo(f"{base.rstrip('/')}/j#{token}")


def where_served(data: Path) -> str:
    for address in served_at(data):
        return address
    told.print(NOT_SERVED.format(data=data, base=DOCUMENTED), markup=False, style="yellow")
    return DOCUMENTED


def scope_said(
    house: House, compound: str, role: str, station: str | None, buildings: list[str], group_buys: list[str]
) -> Scope:
    """Ends the command with what is not there, or what is missing."""
    with house.read.reading() as rows:
        there = There.read(rows, compound)
    try:
        scope = limits_said(there, "en", buildings=buildings, group_buys=group_buys, station=station)
        must_be_limited(there, "en", role, scope)
    except Refused as refused:
        option = {"captain": "--building", "leader": "--group-buy"}.get(role)
        stop(f"{option}: {refused.text}" if refused.rule == "limit-said" else refused.text)
    return scope
