"""What attackers of web applications try first, against the application as it is served."""

import csv
import io
import re
import uuid
from pathlib import Path

import first_day
import httpx
import pytest
from import_visits import CLEAR, book, founded, previewed, upload
from order_files import long_book
from visitor import ADDRESS, Visitor

from infra.settings import Settings
from services.access import COOKIE
from services.app import create_app
from services.csrf import FIELD, HEADER
from services.web.bodies import API_LIMIT
from services.wiring import house_at, now

TOKEN_FIELD = re.compile(rf'<input type="hidden" name="{FIELD}" value="([\w-]+)">')
NONE = {HEADER: ""}
STATION = {"station": "gate-west", "kind": "gate"}


@pytest.fixture
def app(house):
    return create_app(house)


@pytest.fixture
def staff(app, house):
    first_day.found(house)
    return Visitor(app).signed_in("staff")


def token_in(page):
    return TOKEN_FIELD.search(page.text)[1]


def browser(visitor):
    """The same visitor without our header: only what a form itself sends."""
    bare = Visitor(visitor.app)
    bare.cookies, bare.token = visitor.cookies, dict
    return bare


# --- forms of other sites -------------------------------------------------------------------------------------------


def test_a_form_without_the_token_of_its_session_changes_nothing(staff, house):
    before = house.log.last_position()
    of_another_session = token_in(Visitor(staff.app).signed_in("staff").get("/stations"))
    for token in (None, "", "x" * 48, of_another_session, of_another_session[::-1]):
        said = {} if token is None else {FIELD: token}
        answer = browser(staff).post("/stations", data={**said, **STATION})
        assert answer.status_code == 403, token
        assert "Nothing was recorded" in answer.text
    assert house.log.last_position() == before
    assert browser(staff).post("/stations", data={FIELD: token_in(staff.get("/j")), **STATION}).status_code == 303
    assert house.log.last_position() == before + 1


def test_programs_meet_the_same_check_unless_they_say_who_they_are(staff, house):
    scans = {"scans": [{"id": str(uuid.uuid4()), "step": "arrive", "code": "D4K2", "happened_at": now().isoformat()}]}
    assert staff.post("/api/scans", json=scans, headers=NONE).json()["rule"] == "form-token"
    assert staff.post("/api/scans", json=scans).status_code == 200
    key = {"authorization": f"Bearer {staff.cookies.get(COOKIE)}"}
    assert staff.post("/api/scans", json=scans, headers={**NONE, **key}).status_code == 200
    by_proxy = {"authorization": "Basic dXNlcjp3b3Jk"}  # browsers add it by themselves
    assert staff.post("/api/scans", json=scans, headers={**NONE, **by_proxy}).status_code == 403


def test_a_phone_that_holds_only_its_upload_key_sends_json_and_nothing_else(app):
    phone = Visitor(app)
    phone.cookies.set("baogong-upload", "k" * 32, domain="bg.test", path="/api/scans")
    form = phone.post("/api/scans", content=b'{"scans":[]}', headers={"content-type": "text/plain"})
    assert form.json()["rule"] == "form-token"
    assert phone.post("/api/scans", json={"scans": []}).json()["rule"] != "form-token"


def test_tokens_outlive_a_restart_and_differ_on_every_page(tmp_path):
    settings = Settings(data=tmp_path / "var", synchronous="OFF")
    with house_at(settings) as house:
        first = Visitor(create_app(house)).signed_in("admin", compound=None)
        one, two = token_in(first.get("/j")), token_in(first.get("/j"))
        assert one != two
    with house_at(settings) as house:
        again = Visitor(create_app(house))
        again.cookies = first.cookies
        answer = browser(again).post("/signout", data={FIELD: one})
        assert answer.status_code == 303


def test_uploads_of_any_size_pass_and_reach_their_route_whole(app, house):
    visitor = founded(app)
    fields = {FIELD: token_in(visitor.get("/import"))}
    content = long_book(*CLEAR)
    accepted = browser(visitor).post("/import", data=fields, files={"file": ("苹果.xlsx", content)})
    assert accepted.status_code == 303
    large = b"x" * 3_000_000
    too_odd = browser(visitor).post("/import", data=fields, files={"file": ("苹果.xlsx", large)})
    assert too_odd.status_code == 422
    assert browser(visitor).post("/import", files={"file": ("苹果.xlsx", content)}).status_code == 403


def test_a_token_at_another_place_than_the_first_is_not_looked_for(staff):
    late = {"station": "x" * 3000, FIELD: token_in(staff.get("/j"))}
    assert browser(staff).post("/stations", data=late).status_code == 403


