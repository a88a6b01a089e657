"""What an installation may set: by environment, ``BAOGONG_…``, or on the command line."""

import os
import secrets
from pathlib import Path
from typing import Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRET_BYTES = 32


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="BAOGONG_", extra="ignore")

    data: Path = Path("var")
    """Directory of the log, the read database, the sign-ins and the directory of people; made when it is not there."""
    synchronous: Literal["FULL", "NORMAL", "OFF"] = "FULL"
    """How SQLite writes the log; anything but FULL may lose acknowledged scans when the power fails."""
    public_board: bool = False
    """Whether /board can be seen without signing in; it holds sums only."""
    public_address: str | None = None
    """Where phones reach the server, such as http://192.168.1.20:8000; printed on labels."""
    trusted_hosts: str = ""
    """Names under which the server answers beside its addresses and the public one, parted by commas."""
    cache_streams: int = 4000
    directory_days: int = 30
    """How many days after the end of a lockdown names, phones and help needs are kept."""
    oidc_issuer: str | None = None
    """Address of an OpenID provider by which staff sign in; needs the extra ``baogong[oidc]``."""
    oidc_client_id: str = "baogong"
    oidc_client_secret: SecretStr = SecretStr("")
    projector: Literal["auto", "inside", "beside"] = "auto"
    """Where a server keeps its read models up to date: in its own process, or in one beside it where there are two
    cores or more."""

    @property
    def projector_beside(self) -> bool:
        return self.projector == "beside" or (self.projector == "auto" and (os.cpu_count() or 1) > 1)

    @property
    def hosts(self) -> tuple[str, ...]:
        return tuple(name.strip() for name in self.trusted_hosts.split(",") if name.strip())

    @property
    def log_file(self) -> Path:
        return self.data / "log.db"

    @property
    def read_file(self) -> Path:
        return self.data / "read.db"

    @property
    def access_file(self) -> Path:
        return self.data / "access.db"

    @property
    def directory_file(self) -> Path:
        return self.data / "directory.db"

    @property
    def secret_file(self) -> Path:
        return self.data / "secret"


def installation_secret(path: Path) -> bytes:
    """The key from which the codes of doors are made; made once, readable by the owner only, never to be lost."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        secret = secrets.token_bytes(SECRET_BYTES)
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    return secret
