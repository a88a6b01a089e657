"""What a credential is limited to within its compound."""

from collections.abc import Iterable
from typing import NamedTuple, Self

import orjson


class Scope(NamedTuple):
    """None is no limit; an empty set lets nothing through."""

    stations: frozenset[str] | None = None
    buildings: frozenset[str] | None = None
    group_buys: frozenset[str] | None = None

    @classmethod
    def of(
        cls,
        *,
        stations: Iterable[str] | None = None,
        buildings: Iterable[str] | None = None,
        group_buys: Iterable[str] | None = None,
    ) -> Self:
        return cls(*(None if each is None else frozenset(each) for each in (stations, buildings, group_buys)))

    def written(self) -> str | None:
        limits = {name: sorted(each) for name, each in self._asdict().items() if each is not None}
        return orjson.dumps(limits).decode() if limits else None

    @classmethod
    def read(cls, text: str | None) -> Self:
        return cls.of(**orjson.loads(text)) if text else cls()


NO_LIMIT = Scope()
