"""Writes docs/roles.md from the table in services/roles.py. ``.venv/bin/python scripts/roles.py``"""

from pathlib import Path

from services.roles import ACTIONS, BADGE_ROLES, ISSUABLE_ROLES, ROLES, ROLES_THAT_MAY, ROLES_THAT_SCAN, STEPS

PAGE = Path(__file__).parents[1] / "docs" / "roles.md"

HEAD = """# Who may do what

Made from `services/roles.py` by `scripts/roles.py`; a test compares. Every route declares one of these actions in its
signature (or `anyone`), and `tests/integration/test_every_route.py` asks every route as every role, as nobody, as a
person of another compound, with a late upload key and with API keys.

"""
LIMITS = """
## Within a role

| who | is limited to |
|---|---|
| everyone | their compound; only administrators without one choose it, with `?compound=`, and stay in it from page to page |
| captains, and volunteers whose badge names buildings | their buildings: what is not yet delivered, search, sheets, trails. A delivery that they did at another building is recorded all the same, because it happened |
| leaders | their group buys: imports, deliveries that they declare or see |
| volunteers | the stations of their badge: a scan at another one is set aside as `other-station` |
| devices whose session is over | sending what they scanned: an upload key opens `POST /api/scans` only, for 72 hours, for scans between the beginning of the badge and the end of its shift; they are marked late |
| API keys | the actions that they were made for |

What nobody has said a building, group buy or station of is not held back. The functions are in `services/roles.py`.

"""


def table(first: str, names: tuple[str, ...], holders: dict[str, frozenset[str]]) -> str:
    lines = [f"| {first} | {' | '.join(ROLES)} |", f"|---|{'|'.join([':-:'] * len(ROLES))}|"]
    for name in names:
        cells = ("●" if role in holders[name] else "" for role in ROLES)
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def page() -> str:
    may, scan = (dict(each) for each in (ROLES_THAT_MAY, ROLES_THAT_SCAN))
    return (
        HEAD
        + "## Actions\n\n"
        + table("action", ACTIONS, {str(name): roles for name, roles in may.items()})
        + "\n## Steps of a scan\n\n"
        + table("step", STEPS, {str(name): roles for name, roles in scan.items()})
        + LIMITS
        + f"Sign-in links are handed out for {', '.join(ISSUABLE_ROLES)}; badges for {', '.join(BADGE_ROLES)}. An "
        + "administrator's link is made on the terminal, programs have keys (`baogong keys create`).\n"
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
