"""What words beside an order may do to it: take it back, change how much it is, or send it to another door."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from domain.community.door_words import CHINESE, number
from domain.community.doors import Roster, household_id
from services.imports.quantities import COUNTED_IN, quantity_of

N: Final = rf"(?:[0-9]+|[{CHINESE}两俩]+)"
ONLY_IF: Final = re.compile(
    r"(?:如|若|要是|万一|假如)[^,。;!]{0,14}?(?:退款?|取消|换[^,。;]{0,4}|不要了?)|"
    r"(?:缺货|没货|无货|断货|坏果?|有坏的?|破损|质量问题)(?:的话|请|就|则|可以?|包|直接)*(?:退款?|取消|换货?)(?![了过单])"
)
"""What is to be done if something is missing or broken takes nothing back."""
TAKES_BACK: Final = re.compile(
    rf"^(?:不要|不用|退|换|改)$|不要(?:了|$)|不需要(?:了|$)|不用了|不买|不想要|别送|不用送(?!上)|放弃|弃单|算了|退(?:了|$)|[已请要全再]退|退[款货单掉钱团订]|"
    rf"取消|作废|无效|[不未]通过|撤[回销单]|[没未](?:付|支付|交款|转账)|[改换变]更?(?:成|为|到|至|送|{N})|更改|更正|修改|[多少加减][要买订点]?{N}(?:{COUNTED_IN}|$)|"
    rf"^[+-]{N}$|(?:只要|只需|实际)要?{N}|[下填写拍点选]错|错了|下重|多[拍下点]|重复"
)
TAKEN_BACK_IN_A_NAME: Final = re.compile(r"取消|作废|退[款货单了]|已退|不要了|[(\[【]退[)\]】]|退$")
HOW_MANY: Final = re.compile(
    rf"({N})(?:份|箱|盒|袋|包|件|瓶|提|桶|套|个(?!人|小孩|老人|月|宝))(?!装|入|/)|(?:[x×*]|数量[:是]?)({N})(?![0-9斤克])"
)
DOOR: Final = re.compile(
    rf"(?<![0-9])([0-9]{{1,3}}|[{CHINESE}]{{1,4}})(?:号楼?|栋|幢|楼|座|#|[-—–/])的?(?:[0-9]单元)?([0-9]{{3,4}})(?![0-9])"
)
BUILDING: Final = re.compile(
    rf"(?<![0-9月.-])([0-9]{{1,3}}|[{CHINESE}]{{1,4}})(?:号楼|栋|幢|座|号(?![线门送到前后上下中晚早发取码店库桌仓机院弄]))"
)
ROOM: Final = re.compile(
    r"(?:送到?|改成?|住|应该?是|是|到|放|给)(?:隔壁|对门)?([0-9]{3,4})(?![0-9元块斤克])|(?<![0-9])([0-9]{3,4})[室房]"
)
NEIGHBOUR: Final = re.compile(r"(?:送|放|给|交)(?:到|在|给)?(?:隔壁|对门|邻居)")


class Said(NamedTuple):
    """What one text says, whoever wrote it."""

    takes_back: bool
    counts: frozenset[int]
    doors: frozenset[str]
    buildings: frozenset[str]
    rooms: frozenset[str]
    to_neighbour: bool

    def names_another_door(self, building: str, room: str | None, roster: Roster) -> bool:
        if self.to_neighbour or self.doors - {household_id(building, room)} or self.buildings - {building}:
            return True
        return any(other != room and roster.knows(building, other) for other in self.rooms)


NOTHING: Final = Said(False, frozenset(), frozenset(), frozenset(), frozenset(), False)  # noqa: FBT003 — all empty


class Notes:
    """Reads texts against a roster and the goods of the table, each text once."""

    def __init__(self, roster: Roster, goods: Iterable[str]) -> None:
        self.roster = roster
        names = sorted({re.escape(good) for good in goods if len(good) > 1}, key=len, reverse=True)
        self.without_good = re.compile(rf"不要(?:{'|'.join(names)})") if names else None
        self.known: dict[str, Said] = {"": NOTHING}

    def read(self, text: str) -> Said:
        """Of a text in one way of writing."""
        if text not in self.known:
            self.known[text] = self._read(text)
        return self.known[text]

    def _read(self, text: str) -> Said:
        if not any("一" <= mark <= "鿿" or mark.isdigit() for mark in text):
            return NOTHING
        unconditional = ONLY_IF.sub("", text)
        taken = TAKES_BACK.search(unconditional) or (self.without_good and self.without_good.search(unconditional))
        doors = ((number(building) or building, room) for building, room in DOOR.findall(text))
        counts = (quantity_of(one or other, blank_is_none=True) for one, other in HOW_MANY.findall(text))
        buildings = {number(found) or found for found in BUILDING.findall(text)}
        return Said(
            taken is not None,
            frozenset(count for count in counts if isinstance(count, int)),
            frozenset(household_id(*door) for door in doors if self.roster.knows(*door)),
            frozenset(buildings & self.roster.buildings),
            frozenset(one or other for one, other in ROOM.findall(text)),
            NEIGHBOUR.search(text) is not None,
        )
