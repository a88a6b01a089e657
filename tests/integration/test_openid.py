import re
import subprocess
import sys
from html import unescape
from urllib.parse import parse_qs, urlsplit

import crew
import first_day
import httpx
import openid_provider
import pytest
from joserfc.jwk import RSAKey
from visitor import ADDRESS, Visitor, web_app

from infra.auth import Scope
from infra.settings import Settings
from services.app import create_app
from services.oidc import Provider
from services.pages import openid
from services.wiring import provider_of

MEMBER = "m7kq2x9d4"


@pytest.fixture
def provider():
    with openid_provider.running() as running:
        yield running


@pytest.fixture
def app(tmp_path, provider, house):
    app = web_app(tmp_path, openid.router, house=house)
    app.state.openid = Provider(provider.issuer, openid_provider.CLIENT, openid_provider.SECRET)
    return app


@pytest.fixture
def access(app):
    return app.state.entrance.access


def at_provider(address):
    """What a browser does there: it is sent back at once."""
    back = httpx.get(address).headers["location"]
    assert back.startswith(f"{ADDRESS}/oidc/back?")
    return back.removeprefix(ADDRESS)


def sign_in(visitor):
    started = visitor.get("/oidc/start")
    assert started.status_code in {303, 307}
    return visitor.get(at_provider(started.headers["location"]))


def invited(app, access, member=MEMBER):
    access.give_role(member, "staff", "shengdu", scope=Scope())
    return Visitor(app).signed_in("staff", actor=member)


def link(visitor):
    page = visitor.post("/oidc/link")
    assert page.status_code == 200
    address = unescape(re.search(r'href="(http://127[^"]+)"', page.text)[1])
    return visitor.get(at_provider(address))


def test_a_member_links_the_account_by_invitation_and_signs_in_with_it(app, access, provider):
    assert link(invited(app, access)).headers["location"] == "/password?linked=1"
    browser = Visitor(app)
    assert sign_in(browser).headers["location"] == "/"
    session = access.sessions(actor=MEMBER)[0]
    assert (session.how, session.role, session.compound) == ("oidc", "staff", "shengdu")
    assert browser.get("/links").status_code == 200
    assert [len(request["code_verifier"]) >= 43 for request in provider.token_requests] == [True, True]


def test_nobody_is_let_in_by_name_or_e_mail_before_the_link(app, access):
    access.give_role(MEMBER, "staff", "shengdu")
    refused = sign_in(Visitor(app))
    assert refused.status_code == 403
    assert "This account does not open anything here." in refused.text
    assert "王阿姨" not in refused.text
    assert access.sessions() == []


def test_nothing_of_the_provider_but_the_subject_is_kept(app, access, tmp_path):
    link(invited(app, access))
    access.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"subject-1" in stored
    for word in ("王阿姨", "a@example.org"):
        assert word.encode() not in stored


def test_a_withdrawn_role_is_not_opened_by_the_account(app, access):
    link(invited(app, access))
    access.withdraw_role(MEMBER, "staff", "shengdu")
    assert sign_in(Visitor(app)).status_code == 403


def test_an_account_belongs_to_one_member(app, access):
    link(invited(app, access))
    assert link(invited(app, access, "m1a2b3c4d")).status_code == 403
    assert access.member_of_subject(app.state.openid.issuer, "subject-1") == MEMBER


def test_linking_belongs_to_the_session_that_asked_for_it(app, access):
    visitor = invited(app, access)
    page = visitor.post("/oidc/link")
    address = unescape(re.search(r'href="(http://127[^"]+)"', page.text)[1])
    other = Visitor(app).signed_in("staff", actor="m1a2b3c4d")
    other.cookies.set("baogong-oidc", visitor.cookies["baogong-oidc"], domain="bg.test")
    assert other.get(at_provider(address)).status_code == 403
    assert access.member_of_subject(app.state.openid.issuer, "subject-1") is None


def test_an_answer_that_this_browser_did_not_ask_for_is_refused(app, access):
    link(invited(app, access))
    theirs = at_provider(Visitor(app).get("/oidc/start").headers["location"])
    assert Visitor(app).get(theirs).status_code == 403
    waiting = Visitor(app)
    waiting.get("/oidc/start")
    assert waiting.get(theirs).status_code == 403


def test_an_answer_is_good_once(app, access):
    link(invited(app, access))
    browser = Visitor(app)
    back = at_provider(browser.get("/oidc/start").headers["location"])
    cookie = browser.cookies["baogong-oidc"]
    assert browser.get(back).status_code in {303, 307}
    assert "baogong-oidc" not in browser.cookies
    again = Visitor(app)
    again.cookies.set("baogong-oidc", cookie, domain="bg.test")
    assert again.get(back).status_code == 403


@pytest.mark.parametrize(
    "changed",
    [
        {"nonce": "another"}, {"aud": "another"}, {"iss": "http://127.0.0.1:1"}, {"exp": 1_000_000_000},
        {"aud": ["another", "baogong"], "azp": "another"},
    ],
)  # fmt: skip
def test_an_id_token_that_is_not_for_us_opens_nothing(app, access, provider, changed):
    link(invited(app, access))
    provider.changed = changed
    assert sign_in(Visitor(app)).status_code == 403
    provider.changed = {}
    assert sign_in(Visitor(app)).status_code in {303, 307}


def test_an_id_token_signed_by_somebody_else_opens_nothing(app, access, provider):
    link(invited(app, access))
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "k1"})
    assert sign_in(Visitor(app)).status_code == 403


def test_new_keys_of_the_provider_are_fetched(app, access, provider):
    link(invited(app, access))
    provider.key = RSAKey.generate_key(2048, {"kid": "k2", "use": "sig", "alg": "RS256"})
    assert sign_in(Visitor(app)).status_code in {303, 307}


