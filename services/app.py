"""The web application over a house: routes, pages and what protects them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Final

from fastapi import FastAPI

from projections import roster
from services.access import Entrance
from services.api import goods, lists, scans
from services.pages import deliveries, doubts, links_csv, search, stations, undelivered
from services.web import protect
from services.wiring import House

ROUTERS: Final = (
    scans.router,
    goods.router,
    lists.router,
    deliveries.router,
    doubts.router,
    undelivered.router,
    search.router,
    stations.router,
    links_csv.router,
)


def create_app(house: House) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield

    app = FastAPI(title="baogong 保供", version=version("baogong"), lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.house = house
    app.state.entrance = Entrance(
        access=house.access,
        compounds=lambda: compounds_of(house),
        public_board=house.settings.public_board,
        public_address=house.settings.public_address,
    )
    for router in ROUTERS:
        app.include_router(router)
    protect(app)
    return app


def compounds_of(house: House) -> Sequence[str]:
    with house.read.reading() as rows:
        return roster.compounds(rows)
