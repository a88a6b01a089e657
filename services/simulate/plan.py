"""Several compounds over several days, told in order of time and never held in memory as a whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import merge
from operator import attrgetter
from random import Random
from typing import Final

from domain.base import Request
from domain.goods.labels import LabelsPrinted
from services.simulate.chance import chance
from services.simulate.compound_plan import CompoundPlan
from services.simulate.crew import Crew
from services.simulate.day_plan import DayPlan, Scan, devices
from services.simulate.goods_of_the_day import GoodsOfTheDay, OrderBook, drawn_goods, midnight
from services.simulate.mistakes import USUAL, Rates, with_mistakes
from services.simulate.uploads import Upload, uploads_of

Chapter = Request | LabelsPrinted | Upload
BY_ARRIVAL: Final = attrgetter("at")


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything hangs on the seed; with the ``secret`` of an installation some labels are printed beforehand."""

    seed: int
    until: date
    """The last day."""
    compounds: int = 1
    days: int = 1
    secret: bytes | None = None
    mistakes: Rates = USUAL
    names_doors: bool = True
    """False for a server that knows neither doors nor group buys."""
    people: bool = False
    """Its hands are registered members who hold their roles for good; captains are named, teams formed."""

    def places(self) -> list[CompoundPlan]:
        return [CompoundPlan.drawn(self.seed, number, people=self.people) for number in range(self.compounds)]

    def dates(self) -> list[date]:
        return [self.until - timedelta(days=before) for before in reversed(range(self.days))]

    def founding(self) -> Iterator[Request]:
        at = midnight(self.dates()[0]) + timedelta(hours=4)
        for compound in self.places():
            yield from compound.founding(at)
            if self.people:
                yield from self.crew(compound).joining(at, by_right=True)

    def crew(self, compound: CompoundPlan) -> Crew:
        return Crew(self.seed, compound.id, devices())

    def story(self) -> Iterator[Chapter]:
        """The founding, then day by day the orders and what phones send."""
        yield from self.founding()
        compounds = self.places()
        for day in self.dates():
            goods = [self.goods(compound, day) for compound in compounds]
            for each in goods:
                yield from each.requests(self.chance_of(each, "", "requests"))
            yield from merge(*(self.uploads(each) for each in goods), key=BY_ARRIVAL)

    def requests(self) -> Iterator[Request | LabelsPrinted]:
        """The story without what phones send."""
        yield from self.founding()
        for day in self.dates():
            for compound in self.places():
                goods = self.goods(compound, day)
                yield from goods.requests(self.chance_of(goods, "", "requests"))

    def goods(self, compound: CompoundPlan, day: date, wave: str = "") -> GoodsOfTheDay:
        draw = chance(self.seed, compound.id, day, wave, "goods")
        return drawn_goods(OrderBook(compound, day, draw, self.secret, wave, self.names_doors))

    def chance_of(self, goods: GoodsOfTheDay, wave: str, what: str) -> Random:
        return chance(self.seed, goods.compound.id, goods.day, wave, what)

    def scans(self, goods: GoodsOfTheDay, wave: str = "") -> list[Scan]:
        draw = self.chance_of(goods, wave, "scans")
        scans = with_mistakes(DayPlan(goods, draw).drawn(), self.mistakes, draw)
        return sorted(scans, key=attrgetter("sent"))

    def uploads(self, goods: GoodsOfTheDay) -> Iterator[Upload]:
        return uploads_of(goods.compound, self.scans(goods))
