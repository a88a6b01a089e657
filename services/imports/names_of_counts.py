"""Names of columns that say what is counted in them: 苹果数量 is of a good, 斤数 and 包厢号 may be of none."""

import re
from collections.abc import Sequence
from typing import Final

from services.imports.layouts import GoodColumn
from services.imports.quantities import COUNTED_IN, good_key
from services.imports.titles import is_surely_a_good

LIKE_A_NUMBER: Final = re.compile(
    r".*[一-鿿](?:号码?|[价数重]|(?<![一二两三])次)|.{0,2}(?:班|楼|片|志愿|邻居|居民|业主|住户|党|网格|街|村|队|区|群|送货|配送|取货|领货)小?组"
)
OF_A_GOOD: Final = re.compile(
    rf".*[大中小特均加一二三四五六七八九十]号|.*字号|.+(?:特|半|优惠|秒杀|一口|福利|惊爆|活动)价|.*(?:数量|(?:{COUNTED_IN})数)"  # sizes, offers, and how many
)
HOW_MANY: Final = re.compile(
    r"(?P<good>.+?)[(（_-]?(?:需要|要|预订|订购|购买|下单|团购)?(?:数量|份数|件数|个数|数)[)）]?"
)


def may_be_a_number(name: str, goods: Sequence[str]) -> bool:
    """Whether a column of such a name may hold a number of something else: 号, 价, 数, 重 and 次 end few goods.

    ``goods`` are the names of all columns of goods: who calls one 牙膏数 calls the next one 毛巾数.
    """
    if not LIKE_A_NUMBER.fullmatch(name) or OF_A_GOOD.fullmatch(name) or is_surely_a_good(name[:-1]):
        return False
    return len(goods) == 1 or not all(each.endswith("数") for each in goods)


def named_without_count(goods: Sequence[GoodColumn]) -> list[GoodColumn]:
    """苹果数量 as 苹果, where no other column is called so."""
    bare = [_without_count(good.item) for good in goods]
    names = [good_key(name, good.unit) for name, good in zip(bare, goods, strict=True)]
    return [
        good._replace(item=name) if names.count(key) == 1 else good
        for good, name, key in zip(goods, bare, names, strict=True)
    ]


def _without_count(item: str) -> str:
    found = HOW_MANY.fullmatch(item.strip())
    return found["good"].strip() if found and is_surely_a_good(found["good"].strip()) else item
