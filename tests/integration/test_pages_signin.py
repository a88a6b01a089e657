import re
from datetime import timedelta

import pytest
from compound import ask, found, said
from visitor import Visitor, web_app

from domain.community.compound import OpenStation
from domain.procurement.group_buys import ImportOrders, OrderLine, TableOrder
from services.access import COOKIE
from services.pages.language import preferred

TOKEN_IN_PAGE = re.compile(r"/j#([\w-]{32})")


@pytest.fixture
def app(tmp_path, house):
    found(house)
    for station in ("gate-east", "gate-west"):
        answer = ask(house, OpenStation(**said(), station=station, kind="gate"))
    assert house.shown(answer.events[-1])
    return web_app(tmp_path, house=house)


@pytest.fixture
def milk(house, app):
    """A group buy whose title has a blank in it, and how to open another one."""

    def opened(group_buy):
        orders = (TableOrder(household="3-101", lines=(OrderLine(item="鲜奶", unit="盒", quantity=2),)),)
        named = {"group_buy": group_buy, "title": "鲜奶 两盒装", "source": "import", "digest": "b" * 64}
        assert house.shown(ask(house, ImportOrders(**said(), **named, orders=orders, rows=1)).events[-1])

    opened("milk")
    return opened


@pytest.fixture
def access(app):
    return app.state.entrance.access


def test_opening_the_link_redeems_nothing_only_the_tap_does(app, access):
    token = access.issue_link("runner", compound="shengdu")
    phone = Visitor(app)
    assert phone.get("/j").status_code == 200
    assert access.links()[0].used_at is None
    answer = phone.post("/j", data={"token": token})
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert phone.get("/").headers["location"] == "/scan"
    assert phone.get("/scan").status_code == 200


def test_the_whole_link_may_be_pasted_too(app, access):
    token = access.issue_link("viewer")
    assert Visitor(app).post("/j", data={"token": f" http://bg.test/j#{token} "}).status_code == 303


def test_behind_https_the_cookie_is_for_https_only(app, access):
    answer = Visitor(app).post("https://bg.test/j", data={"token": access.issue_link("runner")})
    assert answer.headers["set-cookie"].startswith("__Host-baogong=")
    assert answer.headers["set-cookie"].endswith("Path=/; SameSite=lax; Secure")
    assert "max-age" in answer.headers["strict-transport-security"]


@pytest.mark.parametrize(
    ("became", "told"),
    [
        ("used", "This link was opened before."),
        ("over", "The time of this link is over."),
        ("withdrawn", "This link was withdrawn."),
        ("unknown", "This sign-in code opens nothing."),
    ],
)
def test_a_link_that_opens_nothing_says_why(app, access, became, told, capsys):
    token = access.issue_link("runner", valid_for=timedelta(0 if became == "over" else 1))
    if became == "used":
        access.redeem(token)
    if became == "withdrawn":
        access.revoke_link(access.links()[0].id)
    tried = "x" * 32 if became == "unknown" else token
    phone = Visitor(app)
    answers = [phone.post("/j", data={"token": tried}) for _ in range(11)]
    assert answers[0].status_code == 403
    assert told in answers[0].text
    assert "set-cookie" not in answers[0].headers
    assert tried not in answers[0].text
    logged = capsys.readouterr().out
    assert tried not in logged
    if became == "unknown":
        assert answers[-1].status_code == 429
    else:
        assert answers[-1].status_code == 403
        assert f"link-{became}" in logged


def test_signing_in_with_another_badge_ends_the_session_before(app, access):
    phone = Visitor(app).signed_in("gate")
    phone.post("/j", data={"token": access.issue_link("runner")})
    assert [session.role for session in access.sessions()] == ["runner"]


def test_signing_out_ends_the_session(app, access):
    phone = Visitor(app).signed_in("gate")
    assert phone.post("/signout").headers["location"] == "/j"
    assert access.sessions() == []
    assert phone.get("/scan").status_code == 401


