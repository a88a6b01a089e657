"""What is not at its door: pieces under way, orders of which no piece has been sorted, and what was destroyed."""

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from domain.goods.facts import building_of
from projections import awaited, custody, orders
from projections.awaited import Door
from projections.base import Rows
from projections.custody import Custody
from services.roles import Person, in_own_building, of_own_group_buy

NOT_SORTED: Final = "not-sorted"
GROUPS: Final = {
    NOT_SORTED: "not_sorted",
    "declared": "not_sorted",
    "sorted": "sorted",
    "with-volunteer": "under_way",
    "with-captain": "under_way",
    "downstairs": "downstairs",
    "destroyed": "destroyed",
}


class Missing(NamedTuple):
    """One piece; ``code`` is None while it has not been sorted. ``since`` is in milliseconds since 1970."""

    building: str
    room: str
    household: str | None
    group_buy: str | None
    title: str
    code: str | None
    piece: int | None
    of: int | None
    stage: str
    holder_kind: str | None
    holder: str | None
    since: int | None


class BuildingSum(NamedTuple):
    """``doors`` of ``ordered`` doors still wait for something, ``in_vain`` got nothing; the rest counts pieces."""

    building: str
    ordered: int
    doors: int
    in_vain: int
    pieces: int
    not_sorted: int
    sorted: int
    under_way: int
    downstairs: int
    problems: int
    destroyed: int

    @property
    def done(self) -> int:
        return self.ordered - self.doors - self.in_vain


@functools.lru_cache(maxsize=8192)
def in_number_order(text: str) -> tuple[tuple[int, int, str], ...]:
    """A key by which 201 comes before 1701, and 商铺3 behind the numbers."""
    parts = re.findall(r"\d+|\D+", text)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def undelivered(
    rows: Rows, compound: str, *, building: str | None = None, group_buy: str | None = None
) -> list[Missing]:
    """By building and door in numeric order; pieces that nobody named a door for come first, with building ""."""
    titles = {row.group_buy: row.title for row in orders.group_buys(rows, compound)}
    wanted = [
        door
        for door in awaited.doors(rows, compound)
        if group_buy in {None, door.group_buy} and building in {None, building_of(door.household)}
    ]
    standing = [
        *custody.not_yet_delivered(rows, compound, building or None),
        *custody.never_to_come(rows, compound, building or None),
    ]
    missing = [
        piece
        for piece in (named(each, titles) for each in standing)
        if (building is None or piece.building == building) and group_buy in {None, piece.group_buy}
    ]
    missing += not_sorted(rows, compound, wanted, titles)
    return sorted(missing, key=by_door)


def seen_by(person: Person, missing: Iterable[Missing]) -> list[Missing]:
    """What lies within the person's buildings and group buys."""
    return [
        piece
        for piece in missing
        if in_own_building(person, piece.building) and of_own_group_buy(person, piece.group_buy)
    ]


def by_door(piece: Missing) -> tuple[object, ...]:
    return (
        in_number_order(piece.building),
        in_number_order(piece.room),
        piece.title,
        piece.piece or 1,
        piece.code or "",
    )


def named(piece: Custody, titles: dict[str, str]) -> Missing:
    building, _, room = (piece.household or "").partition("-")
    return Missing(
        building=piece.building or building,
        room=room,
        household=piece.household,
        group_buy=piece.group_buy,
        title=titles.get(piece.group_buy or "", piece.group_buy or ""),
        code=piece.code,
        piece=piece.piece,
        of=piece.of,
        stage=piece.stage,
        holder_kind=piece.holder_kind,
        holder=piece.holder,
        since=piece.since,
    )


def not_sorted(rows: Rows, compound: str, wanted: Sequence[Door], titles: dict[str, str]) -> Iterable[Missing]:
    """Orders without any parcel, and the pieces that "1 of 3" says are still to come."""
    for (group_buy, household), gap in awaited.missing_pieces(rows, compound, wanted).items():
        building, _, room = household.partition("-")
        for piece in gap.pieces:
            number, total = (piece, gap.of) if gap.of > 1 else (None, None)
            yield Missing(
                building, room, household, group_buy, titles.get(group_buy, group_buy),
                None, number, total, NOT_SORTED, None, None, None,
            )  # fmt: skip


def sums_by_building(rows: Rows, compound: str, missing: Sequence[Missing], group_buy: str | None) -> list[BuildingSum]:
    """Every building that ordered, and those with pieces though nobody ordered."""
    ordered: dict[str, set[str]] = defaultdict(set)
    for named_buy, household in orders.ordered_doors(rows, compound):
        if group_buy is None or named_buy == group_buy:
            ordered[household.partition("-")[0]].add(household)
    waiting: dict[str, list[Missing]] = defaultdict(list)
    for piece in missing:
        waiting[piece.building].append(piece)
    places = sorted(ordered.keys() | waiting.keys(), key=in_number_order)
    return [sum_of(place, ordered[place], waiting[place]) for place in places]


def sum_of(building: str, ordered: set[str], missing: Sequence[Missing]) -> BuildingSum:
    groups = [GROUPS.get(piece.stage, "problems") for piece in missing]
    concerned = {piece.household for piece in missing if piece.household}
    waiting = {piece.household for piece in missing if piece.household and piece.stage != "destroyed"}
    destroyed = groups.count("destroyed")
    return BuildingSum(
        building=building,
        ordered=len(ordered | concerned),
        doors=len(waiting),
        in_vain=len(concerned - waiting),
        pieces=len(missing) - destroyed,
        not_sorted=groups.count("not_sorted"),
        sorted=groups.count("sorted"),
        under_way=groups.count("under_way"),
        downstairs=groups.count("downstairs"),
        problems=groups.count("problems"),
        destroyed=destroyed,
    )