def test_an_open_page_gets_a_new_token_after_another_sign_in(app, house):
    first_day.found(house)
    phone = Visitor(app).signed_in("runner")
    old = phone.token()
    assert phone.post("/j", data={"token": app.state.entrance.access.issue_link("runner")}).status_code == 303
    assert phone.post("/api/scans", json={"scans": []}, headers=old).json()["rule"] == "form-token"
    fresh = phone.get("/form-token")
    assert fresh.headers["cache-control"] == "no-store"
    answer = phone.post("/api/scans", json={"scans": []}, headers={HEADER: fresh.json()["token"]})
    assert answer.json()["rule"] == "well-formed"


# --- sessions -------------------------------------------------------------------------------------------------------


def test_a_session_that_the_browser_brings_is_never_adopted(app):
    access = app.state.entrance.access
    planted = "planted-by-somebody-else-0123456"
    phone = Visitor(app)
    phone.cookies.set(COOKIE, planted, domain="bg.test", path="/")
    link = access.issue_link("runner", compound="shengdu")
    answer = phone.post("/j", data={"token": link})
    given = re.match(rf"{COOKIE}=([^;]+)", answer.headers["set-cookie"])[1]
    assert given != planted
    assert access.session(planted) is None
    assert access.session(given).role == "runner"


def test_each_sign_in_makes_a_new_session_and_ends_the_one_before(app):
    access = app.state.entrance.access
    link = access.issue_link("runner", compound="shengdu", reusable=True)
    phone, seen = Visitor(app), []
    for _ in range(3):
        phone.post("/j", data={"token": link})
        seen.append(phone.cookies.get(COOKIE))
    assert len(set(seen)) == 3
    assert [access.session(token) is not None for token in seen] == [False, False, True]


def test_over_https_an_ordinary_cookie_opens_nothing(app):
    phone = Visitor(app).signed_in("runner")
    assert phone.get("/scan").status_code == 200
    assert phone.get("https://bg.test/scan").status_code == 401


def test_signing_out_wipes_what_no_unsent_scan_needs(app):
    access = app.state.entrance.access
    phone = Visitor(app).signed_in("runner")
    kept = phone.post("/signout")
    assert kept.headers["clear-site-data"] == '"cache"'
    assert {line.partition("=")[0] for line in kept.headers.get_list("set-cookie")} == {"baogong", "baogong-more"}
    phone.signed_in("runner")
    wiped = phone.post("/signout", data={"queue": "empty"})
    assert wiped.headers["clear-site-data"] == '"cache", "storage"'
    assert "baogong-upload=" in wiped.headers["set-cookie"]
    assert access.sessions() == []


# --- where one is led -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.test/",
        "//evil.test/",
        "/\\evil.test",
        "\\\\evil.test",
        "/\t/evil.test",
        "/\n/evil.test",
        "javascript:alert(1)",
        " /doubts",
        "doubts",
        "/" + "x" * 400,
        "/门",
    ],
)
def test_a_sign_in_never_leads_away(app, wanted):
    link = app.state.entrance.access.issue_link("staff", compound="shengdu")
    shown = Visitor(app).get("/j", params={"next": wanted})
    assert 'name="next"' not in shown.text
    assert Visitor(app).post("/j", data={"token": link, "next": wanted}).headers["location"] == "/"


def test_a_sign_in_leads_back_to_the_page_that_asked_for_it(app):
    link = app.state.entrance.access.issue_link("staff", compound="shengdu")
    asked = Visitor(app).get("/doubts?rule=rest-kept")
    assert asked.status_code == 401
    led = re.search(r'href="(/j\?next=[^"]+)"', asked.text)[1]
    wanted = re.search(r'name="next" value="([^"]+)"', Visitor(app).get(led).text)[1]
    assert Visitor(app).post("/j", data={"token": link, "next": wanted}).headers["location"] == "/doubts?rule=rest-kept"


def test_no_path_is_turned_into_another_site(app):
    for path in ("//evil.test/", "//evil.test//", "/%5Cevil.test/", "///evil.test/..", "/board/", "//evil.test/%2e%2e"):
        led = Visitor(app).get(f"{ADDRESS}{path}").headers.get("location", "/")
        assert httpx.URL(ADDRESS).join(led).host == "bg.test", path


# --- hosts and frames -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["evil.test", "bg.test.evil.test", "bg.test@evil.test", "evil.test/bg.test", "", "bg.test:80:80", "[::2]"]
)
def test_a_name_that_is_not_ours_is_refused(app, host):
    answer = Visitor(app).get("/j", headers={"host": host})
    assert answer.status_code == 400
    assert "BAOGONG_TRUSTED_HOSTS" in answer.text
    assert "evil" not in answer.text
    assert Visitor(app).get("/api/doubts", headers={"host": host}).json()["rule"] == "host-trusted"


