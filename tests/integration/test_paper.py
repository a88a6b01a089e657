import asyncio
import re
from uuid import uuid4

import compound as place
import pytest
import typer
from typer.testing import CliRunner

from domain.goods.codes import code_from_bits, piece_code, read_code
from domain.goods.deliveries import DeliveryDeclared
from domain.goods.labels import LabelsPrinted
from infra.settings import Settings
from services.commands import labels, sheets
from services.commands.terminal import unused
from services.office import Report
from services.paper.runs import latest_runs
from services.wiring import house_at, now

ADDRESS = "http://192.168.1.20:8000"
DELIVERY = code_from_bits("delivery", 7)


@pytest.fixture
def directory(tmp_path):
    with house_at(Settings(data=tmp_path / "var", synchronous="OFF")) as house:
        place.found(house)
    return tmp_path / "var"


def run(directory, *said):
    app = typer.Typer()
    labels.register(app)
    sheets.register(app)
    return CliRunner().invoke(app, [said[0], "--data", str(directory), *said[1:]])


def codes_in(page):
    return [read_code(code) for code in re.findall(r'class="code">([^<]+)<', page)]


def recorded(directory):
    with house_at(Settings(data=directory)) as house:
        facts = [each.event for each in house.log.read(0, 10_000)]
        return [fact for fact in facts if isinstance(fact, LabelsPrinted)], house.secret


def test_doors_get_the_codes_that_scanning_by_door_would_give(directory, tmp_path):
    out = tmp_path / "labels.html"
    said = ("labels", "--group-buy", "红苹果", "--building", "12", "--address", ADDRESS, "--out", str(out))
    answer = run(directory, *said)
    assert answer.exit_code == 0, answer.output
    (fact,), secret = recorded(directory)
    doors = [f"12-{room}" for room in place.ROOMS[:8]]
    assert codes_in(out.read_text()) == [piece_code(secret, place.COMPOUND, place.APPLES, door, 1) for door in doors]
    assert [label.meant.household for label in fact.labels] == doors
    run(directory, *said)
    assert len(recorded(directory)[0]) == 1


def test_a_file_needs_nothing_else(directory):
    page = run(directory, "labels", "--kind", "crate", "--count", "3", "--address", ADDRESS, "--lang", "en").stdout
    assert "<script" not in page
    assert "<link" not in page
    assert not re.search(r"(src|href|url\()\W*(https?:)?//", page)
    assert page.count("<svg") == 3
    assert {code[0] for code in codes_in(page)} == {"C"}


def test_pieces_are_numbered(directory):
    said = ("--group-buy", "apples", "--building", "3", "--pieces-per-door", "3", "--address", ADDRESS, "--lang", "en")
    page = run(directory, "labels", *said).stdout
    assert len(set(codes_in(page))) == 24
    assert page.count("2 of 3") == 8


def test_an_earlier_run_is_printed_again_with_the_same_codes(directory):
    first = run(directory, "labels", "--kind", "parcel", "--count", "5", "--address", ADDRESS)
    again = re.search(r"--run (\w{32})", first.stderr)[1]
    second = run(directory, "labels", "--run", again, "--size", "80x60", "--address", ADDRESS)
    assert codes_in(second.stdout) == codes_in(first.stdout) != []
    assert len(recorded(directory)[0]) == 1


def test_large_runs_are_several_facts(directory):
    page = run(
        directory, "labels", "--kind", "parcel", "--count", "4100", "--address", ADDRESS, "--size", "24mm"
    ).stdout
    facts, _ = recorded(directory)
    assert [len(fact.labels) for fact in facts] == [2000, 2000, 100]
    assert len(set(codes_in(page))) == 4100


@pytest.mark.parametrize("public", [None, "http://127.0.0.1:8000", "http://localhost:8000"])
@pytest.mark.parametrize("wanted", [("--kind", "crate", "--count", "1"), ("--group-buy", "apples", "--building", "12")])
def test_no_address_that_only_this_machine_knows_unless_it_is_said(directory, monkeypatch, public, wanted):
    if public:
        monkeypatch.setenv("BAOGONG_PUBLIC_ADDRESS", public)
    refused = run(directory, "labels", *wanted)
    assert refused.exit_code == 1
    assert "192.168.1.20" in refused.stderr
    assert recorded(directory)[0] == []
    said = run(directory, "labels", *wanted, "--address", "http://127.0.0.1:8000")
    assert said.exit_code == 0
    assert "phones cannot reach" in said.stderr


@pytest.mark.parametrize(
    "said",
    [
        ("labels", "--count", "3"),
        ("labels", "--kind", "box", "--address", ADDRESS),
        ("labels", "--group-buy", "pears", "--address", ADDRESS),
        ("labels", "--run", uuid4().hex, "--address", ADDRESS),
        ("labels", "--delivery", DELIVERY, "--address", ADDRESS),
        ("labels", "--kind", "parcel", "--address", ADDRESS, "--size", "7x7"),
        ("sheets", "--group-buy", "apples", "--sort", "room"),
        ("sheets", "--group-buy", "apples", "--building", "99"),
        ("sheets", "--group-buy", "apples", "--lang", "fr"),
    ],
)
def test_what_cannot_be_printed_is_said_in_one_sentence(directory, said):
    answer = run(directory, *said)
    assert answer.exit_code == 1
    assert answer.stdout == ""
    assert len(answer.stderr.strip().splitlines()) == 1


