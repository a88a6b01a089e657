"""Links and keys for nobody in particular end with whoever made them, and say who that was."""

import asyncio
import csv
import io
import re
import sqlite3
from datetime import timedelta

import compound as place
import pytest
from visitor import Visitor

from domain.community.people.badges import RedeemBadge
from infra.auth import AccessStore
from projections import badges
from services.access import COOKIE
from services.app import create_app
from services.crew.desk import BadgeTerms, CommitteeDesk
from services.wiring import now

C = place.COMPOUND
LINK = re.compile(r"/j#([\w-]{20,})")
KEY = re.compile(r"bgk_[\w-]+")


@pytest.fixture
def app(house):
    place.found(house)
    return create_app(house)


@pytest.fixture
def admin(app):
    return Visitor(app).signed_in("admin")


def posted(visitor, path, **said):
    answer = visitor.post(path, data=said)
    assert answer.status_code < 400, answer.text
    return answer


def member_with(admin, *roles):
    number = posted(admin, "/members", body="committee", approve="yes").headers["location"].rpartition("/")[2]
    for role in roles:
        posted(admin, f"/members/{number}/roles", role=role)
    return number


def with_session(app, token):
    visitor = Visitor(app)
    visitor.cookies.set(COOKIE, token, domain="bg.test")
    return visitor


def signed_in_as(app, house, number):
    return with_session(app, house.access.open_session(house.access.roles_of(number)[0], how="password"))


def link_of(visitor, role="staff"):
    return LINK.search(posted(visitor, "/links", role=role).text)[1]


def with_key(app, key):
    return Visitor(app, authorization=f"Bearer {key}")


def statuses(*visitors):
    return {visitor.get("/board").status_code for visitor in visitors}


WAYS_OUT = [
    pytest.param("suspend", {"reason": "badge-lent"}, id="suspended"),
    pytest.param("roles/withdraw", {"role": "staff"}, id="relieved"),
]


@pytest.mark.parametrize(("act", "said"), WAYS_OUT)
def test_what_a_member_made_ends_with_them_and_nothing_else_does(app, house, admin, act, said):
    number, invited = member_with(admin, "staff"), member_with(admin, "viewer")
    staff = signed_in_as(app, house, number)
    used = with_session(app, house.access.redeem(link_of(staff)))
    unused = link_of(staff, "runner")
    key = with_key(app, KEY.search(posted(staff, "/keys", role="staff", name="scales").text)[0])
    behind = with_session(app, house.access.redeem(link_of(used)))
    behind_the_key = with_session(app, house.access.redeem(link_of(key)))
    invitation = LINK.search(posted(staff, f"/members/{invited}/invite", role="viewer").text)[1]
    accepted = LINK.search(posted(staff, f"/members/{invited}/invite", role="viewer").text)[1]
    guest = with_session(app, house.access.redeem(accepted))
    others = with_session(app, house.access.redeem(link_of(admin)))
    assert statuses(used, key, behind, behind_the_key, guest, others) == {200}

    posted(admin, f"/members/{number}/{act}", **said)
    assert statuses(staff, used, key, behind, behind_the_key) == {401}
    assert house.access.redeem(unused) is None
    assert house.access.redeem(invitation) is None
    assert statuses(guest, others) == {200}


def test_who_keeps_a_role_that_makes_links_keeps_what_they_made(app, house, admin):
    number = member_with(admin, "staff", "admin")
    made = with_session(app, house.access.redeem(link_of(signed_in_as(app, house, number))))
    posted(admin, f"/members/{number}/roles/withdraw", role="staff")
    assert statuses(made) == {200}
    posted(admin, f"/members/{number}/roles/withdraw", role="admin")
    assert statuses(made) == {401}


def test_what_an_administrator_made_before_they_had_a_number_is_theirs(app, house, admin):
    link = link_of(admin)
    posted(admin, "/password/member")
    assert house.shown(house.log.last_position())
    (number,) = {made.made_by for made in house.access.links(C) if made.role == "staff"}
    assert re.fullmatch(r"m\w{8}", number)
    posted(Visitor(app).signed_in("admin"), f"/members/{number}/suspend", reason="staff-decision")
    assert house.access.redeem(link) is None