def test_our_own_names_are_answered(house):
    house.settings.trusted_hosts = "bg.example.org, other.example.org:8443"
    house.settings.public_address = "https://public.example.org:8443"
    app = create_app(house)
    (house.settings.data / "paper-address").write_text("http://paper.example.org:8000", encoding="utf-8")
    for host in (
        "localhost", "127.0.0.1:8000", "[::1]:8000", "BG.example.org", "bg.example.org:99", "other.example.org",
        "public.example.org", "bg.test",
    ):  # fmt: skip
        assert Visitor(app).get("/j", headers={"host": host}).status_code == 200, host


def test_an_address_that_was_put_on_labels_is_answered(house):
    app = create_app(house)
    label = {"host": "paper.example.org:8000"}
    assert Visitor(app).get("/j", headers=label).status_code == 400
    (house.settings.data / "paper-address").write_text("http://paper.example.org:8000", encoding="utf-8")
    assert Visitor(app).get("/j", headers=label).status_code == 200


def test_no_page_can_be_put_into_a_frame(staff):
    for path in ("/j", "/scan", "/stations", "/doubts", "/nowhere", "/static/x", "/api/doubts"):
        headers = staff.get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        if not path.startswith("/api/"):
            assert headers["x-frame-options"] == "DENY", path


def test_only_the_scan_page_may_run_compiled_code_and_use_the_camera(staff):
    for path in ("/j", "/scan", "/stations", "/scanner", "/doubts"):
        headers = staff.get(path).headers
        assert ("'wasm-unsafe-eval'" in headers["content-security-policy"]) == (path == "/scan"), path
        assert ("camera=(self)" in headers["permissions-policy"]) == (path == "/scan"), path
        assert "'unsafe-inline'" not in headers["content-security-policy"]


def test_browsers_are_told_to_stay_with_https_only_where_they_came_by_it(staff):
    assert "strict-transport-security" not in staff.get("/j").headers
    assert "max-age" in staff.get("https://bg.test/j").headers["strict-transport-security"]


def test_nothing_personal_is_kept_by_browsers(staff):
    for path in ("/", "/j", "/stations", "/doubts", "/stations.csv", "/api/doubts", "/form-token"):
        assert staff.get(path).headers["cache-control"] == "no-store", path


# --- files ----------------------------------------------------------------------------------------------------------


def test_no_cell_of_an_export_runs_as_a_formula(app):
    staff = founded(app)
    title = "=HYPERLINK(1)"
    path, _ = previewed(staff, long_book(*CLEAR), group_buy=title)
    assert book(staff, path).status_code == 303
    exported = staff.get("/import.csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(exported)))
    assert any(f"'{title}" in row for row in rows)
    assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for row in rows for cell in row)


@pytest.mark.parametrize(
    "name", ["../../../evil.xlsx", "..\\..\\evil.xlsx", "/etc/evil.xlsx", "C:\\evil.xlsx", "....//evil.xlsx"]
)
def test_the_name_of_an_imported_file_is_no_path(app, house, name):
    staff = founded(app)
    here = Path(house.settings.data).parent
    before = {path for path in here.rglob("*") if "access.db" not in path.name}
    sent = upload(staff, long_book(CLEAR[0]), name=name)
    assert sent.status_code in {303, 422}
    if sent.status_code == 303:
        shown = staff.get(sent.headers["location"]).text
        assert ".." not in re.sub(r"<[^>]+>", "", shown)
        assert "etc" not in re.sub(r"<[^>]+>", "", shown)
    assert {path for path in here.rglob("*") if "access.db" not in path.name} == before


def test_no_path_leads_out_of_the_static_files(staff):
    for path in (
        "/static/x/../../layout.py",
        "/static/x/%2e%2e/%2e%2e/layout.py",
        "/static/x//etc/passwd",
        "/static/..%5c",
    ):
        assert staff.get(path).status_code == 404, path


@pytest.mark.parametrize("path", ["/api/scans", "/stations", "/j"])
def test_bodies_end_at_their_limit(staff, path):
    read = []

    async def streamed():
        for _ in range(400):
            read.append(1)
            yield b"x" * 100_000

    kind = {"content-type": "application/json" if path == "/api/scans" else "application/x-www-form-urlencoded"}
    assert staff.post(path, content=b"x" * 3_000_000, headers=kind).status_code == 413
    assert staff.post(path, content=streamed(), headers=kind).status_code in {400, 413}
    assert len(read) <= 1 + API_LIMIT // 100_000
