"""A household's own page, and the slips by which it gets there, through the real application."""

import asyncio
import re
import stat
from uuid import uuid4

import first_day
import httpx
import pytest
import typer
from compound import APPLES, COMPOUND, found, scan, session_for
from structlog.testing import capture_logs
from typer.testing import CliRunner

from domain.community.door_codes import DoorCodesRenewed, door_code, read_door_code
from domain.goods.codes import lettered
from domain.goods.parcels import ParcelReported
from infra.auth import Scope
from infra.errors import StorageUnavailable
from infra.settings import Settings
from projections import custody
from services.app import create_app
from services.commands import slips
from services.csrf import FIELD
from services.label_address import address_on_paper
from services.paper.labels import qr_for
from services.wiring import house_at

ADDRESS = "http://192.168.1.20:8000"
MINE, NEXT_DOOR, OTHER_BUILDING = "12-101", "12-102", "3-101"
UNKNOWN = lettered("H", 168)


@pytest.fixture
def compound(house):
    found(house)
    doors = (MINE, NEXT_DOOR, OTHER_BUILDING)
    items = [scan("sort", 9, door=door, group_buy=APPLES, station="sorting") for door in doors]
    items += [scan("deliver", 5, door=door, group_buy=APPLES) for door in doors[:2]]
    asyncio.run(first_day.scanned(house, *items))
    return house


class Visitor:
    """Without a session, or signed in by a cookie as browsers are."""

    def __init__(self, house, role=None, **limits):
        self.app = create_app(house)
        self.session = session_for(house, role, scope=Scope.of(**limits)) if role else None
        self.asked = []

    def ask(self, method, path, **send):
        async def answer():
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                if self.session:
                    client.cookies.set("baogong", self.session)
                return await client.request(method, path, headers={"accept-language": "en"}, **send)

        return asyncio.run(answer())

    def get(self, path, **send):
        return self.ask("GET", path, **send)

    def post(self, path, data=()):
        token = {FIELD: self.app.state.form_tokens.token(self.session)} if self.session else {}
        return self.ask("POST", path, data={**token, **dict(data)})


def code_of(house, door, serial=0):
    return door_code(house.secret, COMPOUND, door, serial)


def parcel_of(house, door):
    with house.read.reading() as rows:
        (row,) = custody.of_household(rows, COMPOUND, door)
    return row


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def fields_of(page):
    form = re.search(r'<form method="post" action="/d/[^"]+">(.*?)</form>', page, re.DOTALL)[1]
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form)) | {"problem": "damaged"}


def reports_in(house):
    return [each.event for each in house.log.read(0, 10_000) if isinstance(each.event, ParcelReported)]


def test_a_household_sees_its_own_parcels_and_orders_and_nothing_of_another(compound):
    page = Visitor(compound).get(f"/d/{code_of(compound, MINE)}")
    shown = text_of(page.text)
    assert page.status_code == 200
    assert f"{MINE} All your parcels are with you" in shown
    assert "红苹果 Your parcel has been delivered" in shown
    assert "苹果 箱 ×1" in shown
    assert "Nothing is open at the moment" in shown
    assert parcel_of(compound, MINE).code in page.text
    assert 'class="way-picture' in page.text
    others = {code_of(compound, NEXT_DOOR), NEXT_DOOR, OTHER_BUILDING}
    others |= {parcel_of(compound, door).code for door in (NEXT_DOOR, OTHER_BUILDING)}
    assert [other for other in others if other in page.text] == []
    assert set(re.findall(r"\b\d+-\d{3}\b", shown)) == {MINE}


def test_what_came_without_being_sorted_does_not_wait_to_be_packed(compound):
    asyncio.run(first_day.scanned(compound, scan("deliver", 2, door="12-103", group_buy=APPLES)))
    shown = text_of(Visitor(compound).get(f"/d/{code_of(compound, '12-103')}").text)
    assert "红苹果 Your parcel has been delivered" in shown
    assert ("1 parcel packed" in shown, "not packed yet" in shown) == (True, False)


def test_the_upper_case_address_of_the_qr_code_leads_there_too(compound):
    code = code_of(compound, MINE)
    shown = [re.sub(r'(token|scan)" value="[^"]+"', "", Visitor(compound).get(f"/{d}/{code}").text) for d in "dD"]
    assert shown[0] == shown[1]
    assert Visitor(compound).get(f"/D/{code.lower()}").status_code == 200


