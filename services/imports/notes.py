"""What words beside an order may do to it: take it back, change how much it is, or send it to another door."""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final, NamedTuple

from domain.community.door_words import CHINESE, number
from domain.community.doors import Roster, household_id
from services.imports.more_that_takes_back import counts_together, takes_back_besides
from services.imports.quantities import COUNTED_IN, quantity_of

N: Final = rf"(?:[0-9]+|[{CHINESE}两俩]+)"
ONLY_IF: Final = re.compile(
    r"(?:如|若|要是|万一|假如)[^,。;!]{0,14}?(?:退款?|取消|换[^,。;]{0,4}|不要了?)|"
    r"(?:缺货|没货|无货|断货|坏果?|有坏的?|破损|质量问题)(?:的话|请|就|则|可以?|包|直接)*(?:退款?|取消|换货?)(?![了过单])"
)
"""What is to be done if something is missing or broken takes nothing back."""
TAKES_BACK: Final = re.compile(
    rf"^(?:不要|不用|退|换|改|撤|[?×✗❌x删])$|不要(?:了|发货|送|$)|不需要(?:了|$)|不用了|不买|不想要|别[送发]|不[送发](?!上|票)|不用送(?!上)|停发|放弃|弃单|算了|忽略|不算|"
    rf"删[除掉]|没订|不订|不团|后悔|[等下]下?[次批回]|退(?:了|$|还|回|一半|{N})|[已请要全再]退|退[款货单掉钱团订]|取消|作废|无效|[不未]通过|驳回|拒绝|失败|撤[回销单]|"
    rf"[没未](?:付|支付|交款|转账?|给钱|收|到账)|款未到|欠款|待(?:付|定|确认|支付)|不确定|有误|[改换变]更?(?:成|为|到|至|送|{N})|更改|更正|修改|"
    rf"[多少加减][要买订点]?{N}(?:{COUNTED_IN}|$)|^[+-]{N}$|缺{N}|少发|双份|翻倍|减半|一半|[下填写拍点选地]址?错|错了|下重|多[拍下点]|重复|"
    rf"已(?:自提|领|签收|取)|送人|给别人|转让"
)
TAKEN_BACK_IN_A_NAME: Final = re.compile(
    r"[(\[【][^)\]】]*(?:取消|作废|退|不要了)[^)\]】]*[)\]】]|^(?:取消|作废|退)$|(?:取消|作废|已退|退款|退货|不要了|退)$|"
    r"(?:待定|待确认|不确定|未定)[)\]】]?$|[0-9室户房号][?×✗❌]$|[(\[【][?x×✗❌][)\]】]$"
)
HEADS_OTHERS: Final = re.compile(r"候补|替补|备选|[上下]一?[次批]|不发货?|未成团")
"""A line above orders that are not of this time."""
HOW_MANY: Final = re.compile(
    rf"({N})(?:份|箱|盒|袋|包|件|瓶|提|桶|套|个(?!人|小|孩|大人|成人|老人|月|宝))(?!装|入|/)|(?:[x×*]|数量[:是]?|[共各])({N})(?![0-9斤克])|^([0-9]{{1,2}}|[{CHINESE}两俩]+)$"
)
DOOR: Final = re.compile(
    rf"(?<![0-9])([0-9]{{1,3}}|[{CHINESE}]{{1,4}})(?:号楼?|栋|幢|楼|座|#|[-—–/])的?(?:[0-9]单元)?([0-9]{{3,4}})(?![0-9])"
)
BUILDING: Final = re.compile(
    rf"(?<![0-9月.-])([0-9]{{1,3}}|[{CHINESE}]{{1,4}})(?:号楼|栋|幢|座|号(?![线门送到前后上下中晚早发取码店库桌仓机院弄]))"
)
ROOM: Final = re.compile(
    r"(?:送到?|改成?|住在?|应该?是|是|到|放|给|房号|转给?)(?:隔壁|对门)?([0-9]{3,4})(?![0-9元块斤克])|"
    r"(?<![0-9])([0-9]{3,4})(?:[室房]|代?收|要了|拿|取)|(?<![一二三四五六七八九零〇])([一二三四五六七八九零〇]{3,4})(?![一二三四五六七八九零〇])"
)
ROOM_OF_A_FLOOR: Final = re.compile(
    rf"(?<![0-9])([0-9]{{1,2}}|[{CHINESE}]{{1,3}})[楼层]的?([0-9]{{1,2}}|[{CHINESE}]{{1,3}})(?:号?[室房]|号|户)(?![0-9线楼])"
)
"""5楼2室 is 502."""
MAYBE_A_ROOM: Final = re.compile(
    r"(?:(?<![0-9a-z.:¥￥+x×*-])|(?<=for)|(?<=to)|(?<=room))(?<!尾号)(?<!电话)(?<!手机)([1-9][0-9]{2,3})(?![0-9]|[.:-][0-9]|[元块斤克两只a-z年月日点分件份箱盒袋个包颗枚%])"
)
"""What a note says of a number may be said of a room, where the building has it: 503的, 替503, 502/503."""
TOGETHER: Final = re.compile(r"[和跟与同][0-9]{3,4}(?:一起|一块|一道|拼|合[拼买]?)")
ELSEWHERE: Final = re.compile(
    r"隔壁|对门|邻居|neighbo|next door|(?:帮|替|代|给|为)(?:了)?楼[上下]|楼[上下](?:邻居|阿姨|叔叔|大[爷妈姐哥]|老[人师]|[一-鿿]?(?:女士|先生))|"
    r"改地址|不是本小区|[外别其]的?他?小区"
)
DIGITS: Final = str.maketrans("零〇一二三四五六七八九", "00123456789")


