"""The web application over a house: routes, pages and what protects them."""

from collections.abc import Sequence
from functools import partial
from importlib.metadata import version
from typing import Any, Final

from fastapi import FastAPI

from projections import roster
from services.access import Entrance, Person
from services.api import goods, lists, scans
from services.pages import (
    audit,
    board,
    board_stream,
    deliveries,
    doubts,
    imports,
    keys,
    links,
    links_csv,
    openid,
    paper,
    parcel,
    password,
    scan,
    search,
    sessions,
    shift,
    signin,
    stations,
    undelivered,
)
from services.paper.address import known_address
from services.scans import Desk
from services.web import protect
from services.wiring import House, now, provider_of

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
    imports.router,
    links_csv.router,
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
    audit.router,
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
    app.state.scan_intake = partial(take_in, house)
    app.state.openid = provider_of(house.settings)
    for router in ROUTERS:
        app.include_router(router)
    protect(app, secret=house.secret, hosts=partial(hosts_of, house))
    return app


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
