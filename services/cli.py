"""The command line: baogong COMMAND --help.

What takes time to load is loaded by ``main``, where Ctrl-C is heard already.
"""

import gc
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Final

from services.garbage import SELDOM

if TYPE_CHECKING:
    import typer

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
INTERRUPTED: Final = 130
"""As a shell says it, and as typer ends a command at Ctrl-C."""


def command_line(asked: str = "") -> "typer.Typer":
    """All commands, or only those of the modules that know the one which is asked for."""
    import typer  # noqa: PLC0415 — it takes time

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
    with ended_without_a_word():
        import structlog  # noqa: PLC0415 — as typer

        structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
        commands = command_line(sys.argv[1] if len(sys.argv) > 1 else "")
    try:
        commands()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


@contextmanager
def ended_without_a_word() -> Iterator[None]:
    """For what leaves nothing behind: Ctrl-C ends it where it stands, without the traceback of whatever was loading."""
    usual = signal.default_int_handler
    if signal.getsignal(signal.SIGINT) is not usual:
        yield
        return
    signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


if __name__ == "__main__":
    main()
