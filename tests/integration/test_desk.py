"""The committee's desk through the real application: what is withdrawn counts at the very next request."""

import asyncio
import csv
import io
import re
from datetime import timedelta
from uuid import uuid4

import compound as place
import pytest
from visitor import Visitor

from domain.base import Refused
from domain.community.people.badges import RedeemBadge, StartShift
from projections import badges, people, teams
from projections.base import milliseconds, moment_of
from services.access import COOKIE
from services.app import create_app
from services.crew.desk import BadgeTerms, CommitteeDesk
from services.crew.windows import end_of_day, window_of
from services.pages import members as members_pages
from services.pages.layout import day_and_clock
from services.wiring import now

C = place.COMPOUND
TOKEN = re.compile(r"/j#([\w-]{20,})")


@pytest.fixture
def app(house):
    place.found(house)
    return create_app(house)


@pytest.fixture
def staff(app):
    return Visitor(app).signed_in("staff")


def registered(staff, body="volunteer", approve="yes"):
    answer = staff.post("/members", data={"body": body, "approve": approve})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].rpartition("/")[2]


def ok(answer, status=303):
    assert answer.status_code == status, answer.text
    return answer


def row_of(house, number):
    with house.read.reading() as rows:
        return people.member(rows, C, number, milliseconds(now()))


def badges_of(house, number):
    with house.read.reading() as rows:
        return badges.badges_of(rows, C, number)


def issue(staff, *numbers, **said):
    form = {"run": str(uuid4()), "member": list(numbers), "role": "runner", "preset": "next-hours", **said}
    return staff.post("/badges", data=form)


def with_session(app, token):
    visitor = Visitor(app)
    visitor.cookies.set(COOKIE, token, domain="bg.test")
    return visitor


def on_a_badge(app, house, staff, number):
    token = TOKEN.search(ok(issue(staff, number), 200).text)[1]
    return with_session(app, house.access.redeem_badge(token, "phone-1").session)


def on_a_role(app, house, number, role):
    grant = next(each for each in house.access.roles_of(number) if each.role == role)
    return with_session(app, house.access.open_session(grant, how="password"))


def test_an_applicant_gets_a_number_and_waits_under_it(app, house, staff):
    answer = ok(Visitor(app).post("/apply"))
    number = re.search(r"number=(m\w{8})", answer.headers["location"])[1]
    assert number in Visitor(app).get(answer.headers["location"]).text
    assert row_of(house, number).standing == "waiting"
    assert row_of(house, number).applied
    waiting = staff.get("/members?standing=waiting").text
    assert f"/members/{number}/approve" in waiting
    assert issue(staff, number).status_code == 409
    ok(staff.post(f"/members/{number}/approve"))
    assert row_of(house, number).standing == "approved"
    assert ok(issue(staff, number), 200)


def test_applications_from_one_address_run_dry(app):
    visitor = Visitor(app)
    app.state.entrance.limits.spend("apply", "127.0.0.1", cost=299)
    answers = [visitor.post("/apply") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 429]
    assert int(answers[-1].headers["retry-after"]) > 0


def test_a_number_that_is_none_of_ours_is_not_shown(app):
    text = Visitor(app).get("/apply", params={"number": "m<script>1"}).text
    assert "script>1" not in text


def test_a_withdrawn_role_counts_at_the_very_next_request(app, house, staff):
    number = registered(staff, "committee")
    ok(staff.post(f"/members/{number}/roles", data={"role": "staff"}))
    member = on_a_role(app, house, number, "staff")
    assert member.get("/members").status_code == 200
    ok(staff.post(f"/members/{number}/roles/withdraw", data={"role": "staff"}))
    assert member.get("/members").status_code == 401
    assert row_of(house, number).roles == ()
    assert house.access.roles_of(number) == []


def test_a_revoked_badge_counts_at_the_very_next_request(app, house, staff):
    number = registered(staff)
    runner = on_a_badge(app, house, staff, number)
    assert runner.get("/shift").status_code == 200
    (badge,) = badges_of(house, number)
    assert ok(staff.post(f"/badges/{badge.badge}/revoke")).headers["location"] == "/badges"
    assert runner.get("/scan").status_code == 401
    (row,) = badges_of(house, number)
    assert row.revoked_for == "staff-decision"
    told = f"{day_and_clock(moment_of(row.revoked_at))}</time> · decision of the staff"
    for path in ("/badges/day", f"/members/{number}"):
        assert told in staff.get(path).text, path


