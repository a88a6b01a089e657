"""What a link, a badge or a role is limited to, as somebody wrote it: only what is there, group buys by title or id."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal, NamedTuple

from domain.base import Refused
from domain.community.doors import Roster, building_meant
from infra.auth import Scope
from projections import orders, roster
from projections.base import Rows
from services.pages.language import N_, Language, say
from services.places import buildings_of
from services.undelivered import in_number_order

Kind = Literal["building", "group-buy", "station"]
BETWEEN: Final = re.compile(r"[,，、;；\r\n]+")
MOST_NAMED: Final = 30
LONGEST_NAMED: Final = 60

NOT_THERE: Final[Mapping[Kind, str]] = {
    "building": N_("There is no building %(name)s. There are: %(there)s."),
    "group-buy": N_("There is no group buy %(name)s. There are: %(there)s."),
    "station": N_("No station %(name)s is open. Open are: %(there)s."),
}
NONE_AT_ALL: Final[Mapping[Kind, str]] = {
    "building": N_("There is no building yet: import the roster of households first."),
    "group-buy": N_("There is no group buy yet: import its orders first."),
    "station": N_("No station is open yet: open it on the page of stations first."),
}
SEVERAL: Final = N_("Several group buys are called %(name)s. Write the id of one of them: %(there)s.")
NEEDED: Final[Mapping[str, tuple[Kind, str]]] = {
    "captain": ("building", N_("Say for which buildings: a captain is of some buildings, not of all. There are: %(there)s.")),
    "leader": ("group-buy", N_("Say for which group buys: a leader is of some group buys, not of all. There are: %(there)s.")),
}  # fmt: skip
"""What a link of the role must name, and what is said where it does not."""


class There(NamedTuple):
    """What a compound has: group buys as (id, title), newest first."""

    buildings: tuple[str, ...]
    group_buys: tuple[tuple[str, str], ...]
    stations: tuple[str, ...]
    written: Roster
    """By which a building is read as doors are, so that 1号楼 is 1."""

    @classmethod
    def read(cls, rows: Rows, compound: str) -> "There":
        return cls(
            tuple(sorted(roster.buildings(rows, compound), key=in_number_order)),
            tuple((row.group_buy, row.title) for row in orders.group_buys(rows, compound)),
            tuple(sorted(each.station for each in roster.stations(rows, compound))),
            buildings_of(rows, compound),
        )

    def called(self, kind: Kind) -> list[str]:
        match kind:
            case "building":
                return list(self.buildings)
            case "station":
                return list(self.stations)
            case "group-buy":
                return [f"{title} ({group_buy})" for group_buy, title in self.group_buys]

    def ids(self, kind: Kind) -> dict[str, list[str]]:
        """By what may be written for it."""
        found: dict[str, list[str]] = {}
        if kind == "group-buy":
            for group_buy, title in self.group_buys:
                found.setdefault(plain(title), []).append(group_buy)
            return found | {group_buy: [group_buy] for group_buy, _ in self.group_buys}
        return {plain(name): [name] for name in self.called(kind)}


def limits_said(
    there: There,
    language: Language,
    *,
    buildings: Iterable[str] = (),
    group_buys: Iterable[str] = (),
    station: str | None = None,
) -> Scope:
    """Nothing written is no limit. Raises Refused, in the language, with what is not there and what is."""
    return Scope.of(
        stations=named(there, language, "station", [station]) or None if station else None,
        buildings=named(there, language, "building", buildings) or None,
        group_buys=named(there, language, "group-buy", group_buys) or None,
    )


def must_be_limited(there: There, language: Language, role: str, scope: Scope) -> None:
    """Raises Refused for a captain of no building and a leader of no group buy."""
    kind, text = NEEDED.get(role, (None, ""))
    if kind is None or (scope.buildings if kind == "building" else scope.group_buys):
        return
    raise Refused("limit-said", there_said(there, language, kind, text))


def named(there: There, language: Language, kind: Kind, texts: Iterable[str]) -> list[str]:
    known = there.ids(kind)
    found = []
    for name in (name for text in texts for name in ([text] if kind == "station" else parts(text, known))):
        meant = known.get(plain(name), [])
        if not meant and kind == "building" and (building := building_meant(name, there.written)):
            meant = [building]
        if not meant:
            raise Refused("limit-known", there_said(there, language, kind, NOT_THERE[kind], name))
        if len(meant) > 1:
            raise Refused("limit-known", say(language, SEVERAL, name=name, there=", ".join(meant)))
        found += meant
    return list(dict.fromkeys(found))


def parts(text: str, known: Mapping[str, object]) -> Iterator[str]:
    """``3 12`` and ``3、12``; a title may hold blanks and commas itself."""
    if plain(text) in known:
        yield text
        return
    for part in BETWEEN.split(text):
        words = part.split()
        while words:
            length = next((n for n in range(len(words), 0, -1) if plain(" ".join(words[:n])) in known), 1)
            yield " ".join(words[:length])
            words = words[length:]


def plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def there_said(there: There, language: Language, kind: Kind, text: str, name: str = "") -> str:
    called = there.called(kind)
    if not called:
        return say(language, NONE_AT_ALL[kind])
    listed = ", ".join((*called[:MOST_NAMED], *(["…"] if len(called) > MOST_NAMED else [])))
    return say(language, text, name=name[:LONGEST_NAMED], there=listed)
