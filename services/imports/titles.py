"""The good that a title names, where no column of the table names one: 鸡蛋团购登记表."""

import re
import unicodedata
from collections.abc import Iterable

from services.imports.building_headings import line_in
from services.imports.headers import column_of, spoken
from services.imports.layouts import Layout
from services.imports.quantities import good_and_unit

TABLE = r"(?:登记|统计|汇总|报名|接龙|订单|订购|明细|信息)*(?:表格?|单|册|名单)?"
NAMED_FIRST = re.compile(rf"(?P<good>.{{1,24}}?)(?:团购|拼团|接龙|订购|预订){TABLE}")
NAMED_BEHIND = re.compile(
    r"(?:#\s*)?(?:团购|接龙|订购)\s*[:：]?\s*(?P<good>.{1,24}?)(?:(?:登记|统计|汇总|报名|接龙)+表?)?"
)
WHEN = re.compile(
    r"^(?:(?:20[0-9]{2}[年./-])?[0-9]{1,2}[月./-](?:[0-9]{1,2}[日号]?)?|第[0-9一二三四五六七八九十]{1,3}[期批次轮])\s*的?"
)
FOOD = re.compile(
    r"(?:[蛋奶菜果肉米面油鱼虾蟹鸡鸭鹅排翅腿豆瓜桃梨橙橘桔柑莓蕉枣薯笋菇葱蒜椒茄粉饭饼糕包糖盐醋酱茶酒水饮纸粮药]|套餐|礼盒|葡萄|荔枝|龙眼|樱桃|芒果|菠萝|土豆|番茄|萝卜|玉米|生姜|洋葱|点心|饺子|"
    r"馄饨|汤圆|咖啡|可乐|零食|口罩|抗原|消毒液|湿巾|纸巾|纸尿裤|卫生巾|洗衣液|酒精)$"
)
MAY_BE_A_PART = re.compile(
    r"(?!(?:20[0-9]{2}[年./-])?[0-9]{1,2}[月./-])[-a-z0-9一二三四五六七八九十甲乙丙丁东南西北中新老大小上下前后左右内外对隔旁附近第和与及、·]",
    re.IGNORECASE,
)
"""Behind the name of the compound: 锦绣苑北 and 锦绣苑二期 are others, of whose tables nobody may read a good here."""
NO_GOOD = re.compile(
    r"小区|社区|居民|业主|邻居|商品|物[资品]|生活|保供|疫情|[楼号栋幢弄室期]|单元|我们|本|[今明昨每][天日]|微信|团长|[、,，;+和/]|[老小大]?[哥姐妹叔婶妈爸总]|老师|[苑汇城府庭园邸墅湾郡]|花园|公寓|新村|家园"
)
"""Whose table it is, or where; 小李团购 and 锦绣苑团购 name no good either, nor does a list of several."""
SAYS_MORE = re.compile(r"是否|已|领|[收取服配需要会能做在吃养缺]|有(?!机)|过敏|[人病发]|抗原|同意|确认")
"""需要配药 with a yes is no order of it."""


def good_of_title(layout: Layout, own_names: Iterable[str] = ()) -> tuple[str, str] | None:
    """The good and its unit, where the lines above the header, or else the names of sheet and file, name just one.

    The own compound may be named before it: 锦绣苑4月20日苹果团购.
    """
    own = sorted(own_names, key=len, reverse=True)
    lines = [text for row in layout.sheet.rows[: layout.header] if (text := line_in(list(row)))]
    for texts in (lines, [layout.sheet.name, layout.sheet.file_name]):
        found = {spoken(good[0]): good for text in texts if (good := _good_in(_without_own(text, own)))}
        if found:
            return found.popitem()[1] if len(found) == 1 else None
    return None


def _without_own(text: str, own: Iterable[str]) -> str:
    said = unicodedata.normalize("NFKC", text).strip()
    for name in own:
        if name and said.startswith(name) and not MAY_BE_A_PART.match(behind := said.removeprefix(name).lstrip(" :")):
            return behind
    return said


def is_surely_a_good(item: str) -> bool:
    """Whether a name says by itself that it is something to buy."""
    return bool(FOOD.search(item)) and not SAYS_MORE.search(item) and not NO_GOOD.search(item)


def _good_in(text: str) -> tuple[str, str] | None:
    said = WHEN.sub("", unicodedata.normalize("NFKC", text).strip()).strip(" 。.!:_-")
    for form in (NAMED_FIRST, NAMED_BEHIND):
        if found := form.fullmatch(said):
            item, unit = good_and_unit(found["good"].strip(" ”“\"'「」《》【】"), "")
            known = FOOD.search(item) and not NO_GOOD.search(item) and column_of(item) is None
            return (item, unit) if known else None
    return None