def test_a_suspended_member_is_out_at_the_very_next_request_by_every_way(app, house, staff):
    number = registered(staff, "committee")
    ok(staff.post(f"/members/{number}/roles", data={"role": "staff"}))
    ok(
        staff.post(
            f"/members/{number}/captain", data={"buildings": "3", "until": f"{now() + timedelta(days=9):%Y-%m-%d}"}
        )
    )
    by_role, by_badge = on_a_role(app, house, number, "staff"), on_a_badge(app, house, staff, number)
    key = house.access.create_api_key("staff", C, actor=number)
    invited = TOKEN.search(ok(staff.post(f"/members/{number}/invite", data={"role": "captain"}), 200).text)[1]
    headers = {"authorization": f"Bearer {key}"}
    assert [by_role.get("/board").status_code, by_badge.get("/board").status_code] == [200, 200]
    assert Visitor(app).get("/board", headers=headers).status_code == 200

    ok(staff.post(f"/members/{number}/suspend", data={"reason": "badge-lent"}))
    assert [by_role.get("/board").status_code, by_badge.get("/board").status_code] == [401, 401]
    assert Visitor(app).get("/board", headers=headers).status_code == 401
    assert house.access.redeem(invited) is None
    assert house.access.roles_of(number) == []
    assert {badge.revoked_for for badge in badges_of(house, number)} == {"member-suspended"}
    assert issue(staff, number).status_code == 409

    page = staff.get(f"/members/{number}").text
    assert page.count("cannot sign in while suspended") == 1
    assert page.count("rests while suspended; captain again once reinstated") == 1
    ok(staff.post(f"/members/{number}/reinstate"))
    (captain,) = house.access.roles_of(number)
    assert (captain.role, captain.scope.buildings) == ("captain", {"3"})
    assert row_of(house, number).roles == ("captain",)


def test_nobody_suspends_themselves_and_only_an_administrator_an_administrator(app, house, staff):
    number = registered(staff, "committee")
    ok(staff.post(f"/members/{number}/roles", data={"role": "staff"}))
    assert (
        on_a_role(app, house, number, "staff")
        .post(f"/members/{number}/suspend", data={"reason": "staff-decision"})
        .status_code
        == 409
    )
    admin = Visitor(app).signed_in("admin")
    assert staff.post(f"/members/{number}/roles", data={"role": "admin"}).status_code == 403
    ok(admin.post(f"/members/{number}/roles", data={"role": "admin"}))
    assert staff.post(f"/members/{number}/suspend", data={"reason": "staff-decision"}).status_code == 403
    ok(admin.post(f"/members/{number}/suspend", data={"reason": "staff-decision"}))


def test_a_captain_sees_their_buildings_until_relieved(app, house, staff):
    number = registered(staff, "resident")
    until = f"{now() + timedelta(days=9):%Y-%m-%d}"
    assert staff.post(f"/members/{number}/captain", data={"buildings": "99", "until": until}).status_code == 409
    assert house.access.roles_of(number) == []
    ok(staff.post(f"/members/{number}/captain", data={"buildings": "3、12", "until": until, "how": "elected"}))
    (grant,) = house.access.roles_of(number)
    assert (grant.scope.buildings, grant.until) == ({"3", "12"}, end_of_day(until))
    sooner = {"buildings": "12", "until": f"{now() + timedelta(days=2):%Y-%m-%d}", "how": "elected"}
    asked = staff.post(f"/members/{number}/captain", data=sooner)
    assert asked.status_code == 409
    assert "under other terms" in asked.text
    assert 'name="instead" value="yes" required' in asked.text
    assert re.search(rf"This would be replaced.*Building 12: elected · until {until}", asked.text, re.DOTALL)
    assert f'name="until" required value="{sooner["until"]}"' in asked.text, "what was filled in stays"
    assert 'name="instead"' not in staff.get(f"/members/{number}").text
    assert house.access.roles_of(number) == [grant]
    ok(staff.post(f"/members/{number}/captain", data={**sooner, "instead": "yes"}))
    ok(staff.post(f"/members/{number}/captain", data={**sooner, "until": until, "instead": "yes"}))
    captain = on_a_role(app, house, number, "captain")
    assert captain.get("/undelivered?building=3").status_code == 200
    badge = issue(staff, number, role="captain", buildings="3")
    assert badge.status_code == 200

    ok(staff.post(f"/members/{number}/captain/relieve", data={"buildings": "3"}))
    assert captain.get("/undelivered?building=12").status_code == 401
    (grant,) = house.access.roles_of(number)
    assert grant.scope.buildings == {"12"}
    assert badges_of(house, number)[0].revoked_at is not None