def test_a_provider_that_does_not_answer_is_told_kindly(app, access, provider):
    app.state.openid = Provider("http://127.0.0.1:9", openid_provider.CLIENT)
    answer = Visitor(app).get("/oidc/start")
    assert answer.status_code == 502
    assert "The sign-in service did not answer." in answer.text
    assert "does not open anything" not in answer.text


def test_a_fault_of_the_provider_is_not_taken_for_a_stranger(app, access, provider):
    link(invited(app, access))
    provider.token = lambda *_: (500, {})
    failed = sign_in(Visitor(app))
    assert failed.status_code == 502
    assert "The sign-in service did not answer." in failed.text
    assert access.sessions(actor=MEMBER)[0].how == "link"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"exp": 1_000_000_000}, "an answer that cannot be trusted"),
        ({"sub": "stranger"}, "does not open anything here"),
    ],
)
def test_what_went_wrong_is_said(app, access, provider, changed, said):
    link(invited(app, access))
    provider.changed = changed
    assert said in sign_in(Visitor(app)).text


def test_another_state_is_a_sign_in_not_finished(app):
    browser = Visitor(app)
    browser.get("/oidc/start")
    answer = browser.get("/oidc/back?state=another&code=x")
    assert answer.status_code == 403
    assert "This sign-in was not finished." in answer.text


def test_a_refusal_of_the_provider_signs_nobody_in_even_beside_a_code(app, access):
    link(invited(app, access))
    browser = Visitor(app)
    back = at_provider(browser.get("/oidc/start").headers["location"])
    answer = browser.get(f"{back}&error=access_denied")
    assert answer.status_code == 403
    assert "This sign-in was not finished." in answer.text
    assert {session.how for session in access.sessions()} == {"link"}


def test_the_page_that_was_asked_for_comes_after_the_provider(app, access):
    link(invited(app, access))
    browser = Visitor(app)
    page = browser.get("/signin?next=/members%3Fstate%3Dopen").text
    start = unescape(re.search(r'href="(/oidc/start[^"]*)"', page)[1])
    back = at_provider(browser.get(start).headers["location"])
    assert browser.get(back).headers["location"] == "/members?state=open"


@pytest.mark.parametrize("kept", ["a.b.c..Ly9ldmlsLnRlc3Q", "a.b.c..*", "a.b.c..7w", "a.b.c..A", "a.b.c.", "..", ""])
def test_a_cookie_of_ones_own_making_leads_nowhere(app, kept):
    """The first one is ``//evil.test``."""
    browser = Visitor(app)
    browser.cookies.set("baogong-oidc", kept, domain="bg.test")
    answer = browser.get("/oidc/back?state=a&code=x")
    assert answer.status_code == 403
    assert "evil" not in answer.text


def test_the_own_account_page_offers_the_link_where_a_provider_is_set(app, access):
    visitor = invited(app, access)
    page = visitor.get("/password?first=1").text
    assert 'action="/oidc/link"' in page
    assert "127.0.0.1" in page
    assert "The account is linked" in visitor.get("/password?linked=1").text
    app.state.openid = None
    assert "/oidc/link" not in visitor.get("/password").text


def test_a_linked_account_is_shown_and_unlinked_where_a_password_lets_in(app, access):
    visitor = invited(app, access)
    link(visitor)
    page = visitor.get("/password?linked=1").text
    assert "has let you in here since" in page
    assert 'formaction="/oidc/unlink"' in page
    refused = visitor.post("/oidc/unlink")
    assert refused.status_code == 409
    assert "Set a password first" in refused.text
    assert sign_in(Visitor(app)).status_code == 303
    access.set_password(MEMBER, "four words in a row")
    assert visitor.post("/oidc/unlink").headers["location"] == "/password?unlinked=1"
    assert "The account is unlinked" in visitor.get("/password?unlinked=1").text
    assert sign_in(Visitor(app)).status_code == 403
    link(visitor)
    assert sign_in(Visitor(app)).status_code == 303


def test_a_badge_links_no_account(house, provider):
    first_day.found(house)
    app = create_app(house)
    app.state.openid = Provider(provider.issuer, openid_provider.CLIENT, openid_provider.SECRET)
    phone = Visitor(app)
    phone.post("/j", data={"token": crew.badge(house, crew.volunteer(house))[0]})
    assert phone.post("/oidc/link").status_code == 409
    assert "/oidc/link" not in phone.get("/password").text


def test_the_way_there_carries_no_secret_and_asks_for_no_more_than_who_it_is(app, provider):
    address = Visitor(app).get("/oidc/start").headers["location"]
    asked = parse_qs(urlsplit(address).query)
    assert asked["scope"] == ["openid"]
    assert asked["code_challenge_method"] == ["S256"]
    assert openid_provider.SECRET not in address


def test_without_a_provider_there_is_nothing(tmp_path):
    app = web_app(tmp_path, openid.router)
    assert Visitor(app).get("/oidc/start").status_code == 404
    assert provider_of(Settings(data=tmp_path)) is None


def test_without_the_extra_the_rest_works_and_a_provider_is_told_to_be_missing(tmp_path):
    program = """
import sys
sys.modules["authlib"] = None
from pathlib import Path
from infra.settings import Settings
from services.app import create_app
from services.openid import ExtraMissing
from services.wiring import house_at
with house_at(Settings(data=Path(sys.argv[1]))) as house:
    create_app(house)
    house.settings.oidc_issuer = "https://id.example.org"
    try:
        create_app(house)
    except ExtraMissing as missing:
        print(missing)
"""
    done = subprocess.run([sys.executable, "-c", program, tmp_path / "var"], capture_output=True, text=True, check=True)
    assert "pip install 'baogong[oidc]'" in done.stdout
