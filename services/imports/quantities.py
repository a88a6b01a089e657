"""Reads how many, how much money and which state an order is in; and what a good is and comes in."""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Literal

from domain.community.door_words import CHINESE, chinese_number
from infra.tables import Cell
from services.imports.forgetting import remembered
from services.imports.headers import spoken
from services.imports.words_in_names import price_behind, prices_in, without_form_words, without_price

MOST = 9999
LARGEST = 10**9
NONE_WORDS = {
    "",
    "-",
    "--",
    "—",
    "/",
    "\\",
    "无",
    "没有",
    "不要",
    "不需要",
    "0",
    "0份",
    "零",
    "否",
    "未选",
    "不买",
    "(空)",
    "空",
    "(跳过)",
    "nan",
    "none",
    "null",
}
COUNTED_IN = "份|个|箱|盒|袋|包|件|瓶|桶|提|只|条|罐|套|板|打|束|颗|块|组|枚"
MEASURES = f"{COUNTED_IN}|斤|公斤|kg"
QUANTITY = re.compile(
    rf"(?:[x×*+➕✖]|数量[::]?|要)?(?P<number>[0-9]+(?:\.0+)?|[{CHINESE}两俩]+)(?:{COUNTED_IN}|\((?:{COUNTED_IN})\))?[。.]?"
)
"""A weight is no count: 5斤 may be one bag of five."""
COUNTED = re.compile(rf"(?:[x×*+]|要)?(?:[0-9]+|[{CHINESE}两俩]+)(?P<measure>{COUNTED_IN}|粒|根|片)")
SO_MANY_PIECES = 12
PIECES = "枚个只颗粒片块根条"
CONTENTS = re.compile(rf"([0-9]+|[{CHINESE}两]+)(?:{COUNTED_IN}|粒|根|片|入)|[x×*]([0-9]+)")
WEIGHT_IN = re.compile(rf"(?:[0-9.]+|[{CHINESE}两半]+)(?:斤|公斤|千克|kg|克|g)")
TWO_NUMBERS = re.compile(r"\d\s+\d")
BEGINS_WITH_A_COUNT = re.compile(rf"(?:[0-9]+|[{CHINESE}两半]).{{0,7}}|有|x|半份")
"""1份谢谢, 1（代邻居）: an order with words behind it."""
ORDERED = re.compile(rf"[√✓✔☑✅v]|要|订|买|想要|需要|(?:[\u4e00-\u9fff0-9]{{1,4}}?[0-9]{{1,2}}(?:{COUNTED_IN})?)+")
WEIGHT = re.compile(rf"(?:[0-9.]+|[{CHINESE}两俩半]+)(?:斤|公斤|千克|kg|克|g|两)半?")
MEASURE = re.compile(
    rf"(?:{COUNTED_IN}|[公市]?斤|千克|kg|克|g|两|升|l|ml|毫升|米|扎|捆|把|棵|串|朵|尾|筐|桶|杯|碗|卷|双|副|对|支|台)"
)
OWN_COUNT = re.compile(rf"(?<=[\u4e00-\u9fff)）\s])\s*(?P<quantity>[x×*X]\s*\d+|(?<=\s)\d+\s*(?:{COUNTED_IN}))\s*$")
NAMED_COUNT = re.compile(rf"(?:合计|[总共要买订])?几?(?:{COUNTED_IN})数?|总?数")
"""A header that only says what is counted: 箱数, 件."""
ONE_OR_THE_OTHER = re.compile(r"[一二三四五六七八九两俩壹贰叁肆伍陆柒捌玖貳陸參]{2}")
"""二三 is two or three, 二三十 twenty or thirty."""
BRACKET_AT_END = re.compile(
    r"^(?P<item>.+?)\s*(?:\((?P<round>[^()]*(?:\([^()]*\)[^()]*)*)\)|（(?P<full>[^（）]*(?:（[^（）]*）[^（）]*)*)）|【(?P<square>[^【】]*)】|\[(?P<latin>[^\[\]]*)\])\s*$"
)
UNIT_LIKE = re.compile(
    rf"[0-9]|[{CHINESE}两半](?:[大中小整{CHINESE}]|{MEASURES}|[公市]?斤|千克|克|两|升|毫升|米|扎|捆|把|棵|串|朵|尾|筐|杯|碗|卷|双|副|对|支|台|粒|根|片|人|$)|^(?:每|{MEASURES})",
    re.IGNORECASE,
)
"""二斤 is a unit; 五花肉 is a good."""

