"""Names, phone numbers and notes go in by every way there is, and are found in the directory only; then it is purged."""

import gzip
import re
import shutil
import socket
import tarfile
import threading
from contextlib import closing, contextmanager
from typing import NamedTuple
from uuid import uuid4

import compound as place
import httpx
import pytest
import uvicorn
from fastapi.routing import iter_route_contexts
from order_files import csv_bytes, long_book, long_row
from seeded import (
    HELP,
    NAME,
    NOTE,
    PHONE,
    PURGEABLE,
    SEEDS,
    Answer,
    everything_logged,
    files_with_seeds,
    kafka_payloads,
    offline_manifests,
    seeds_in,
)
from seeded_people import by_members
from typer.testing import CliRunner

from infra.settings import Settings
from services.access import COOKIE
from services.app import create_app
from services.cli import command_line
from services.csrf import HEADER
from services.wiring import house_at

CONTACT_HEADER = ("跟团号", "下单人", "联系电话", "楼号", "房号", "商品", "数量", "团员备注")
DOOR = "/directory/doors/12-501"
OWN_TEXT = ("/doubts?show=aside", "/directory/doors", "GET /held/")
"""Pages that show such words on purpose, to those who may see them."""


def contacts(*rows):
    return csv_bytes([CONTACT_HEADER, *rows])


class Gone(NamedTuple):
    """What is left when the server has stopped."""

    data: object
    backup: object
    events: list
    answers: list[Answer]
    logged: list[str]
    printed: list[str]
    payloads: list
    manifests: list


class Browser:
    """Asks a real server, and keeps every answer."""

    def __init__(self, site, session, app):
        headers = {"accept-language": "en", HEADER: app.state.form_tokens.token(session)}
        self.client = httpx.Client(base_url=site, cookies={COOKIE: session}, headers=headers)
        self.answers = []
        self.limits = app.state.entrance.limits

    def get(self, path, **options):
        return self.ask("GET", path, **options)

    def post(self, path, **options):
        return self.ask("POST", path, **options)

    def ask(self, method, path, **options):
        self.limits.counts.reset()
        answer = self.client.request(method, path, **options)
        self.answers.append(
            Answer(f"{method} {path}", answer.status_code, str(answer.headers.multi_items()), answer.text)
        )
        return answer

    def close(self):
        self.client.close()

    def whole(self, path):
        """A page that shows the words on purpose; it is not kept."""
        return self.client.get(path).text


