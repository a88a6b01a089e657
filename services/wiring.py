"""Everything that runs in one process, joined together; the command line, the server and the tests use the same."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from domain.base import Recorded
from infra.auth import AccessStore
from infra.committer import Committer
from infra.directory import Directory
from infra.event_store import EventStore
from infra.read_store import SqliteReadStore
from infra.settings import Settings, installation_secret
from infra.unmaskings import Unmaskings
from services.door_codes import DoorBook
from services.office import Office, follows, initial
from services.openid import ExtraMissing, OpenIdProvider
from services.places import PlaceBook
from services.projector import Projector
from services.projector_beside import ProjectorBeside


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class House:
    settings: Settings
    secret: bytes
    log: EventStore
    committer: Committer
    office: Office
    read: SqliteReadStore
    projector: Projector | ProjectorBeside
    access: AccessStore
    directory: Directory
    unmaskings: Unmaskings
    places: PlaceBook
    door_book: DoorBook

    def close(self) -> None:
        self.committer.stop()
        self.projector.stop()
        self.read.close()
        self.log.close()
        self.access.close()
        self.directory.close()

    def shown(self, recorded: Recorded | int, timeout: float = 30) -> bool:
        """Waits until a fact is visible in the read models; the timeout is in seconds."""
        position = recorded if isinstance(recorded, int) else recorded.position
        self.projector.nudge()
        return self.projector.wait_for(position, timeout)


def open_house(settings: Settings, *, serving: bool = False) -> House:
    """Opens, and where needed makes, the files of the data directory and starts the threads.

    ``serving``: many will wait for answers, so the read models may be kept by a process beside this one.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    secret = installation_secret(settings.secret_file)
    with ExitStack() as opened:
        log = opened.enter_context(closing(EventStore.open(settings.log_file, synchronous=settings.synchronous)))
        read = opened.enter_context(closing(SqliteReadStore(settings.read_file)))
        access = opened.enter_context(closing(AccessStore(settings.access_file)))
        directory = opened.enter_context(closing(Directory(settings.directory_file)))
        projector = (
            ProjectorBeside(settings)
            if serving and settings.projector_beside
            else Projector(log, read, is_busy=lambda: committer.is_busy)
        )
        opened.pop_all()
    committer = Committer(log, initial, follows, now, cache_size=settings.cache_streams)
    committer.on_commit(projector.nudge)
    committer.start()
    projector.start()
    return House(
        settings=settings,
        secret=secret,
        log=log,
        committer=committer,
        office=Office(committer),
        read=read,
        projector=projector,
        access=access,
        directory=directory,
        unmaskings=Unmaskings(directory),
        places=PlaceBook(read),
        door_book=DoorBook(secret, log, read),
    )


def provider_of(settings: Settings) -> OpenIdProvider | None:
    """None where the installation names none. Raises ExtraMissing."""
    if not settings.oidc_issuer:
        return None
    try:
        from services.oidc import Provider  # noqa: PLC0415 — the extra need not be installed
    except ImportError as error:
        raise ExtraMissing("BAOGONG_OIDC_ISSUER is set: install the extra, pip install 'baogong[oidc]'") from error
    return Provider(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret.get_secret_value())


@contextmanager
def house_at(settings: Settings, *, serving: bool = False) -> Iterator[House]:
    house = open_house(settings, serving=serving)
    try:
        yield house
    finally:
        house.close()
