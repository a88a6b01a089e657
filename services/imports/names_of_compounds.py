"""What the name of a compound looks like, and what words around the own one make of it: 锦绣苑 is here, 锦绣苑北 may not be."""

import re
from collections.abc import Collection, Sequence
from typing import Final

FORM_OF_ONE: Final = re.compile(r"[苑汇城府庭园邸墅湾郡]$|小区$|花园|公寓$|新村$|广场$|[0-9]弄$")
N: Final = r"(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})"
ANOTHER_PART: Final = re.compile(
    rf"^[ ·,、(\[-]*(?:第?[0-9一二三四五六七八九十]+期|[东西南北中新老旧a-z甲乙丙丁][区苑村园]|[东西南北](?=[0-9])|"
    rf"[东西南北甲乙丙丁][)\]]?$|(?:[a-z]|i{{2,3}}|iv|{N})[)\]]?$|第?{N}(?:[村坊院]|街坊|号院))|^[、,/和及与+][一-鿿]{{2}}|^[·•・][一-鿿]|"
    r"^[的]?(?:隔壁|对面|旁边?|附近|边上|斜对面)"
)
ANOTHER_NAME: Final = re.compile(r"(?:新|老|小|大|非|不是|不在|[东西南北]|隔壁|对面)$")
IN_BRACKETS: Final = re.compile(
    r"[(\[【][^)\]】]*(?:[苑汇城府庭园邸墅湾郡]|小区|公寓|新村)(?!门|大?[堂厅]|物业)[^)\]】]*[)\]】]"
)
NOTHING_MORE: Final = re.compile(
    r"(?:小区|社区|住宅区|别墅区?|本小区|居民|业主|内|里|团购?群?|第?[0-9一二三四五六七八九十]+期|"
    r"[(\[【,、·-]*(?:[东西南北中正大侧前后0-9一二三四五六]{0,3}号?(?:大?门|门口|门卫|门岗|物业|保安室?|岗亭|会所)|[0-9]{1,3}(?:号楼?|[栋幢弄#-]).*|.*(?:路|街|道)[0-9]+[弄号].*)[)\]】]?)*"
)
"""Behind the own name in a column of compounds: this is still the own one. A phase is judged by itself."""
A_COMPOUND: Final = re.compile(rf"[一-鿿]{{1,8}}(?:{FORM_OF_ONE.pattern})|[一-鿿]{{1,8}}[苑城府园湾]第?{N}期")


def says_more(text: str, own: Sequence[str]) -> bool:
    """Whether words stand behind the own name of which nobody knows that they leave it the same compound."""
    first = min((each for each in own if each in text), key=text.index, default=None)
    if first is None:
        return False
    behind = text.partition(first)[2]
    for other in own:
        behind = behind.replace(other, "").replace("()", "")
    return NOTHING_MORE.fullmatch(behind) is None


def are_compounds(texts: Collection[str]) -> bool:
    """Whether a column, in one way of writing, names compounds and no goods."""
    return bool(texts) and all(A_COMPOUND.search(text) for text in texts)
