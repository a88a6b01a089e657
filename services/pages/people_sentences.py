"""What each fact about people says: members by their numbers, never by their names."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from domain.base import Event
from domain.community.emergencies import EmergencyActed
from domain.community.people.facts import (
    BadgeIssued,
    BadgeRevoked,
    CaptainNamed,
    MemberRegistered,
    MemberSuspended,
    ShiftStarted,
)
from domain.goods.handling import PLACE_TIME
from services.pages.language import N_, Language, say
from services.pages.layout import day_and_clock
from services.pages.sentence import Sentence, Titles, choice, listed
from services.pages.words import role_name


def _member(_language: Language, event: Any, _titles: Titles) -> Mapping[str, object]:
    return {"member": event.member}


def _role(language: Language, event: Any, _titles: Titles) -> Mapping[str, object]:
    return {"member": event.member, "role": role_name(language, event.role)}


def _body(language: Language, event: Any, _titles: Titles) -> Mapping[str, object]:
    return {"member": event.member, "body": choice(language, "body", event.body)}


def _captain(language: Language, event: Any, _titles: Titles) -> Mapping[str, object]:
    return {"member": event.member, "buildings": listed(language, event.buildings)}


def _named(language: Language, event: Any, titles: Titles) -> Mapping[str, object]:
    return {**_captain(language, event, titles), "until": event.until.astimezone(PLACE_TIME).date().isoformat()}


def _badge(language: Language, event: Any, titles: Titles) -> Mapping[str, object]:
    window = {"begins": day_and_clock(event.from_), "until": day_and_clock(event.until)}
    return {**_role(language, event, titles), **window}


def _team(language: Language, event: Any, _titles: Titles) -> Mapping[str, object]:
    return {"team": event.team, "task": choice(language, "task", event.task)}


def _in_team(_language: Language, event: Any, _titles: Titles) -> Mapping[str, object]:
    return {"team": event.team, "member": event.member}


def _emergency(language: Language, event: Any, _titles: Titles) -> Mapping[str, object]:
    return {"act": choice(language, "emergency-act", event.act), "subject": event.subject.partition("-")[2]}


PEOPLE: Final[Mapping[str, Sentence]] = {
    "MemberRegistered": Sentence(N_("Member %(member)s was registered: %(body)s."), "plus", "quiet", _body),
    "MemberApproved": Sentence(N_("Member %(member)s was approved: %(body)s."), "check", "good", _body),
    "MemberSuspended": Sentence(N_("Member %(member)s was suspended."), "stop", "bad", _member),
    "MemberReinstated": Sentence(N_("Member %(member)s was reinstated."), "check", "good", _member),
    "RoleGiven": Sentence(N_("Member %(member)s was given the role: %(role)s."), "key", "quiet", _role),
    "RoleWithdrawn": Sentence(N_("A role was withdrawn from member %(member)s: %(role)s."), "key", "wait", _role),
    "CaptainNamed": Sentence(
        N_("Member %(member)s was named captain until %(until)s, buildings: %(buildings)s."), "captain", "good", _named
    ),
    "CaptainRelieved": Sentence(
        N_("Member %(member)s is no longer captain, buildings: %(buildings)s."), "captain", "wait", _captain
    ),
    "BadgeIssued": Sentence(
        N_("A badge was issued to member %(member)s: %(role)s, %(begins)s to %(until)s."), "key", "quiet", _badge
    ),
    "BadgeRedeemed": Sentence(N_("Member %(member)s opened the badge on a phone."), "check", "quiet", _member),
    "BadgeRevoked": Sentence(N_("A badge of member %(member)s was revoked."), "stop", "bad", _member),
    "ShiftStarted": Sentence(N_("Member %(member)s went on shift, fit for duty."), "walk", "good", _member),
    "ShiftEnded": Sentence(N_("Member %(member)s ended the shift."), "exit", "quiet", _member),
    "TeamFormed": Sentence(N_("Team %(team)s was formed: %(task)s."), "plus", "good", _team),
    "TeamJoined": Sentence(N_("Member %(member)s joined team %(team)s."), "plus", "quiet", _in_team),
    "TeamLeft": Sentence(N_("Member %(member)s left team %(team)s."), "exit", "quiet", _in_team),
    "TeamDisbanded": Sentence(N_("Team %(team)s was disbanded."), "stop", "wait", lambda _l, e, _t: {"team": e.team}),
    "DoorCodesRenewed": Sentence(
        N_("Door codes of building %(building)s were renewed; doors: %(count)s."),
        "door",
        "quiet",
        lambda _l, e, _t: {"building": e.building, "count": len(e.households)},
    ),
    "EmergencyActed": Sentence(
        N_("In an emergency one person acted alone: %(act)s (%(subject)s)."), "doubt", "bad", _emergency
    ),
    "Countersigned": Sentence(N_("A second person signed for what was done in an emergency."), "check", "good"),
}

PEOPLE_REASONS: Final[Mapping[type[Event], str]] = {
    MemberSuspended: "suspend",
    BadgeRevoked: "revoke",
    EmergencyActed: "emergency-reason",
}


def more_about_people(language: Language, event: Event) -> Iterator[str]:
    match event:
        case MemberRegistered() if event.applied:
            yield say(language, "They applied by themselves.")
        case CaptainNamed():
            yield say(language, "How: %(how)s.", how=choice(language, "captain-how", event.how))
            if event.deputy:
                yield say(language, "As a deputy.")
        case BadgeIssued():
            if event.station:
                yield say(language, "Station: %(station)s.", station=event.station)
            if event.buildings:
                yield say(language, "Buildings: %(buildings)s.", buildings=listed(language, event.buildings))
        case ShiftStarted() if event.team:
            yield say(language, "Team: %(team)s.", team=event.team)
        case _:
            pass
