"""Lines between the orders of a table that speak of the rows below: sent elsewhere, of another compound, day, batch or good."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from domain.community.doors import Roster
from services.imports.building_headings import LED_IN, NUMBER, building_in, line_in
from services.imports.headers import column_of, spoken
from services.imports.layouts import Layout
from services.imports.names_of_compounds import ANOTHER_PART, N
from services.imports.titles import is_surely_a_good

FOLLOWS = re.compile(r"(?<![0-9岁元度级楼])(?:以下|下面|下列)")
OF_NO_OTHER = re.compile(
    r"(?:以下|下面|下列|的|是|为|均|都|全部?|已|本|我们|小区|团购?|付款?|支付|确认|收款?|下单|接龙|登记|核对|审核|完成|正常|有效|新增|追加|补单?|加单|"
    r"最新|空白|无正文|无内容|名单|清单|明细|订单|订购|统计|数据|内容|信息|表格?|居民|业主|住户|邻居|人员|商品|货物|物资|请|填写?|写|开始|自提|小程序|导出|系统|自动|生成|由|"
    r"按|楼号|房号|楼栋|顺序|排序|排列|不分先后|仅供参考|参考|单|[0-9]+[户家人份单]|[:,。!;、()])*"
)
"""以下为已付款订单 and 以下空白 leave the rows below as they are."""
AT_A_PLACE = r"(?:楼下|一楼|底楼|大厅|大堂|门厅|门口|门洞|架空层|旁|门|线|[东西南北]侧)"
SENT = re.compile(
    rf"(?:送[到至往给]?|转[给交送到至]?|改到|放[在到]?|寄[到给]?|交给?)(?:{NUMBER}(?:号楼?|栋|幢|座|#|楼)(?!{AT_A_PLACE})|[0-9]{{1,3}}-[0-9]{{3,4}}|[0-9]{{3,4}}(?![0-9元块斤克份]))|"
    r"(?:统一|全部|一起|都|均)(?:送|转|寄|交)[到至往给]?(?!货|上门|到|各|楼下|一楼|门|小区|本|大门|[东西南北正]门|达|出|完|发|快递)[^,。;!]{2}"
)
COLLECTED = re.compile(
    r"(?:转|统一|全部|都|均|由)(?!志愿者|楼长|楼组长|团长|物业|保安|门卫)[^,。;!]{1,12}代[收领取]|代[收领取]人?[:是]"
)
MAYBE: Final = re.compile(r"可以?|如|若|能|否|[吗?谢]|万一|不便")
COMPOUND = re.compile(
    r"[一-鿿]{1,7}(?:小区|花园|公寓|新村|家园|(?<!商)[苑汇城府庭园邸墅湾郡])"
    r"(?:小区|团购?|接龙|居民|业主|住户|邻居|的|名单|登记|表|订单|[:。])*"
)
NO_COMPOUND = re.compile(r"谢|大家|请|我们|咱|本|该|全|各|加油|祝|欢迎|联系|保供|自提|配送|送货|^小区|^社区小区")
TAIL = r"(?:的|团购?|接龙|居民|业主|住户|订单|订购|登记|统计|名单|表|单|配送|送货|送达|到货|发货|[:。])*"
PART = re.compile(rf"(?:第?(?P<number>{N})期|[东西南北中][区苑村园]){TAIL}")
A_DOOR = re.compile(r"[0-9]{3,4}室?$")
"""A household of another part that ordered nothing heads nobody."""
DAY = re.compile(
    rf"(?:20[0-9]{{2}}[年./-])?(?P<month>[0-9]{{1,2}})[月./-](?P<day>[0-9]{{1,2}})[日号]?(?:\(?(?:周|星期)[一二三四五六日天]\)?)?(?:[上下]午|早上|晚上)?{TAIL}"
)
DAY_IN_A_TITLE = re.compile(r"(?<![0-9])(?P<month>[0-9]{1,2})[月./-](?P<day>[0-9]{1,2})(?![0-9])")
OTHER_DAY = re.compile(rf"(?:[昨前明后]天|[上下]周|[上下]次){TAIL}")
BATCH = re.compile(rf"第?(?P<number>{N})(?:批次?|车|波|轮|团|次){TAIL}")
FIRST = {"1", "一", "首"}
GOODS_OF_MANY_KINDS = re.compile(
    r"(?:.{0,2}水果|.{0,2}蔬菜|[米面粮]油|.{0,2}食品|零食|[酒饮]水|饮料|肉|果蔬|蔬果|[鱼虾蟹肉蛋奶]+)类?"
)


class Below(NamedTuple):
    """What a line makes of the rows below it."""

    doubted: bool = False
    good: str = ""
    """Which has to be the good of these rows."""


NOTHING_BELOW: Final = Below()


class LinesBetween:
    """Hears the lines of one table, from top to bottom."""

    def __init__(
        self, layout: Layout, roster: Roster, goods: Collection[str], lines: Iterable[tuple[int, str | None]]
    ) -> None:
        self.names = sorted(map(spoken, (*roster.settings.names, *roster.settings.streets)), key=len, reverse=True)
        self.phases_count = "期" in roster.settings.parts
        self.goods = goods
        sheet = layout.sheet
        above = [spoken(line_in(list(row)) or "") for row in sheet.rows[: layout.header]]
        self.days = {day for text in (*above, spoken(sheet.name), spoken(sheet.file_name)) for day in _days(text)}
        said = Counter(spoken(text) for _, text in lines if text is not None)
        self.of_every_page = {text for text, times in said.items() if times > 1}

    def below(self, text: str, *, first: bool) -> Below:
        """``first``: no order stands above this line, so that it may be a title."""
        bare = LED_IN.sub("", text)
        if building_in(bare, self.names):
            return NOTHING_BELOW
        if good := self._good_in(bare):
            return Below(good=good)
        own = next((name for name in self.names if name in bare), "")
        for name in self.names:
            bare = bare.replace(name, "")
        follows = FOLLOWS.search(text)
        if follows and not MAYBE.search(text):
            rest = text[follows.start() :]
            for name in self.names:
                rest = rest.replace(name, "")
            if not OF_NO_OTHER.fullmatch(rest):
                return Below(doubted=True)
        placed = not A_DOOR.search(bare) and self._is_another_place(bare, behind_own=bool(own), first=first)
        elsewhere = placed or self._sends(bare)
        return Below(doubted=elsewhere or self._is_of_another_time(text, bare, first=first))

    def _good_in(self, text: str) -> str:
        item = re.sub(r"(?:团购|接龙|订购|登记|名单|表)*[:。]?$", "", text)
        known = item in self.goods or (is_surely_a_good(item) and len(item) <= 8)  # noqa: PLR2004 — longer ones are sentences
        return item if known and column_of(item) is None and not GOODS_OF_MANY_KINDS.fullmatch(item) else ""

    def _sends(self, text: str) -> bool:
        return not MAYBE.search(text) and bool(SENT.search(text) or COLLECTED.search(text))

    def _is_another_place(self, text: str, *, behind_own: bool, first: bool) -> bool:
        if first and (phase := PART.fullmatch(text)) and phase["number"] in FIRST:
            return False
        part = PART.fullmatch(text) or (behind_own and ANOTHER_PART.match(text))
        if part:
            return not (self.phases_count and "期" in part[0])
        return not behind_own and COMPOUND.fullmatch(text) is not None and not NO_COMPOUND.search(text)

    def _is_of_another_time(self, whole: str, text: str, *, first: bool) -> bool:
        if found := BATCH.fullmatch(text):
            return not (first and found["number"] in FIRST)
        if found := DAY.fullmatch(text):
            day = (int(found["month"]), int(found["day"]))
            if first and not self.days:
                self.days.add(day)
            return day not in self.days and whole not in self.of_every_page
        return OTHER_DAY.fullmatch(text) is not None


def _days(text: str) -> Iterator[tuple[int, int]]:
    for found in DAY_IN_A_TITLE.finditer(text):
        yield int(found["month"]), int(found["day"])


def is_of_another_good(good: str, ordered: Sequence[str]) -> bool:
    """Whether none of the goods of a row is the one that the line above it names."""
    return bool(good) and not any(good in each or each in good for each in ordered)
