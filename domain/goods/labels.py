"""Print runs: which codes stand on paper, and which door a label was printed for."""

from collections.abc import Iterable
from typing import Self
from uuid import NAMESPACE_OID, UUID, uuid5

from domain.base import Event
from domain.goods.codes import subject_of_code
from domain.goods.facts import GoodsFact, Past, PrintedLabel


class LabelsPrinted(GoodsFact):
    labels: tuple[PrintedLabel, ...]

    @property
    def stream(self) -> str:
        return print_run_of(self.command)

    def links(self) -> Iterable[tuple[str, str]]:
        for label in self.labels:
            yield subject_of_code(label.code), self.stream
            if label.meant:
                yield subject_of_code(label.code), f"group-buy-{label.meant.group_buy}"


class PrintRun:
    """The labels of one run, by code."""

    __slots__ = ("facts", "labels")

    def __init__(self, facts: tuple[Event, ...] = ()) -> None:
        self.facts = facts
        self.labels = {label.code: label for fact in facts if isinstance(fact, LabelsPrinted) for label in fact.labels}

    def evolve(self, event: Event) -> Self:
        return type(self)((*self.facts, event))


def print_run_of(command: UUID) -> str:
    return f"labels-{uuid5(NAMESPACE_OID, str(command))}"


def printed_as(past: Past, runs: Iterable[str], code: str) -> PrintedLabel | None:
    """The label as it was printed in one of the runs; None for a code that none of them names."""
    return next((label for run in runs if (label := past.printed(run).get(code)) is not None), None)
