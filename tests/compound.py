"""A small compound in a house, and people who may do something there."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import httpx

from domain.community.compound import AddHouseholds, BuildingDoors, OpenStation
from domain.community.door_settings import DoorSettings
from domain.procurement.group_buys import ImportOrders, OrderLine, TableOrder
from services.app import create_app
from services.office import Asked, answer_of
from services.wiring import now

COMPOUND = "shengdu"
ROOMS = tuple(f"{floor}{door:02d}" for floor in range(1, 7) for door in range(1, 5))
APPLES = "apples"


def ask(house, request):
    return answer_of(house.office.take_now([Asked(request)])[0])


def said():
    return {"id": uuid4(), "compound": COMPOUND, "actor": "staff-1", "happened_at": now()}


def found(house):
    """Buildings 1 to 12 with six floors of four doors, 29 a villa; apples for the first two floors; a gate."""
    buildings = [BuildingDoors(building=str(number), rooms=ROOMS) for number in range(1, 13)]
    villa = BuildingDoors(building="29", villa=True)
    settings = DoorSettings(names=("圣都汇",), streets=("某路168弄",), blocks="same")
    ask(house, AddHouseholds(**said(), doors=settings, roster=(*buildings, villa)))
    orders = tuple(
        TableOrder(household=f"{building}-{room}", lines=(OrderLine(item="苹果", unit="箱", quantity=1),))
        for building in range(1, 13)
        for room in ROOMS[:8]
    )
    ask(
        house,
        ImportOrders(
            **said(),
            group_buy=APPLES,
            title="红苹果",
            source="import",
            digest="a" * 64,
            orders=orders,
            rows=len(orders),
        ),
    )
    answer = ask(house, OpenStation(**said(), station="gate", kind="gate"))
    assert house.shown(answer.events[-1])


def session_for(house, role, **more):
    return house.access.redeem(house.access.issue_link(role, compound=COMPOUND, **more))


@asynccontextmanager
async def client(house, role="staff", **link):
    headers = {"Authorization": f"Bearer {session_for(house, role, **link)}"} if role else {}
    transport = httpx.ASGITransport(app=create_app(house), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers) as opened:
        yield opened


def scan(step, minutes_ago=0.0, **more):
    moment = now() - timedelta(minutes=minutes_ago)
    return {"id": str(uuid4()), "step": step, "happened_at": moment.isoformat()} | more


def scanned(house, *items, role="admin", **link):
    """Sends scans as somebody of that role, waits until the read models show them, and gives the codes."""

    async def post():
        async with client(house, role, **link) as browser:
            answer = await browser.post("/api/scans", json={"scans": list(items)})
            return [each["code"] for each in answer.json()["answers"]]

    codes = asyncio.run(post())
    assert house.shown(house.log.last_position())
    return codes