def test_who_is_not_signed_in_is_told_how(app):
    assert "Scan the QR code on your badge" in Visitor(app).get("/").text


@pytest.mark.parametrize(("role", "first"), [("staff", "/board"), ("gate", "/scan"), ("viewer", "/board")])
def test_everybody_starts_where_their_work_is(app, role, first):
    assert Visitor(app).signed_in(role).get("/").headers["location"] == first


def test_inside_wechat_the_browser_is_recommended(app):
    assert "Open this page in the browser" in Visitor(app).get("/j", headers={"user-agent": "x MicroMessenger/8"}).text
    assert "Open this page in the browser" not in Visitor(app).get("/j").text


def test_staff_hand_out_links_as_cards_with_a_qr_code(app, access):
    staff = Visitor(app).signed_in("staff")
    answer = staff.post("/links", data={"role": "gate", "station": "gate-east", "how_many": 3, "hours": 8})
    assert answer.text.count('class="qr"') == 3
    tokens = set(TOKEN_IN_PAGE.findall(answer.text))
    assert len(tokens) == 3
    session = access.session(access.redeem(tokens.pop()))
    assert (session.role, session.compound, session.station) == ("gate", "shengdu", "gate-east")
    assert session.expires - session.created == timedelta(hours=8)
    assert not TOKEN_IN_PAGE.search(staff.get("/links").text)


@pytest.mark.parametrize(
    "form", [{"role": "admin"}, {"role": "gate", "how_many": 41}, {"role": "gate", "station": "<b>"}, {}]
)
def test_a_link_that_may_not_be_made_is_not_made(app, access, form):
    staff = Visitor(app).signed_in("staff")
    assert staff.post("/links", data=form).status_code == 422
    assert len(access.links()) == 1


@pytest.mark.parametrize("role", ["gate", "runner", "auditor", "viewer", "leader"])
def test_only_staff_hand_out_links(app, role):
    visitor = Visitor(app).signed_in(role)
    assert visitor.get("/links").status_code == 403
    assert visitor.post("/links", data={"role": "staff"}).status_code == 403
    assert visitor.post("/links/revoke", data={"link": "x"}).status_code == 403


def test_withdrawing_a_link_locks_its_phone_out(app, access):
    runner = Visitor(app).signed_in("runner")
    link = access.links()[0].id
    assert Visitor(app).signed_in("staff").post("/links/revoke", data={"link": link}).status_code == 303
    assert runner.get("/scan").status_code == 401


def test_links_of_another_compound_are_neither_shown_nor_withdrawn(app, access):
    Visitor(app).signed_in("runner", compound="other")
    link = access.links()[0]
    staff = Visitor(app).signed_in("staff")
    assert link.actor not in staff.get("/links").text
    assert staff.post("/links/revoke", data={"link": link.id}).status_code == 403
    assert access.links("other")[0].revoked_at is None


def test_staff_neither_see_nor_withdraw_an_administrators_link(app, access):
    Visitor(app).signed_in("admin")
    link = access.links()[0]
    staff = Visitor(app).signed_in("staff")
    assert link.actor not in staff.get("/links").text
    assert staff.post("/links/revoke", data={"link": link.id}).status_code == 403


def test_an_address_phones_cannot_reach_is_warned_of(tmp_path, house):
    (tmp_path / "known").mkdir()
    known = web_app(tmp_path / "known", house=house, public_address="https://bg.example.org")
    staff = Visitor(known).signed_in("staff")
    assert "https://bg.example.org/j#" in staff.post("/links", data={"role": "gate"}).text
    assert "Phones cannot reach" not in staff.get("/links").text
    (tmp_path / "local").mkdir()
    local = web_app(tmp_path / "local", house=house, public_address="http://127.0.0.1:8000")
    assert "Phones cannot reach" in Visitor(local).signed_in("staff").get("/links").text


