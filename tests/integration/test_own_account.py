"""Passwords, roles, sessions and keys, as their owners see them."""

import re

import crew
import first_day
import pytest
from visitor import Visitor

from domain.goods.handling import PLACE_TIME
from infra.auth import Scope
from services.app import create_app
from services.wiring import now

PASSWORD = "three green cabbages"
GOOD = {"new": PASSWORD, "again": PASSWORD}


@pytest.fixture
def app(house):
    first_day.found(house)
    return create_app(house)


@pytest.fixture
def captain(app, house):
    """A member who is captain of building 12 and has a password."""
    member = crew.volunteer(house, "resident")
    house.access.give_role(member, "captain", first_day.COMPOUND, scope=Scope.of(buildings={"12"}))
    house.access.set_password(member, PASSWORD, login="lobby-12")
    return member


def signed_in(app, login, password=PASSWORD, **more):
    browser = Visitor(app)
    return browser, browser.post("/signin", data={"login": login, "password": password, **more})


def invited(app, house, member, role="captain"):
    house.access.give_role(member, role, first_day.COMPOUND)
    browser = Visitor(app)
    link = house.access.issue_link(role, compound=first_day.COMPOUND, actor=member)
    return browser, browser.post("/j", data={"token": link})


@pytest.mark.parametrize("login", ["lobby-12", " LOBBY-12 ", "number"])
def test_a_password_signs_in_by_login_or_number(app, captain, login):
    browser, answer = signed_in(app, captain if login == "number" else login)
    assert answer.status_code == 303
    assert browser.get("/").headers["location"] == "/scan"
    assert f'content="captain {captain}"' in browser.get("/sessions").text


def test_an_unknown_login_and_a_wrong_password_are_answered_alike(app, house, captain, capfd):
    roleless = crew.volunteer(house)
    house.access.set_password(roleless, PASSWORD)
    pages = []
    for login, password in (("lobby-12", "wrong password"), ("nobody-9", PASSWORD), (roleless, PASSWORD)):
        _, answer = signed_in(app, login, password)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
        assert password not in answer.text
        pages.append(answer.text.replace(login, "LOGIN"))
    assert len(set(pages)) == 1
    said = "".join(capfd.readouterr())
    assert said.count("sign_in_refused") == 3
    assert PASSWORD not in said


def test_guessing_a_password_is_stopped(app, captain):
    answers = [signed_in(app, "lobby-12", f"guess number {n}")[1].status_code for n in range(11)]
    assert answers == [403] * 10 + [429]
    assert signed_in(app, "lobby-12")[1].headers["retry-after"]


def test_others_guesses_lock_nobody_out_on_a_browser_that_has_signed_in_before(app, captain):
    mine, _ = signed_in(app, "lobby-12")
    mine.post("/signout")
    for n in range(40):
        signed_in(app, "lobby-12", f"guess number {n}")
    stranger = signed_in(app, "lobby-12")[1]
    assert stranger.status_code == 429, "from the address of the guesses, by a browser that nobody knows"
    said = {"login": "lobby-12", "password": PASSWORD}
    assert mine.post("/signin", data=said).status_code == 303
    mine.post("/signout")
    answers = [mine.post("/signin", data=said | {"password": f"guess {n}"}).status_code for n in range(11)]
    assert answers == [403] * 10 + [429], "a known browser buys no more guesses than any other"


def test_guesses_from_one_address_do_not_lock_out_another_one(app, captain):
    def at(address):
        return network(app, address)

    assert [signed_in(at("203.0.113.7"), "lobby-12", f"guess {n}")[1].status_code for n in range(11)][-1] == 429
    assert signed_in(at("198.51.100.2"), "lobby-12")[1].status_code == 303
    for n in range(60):
        signed_in(at(f"192.0.2.{n}"), "lobby-12", f"guess {n}")
    assert signed_in(at("198.51.100.2"), "lobby-12")[1].status_code == 429, "guesses from everywhere are counted, too"


