import hypothesis
import pytest
import time_machine

from domain.goods.handling import PLACE_TIME
from infra.settings import Settings
from services.wiring import house_at, now

hypothesis.settings.register_profile("baogong", deadline=None)  # a busy machine is no counter-example
hypothesis.settings.load_profile("baogong")


@pytest.fixture
def afternoon():
    """15:00 in the compound: what is counted by the day must not fall into two of them."""
    with time_machine.travel(now().astimezone(PLACE_TIME).replace(hour=15, minute=0, second=0)):
        yield


@pytest.fixture
def house(tmp_path):
    """Everything as in one process, in a directory of its own; SQLite need not survive a power cut here."""
    with house_at(Settings(data=tmp_path / "var", synchronous="OFF")) as opened:
        yield opened
