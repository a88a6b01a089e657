"""API keys for the programs of a compound: made and shown once, listed with their last use, revoked."""

import re
from collections.abc import Mapping
from typing import Annotated, Final
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from infra.auth import ApiKey
from infra.auth.api_keys import MadeAlready, is_opaque
from services.access import CompoundInView, Exports, ManagesKeys, Person, entrance_of, must
from services.crew.administrators import may_revoke
from services.csv_out import csv_answer
from services.pages.action_words import ACTION_WORDS
from services.pages.language import N_, Language, language_of, say
from services.pages.layout import render
from services.pages.lists import header
from services.pages.people_page import BY_ADMINISTRATORS
from services.pages.words import role_name
from services.roles import ACTIONS, LIMITED_ROLES, ROLES, ROLES_THAT_MAY, Action, Role

router = APIRouter(include_in_schema=False)

SEE_OTHER: Final = 303
CONFLICT: Final = 409
KEY_ROLES: Final[tuple[Role, ...]] = (
    "program",
    *(role for role in ROLES if role not in {"admin", "district", "program", *LIMITED_ROLES}),
)
"""A key belongs to one compound; an administrator's is made on the terminal only."""
HEADER: Final = (N_("Label"), N_("Role"), N_("Actions"), N_("Made"), N_("Made by"), N_("Last used"), N_("State"))
VALID: Final = N_("valid")
REVOKED: Final = N_("revoked")
OFFERED: Final[tuple[Action, ...]] = tuple(
    action
    for action in ACTIONS
    if action not in {"own-sessions", "found-compound", "purge-directory"}
    and ROLES_THAT_MAY[action] & frozenset(KEY_ROLES)
)


@router.get("/keys")
async def keys(request: Request, person: ManagesKeys, compound: CompoundInView) -> Response:
    return keys_page(request, person, compound)


@router.get("/keys.csv")
async def keys_csv(request: Request, _person: ManagesKeys, _exports: Exports, compound: CompoundInView) -> Response:
    language = language_of(request)
    lines = (
        (
            key.name,
            role_name(language, key.role),
            " · ".join(words_of(language, key)),
            key.created,
            key.made_by or "",
            key.last_used,
            say(language, REVOKED if key.revoked_at else VALID),
        )
        for key in entrance_of(request).access.api_keys(compound)
    )
    return csv_answer("keys", compound, header(language, HEADER), lines)


@router.post("/keys")
async def create(
    request: Request,
    person: ManagesKeys,
    compound: CompoundInView,
    role: Annotated[str, Form(max_length=20)],
    name: Annotated[str, Form(max_length=60)] = "",
    actions: Annotated[list[str] | None, Form()] = None,
    run: Annotated[UUID | None, Form()] = None,
) -> Response:
    """Shows the key this once: only its digest is kept; sent a second time, the form makes no second key."""
    chosen, label = set(actions or ()), re.sub(r"\s+", "-", name.strip())
    mistake = ""
    if role not in KEY_ROLES:
        mistake = "role"
    elif not is_opaque(label):
        mistake = "name"
    elif not chosen <= {action for action in OFFERED if role in ROLES_THAT_MAY[action]}:
        mistake = "actions"
    if mistake:
        said = {"role": role, "name": name, "actions": chosen}
        return keys_page(request, person, compound, mistake=mistake, said=said)
    access = entrance_of(request).access
    try:
        token = access.create_api_key(
            role,
            compound,
            name=label,
            actions=chosen or None,
            made_by=person.actor,
            run=f"{person.actor} {run}" if run else None,
        )
    except MadeAlready:
        return keys_page(request, person, compound, mistake="again")
    made = access.api_keys(compound)[0]
    return keys_page(request, person, compound, token=token, made=made)


@router.post("/keys/revoke")
async def revoke(
    request: Request, person: ManagesKeys, compound: CompoundInView, key: Annotated[str, Form(max_length=64)]
) -> Response:
    access = entrance_of(request).access
    named = next((known for known in access.api_keys(compound) if known.id == key), None)
    if named is not None:
        must(may_revoke(access, person, named), "manage-keys", BY_ADMINISTRATORS)
        access.revoke_api_key(key)
    return RedirectResponse(f"/keys?{request.url.query}".removesuffix("?"), SEE_OTHER)


def words_of(language: Language, key: ApiKey) -> list[str]:
    """What it is limited to."""
    words = {str(action): text for action, text in ACTION_WORDS.items()}
    return [say(language, words.get(action, action)) for action in sorted(key.actions or ())]


def keys_page(
    request: Request,
    person: Person,
    compound: str,
    *,
    token: str = "",
    made: ApiKey | None = None,
    mistake: str = "",
    said: Mapping[str, object] | None = None,
) -> Response:
    language, access = language_of(request), entrance_of(request).access
    known = access.api_keys(compound)
    return render(
        request,
        "keys.html",
        status_code=CONFLICT if mistake == "again" else 422 if mistake else 200,
        keys=[(key, words_of(language, key), may_revoke(access, person, key)) for key in known],
        roles=KEY_ROLES,
        offered=[
            (action, say(language, ACTION_WORDS[action]), " ".join(sorted(ROLES_THAT_MAY[action])))
            for action in OFFERED
        ],
        token=token,
        made=made,
        run=uuid4(),
        mistake=mistake,
        said=said or {"role": "program", "name": "", "actions": frozenset()},
    )
