"""The link by which the first administrator comes in, and where the server of a data directory is found."""

from pathlib import Path
from typing import Final

from infra.auth import AccessStore

FILE: Final = "served-at"
DOCUMENTED: Final = "http://127.0.0.1:8000"
"""Where baogong serve answers when it is told nothing."""
ONCE: Final = "Administrator, once: {link}"
AGAIN: Final = "Nobody has signed in yet. Administrator, once: {link} (the link that was printed before is withdrawn)"


def remember_served(data: Path, address: str) -> None:
    (data / FILE).write_text(address, encoding="utf-8")


def served_at(data: Path) -> str:
    """Where the server is, or was last."""
    file = data / FILE
    return file.read_text(encoding="utf-8").strip() if file.exists() else DOCUMENTED


def administrators_link(access: AccessStore, base: str) -> str | None:
    """What the terminal says while nobody has ever come in by a link; None once somebody has, or has links to give."""
    links = access.links()
    waiting = [link for link in links if link.revoked_at is None]
    others = any(link.used_at or link.reusable or link.role != "admin" or link.compound for link in links)
    if access.sessions() or others or len(waiting) > 1:
        return None
    for link in waiting:
        access.revoke_link(link.id)
    return (AGAIN if waiting else ONCE).format(link=f"{base}/j#{access.issue_link('admin')}")
