"""``/board/stream``: the board's region over SSE, rendered once for everybody who sees the same."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from typing import Final, NamedTuple

from fastapi import APIRouter, Request
from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event

from domain.goods.handling import PLACE_TIME
from infra.errors import StorageUnavailable
from services.access import CompoundInView, SeesBoard, still_may
from services.api.house import InHouse
from services.pages.board import Board, Links, board_now, links_of, region_of
from services.pages.language import Language, language_of
from services.wiring import House, now

router = APIRouter(include_in_schema=False)

TICK: Final = 0.25
"""Seconds between two looks: at most four frames a second, the latest wins."""
PING: Final = 15.0
"""Seconds of silence after which a viewer is told that nothing has changed."""
LOOK_AGAIN: Final = 5.0
"""Seconds after which the clock alone may have changed the board: goods stop resting without a scan."""
ASK_AGAIN: Final = 4.0
"""Seconds after which it is asked anew whether each viewer is still signed in."""
SIGNED_OUT: Final = format_sse_event(event="signed-out", data_str="-")
HEADERS: Final = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}


class Audience(NamedTuple):
    """Everybody who is shown the same bytes."""

    compound: str
    language: Language
    links: Links


class Frame(NamedTuple):
    number: int
    board: Board
    message: bytes


class Viewer:
    """Somebody with an open stream; ``may_look`` says whether they would still be let in."""

    def __init__(self, audience: Audience, may_look: Callable[[], bool]) -> None:
        self.audience = audience
        self.may_look = may_look
        self.shut_out = False

    def looked_after(self) -> bool:
        """True where they have just been shut out. While the file of sign-ins does not answer nobody is."""
        try:
            self.shut_out = not self.may_look()
        except StorageUnavailable:
            return False
        return self.shut_out


class Channel:
    """The latest frame of one audience, and a bell for those who wait for the next."""

    def __init__(self) -> None:
        self.viewers = 0
        self.frame: Frame | None = None
        self.bell = asyncio.Event()

    def show(self, board: Board, message: bytes) -> None:
        self.frame = Frame(self.frame.number + 1 if self.frame else 1, board, message)
        self.ring()

    def ring(self) -> None:
        self.bell.set()
        self.bell = asyncio.Event()


class BoardStream:
    """Renders while somebody looks; one task for all viewers of a process."""

    def __init__(self, house: House, is_stopping: Callable[[], bool]) -> None:
        self.house = house
        self.is_stopping = is_stopping
        self.channels: dict[Audience, Channel] = {}
        self.viewers: set[Viewer] = set()
        self.stopped = False
        self.task: asyncio.Task[None] | None = None
        self.reads = True
        """Whether the last look at the read database was answered."""
        self.rendered = 0

    async def frames(self, audience: Audience, may_look: Callable[[], bool] = lambda: True) -> AsyncIterator[bytes]:
        """Messages for one viewer, from the state as it is to the server's end or that of their sign-in."""
        viewer = Viewer(audience, may_look)
        channel = self.join(audience)
        self.viewers.add(viewer)
        seen = 0
        try:
            yield b"retry: 2000\n\n"
            while not self.stopped and self.task and not self.task.done():
                bell = channel.bell
                if viewer.shut_out:
                    yield SIGNED_OUT
                    return
                if channel.frame is not None and channel.frame.number > seen:
                    seen = channel.frame.number
                    yield channel.frame.message
                elif not await rings(bell, PING):
                    yield alive() if self.reads else KEEPALIVE_COMMENT
        finally:
            self.viewers.discard(viewer)
            self.leave(audience)

    def join(self, audience: Audience) -> Channel:
        channel = self.channels.setdefault(audience, Channel())
        channel.viewers += 1
        if self.task is None or self.task.done():
            self.task = asyncio.create_task(self.follow(), name="board stream")
        return channel

    def leave(self, audience: Audience) -> None:
        channel = self.channels[audience]
        channel.viewers -= 1
        if not channel.viewers:
            del self.channels[audience]

    async def follow(self) -> None:
        """Looks at the projector's position until nobody watches or the server stops."""
        try:
            await self.look_until_the_end()
        finally:
            for channel in self.channels.values():
                channel.ring()

    async def look_until_the_end(self) -> None:
        shown, looked_at, asked_at = -1, now(), now()
        while self.channels and not self.stopped:
            position, at = self.house.projector.position, now()
            is_due = position != shown or (at - looked_at).total_seconds() >= LOOK_AGAIN
            wanted = [each for each, channel in self.channels.items() if is_due or channel.frame is None]
            if wanted:
                looked_at = at
                self.reads = await self.render(wanted)
                shown = position if self.reads else -1
            if (at - asked_at).total_seconds() >= ASK_AGAIN:
                asked_at = at
                await self.shut_out()
            await asyncio.sleep(TICK)
            self.stopped = self.is_stopping()

    async def shut_out(self) -> None:
        """All viewers are asked about in one go, and only the channels of those who go are woken."""
        viewers = tuple(self.viewers)
        gone = await asyncio.to_thread(lambda: [each for each in viewers if each.looked_after()])
        for audience in {each.audience for each in gone}:
            if audience in self.channels:
                self.channels[audience].ring()

    async def render(self, audiences: list[Audience]) -> bool:
        """False when the read database did not answer: the next tick tries again."""
        boards: dict[str, Board] = {}
        for audience in audiences:
            try:
                if audience.compound not in boards:
                    boards[audience.compound] = await asyncio.to_thread(board_now, self.house, audience.compound, now())
            except StorageUnavailable:
                return False
            board, channel = boards[audience.compound], self.channels.get(audience)
            if channel is not None and not (channel.frame and same(channel.frame.board, board)):
                message = await asyncio.to_thread(message_of, board, audience)
                self.rendered += 1
                channel.show(board, message)
        return True


def same(shown: Board, board: Board) -> bool:
    """Whether nothing but the clock and facts that do not show on the board have moved on."""
    return shown._replace(as_of=board.as_of, position=board.position) == board


def message_of(board: Board, audience: Audience) -> bytes:
    region = region_of(board, audience.language, audience.links)
    return format_sse_event(data_str=region, event="board", id=str(board.position))


def alive() -> bytes:
    """A ping as a comment for proxies, and as an event for the page, which cannot hear comments."""
    clock = now().astimezone(PLACE_TIME).strftime("%H:%M:%S")
    return format_sse_event(comment="ping", event="alive", data_str=clock)


async def rings(bell: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await bell.wait()
    except TimeoutError:
        return False
    return True


def stream_of(request: Request, house: House) -> BoardStream:
    """The one of this application; ``app.state.is_stopping`` may say in its own way that the server stops."""
    state = request.app.state
    if not hasattr(state, "board_stream"):
        state.board_stream = BoardStream(house, getattr(state, "is_stopping", server_is_stopping()))
    stream: BoardStream = state.board_stream
    return stream


def server_is_stopping() -> Callable[[], bool]:
    """Uvicorn waits for open streams before it tells the application anything: its signal handler leads to it."""
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return lambda: bool(getattr(server, "should_exit", False))


@router.get("/board/stream")
async def board_stream(
    request: Request, person: SeesBoard, compound: CompoundInView, house: InHouse, *, wall: bool = False
) -> EventSourceResponse:
    """Each message is the whole region, so a viewer that was away is right again with the next one."""
    audience = Audience(compound, language_of(request), links_of(person, wall=wall))
    frames = stream_of(request, house).frames(audience, still_may(request, person, "see-board"))
    return EventSourceResponse(frames, headers=HEADERS)
