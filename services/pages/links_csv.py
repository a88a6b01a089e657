"""The sign-in links that were handed out, as a table; the links themselves are known to nobody any more."""

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.access import CompoundInView, Exports, IssuesLinks, entrance_of
from services.csv_out import csv_answer
from services.pages.language import N_, language_of
from services.pages.lists import header
from services.pages.words import role_name

router = APIRouter(include_in_schema=False)

HEADER: Final = (
    N_("Who"), N_("Role"), N_("Station"), N_("Made"), N_("Valid until"), N_("Signed in"), N_("Withdrawn"),
)  # fmt: skip


@router.get("/links.csv")
def links_csv(request: Request, person: IssuesLinks, _exports: Exports, compound: CompoundInView) -> Response:
    language = language_of(request)
    lines = (
        (
            link.actor,
            role_name(language, link.role),
            link.station,
            link.created,
            link.expires,
            link.used_at,
            link.revoked_at,
        )
        for link in entrance_of(request).access.links(person.compound)
        if link.role != "admin" or person.role == "admin"
    )
    return csv_answer("links", compound, header(language, HEADER), lines)
