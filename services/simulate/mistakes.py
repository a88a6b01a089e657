"""What goes wrong on a real day: scans twice, scans forgotten, phones without a network, wrong crates and clocks."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any, Final

from services.simulate.chance import drawn_code, drawn_id, moment
from services.simulate.day_plan import SECOND, Scan
from services.simulate.goods_of_the_day import MINUTE

HOUR: Final = 60 * MINUTE
A_YEAR: Final = 365 * 24 * HOUR
OFFLINE_FROM: Final = ("runner", "sorter", "captain")


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares of the scans that could go wrong in this way; whole numbers are times a day."""

    sent_twice: float = 0.01
    scanned_twice: float = 0.006
    hand_over_forgotten: float = 0.012
    wrong_crate: float = 0.03
    wrong_door_undone: float = 0.003
    finish_forgotten: int = 1
    short_counts: int = 2
    offline_hours: int = 3
    undeclared_arrivals: int = 1
    clocks_ahead: int = 1
    unknown_labels: int = 2
    unreadable: int = 2


NONE: Final = Rates(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
USUAL: Final = Rates()


def with_mistakes(scans: list[Scan], rates: Rates, draw: Random) -> list[Scan]:
    """The same day as it went in truth. Takes and returns scans in order of time."""
    for mistake in MISTAKES:
        scans = mistake(scans, rates, draw)
    scans.sort(key=lambda scan: scan.at)
    return scans


def forget_hand_overs(scans: list[Scan], rates: Rates, draw: Random) -> list[Scan]:
    """Of single parcels more often than of crates, whose many parcels are all seen to be without a carrier."""
    return [scan for scan in scans if scan.fields["step"] != "hand-over" or draw.random() >= rates.hand_over_forgotten]


def forget_finish(scans: list[Scan], rates: Rates, draw: Random) -> list[Scan]:
    """Of the smallest deliveries: every parcel of them is then carried out without a known disinfection."""
    del draw
    pieces = {scan.fields["code"]: scan.fields["pieces"] for scan in steps(scans, "count")}
    smallest = sorted(pieces, key=lambda code: (pieces[code], code))[: rates.finish_forgotten]
    return [scan for scan in scans if scan.fields["step"] != "disinfect-finish" or scan.fields["code"] not in smallest]


def count_short(scans: list[Scan], rates: Rates, draw: Random) -> list[Scan]:
    for scan in some(list(steps(scans, "count")), rates.short_counts, draw):
        scan.fields["pieces"] -= draw.randint(1, 4)
        scan.fields["damaged"] = draw.randint(0, 1)
    return scans


def fill_wrong_crate(scans: list[Scan], rates: Rates, draw: Random) -> list[Scan]:
    """One parcel of the building that is packed next lands in this building's crate."""
    fills = list(steps(scans, "fill-crate"))
    for scan, other in pairwise(fills):
        if draw.random() < rates.wrong_crate and scan.device == other.device:
            scan.fields["parcels"] = [*scan.fields["parcels"], other.fields["parcels"][0]]
    return scans


def deliver_to_wrong_door(scans: list[Scan], rates: Rates, draw: Random) -> list[Scan]:
    """Noticed and taken back within ten minutes."""
    more = []
    for scan in steps(scans, "deliver"):
        if "to" in scan.fields and draw.random() < rates.wrong_door_undone / 0.3:
            at = scan.at - 12 * SECOND
            wrong = drawn_id(draw, at)
            building, _, room = scan.fields["to"].partition("-")
            neighbour = f"{building}-{room[:-1]}{'2' if room.endswith('1') else '1'}" if room else "1-101"
            more.append(Scan(at, at, scan.device, scan.fields | {"id": wrong, "to": neighbour}))
            said = {
                name: value for name, value in scan.fields.items() if name in {"code", "group_buy", "door", "piece"}
            }
            undo = {"id": drawn_id(draw, at + 5 * SECOND), "step": "annul", "scan": wrong, **said}
            more.append(Scan(at + 5 * SECOND, at + 5 * SECOND, scan.device, undo))
    return [*scans, *more]


def scan_twice(scans: list[Scan], rates: Rates, draw: Random) -> list[Scan]:
    """A second scan with an id of its own."""
    more = []
    for scan in scans:
        if draw.random() < rates.scanned_twice and scan.fields["step"] in {"sort", "deliver", "arrive", "open-crate"}:
            at = scan.at + draw.randint(6, 40) * SECOND
            again = scan.fields | {"id": drawn_id(draw, at)}
            more.append(scan._replace(at=at, sent=max(at, scan.sent), fields=again))
    return [*scans, *more]


def send_twice(scans: list[Scan], rates: Rates, draw: Random) -> list[Scan]:
    """The answer was lost, the phone sends the same scan again."""
    again = [
        scan._replace(sent=scan.sent + draw.randint(0, 30) * SECOND)
        for scan in scans
        if draw.random() < rates.sent_twice
    ]
    return [*scans, *again]


def lose_network(scans: list[Scan], rates: Rates, draw: Random) -> list[Scan]:
    """What a phone scans in an hour goes up hours later, in no order."""
    devices = sorted({scan.device for scan in scans if scan.device.startswith(OFFLINE_FROM)})
    by_device: dict[str, list[Scan]] = {device: [] for device in devices}
    for scan in scans:
        if scan.device in by_device:
            by_device[scan.device].append(scan)
    hours = {}
    for device in draw.sample([each for each in devices if not each.startswith("captain")], rates.offline_hours):
        begins = draw.choice(by_device[device]).at
        hours[device] = (begins, begins + HOUR, begins + HOUR + round(draw.uniform(0.5, 3) * HOUR))
    moved = []
    for place, scan in enumerate(scans):
        begins, ends, sent = hours.get(scan.device, (0, 0, 0))
        if begins <= scan.at < ends:
            scans[place] = scan._replace(sent=sent)
            moved.append(place)
    shuffled = moved.copy()
    draw.shuffle(shuffled)
    kept = [scans[place] for place in shuffled]
    for place, scan in zip(moved, kept, strict=True):
        scans[place] = scan
    return scans


def arrive_undeclared(scans: list[Scan], rates: Rates, draw: Random) -> list[Scan]:
    arrivals = list(steps(scans, "arrive"))
    more = []
    for arrival in some(arrivals, rates.undeclared_arrivals, draw):
        at = arrival.at + 15 * MINUTE
        code = drawn_code(draw, "delivery")
        seen = {"step": "arrive", "code": code, "station": "gate"}
        away = {"step": "turn-away", "code": code, "station": "gate", "reasons": ["undeclared"]}
        turned = at + 9 * MINUTE
        more.append(Scan(at, at, "gate-1", {"id": drawn_id(draw, at), **seen}, turned))
        more.append(Scan(turned, turned, "staff-1", {"id": drawn_id(draw, turned), **away}, turned))
    return [*scans, *more]


def set_clock_ahead(scans: list[Scan], rates: Rates, draw: Random) -> list[Scan]:
    for scan in some(list(steps(scans, "deliver")), rates.clocks_ahead, draw):
        scan.fields["happened_at"] = moment(scan.at + A_YEAR).isoformat()
    return scans


def scan_unknown_labels(scans: list[Scan], rates: Rates, draw: Random) -> list[Scan]:
    def unknown(scan: Scan) -> dict[str, Any]:
        return {"id": drawn_id(draw, scan.at), "step": "deliver", "code": drawn_code(draw, "parcel")}

    return [*scans, *beside(scans, rates.unknown_labels, draw, unknown)]


def scan_unreadable(scans: list[Scan], rates: Rates, draw: Random) -> list[Scan]:
    """Another QR code on the same box."""

    def unreadable(scan: Scan) -> dict[str, Any]:
        code = f"https://express.example/{draw.randrange(10**9)}"
        return {"id": drawn_id(draw, scan.at), "step": "deliver", "code": code}

    return [*scans, *beside(scans, rates.unreadable, draw, unreadable)]


def beside(
    scans: Iterable[Scan], number: int, draw: Random, fields: Callable[[Scan], dict[str, Any]]
) -> Iterator[Scan]:
    for scan in some(list(steps(scans, "deliver")), number, draw):
        at = scan.at + 7 * SECOND
        yield Scan(at, at, scan.device, fields(scan._replace(at=at)))


def steps(scans: Iterable[Scan], step: str) -> Iterator[Scan]:
    return (scan for scan in scans if scan.fields["step"] == step)


def some(scans: list[Scan], number: int, draw: Random) -> list[Scan]:
    return draw.sample(scans, min(number, len(scans)))


MISTAKES: Final = (
    forget_hand_overs,
    forget_finish,
    count_short,
    fill_wrong_crate,
    deliver_to_wrong_door,
    scan_twice,
    arrive_undeclared,
    set_clock_ahead,
    scan_unknown_labels,
    scan_unreadable,
    lose_network,
    send_twice,
)