PAID = {"已支付", "待发货", "已发货", "已完成", "已付款", "已付", "付款成功", "支付成功", "待自提", "待提货", "已自提", "已提货", "待收货", "已收货", "已签收", "待核销", "已核销", "配送中", "待配送", "已配送", "待取货", "已取货", "交易成功", "交易完成", "完成", "部分发货", "已成团", "待成团", "paid", "completed", "shipped", "已接龙", "已报名", "正常", "有效", "是", "已到货", "待评价", "已评价", "已确认", "未发货", "待发", "已付清", "已转账", "已转", "已收款", "已缴费", "√", "✓", "进行中"}  # fmt: skip
SKIPPED = {
    "已取消": "cancelled", "取消": "cancelled", "已关闭": "cancelled", "交易关闭": "cancelled", "订单关闭": "cancelled", "已作废": "cancelled",
    "取消订单": "cancelled", "订单已取消": "cancelled", "已取消接龙": "cancelled", "cancelled": "cancelled", "canceled": "cancelled",
    "待支付": "unpaid", "未支付": "unpaid", "待付款": "unpaid", "未付款": "unpaid", "未付": "unpaid", "unpaid": "unpaid",
    "已退款": "refunded", "全额退款": "refunded", "已全额退款": "refunded", "退款成功": "refunded", "全部退款": "refunded", "refunded": "refunded",
}  # fmt: skip
NOT_REFUNDED = {
    "",
    "未申请",
    "未申请售后",
    "未申请退款",
    "无需退款",
    "无需售后",
    "无",
    "未退款",
    "无退款",
    "无售后",
    "否",
    "-",
    "--",
    "0",
    "没有",
    "正常",
    "none",
}


def quantity_of(cell: object, *, blank_is_none: bool) -> int | Literal["unreadable"] | None:
    """A count of 1 to 9999; None where nothing was ordered (a blank or a dash, in a column of one good)."""
    if isinstance(cell, str):
        return _said_quantity(cell, blank_is_none)
    if cell is None:
        return _said_quantity("", blank_is_none)
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return "unreadable"
    if cell == 0 and blank_is_none:
        return None
    return int(cell) if 1 <= cell <= MOST and cell == int(cell) else "unreadable"


@remembered
def _said_quantity(cell: str, blank_is_none: bool) -> int | Literal["unreadable"] | None:  # noqa: FBT001 — positional, to be remembered by
    if TWO_NUMBERS.search(cell):
        return "unreadable"
    text = spoken(cell)
    if text in NONE_WORDS and blank_is_none:
        return None
    found = QUANTITY.fullmatch(text)
    if found and ONE_OR_THE_OTHER.search(found["number"]):
        return "unreadable"
    number = found["number"].replace("两", "二").replace("俩", "二") if found else ""
    digits = number.split(".")[0] if number[:1].isdigit() else chinese_number(number) if number else None
    if digits and int(digits) == 0 and blank_is_none:
        return None
    return int(digits) if digits and len(digits) <= 6 and 1 <= int(digits) <= MOST else "unreadable"  # noqa: PLR2004


def quantity_in(cell: object, unit: str) -> int | None:
    """2斤 of a good that comes in 斤 are 2; of one in 5斤, nobody knows."""
    measure = re.sub(r"^(?:[每一/]|1(?![0-9]))", "", spoken(unit))
    text = spoken(cell)
    if not measure or not MEASURE.fullmatch(measure) or not text.endswith(measure):
        return None
    quantity = quantity_of(text.removesuffix(measure), blank_is_none=True)
    return quantity if isinstance(quantity, int) else None


def nearly_counts(cell: object) -> bool:
    """A weight, two numbers, a tick, 红2: none of them tells how many, and yet somebody ordered."""
    return isinstance(cell, str) and bool(
        TWO_NUMBERS.search(cell) or any(each.fullmatch(spoken(cell)) for each in (WEIGHT, ORDERED, BEGINS_WITH_A_COUNT))
    )


@remembered
def counts_pieces(cell: object, item: str, unit: str) -> bool:
    """60枚 of a good in 30枚 may be two boxes of it, or sixty; 2箱 of 12盒/箱 are two."""
    found = COUNTED.fullmatch(spoken(cell)) if isinstance(cell, str) else None
    if found is None:
        return False
    measure, good = found["measure"], f"{spoken(item)} {spoken(unit)}"
    if re.search(rf"(?:/|每|一|(?<![0-9])1|整|约){measure}", good):
        return False
    inside = [quantity_of(one or other, blank_is_none=True) for one, other in CONTENTS.findall(good)]
    pieces = [number for number in inside if isinstance(number, int) and number > 1]
    count = quantity_of(cell, blank_is_none=True)
    even = isinstance(count, int) and any(count % number == 0 for number in pieces)
    same = [
        quantity_of(number, blank_is_none=True) for number in re.findall(rf"([0-9]+|[{CHINESE}两]+){measure}", good)
    ]
    of_weight = measure in "枚颗" and WEIGHT_IN.search(good) is not None
    counted_inside = any(isinstance(number, int) and number > 1 for number in same)
    return of_weight or counted_inside or (bool(pieces) and (measure in PIECES or even))