class Said(NamedTuple):
    """What one text says, whoever wrote it."""

    takes_back: bool
    counts: frozenset[int]
    doors: frozenset[str]
    buildings: frozenset[str]
    rooms: frozenset[str]
    goods: frozenset[str]
    elsewhere: bool
    numbers: frozenset[str] = frozenset()
    """Those that may be rooms, where the building has them."""

    def names_another_door(self, building: str, room: str | None, roster: Roster) -> bool:
        if self.elsewhere or self.doors - {household_id(building, room)} or self.buildings - {building}:
            return True
        return any(other != room and roster.knows(building, other) for other in self.rooms)

    def may_name_another_room(self, building: str, room: str | None, roster: Roster) -> bool:
        return any(other != room and roster.knows(building, other) for other in self.numbers)


NOTHING: Final = Said(False, frozenset(), frozenset(), frozenset(), frozenset(), frozenset(), False)  # noqa: FBT003 — all empty


def _rooms_in(text: str) -> Iterator[str]:
    yield from ("".join(found).translate(DIGITS) for found in ROOM.findall(text))
    for floor, door in ROOM_OF_A_FLOOR.findall(text):
        yield f"{number(floor)}{number(door) or '':0>2}"


class Notes:
    """Reads texts against a roster and the goods of the table, each text once."""

    def __init__(self, roster: Roster, goods: Collection[str]) -> None:
        self.roster = roster
        names = sorted({re.escape(good) for good in goods if len(good) > 1}, key=len, reverse=True)
        short = "|".join({re.escape(good) for good in goods if len(good) == 1})
        alone = [rf"(?:(?<=^)|(?<=[换改要是成]))(?:{short})(?=(?:[x×*]?{N}(?:{COUNTED_IN})?)?$)"] if short else []
        self.good = re.compile("|".join([*names, *alone])) if names or alone else None
        self.without_good = re.compile(rf"不要(?:{'|'.join(names)})|(?:{'|'.join(names)})不要") if names else None
        self.counted_good = (
            re.compile(rf"(?:{'|'.join(names)})({N})(?![0-9斤克{COUNTED_IN.replace('|', '')}])") if names else None
        )
        self.known: dict[str, Said] = {"": NOTHING}

    def read(self, text: str) -> Said:
        """Of a text in one way of writing."""
        known = self.known.get(text)
        if known is None:
            known = self.known[text] = self._read(text)
        return known

    def heard(self, texts: Iterable[str]) -> list[Said]:
        """Those that say anything."""
        known, read = self.known, self.read
        return [said for text in texts if (said := known.get(text) or read(text)) is not NOTHING]

    def _read(self, text: str) -> Said:
        unconditional = ONLY_IF.sub("", text)
        besides = takes_back_besides(unconditional)
        if (
            text.isascii()
            and not besides
            and not any(mark.isdigit() or mark in "?x" for mark in text)
            and not ELSEWHERE.search(text)
        ):
            return NOTHING
        taken = TAKES_BACK.search(unconditional) or (self.without_good and self.without_good.search(unconditional))
        doors = ((number(building) or building, room) for building, room in DOOR.findall(text))
        written = ["".join(found) for found in HOW_MANY.findall(text)]
        written += self.counted_good.findall(text) if self.counted_good else []
        written += counts_together(text)
        counts = (quantity_of(number, blank_is_none=True) for number in written)
        buildings = {number(found) or found for found in BUILDING.findall(text)}
        said = Said(
            besides or taken is not None,
            frozenset(count for count in counts if isinstance(count, int)),
            frozenset(household_id(*door) for door in doors if self.roster.knows(*door)),
            frozenset(buildings & self.roster.buildings),
            frozenset(_rooms_in(text)),
            frozenset(self.good.findall(text)) if self.good else frozenset(),
            ELSEWHERE.search(text) is not None,
            frozenset(MAYBE_A_ROOM.findall(TOGETHER.sub("", DOOR.sub(self._without_a_door, text)))),
        )
        return NOTHING if said == NOTHING else said

    def _without_a_door(self, found: re.Match[str]) -> str:
        """The rooms of doors are no rooms of the building that the row names; 502/503 is no door."""
        building = number(found[1]) or found[1]
        return "" if building in self.roster.buildings else found[0]
