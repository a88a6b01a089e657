"""The words people see for stages, doubts, steps, roles and closed lists; keys are the record's own, texts are gettext's."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from services.pages.language import N_, Language, say
from services.pages.people_words import PEOPLE_CHOICES, PEOPLE_REFUSALS
from services.roles import TERMINAL


class Look(NamedTuple):
    """How something is shown: a word, a drawing of ``icons.svg`` and a tone of the style sheet."""

    text: str
    icon: str
    tone: str


STAGES: Final[Mapping[str, Look]] = {
    "declared": Look(N_("declared"), "declared", "quiet"),
    "arrived": Look(N_("at the gate"), "gate", "moving"),
    "admitted": Look(N_("admitted"), "check", "moving"),
    "turned-away": Look(N_("turned away"), "stop", "bad"),
    "disinfecting": Look(N_("being disinfected"), "spray", "moving"),
    "disinfected": Look(N_("disinfected"), "spray", "good"),
    "resting": Look(N_("resting"), "rest", "wait"),
    "sorted": Look(N_("sorted"), "shelf", "moving"),
    "with-volunteer": Look(N_("with a volunteer"), "walk", "moving"),
    "with-captain": Look(N_("with the building captain"), "captain", "moving"),
    "downstairs": Look(N_("waiting downstairs"), "stairs", "wait"),
    "delivered": Look(N_("delivered"), "door", "good"),
    "picked-up": Look(N_("picked up"), "hand", "good"),
    "problem": Look(N_("problem"), "doubt", "bad"),
    "held": Look(N_("held"), "hold", "bad"),
    "returned": Look(N_("returned"), "back", "wait"),
    "destroyed": Look(N_("destroyed"), "bin", "bad"),
}

DOUBTS: Final[Mapping[str, str]] = {
    "label-known": N_("Nobody has printed or bound this label."),
    "declared-first": N_("The delivery was not declared before it arrived."),
    "admitted-first": N_("The goods had not been admitted at the gate by then."),
    "disinfected-first": N_(
        "The goods left the station, and no finished disinfection of them is known: it is missing, or their sorting was not scanned."
    ),
    "contact-time-kept": N_("The disinfectant was not left on long enough."),
    "concentration-kept": N_("The disinfectant was weaker than the rules ask for."),
    "faces-kept": N_("Not all six faces were disinfected, the bottom included."),
    "rest-kept": N_("The goods had not rested long enough after disinfection."),
    "within-hours": N_("This happened outside the hours of the gate."),
    "count-matches": N_("The number of pieces differs from what was declared, or some are damaged."),
    "giver-holds": N_("The person who gave it away did not have it according to the record."),
    "taker-known": N_("Nobody knows the person or place that took it."),
    "on-shift": N_("The person was not on shift at that time."),
    "badge-valid": N_("The badge was not valid at that time."),
    "right-building": N_("The parcel belongs to another building."),
    "right-door": N_("The parcel belongs to another door."),
    "label-once": N_(
        "Another label stands for this piece already. Is it the household's second piece? Then say which."
    ),
    "delivery-fits": N_(
        "It was sorted from another delivery than before, or from one that does not bring its group buy."
    ),
    "order-known": N_("This door has no order in the group buy that was named or stands on the label."),
    "delivered-once": N_("The record says it had been delivered before."),
    "not-held": N_("The parcel was held and should not have moved."),
    "not-destroyed": N_("The record says it had been destroyed before."),
    "clock-sane": N_("The clock of the phone was wrong; the time of receipt counts."),
    "in-order": N_("An earlier step was recorded after a later one."),
    "two-people": N_("One person released it in an emergency; a second one has not signed yet."),
    "scan-known": N_("There is no such scan of this code; nothing was undone."),
    "undo-in-time": N_("It was undone by someone else or too late; staff need to give a reason."),
}

STEPS: Final[Mapping[str, Look]] = {
    "arrive": Look(N_("Arrived at the gate"), "gate", "moving"),
    "declare": Look(N_("Declare at the gate"), "declared", "quiet"),
    "admit": Look(N_("Admit"), "check", "good"),
    "turn-away": Look(N_("Turn away"), "stop", "bad"),
    "count": Look(N_("Count"), "count", "moving"),
    "disinfect-start": Look(N_("Disinfect: start"), "spray", "moving"),
    "disinfect-finish": Look(N_("Disinfect: finish"), "timer", "good"),
    "sort": Look(N_("Sort"), "shelf", "moving"),
    "fill-crate": Look(N_("Fill a crate"), "crate", "moving"),
    "open-crate": Look(N_("Open a crate"), "crate-open", "moving"),
    "hand-over": Look(N_("Hand over"), "hand", "moving"),
    "deliver": Look(N_("Deliver"), "door", "good"),
    "report": Look(N_("Report a problem"), "doubt", "wait"),
    "return": Look(N_("Return"), "back", "wait"),
    "hold": Look(N_("Hold"), "hold", "bad"),
    "release": Look(N_("Release"), "check", "good"),
    "destroy": Look(N_("Destroy"), "bin", "bad"),
    "annul": Look(N_("Undo a scan"), "undo", "quiet"),
}

OUTCOMES: Final[Mapping[str, Look]] = {
    "recorded": Look(N_("Recorded"), "check", "good"),
    "duplicate": Look(N_("Already recorded"), "twice", "moving"),
    "late": Look(N_("Recorded late"), "timer", "good"),
    "partly": Look(N_("Recorded in part"), "doubt", "wait"),
    "doubts": Look(N_("Recorded, with doubts"), "doubt", "wait"),
    "signed": Look(N_("Signed, and still held"), "hold", "wait"),
    "set_aside": Look(N_("Set aside"), "stop", "bad"),
    "unsent": Look(N_("Not sent yet"), "offline", "quiet"),
    "mistake": Look(N_("Nothing recorded"), "doubt", "wait"),
    "undone": Look(N_("Undone"), "undo", "quiet"),
}

ROLES: Final[Mapping[str, str]] = {
    "admin": N_("Administrator"),
    "staff": N_("Committee staff"),
    "auditor": N_("Auditor"),
    "gate": N_("Gate"),
    "disinfection": N_("Disinfection team"),
    "sorter": N_("Sorter"),
    "runner": N_("Delivery volunteer"),
    "captain": N_("Building captain"),
    "leader": N_("Group-buy leader"),
    "viewer": N_("Board viewer"),
    "district": N_("District staff"),
    "program": N_("Program"),
}

HOLDERS: Final[Mapping[str, str]] = {
    "volunteer": N_("Volunteer"),
    "team": N_("Team"),
    "captain": N_("Building captain"),
    "station": N_("Station"),
    "household": N_("Household"),
}

_GOODS_REASONS: Final[Mapping[str, str]] = {
    "damaged": N_("damaged"),
    "spoiled": N_("spoiled"),
    "recall": N_("recalled by the supplier"),
    "contamination-suspected": N_("contamination suspected"),
    "refused": N_("refused by the household"),
    "staff-decision": N_("decision of the staff"),
}

CHOICES: Final[Mapping[str, Mapping[str, str]]] = {
    "agent": {
        "chlorine": N_("chlorine"),
        "chlorine-dioxide": N_("chlorine dioxide"),
        "hydrogen-peroxide": N_("hydrogen peroxide"),
        "quaternary-ammonium": N_("quaternary ammonium"),
        "alcohol": N_("alcohol"),
    },
    "method": {"spray": N_("spray"), "wipe": N_("wipe"), "soak": N_("soak"), "fog": N_("fog")},
    "face": {
        "top": N_("top"),
        "bottom": N_("bottom"),
        "front": N_("front"),
        "back": N_("back"),
        "left": N_("left"),
        "right": N_("right"),
    },
    "taker": HOLDERS,
    "how": {
        "door": N_("at the door"),
        "downstairs": N_("downstairs"),
        "neighbour": N_("to a neighbour"),
        "captain": N_("to the building captain"),
    },
    "problem": {
        "damaged": N_("damaged"),
        "missing": N_("something is missing"),
        "wrong-door": N_("wrong door"),
        "never-came": N_("never came to the door"),
        "refused": N_("refused by the household"),
        "spoiled": N_("spoiled"),
    },
    "admit": {
        "already-paid": N_("already paid"),
        "frozen-goods": N_("frozen goods"),
        "medicine": N_("medicine"),
        "baby-food": N_("baby food"),
        "staff-decision": N_("decision of the staff"),
    },
    "turn-away": {
        "undeclared": N_("not declared"),
        "papers-missing": N_("papers are missing"),
        "not-necessary": N_("not necessary goods"),
        "too-late": N_("too late in the day"),
        "spoiled": N_("spoiled"),
        "staff-decision": N_("decision of the staff"),
    },
    "return": _GOODS_REASONS,
    "hold": _GOODS_REASONS,
    "destroy": _GOODS_REASONS,
    "release": {
        "checked": N_("checked"),
        "disinfected-again": N_("disinfected again"),
        "withdrawn-suspicion": N_("the suspicion was withdrawn"),
    },
    "annul": {
        "wrong-label": N_("wrong label"),
        "wrong-step": N_("wrong step"),
        "wrong-door": N_("wrong door"),
        "scanned-twice": N_("scanned twice"),
        "staff-decision": N_("decision of the staff"),
    },
    "act": {"unmask": N_("see names and phone numbers"), "release": N_("free a held parcel")},
    "why": {
        "delivery": N_("to deliver something"),
        "order-question": N_("a question about an order"),
        "medicine": N_("medicine or a doctor"),
        "care": N_("to look after old people or children"),
        "shift": N_("to arrange a shift, or to reach somebody on it"),
        "correction": N_("to correct the entry"),
        "asked-by-household": N_("the household asks what is held"),
        "masked-look": N_("a list with most of it hidden"),
    },
    "settle": {
        "checked-on-paper": N_("checked on paper"),
        "seen-by-staff": N_("seen by the staff"),
        "scanned-twice": N_("scanned twice"),
        "clock-was-wrong": N_("the clock was wrong"),
        "step-forgotten": N_("a step was not scanned"),
        "agreed-by-staff": N_("agreed by the staff"),
    },
    **PEOPLE_CHOICES,
}

SECOND_PERSON_NEW: Final = N_(
    "Within the last 24 hours one of you two registered, approved or invited the other or gave them their role, "
    "or one other person did so for both. Somebody else has to sign; in an emergency one acts at once."
)
SET_ASIDE: Final[Mapping[str, str]] = {
    "not-readable": N_("This could not be read. Staff will look at it."),
    "step-unknown": N_("Nobody knows this step. Reload the page."),
    "field-wrong": N_("Something is missing or does not have the right form. Check the fields and send it again."),
    "code-not-readable": N_("This is not one of our codes, or a symbol was misread. Check it and type it again."),
    "not-this-kind-of-code": N_(
        "This code is of another kind: parcels begin with P, crates with C, deliveries with D."
    ),
    "door-unknown": N_("There is no such door in this compound. Write building-room, such as 12-501."),
    "group-buy-unknown": N_("There is no such group buy. Its orders may not be imported yet."),
    "not-allowed": N_("Your role does not include this step. Ask staff to do it."),
    "other-station": N_("Your badge is for another station. Ask staff for one that fits."),
    "outside-shift": N_("This was scanned outside of the shift that the badge was for."),
    "member-signs": N_(
        "Only registered members release what is held, in an emergency too. Sign in as a member; staff register members."
    ),
    "second-person-new": SECOND_PERSON_NEW,
    "id-used": N_("Another scan has this id already. Scan it again."),
}

REFUSALS: Final[Mapping[str, str]] = {
    "captain-of-building": N_("This door is not in a building that you care for."),
    "household-known": N_("There is no such door on the roster."),
    "words-said": N_("Nothing was written. Fill in at least one field."),
    "phone-has-digits": N_("This is no phone number. What else is to be known belongs into the note."),
    "card-known": N_("This entry is gone; somebody removed it meanwhile."),
    "member-signs": N_(
        "Only a registered member may do this, so that two people are two people: sign in with your own password or badge."
    ),
    "reason-known": N_("Choose a reason."),
    "signature-open": N_("Nothing is open here any more: it is signed, shown or over. Ask again if you need it."),
    "purge-sure": N_("Tick that everything in the directory is to be dropped."),
    "compound-founded": N_("There is no compound yet. Import its roster of households first."),
    "compound-chosen": N_("There are several compounds here. Sign in to one of them."),
    "scan-known": N_("There is no such scan of this code in the record, so it has no doubt to settle."),
    "second-person-new": SECOND_PERSON_NEW,
    "second-signature": N_(
        "No reason settles an emergency release: a second registered member signs it under Signatures, /signatures."
    ),
    "id-unused": N_("This id stands for something else in the record; send this again with a new id."),
    **PEOPLE_REFUSALS,
}


def stage_name(language: Language, stage: str) -> str:
    return _text(language, STAGES, stage)


def step_name(language: Language, step: str) -> str:
    return _text(language, STEPS, step)


def role_name(language: Language, role: str) -> str:
    return say(language, ROLES[role]) if role in ROLES else role


def actor_text(language: Language, actor: str | None) -> str:
    """Numbers as they are; what was done on the server itself in the person's language."""
    return say(language, N_("the server’s terminal")) if actor == TERMINAL else actor or "–"


def doubt_text(language: Language, rule: str) -> str:
    """A sentence for the person; the rule's own name where there is none."""
    return say(language, DOUBTS[rule]) if rule in DOUBTS else rule


def refusal_text(language: Language, rule: str, text: str) -> str:
    """The sentence of a rule in the person's language, else the text as it came."""
    return say(language, REFUSALS[rule]) if rule in REFUSALS else say(language, text)


def holder_text(language: Language, kind: str, name: str) -> str:
    """Who has it in hand: ``Volunteer runner-7f3k``."""
    return f"{say(language, HOLDERS[kind])} {name}" if kind in HOLDERS else name


def words_of(language: Language, closed_list: str) -> list[tuple[str, str]]:
    """The values of a closed list with their texts, in the order in which they are offered."""
    return [(value, say(language, text)) for value, text in CHOICES[closed_list].items()]


def _text(language: Language, looks: Mapping[str, Look], key: str) -> str:
    return say(language, looks[key].text) if key in looks else key
