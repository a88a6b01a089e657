"""baogong tls: a certificate and its key for a first day, so that phones have a camera."""

import os
import re
from pathlib import Path
from typing import Annotated, Final

import typer

from infra.certificates import self_signed
from services.commands.terminal import stop, told
from services.commands.ways import seen_from_outside
from services.wiring import now

HOST: Final = re.compile(r"[A-Za-z0-9.:-]{1,253}")


def register(app: typer.Typer) -> None:
    app.command("tls")(tls)


def tls(
    *,
    out: Annotated[Path, typer.Option(help="Directory for cert.pem and key.pem.", metavar="DIR")] = Path("tls"),
    host: Annotated[
        list[str] | None,
        typer.Option(help="Address or name that phones open, such as 192.168.1.20; may be given several times."),
    ] = None,
) -> None:
    """Make a certificate that signs itself, for serve --tls. Phones warn once; compare the fingerprint."""
    hosts = host or [found for found in (seen_from_outside("0.0.0.0"),) if found]  # noqa: S104 — not listened on
    if not hosts:
        stop("Name the address that phones open: baogong tls --host 192.168.1.20")
    for each in hosts:
        if not HOST.fullmatch(each):
            stop(f"--host {each}: write an address or a name alone, such as 192.168.1.20")
    certificate, key = out / "cert.pem", out / "key.pem"
    if key.exists() or certificate.exists():
        stop(f"{out} holds a certificate or a key already; nothing was changed. Name another directory: --out DIR")
    made = self_signed(hosts, now())
    try:
        out.mkdir(parents=True, exist_ok=True)
        write(key, made.key, 0o600)
        write(certificate, made.certificate, 0o644)
    except OSError as error:
        stop(f"{out} cannot be written ({error.strerror}).")
    told.print(f"For {', '.join(hosts)}, 397 days. The fingerprint that phones show (SHA-256):", markup=False)
    told.print(made.fingerprint, markup=False, highlight=False)
    typer.echo(f"baogong serve --host 0.0.0.0 --tls {certificate} {key} --address https://{bracketed(hosts[0])}:8000")


def write(path: Path, content: bytes, mode: int) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)


def bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