def test_thirty_guesses_at_any_logins_shut_out_new_browsers_of_that_address_only(app, house, captain):
    mine, _ = signed_in(app, "lobby-12")
    mine.post("/signout")
    answers = [signed_in(app, f"login-{n}", "one password for all")[1].status_code for n in range(31)]
    assert answers == [403] * 30 + [429]
    shut_out = signed_in(app, "lobby-12")[1]
    assert shut_out.status_code == 429, "also a login that nobody guessed at"
    assert 0 < int(shut_out.headers["retry-after"]) <= 16 * 60
    assert mine.post("/signin", data={"login": "lobby-12", "password": PASSWORD}).status_code == 303
    assert signed_in(network(app, "198.51.100.2"), "lobby-12")[1].status_code == 303
    assert invited(app, house, captain)[1].status_code == 303


def test_the_mark_of_a_known_browser_is_for_one_login_and_cannot_be_made(app, captain):
    answer = signed_in(app, "lobby-12")[1]
    (cookie,) = [each for each in answer.headers.get_list("set-cookie") if each.startswith("baogong-known-")]
    assert "lobby" not in cookie
    assert "HttpOnly" in cookie
    assert "Path=/signin" in cookie
    for n in range(11):
        signed_in(app, "lobby-12", f"guess {n}")
    name, _, value = cookie.partition(";")[0].partition("=")
    forged = Visitor(app)
    forged.cookies.set(name, "0123456789abcdef." + value.partition(".")[2], domain="bg.test", path="/signin")
    assert forged.post("/signin", data={"login": "lobby-12", "password": PASSWORD}).status_code == 429


class network:  # noqa: N801 — reads as a place
    """The application as it is reached from another address."""

    def __init__(self, app, address):
        self.app, self.address, self.state = app, address, app.state

    async def __call__(self, scope, receive, send):
        await self.app({**scope, "client": (self.address, 1)}, receive, send)


def test_a_session_that_lasts_into_another_year_says_which(app, house, captain):
    visitor, _ = signed_in(app, "lobby-12")
    this = now().astimezone(PLACE_TIME)
    assert f">{this:%m-%d}" in visitor.get("/sessions").text
    with house.access._transaction() as rows:  # noqa: SLF001 — the clock of this house cannot be moved
        rows.execute("UPDATE sessions SET expires = expires + 366 * 86400")
    assert f"<time>{this.year + 1}-" in visitor.get("/sessions").text


def test_signing_in_rightly_locks_nobody_out_and_buys_no_guesses(app, captain):
    assert {signed_in(app, "lobby-12")[1].status_code for _ in range(12)} == {303}
    answers = []
    for n in range(11):
        answers.append(signed_in(app, "lobby-12", f"guess number {n}")[1])
        if n < 9:
            assert signed_in(app, "lobby-12")[1].status_code == 303
    assert [answer.status_code for answer in answers] == [403] * 10 + [429]
    assert re.search(r"Try again in (\d+) minutes", answers[-1].text)


@pytest.mark.parametrize(
    ("wanted", "led"),
    [("/doubts?rule=x", "/doubts?rule=x"), ("//evil.test", "/"), ("https://evil.test", "/"), ("", "/")],
)
def test_signing_in_leads_to_pages_of_ours_only(app, captain, wanted, led):
    page = Visitor(app).get("/signin", params={"next": wanted}).text
    assert ('name="next"' in page) == (led != "/")
    assert signed_in(app, "lobby-12", next=wanted)[1].headers["location"] == led


def test_who_holds_several_roles_chooses(app, house, captain):
    house.access.give_role(captain, "staff", first_day.COMPOUND)
    browser, answer = signed_in(app, "lobby-12")
    assert answer.headers["location"] == "/role"
    page = browser.get("/role").text
    assert re.findall(r'name="role" value="([^"]+)"', page) == ["captain shengdu", "staff shengdu"]
    assert browser.get("/links").status_code == 403
    assert browser.post("/role", data={"role": "staff shengdu"}).status_code == 303
    assert browser.get("/links").status_code == 200
    assert len(house.access.sessions()) == 1, "the role of before is given up"
    assert browser.post("/role", data={"role": "admin "}).status_code == 409


def test_a_badge_opens_neither_roles_nor_a_password(app, house, captain):
    house.access.give_role(captain, "staff", first_day.COMPOUND)
    phone = Visitor(app)
    phone.post("/j", data={"token": crew.badge(house, captain, "runner")[0]})
    assert "staff shengdu" not in phone.get("/role").text
    assert phone.post("/role", data={"role": "staff shengdu"}).status_code == 409
    assert phone.post("/password", data=GOOD).status_code == 409
    assert phone.post("/password", data={**GOOD, "old": PASSWORD}).status_code == 409


