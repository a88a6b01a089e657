"""Columns that say where an order belongs: another compound, another part of the own one, another street or town."""

import re
from collections.abc import Callable, Sequence
from functools import partial

from domain.community.doors import Roster
from domain.community.own_place import CITIES_OF_THEIR_OWN, behind_place
from services.imports.behind_doors import names_another_compound
from services.imports.headers import spoken
from services.imports.layouts import Layout
from services.imports.merged_cells import Row
from services.imports.names_of_compounds import ANOTHER_NAME, ANOTHER_PART, FORM_OF_ONE, IN_BRACKETS, says_more
from services.imports.quantities import NONE_WORDS

COMPOUND = re.compile(
    r"(?:收货|所属|居住|您?所在|入?住|送货|配送)小区(?:名|名称|名字)?|小区名字|小区/楼盘|楼盘名称?|compound(?:name)?|estate(?:name)?"
)
AREA = re.compile(r"(?:所属|所在)?(?:社区|园区|片区|区域|街道|村|苑)(?:名|名称|名字)?|community|area")
PLACE = re.compile(r"(?:收货|送货|配送|取件|交货)点(?:名|名称)?")
STREET = re.compile(r"路名?|道路名?|路名称|街道名|马路|street(?:name)?|road")
PROVINCE = re.compile(r"省份?|province")
CITY = re.compile(r"城?市|城市|city")
DISTRICT = re.compile(r"区|区县|县|市区|区/县|district")
A_ZONE_BY_NAME = re.compile(
    r"第?[0-9a-z一二三四五六七八九十东西南北中]{1,3}(?:片区|[区片组号园苑])?|(?:片区|网格)[0-9]+|(?:高层|多层|小高层|洋房|别墅)区?|(?:封控|管控|防范)区|.{0,6}楼长|[0-9、,-]+号?楼"
)
"""Parts of a delivery inside the own compound."""
IN_AN_ADDRESS = re.compile(
    r"(?:^|[省市区县镇]|街道)[^0-9省市区县镇]{1,8}?(?:[苑汇城府庭邸墅湾郡]|小区|花园|公寓|新村|家园)(?:$|(?=[0-9一二三四五六七八九十]))"
)
AT_WORK = re.compile(r"(?:送到?|寄到?|放)?我?(?:公司|单位|办公室|学校|医院)(?:前台|门卫|$)")
OWN_BY_A_WORD = re.compile(r"^(?:本|我们|咱们?|该|自己)?小区")
A_ZONE = re.compile(r"第?[0-9a-z一二三四五六七八九十]{1,3}[区片组号]?")
OWN_WORD = re.compile(r"^(?:小区|社区|住宅区|公寓)")