@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [
        ("runner", ["/scan", "/undelivered", "/search"], ["/links", "/import", "/doubts"]),
        ("viewer", ["/board"], ["/scan", "/links"]),
        ("staff", ["/links", "/import", "/paper", "/stations", "/doubts"], []),
        ("leader", ["/deliveries", "/import"], ["/scan", "/doubts"]),
    ],
)
def test_the_navigation_shows_only_what_a_role_may_open(app, role, shown, hidden):
    text = Visitor(app).signed_in(role).get("/j").text
    for path in shown:
        assert f'<a href="{path}"' in text
    for path in hidden:
        assert f'<a href="{path}"' not in text


def test_chinese_comes_first_and_the_browser_or_the_person_may_choose(app):
    assert 'lang="zh-CN"' in Visitor(app, **{"accept-language": "fr"}).get("/j").text
    phone = Visitor(app, **{"accept-language": "zh-CN,zh;q=0.9,en;q=0.8"}).signed_in("gate")
    assert "到达门岗" in phone.get("/scan").text
    assert "Arrived at the gate" in phone.get("/scan?lang=en").text
    assert "Arrived at the gate" in phone.get("/scan").text
    assert app.state.entrance.access.sessions()[0].language == "en"
    assert "到达门岗" in phone.get("/scan?lang=zh_CN").text


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh_CN"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("fr,zh-TW;q=0.5,en;q=0.4", "zh_CN"),
        ("en;q=0.3,zh;q=0.7", "zh_CN"),
        ("en;q=rubbish", "en"),
        ("," * 500, "zh_CN"),
    ],
)
def test_the_browsers_wish_is_read_by_its_weights(header, language):
    assert preferred(header) == language


@pytest.mark.parametrize(
    ("form", "limits"),
    [
        ({"role": "captain", "buildings": "3"}, {"buildings": {"3"}}),
        ({"role": "captain", "buildings": " 3、12，29 "}, {"buildings": {"3", "12", "29"}}),
        ({"role": "leader", "group_buys": "apples"}, {"group_buys": {"apples"}}),
        ({"role": "leader", "group_buys": "红苹果，鲜奶 两盒装"}, {"group_buys": {"apples", "milk"}}),
        ({"role": "leader", "group_buys": "红苹果 鲜奶 两盒装"}, {"group_buys": {"apples", "milk"}}),
        ({"role": "runner"}, {}),
        ({"role": "gate", "station": "gate-east"}, {"stations": {"gate-east"}}),
    ],
)
def test_a_link_is_limited_to_what_is_written_there(app, access, milk, form, limits):
    assert Visitor(app).signed_in("staff").post("/links", data=form).status_code == 200
    (made,) = [link for link in access.links() if link.made_by]
    assert {name: each for name, each in made.scope._asdict().items() if each is not None} == limits


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"role": "captain"}, "a captain is of some buildings, not of all. There are: 1, 2, 3"),
        ({"role": "leader"}, "a leader is of some group buys, not of all. There are: "),
        ({"role": "captain", "buildings": "3 77"}, "There is no building 77. There are: 1, 2, 3"),
        ({"role": "leader", "group_buys": "apples pears"}, "There is no group buy pears. There are: "),
        ({"role": "leader", "group_buys": "pears"}, "红苹果 (apples)"),
        ({"role": "gate", "station": "gate-9"}, "No station gate-9 is open. Open are: gate, gate-east, gate-west."),
    ],
)
def test_a_link_without_its_limit_or_for_what_is_not_there_is_not_made(app, access, milk, form, told):
    answer = Visitor(app, **{"accept-language": "en"}).signed_in("staff").post("/links", data=form)
    assert answer.status_code == 409
    assert told in answer.text
    assert len(access.links()) == 1


def test_a_title_that_two_group_buys_have_is_asked_about(app, access, milk):
    milk("milk-2")
    staff = Visitor(app, **{"accept-language": "en"}).signed_in("staff")
    answer = staff.post("/links", data={"role": "leader", "group_buys": "鲜奶 两盒装"})
    assert answer.status_code == 409
    assert "Write the id of one of them: milk-2, milk." in answer.text
    assert staff.post("/links", data={"role": "leader", "group_buys": "milk"}).status_code == 200
