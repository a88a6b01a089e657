"""What is about an administrator's way in is the business of administrators alone; staff could shut them out otherwise."""

from typing import Final

from domain.base import is_member
from infra.auth import AccessStore, ApiKey
from projections import people
from projections.base import milliseconds
from services.roles import Person
from services.wiring import House, now

ADMIN: Final = "admin"


def may_change(house: House, compound: str, person: Person | None, member: str) -> bool:
    """Roles, sign-ins and standing of this member."""
    return (person is not None and person.role == ADMIN) or not is_administrator(house, compound, member)


def is_administrator(house: House, compound: str, member: str) -> bool:
    """By the record of this compound, or by what their password opens here or anywhere."""
    if opens_as_admin(house.access, member):
        return True
    with house.read.reading() as rows:
        found = people.member(rows, compound, member, milliseconds(now()))
    return found is not None and ADMIN in found.roles


def opens_as_admin(access: AccessStore, actor: str) -> bool:
    return is_member(actor) and any(grant.role == ADMIN for grant in access.roles_of(actor))


def may_revoke(access: AccessStore, person: Person, key: ApiKey) -> bool:
    return person.role == ADMIN or not (key.role == ADMIN or opens_as_admin(access, key.actor))
