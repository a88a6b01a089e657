"""baogong keys: API keys for programs, which send them as ``Authorization: Bearer``."""

from typing import Annotated

import typer

from infra.auth import ApiKey
from services.commands.terminal import ACTOR, DEFAULT_DATA, CompoundOption, Data, compound_in, opened, stop, told
from services.roles import ACTIONS, LIMITED_ROLES, ROLES, ROLES_THAT_MAY

HEADS = ("id", "name", "role", "compound", "made", "made by", "last used", "state", "actions")


def register(app: typer.Typer) -> None:
    keys = typer.Typer(help="API keys for programs: made, listed, revoked.", no_args_is_help=True)
    keys.command("create")(create)
    keys.command("list")(list_keys)
    keys.command("revoke")(revoke)
    app.add_typer(keys, name="keys")


def create(
    *,
    role: Annotated[
        str, typer.Option(help=f"One of {', '.join(role for role in ROLES if role not in LIMITED_ROLES)}.")
    ],
    compound: CompoundOption = None,
    name: Annotated[
        str | None, typer.Option(help="A short label such as scales-2; never a person's name or phone.")
    ] = None,
    actions: Annotated[
        str | None, typer.Option(help="Only these of the role's actions, parted by commas; else all.")
    ] = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Make a key and print it, this once: only its digest is kept."""
    if role not in ROLES:
        stop(f"There is no role {role}; choose one of {', '.join(ROLES)}.")
    if role in LIMITED_ROLES:
        stop(f"A key cannot say of which buildings or group buys; give it the role program, not {role}.")
    limited = None if actions is None else actions_named(actions, role)
    with opened(data, follow=False) as house:
        where = None if role == "admin" and compound is None else compound_in(house, compound)
        try:
            token = house.access.create_api_key(role, where, name=name, actions=limited, made_by=ACTOR)
        except ValueError as error:
            stop(f"--name: {error}.")
        made = house.access.api_keys()[0]
        told.print(f"{made.id} {made.name}: shown once, send it as Authorization: Bearer …", markup=False)
        typer.echo(token)


def actions_named(written: str, role: str) -> list[str]:
    named = [each.strip() for each in written.split(",") if each.strip()]
    held = [action for action in ACTIONS if role in ROLES_THAT_MAY[action]]
    for each in named:
        if each not in held:
            stop(f"--actions: {each} is none of what {role} may do: {', '.join(held)}.")
    if not named:
        stop(f"--actions: name some of {', '.join(held)}, or leave it out.")
    return named


def list_keys(*, compound: CompoundOption = None, data: Data = DEFAULT_DATA) -> None:
    """List the keys, newest first; the keys themselves are known to nobody any more."""
    with opened(data, follow=False) as house:
        rows = [HEADS, *(row_of(key) for key in house.access.api_keys(compound))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def row_of(key: ApiKey) -> tuple[str, ...]:
    return (
        key.id,
        key.name,
        key.role,
        key.compound or "all",
        f"{key.created:%Y-%m-%d %H:%M}",
        key.made_by or "",
        f"{key.last_used:%Y-%m-%d %H:%M}" if key.last_used else "never",
        "revoked" if key.revoked_at else "valid",
        "all" if key.actions is None else ",".join(sorted(key.actions)),
    )


def revoke(
    *, key: Annotated[str, typer.Argument(help="The id, as baogong keys list shows it.")], data: Data = DEFAULT_DATA
) -> None:
    """Revoke a key: it opens nothing from the next request on."""
    with opened(data, follow=False) as house:
        if not house.access.revoke_api_key(key):
            stop(f"There is no valid key {key}; see baogong keys list.")
        told.print(f"{key} is revoked.", markup=False)