def test_a_door_without_anything_is_told_so(compound):
    shown = text_of(Visitor(compound).get(f"/d/{code_of(compound, '12-604')}").text)
    assert "No parcel yet" in shown
    assert "Nothing was ordered for your door" in shown
    assert "Nobody has written that down yet" in shown


def test_the_page_is_kept_nowhere_and_its_code_goes_no_further(compound):
    code = code_of(compound, MINE)
    with capture_logs() as logs:
        answers = [Visitor(compound).get(f"/{d}/{each}") for d in "dD" for each in (code, UNKNOWN)]
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "strict-origin"
        assert 'name="robots" content="noindex"' in answer.text
    assert [each["event"] for each in logs] == ["code_refused"] * 2
    assert [each for each in (code, UNKNOWN) if each in str(logs)] == []


def test_no_code_is_logged_when_something_goes_wrong(compound, monkeypatch):
    code = code_of(compound, MINE)
    for trouble in (StorageUnavailable("busy"), ValueError(code)):

        def fail(*_, trouble=trouble):
            raise trouble

        monkeypatch.setattr(compound.door_book, "door_behind", fail)
        with capture_logs() as logs:
            assert Visitor(compound).get(f"/D/{code}").status_code >= 500
        assert len(logs) == 1
        assert code not in str(logs)


def test_unknown_renewed_and_foreign_codes_get_one_answer(compound):
    staff = Visitor(compound, "staff")
    old, foreign = code_of(compound, MINE), door_code(b"another installation", COMPOUND, MINE, 0)
    assert staff.post("/slips/renew", renewing("12", MINE)).status_code == 303
    answers = [Visitor(compound).get(f"/d/{code}") for code in (old, UNKNOWN, foreign)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert "This code opens nothing" in answers[0].text
    assert [code for code in (old, UNKNOWN, foreign) if code in answers[0].text] == []


@pytest.mark.parametrize(
    ("typed", "told"),
    [("H123", "eleven symbols"), (lettered("Q", 5), "begins with the letter H"), ("H" + "0" * 9 + "1", "misread")],
)
def test_a_mistyped_code_is_told_what_is_wrong(house, typed, told):
    found(house)
    for answer in (Visitor(house).get(f"/d/{typed}"), Visitor(house).post("/d", {"code": typed})):
        assert answer.status_code == 404
        assert told in answer.text


def test_a_code_is_typed_where_there_is_no_camera(compound):
    visitor, code = Visitor(compound), code_of(compound, MINE)
    assert "Code on the slip" in visitor.get("/D").text
    written = f" {code[:4]}-{code[4:8]}-{code[8:]} ".lower()
    assert visitor.post("/d", {"code": written}).headers["location"] == f"/d/{code}"
    parcel = parcel_of(compound, MINE).code
    assert visitor.post("/d", {"code": parcel}).headers["location"] == f"/p/{parcel}"


def test_guesses_run_dry_and_known_codes_do_not(compound):
    visitor = Visitor(compound)
    assert {visitor.get(f"/d/{code_of(compound, MINE)}").status_code for _ in range(30)} == {200}
    statuses = [visitor.get(f"/d/{lettered('H', number)}").status_code for number in range(24)]
    assert statuses.count(404) == 120 // 5
    wrong = [visitor.get(f"/d/{lettered('H', number)}") for number in range(24, 100)]
    assert {answer.status_code for answer in wrong} == {429}
    assert int(wrong[0].headers["retry-after"]) > 0
    parcel = parcel_of(compound, MINE).code
    for path in (f"/d/{code_of(compound, MINE)}", f"/p/{parcel}", f"/d/{code_of(compound, MINE)}/held"):
        assert visitor.get(path).status_code == 200, "a neighbour behind the same address has guessed"
    for number in range(100, 125):
        visitor.get(f"/d/{lettered('H', number)}")
    assert visitor.get(f"/d/{code_of(compound, MINE)}").status_code == 429, "else refused guesses would be free ones"


def test_a_wrong_door_code_leaves_a_line_in_the_log_without_the_code(compound, capfd):
    wrong = lettered("H", 77)
    visitor = Visitor(compound)
    for code in (wrong, "H123"):
        visitor.get(f"/d/{code}")
    said = re.sub(r"\x1b\[[0-9;]*m", "", "".join(capfd.readouterr()))
    assert said.count("code_refused") == 2
    assert "reason=unknown" in said
    assert wrong not in said
    visitor.get(f"/d/{code_of(compound, MINE)}")
    assert "code_refused" not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("problem", "told"),
    [("damaged", "It was reported as damaged"), ("never-came", "It was reported that it never came")],
)
def test_a_household_reports_its_own_parcel_once_without_a_name(compound, problem, told):
    visitor, code = Visitor(compound), code_of(compound, MINE)
    fields = fields_of(visitor.get(f"/d/{code}").text) | {"problem": problem}
    for _ in range(2):
        answer = visitor.post(f"/d/{code}/report", fields)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/d/{code}?told=sent")
    (fact,) = reports_in(compound)
    assert (fact.parcel, fact.problem) == (parcel_of(compound, MINE).code, problem)
    assert re.fullmatch(r"door-[0-9a-z]{8}", fact.actor)
    assert code not in fact.model_dump_json()
    page = visitor.get(answer.headers["location"])
    assert "this is recorded" in page.text
    assert told in page.text
    assert "/report" not in page.text


