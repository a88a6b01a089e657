"""Rule version 0: how goods are handled until a compound has adopted a covenant of its own."""

from datetime import time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from domain.base import Message

Agent = Literal["chlorine", "chlorine-dioxide", "hydrogen-peroxide", "quaternary-ammonium", "alcohol"]

PLACE_TIME: Final = ZoneInfo("Asia/Shanghai")


class HandlingRules(Message):
    """Values that the doubt rules measure against. Concentrations are in mg per litre."""

    version: int = 0
    least_mg_per_litre: dict[Agent, int]
    contact_time: timedelta
    rest: timedelta
    gate_opens: time
    gate_closes: time
    undo_within: timedelta


DEFAULT_RULES: Final = HandlingRules(
    # Shanghai CDC guidance on disinfecting parcels, 28 April 2022: chlorine 500 mg/L, chlorine dioxide 250 mg/L,
    # hydrogen peroxide 1-3 %, all six faces, at least 30 minutes. The last two agents: manufacturers' usual strength.
    least_mg_per_litre={
        "chlorine": 500,
        "chlorine-dioxide": 250,
        "hydrogen-peroxide": 10_000,
        "quaternary-ammonium": 1_000,
        "alcohol": 700_000,
    },
    contact_time=timedelta(minutes=30),
    # Our own proposal, as are the hours of the gate: a compound's covenant replaces them.
    rest=timedelta(minutes=30),
    gate_opens=time(6, 0),
    gate_closes=time(22, 0),
    undo_within=timedelta(minutes=10),
)
