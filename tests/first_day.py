"""A compound on its first day: a roster, three group buys, deliveries at every stage, parcels on their way."""

import uuid
from datetime import timedelta

from domain.community.compound import AddHouseholds, BuildingDoors, OpenStation
from domain.community.door_settings import DoorSettings
from domain.procurement.group_buys import ImportOrders, OrderLine, TableOrder
from infra.settings import Settings
from services.access import Person
from services.api.goods import Declaration, declare
from services.api.scans import record
from services.office import Asked, answer_of
from services.scans import Desk
from services.wiring import now, open_house

COMPOUND = "shengdu"
STAFF = Person("staff", COMPOUND, "staff-7k2m")
ROOMS = tuple(f"{floor}{room:02d}" for floor in (1, 2, 9, 17) for room in (1, 2, 3))
BUILDINGS = ("1", "2", "10", "12")
GROUP_BUYS = {"vegetables": "蔬菜包 第3批", "milk": "光明鲜奶", "apples": "=烟台苹果 10斤装"}
STATIONS = (("gate-east", "gate", None), ("sorting", "sorting", None), ("lobby-12", "lobby", "12"))


def asked(**fields):
    return {"id": uuid.uuid4(), "compound": COMPOUND, "actor": "staff-7k2m", "happened_at": now(), **fields}


def found(house):
    """Doors (a villa among them), stations and what each building ordered; the roster only, where nobody ordered."""
    listed = [BuildingDoors(building=building, rooms=ROOMS) for building in BUILDINGS]
    roster = (*listed, BuildingDoors(building="88", villa=True))
    requests = [AddHouseholds(**asked(doors=DoorSettings(blocks="same"), roster=roster))]
    requests += [OpenStation(**asked(station=name, kind=kind, building=where)) for name, kind, where in STATIONS]
    take(house, requests)


def import_orders(house):
    doors = [f"{building}-{room}" for building in BUILDINGS[1:] for room in ROOMS]
    wanted = {"vegetables": [*doors, "88"], "milk": doors[::2], "apples": doors[::3]}
    lines = {
        "vegetables": (
            OrderLine(item="绿叶菜包", unit="份", quantity=2),
            OrderLine(item="土豆", unit="5斤", quantity=1),
        ),
        "milk": (OrderLine(item="950毫升", unit="盒", quantity=2),),
        "apples": (OrderLine(item="红富士", unit="箱", quantity=1),),
    }
    take(house, [orders(group_buy, wanted[group_buy], lines[group_buy]) for group_buy in GROUP_BUYS])


def orders(group_buy, households, lines):
    table = tuple(TableOrder(household=household, lines=lines) for household in households)
    return ImportOrders(
        **asked(
            group_buy=group_buy,
            title=GROUP_BUYS[group_buy],
            source="import",
            digest="0" * 64,
            rows=len(table),
            orders=table,
        )
    )


def take(house, requests):
    for outcome in house.office.take_now([Asked(request) for request in requests]):
        answer_of(outcome)
    house.places.forget()
    house.shown(house.log.last_position())


def scan(step, minutes_ago=1.0, **said):
    moment = now() - timedelta(minutes=minutes_ago)
    return {"id": str(uuid.uuid4()), "step": step, "happened_at": moment.isoformat(), **said}


async def scanned(house, *items, person=STAFF):
    """The answers, when the read models show them."""
    answers = await record(list(items), Desk(person, COMPOUND, now(), house.secret, house.places), house)
    house.shown(house.log.last_position())
    return answers


async def declared(house, *group_buys, **said):
    code = await declare(house, Declaration(group_buys=group_buys, **said), STAFF, COMPOUND)
    house.shown(house.log.last_position())
    return code


async def a_first_day(house):
    """Codes of the deliveries by what became of them."""
    found(house)
    import_orders(house)
    codes = {
        "disinfected": await declared(house, "vegetables", supplier="永辉生鲜", vehicle="沪A·12345", pieces=37),
        "admitted": await declared(house, "milk", supplier="光明乳业", vehicle="沪B·67890", pieces=18),
        "arrived": await declared(house, "apples", supplier="+烟台合作社", vehicle="鲁F·24680", pieces=12),
        "declared": await declared(house, "milk", "apples", supplier="光明乳业", vehicle="沪D·13579", pieces=30),
    }
    inside, admitted, arrived = codes["disinfected"], codes["admitted"], codes["arrived"]
    gate = {"station": "gate-east"}
    await scanned(
        house,
        scan("arrive", 9, code=inside, **gate),
        scan("admit", 8, code=inside, **gate),
        scan("count", 7, code=inside, pieces=35, damaged=1, **gate),
        scan("disinfect-start", 6, code=inside, agent="chlorine", mg_per_litre=500),
        scan("disinfect-finish", 5, code=inside, minutes=35),
        scan("arrive", 5, code=admitted, **gate),
        scan("admit", 4, code=admitted, reason="frozen-goods", **gate),
        scan("arrive", 3, code=arrived, **gate),
    )
    named = {"group_buy": "vegetables", "station": "sorting"}
    runner = {"kind": "volunteer", "id": "runner-7f3k"}
    doors = [f"{building}-{room}" for building in ("2", "12") for room in ROOMS[:6]]
    await scanned(house, *(scan("sort", 4, door=door, **named) for door in doors))
    await scanned(house, *(scan("hand-over", 3, door=door, taker=runner, **named) for door in doors[:9]))
    await scanned(house, *(scan("deliver", 2, door=door, group_buy="vegetables") for door in doors[:4]))
    await scanned(
        house,
        scan("sort", 4, door="12-1701", piece=1, of=3, group_buy="apples", station="sorting"),
        scan("deliver", 2, door=doors[6], group_buy="vegetables", how="downstairs"),
        scan("report", 1, door=doors[7], group_buy="vegetables", problem="damaged"),
        scan("hold", 1, door=doors[8], group_buy="vegetables", reason="contamination-suspected"),
        scan("deliver", 1, code="https://example.org/健康码/1234"),
        scan("deliver", 1, group_buy="vegetables", door="77-101"),
    )
    return codes


def house_in(directory):
    return open_house(Settings(data=directory, synchronous="OFF"))


def session(house, role, **said):
    return house.access.redeem(house.access.issue_link(role, compound=COMPOUND, **said))
