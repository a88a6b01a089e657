"""baogong badges: sheets of shift badges, as one HTML file to print; each opens once."""

import asyncio
from collections.abc import Iterable
from typing import Annotated, Final

import typer

from domain.community.people.badges import BADGE_ROLES
from services.commands.labels import Lang, Out, language_said, write
from services.commands.terminal import (
    ACTOR,
    DEFAULT_DATA,
    CompoundOption,
    Data,
    buildings_said,
    compound_in,
    opened,
    stop,
    told,
)
from services.counted import counted
from services.crew.desk import BadgeTerms, CommitteeDesk, IssuedBadge, role_named
from services.crew.windows import Window, end_said, first_offered, moment_said, usual_day, window_of
from services.label_address import only_this_machine
from services.pages.badge_sheets import badges_document
from services.pages.stations import station_names
from services.paper.address import address_for
from services.paper.badges import badge_cards
from services.wiring import now

MOST: Final = 200


def register(app: typer.Typer) -> None:
    badges = typer.Typer(help="Shift badges for volunteers.", no_args_is_help=True)
    badges.callback()(lambda: None)
    badges.command("print")(print_badges)
    app.add_typer(badges, name="badges")


def print_badges(
    *,
    members: Annotated[str | None, typer.Option(help="Numbers of members, parted by commas.")] = None,
    count: Annotated[
        int | None, typer.Option(min=1, max=MOST, help="Register so many new volunteers, one badge for each.")
    ] = None,
    role: Annotated[str, typer.Option(help=f"One of {', '.join(sorted(BADGE_ROLES))}.")],
    station: Annotated[str | None, typer.Option(help="Only at this station.")] = None,
    buildings: Annotated[str | None, typer.Option(help="Only these buildings, parted by commas.")] = None,
    begins: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="06:00 is today; or 2022-04-20 06:00. Else today 06:00; after 22:00 and without --until, from now for 12 hours.",
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(help="As --from; 06:00 after 22:00 is the next day's. Else 22:00 of the day on which it begins."),
    ] = None,
    address: Annotated[str | None, typer.Option(help="How phones reach the server: https://192.168.1.20:8000.")] = None,
    lang: Lang = "zh_CN",
    out_file: Out = None,
    compound: CompoundOption = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Print A4 sheets of badges, each with role, station, window and number, never with a name."""
    if (members is None) == (count is None):
        stop("Say for whom: --members m7kq2x9d4,m3rb8w5tz for people who are registered, or --count N for new ones.")
    if role not in BADGE_ROLES:
        stop(f"There is no badge for {role}; choose one of {', '.join(sorted(BADGE_ROLES))}.")
    language = language_said(lang)
    numbers = [each.strip() for each in (members or "").split(",") if each.strip()]
    with opened(data) as house:
        place = compound_in(house, compound)
        base = address_for(house, address)
        if only_this_machine(base):
            told.print(
                "Careful: phones cannot reach this address; these badges only work on this computer.", style="yellow"
            )
        named = [each.strip() for each in (buildings or "").split(",") if each.strip()]
        terms = terms_said(role, station, buildings_said(house, place, named), begins, until)
        desk = CommitteeDesk(house, place, ACTOR)
        issued = asyncio.run(issue(desk, terms, numbers, count or 0))
        with house.read.reading() as rows:
            names = station_names(rows, place, language)
        page = badges_document(badge_cards(issued, base), house.places.name_of(place), names, language)
    write(out_file, page, counted(len(issued), "badge"), f"{place}-badges")


def terms_said(
    role: str, station: str | None, buildings: Iterable[str], begins: str | None, until: str | None
) -> BadgeTerms:
    moment = now()
    if begins or until:
        first = moment_said(begins, moment) if begins else usual_day(moment).begins
        window = Window(first, end_said(until, first) if until else usual_day(first).ends)
    else:
        window = window_of(first_offered(moment), moment)
    return BadgeTerms(role_named(role), *window, station, tuple(buildings))


async def issue(desk: CommitteeDesk, terms: BadgeTerms, numbers: list[str], new: int) -> list[IssuedBadge]:
    """Everybody who is named must be known before the first badge is made. Raises Refused."""
    for number in numbers:
        desk.known(number)
    if new:
        desk.must_be_issuable(terms)
    numbers += [await desk.register("volunteer", approve=True) for _ in range(new)]
    return [await desk.issue_badge(number, terms) for number in dict.fromkeys(numbers)]
