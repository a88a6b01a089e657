"""What hands scan on one day, as it should be: from the declaration of a delivery to the last door."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from random import Random
from typing import Any, Final, NamedTuple

from services.simulate.chance import drawn_code, drawn_id, milliseconds
from services.simulate.compound_plan import BUILDINGS, lobby_of
from services.simulate.goods_of_the_day import MINUTE, DeliveryOfDay, GoodsOfTheDay, GroupBuyOfDay, Piece, midnight

SECOND: Final = 1000
RUNNERS: Final = 12
SORTERS: Final = 4
DISINFECTORS: Final = 2
STAFF: Final = 2
LEFT_DOWNSTAIRS: Final = 0.14
LEFT_WITH_CAPTAIN: Final = 0.07
DOOR_LOOKED_AT: Final = 0.3
NAMES_GIVER: Final = 0.5
NAMES_START: Final = 0.5
NAMES_DELIVERY: Final = 0.3
DAMAGED: Final = 0.006
SENT_BACK: Final = 0.4
HELD_PIECES: Final = 3
"""A day; the first of them stays held."""


class Scan(NamedTuple):
    at: int
    sent: int
    """When the phone reaches the server."""
    device: str
    fields: dict[str, Any]
    sorted_from: int = 0
    """For a scan before sorting: when the sorting of its delivery begins."""


@dataclass
class DayPlan:
    """Draws the scans of one day of one compound; ``scans`` are in order of time."""

    goods: GoodsOfTheDay
    draw: Random
    scans: list[Scan] = field(default_factory=list)
    free_from: dict[str, int] = field(default_factory=dict)
    """When each runner is back."""
    held: frozenset[tuple[str, str]] = frozenset()
    held_for_good: tuple[str, str] | None = None

    def drawn(self) -> list[Scan]:
        self.choose_held()
        for place, delivery in enumerate(self.goods.deliveries):
            self.bring(delivery, place)
        self.turn_one_away()
        self.scans.sort(key=attrgetter("at"))
        return self.scans

    def note(self, at: int, device: str, step: str, sorted_from: int = 0, /, **fields: Any) -> str:
        scan = drawn_id(self.draw, at)
        self.scans.append(Scan(at, at, device, {"id": scan, "step": step, **fields}, sorted_from))
        return scan

    def between(self, least: float, most: float) -> int:
        """A time span, both ends in minutes."""
        return round((least + (most - least) * self.draw.random()) * MINUTE)

    def choose_held(self) -> None:
        """Pieces that go by their door's name: they are in no crate."""
        loose = [group_buy for group_buy in self.goods.group_buys if group_buy.label == "none"]
        chosen = [
            (group_buy.id, self.draw.choice(group_buy.pieces).household)
            for group_buy in (self.draw.choice(loose) for _ in range(HELD_PIECES if loose else 0))
        ]
        self.held = frozenset(chosen)
        self.held_for_good = chosen[0] if chosen else None

    def bring(self, delivery: DeliveryOfDay, place: int) -> None:
        between, code = self.between, delivery.code
        arrives = delivery.arrives
        admitted = arrives + between(2, 8)
        counted = admitted + between(2, 12)
        begun = counted + between(1, 5)
        finished = begun + between(31, 42)
        sorting = finished + between(32, 50)
        disinfection = f"disinfection-{place % DISINFECTORS + 1}"
        self.note(
            max(arrives - between(60, 180), milliseconds(midnight(self.goods.day)) + 330 * MINUTE + place * SECOND),
            "staff-1",
            "declare",
            sorting,
            code=code,
            group_buys=[group_buy.id for group_buy in delivery.group_buys if group_buy.label != "bare"],
            supplier=delivery.supplier,
            vehicle=delivery.vehicle,
            pieces=delivery.pieces,
        )
        self.note(arrives, "gate-1", "arrive", sorting, code=code, station="gate")
        self.note(admitted, "staff-1", "admit", sorting, code=code, station="gate")
        self.note(counted, "gate-1", "count", sorting, code=code, station="gate", pieces=delivery.pieces)
        start = self.note(
            begun,
            disinfection,
            "disinfect-start",
            sorting,
            code=code,
            station="disinfection",
            agent="chlorine",
            mg_per_litre=500,
            method="spray",
            faces=["top", "bottom", "front", "back", "left", "right"],
        )
        named = {"start": start} if self.draw.random() < NAMES_START else {}
        self.note(finished, disinfection, "disinfect-finish", sorting, code=code, station="disinfection", **named)
        for group_buy in delivery.group_buys:
            self.sort(group_buy, delivery, sorting, place)

    def turn_one_away(self) -> None:
        """Declared, but without the papers."""
        draw, code = self.draw, drawn_code(self.draw, "delivery")
        arrives = self.goods.deliveries[0].arrives + self.between(120, 480)
        turned = arrives + self.between(5, 15)
        self.note(arrives - self.between(60, 120), "staff-1", "declare", turned, code=code, supplier="路边百货")
        self.note(arrives, "gate-1", "arrive", turned, code=code, station="gate")
        reasons = [draw.choice(("papers-missing", "not-necessary"))]
        self.note(turned, "staff-1", "turn-away", turned, code=code, station="gate", reasons=reasons)

    def sort(self, group_buy: GroupBuyOfDay, delivery: DeliveryOfDay, begins: int, place: int) -> None:
        """Building by building, each time ending with the way of that building's pieces to the doors."""
        sorter = f"sorter-{place % SORTERS + 1}"
        at = begins
        by_building: dict[str, list[Piece]] = {}
        for piece in group_buy.pieces:
            by_building.setdefault(piece.building, []).append(piece)
        for building, pieces in by_building.items():
            for piece in pieces:
                said = named(group_buy, piece)
                if group_buy.label != "none":
                    said = {"code": piece.code} | (said if group_buy.label == "blank" else {})
                if piece.of > 1:
                    said["of"] = piece.of
                if group_buy.label in {"printed", "bare"} or self.draw.random() < NAMES_DELIVERY:
                    said["delivery"] = delivery.code
                self.note(at, sorter, "sort", station="sorting", **said)
                at += self.between(0.06, 0.15)
            runner = f"runner-{int(building) % RUNNERS + 1}"
            if group_buy.label == "none":
                self.carry_loose(group_buy, self.hold(group_buy, pieces, at), runner, at)
            else:
                self.carry_crate(group_buy, building, pieces, runner, at)
                at += self.between(0.2, 0.5)

    def hold(self, group_buy: GroupBuyOfDay, pieces: list[Piece], at: int) -> list[Piece]:
        """A second person releases what was held; what was not released stays behind."""
        going = []
        for piece in pieces:
            key = (group_buy.id, piece.household)
            if key in self.held:
                said = named(group_buy, piece)
                self.note(at, "staff-1", "hold", **said, reason="recall")
                if key == self.held_for_good:
                    continue
                self.note(at + 2 * MINUTE, "staff-1", "release", **said, reason="checked")
                self.note(at + 4 * MINUTE, "staff-2", "release", **said, reason="checked")
            going.append(piece)
        return going

    def carry_loose(self, group_buy: GroupBuyOfDay, pieces: list[Piece], runner: str, at: int) -> None:
        if not pieces:
            return
        waits = any((group_buy.id, piece.household) in self.held for piece in pieces)
        leaves = max(at + self.between(6 if waits else 1, 9), self.free_from.get(runner, 0))
        for piece in pieces:
            taker = {"kind": "volunteer", "id": self.goods.compound.actor(runner)}
            self.note(leaves, runner, "hand-over", station="sorting", taker=taker, **named(group_buy, piece))
            leaves += self.between(0.05, 0.1)
        self.deliver(group_buy, pieces, runner, leaves + self.between(2, 6))

    def carry_crate(
        self, group_buy: GroupBuyOfDay, building: str, pieces: Sequence[Piece], runner: str, at: int
    ) -> None:
        crate = drawn_code(self.draw, "crate")
        codes = [piece.code for piece in pieces]
        filled = at + 5 * SECOND
        sorter = self.scans[-1].device
        self.note(filled, sorter, "fill-crate", code=crate, station="sorting", building=building, parcels=codes)
        leaves = max(filled + self.between(1, 9), self.free_from.get(runner, 0))
        giver = {"giver": {"kind": "station", "id": "sorting"}} if self.draw.random() < NAMES_GIVER else {}
        taker = {"kind": "volunteer", "id": self.goods.compound.actor(runner)}
        self.note(leaves, runner, "hand-over", code=crate, station="sorting", taker=taker, **giver)
        opens = leaves + self.between(2, 6)
        self.note(opens, runner, "open-crate", code=crate, station=lobby_of(building))
        self.deliver(group_buy, pieces, runner, opens + 20 * SECOND)

    def deliver(self, group_buy: GroupBuyOfDay, pieces: Sequence[Piece], runner: str, at: int) -> None:
        draw = self.draw
        for piece in pieces:
            captain = f"captain-{piece.building}"
            said = {"code": piece.code} if piece.code and group_buy.label != "none" else named(group_buy, piece)
            looked = {"to": piece.household} if group_buy.label != "bare" and draw.random() < DOOR_LOOKED_AT else {}
            way = draw.random()
            reached = at
            if way < LEFT_DOWNSTAIRS:
                self.note(at, runner, "deliver", how="downstairs", **said)
                reached = at + self.between(4, 75)
                self.note(reached, captain, "deliver", **said, **looked)
            elif way < LEFT_DOWNSTAIRS + LEFT_WITH_CAPTAIN:
                self.note(at, runner, "deliver", how="captain", **said)
                reached = at + self.between(10, 80)
                self.note(reached, captain, "deliver", **said, **looked)
            else:
                self.note(at, runner, "deliver", **said, **looked)
            if draw.random() < DAMAGED:
                self.complain(said, captain, reached)
            at += self.between(0.3, 0.9)
        self.free_from[runner] = at + self.between(1, 3)

    def complain(self, said: dict[str, Any], captain: str, delivered: int) -> None:
        draw = self.draw
        problem = draw.choice(("damaged", "spoiled"))
        reported = delivered + self.between(3, 40)
        self.note(reported, captain, "report", problem=problem, **said)
        if draw.random() < SENT_BACK:
            returned = reported + self.between(5, 30)
            self.note(returned, captain, "return", station="sorting", reason=problem, **said)
            if problem == "spoiled":
                self.note(returned + self.between(5, 20), "staff-1", "destroy", reason=problem, **said)


def named(group_buy: GroupBuyOfDay, piece: Piece) -> dict[str, Any]:
    said: dict[str, Any] = {"group_buy": group_buy.id, "door": piece.household}
    if piece.number > 1:
        said["piece"] = piece.number
    return said


def role_of(device: str) -> str:
    return device.partition("-")[0]


def devices() -> tuple[str, ...]:
    """All phones of a compound, each named after its hand."""
    hands = {
        "gate": 1,
        "staff": STAFF,
        "disinfection": DISINFECTORS,
        "sorter": SORTERS,
        "runner": RUNNERS,
        "captain": BUILDINGS,
    }
    return tuple(f"{role}-{number}" for role, most in hands.items() for number in range(1, most + 1))
