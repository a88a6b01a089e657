"""What stands in front of a door: the town, the street with its number, the compound's name."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from domain.community.door_settings import DoorSettings
from domain.community.door_words import CHINESE, number, plain

STREET_NUMBER = re.compile(rf"^(.*?)([0-9]+|[{CHINESE}]+)(弄|号)$")
LANE = re.compile(rf"^([0-9]+|[{CHINESE}]+) ?弄 ?")
TOWN = re.compile(
    r"^(?:中国)?[\u4e00-\u9fff]{1,7}?(?:自治区|省|(?<![超门])市|(?<![小社园院厂校东西南北中一二三四五六七八九十])区|县|街道|(?<![新])镇)"
)
OTHER_STREET = re.compile(rf"[\u4e00-\u9fff]{{1,8}}(?:路|街|大道|巷) ?(?:[0-9]+|[{CHINESE}]+) ?[弄号]")
COMPOUND_WORD = re.compile(r"^ ?(?:小区|社区|住宅区|公寓)")
CITIES_OF_THEIR_OWN = ("上海", "北京", "天津", "重庆")
"""They are in no province."""
JOINTS = " ,。.、:-"
JOINED_BY = frozenset(" ,，、-")


class Place(NamedTuple):
    rest: str
    """What stands behind the place."""
    own: bool
    """The compound's street or name was there."""
    town_only: bool
    """A town that is not in the settings, and nothing of the compound behind it; or one in place of the own town."""
    lane: str | None = None


@lru_cache(maxsize=256)
def _own_words(words: tuple[str, ...]) -> tuple[str, ...]:
    written = (plain(word) for word in words)
    return tuple(sorted({word.replace(" ", "") for word in written if word}, key=len, reverse=True))


@lru_cache(maxsize=256)
def own_lanes(streets: tuple[str, ...]) -> frozenset[str]:
    """The numbers of the own streets: {"168"}."""
    found = (STREET_NUMBER.fullmatch(street) for street in _own_words(streets))
    return frozenset(lane for match in found if match and (lane := number(match[2])))


@lru_cache(maxsize=256)
def _street_patterns(streets: tuple[str, ...]) -> tuple[tuple[re.Pattern[str], str | None], ...]:
    patterns: list[tuple[re.Pattern[str], str | None]] = []
    for street in _own_words(streets):
        match = STREET_NUMBER.fullmatch(street)
        if not match:
            patterns.append((re.compile(r" ?".join(map(re.escape, street))), None))
            continue
        base, lane = " ?".join(map(re.escape, match[1])), number(match[2])
        if base:
            patterns.append((re.compile(rf"{base} ?(?P<lane>[0-9]+|[{CHINESE}]+) ?(?:弄|号(?!楼)) ?"), lane))
    return tuple(patterns)


@lru_cache(maxsize=256)
def _name_patterns(words: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(r" ?".join(map(re.escape, word))) for word in _own_words(words))


def _own_street(text: str, settings: DoorSettings) -> tuple[int, str | None] | None:
    for pattern, lane in _street_patterns(settings.streets):
        match = pattern.match(text)
        if match and (lane is None or number(match["lane"]) == lane):
            return match.end(), lane
    return None


def behind_place(text: str, settings: DoorSettings) -> Place:
    """Take towns, own streets, own lane numbers and own names off the front, in whatever order they stand."""
    rest, own, foreign_town, own_lane = text.lstrip(JOINTS), False, False, None
    own_towns: list[str] = []
    foreign_towns: list[str] = []
    while True:
        if street := _own_street(rest, settings):
            end, own_lane = street
            rest, own = rest[end:], True
        elif (lane := LANE.match(rest)) and number(lane[1]) in own_lanes(settings.streets):
            rest, own, own_lane = rest[lane.end() :], True, number(lane[1])
        elif name := next((m for p in _name_patterns(settings.names) if (m := p.match(rest))), None):
            rest, own = COMPOUND_WORD.sub("", rest[name.end() :]), True
        elif town := next((m for p in _name_patterns(settings.towns) if (m := p.match(rest))), None):
            rest = rest[town.end() :]
            own_towns.append(town[0])
        elif any_town := TOWN.match(rest):
            rest, foreign_town = rest[any_town.end() :], True
            foreign_towns.append(any_town[0])
        elif bare := _bare_town(rest, settings.towns):
            rest = rest[len(bare) - 1 :]
            own_towns.append(bare)
        else:
            elsewhere = any(_in_place_of_an_own(town, own_towns, settings.towns) for town in foreign_towns)
            return Place(rest, own, elsewhere or (foreign_town and not own), own_lane)
        rest = rest.lstrip(JOINTS)


def _bare_town(text: str, towns: tuple[str, ...]) -> str | None:
    """An own town without its last word and apart from what follows, as shops print it: 上海-某区."""
    for town in _own_words(towns):
        bare = town[:-1]
        if len(bare) > 1 and text.startswith(bare) and text[len(bare) : len(bare) + 1] in JOINED_BY:
            return town
    return None


def _in_place_of_an_own(town: str, own_towns: Sequence[str], towns: tuple[str, ...]) -> bool:
    """苏州市 where the settings say 上海市 and the text does not; of a kind of town that no setting names, nothing is known."""
    known = _own_words(towns)
    bare = town.removeprefix("中国").rstrip("省市区县").removesuffix("新")
    if town == "市辖区" or any(town.endswith(own) or (bare and own.startswith(bare)) for own in known):
        return False
    kind = next((ends for ends in ("市", "区县", "省") if town[-1] in ends), None)
    if kind == "省" and any(own.startswith(CITIES_OF_THEIR_OWN) for own in known):
        return True
    return (
        kind is not None
        and any(own[-1] in kind for own in known)
        and not any(own.replace(" ", "")[-1] in kind for own in own_towns)
    )


def names_other_place(text: str) -> bool:
    """Whether a lane or a numbered street is still there after the own ones were taken away."""
    return bool(LANE.match(text) or OTHER_STREET.match(text) or re.search(r"[0-9] ?弄", text))