def test_an_invitation_leads_to_a_password_and_the_password_in_again(app, house):
    member = crew.volunteer(house, "resident")
    browser, answer = invited(app, house, member)
    assert answer.headers["location"] == "/password?first=1"
    assert "Later" in browser.get("/password?first=1").text
    saved = browser.post("/password", data={**GOOD, "login": "Lobby-3"})
    assert saved.headers["location"] == "/password?saved=1"
    assert signed_in(app, "lobby-3")[1].status_code == 303
    assert invited(app, house, member)[1].headers["location"] == "/", "asked once only"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"new": "short", "again": "short"}, "at least 10 characters"),
        ({"new": PASSWORD, "again": "three red cabbages"}, "differ"),
        ({**GOOD, "login": "13912345678"}, "no phone number"),
        ({**GOOD, "login": "lobby-12"}, "Somebody else has this login."),
        ({"new": "i am lobby-4 here", "again": "i am lobby-4 here", "login": "lobby-4"}, "must not hold the login"),
        ({"new": "shengdu2022", "again": "shengdu2022"}, "one of the passwords that are tried first"),
        ({"new": "楼组长20220401", "again": "楼组长20220401"}, "one of the passwords that are tried first"),
    ],
)
def test_a_password_that_cannot_be_taken_says_why(app, house, captain, said, words):
    member = crew.volunteer(house)
    browser, _ = invited(app, house, member)
    answer = browser.post("/password", data=said)
    assert answer.status_code == 409
    assert words in answer.text
    assert said["new"] not in answer.text
    assert not house.access.has_password(member)


def test_changing_the_password_needs_the_old_one(app, house, captain):
    browser, _ = signed_in(app, "lobby-12")
    new = {"new": "four red cabbages", "again": "four red cabbages"}
    assert browser.post("/password", data=new).status_code == 409
    assert browser.post("/password", data={**new, "old": "wrong password"}).status_code == 409
    assert house.access.check_password("lobby-12", PASSWORD) == captain
    assert browser.post("/password", data={**new, "old": PASSWORD}).status_code == 303
    assert signed_in(app, "lobby-12")[1].status_code == 403
    assert signed_in(app, "lobby-12", new["new"])[1].status_code == 303


def test_the_first_administrator_becomes_a_member_with_a_password(app, house):
    browser = Visitor(app)
    browser.post("/j", data={"token": house.access.issue_link("admin")})
    asked = browser.get("/password").text
    assert "Become a member" in asked
    assert "first start" not in asked
    assert browser.post("/password/member").headers["location"] == "/password?first=1"
    (registered,) = crew.facts(house, "MemberRegistered")
    assert [event.role for event in crew.facts(house, "RoleGiven", registered.member)] == ["admin"]
    assert browser.post("/password", data=GOOD).status_code == 303
    again, _ = signed_in(app, registered.member)
    assert f'content="admin {registered.member}"' in again.get("/sessions").text
    assert browser.post("/password/member").status_code == 409


def test_a_link_that_names_no_member_has_no_password(app):
    staff = Visitor(app).signed_in("staff")
    assert "No password here" in staff.get("/password").text
    assert staff.post("/password", data=GOOD).status_code == 409
    assert staff.post("/password/member").status_code == 403


def test_sessions_are_seen_and_ended_by_their_owner_only(app, house, captain):
    here, there = signed_in(app, "lobby-12")[0], signed_in(app, "lobby-12")[0]
    stranger = Visitor(app).signed_in("staff")
    page = here.get("/sessions").text
    ids = re.findall(r'action="/sessions/end">.*?name="session" value="(\w+)"', page)
    assert len(ids) == 2
    assert page.count("this one</span>") == 1
    mine = house.access.session(here.cookies.get("baogong")).id
    (other,) = set(ids) - {mine}
    stranger.post("/sessions/end", data={"session": mine})
    assert here.get("/sessions").status_code == 200
    here.post("/sessions/end", data={"session": other})
    assert there.get("/sessions").status_code == 401
    assert here.post("/sessions/end", data={"session": mine}).headers["location"] == "/j"
    assert here.get("/sessions").status_code == 401


