"""The ways to serve: plain http for this machine, https for phones, and plain http for a network only by name."""

import signal
import socket
import ssl
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple

import typer
import uvicorn

from services.commands.terminal import stop, told

Tls = Annotated[
    tuple[Path, Path] | None,
    typer.Option(
        "--tls",
        metavar="CERT KEY",
        help="Serve https with this certificate and its key, both PEM; phones need it for the camera. See baogong tls.",
    ),
]
InsecureHttp = Annotated[
    bool,
    typer.Option(
        "--insecure-http", help="Serve plain http to the network all the same, without camera and without secrecy."
    ),
]
Host = Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for phones, with --tls CERT KEY.")]
EVERY_ADDRESS: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104 — compared, not listened on

REFUSED: Final = (
    "{host} is reached by others, and over plain http everybody on the network could read along. Two ways out: "
    "--tls CERT KEY serves https (baogong tls --host {example} makes a pair for a first day), or --insecure-http "
    "serves plain http all the same."
)
INSECURE: Final = (
    "Plain http on {host}: phones get no camera (codes can be typed), everybody on this network can read what is sent, "
    "sign-in links too, and the sign-in is an ordinary cookie that others can copy. Use --tls CERT KEY as soon as you can."
)


BOTH_WAYS: Final = (
    "--tls serves https, --insecure-http serves plain http: choose one. With --tls CERT KEY nothing else is needed."
)


class Way(NamedTuple):
    host: str
    tls: tuple[Path, Path] | None = None

    @property
    def scheme(self) -> str:
        return "https" if self.tls else "http"

    @property
    def for_uvicorn(self) -> dict[str, Any]:
        return {"ssl_certfile": self.tls[0], "ssl_keyfile": self.tls[1]} if self.tls else {}

    def here(self, port: int) -> str:
        """An address that this machine can open."""
        return f"{self.scheme}://{reached_at(self.host)}:{port}"

    def outside(self, port: int) -> str | None:
        """An address that phones on the same network would open; None where only this machine can."""
        seen = seen_from_outside(self.host)
        return f"{self.scheme}://{seen}:{port}" if seen else None

    def server(self, app: Callable[..., Any], **more: Any) -> uvicorn.Server:
        config = uvicorn.Config(app, access_log=False, server_header=False, **self.for_uvicorn, **more)
        return uvicorn.Server(config)


def run_until_told(server: uvicorn.Server, listening: socket.socket) -> None:
    """Ends orderly on Ctrl-C and SIGTERM, and returns.

    A signal that comes before uvicorn listens for it would be swallowed by asyncio or kill the process; one that comes
    later uvicorn raises again when it has stopped.
    """

    def end(*_: object) -> None:
        server.should_exit = True

    before = {kind: signal.signal(kind, end) for kind in (signal.SIGINT, signal.SIGTERM)}
    try:
        server.run(sockets=[listening])
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


def chosen_way(host: str, tls: tuple[Path, Path] | None, *, insecure_http: bool) -> Way:
    """Ends the command where it would be seen by others in plain, or where the certificate does not do."""
    if tls and insecure_http:
        stop(BOTH_WAYS, 2)
    if tls:
        read_pair(*tls)
        return Way(host, tls)
    if not is_this_machine(host):
        if not insecure_http:
            stop(REFUSED.format(host=host, example=seen_from_outside(host) or "192.168.1.20"))
        told.print(INSECURE.format(host=host), markup=False, highlight=False, style="yellow")
    return Way(host)


def read_pair(certificate: Path, key: Path) -> None:
    """As the server will read them; ends the command with what is wrong."""
    for what, path in (("certificate", certificate), ("key", key)):
        try:
            path.read_bytes()
        except OSError as error:
            stop(f"--tls: the {what} {path} cannot be read ({error.strerror}).")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, no_password(key))
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            stop(f"--tls: the key {key} does not belong to the certificate {certificate}.")
        stop(f"--tls: {certificate} and {key} are not a certificate and its key in PEM form. First CERT, then KEY.")


def no_password(key: Path) -> Any:
    """Instead of OpenSSL's own question on the terminal, which a service has nobody to answer."""

    def asked() -> str:
        stop(f"--tls: the key {key} is locked by a password; give one without.")

    return asked


def listen(host: str, port: int, another: str = "--port {0}") -> socket.socket:
    """The socket before anything else, so that a taken port is told at once; ``another`` says how to choose one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=2048)
    except PermissionError:
        stop(f"Port {port} may not be used by you; choose one above 1023: {another.format(8001)}")
    except OSError as error:
        free = 8001 if port == 8000 else port % 65535 + 1  # noqa: PLR2004 — the default and the next one
        stop(
            f"Port {port} on {host} cannot be used ({error.strerror}). Stop what is running there, or choose another: "
            f"{another.format(free)}"
        )
    listening.set_inheritable(True)
    return listening


def is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def reached_at(host: str) -> str:
    """The host in an address that this machine can open."""
    if host in EVERY_ADDRESS:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def seen_from_outside(host: str) -> str | None:
    """The host in an address that phones on the same network would use; None where only this machine is reached."""
    if is_this_machine(host):
        return None
    if host not in EVERY_ADDRESS:
        return reached_at(host)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        return str(probe.getsockname()[0])
