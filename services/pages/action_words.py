"""What the actions of the role table are called."""

from collections.abc import Mapping
from typing import Final

from services.pages.language import N_
from services.roles import Action

ACTION_WORDS: Final[Mapping[Action, str]] = {
    "see-board": N_("see the board"),
    "scan": N_("send scans"),
    "see-trail": N_("see the trail of a parcel"),
    "see-deliveries": N_("see deliveries"),
    "declare-delivery": N_("declare deliveries"),
    "import-orders": N_("import orders"),
    "import-households": N_("import households"),
    "see-doubts": N_("see doubts"),
    "settle-doubts": N_("settle doubts"),
    "manage-stations": N_("manage stations"),
    "issue-links": N_("hand out sign-in links"),
    "see-undelivered": N_("see what is not yet delivered"),
    "search": N_("search"),
    "export": N_("export lists"),
    "print-labels": N_("print labels"),
    "print-sheets": N_("print picking and drop sheets"),
    "found-compound": N_("found a compound"),
    "manage-members": N_("manage members"),
    "issue-badges": N_("issue badges"),
    "end-shift": N_("end shifts"),
    "manage-captains": N_("name captains"),
    "manage-keys": N_("manage API keys"),
    "own-sessions": N_("see one's own sessions"),
    "see-directory": N_("see the directory, masked"),
    "unmask": N_("unmask names in the directory"),
    "purge-directory": N_("purge the directory"),
    "print-slips": N_("print slips with door codes"),
    "renew-door-codes": N_("renew door codes"),
    "write-directory": N_("write into the directory"),
    "see-signatures": N_("see what waits for a second signature"),
    "countersign": N_("sign as the second person"),
}
