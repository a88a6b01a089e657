"""What every route of the API needs: the house it runs in and answers as bytes."""

from typing import Annotated, Any

import orjson
from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response

from services.api.odd_json import NoJson, read_again
from services.wiring import House


async def house_of(request: Request) -> House:
    house: House = request.app.state.house
    return house


InHouse = Annotated[House, Depends(house_of)]


def json_answer(content: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")


async def json_body(request: Request) -> Any:
    """The body as it was sent. Raises RequestValidationError, which becomes 400, where it is not JSON."""
    body = await request.body()
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        stopped_at = error.pos
    try:
        return read_again(body, stopped_at)
    except NoJson as error:
        mistake = {"type": "json_invalid", "loc": ("body", error.place), "msg": "this is not JSON", "input": {}}
        raise RequestValidationError([mistake]) from None