@pytest.mark.parametrize(("said", "left"), [({"but": "this"}, 1), ({}, 0)])
def test_signing_out_everywhere(app, house, captain, said, left):
    browsers = [signed_in(app, "lobby-12")[0] for _ in range(3)]
    stranger = Visitor(app).signed_in("staff")
    ended = browsers[0].post("/sessions/end-all", data=said)
    assert ended.status_code == 303
    assert ("Signed out everywhere" in browsers[0].get(ended.headers["location"]).text) == (not left)
    assert len(house.access.sessions(actor=captain)) == left
    assert [each.get("/sessions").status_code for each in browsers] == [200 if left else 401, 401, 401]
    assert stranger.get("/sessions").status_code == 200


def test_signing_out_ends_the_roles_of_a_person_and_leaves_badges_beside(app, house, captain):
    phone = Visitor(app)
    volunteer = crew.volunteer(house)
    phone.post("/j", data={"token": crew.badge(house, volunteer)[0]})
    phone.post("/signin", data={"login": "lobby-12", "password": PASSWORD})
    assert f'content="captain {captain}"' in phone.get("/sessions").text
    phone.post("/signout", data={"queue": "empty"})
    assert [session.actor for session in house.access.sessions()] == [volunteer]
    assert volunteer in phone.get("/shift").text


def key_shown(answer):
    return re.search(r"bgk_[\w-]+", answer.text)


def test_a_key_is_shown_once_and_opens_what_was_ticked(app, house):
    staff = Visitor(app).signed_in("staff")
    made = staff.post("/keys", data={"role": "program", "name": "scales 2", "actions": ["scan", "see-board"]})
    token = key_shown(made)[0]
    assert "scales-2" in made.text
    page = staff.get("/keys")
    assert not key_shown(page)
    assert "never" in page.text
    program = Visitor(app, authorization=f"Bearer {token}")
    assert program.get("/api/deliveries").status_code in {403, 404}
    assert program.post("/api/scans", json={"scans": [{}]}).status_code == 200
    (known,) = house.access.api_keys(first_day.COMPOUND)
    assert (known.role, known.actions) == ("program", {"scan", "see-board"})
    assert known.last_used is not None
    assert staff.post("/keys/revoke", data={"key": known.id}).headers["location"] == "/keys"
    assert program.post("/api/scans", json={"scans": [{}]}).status_code == 401
    assert "revoked" in staff.get("/keys").text


@pytest.mark.parametrize(
    "said",
    [
        {"role": "admin", "name": "scales"},
        {"role": "district", "name": "scales"},
        {"role": "program"},
        {"role": "program", "name": " "},
        {"role": "program", "name": "王阿姨"},
        {"role": "program", "name": "13912345678"},
        {"role": "viewer", "name": "scales", "actions": ["scan"]},
        {"role": "staff", "name": "scales", "actions": ["found-compound"]},
    ],
)
def test_a_key_that_may_not_be_made_is_not_made(app, house, said):
    answer = Visitor(app).signed_in("staff").post("/keys", data=said)
    assert answer.status_code == 422
    assert house.access.api_keys() == []


def test_a_page_loaded_anew_after_making_a_key_makes_no_second_one(app, house):
    staff = Visitor(app).signed_in("staff")
    runs = [re.search(r'name="run" value="([^"]+)"', staff.get("/keys").text)[1] for _ in range(2)]
    said = {"role": "program", "name": "scales-2"}
    assert key_shown(staff.post("/keys", data=said | {"run": runs[0]}))
    again = staff.post("/keys", data=said | {"run": runs[0]})
    assert again.status_code == 409
    assert "shown once already" in again.text
    assert not key_shown(again)
    assert len(house.access.api_keys()) == 1
    assert key_shown(staff.post("/keys", data=said | {"run": runs[1]})), "a form of its own"


def test_keys_of_another_compound_are_neither_shown_nor_revoked(app, house):
    house.access.create_api_key("program", "other", name="theirs")
    staff = Visitor(app).signed_in("staff")
    assert "theirs" not in staff.get("/keys").text
    staff.post("/keys/revoke", data={"key": house.access.api_keys("other")[0].id})
    assert house.access.api_keys("other")[0].revoked_at is None


def test_the_button_for_openid_is_there_where_it_is_set_up(app):
    assert "/oidc/start" not in Visitor(app).get("/signin").text
    app.state.openid = object()
    assert "/oidc/start" in Visitor(app).get("/signin").text
