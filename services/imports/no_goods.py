"""What stands in the cell of a good and names none: 同上, -, a door, a telephone number, a sum of money."""

import re
from typing import Final

from services.imports.forgetting import remembered
from services.imports.headers import spoken
from services.imports.quantities import COUNTED_IN, NONE_WORDS

NO_GOOD: Final = re.compile(
    rf"[〃\"”“'’]+|同(?:上|前|左|右|楼上)?|(?:和|跟|与)?上面?一?样|一样|如上|ditto|same(?:asabove)?|[-—–_=~·.。,/\\|*+]+|[?？!]+|见?备注|看备注|待定|未定|随便|都[行可]以?|任意|任选|未知|不详|"
    rf"#(?:n/?a|ref!?|value!?|name\??|div/0!?|null!?|num!?)|n/?a|undefined|[0-9一二三两]{{1,3}}(?:{COUNTED_IN})|[¥￥]?[0-9.]+元|[¥￥][0-9.]+|"
    r"[0-9]{1,3}(?:号楼?|栋|幢|#|[-—–])[0-9]{3,4}室?|1[3-9][0-9]{9}|20[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?(?:[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?|"
    r"[√✓✔☑✅v×✗❌]|谢谢?|多谢|thanks|商品(?:名称?)?|品名|货品|好的?|ok|收到"
)


@remembered
def names_no_good(item: str) -> bool:
    text = spoken(item)
    return text in NONE_WORDS or NO_GOOD.fullmatch(text) is not None