class OtherCompounds:
    """Judges rows by such columns; what no setting names is doubted only where the rows differ."""

    def __init__(self, layout: Layout, below: Sequence[Row], roster: Roster) -> None:
        self.settings = settings = roster.settings
        self.phases_count = "期" in settings.parts
        self.own = sorted(map(spoken, (*settings.names, *settings.streets)), key=len, reverse=True)
        self.streets = [spoken(street) for street in settings.streets]
        self.towns = [spoken(town) for town in settings.towns]
        header = [spoken(cell) for cell in layout.sheet.rows[layout.header]]
        read = {at for at, _ in layout.read_columns()}

        def headed(form: re.Pattern[str]) -> list[int]:
            return [at for at, text in enumerate(header) if at not in read and form.fullmatch(text)]

        self.doubted: dict[int, set[str]] = {}
        """By column: what is written there and is not certainly here."""
        for at in (*layout.at("compound"), *headed(COMPOUND)):
            self._hear(at, below, self._is_own, alone=at not in layout.at("compound"))
            self._hear_more(at, below)
        for at in headed(AREA):
            self._hear_area(at, below)
        for at in headed(PLACE):
            self._hear(at, below, self._is_own)
            self.doubted[at] = {
                text for text in self.doubted[at] if self._names_a_part(text) or FORM_OF_ONE.search(text)
            }
        if layout.at("address") and layout.at("building", "block", "whole") and settings.names:
            for at in layout.at("address"):
                self._hear_addresses(at, below)
        for at in headed(STREET):
            self._hear(at, below, self._is_own_street, surely=bool(self.streets))
        for form, ends in ((PROVINCE, "省"), (CITY, "市"), (DISTRICT, "区县")):
            for at in headed(form):
                own = self._towns_of(ends)
                if own and not (form is DISTRICT and self._are_zones(at, below)):
                    self._hear(at, below, partial(_is_one_of, own), surely=True)
        for at in layout.at("whole", "building", "block", "room", "address") if settings.names else ():
            others = {text for text in {row.said[at] for row in below} if self._is_behind(text)}
            self.doubted[at] = self.doubted.get(at, set()) | others
        self.doubted = {at: texts for at, texts in self.doubted.items() if texts}
        self.pickups = layout.at("pickup")

    def _is_behind(self, text: str) -> bool:
        return names_another_compound(text, self.own, phases_count=self.phases_count)

    def named_in(self, row: Row) -> bool:
        return any(row.said[at] in texts for at, texts in self.doubted.items()) or any(
            self._names_a_part(row.said[at]) for at in self.pickups
        )

    def _hear(
        self, at: int, below: Sequence[Row], is_own: Callable[[str], bool], *, alone: bool = False, surely: bool = False
    ) -> None:
        said = {row.said[at] for row in below} - NONE_WORDS - {""}
        parts = {text for text in said if self._names_a_part(text)}
        others = {text for text in said - parts if not is_own(text)}
        differ = len(others) < len(said) or _several(others)
        if not (differ or surely):
            others = {text for text in others if alone and FORM_OF_ONE.search(text)}
        self.doubted[at] = parts | others

    def _hear_more(self, at: int, below: Sequence[Row]) -> None:
        """锦绣苑四季 is doubted where other rows say 锦绣苑."""
        said = {row.said[at] for row in below} - NONE_WORDS - {""}
        more = {text for text in said if says_more(text, self.own)}
        if any(self._is_own(text) for text in said - more):
            self.doubted[at] |= more

    def _hear_area(self, at: int, below: Sequence[Row]) -> None:
        """Where the own compound is in no row, only what looks like a compound is another."""
        self._hear(at, below, self._is_own)
        if not any(self._is_own(row.said[at]) for row in below if row.said[at]):
            zones = {text for text in self.doubted[at] if A_ZONE_BY_NAME.fullmatch(text)}
            self.doubted[at] = {text for text in self.doubted[at] - zones if FORM_OF_ONE.search(text)}

    def _are_zones(self, at: int, below: Sequence[Row]) -> bool:
        said = {row.said[at] for row in below} - NONE_WORDS - {""}
        return all(A_ZONE_BY_NAME.fullmatch(text) for text in said)

    def _hear_addresses(self, at: int, below: Sequence[Row]) -> None:
        """Beside columns of the door an address need not be understood; the name of another compound is."""
        names = "|".join(map(re.escape, self.own))
        own = f"(?:{names})(?:[,、.:-]?(?:{names}))*(?:[,、](?![0-9]+期)(?=[0-9]|[放送请家门]))?"
        plain = re.compile(rf"{own}[0-9]{{1,3}}[号栋幢座#-]")
        unknown = [text for text in {row.said[at] for row in below} if not plain.search(text)]
        away = {text for text in unknown if self._is_elsewhere(text, re.compile(own))}
        self.doubted[at] = away | {text for text in unknown if self._is_in_another_town(text)}

    def _is_elsewhere(self, address: str, own: re.Pattern[str]) -> bool:
        found = own.search(address)
        if found:
            before, behind = address[: found.start()], address[found.end() :]
            return self._is_another(before, "" if behind.isdecimal() else behind)
        if AT_WORK.match(address):
            return True
        return not OWN_BY_A_WORD.match(address) and IN_AN_ADDRESS.search(address) is not None

    def _is_in_another_town(self, address: str) -> bool:
        place = behind_place(address, self.settings)
        return place.own and place.town_only

    def _is_own(self, text: str) -> bool:
        named = any(own in text or (len(text) > 1 and text in own) for own in self.own)
        return named or OWN_BY_A_WORD.fullmatch(text) is not None

    def _is_own_street(self, text: str) -> bool:
        return any(street.startswith(text) or street in text for street in self.streets)

    def _names_a_part(self, text: str) -> bool:
        """锦绣苑二期, 锦绣苑东区 and 新锦绣苑 may be others than 锦绣苑, unless the settings name them."""
        own = next((each for each in self.own if each in text), None)
        if own is None:
            return False
        before, _, behind = text.partition(own)
        return self._is_another(before, behind)

    def _is_another(self, before: str, behind: str) -> bool:
        """By what stands around the own name."""
        behind = OWN_WORD.sub("", behind)
        part = ANOTHER_PART.search(behind)
        if part and self.phases_count and "期" in part[0]:
            part = None
        return bool(part or ANOTHER_NAME.search(before) or IN_BRACKETS.search(behind))

    def _towns_of(self, ends: str) -> list[str]:
        named = [town for town in self.towns if town[-1:] in ends]
        cities = [town for town in self.towns if town.startswith(CITIES_OF_THEIR_OWN)]
        return named or (cities if ends == "省" else [])


def _is_one_of(towns: Sequence[str], text: str) -> bool:
    return any(_alike(text, town) for town in towns)


def _alike(text: str, town: str) -> bool:
    bare = text.rstrip("省市区县") or text
    return text in {"市辖区", "县", "城区"} or bare in town or town.rstrip("省市区县") in text


def _several(texts: set[str]) -> bool:
    """Whether they name different places; 锦绣 and 锦绣苑 are one, and zones of a delivery are none."""
    named = sorted((text for text in texts if not A_ZONE.fullmatch(text)), key=len)
    return any(named[0] not in text for text in named[1:])