@pytest.mark.parametrize("path", ["/links", "/keys"])
def test_pages_and_tables_say_who_made_it(app, house, admin, path):
    number = member_with(admin, "staff")
    staff = signed_in_as(app, house, number)
    posted(staff, path, role="runner", name="scales")
    assert number in staff.get(path).text
    rows = list(csv.DictReader(io.StringIO(staff.get(f"{path}.csv").text.lstrip("\ufeff"))))
    assert number in {row["Made by"] for row in rows}


def test_a_file_of_an_earlier_version_gets_the_column(tmp_path):
    AccessStore(tmp_path / "access.db").close()
    with sqlite3.connect(tmp_path / "access.db") as before:
        for table in ("links", "api_keys"):
            before.execute(f"ALTER TABLE {table} DROP COLUMN made_by")
    access = AccessStore(tmp_path / "access.db")
    access.issue_link("staff")
    access.create_api_key("program", C)
    assert [each.made_by for each in (*access.links(), *access.api_keys())] == [None, None]
    access.close()


def test_badges_that_a_suspended_member_issued_and_nobody_has_opened_go_too(house, admin):
    maker = member_with(admin)
    unopened, opened = member_with(admin), member_with(admin)
    desk = CommitteeDesk(house, C, maker)
    window = BadgeTerms("runner", now() - timedelta(hours=1), now() + timedelta(hours=8))
    for member in (unopened, opened):
        issued = asyncio.run(desk.issue_badge(member, window))
    redeemed = house.access.redeem_badge(issued.token, "phone-1")
    place.ask(house, RedeemBadge(**place.said(), member=opened, badge=redeemed.badge.id, device="phone-1"))
    assert house.shown(house.log.last_position())
    posted(admin, f"/members/{maker}/suspend", reason="rules-broken")
    with house.read.reading() as rows:
        (gone,), (kept,) = (badges.badges_of(rows, C, member) for member in (unopened, opened))
    assert gone.revoked_at is not None
    assert kept.revoked_at is None


def on_shift_by(house, maker, member):
    """A badge that this maker issued and its holder has opened."""
    window = BadgeTerms("runner", now() - timedelta(hours=1), now() + timedelta(hours=8))
    issued = asyncio.run(CommitteeDesk(house, C, maker).issue_badge(member, window))
    badge = house.access.redeem_badge(issued.token, "phone-1").badge.id
    place.ask(house, RedeemBadge(**place.said(), member=member, badge=badge, device="phone-1"))
    assert house.shown(house.log.last_position())
    return badge


def test_what_a_suspended_member_left_behind_is_listed_and_one_tap_ends_a_badge(app, house, admin):
    maker, holder = member_with(admin, "staff"), member_with(admin)
    staff = signed_in_as(app, house, maker)
    taken_in, given, untouched = member_with(staff), member_with(admin), member_with(admin)
    posted(staff, f"/members/{given}/roles", role="runner")
    badge = on_shift_by(house, maker, holder)
    assert "review" not in admin.get(f"/members/{maker}").text
    posted(admin, f"/members/{maker}/suspend", reason="rules-broken")
    page = admin.get(f"/members/{maker}").text
    assert "There is something to review" in page
    assert all(f"/members/{each}" in page for each in (taken_in, given, holder))
    assert untouched not in page
    assert "taken in" in page
    answer = posted(admin, f"/badges/{badge}/revoke", back="maker")
    assert answer.headers["location"] == f"/members/{maker}"
    assert f"/badges/{badge}/revoke" not in admin.get(f"/members/{maker}").text


def test_what_somebody_else_answers_for_is_left_behind_by_nobody(app, house, admin):
    maker, given, gone = member_with(admin, "staff"), member_with(admin), member_with(admin)
    for member in (given, gone):
        posted(signed_in_as(app, house, maker), f"/members/{member}/roles", role="runner")
    posted(admin, f"/members/{maker}/suspend", reason="rules-broken")
    for act in ("roles/withdraw", "roles"):
        posted(admin, f"/members/{given}/{act}", role="runner")
    posted(admin, f"/members/{gone}/suspend", reason="rules-broken")
    assert "review" not in admin.get(f"/members/{maker}").text