def test_an_invitation_works_once_and_with_the_roles_limits(app, house, staff):
    number = registered(staff, "resident")
    assert staff.post(f"/members/{number}/invite", data={"role": "leader"}).status_code == 409
    ok(staff.post(f"/members/{number}/roles", data={"role": "leader", "group_buys": "apples"}))
    token = TOKEN.search(ok(staff.post(f"/members/{number}/invite", data={"role": "leader"}), 200).text)[1]
    session = house.access.session(house.access.redeem(token))
    assert (session.actor, session.role, session.scope.group_buys) == (number, "leader", {"apples"})
    assert house.access.redeem(token) is None
    assert token not in staff.get(f"/members/{number}").text


def test_a_badge_is_shown_once_rolled_and_bound_to_what_was_said(app, house, staff):
    number = registered(staff)
    answer = issue(staff, number, station="gate", role="gate", buildings="3 12")
    token = TOKEN.search(ok(answer, 200).text)[1]
    assert "<svg" in answer.text
    assert token not in staff.get("/badges").text
    (badge,) = badges_of(house, number)
    (known,) = house.access.badges(C, member=number)
    assert known.id == badge.badge
    assert (known.scope.stations, known.scope.buildings) == ({"gate"}, {"3", "12"})

    rolled = TOKEN.search(ok(staff.post(f"/badges/{badge.badge}/roll"), 200).text)[1]
    assert house.access.redeem_badge(token, "phone-1") == "unknown"
    first = house.access.redeem_badge(rolled, "phone-1")
    assert first.badge.id == badge.badge
    assert issue(staff, number, preset="own", begins="2022-01-01T06:00", ends="2022-01-01T22:00").status_code == 409


def test_a_badge_that_was_opened_is_replaced_by_a_new_one(app, house, staff):
    number = registered(staff)
    runner = on_a_badge(app, house, staff, number)
    desk = CommitteeDesk(house, C, "staff-1")
    (badge,) = badges_of(house, number)
    said = place.said() | {"actor": number}
    assert house.shown(
        place.ask(house, RedeemBadge(**said, member=number, badge=badge.badge, device="phone-1")).events[-1]
    )
    issued = asyncio.run(desk.roll_badge(badge.badge))
    assert issued.badge != badge.badge
    assert runner.get("/scan").status_code == 401
    assert {each.revoked_for for each in badges_of(house, number)} == {"lost", None}


def test_a_form_sent_twice_makes_one_badge(app, house, staff):
    number = registered(staff)
    form = {"run": "8d7c1d0e-1111-4a4a-9b9b-0123456789ab", "member": [number], "role": "runner", "preset": "next-hours"}
    ok(staff.post("/badges", data=form), 200)
    again = staff.post("/badges", data=form)
    assert again.status_code == 409
    assert not TOKEN.search(again.text)
    assert len(badges_of(house, number)) == 1


def test_several_badges_are_printed_without_a_name_and_with_a_code_each(app, house, staff):
    numbers = [registered(staff) for _ in range(3)]
    page = ok(issue(staff, *numbers, show="sheet"), 200).text
    assert page.count('class="shift-badge') == page.count("<svg") == 3
    assert all(number in page for number in numbers)
    assert "/j#" not in page


def test_ending_a_shift_closes_it_at_once_and_the_page_shows_who_is_on_shift(app, house, staff):
    number = registered(staff)
    runner = on_a_badge(app, house, staff, number)
    (badge,) = badges_of(house, number)
    assert staff.post(f"/badges/{badge.badge}/end").status_code == 409
    assert runner.get("/shift").status_code == 200
    about = {"actor": number, "member": number, "badge": badge.badge}
    place.ask(house, RedeemBadge(**place.said() | about, device="phone-1"))
    answer = place.ask(house, StartShift(**place.said() | about, fit_for_duty=True))
    assert house.shown(answer.events[-1])
    assert f"/badges/{badge.badge}/end" in staff.get("/badges/day").text
    offered = Visitor(app).signed_in("sorter").get("/scan?step=hand-over").text
    assert f'value="volunteer:{number}"' in offered
    ok(staff.post(f"/badges/{badge.badge}/end"))
    assert runner.get("/scan").status_code == 401
    assert f"/badges/{badge.badge}/end" not in staff.get("/badges/day").text