@contextmanager
def served(house):
    listening = socket.create_server(("127.0.0.1", 0))
    app = create_app(house)
    server = uvicorn.Server(uvicorn.Config(app, log_level="debug", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield app, f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def command(data, *words, said="", expect=0):
    done = CliRunner().invoke(command_line(), [*map(str, words), "--data", str(data)], input=said)
    assert done.exit_code == expect, done.output
    return done.output


@pytest.fixture(scope="module")
def gone(tmp_path_factory):
    data = tmp_path_factory.mktemp("seeded")
    with (
        everything_logged() as logged,
        house_at(Settings(data=data)) as house,
        served(house) as (app, site),
        closing(Browser(site, place.session_for(house, "staff", actor="m7kq2x9d4"), app)) as staff,
    ):
        place.found(house)
        by_tables(staff)
        by_the_directory(house, staff)
        by_members(house, staff)
        by_scans(house, staff)
        by_forms(staff)
        by_mistakes(house, staff)
        printed = by_commands(data)
        read_everything(app, staff)
        assert house.shown(house.log.last_position())
        events = [each.event.model_dump_json() for each in house.log.read(0, 10_000)]
        payloads, manifests = kafka_payloads(house), offline_manifests(staff)
        backup = tmp_path_factory.mktemp("backup")
        for name in ("log.db", "log.db-wal", "read.db", "read.db-wal"):
            if (data / name).exists():
                shutil.copy(data / name, backup / name)
    return Gone(data, backup, events, staff.answers, logged, printed, payloads, manifests)


def by_tables(staff):
    """Sign-up tables with all that people write beside their orders, one of them with unclear rows; a roster."""
    table = contacts(
        ("1", NAME, PHONE, "12", "501", f"荔枝 {PHONE}", "1", f"{NOTE}，{HELP}"),
        ("2", NAME, PHONE, "12", "5011", "荔枝", "1", NOTE),
    )
    sent = staff.post("/import", files={"file": (f"水果团 {PHONE}.csv", table)})
    path = sent.headers["location"]
    text = staff.get(path).text
    assert "go to the directory when this is booked" in text
    staff.get(f"{path}/corrections.csv")
    seen = re.search(r'name="seen" value="(\w+)"', text)[1]
    booked = staff.post(path, data={"seen": seen, "act": "book", "leave_unclear": "yes"})
    assert booked.status_code == 303
    staff.get(path)
    roster = csv_bytes([("楼号", "房号", "姓名", "电话", "备注"), ("40", "101", NAME, PHONE, NOTE)])
    sent = staff.post("/import/households", files={"file": ("名册.csv", roster)})
    assert sent.status_code == 303, sent.text
    staff.get(sent.headers["location"])
    assert staff.post(sent.headers["location"]).status_code == 303


def by_the_directory(house, staff):
    words = {"name": NAME, "phone": PHONE, "help": HELP, "note": NOTE}
    assert staff.post(DOOR, data=words).status_code == 303
    assert staff.post(DOOR, data=words | {"name": NAME * 200}).status_code == 422
    staff.get(DOOR)
    assert staff.post(f"{DOOR}/unmask", data={"why": "medicine", "emergency": "yes"}).status_code == 303
    assert all(seed in staff.whole(DOOR) for seed in (NAME, PHONE, HELP, NOTE))
    assert NAME in staff.whole("/held/12-501")
    for path in ("/directory", "/directory/buildings/12", "/signatures"):
        staff.get(path)
    for path in ("/directory", "/held"):
        assert staff.post(path, data={"door": f"{NAME} {PHONE}"}).status_code == 303
    assert len(house.directory.doors("shengdu")) == 1


def by_scans(house, staff):
    named = {"kind": "volunteer", "id": NAME}
    scans = [
        place.scan("deliver", code=f"{NAME} {PHONE} {HELP} {NOTE}"),
        place.scan("deliver", group_buy="apples", door="12-101", note=NOTE),
        place.scan("hand-over", group_buy="apples", door="12-101", taker=named),
        place.scan("hand-over", group_buy="apples", door="12-101", taker=named | {"id": PHONE}),
        place.scan("deliver", group_buy=NAME, door="12-101"),
        place.scan("deliver", group_buy="apples", door="12-101", device=NAME),
        place.scan("arrive", code="D0000000000", station=PHONE + NAME),
        place.scan("declare", code="D0000000000", supplier=f"果园 {PHONE}", vehicle=NAME),
        place.scan(NAME, code=PHONE),
        place.scan("deliver", group_buy="apples", door="12-102"),
    ]
    answers = staff.post("/api/scans", json={"scans": scans}).json()["answers"]
    assert [each["outcome"] for each in answers] == ["set_aside"] * 9 + ["recorded"]
    assert house.shown(house.log.last_position())
    assert NAME in staff.whole("/doubts?show=aside")
    staff.post("/api/scans", json={"scans": [], NAME: PHONE})
    staff.post("/api/scans", content=f'{{"scans": [{NAME}')
    staff.post("/scan", data={"step": "deliver", "code": f"{NAME}{PHONE}", "note": NOTE})


def by_forms(staff):
    said = {"declaration": str(uuid4()), "group_buys": "apples"}
    for supplier, vehicle in ((f"果园 {PHONE}", ""), ("果园", NAME), ("果园", PHONE), ("果园", NOTE)):
        refused = staff.post("/deliveries", data=said | {"supplier": supplier, "vehicle": vehicle})
        assert refused.status_code == 422, (supplier, vehicle)
        refused = staff.post("/api/deliveries", json={"supplier": supplier, "vehicle": vehicle or None})
        assert refused.status_code == 422
    assert staff.post("/deliveries", data=said | {"supplier": "果园", "vehicle": "沪A·12345"}).status_code == 303
    staff.post("/deliveries", data=said | {"group_buys": NAME})
    staff.post("/api/deliveries", json={"group_buys": [NAME], "supplier": "果园", NOTE: HELP})
    staff.post("/stations", data={"kind": "lobby", "building": NAME, "station": "lobby-12"})
    staff.post("/stations", data={"kind": "gate", "station": NAME})
    staff.post("/stations/close", data={"station": f"{NAME}{PHONE}"})
    staff.post("/links", data={"role": "runner", "station": NAME, "hours": 1, "how_many": 1})
    for typed in (f"{NAME} {PHONE}", f"12-101（{NAME}）", f"12-5011 {NAME}", f"12号 {NOTE}"):
        assert staff.post("/search", data={"q": typed}).status_code == 303
    staff.post("/api/doubts/settle", json={"scan": NAME, "rule": NOTE, "code": PHONE, "reason": HELP})


def by_mistakes(house, staff):
    """Bad uploads, and handlers that stumble with such words in hand."""
    broken = {
        "picture": b"\x89PNG\r\n" + NAME.encode(),
        "cut": long_book(long_row(person=NAME, note=NOTE))[:3000],
        "no header": csv_bytes([(NAME, PHONE, NOTE), (NAME, PHONE, HELP)]),
        "no orders": csv_bytes([CONTACT_HEADER]),
    }
    for why, content in broken.items():
        answer = staff.post("/import", files={"file": (f"{why}.xlsx", content)})
        assert answer.status_code in {413, 422}, why
    staff.post("/import", data={"group_buy": "x"}, files={"file": (f"{NAME}.bin", NAME.encode())})

    def stumbles(*_, **__):
        raise ValueError(f"{NAME} {PHONE} {HELP} {NOTE}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(house.directory, "write", stumbles)
        assert staff.post(DOOR, data={"name": NAME, "note": NOTE}).status_code == 500
        patch.setattr(house.directory, "bring", stumbles)
        sent = staff.post(
            "/import", files={"file": ("另一团.csv", contacts(("9", NAME, PHONE, "12", "502", "梨", "1", NOTE)))}
        )
        path = sent.headers["location"]
        seen = re.search(r'name="seen" value="(\w+)"', staff.get(path).text)[1]
        assert staff.post(path, data={"seen": seen, "act": "book"}).status_code == 500
        patch.setattr("domain.community.compound.CareForHousehold.decide", stumbles)
        assert staff.post(f"{DOOR}/care", data={"cared_for": "yes"}).status_code == 500


def by_commands(data):
    """What the commands print, of which a terminal or a cron keeps copies."""
    table = data.parent / f"{data.name}-tables"
    table.mkdir()
    (table / "梨.csv").write_bytes(contacts(("1", NAME, PHONE, "12", "503", "梨", "1", NOTE)))
    (table / "通讯录.csv").write_bytes(csv_bytes([("door", "name", "phone", "help"), ("12-504", NAME, PHONE, HELP)]))
    printed = [
        command(data, "import", "orders", table / "梨.csv", "--preview", "--json"),
        command(data, "import", "orders", table / "梨.csv", "--write-corrections", table / "corrections.csv"),
        command(data, "directory", "import", table / "通讯录.csv"),
        command(data, "directory", "add", "12-601", said=f"{NAME}\n{PHONE}\n{HELP}\n{NOTE}\n"),
        command(data, "directory", "check"),
        command(
            data, "labels", "--group-buy", "apples", "--address", "http://192.0.2.1", "--out", table / "labels.html"
        ),
        command(data, "sheets", "--group-buy", "apples", "--out", table / "sheets.html"),
    ]
    answered = printed.pop(3)
    assert "Written down for 12-601." in answered
    return [
        *printed,
        *(each.read_text() for each in (table / "labels.html", table / "sheets.html", table / "corrections.csv")),
    ]


def read_everything(app, staff):
    """Every page and list without a name in its address, every label and sheet."""
    paths = {
        route.path
        for route in iter_route_contexts(app.routes)
        if route.path and "{" not in route.path and "GET" in (getattr(route, "methods", None) or ())
    }
    assert {
        "/search",
        "/import.csv",
        "/undelivered.csv",
        "/directory",
        "/members",
        "/members.csv",
        "/badges",
        "/teams",
    } <= paths
    for path in sorted(paths - {"/board/stream"}):
        staff.get(path)
    for path in (
        "/paper/sheets?group_buy=apples",
        "/paper/goods-labels?group_buy=apples&by=household",
        "/undelivered?building=12",
    ):
        assert staff.get(path).status_code == 200, path
    staff.post("/paper/address", data={"address": "http://192.0.2.1:8000"})
    labels = staff.post("/paper/labels/doors", data={"group_buy": "apples", "size": "24mm", "building": "12"})
    assert labels.status_code == 303, labels.text
    staff.get(labels.headers["location"])
    code = re.search(r"/audit/parcels/(P\w+)", staff.get("/search?q=12-102").text)[1]
    for path in (f"/p/{code}", f"/audit/parcels/{code}", f"/audit/parcels/{code}.csv", "/api/search?q=12-102"):
        assert staff.get(path).status_code in {200, 403}, path


def addresses_with_seeds(html):
    return [each for each in re.findall(r'(?:href|action|src)="([^"]*)"', html) if seeds_in(each)]


def test_the_seeds_are_in_the_directory_and_in_raw_texts_set_aside_so_that_this_test_can_fail(gone):
    found = {name.removesuffix("-wal") for name in files_with_seeds(gone.data)}
    assert found == set(PURGEABLE)


def test_no_event_holds_them(gone):
    assert len(gone.events) > 100
    assert [each for each in gone.events if seeds_in(each)] == []


def test_no_copy_of_the_log_and_the_read_models_holds_them(gone):
    assert (gone.backup / "log.db").stat().st_size
    assert files_with_seeds(gone.backup) == {}


def test_no_page_list_label_sheet_or_answer_holds_them(gone):
    assert len(gone.answers) > 60
    shown = [each for each in gone.answers if not any(own in each.asked for own in OWN_TEXT)]
    assert [each.asked for each in shown if seeds_in(each.body)] == []


def test_no_redirect_link_or_header_holds_them(gone):
    assert [each.asked for each in gone.answers if seeds_in(each.headers)] == []
    assert [each.asked for each in gone.answers if addresses_with_seeds(each.body)] == []


def test_no_log_line_holds_them(gone):
    assert any("unexpected error" in line for line in gone.logged)
    assert any("Started server process" in line for line in gone.logged)
    assert [line[:200] for line in gone.logged if seeds_in(line)] == []


def test_no_printed_word_of_a_command_holds_them(gone):
    assert [text[:200] for text in gone.printed if seeds_in(text)] == []


def test_no_kafka_payload_and_no_manifest_holds_them(gone):
    assert [each for each in (*gone.payloads, *gone.manifests) if seeds_in(each)] == []


def test_the_check_finds_what_stands_where_it_must_not(gone, tmp_path):
    careless = tmp_path / "notes.txt"
    careless.write_text(f"call {NAME}", encoding="utf-8")
    folder, archive, packed = tmp_path / "backup", tmp_path / "backup.tgz", tmp_path / "notes.gz"
    folder.mkdir()
    (folder / "log.db-wal").write_bytes(careless.read_bytes())
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(folder, "backup")
    packed.write_bytes(gzip.compress(careless.read_bytes()))
    for kept in (careless, folder, folder / "log.db-wal", archive, packed):
        told = command(gone.data, "directory", "check", kept, expect=1)
        assert "1 texts of the directory" in told
        assert seeds_in(told) == []
    packed.write_bytes(packed.read_bytes()[:20])
    assert "cannot be looked into" in command(gone.data, "directory", "check", packed, expect=2)
    assert "no such file" in command(gone.data, "directory", "check", tmp_path / "elsewhere", expect=2)


def test_a_purge_leaves_them_nowhere_and_the_log_is_still_right(gone, tmp_path):
    data = tmp_path / "purged"
    shutil.copytree(gone.data, data)
    kept = (data / "log.db").read_bytes()
    told = command(data, "directory", "purge", "--yes", "--compound", "shengdu")
    assert "6 entries and 9 raw texts" in told
    assert files_with_seeds(data) == {}
    assert (data / "log.db").read_bytes() == kept
    assert "the stored read models are equal" in command(data, "verify")
    assert all(seeds_in(seed) == [seed] for seed in SEEDS[:2])
