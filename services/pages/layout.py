"""How every page is made: templates, navigation, static files and the few words a template may call."""

import functools
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from domain.goods.codes import spaced
from domain.goods.handling import PLACE_TIME
from services.access import Action, Entrance, Person, compound_named, person_of
from services.csrf import form_token
from services.pages.assets import static_url
from services.pages.language import LANGUAGE_COOKIE, language_of
from services.pages.on_this_phone import hand_of, others_here
from services.pages.words import (
    CHOICES,
    STAGES,
    STEPS,
    actor_text,
    doubt_text,
    holder_text,
    role_name,
    stage_name,
    step_name,
    words_of,
)
from services.texts import LANGUAGES, N_, Language, catalogue, language_named

FORM_TOKEN: Final = Markup('<input type="hidden" name="csrf_token" value="{}">')
"""First in every form that is posted, as ``{{ form_token }}``."""
TEMPLATES: Final = Path(__file__).parent / "templates"
A_YEAR: Final = 365 * 24 * 3600


class Destination(NamedTuple):
    path: str
    label: str
    icon: str
    action: Action
    daily: bool = True
    """Opened all day long; the others stand behind "More"."""


DESTINATIONS: Final = (
    Destination("/board", N_("Board"), "board", "see-board"),
    Destination("/scan", N_("Scan"), "scan", "scan"),
    Destination("/deliveries", N_("Deliveries"), "truck", "see-deliveries"),
    Destination("/doubts", N_("Doubts"), "doubt", "see-doubts"),
    Destination("/undelivered", N_("Not yet delivered"), "door", "see-undelivered"),
    Destination("/search", N_("Search"), "search", "search"),
    Destination("/badges", N_("Badges"), "badge", "issue-badges"),
    Destination("/members", N_("People"), "people", "manage-members", daily=False),
    Destination("/import", N_("Import"), "import", "import-orders", daily=False),
    Destination("/paper", N_("Labels and sheets"), "label", "print-sheets", daily=False),
    Destination("/slips", N_("Door slips"), "note", "print-slips", daily=False),
    Destination("/directory", N_("Directory"), "captain", "see-directory", daily=False),
    Destination("/signatures", N_("Signatures"), "check", "see-signatures", daily=False),
    Destination("/stations", N_("Stations"), "station", "manage-stations", daily=False),
    Destination("/links", N_("Links"), "key", "issue-links", daily=False),
)


def navigation(person: Person | None, *, public_board: bool) -> list[Destination]:
    """The pages this person may open."""
    if person is None:
        return [place for place in DESTINATIONS if public_board and place.action == "see-board"]
    return [place for place in DESTINATIONS if person.may(place.action)]


def home_of(person: Person) -> str:
    """Where a person starts: those who scan at the scan page, everybody else at the board."""
    return "/scan" if person.may("scan") and not person.may("see-doubts") else "/board"


@functools.cache
def environment(language: Language) -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    texts = catalogue(language)
    made.install_gettext_callables(texts.gettext, texts.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.filters.update(
        clock=clock,
        day_and_clock=day_and_clock,
        date_and_clock=date_and_clock,
        spaced=spaced,
        stage_name=functools.partial(stage_name, language),
        step_name=functools.partial(step_name, language),
        role_name=functools.partial(role_name, language),
        actor_text=functools.partial(actor_text, language),
        doubt_text=functools.partial(doubt_text, language),
        holder=functools.partial(holder_text, language),
    )
    made.globals.update(
        static=static_url, words=functools.partial(words_of, language), STAGES=STAGES, STEPS=STEPS, CHOICES=CHOICES
    )
    return made


def render(
    request: Request,
    template: str,
    *,
    status_code: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> HTMLResponse:
    """A page in the person's language. ``?lang=`` is remembered in a cookie."""
    language = language_of(request)
    entrance: Entrance | None = getattr(request.app.state, "entrance", None)
    person = person_of(request) if entrance else None
    token = form_token(request)
    text = (
        environment(language)
        .get_template(template)
        .render(
            request=request,
            person=person,
            hand=hand_of(person),
            others=[each.session for each in others_here(request)] if entrance else [],
            language=language,
            csrf_token=token,
            form_token=FORM_TOKEN.format(token) if token else "",
            html_language=language.replace("_", "-"),
            switch_language=[(code, name, _same_page_in(request, code)) for code, name in LANGUAGES.items()],
            navigation=navigation(person, public_board=bool(entrance and entrance.public_board)),
            place=compound_named(request, person) if entrance else "",
            here=request.url.path.rstrip("/") or "/",
            **context,
        )
    )
    response = HTMLResponse(text, status_code, dict(headers or {}))
    response.headers["Content-Language"] = language.replace("_", "-")
    asked = language_named(request.query_params.get("lang"))
    if asked is not None:
        response.set_cookie(
            LANGUAGE_COOKIE, asked, max_age=A_YEAR, httponly=True, samesite="lax", secure=request.url.scheme == "https"
        )
        if entrance and person and person.session and person.language != asked:
            entrance.access.remember_language(person.session, asked)
    return response


def moment_of(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)


def clock(moment: datetime | None) -> str:
    """``14:05`` in the compound's time, ``–`` for None."""
    return moment.astimezone(PLACE_TIME).strftime("%H:%M") if moment else "–"


def day_and_clock(moment: datetime | None) -> str:
    """``04-09 14:05`` in the compound's time, ``–`` for None."""
    return moment.astimezone(PLACE_TIME).strftime("%m-%d %H:%M") if moment else "–"


def date_and_clock(moment: datetime) -> str:
    """As ``day_and_clock``, behind the year where it is not this one: what lasts for weeks must not look over."""
    at = moment.astimezone(PLACE_TIME)
    return at.strftime("%m-%d %H:%M" if at.year == datetime.now(PLACE_TIME).year else "%Y-%m-%d %H:%M")


def _same_page_in(request: Request, language: str) -> str:
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return f"?{urlencode([*kept, ('lang', language)])}"
