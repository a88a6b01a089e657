"""The name and phone number behind a member's number: written, corrected, and seen whole with a second person."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from domain.base import Refused
from infra.directory import Subject
from projections import people
from projections.base import milliseconds
from services import directory
from services.access import ManagesMembers, Person, Unmasks, WritesDirectory
from services.pages.directory_desk import (
    AtDesk,
    CardForm,
    Desk,
    UnmaskForm,
    asked_to_unmask,
    showing_signed,
    written,
)
from services.pages.import_desk import see_other
from services.pages.member import filled
from services.pages.people_page import Number
from services.wiring import now

router = APIRouter(include_in_schema=False)


@router.post("/members/{member}/card")
def write(
    person: ManagesMembers, _writes: WritesDirectory, desk: AtDesk, member: Number, said: Annotated[CardForm, Form()]
) -> Response:
    """A name and a phone number; help needs are a household's."""
    subject = known_member(desk, member)
    try:
        written(desk, person, subject, said.model_copy(update={"help": "", "note": ""}))
    except Refused as refusal:
        return refused(desk, person, member, refusal)
    return to_member(desk, member)


@router.post("/members/{member}/unmask")
def unmask(
    person: ManagesMembers, _unmasks: Unmasks, desk: AtDesk, member: Number, said: Annotated[UnmaskForm, Form()]
) -> Response:
    subject = known_member(desk, member)
    try:
        asked_to_unmask(desk, person, subject, said)
    except Refused as refusal:
        return refused(desk, person, member, refusal)
    return to_member(desk, member)


@router.post("/members/{member}/show")
def show(
    person: ManagesMembers, _unmasks: Unmasks, desk: AtDesk, member: Number, said: Annotated[UnmaskForm, Form()]
) -> Response:
    known_member(desk, member)
    try:
        showing_signed(desk, person, said)
    except Refused as refusal:
        return refused(desk, person, member, refusal)
    return to_member(desk, member)


def known_member(desk: Desk, member: str) -> Subject:
    """Raises 404 for a number that is nobody's here."""
    with desk.house.read.reading() as rows:
        found = people.member(rows, desk.compound, member, milliseconds(now()))
    if found is None:
        raise HTTPException(404)
    return directory.member(member)


def to_member(desk: Desk, member: str) -> Response:
    return see_other(desk.request, f"/members/{member}")


def refused(desk: Desk, person: Person, member: str, refusal: Refused) -> Response:
    return filled(desk.request, person, desk.compound, desk.house, member, refusal=refusal)
