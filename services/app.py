"""The web application over a house: routes, pages and what protects them."""

from collections.abc import Sequence
from functools import partial
from importlib.metadata import version
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from projections import roster
from services.access import Entrance, Person
from services.api import goods, lists, scans
from services.pages import (
    audit,
    badge_desk,
    board,
    board_stream,
    deliveries,
    directory,
    door,
    doubts,
    held,
    held_at_door,
    imports,
    keys,
    links,
    member,
    member_card,
    members,
    openid,
    paper,
    parcel,
    password,
    scan,
    search,
    sessions,
    shift,
    signatures,
    signin,
    slips,
    stations,
    teams,
    undelivered,
)
from services.pages.hands_offered import group_buys_offered, hands_offered
from services.pages.language import say_to
from services.paper.address import known_address
from services.scans import Desk
from services.web import protect
from services.web.errors import our_fault
from services.wiring import House, now, provider_of

log = structlog.get_logger()

ROUTERS: Final = (
    scans.router,
    goods.router,
    lists.router,
    deliveries.router,
    doubts.router,
    undelivered.router,
    search.router,
    stations.router,
    paper.router,
    slips.router,
    imports.router,
    directory.router,
    held.router,
    held_at_door.router,
    signatures.router,
    links.router,
    scan.router,
    signin.router,
    shift.router,
    password.router,
    sessions.router,
    keys.router,
    openid.router,
    board.router,
    board_stream.router,
    parcel.router,
    door.router,
    audit.router,
    members.router,
    member.router,
    member_card.router,
    badge_desk.router,
    teams.router,
)


def create_app(house: House) -> FastAPI:
    app = FastAPI(title="baogong 保供", version=version("baogong"), docs_url=None, redoc_url=None)
    app.state.house = house
    app.state.entrance = Entrance(
        access=house.access,
        compounds=lambda: compounds_of(house),
        name_of=house.places.name_of,
        public_board=house.settings.public_board,
        public_address=house.settings.public_address,
    )
    app.state.say_to = say_to
    app.state.scan_intake = partial(take_in, house)
    app.state.hands_offered = partial(hands_offered, house)
    app.state.group_buys_offered = partial(group_buys_offered, house)
    app.state.openid = provider_of(house.settings)
    for router in ROUTERS:
        app.include_router(router)
    protect(app, secret=house.secret, hosts=partial(hosts_of, house))
    app.add_middleware(OurFaults)
    return app


class OurFaults:
    """Answers what nobody expected. It goes no further, as the server around would write its words into its log.

    The words of an error may hold what a person typed; its kind is logged, and the connection ends.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except Exception as error:  # noqa: BLE001 — the last one before the server
            if scope["type"] != "http" or begun:
                log.error("response broken off", path=scope.get("path"), error=type(error).__name__)
                return
            response = await our_fault(Request(scope, receive), error)
            await response(scope, receive, send)


async def take_in(house: House, person: Person, compound: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Scans from a form, recorded and answered as those of POST /api/scans."""
    return await scans.record(items, Desk(person, compound, now(), house.secret, house.places), house)


def hosts_of(house: House) -> Sequence[str]:
    """Beside the public address: what the installation names, and what stands on its labels."""
    on_paper = known_address(house)
    return (*house.settings.hosts, *((on_paper,) if on_paper else ()))


def compounds_of(house: House) -> Sequence[str]:
    with house.read.reading() as rows:
        return roster.compounds(rows)
