"""Who takes goods over now: teams, who is on shift, captains and stations, so that nobody has to type a number."""

from typing import Final, NamedTuple

from projections import badges, orders, people, roster, teams
from projections.base import milliseconds
from services.pages.language import N_, Language, say
from services.pages.words import role_name, words_of
from services.roles import Person, in_own_building, of_own_group_buy
from services.undelivered import in_number_order
from services.wiring import House, now

Offered = list[tuple[str, str]]
"""``kind:id`` and what stands in the list."""
TEAMS: Final = N_("Teams")
ON_SHIFT: Final = N_("On shift now")
CAPTAINS: Final = N_("Building captains")
STATIONS: Final = N_("Stations")


class Group(NamedTuple):
    text: str
    hands: Offered


def group_buys_offered(house: House, person: Person) -> list[str]:
    """The titles by which goods without a label are named."""
    if person.compound is None:
        return []
    with house.read.reading() as rows:
        known = orders.group_buys(rows, person.compound)
    return [row.title for row in known if of_own_group_buy(person, row.group_buy)]


def hands_offered(house: House, person: Person, language: Language) -> list[Group]:
    """None where no team was formed and nobody is on shift: numbers are typed as before."""
    if person.compound is None:
        return []
    compound, at = person.compound, milliseconds(now())
    with house.read.reading() as rows:
        formed = teams.teams(rows, compound)
        working = badges.on_shift(rows, compound, at)
        captains = people.captains(rows, compound, at)
        stations = roster.stations(rows, compound)
    if not formed and not working:
        return []
    tasks = dict(words_of(language, "task"))
    buildings = {each.building for each in captains if in_own_building(person, each.building)}
    on_shift = {each.member: each.role for each in working}
    places = sorted(stations, key=lambda each: (each.kind == "lobby", in_number_order(each.station)))
    groups = [
        Group(say(language, TEAMS), [(f"team:{each.team}", f"{tasks[each.task]} · {each.team}") for each in formed]),
        Group(
            say(language, ON_SHIFT),
            [(f"volunteer:{member}", f"{member} · {role_name(language, role)}") for member, role in on_shift.items()],
        ),
        Group(
            say(language, CAPTAINS),
            [
                (f"captain:{building}", say(language, "Captain of building %(name)s", name=building))
                for building in sorted(buildings, key=in_number_order)
                if building.isascii()
            ],
        ),
        Group(say(language, STATIONS), [(f"station:{each.station}", each.station) for each in places]),
    ]
    return [group for group in groups if group.hands]