@remembered
def is_a_multiple_of_pieces(count: int, item: str, unit: str) -> bool:
    """A bare 30 or 60 of a good in 30枚 may count them; one of ten and less is too often what somebody orders."""
    inside = (
        quantity_of(one or other, blank_is_none=True)
        for one, other in CONTENTS.findall(f"{spoken(item)} {spoken(unit)}")
    )
    return any(isinstance(number, int) and number >= SO_MANY_PIECES and count % number == 0 for number in inside)


def counts_dozens(cell: object) -> bool:
    """1打 of a good that does not come in 打 are twelve of it, or one."""
    return isinstance(cell, str) and cell.rstrip(" .。").endswith("打")


def money_of(cell: object) -> Decimal | Literal["unreadable"] | None:
    """An amount; None for an empty cell or a dash."""
    if isinstance(cell, bool):
        return "unreadable"
    if isinstance(cell, int | float):
        return Decimal(str(round(cell, 2))) if abs(cell) < LARGEST else "unreadable"
    text = spoken(cell).strip("¥￥元").replace(",", "")
    if text in {"", "-", "--", "—", "/", "无"}:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return "unreadable"


def good_and_unit(item: object, spec: object, *, with_price: bool = False) -> tuple[str, str]:
    """荔枝(每箱四斤) is the good 荔枝 in the unit 每箱四斤, whatever the column beside it says; 苹果 35元/箱 comes in 箱."""
    name, unit = without_form_words(_tidy(item)), _tidy(spec)
    if with_price:
        return _named(name, unit)
    name, per = price_behind(name)
    name, unit = _named(name, without_price(unit))
    while unit and (bare := without_price(unit)) != unit:
        name, unit = (name, bare) if bare else _named(name, without_price(_tidy(spec)))
    return name, unit or per


def _named(name: str, unit: str) -> tuple[str, str]:
    if found := BRACKET_AT_END.match(name):
        inside = next(part for part in found.groups()[1:] if part is not None).strip()
        return (found["item"].strip(), inside or unit)
    if unit and name.endswith(unit) and len(name) > len(unit):
        return name[: -len(unit)].rstrip(), unit
    if unit or " " not in name:
        return name, unit
    words = name.split(" ")
    split = len(words) - 1
    while split > 1 and not re.search(rf"[0-9{CHINESE}两半]", words[split]) and re.search(r"[0-9]$", words[split - 1]):
        split -= 1
    behind = " ".join(words[split:])
    return (" ".join(words[:split]), behind) if UNIT_LIKE.search(behind) else (name, "")


def told_apart_by_price(written: Iterable[tuple[object, object]]) -> set[tuple[str, str]]:
    """Goods that have several prices in one table, and are several goods: 套餐（50元） and 套餐（80元）."""
    prices: dict[tuple[str, str], set[frozenset[str]]] = {}
    for item, spec in set(written):
        if said := prices_in(f"{item} {spec}"):
            prices.setdefault(good_key(*good_and_unit(item, spec)), set()).add(said)
    return {good for good, said in prices.items() if len(said) > 1}


def _tidy(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if cell is None or isinstance(cell, bool):
        return ""
    visible = "".join(mark for mark in str(cell) if unicodedata.category(mark) not in {"Cf", "Cc"} or mark in "\n\t")
    return " ".join(visible.split())


def without_own_count(item: Cell) -> tuple[Cell, int | None]:
    """苹果x2, as people write what they want themselves: the good, and how many of it."""
    found = OWN_COUNT.search(item) if isinstance(item, str) else None
    count = quantity_of(found["quantity"], blank_is_none=False) if found else None
    return (
        (item[: found.start()], count) if isinstance(item, str) and found and isinstance(count, int) else (item, None)
    )


@remembered
def good_key(item: str, unit: str) -> tuple[str, str]:
    """What two writings of one good share."""
    return spoken(item), spoken(unit)


def text_of(cell: Cell) -> str:
    """A cell as a person reads it: 501.0 is 501."""
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def said_in(cell: Cell) -> str:
    """A cell as a person reads it, in one way of writing."""
    return spoken(cell if isinstance(cell, str) else text_of(cell))


def count_of(cell: Cell) -> int | None:
    """A sum in a totals row, of any size; None for what is no count."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return int(cell) if abs(cell) < LARGEST else None
    digits = spoken(cell).strip("份个件,").replace(",", "")
    return int(digits) if re.fullmatch(r"[0-9]{1,9}", digits) else None