def test_three_sheets_of_the_same_orders(directory):
    page = run(directory, "sheets", "--group-buy", "apples", "--lang", "en").stdout
    assert page.count('<article class="sheet">') == 3
    assert page.count("96 doors") >= 3
    assert page.count('class="cutline"') == 36
    only = run(directory, "sheets", "--group-buy", "apples", "--sort", "building-room", "--building", "12").stdout
    assert re.findall(r'<th><i class="box"></i>(\w+)</th>', only) == list(place.ROOMS[:8])


def test_seven_hundred_labels_of_one_sheet_differ(directory, tmp_path):
    said = ("--kind", "parcel", "--count", "700", "--address", ADDRESS, "--out", str(tmp_path / "x.html"))
    assert run(directory, "labels", *said).exit_code == 0
    assert len(set(re.findall(r"<p class=\"code\">([^<]+)<", (tmp_path / "x.html").read_text()))) == 700


def declared(house):
    place.found(house)
    fact = DeliveryDeclared(
        compound=place.COMPOUND,
        actor="gate-1",
        command=uuid4(),
        happened_at=now(),
        delivery=DELIVERY,
        group_buys=("apples",),
    )
    (answer,) = house.office.take_now([Report(fact)])
    assert house.shown(answer.events[-1])


def on_pages(house, role, visit):
    async def open_pages():
        async with place.client(house, role) as client:
            client.headers["accept-language"] = "en"
            return await visit(client)

    return asyncio.run(open_pages())


def test_the_page_asks_for_the_address_first_and_remembers_it(house):
    declared(house)

    async def visit(client):
        page = (await client.get("/paper")).text
        assert "First say how phones reach this server" in page
        assert "/paper/labels/doors" not in page
        form = {"group_buy": "apples", "size": "38x21"}
        sent_back = await client.post("/paper/labels/doors", data=form)
        assert sent_back.headers["location"] == "/paper?ask=1#address"
        assert (await client.post("/paper/address", data={"address": "nowhere/at all"})).status_code == 409
        assert (await client.post("/paper/address", data={"address": "192.168.1.20:8000"})).status_code == 303
        assert ADDRESS in (await client.get("/paper")).text
        printed = await client.post("/paper/labels/doors", data=form)
        labels_page = await client.get(printed.headers["location"])
        assert len(codes_in(labels_page.text)) == 96
        assert "<style" not in labels_page.text
        assert "style=" not in labels_page.text
        style = re.search(r'href="(/paper/style.css[^"]+)"', labels_page.text)[1]
        assert "38.10mm" in (await client.get(style)).text
        assert house.shown(house.log.last_position())
        assert "Print again" in (await client.get("/paper")).text
        sign = await client.get("/paper/sign", params={"delivery": DELIVERY, "size": "a5"})
        assert codes_in(sign.text) == [DELIVERY]
        assert (await client.get("/paper/sign", params={"delivery": "D000000000"})).status_code == 409

    on_pages(house, "staff", visit)


def test_a_second_tap_prints_no_second_run(house):
    declared(house)

    async def visit(client):
        await client.post("/paper/address", data={"address": ADDRESS})
        form = {"run": str(uuid4()), "kind": "crate", "count": "3000", "size": "24mm"}
        first = await client.post("/paper/labels/blank", data=form)
        second = await client.post("/paper/labels/blank", data=form)
        assert first.headers["location"] == second.headers["location"]
        assert len(set(codes_in((await client.get(first.headers["location"])).text))) == 3000

    on_pages(house, "sorter", visit)
    assert house.shown(house.log.last_position())
    with house.read.reading() as rows:
        runs = latest_runs(rows, place.COMPOUND)
        assert latest_runs(rows, "elsewhere") == []
    assert [(each.how_many, each.kind, each.group_buy) for each in runs] == [
        (1000, "crate", None),
        (2000, "crate", None),
    ]


def test_a_captain_prints_sheets_and_no_codes(house):
    declared(house)

    async def visit(client):
        page = (await client.get("/paper")).text
        assert "/paper/sheets" in page
        assert "/paper/labels" not in page
        assert "Building 7" in (await client.get("/paper/sheets", params={"group_buy": "apples"})).text
        assert "7-101" in (await client.get("/paper/goods-labels", params={"group_buy": "apples"})).text
        assert (await client.get("/paper/labels", params={"run": uuid4().hex})).status_code == 403
        assert (await client.post("/paper/address", data={"address": ADDRESS})).status_code == 403

    on_pages(house, "captain", visit)


def test_a_page_is_not_poured_onto_a_screen(directory, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    piped = run(directory, "sheets", "--group-buy", "红苹果").stdout
    assert piped.startswith("<!doctype html>")
    monkeypatch.setattr(labels, "on_a_screen", lambda: True)
    for name in ("红苹果-sheets.html", "红苹果-sheets-2.html"):
        answer = run(directory, "sheets", "--group-buy", "红苹果")
        assert answer.stdout == ""
        assert f"in {name}: open it in a browser" in answer.stderr
        assert (tmp_path / name).read_text(encoding="utf-8").strip() == piped.strip()
    answer = run(directory, "labels", "--group-buy", "红苹果", "--address", ADDRESS)
    assert "in 红苹果-labels.html" in answer.stderr
    assert "<html" not in answer.stdout


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("a/../b:c", "a-..-b-c.html"),
        ("...", "page.html"),
        ("长" * 120, f"{'长' * 70}.html"),
        ("水果团(1)", "水果团(1).html"),
    ],
)
def test_a_group_buy_may_be_called_as_no_file_can_be(name, file):
    assert unused(name).name == file
    assert len(unused(name).name.encode()) < 255
