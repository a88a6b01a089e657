"""Rows that say they correct an earlier one: 12-501（更正）. Which of the two stands, nobody can tell from a table."""

import re
import unicodedata
from typing import Final

from services.imports.forgetting import remembered

CHANGED: Final = (
    r"(?:已|又|再|有)?(?:更正|更改|修改|变更|改正|订正|更新|改)(?:数量|成|为|后|过|了|一下|版|单)?|"
    r"correct(?:ed|ion)|updated?|revised|amended"
)
ANEW: Final = (
    r"重新?(?:填写?|接龙|接|登记|报名|下单|提交)(?:的|了|过)?|最新(?:的|版|数据|订单|一[条次单])?|以(?:此|这|本)[^,，。;；]{0,4}为准|"
    r"第?[二两三四2-4]次(?:填写?|接龙|提交|登记|报名)|(?:替换|覆盖|代替|取代)(?:上面|前面|之前|上[一1]?[条单个]|原来|旧)[^,，。;；]{0,4}"
)
NAMED: Final = re.compile(rf"(?:^|[(【\[\s,;:/]|(?<=[0-9室号]))(?:(?P<anew>{ANEW})|{CHANGED})[)】\]]?$")
"""In the cell of a door, a name or a good: behind it or in brackets. 洗衣液（替换装） is a good."""
NOTED_ANEW: Final = re.compile(
    r"以(?:此|这|本|后|最后|最新|下)[^,。;]{0,5}为准|后[面一]?[^,。;]{0,4}为准|^\(?最新(?:的|版|数据|订单|一[条次单])?\)?$|"
    r"第?[二两三四2-4]次(?:填|接龙|提交|登记|报名)|重新?(?:填|接龙|登记|报名|提交)|(?:替换|覆盖|取代|代替)(?:上|前|之前|原|旧|掉)"
)
NOTED: Final = re.compile(r"更正|更改|修改|订正|改数量|改[成为]|^改$|(?:和|跟|同)[上前]面?一样")
Corrects = tuple[bool, bool]
NOTHING: Final[Corrects] = (False, False)


@remembered
def corrects_by_its_name(cell: str) -> Corrects:
    """Whether a door, a name or a good says that its row corrects another; and whether all that the household wants is said anew."""
    found = NAMED.search(unicodedata.normalize("NFKC", cell).strip().lower())
    return NOTHING if found is None else (True, found["anew"] is not None)


@remembered
def corrects_by_a_note(text: str) -> Corrects:
    """The same of a note in one way of writing."""
    anew = NOTED_ANEW.search(text) is not None
    return anew or NOTED.search(text) is not None, anew
