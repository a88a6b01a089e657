"""The link by which the first administrator comes in."""

from typing import Final

from infra.auth import AccessStore

ONCE: Final = "Administrator, once: {link}"
AGAIN: Final = "Nobody has signed in yet. Administrator, once: {link} (the link that was printed before is withdrawn)"


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
