import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from visitor import Visitor, web_app

from infra.auth import AccessStore
from infra.settings import Settings
from services.access import SeesBoard
from services.pages import board
from services.wiring import house_at

NINE = datetime(2022, 4, 9, 9, 0, 30, tzinfo=UTC)


class Clock:
    moment = NINE

    def __call__(self):
        return self.moment


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def access(tmp_path, clock):
    store = AccessStore(tmp_path / "access.db", now=clock)
    yield store
    store.close()


def test_a_key_knows_its_role_compound_and_actions(access):
    key = access.api_key(access.create_api_key("program", "shengdu", name="scales-2", actions=["scan", "see-board"]))
    assert (key.name, key.role, key.compound, key.actions) == (
        "scales-2", "program", "shengdu", frozenset({"scan", "see-board"}),
    )  # fmt: skip
    assert key.actor.startswith("key-")


def test_a_revoked_key_opens_nothing_at_the_next_look_up(access):
    token = access.create_api_key("program", "shengdu")
    key = access.api_key(token)
    assert access.revoke_api_key(key.id)
    assert access.api_key(token) is None
    assert not access.revoke_api_key(key.id)
    assert access.api_keys()[0].revoked_at == NINE


def test_its_last_use_is_noted_to_the_minute(access, clock):
    token = access.create_api_key("program", "shengdu")
    assert access.api_keys()[0].last_used is None
    access.api_key(token)
    assert access.api_keys()[0].last_used == NINE.replace(second=0)
    clock.moment = NINE + timedelta(minutes=1)
    access.api_key(token)
    assert access.api_keys()[0].last_used == NINE.replace(minute=1, second=0)


@pytest.mark.parametrize("name", ["王阿姨", "13812345678", "a b", "x" * 41])
def test_a_name_is_an_opaque_label(access, name):
    with pytest.raises(ValueError, match="short label"):
        access.create_api_key("program", "shengdu", name=name)


def test_only_its_digest_is_stored(access, tmp_path):
    token = access.create_api_key("program", "shengdu")
    access.close()
    assert token.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_a_key_opens_its_actions_and_no_others(tmp_path):
    app = web_app(tmp_path, board_probe())
    access = app.state.entrance.access
    board_only = {"authorization": f"Bearer {access.create_api_key('staff', 'shengdu', actions=['see-board'])}"}
    scans_only = {"authorization": f"Bearer {access.create_api_key('staff', 'shengdu', actions=['scan'])}"}
    assert Visitor(app).get("/api/probe", headers=board_only).status_code == 200
    assert Visitor(app).get("/scan", headers=board_only).status_code == 403
    assert Visitor(app).get("/api/probe", headers=scans_only).status_code == 403
    assert Visitor(app).get("/scan", headers=scans_only).status_code == 200


def board_probe():
    router = type(board.router)()

    @router.get("/api/probe")
    async def probe(person: SeesBoard):
        return person.actor

    return router


def test_a_guessed_key_is_answered_401_and_soon_429(tmp_path):
    visitor = Visitor(web_app(tmp_path, board_probe()))
    statuses = [visitor.get("/api/probe", headers={"authorization": f"Bearer bgk_{n}"}) for n in range(62)]
    assert [answer.status_code for answer in statuses] == [401] * 60 + [429] * 2
    assert int(statuses[-1].headers["retry-after"]) > 0


@pytest.fixture
def data(tmp_path):
    with house_at(Settings(data=tmp_path / "var")):
        pass
    return tmp_path / "var"


def keys(data, *words):
    command = [Path(sys.executable).with_name("baogong"), "keys", *words, "--data", data]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_prints_a_key_once_lists_and_revokes_it(data):
    made = keys(data, "create", "--role", "admin", "--name", "probe", "--actions", "see-board,scan")
    assert made.returncode == 0, made.stderr
    token = made.stdout.strip()
    store = AccessStore(data / "access.db")
    key = store.api_key(token)
    assert (key.name, key.actions) == ("probe", frozenset({"see-board", "scan"}))
    listed = keys(data, "list").stdout
    assert key.id in listed
    assert "probe" in listed
    assert token not in listed
    assert keys(data, "revoke", key.id).returncode == 0
    assert store.api_key(token) is None
    assert keys(data, "revoke", key.id).returncode == 1
    assert "revoked" in keys(data, "list").stdout
    store.close()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("create", "--role", "wizard"), "no role wizard"),
        (("create", "--role", "captain"), "the role program, not captain"),
        (("create", "--role", "admin", "--actions", "fly"), "fly is none of"),
        (("create", "--role", "admin", "--name", "13812345678"), "short label"),
    ],
)
def test_a_key_that_cannot_be_made_is_told_in_one_sentence(data, words, told):
    ended = keys(data, *words)
    assert ended.returncode == 1
    assert told in " ".join(ended.stderr.split())
    assert "Traceback" not in ended.stderr
