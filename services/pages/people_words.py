"""The words for people: bodies, reasons, tasks, and why a request about them was refused."""

from collections.abc import Mapping
from typing import Final

from services.pages.language import N_

PEOPLE_CHOICES: Final[Mapping[str, Mapping[str, str]]] = {
    "body": {
        "committee": N_("residents' committee"),
        "owners-committee": N_("owners' committee"),
        "property-company": N_("property company"),
        "volunteer": N_("volunteer"),
        "resident": N_("resident"),
    },
    "standing": {
        "waiting": N_("waiting for approval"),
        "approved": N_("approved"),
        "suspended": N_("suspended"),
    },
    "suspend": {
        "left-the-compound": N_("no longer in the compound"),
        "badge-lent": N_("lent the badge to somebody"),
        "rules-broken": N_("broke the rules"),
        "asked-by-member": N_("asked for it"),
        "staff-decision": N_("decision of the staff"),
    },
    "captain-how": {"recruited": N_("recruited"), "elected": N_("elected")},
    "badge-stage": {
        "issued": N_("handed out, not opened yet"),
        "redeemed": N_("opened on a phone"),
        "on-shift": N_("on shift"),
        "ended": N_("shift ended"),
        "over": N_("time is over"),
        "revoked": N_("revoked"),
    },
    "revoke": {
        "lost": N_("lost"),
        "lent": N_("lent to somebody"),
        "shift-cancelled": N_("the shift was cancelled"),
        "issued-by-mistake": N_("issued by mistake"),
        "member-suspended": N_("the member was suspended"),
        "staff-decision": N_("decision of the staff"),
    },
    "task": {
        "gate": N_("gate duty"),
        "disinfection": N_("disinfection"),
        "sorting": N_("sorting"),
        "delivery": N_("delivery to the doors"),
        "handouts": N_("handing out supplies"),
        "errands": N_("errands for households"),
    },
    "emergency-act": {
        "unmask-name": N_("a name was shown"),
        "override-rest": N_("resting time was cut short"),
        "reopen-day": N_("a closed day was opened again"),
    },
    "emergency-reason": {
        "person-in-danger": N_("somebody may be in danger"),
        "nobody-answers": N_("nobody answers at the door"),
        "goods-would-spoil": N_("goods would spoil"),
        "ordered-by-authority": N_("ordered by an authority"),
    },
}

PEOPLE_REFUSALS: Final[Mapping[str, str]] = {
    "member-known": N_("There is no such member. Register them first."),
    "member-new": N_("This number belongs to somebody already. Try again."),
    "member-already": N_("You are a member already."),
    "member-approved": N_("This member has not been approved yet."),
    "member-not-suspended": N_("This member is suspended. Reinstate them first."),
    "applies-by-oneself": N_("Everybody applies for themselves; staff register others."),
    "captain-named": N_("A captain is named for buildings and until a date."),
    "captain-of-building": N_("This is for the captains of that building and for staff."),
    "building-known": N_("There is no such building on the roster of this compound."),
    "household-of-building": N_("There is no such door in this building."),
    "station-known": N_("No such station is open."),
    "nobody-chosen": N_("Choose first for whom: tick one or more numbers."),
    "captain-again": N_(
        "They are captain of one of these buildings already, under other terms. To replace those, tick “Instead of the "
        "terms that stand”."
    ),
    "until-sane": N_("Name a captain until a date to come, at most a year from now."),
    "window-sane": N_(
        "A badge ends after it begins, not in the past, is good for three days at most and begins within a month."
    ),
    "time-readable": N_("This is no time. Write it as 22:00 or as 2022-04-20 22:00."),
    "day-not-over": N_("The usual shift of today is over. Choose 12 hours from now, tomorrow or another time."),
    "badge-role": N_("A badge is for work at a station or on the way. Other roles are given to the member."),
    "badge-buildings": N_("Say which buildings the captain's badge is for."),
    "badge-of-captain": N_(
        "This member is not captain of each of these buildings. Name them captain on their own page first."
    ),
    "badge-known": N_("There is no such badge."),
    "badge-unused": N_("This badge has been used already. Ask staff for another one."),
    "badge-redeemed": N_("Open the badge on your phone first."),
    "badge-not-revoked": N_("This badge was revoked. Ask staff for another one."),
    "badge-in-window": N_("This badge is not good at this time. Ask staff."),
    "badge-open": N_("A shift belongs to a badge: open yours on this phone first."),
    "shift-started": N_("This shift has not been started."),
    "shift-not-over": N_("The shift of this badge is over. Ask staff for another one."),
    "fit-for-duty": N_("Thank you for saying so. Please rest today; nothing of this answer is kept."),
    "not-oneself": N_("Somebody else of the committee has to do this."),
    "role-held": N_("Give them this role first."),
    "badge-shown": N_("These badges were shown once already. Make a new code for the one that was lost."),
    "applications-full": N_("Very many wait for approval already. Speak to the committee."),
    "own-role": N_("You do not hold this role, or you have to sign in with your password for it."),
    "password-own": N_("A password is for registered members who came by an invitation. A badge needs none."),
    "account-own": N_("An account is linked by registered members who came by an invitation."),
    "password-first": N_("Set a password first: without the account nothing else would let you in."),
    "team-new": N_("This number belongs to a team already. Try again."),
    "team-known": N_("There is no such team, or it was disbanded."),
    "team-member": N_("Join the team first."),
    "emergency-known": N_("There is no such act to sign for."),
    "two-people": N_("A second person has to sign, not the one who asked or acted."),
}
