"""``/p/CODE``: what a household sees of one parcel, without signing in and without anything about anyone else."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response

from domain.base import Event
from domain.goods.codes import CODE_LENGTH, KINDS, kind_of, read_code
from domain.goods.crates import CrateHandedOver
from domain.goods.deliveries import DeliveryArrived, DeliveryView
from domain.goods.disinfection import DisinfectionFinished
from domain.goods.handling import DEFAULT_RULES
from domain.goods.parcel_view import ParcelView, is_of_another_building
from domain.goods.parcels import How, ParcelDelivered, ParcelHandedOver, ParcelPacked, ParcelReturned
from projections.base import Rows
from projections.parcel_trail import Trail, is_known, parcel_trail
from services.access import Anyone, Person, entrance_of
from services.api.house import InHouse
from services.label_home import home_of
from services.pages.guessing import looked_up
from services.pages.language import N_
from services.pages.layout import render
from services.wiring import now

router = APIRouter(include_in_schema=False)

NOT_FOUND: Final = 404
State = Literal["done", "here", "ahead", "unrecorded"]
Notice = tuple[str, str, str, str]
"""Tone, drawing, heading and what to do."""


class Stop(NamedTuple):
    """One place on the way from the gate to the door."""

    name: str
    icon: str
    state: State
    at: datetime | None
    said: str


class Way(NamedTuple):
    """A parcel as its household sees it; the door is left out. One that is not to come has no stops."""

    heading: str
    icon: str
    tone: str
    stops: tuple[Stop, ...]
    building: str | None
    piece: int | None
    of: int | None
    notice: Notice | None
    rests_until: datetime | None

    @property
    def stands_at(self) -> int:
        """Which stop it has reached, counted from 0."""
        reached = [place for place, stop in enumerate(self.stops) if stop.state != "ahead"]
        return reached[-1] if reached else 0


@router.get("/p/{code}")
def label_page(request: Request, code: str, person: Anyone, house: InHouse) -> Response:
    wanted = read_code(code)

    def known_in() -> str | None:
        with house.read.reading() as rows:
            return compound_of(rows, wanted, person, entrance_of(request).compounds()) if wanted else None

    compound = looked_up(request, known_in)
    if wanted is None:
        return render(request, "parcel_unknown.html", status_code=NOT_FOUND, mistake=mistake_in(code))
    if compound is None:
        return render(request, "parcel_unknown.html", status_code=NOT_FOUND, mistake="unknown", code=wanted)
    kind = kind_of(wanted)
    with house.read.reading() as rows:
        trail = parcel_trail(rows, compound, wanted) if kind == "parcel" else None
    own_compound = person is not None and person.compound in {None, compound}
    page: dict[str, Any] = {
        "code": wanted,
        "elsewhere": "" if person is None or own_compound else entrance_of(request).name_of(compound),
        "may_scan": own_compound and person is not None and person.may("scan"),
        "may_see_trail": own_compound and person is not None and person.may("see-trail"),
    }
    if trail is None or trail.parcel is None:
        return render(request, "parcel_neutral.html", kind=kind, **page)
    return render(request, "parcel.html", way=way_of(trail, trail.parcel, now()), **page)


def compound_of(rows: Rows, code: str, person: Person | None, compounds: Sequence[str]) -> str | None:
    """The compound whose label it is: its reader need not say where they live.

    What another compound only scanned tells nobody anything but that compound's own people.
    """
    home = home_of(rows, code, compounds)
    own = person.compound if person else None
    return own if home is None and own is not None and is_known(rows, own, code) else home


def mistake_in(text: str) -> str:
    """Why what was typed is no code: its length, its first letter, or one symbol."""
    symbols = [symbol for symbol in text.upper() if symbol not in "- "]
    if len(symbols) != CODE_LENGTH:
        return "length"
    return "symbol" if symbols[0] in KINDS else "letter"


STAGES: Final = {
    "sorted": (N_("Your parcel is packed for your building"), "shelf", "moving"),
    "with-volunteer": (N_("A volunteer is on the way with your parcel"), "walk", "moving"),
    "with-captain": (N_("Your parcel is with the captain of your building"), "captain", "moving"),
    "downstairs": (N_("Your parcel waits for you downstairs"), "stairs", "wait"),
    "delivered": (N_("Your parcel has been delivered"), "door", "good"),
    "picked-up": (N_("Your parcel has been picked up"), "hand", "good"),
    "problem": (N_("Something is wrong with this parcel"), "doubt", "bad"),
    "held": (N_("This parcel is being checked"), "hold", "wait"),
    "returned": (N_("This parcel went back to the sorting place"), "back", "wait"),
    "destroyed": (N_("This parcel could not be handed out"), "bin", "bad"),
}
DELIVERY_STAGES: Final = {
    "declared": (N_("Your goods are declared and not here yet"), "declared", "quiet"),
    "arrived": (N_("Your goods have arrived at the gate"), "gate", "moving"),
    "admitted": (N_("Your goods are inside the gate"), "check", "moving"),
    "turned-away": (N_("Your goods were not let in at the gate"), "stop", "bad"),
    "disinfecting": (N_("Your goods are being disinfected"), "spray", "moving"),
    "disinfected": (N_("Your goods are disinfected and about to be sorted"), "spray", "moving"),
    "resting": (N_("Your goods rest after disinfection"), "rest", "wait"),
}
WITH_ANOTHER_CAPTAIN: Final = (N_("Your parcel is with the captain of another building"), "captain", "wait")
NOT_SEEN_YET: Final = (N_("Your goods are not here yet"), "declared", "quiet")
WITHDRAWN: Final = (N_("The order for this label was withdrawn"), "undo", "wait")

PROBLEMS: Final = {
    "damaged": N_("It was reported as damaged. The captain of your building or the committee will tell you how it is put right; please keep the packaging."),
    "missing": N_("Something is missing from it. What is missing is looked for; what is not found is owed back to you by the group buy's leader."),
    "wrong-door": N_("It was left at another door and is being fetched. Nothing to do for you; it comes to your door next."),
    "never-came": N_("It was reported that it never came. It is being looked for; the captain of your building or the committee will tell you."),
    "refused": N_("It was not accepted at the door. If that was a mistake, tell the captain of your building."),
    "spoiled": N_("It was reported as spoiled. Please do not eat it; the leader of the group buy settles what is owed back."),
}  # fmt: skip
GOES_BACK: Final[dict[str, str]] = {
    "damaged": N_("It went back because it is damaged. The captain of your building or the committee will tell you how it is put right."),
    "spoiled": N_("It went back because it is spoiled. The leader of the group buy settles what is owed back."),
    "recall": N_("The supplier wants it back. The committee will tell you what happens; you need not do anything."),
    "contamination-suspected": N_("It is kept apart while it is checked. You need not do anything; the committee will tell you."),
    "refused": N_("It was not accepted at the door. If that was a mistake, tell the captain of your building."),
    "staff-decision": N_("The committee took it back and will tell you why."),
}  # fmt: skip
"""Why goods were returned; without a reason they are sent out again."""
NOTICES: Final[dict[str, Notice]] = {
    "held": (
        "wait", "hold", N_("A precaution, not an accusation"),
        N_("The parcel is kept apart until two people have checked it. You need not do anything. If it is already with you, please leave it outside and do not open it; the committee will call on you."),
    ),
    "returned": (
        "wait", "back", N_("It will be sent out again"),
        N_("Perhaps nobody answered the door. Tell the captain of your building when it suits you."),
    ),
    "destroyed": (
        "bad", "bin", N_("You will hear from the committee"),
        N_("It had to be disposed of for safety. What you paid is settled with the leader of the group buy; keep this code."),
    ),
    "downstairs": (
        "wait", "stairs", N_("Please fetch it soon"),
        N_("It waits in the lobby of your building. Go one at a time and keep the code at hand."),
    ),
    "withdrawn": (
        "wait", "undo", N_("Nothing comes with this label"),
        N_("It was printed before the order was taken back. If that is a mistake, tell the leader of the group buy."),
    ),
    "turned-away": (
        "bad", "stop", N_("The delivery was turned away"),
        N_("The leader of the group buy knows the reasons and settles what you paid."),
    ),
}  # fmt: skip


def way_of(trail: Trail, view: ParcelView, at: datetime) -> Way:
    delivery = trail.delivery
    rests_until = rest_of(delivery) if view.packed_at is None else None
    if rests_until is not None and rests_until <= at:
        rests_until = None
    stage: str = "withdrawn" if trail.withdrawn else view.stage
    if stage == "withdrawn":
        heading, icon, tone = WITHDRAWN
        rests_until = None
    elif stage == "declared":
        stage = "resting" if rests_until else delivery.stage if delivery else ""
        heading, icon, tone = DELIVERY_STAGES.get(stage, NOT_SEEN_YET)
    else:
        heading, icon, tone = STAGES[stage] if not is_with_another_captain(view) else WITH_ANOTHER_CAPTAIN
    whole_house = view.household is not None and "-" not in view.household
    return Way(
        heading=heading,
        icon=icon,
        tone=tone,
        stops=() if trail.withdrawn else stops_of(trail, view, stage),
        building=None if whole_house else view.building,
        piece=view.meant.piece if view.meant else None,
        of=view.of,
        notice=notice_of(trail, view, stage),
        rests_until=rests_until,
    )


def is_with_another_captain(view: ParcelView) -> bool:
    return (
        view.stage == "with-captain" and view.holder is not None and is_of_another_building(view.holder, view.building)
    )


def notice_of(trail: Trail, view: ParcelView, stage: str) -> Notice | None:
    returned = last_of(trail, ParcelReturned) if stage == "returned" else None
    if isinstance(returned, ParcelReturned) and returned.reason:
        return ("wait", "back", N_("What happens now"), GOES_BACK[returned.reason])
    if stage != "problem":
        return NOTICES.get(stage)
    return ("bad", "doubt", N_("What happens now"), PROBLEMS[view.problem or "damaged"])


def rest_of(delivery: DeliveryView | None) -> datetime | None:
    done = [pair.done_at for pair in delivery.treatments if pair.done_at] if delivery else []
    return max(done) + DEFAULT_RULES.rest if done else None


LEFT: Final[dict[How, str]] = {
    "door": N_("left at your door"),
    "downstairs": N_("handed over downstairs"),
    "neighbour": N_("left with a neighbour for you"),
    "captain": N_("handed over by the captain of your building"),
}
REACHED: Final = {
    "declared": -1, "turned-away": 0, "arrived": 0, "admitted": 0, "disinfecting": 1, "disinfected": 1, "resting": 1,
    "sorted": 2, "returned": 2, "with-volunteer": 3, "with-captain": 3, "downstairs": 4, "delivered": 4, "picked-up": 4,
}  # fmt: skip
"""The stop at which each stage stands; a problem or a hold stands where it happened."""


def stops_of(trail: Trail, view: ParcelView, stage: str) -> tuple[Stop, ...]:
    times = times_of(trail, view)
    arrived = REACHED.get(stage)
    if arrived is None:
        arrived = max((place for place, time in enumerate(times) if time), default=-1)
    finished = stage in {"delivered", "picked-up", "destroyed"}
    captain = stage == "with-captain"
    names = (
        (N_("Gate"), "gate", N_("arrived and let in")),
        (N_("Disinfection"), "spray", N_("disinfected")),
        (N_("Sorting"), "shelf", N_("packed for your building")),
        (N_("Captain"), "captain", N_("brought to your building"))
        if captain
        else (N_("Volunteer"), "walk", N_("carried to your building")),
        (N_("Downstairs"), "stairs", N_("ready to be fetched"))
        if stage == "downstairs"
        else (N_("Your door"), "door", LEFT[last_how(trail)]),
    )
    return tuple(
        Stop(name, icon, state_of(place, arrived, times[place], finished=finished), times[place], said)
        if place <= arrived
        else Stop(name, icon, "ahead", None, said)
        for place, (name, icon, said) in enumerate(names)
    )


def state_of(place: int, arrived: int, at: datetime | None, *, finished: bool) -> State:
    """Nothing is called done that the record does not hold."""
    if place == arrived and not finished:
        return "here"
    return "done" if at else "unrecorded"


def last_how(trail: Trail) -> How:
    delivered = last_of(trail, ParcelDelivered)
    return delivered.how if isinstance(delivered, ParcelDelivered) else "door"


def times_of(trail: Trail, view: ParcelView) -> list[datetime | None]:
    treated = [pair.done_at for pair in view.treatments if pair.done_at]
    moments = (
        last_of(trail, DeliveryArrived),
        last_of(trail, DisinfectionFinished),
        last_of(trail, ParcelReturned if view.stage == "returned" else ParcelPacked),
        carried_last(trail, view.delivered_at),
        last_of(trail, ParcelDelivered) if view.stage != "problem" or view.delivered_at else None,
    )
    times = [fact.happened_at if fact else None for fact in moments]
    times[1] = max(treated) if treated else times[1]
    times[4] = times[4] or view.delivered_at
    return times


def carried_last(trail: Trail, delivered_at: datetime | None) -> Event | None:
    """By whom the goods came to the building: what a crate did after they had left it did not carry them."""
    for step in reversed(trail.steps):
        fact = step.event
        if step.annulled_by is not None or not isinstance(fact, ParcelHandedOver | CrateHandedOver):
            continue
        if fact.taker.kind != "household" and (delivered_at is None or fact.happened_at <= delivered_at):
            return fact
    return None


def last_of(trail: Trail, kind: type[Event]) -> Event | None:
    """The latest standing fact of a kind."""
    standing = (step.event for step in reversed(trail.steps) if step.annulled_by is None)
    return next((event for event in standing if isinstance(event, kind)), None)
