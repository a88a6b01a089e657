"""The characters and numbers people use when they write a door."""

import re
import unicodedata

SIMPLIFIED = str.maketrans(
    "號棟樓單層門別廣東區縣鎮鄉戶幾貨備註數標題團購訂選規價編",
    "号栋楼单层门别广东区县镇乡户几货备注数标题团购订选规价编",
)
DIGITS = "〇零一二三四五六七八九"
FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰貳陸參两兩", "一二三四五六七八九十百二六三二二")
CHINESE = "〇零一二三四五六七八九十百廿卅壹贰叁肆伍陆柒捌玖拾佰貳陸參"
TENS = re.compile(r"(?:([一二三四五六七八九])百零?)?(?:(廿|卅|[一二三四五六七八九]?十))?([一二三四五六七八九])?")
NUMERAL_CATEGORIES = ("No", "Nl")
DASHES = re.compile(r"[\u2010-\u2015\u2212\u2500\u2501\u30fc\ufe58\ufe63\uff0d_-]+")
LONGEST_CELL = 300

CLOSED_NOTE = re.compile(r"[(\[{【「『〔<《]([^()\[\]{}【】「」『』〔〕<>《》]*)[)\]}】」』〕>》]")
OPEN_NOTE = re.compile(r"[(\[{【「『〔<《](.*)$")
PHONE = re.compile(r"(?<![0-9])(?:\+?86[ -]?)?1[0-9]{2}[ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9])")
MEASURED = re.compile(
    r"[0-9]+(?:\.[0-9]+)?(?:份|个|箱|盒|袋|枚|斤|KG|公斤|G(?![A-Z])|ML|L(?![A-Z])|升|元|块|岁|人|口|件|包|瓶|桶|点|小时|分钟|天|遍|次)"
)
CHANGES = re.compile(
    r"不是|改[送到为成]|搬|错|旧|以前|原来|隔壁|邻居|对面|对门|对过|斜对|旁边|附近|或|转[送到交]|[小合总共]计"
)
SAFE_PHRASES = re.compile(
    r"(?:请|麻烦|谢谢|帮忙|可以?)?(?:送到?|放在?|挂在?|敲|按|到)(?:家|门口|门外|门卫|门把手|门铃|门|楼下|大厅|鞋柜|地上|快递柜)+(?:里|上|即可|就行|就好)?"
)
DOOR_WORDS = re.compile(
    r"[0-9#/~→號号栋幢座楼层弄室户期门房甲乙丙丁戊己庚辛东西南北左右前后上下内外中和与及至]|单元|商铺|地下|车库|阁楼|夹层"
)
NEXT_DOOR = re.compile(r"(?:我家?|的)?(?:隔壁|邻居|对面|对门|对过|斜对[门面过]?|旁边)(?:家|邻居|那家|一户)?")
"""A note that is only this means the other door."""
LONE_LETTERS = re.compile(r"[A-Z]{1,2}(?![A-Z])")


def plain(text: str) -> str | None:
    """One way of writing each character; None where a character is a number of a kind that cannot be told (², ③, Ⅱ)."""
    if len(text) > LONGEST_CELL or any(
        unicodedata.category(mark) in NUMERAL_CATEGORIES for mark in text if mark != "〇"
    ):
        return None
    known = unicodedata.normalize("NFKC", text).translate(SIMPLIFIED).upper()
    visible = "".join(mark for mark in known if unicodedata.category(mark) not in {"Cf", "Mn"})
    return " ".join(DASHES.sub("-", visible).split())


def chinese_number(text: str) -> str | None:
    """二十一 and 二一 are 21, 一八〇三 is 1803, 一百零三 is 103; None for what is no number."""
    written = text.translate(FORMAL)
    if all(mark in DIGITS for mark in written):
        return "".join(str(max(DIGITS.index(mark) - 1, 0)) for mark in written) or None
    found = TENS.fullmatch(written)
    if not found:
        return None
    hundreds, tens, ones = found.groups()
    if hundreds and not tens and ones and "零" not in written:
        return None  # 一百二 is 120 to one reader and 102 to another
    ten = {"廿": 2, "卅": 3, "十": 1}.get(tens or "") or (DIGITS.index(tens[0]) - 1 if tens else 0)
    return str(
        100 * (DIGITS.index(hundreds) - 1 if hundreds else 0) + 10 * ten + (DIGITS.index(ones) - 1 if ones else 0)
    )


def number(text: str) -> str | None:
    """Digits, also with the letter O for zero, or a Chinese number, as digits without leading zeros."""
    token = text.strip().upper()
    if not token:
        return None
    if re.fullmatch(r"[0-9O]+", token) and re.search(r"[0-9]", token):
        return token.replace("O", "0").lstrip("0") or "0"
    spelled = chinese_number(token)
    return spelled.lstrip("0") or "0" if spelled else None


def without_notes(text: str) -> tuple[str, tuple[str, ...]]:
    """The text and what stood in brackets; a bracket that is never closed runs to the end."""
    notes: list[str] = []
    while found := CLOSED_NOTE.search(text):
        notes.append(found[1].strip())
        text = f"{text[: found.start()]} {text[found.end() :]}"
    if found := OPEN_NOTE.search(text):
        notes.append(found[1].strip())
        text = text[: found.start()]
    return " ".join(text.split()), tuple(notes)


def harmless(tail: str, *, glued: bool) -> bool:
    """Whether words behind a door (a name, a wish) leave the door as it is."""
    rest = PHONE.sub("", tail)
    if CHANGES.search(rest):
        return False
    rest = SAFE_PHRASES.sub("", rest)
    if glued and rest[:1] in f"{CHINESE}两俩半年月日":
        return not rest
    if glued and LONE_LETTERS.match(rest):
        return False
    return not DOOR_WORDS.search(rest)


def mentions_numbers(note: str) -> bool:
    """Whether a note in brackets may speak of a door: numbers that are no phone and no measure."""
    rest = MEASURED.sub("", PHONE.sub("", note))
    return bool(
        re.search(r"[0-9]|^楼[上下]$", rest)
        or CHANGES.search(rest)
        or re.search(rf"[{CHINESE}]+[号栋幢楼室座弄期]", rest)
    )
