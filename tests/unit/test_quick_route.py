import asyncio
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import JSONResponse, Response
from fastapi.routing import iter_route_contexts

from domain.base import Refused
from services.access import Scans, declared_action
from services.api.quick_route import QuickRoute


class Sevens:
    async def __call__(self, request: Request) -> int:
        return 7 * len(request.query_params)


async def name_of(request: Request) -> str:
    return request.headers.get("x-name", "")


async def path_code(code: str) -> str:
    return code


def not_awaited(request: Request) -> str:
    return request.url.path


def app_with(endpoint, path="/quick"):
    router = APIRouter(route_class=QuickRoute)
    router.add_api_route(path, endpoint, methods=["POST"])
    app = FastAPI()
    app.add_exception_handler(Refused, lambda _, error: JSONResponse(error.rule, 409))
    app.include_router(router)
    return app


def ask(app, method="POST", path="/quick?a=1&b=2", **options):
    async def answer():
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://bg.test") as client:
            return await client.request(method, path, **options)

    return asyncio.run(answer())


async def endpoint(
    request: Request, sevens: Annotated[int, Depends(Sevens())], name: Annotated[str, Depends(name_of)]
) -> Response:
    if name == "refused":
        raise Refused("stock-left", "Nothing is left.")
    return JSONResponse([sevens, name, len(await request.body())])


def test_it_gives_what_the_signature_asks_for():
    assert ask(app_with(endpoint), headers={"x-name": "li"}, content=b"abc").json() == [14, "li", 3]


def test_refusals_are_answered_as_on_every_route():
    assert ask(app_with(endpoint), headers={"x-name": "refused"}).status_code == 409
    assert ask(app_with(endpoint), "GET").status_code == 405
    assert ask(app_with(endpoint), path="/other").status_code == 404


def test_it_still_says_who_may_come_in_and_stands_in_the_description():
    async def scans(person: Scans) -> Response:
        return JSONResponse(person.role)

    app = app_with(scans)
    assert [declared_action(route) for route in iter_route_contexts(app.routes) if route.path == "/quick"] == ["scan"]
    assert "/quick" in app.openapi()["paths"]


async def by_query(page: int) -> Response:
    return JSONResponse(page)


async def by_path(code: Annotated[str, Depends(path_code)]) -> Response:
    return JSONResponse(code)


async def by_thread(path: Annotated[str, Depends(not_awaited)]) -> Response:
    return JSONResponse(path)


@pytest.mark.parametrize("more", [by_query, by_path, by_thread])
def test_an_endpoint_that_asks_for_more_is_refused_at_the_start(more):
    with pytest.raises(TypeError, match="ordinary route"):
        app_with(more)
