"""The command line: baogong COMMAND --help."""

import gc
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Final

import structlog
import typer

from services.garbage import SELDOM

MODULES: Final[Mapping[str, tuple[str, ...]]] = {
    "demo": ("demo",),
    "serve": ("serve", "link"),
    "tls": ("tls",),
    "keys": ("keys",),
    "badges": ("badges",),
    "declare": ("declare",),
    "labels": ("labels",),
    "sheets": ("sheets",),
    "slips": ("slips",),
    "directory": ("directory",),
    "upkeep": ("rebuild", "verify"),
    "simulate": ("simulate",),
    "import_orders": ("import",),
    "import_households": ("import",),
}
"""Which commands each module registers: one that is asked for need not wait until all others are loaded."""
IMPORTS: Final = ("import_orders", "import_households")


def command_line(asked: str = "") -> typer.Typer:
    """All commands, or only those of the modules that know the one which is asked for."""
    app = typer.Typer(
        name="baogong",
        help="保供: follows goods from the gate of a locked-down compound to the household's door.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    app.callback()(lambda: None)
    imports = typer.Typer(help="Read the tables that people bring.", no_args_is_help=True)
    known = [module for module, commands in MODULES.items() if asked in commands] or list(MODULES)
    for module in known:
        import_module(f"services.commands.{module}").register(imports if module in IMPORTS else app)
    if set(IMPORTS).intersection(known):
        app.add_typer(imports, name="import")
    return app


def main() -> None:
    """Log lines go to standard error: what --json prints is read by programs."""
    gc.set_threshold(*SELDOM)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    command_line(sys.argv[1] if len(sys.argv) > 1 else "")()


if __name__ == "__main__":
    main()