@pytest.mark.parametrize("token", ["", "x" * 48, None])
def test_a_report_needs_the_token_of_the_page_of_this_very_door(compound, token):
    visitor, code = Visitor(compound), code_of(compound, MINE)
    fields = fields_of(visitor.get(f"/d/{code}").text)
    neighbour = fields_of(visitor.get(f"/d/{code_of(compound, NEXT_DOOR)}").text)
    sent = visitor.post(
        f"/d/{code}/report", fields | {"door_token": neighbour["door_token"] if token is None else token}
    )
    assert sent.status_code == 403
    assert "Nothing was sent" in sent.text
    assert reports_in(compound) == []


def test_nobody_reports_a_parcel_of_another_door_or_one_that_has_not_come(compound):
    visitor, code = Visitor(compound), code_of(compound, MINE)
    fields = fields_of(visitor.get(f"/d/{code}").text)
    for door in (NEXT_DOOR, OTHER_BUILDING):
        answer = visitor.post(f"/d/{code}/report", fields | {"parcel": parcel_of(compound, door).code})
        assert answer.status_code == 404
    mine = visitor.get(f"/d/{code_of(compound, OTHER_BUILDING)}")
    assert "/report" not in mine.text, "it is still at the sorting place"
    assert visitor.post(f"/d/{UNKNOWN}/report", fields).status_code == 404
    assert reports_in(compound) == []


def test_reports_of_a_door_are_limited(compound):
    visitor, code = Visitor(compound), code_of(compound, MINE)
    fields = fields_of(visitor.get(f"/d/{code}").text)
    statuses = [visitor.post(f"/d/{code}/report", fields | {"scan": str(uuid4())}).status_code for _ in range(11)]
    assert (statuses[0], statuses[-1]) == (303, 429)
    assert set(statuses[1:-1]) == {404}, "what is reported already is not reported again"


def renewing(building, door="", **more):
    return {"renewal": str(uuid4()), "building": building, "door": door, **more}


def test_a_renewal_counts_at_the_very_next_request_and_is_recorded(compound):
    captain, household = Visitor(compound, "captain", buildings=["12"]), Visitor(compound)
    assert household.get(f"/d/{code_of(compound, MINE)}").status_code == 200
    assert "first code" in captain.get("/slips").text
    answer = captain.post("/slips/renew", renewing("12", MINE))
    assert answer.headers["location"] == f"/slips?building=12&renewed={MINE}"
    assert household.get(f"/d/{code_of(compound, MINE)}").status_code == 404
    assert household.get(f"/d/{code_of(compound, MINE, 1)}").status_code == 200
    assert household.get(f"/d/{code_of(compound, NEXT_DOOR)}").status_code == 200
    facts = [each.event for each in compound.log.read(0, 10_000) if isinstance(each.event, DoorCodesRenewed)]
    assert [(fact.building, fact.households) for fact in facts] == [("12", (MINE,))]
    assert facts[0].actor.startswith("captain-")
    shown = text_of(captain.get(answer.headers["location"]).text)
    assert f"Renewed: {MINE}" in shown
    assert re.search(MINE + r" renewed \d\d-\d\d \d\d:\d\d", shown)


