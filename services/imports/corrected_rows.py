"""Rows that say they correct an earlier one: 12-501（更正）. Which of the two stands, nobody can tell from a table."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final

from services.imports.forgetting import remembered
from services.imports.headers import spoken
from services.imports.layouts import Layout
from services.imports.merged_cells import Row

WITHDRAWN: Final = (
    r"(?:上面|前面|之前|先前|刚才|刚刚|[上前第][一1][条单个次])[^,，。;；]{0,3}(?:填|写|下|点|拍|选|输)?"
    r"(?:错|不算|不要|作废|取消|无效|删)[了掉除的]*"
)
CHANGED: Final = (
    r"(?:已|又|再|有)?(?:更正|更改|修改|变更|改正|订正|更新|改)(?:数量|成|为|后|过|了|一下|版|单)?了?|"
    r"correct(?:ed|ion)|updated?|revised|amended"
)
ANEW: Final = (
    r"重新?(?:填写?|接龙|接|登记|报名|下单|提交)(?:的|了|过)?|最新(?:的|版|数据|订单|一[条次单])?|请?以(?:此|这|本)[^,，。;；]{0,4}为准|"
    rf"{WITHDRAWN}|"
    r"第?[二两三四2-4]次(?:填写?|接龙|提交|登记|报名)|(?:替换|覆盖|代替|取代)(?:上面|前面|之前|上[一1]?[条单个]|原来|旧)[^,，。;；]{0,4}"
)
NAMED: Final = re.compile(rf"(?:^|[(【\[\s,;:/]|(?<=[0-9室号]))(?:(?P<anew>{ANEW})|{CHANGED})[)】\]]?$")
"""In the cell of a door, a name or a good: behind it or in brackets. 洗衣液（替换装） is a good."""
NOTED_ANEW: Final = re.compile(
    r"以(?:此|这|本|后|最后|最新|下)[^,。;]{0,5}为准|后[面一]?[^,。;]{0,4}为准|^\(?最新(?:的|版|数据|订单|一[条次单])?\)?$|"
    r"第?[二两三四2-4]次(?:填|接龙|提交|登记|报名)|重新?(?:填|接龙|登记|报名|提交)|(?:替换|覆盖|取代|代替)(?:上|前|之前|原|旧|掉|$)|"
    rf"^[(]?正确的?[)]?$|^这[个条单份次]才?是?对|[用看]这[一]?[个条单]|(?:再次|又|重新)(?:提交|下单|填写)|{WITHDRAWN}"
)
NOTED: Final = re.compile(r"更正|更改|修改|修正(?![液带])|订正|改数量|改[成为]|^改$|(?:和|跟|同)[上前]面?一样")
MARKED_DOOR: Final = re.compile(r"[0-9室户房号][(【\[](?:新的?|重[复发填]?|正确的?|第?[二2]次?)[)】\]]$")
NAMED_AGAIN: Final = re.compile(
    r"(?P<name>.*?[^0-9\W_])[(【\[_~-]*(?P<mark>改[了单过]?|新[的单]?|重[复发填下]?|第[二两三四2-4]次|[2二②x×✗❌?]|错了?|正确的?|对的?)[)】\]]?"
)
"""张改, 张2 and 张-新: anybody may be called so, unless 张 ordered the same at the same door."""
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


class Corrections:
    """Which doors of a table have a row that says it corrects another."""

    def __init__(
        self, layout: Layout, below: Sequence[Row], doors: Sequence[int], people: Sequence[int], items: Sequence[int]
    ) -> None:
        self.names, self.people, self.notes = (*doors, *people, *items), people, layout.at("note")
        said = {at: {row[at] for row in below} for at in self.names}
        texts = {cell for cells in said.values() for cell in cells if isinstance(cell, str)}
        at_doors = {cell for at in doors for cell in said[at] if isinstance(cell, str)}
        marked = [cell for cell in at_doors if cell[-1:] in ")）]】" and MARKED_DOOR.search(spoken(cell))]
        self.correcting = dict.fromkeys(marked, False) | {
            cell: anew for cell in texts for corrects, anew in [corrects_by_its_name(cell)] if corrects
        }
        noted = {row.said[at] for at in self.notes for row in below}
        self.noted = {text: anew for text in noted for corrects, anew in [corrects_by_a_note(text)] if corrects}
        called = {row.said[at] for at in people for row in below}
        self.again = {
            text: found["name"] for text in called if (found := NAMED_AGAIN.fullmatch(text)) and found["name"] in called
        }
        """张改 by 张, who ordered, too."""
        self.of_them = {*self.again, *self.again.values()}
        self.corrected: dict[str, set[str]] = {}
        """By household what a row that corrects another may change, in one way of writing; nothing where that is all."""

    def hear(self, below: Sequence[Row], order_of: Callable[[int], tuple[str | None, Collection[str]]]) -> None:
        """Reads the rows that it has to by their place: their household and their goods."""
        if self.correcting or self.noted:
            said = [self._corrects(row) for row in below]
            self._hear_corrections((*order_of(index), anew) for index, anew in enumerate(said))
        if self.again:
            of_them = self.of_them
            rows = [index for index, row in enumerate(below) if any(row.said[at] in of_them for at in self.people)]
            self._hear_again([(*order_of(index), [below[index].said[at] for at in self.people]) for index in rows])

    def change(self, household: str | None, goods: Collection[str]) -> bool:
        """Whether a row may be one that was corrected, or one that corrects."""
        changed = self.corrected.get(household or "")
        return changed is not None and (not changed or not changed.isdisjoint(goods))

    def _corrects(self, row: Row) -> bool | None:
        """Whether a row corrects another and says all anew; None where it corrects none."""
        said = [self.correcting.get(row[at]) for at in self.names]  # type: ignore[arg-type]
        said += [self.noted.get(row.said[at]) for at in self.notes]
        known = [anew for anew in said if anew is not None]
        return any(known) if known else None

    def _hear_corrections(self, rows: Iterable[tuple[str | None, Collection[str], bool | None]]) -> None:
        by_door: dict[str, list[tuple[Collection[str], bool | None]]] = {}
        for household, goods, anew in rows:
            if household and goods:
                by_door.setdefault(household, []).append((goods, anew))
        for household, said in by_door.items():
            if not any(anew is not None for _, anew in said):
                continue
            times = Counter(good for goods, _ in said for good in goods)
            whole = any(anew or (anew is False and all(times[each] == 1 for each in goods)) for goods, anew in said)
            changed = {good for goods, anew in said if anew is not None for good in goods}
            self.corrected[household] = set() if whole else changed

    def _hear_again(self, rows: Sequence[tuple[str | None, Collection[str], Sequence[str]]]) -> None:
        ordered: dict[tuple[str, str], set[str]] = {}
        for household, goods, people in rows:
            for person in people if household else ():
                ordered.setdefault((household or "", person), set()).update(goods)
        for (household, person), goods in ordered.items():
            again = goods & ordered.get((household, self.again.get(person, "")), set())
            if again and self.corrected.get(household) != set():
                self.corrected[household] = self.corrected.get(household, set()) | again
