"""The command line: baogong COMMAND --help."""

import typer

from services.commands import (
    badges,
    declare,
    demo,
    directory,
    import_households,
    import_orders,
    keys,
    labels,
    serve,
    sheets,
    simulate,
    slips,
    tls,
    upkeep,
)

COMMANDS = (demo, serve, tls, keys, badges, declare, labels, sheets, slips, directory, upkeep, simulate)
IMPORTS = (import_orders, import_households)


def command_line() -> typer.Typer:
    app = typer.Typer(
        name="baogong",
        help="保供: follows goods from the gate of a locked-down compound to the household's door.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    imports = typer.Typer(help="Read the tables that people bring.", no_args_is_help=True)
    for command in COMMANDS:
        command.register(app)
    for command in IMPORTS:
        command.register(imports)
    app.add_typer(imports, name="import")
    return app


def main() -> None:
    command_line()()


if __name__ == "__main__":
    main()