def test_the_whole_building_wants_to_be_ticked(compound):
    staff = Visitor(compound, "staff")
    assert staff.post("/slips/renew", renewing("12")).status_code == 409
    assert Visitor(compound).get(f"/d/{code_of(compound, NEXT_DOOR)}").status_code == 200
    assert staff.post("/slips/renew", renewing("12", sure="true")).status_code == 303
    assert Visitor(compound).get(f"/d/{code_of(compound, NEXT_DOOR)}").status_code == 404
    assert Visitor(compound).get(f"/d/{code_of(compound, OTHER_BUILDING)}").status_code == 200


def test_a_captain_has_the_own_buildings_only(compound):
    captain = Visitor(compound, "captain", buildings=["12"])
    (compound.settings.data / "paper-address").write_text(ADDRESS)
    for path in ("/slips?building=3", "/slips/print?building=3"):
        assert captain.get(path).status_code == 403
    assert captain.post("/slips/renew", renewing("3", OTHER_BUILDING)).status_code == 403
    assert captain.post("/slips/renew", renewing("12", OTHER_BUILDING)).status_code == 409
    assert captain.get("/slips/print", params={"building": "12", "door": OTHER_BUILDING}).status_code == 409
    assert Visitor(compound).get(f"/d/{code_of(compound, OTHER_BUILDING)}").status_code == 200
    assert codes_by_door(captain.get("/slips/print").text).keys() == {f"12-{room}" for room in first_rooms()}
    staff = Visitor(compound, "staff")
    assert len(codes_by_door(staff.get("/slips/print").text)) == 12 * 24 + 1
    assert Visitor(compound, "runner").get("/slips").status_code == 403
    assert Visitor(compound).get("/slips").status_code == 401


def first_rooms():
    return [f"{floor}{door:02d}" for floor in range(1, 7) for door in range(1, 5)]


def codes_by_door(page):
    return dict(re.findall(r'class="door [^>]+>([^<]+)<.*?class="code">([^<]+)<', page, re.DOTALL))


def test_printing_asks_for_the_public_address_first(compound):
    staff = Visitor(compound, "staff")
    assert "First say how phones reach this server" in staff.get("/slips").text
    sent_back = staff.get("/slips/print", params={"building": "12"})
    assert (sent_back.status_code, sent_back.headers["location"]) == (303, "/slips?building=12&ask=1")
    staff.post("/paper/address", {"address": ADDRESS})
    page = staff.get("/slips/print", params={"building": "12"}).text
    found_codes = codes_by_door(page)
    assert list(found_codes) == [f"12-{room}" for room in first_rooms()]
    assert read_door_code(found_codes[MINE]) == code_of(compound, MINE)
    assert page.count("<svg") == 24
    assert address_on_paper(ADDRESS, code_of(compound, MINE), "D") == f"{ADDRESS}/D/{code_of(compound, MINE)}".upper()
    assert qr_for(ADDRESS, code_of(compound, MINE), "D") in page
    assert "style=" not in page
    assert "投票" not in page, "only what works today"
    assert "votes" not in page
    assert f"{ADDRESS}/d" in page
    staff.post("/slips/renew", renewing("12", MINE))
    one = codes_by_door(staff.get("/slips/print", params={"building": "12", "door": MINE}).text)
    assert {door: read_door_code(code) for door, code in one.items()} == {MINE: code_of(compound, MINE, 1)}


def test_slips_from_the_command_line(tmp_path):
    data, out = tmp_path / "var", tmp_path / "slips.html"
    with house_at(Settings(data=data, synchronous="OFF")) as house:
        found(house)
        secret = house.secret
    app = typer.Typer()
    slips.register(app)
    said = ["--data", str(data), "--building", "12", "--out", str(out)]
    assert CliRunner().invoke(app, said).exit_code == 1, "nobody has said the address"
    assert not out.exists()
    out.touch(0o644)
    answer = CliRunner().invoke(app, [*said, "--address", "https://bg.example.org"])
    assert (answer.exit_code, "24 slips" in answer.stderr) == (0, True), answer.output
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    page = out.read_text()
    assert read_door_code(codes_by_door(page)[MINE]) == door_code(secret, COMPOUND, MINE, 0)
    assert "<link" not in page
    assert "<script" not in page
    assert "https://bg.example.org/d" in page
    missing = CliRunner().invoke(app, [*said, "--building", "99", "--address", ADDRESS])
    assert (missing.exit_code, len(missing.stderr.strip().splitlines())) == (1, 1)