def test_teams_are_formed_joined_left_disbanded_and_take_goods(app, house, staff):
    number = registered(staff)
    team = ok(staff.post("/teams", data={"task": "delivery"})).headers["location"].partition("#")[2]
    ok(staff.post(f"/teams/{team}/join", data={"member": number}))
    assert staff.post(f"/teams/{team}/join", data={"member": "nobody"}).status_code == 409
    with house.read.reading() as rows:
        assert teams.teams(rows, C)[0].members == (number,)
    sorter = Visitor(app).signed_in("sorter")
    assert f'value="team:{team}"' in sorter.get("/scan?step=hand-over").text
    form = {"door": "3-101", "group_buy": "apples", "taker": f"team:{team}", "taker.kind": "volunteer", "taker.id": ""}
    told = ok(sorter.post("/scan?step=hand-over", data=form), 200).text
    assert "answer good" in told or "answer wait" in told
    handed = [each.event for each in house.log.read(0, 1000) if each.stream.startswith(f"{C}/parcel-")][-1]
    assert (handed.taker.kind, handed.taker.id) == ("team", team)
    assert "taker-known" not in handed.doubts
    ok(staff.post(f"/teams/{team}/leave", data={"member": number}))
    ok(staff.post(f"/teams/{team}/disband"))
    assert team not in staff.get("/teams").text
    assert f"team:{team}" not in sorter.get("/scan?step=hand-over").text


def test_another_compounds_staff_reach_nobody_here(app, house, staff):
    number = registered(staff)
    runner = on_a_badge(app, house, staff, number)
    (badge,) = badges_of(house, number)
    strangers = CommitteeDesk(house, "elsewhere", "staff-9")
    for act in (
        strangers.suspend(number, "staff-decision"),
        strangers.revoke_badge(badge.badge),
        strangers.end_shift(badge.badge),
        strangers.withdraw_role(number, "runner"),
        strangers.sign_out_everywhere(number),
    ):
        with pytest.raises(Refused):
            asyncio.run(act)
    assert runner.get("/shift").status_code == 200


def test_no_cell_of_the_members_runs_as_a_formula(app, staff, monkeypatch):
    registered(staff)
    monkeypatch.setitem(members_pages.__dict__, "role_name", lambda *_: "=HYPERLINK(1)")
    number = registered(staff, "committee")
    ok(staff.post(f"/members/{number}/roles", data={"role": "auditor"}))
    answer = staff.get("/members.csv")
    cells = [cell for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))) for cell in row]
    assert "'=HYPERLINK(1)" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_the_list_is_narrowed_by_what_people_are(app, staff):
    runner, clerk = registered(staff), registered(staff, "committee")
    ok(staff.post(f"/members/{clerk}/roles", data={"role": "auditor"}))
    assert runner in staff.get("/members").text
    for query in ("body=committee", "role=auditor", f"number={clerk[:5]}"):
        text = staff.get(f"/members?{query}").text
        assert clerk in text, query
        assert runner not in text, query
    assert runner not in staff.get("/members?standing=suspended").text
    folded = '<details class="more narrowing">'
    assert folded in staff.get("/members").text
    assert folded not in staff.get("/members?role=auditor").text, "what was chosen is seen"


def test_acts_about_one_member_go_one_after_the_other(house):
    place.found(house)
    desk = CommitteeDesk(house, C, "staff-1")

    async def at_once():
        number = await desk.register("volunteer", approve=True)
        terms = BadgeTerms("runner", *window_of("next-hours", now()))
        acts = [desk.issue_badge(number, terms), desk.suspend(number, "badge-lent"), desk.issue_badge(number, terms)]
        return number, await asyncio.gather(*acts, return_exceptions=True)

    number, outcomes = asyncio.run(at_once())
    assert isinstance(outcomes[2], Refused)
    assert [each for each in house.access.badges(C, member=number) if each.revoked_at is None] == []


def test_a_badge_for_nobody_is_asked_about_on_the_same_page(staff):
    registered(staff, "volunteer")
    answer = staff.post("/badges", data={"run": str(uuid4()), "role": "gate", "preset": "today"})
    assert answer.status_code == 409
    assert "Choose first for whom" in answer.text
    assert re.search(r'value="gate" required checked', answer.text)


def test_the_badge_form_stands_before_the_shifts(staff):
    registered(staff)
    page = staff.get("/badges").text
    assert page.index('id="issue"') < page.index('id="badge-day"')
