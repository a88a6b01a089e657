"""Print runs: facts of what stands on paper, and the list from which one prints again."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID, uuid5

import orjson

from domain.base import Refused
from domain.goods.codes import Kind, kind_of
from domain.goods.facts import PrintedLabel
from domain.goods.labels import LabelsPrinted
from projections.base import Rows, moment_of
from services.office import Noted
from services.paper import N_
from services.paper.pieces import door_labels, group_buy_named, orders_in
from services.wiring import House, now

LABELS_IN_A_RUN: Final = 2000
LATEST_RUNS: Final = 20
DOOR_RUNS: Final = UUID("6f1d3a52-8b0e-5c1e-9f50-2f4a7d0c9b11")

RUN_MISSING = N_("There is no such print run.")


class RunLabels(NamedTuple):
    labels: tuple[PrintedLabel, ...]
    command: UUID
    title: str


class Run(NamedTuple):
    """A print run as the list of earlier ones tells it."""

    command: UUID
    printed_at: datetime
    how_many: int
    kind: Kind
    group_buy: str | None
    buildings: tuple[str, ...]


def labels_for_doors(house: House, compound: str, named: str, building: str | None, pieces: int) -> RunLabels:
    """Of a group buy, by id or title; raises Refused."""
    with house.read.reading() as rows:
        group_buy = group_buy_named(rows, compound, named)
        ordered = orders_in(rows, compound, group_buy.group_buy, building)
    made = door_labels(ordered, group_buy.group_buy, pieces, compound, house.secret)
    return RunLabels(made, command_for(made, compound), group_buy.title)


def command_for(labels: Sequence[PrintedLabel], compound: str) -> UUID:
    """The same labels for the same doors are the same run."""
    said = "\n".join((compound, *(f"{label.code} {label.of}" for label in labels)))
    return uuid5(DOOR_RUNS, hashlib.sha256(said.encode()).hexdigest())


def runs_to_record(labels: Sequence[PrintedLabel], command: UUID, compound: str, actor: str) -> list[Noted]:
    """The facts to note, of at most 2000 labels each; the first has the command's own id."""
    begins = range(0, len(labels), LABELS_IN_A_RUN)
    moment = now()
    return [
        Noted(
            LabelsPrinted(
                compound=compound,
                actor=actor,
                command=command if part == 0 else uuid5(command, str(part)),
                happened_at=moment,
                labels=tuple(labels[begin : begin + LABELS_IN_A_RUN]),
            )
        )
        for part, begin in enumerate(begins)
    ]


def labels_of(house: House, compound: str, runs: Sequence[UUID]) -> tuple[PrintedLabel, ...]:
    """What was printed, straight from the log; raises Refused for a run that is not there."""
    found = house.log.recorded(compound, runs)
    facts = [each.event for run in runs for each in found.get(run, ()) if isinstance(each.event, LabelsPrinted)]
    if len(facts) < len(runs):
        raise Refused("run-known", RUN_MISSING)
    return tuple(label for fact in facts for label in fact.labels)


def latest_runs(rows: Rows, compound: str) -> list[Run]:
    positions = rows.select(
        "SELECT position FROM facts WHERE compound = ? AND subject >= 'labels-' AND subject < 'labels.' "
        "AND name = 'LabelsPrinted' ORDER BY position DESC LIMIT ?",
        (compound, LATEST_RUNS),
    )
    sql = "SELECT scan, happened_at, event FROM facts WHERE position IN ({keys}) ORDER BY position DESC"
    found = rows.select_in(sql, [position for (position,) in positions])
    return [run_of(UUID(scan), moment_of(at), event) for scan, at, event in found]


def run_of(command: UUID, printed_at: datetime, stored: bytes) -> Run:
    labels = [PrintedLabel.model_validate(label) for label in orjson.loads(stored)["labels"]]
    meant = [label.meant for label in labels if label.meant]
    return Run(
        command,
        printed_at,
        len(labels),
        kind_of(labels[0].code),
        meant[0].group_buy if meant else None,
        tuple(dict.fromkeys(piece.building for piece in meant)),
    )
