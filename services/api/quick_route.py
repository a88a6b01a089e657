"""A route for what is asked many hundred times a second: FastAPI's own way costs 50 µs more of each request.

The signature stays what it is elsewhere: it names who may come in, and the description of the API is made from it. But a
quick route takes only ``request`` and dependencies that themselves ask for nothing but the request; the endpoint reads the
body and answers with a Response.
"""

from collections.abc import Awaitable, Callable, Iterator
from inspect import iscoroutinefunction
from typing import Any

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send

Need = tuple[str, Callable[[Request], Awaitable[Any]]]


class QuickRoute(APIRoute):
    """To be given to a router as its ``route_class``; TypeError for an endpoint that needs more."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        self.asks_for = self.dependant.request_param_name
        self.needs = tuple(needs_of(self.dependant))

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in (self.methods or ()):
            await super().handle(scope, receive, send)
            return
        request = Request(scope, receive, send)
        said = {name: await call(request) for name, call in self.needs}
        if self.asks_for:
            said[self.asks_for] = request
        response = await self.endpoint(**said)
        await response(scope, receive, send)


def needs_of(dependant: Dependant) -> Iterator[Need]:
    """Name and dependency of each argument, in order."""
    if says_more(dependant):
        raise TypeError(f"{dependant.path} asks for more than the request; give it an ordinary route")
    for needed in dependant.dependencies:
        if says_more(needed) or needed.dependencies or not answers_a_request(needed):
            raise TypeError(
                f"{dependant.path}: {needed.name} asks for more than the request; give it an ordinary route"
            )
        if needed.call is not None and needed.name is not None:
            yield needed.name, needed.call


def answers_a_request(needed: Dependant) -> bool:
    """A coroutine whose one argument is the request."""
    called = needed.call if iscoroutinefunction(needed.call) else type(needed.call).__call__
    return needed.request_param_name is not None and iscoroutinefunction(called)


def says_more(dependant: Dependant) -> bool:
    return any(
        (
            dependant.path_params,
            dependant.query_params,
            dependant.header_params,
            dependant.cookie_params,
            dependant.body_params,
            dependant.response_param_name,
            dependant.background_tasks_param_name,
        )
    )
