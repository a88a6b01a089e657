"""What stands in the name of a good and is no part of it: its price, and the words of a form tool."""

import re

AMOUNT = (
    r"(?:(?:单|团购?|特|现|售|定|优惠)?价(?:格|钱)?[:：]?\s*)?"
    r"(?:[¥￥]\s*[0-9]+(?:\.[0-9]+)?(?:\s*元)?|[0-9]+(?:\.[0-9]+)?\s*(?:元|块钱|rmb))"
)
PRICE = re.compile(rf"[\s/,，、;；]*(?P<price>{AMOUNT})[\s,，、;；]*(?:[/每]\s*|一(?=.$))?", re.IGNORECASE)
PRICE_BEHIND = re.compile(
    rf"(?:\s+(?P<price>{AMOUNT})(?:\s*[/每]?\s*(?P<per>[^\s/()（）]{{1,6}}))?|(?P<glued>{AMOUNT})\s*[/每]\s*(?P<of>[^\s/()（）]{{1,6}}))$",
    re.IGNORECASE,
)
"""苹果 35元/箱, 苹果35元/箱; 代金券50元 is its name."""
PIVOT = re.compile(r"^(?:求和项|计数项)\s*[:：]\s*(?=\S)|^sum of\s+(?=\S)", re.IGNORECASE)
"""What a table program puts before the name of a column that it adds up."""
FORM_WORD = r"(?:必填|选填|必选|可选|单选|多选|可多选|不定项|单选题|多选题|填空|填空题|下拉|下拉选择|必填项|选填项|请?填写?(?:数量|份数|数字)|请输入数量)"
FORM_WORDS = re.compile(
    rf"[(（【\[]\s*(?:{FORM_WORD}|\*)(?:[\s,，、]*{FORM_WORD})*\s*[)）】\]]|^\s*\*+\s*|\s*\*+\s*$|\s+{FORM_WORD}$"
)


def without_form_words(name: str) -> str:
    """鲜奶（950ml）（必填） is 鲜奶（950ml）."""
    name = PIVOT.sub("", name.rstrip(":： "))
    while (bare := FORM_WORDS.sub("", name).strip()) != name and bare:
        name = bare
    return name


def without_price(unit: str) -> str:
    """35元/箱 is 箱, 25元 is nothing, 5斤 25元/箱 is 5斤."""
    while found := PRICE.search(unit):
        before, behind = unit[: found.start()], unit[found.end() :]
        if before and found[0].rstrip().endswith(("/", "每")):
            behind = re.sub(r"^\s*\S{1,3}(?=\s|$)", "", behind)
        unit = f"{before} {behind}".strip()
    return unit


def price_behind(name: str) -> tuple[str, str]:
    """A name without the price behind it, and what the price is for."""
    found = PRICE_BEHIND.search(name)
    if not found or not name[: found.start()].strip():
        return name, ""
    return name[: found.start()].rstrip(), (found["per"] or found["of"] or "").strip()


def prices_in(text: str) -> frozenset[str]:
    return frozenset("".join(found["price"].lower().split()) for found in PRICE.finditer(text))
