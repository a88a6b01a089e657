"""P9: memory of a server that has taken a million scans, and of one that was opened on such a log."""

from contextlib import closing
from pathlib import Path
from shutil import rmtree

from benchmarks.audit_page import parcels_in
from benchmarks.clients import send
from benchmarks.connection import Connection
from benchmarks.figures import Bar, Figure, Measured, Sizes
from benchmarks.load import A_REQUEST, SEED, found, one_by_one, plan_of_yesterday
from benchmarks.logs import copied, log_of
from benchmarks.server import SCANS, Server, server_at

PHONES = 4
SCANS_OF_A_COMPOUND = 5500
POINTS = 20
MOST = 300


def measure(work: Path, sizes: Sizes) -> Measured:
    return Measured(
        "P9",
        "memory",
        f"Resident memory of the server's process as the system counts it. Served: {PHONES} clients upload "
        f"{sizes.events:,} simulated scans (a day of many compounds, {A_REQUEST} scans a request) to an empty "
        f"installation, the server records and projects them. Opened: a server on a log that exists, after pages of "
        f"random parcels were looked at.",
        [],
    )
