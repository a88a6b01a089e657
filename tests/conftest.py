import hypothesis
import pytest

from infra.settings import Settings
from services.wiring import house_at

hypothesis.settings.register_profile("baogong", deadline=None)  # a busy machine is no counter-example
hypothesis.settings.load_profile("baogong")


@pytest.fixture
def house(tmp_path):
    """Everything as in one process, in a directory of its own; SQLite need not survive a power cut here."""
    with house_at(Settings(data=tmp_path / "var", synchronous="OFF")) as opened:
        yield opened
