"""What each fact says, as one plain sentence: the audit trail and the daily log tell everything with these words."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from domain.base import Event
from domain.goods.codes import spaced
from domain.goods.crates import CrateHandedOver, CratePacked
from domain.goods.deliveries import (
    DeliveryAdmitted,
    DeliveryCounted,
    DeliveryDeclared,
    DeliveryTurnedAway,
)
from domain.goods.disinfection import DisinfectionFinished, DisinfectionStarted
from domain.goods.facts import DoubtSettled, PieceName, ScanAnnulled
from domain.goods.parcels import (
    ParcelDelivered,
    ParcelDestroyed,
    ParcelHandedOver,
    ParcelHeld,
    ParcelPacked,
    ParcelReleased,
    ParcelReturned,
)
from services.pages.language import N_, Language, say
from services.pages.people_sentences import PEOPLE, PEOPLE_REASONS, more_about_people
from services.pages.sentence import Sentence, Titles, choice, listed
from services.pages.words import doubt_text, holder_text

__all__ = ["SENTENCES", "Sentence", "Titles", "choice", "sentence"]


def _titled(_language: Language, event: Any, titles: Titles) -> Mapping[str, object]:
    return {"title": titles.get(event.group_buy, event.group_buy)}


def _ordered(language: Language, event: Any, titles: Titles) -> Mapping[str, object]:
    return {**_titled(language, event, titles), "door": event.household, "count": len(event.lines)}


def _withdrawn(language: Language, event: Any, titles: Titles) -> Mapping[str, object]:
    return {**_titled(language, event, titles), "door": event.household}


def _taken(language: Language, event: Any, _titles: Titles) -> Mapping[str, object]:
    return {"taker": holder_text(language, event.taker.kind, event.taker.id)}


def _care(language: Language, event: Any) -> Mapping[str, object]:
    return {"door": event.household, "change": say(language, N_("begins") if event.cared_for else N_("ends"))}


SENTENCES: Final[Mapping[str, Sentence]] = {
    "CompoundFounded": Sentence(N_("The compound was set up."), "board", "good"),
    "BuildingAdded": Sentence(
        N_("Building %(building)s was added."), "board", "quiet", lambda _l, e, _t: {"building": e.building}
    ),
    "HouseholdsAdded": Sentence(
        N_("Doors added in building %(building)s: %(count)s."),
        "door",
        "quiet",
        lambda _l, e, _t: {"building": e.building, "count": len(e.rooms) or 1},
    ),
    "HouseholdsRemoved": Sentence(
        N_("A roster was taken back; doors removed: %(count)s."),
        "undo",
        "wait",
        lambda _l, e, _t: {"count": len(e.households)},
    ),
    "HouseholdCaredFor": Sentence(
        N_("The captain's care for door %(door)s: %(change)s."), "captain", "quiet", lambda l_, e, _t: _care(l_, e)
    ),
    "StationOpened": Sentence(
        N_("Station %(station)s was opened."), "station", "quiet", lambda _l, e, _t: {"station": e.station}
    ),
    "StationClosed": Sentence(
        N_("Station %(station)s was closed."), "station", "quiet", lambda _l, e, _t: {"station": e.station}
    ),
    "GroupBuyOpened": Sentence(
        N_("The group buy “%(title)s” was opened."), "label", "good", lambda _l, e, _t: {"title": e.title}
    ),
    "OrderPlaced": Sentence(
        N_("Door %(door)s ordered in “%(title)s”; items: %(count)s."), "declared", "quiet", _ordered
    ),
    "OrderChanged": Sentence(
        N_("Door %(door)s changed its order in “%(title)s”; items now: %(count)s."), "declared", "quiet", _ordered
    ),
    "OrderWithdrawn": Sentence(N_("Door %(door)s withdrew its order in “%(title)s”."), "undo", "wait", _withdrawn),
    "OrdersImported": Sentence(
        N_("A sign-up table of “%(title)s” was read: %(booked)s doors booked, %(unclear)s rows left unclear."),
        "import",
        "good",
        lambda l_, e, t: {**_titled(l_, e, t), "booked": e.booked, "unclear": e.left_unclear},
    ),
    "RowsCorrected": Sentence(
        N_("Rows of the sign-up table of “%(title)s” were corrected by hand: %(count)s."),
        "declared",
        "quiet",
        lambda l_, e, t: {**_titled(l_, e, t), "count": len(e.rows)},
    ),
    "ImportUndone": Sentence(N_("An import of “%(title)s” was taken back."), "undo", "wait", _titled),
    "DeliveryDeclared": Sentence(N_("The delivery was declared."), "declared", "quiet"),
    "DeliveryArrived": Sentence(N_("Arrived at the gate."), "gate", "moving"),
    "DeliveryAdmitted": Sentence(N_("Admitted at the gate."), "check", "good"),
    "DeliveryTurnedAway": Sentence(N_("Turned away at the gate."), "stop", "bad"),
    "DeliveryCounted": Sentence(
        N_("Pieces counted: %(pieces)s."), "count", "moving", lambda _l, e, _t: {"pieces": e.pieces}
    ),
    "DisinfectionStarted": Sentence(N_("Disinfection started."), "spray", "moving"),
    "DisinfectionFinished": Sentence(N_("Disinfection finished."), "timer", "good"),
    "LabelsPrinted": Sentence(
        N_("Labels printed in this run: %(count)s."), "print", "quiet", lambda _l, e, _t: {"count": len(e.labels)}
    ),
    "CratePacked": Sentence(
        N_("Packed into crate %(crate)s; parcels: %(count)s."),
        "crate",
        "moving",
        lambda _l, e, _t: {"crate": spaced(e.crate), "count": len(e.parcels)},
    ),
    "CrateHandedOver": Sentence(N_("The crate was handed over to %(taker)s."), "hand", "moving", _taken),
    "CrateOpened": Sentence(N_("The crate was opened."), "crate-open", "moving"),
    "ParcelPacked": Sentence(N_("Sorted."), "shelf", "moving"),
    "ParcelHandedOver": Sentence(N_("Handed over to %(taker)s."), "hand", "moving", _taken),
    "ParcelDelivered": Sentence(
        N_("Delivered %(how)s."),
        "door",
        "good",
        lambda language, e, _t: {"how": choice(language, "how", e.how)},
    ),
    "ParcelReported": Sentence(
        N_("A problem was reported: %(problem)s."),
        "doubt",
        "bad",
        lambda language, e, _t: {"problem": choice(language, "problem", e.problem)},
    ),
    "ParcelReturned": Sentence(N_("Returned."), "back", "wait"),
    "ParcelHeld": Sentence(N_("Put on hold."), "hold", "bad"),
    "ParcelReleased": Sentence(N_("Signed for release from the hold."), "check", "wait"),
    "ParcelDestroyed": Sentence(N_("Destroyed."), "bin", "bad"),
    "ScanAnnulled": Sentence(N_("A scan was taken back."), "undo", "quiet"),
    "DoubtSettled": Sentence(
        N_("A doubt was settled: %(doubt)s"),
        "check",
        "quiet",
        lambda language, e, _t: {"doubt": doubt_text(language, e.rule)},
    ),
    "ScanSetAside": Sentence(N_("A scan could not be taken as it was; staff will look at it."), "stop", "wait"),
    **PEOPLE,
}
"""One for every fact of the record, by its name."""

REASONS: Final[Mapping[type[Event], str]] = {
    DeliveryAdmitted: "admit",
    ParcelReturned: "return",
    ParcelHeld: "hold",
    ParcelReleased: "release",
    ParcelDestroyed: "destroy",
    ScanAnnulled: "annul",
    DoubtSettled: "settle",
    **PEOPLE_REASONS,
}


def sentence(language: Language, event: Event, titles: Titles | None = None) -> str:
    """What happened, with everything that was said about it: ``Admitted at the gate. Reason: frozen goods.``"""
    known = titles or {}
    told = SENTENCES[type(event).__name__]
    main = say(language, told.text, **told.values(language, event, known))
    return joined(language, (main, *_more(language, event, known)))


def joined(language: Language, sentences: tuple[str, ...]) -> str:
    return ("" if language == "zh_CN" else " ").join(sentences)


def _more(language: Language, event: Event, titles: Titles) -> Iterator[str]:
    reason = getattr(event, "reason", None)
    if reason and type(event) in REASONS:
        yield say(language, "Reason: %(reason)s.", reason=choice(language, REASONS[type(event)], reason))
    match event:
        case DeliveryDeclared():
            yield from _declaration(language, event, titles)
        case DeliveryTurnedAway() if event.reasons:
            reasons = listed(language, (choice(language, "turn-away", each) for each in event.reasons))
            yield say(language, "Reason: %(reason)s.", reason=reasons)
        case DeliveryCounted() if event.damaged:
            yield say(language, "Damaged: %(damaged)s.", damaged=event.damaged)
        case DisinfectionStarted():
            yield from _disinfection(language, event)
        case DisinfectionFinished() if event.minutes is not None:
            yield say(language, "Contact time: %(minutes)s min.", minutes=event.minutes)
        case CratePacked() if event.building:
            yield say(language, "For building %(building)s.", building=event.building)
        case ParcelPacked():
            yield from _sorting(language, event, titles)
        case ParcelHandedOver() | CrateHandedOver() if event.giver:
            yield say(language, "Given by %(giver)s.", giver=holder_text(language, event.giver.kind, event.giver.id))
        case ParcelDelivered() if event.household:
            yield say(language, "Door: %(door)s.", door=event.household)
        case ParcelReleased() if event.emergency:
            yield say(language, "In an emergency: free at once, a second person signs afterwards.")
        case _:
            yield from more_about_people(language, event)


def _declaration(language: Language, event: DeliveryDeclared, titles: Titles) -> Iterator[str]:
    if event.group_buys:
        names = listed(language, (f"“{titles.get(each, each)}”" for each in event.group_buys))
        yield say(language, "Group buy: %(names)s.", names=names)
    if event.supplier:
        yield say(language, "Supplier: %(supplier)s.", supplier=event.supplier)
    if event.vehicle:
        yield say(language, "Vehicle: %(vehicle)s.", vehicle=event.vehicle)
    if event.pieces is not None:
        yield say(language, "Pieces expected: %(pieces)s.", pieces=event.pieces)


def _disinfection(language: Language, event: DisinfectionStarted) -> Iterator[str]:
    agent = choice(language, "agent", event.agent)
    if event.mg_per_litre is None:
        yield say(language, "Agent: %(agent)s, strength not said.", agent=agent)
    else:
        yield say(language, "Agent: %(agent)s, %(mg)s mg/L.", agent=agent, mg=event.mg_per_litre)
    if event.method:
        yield say(language, "Method: %(method)s.", method=choice(language, "method", event.method))
    if event.faces:
        faces = listed(language, (choice(language, "face", face) for face in event.faces))
        yield say(language, "Faces: %(faces)s.", faces=faces)


def _sorting(language: Language, event: ParcelPacked, titles: Titles) -> Iterator[str]:
    if event.said:
        yield piece_text(language, event.said, event.of, titles)
    if event.delivery:
        yield say(language, "From delivery %(delivery)s.", delivery=spaced(event.delivery))


def piece_text(language: Language, piece: PieceName, of: int | None, titles: Titles) -> str:
    values = {"door": piece.household, "title": titles.get(piece.group_buy, piece.group_buy), "piece": piece.piece}
    if of is None:
        return say(language, "For door %(door)s, “%(title)s”, piece %(piece)s.", **values)
    return say(language, "For door %(door)s, “%(title)s”, piece %(piece)s of %(of)s.", **values, of=of)
