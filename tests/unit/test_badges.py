"""Badges and shifts: only for approved members, in a sane window, redeemed once, dead when revoked or over."""

import examples as e
import examples_people as p
import pytest
from given import given

from domain.community.people.badges import EndShift, IssueBadge, RedeemBadge, RevokeBadge, StartShift
from domain.community.people.facts import BadgeIssued, BadgeRedeemed, BadgeRevoked, ShiftEnded, ShiftStarted

MEMBER = [p.registered(), p.approved()]
BADGED = [*MEMBER, p.issued()]
READY = [*BADGED, p.redeemed()]


def issuing(**other):
    return p.asked_of(IssueBadge, **{"role": "runner", "buildings": ("12", "12"), **p.window()} | other)


def of_badge(request, minutes=0, **other):
    return p.asked_of(request, minutes, **{"badge": p.BADGE, "actor": p.MEMBER} | other)


def test_a_badge_is_issued_for_role_station_buildings_and_window():
    request = issuing(station="gate", role="gate")
    terms = {"badge": request.id.hex, "role": "gate", "station": "gate", "buildings": ("12",), **p.window()}
    issued = BadgeIssued(**p.caused(request, member=p.MEMBER, **terms))
    given(*p.compound(), *MEMBER).when(request).then(issued)
    given(*p.compound(), *MEMBER, issued).when(request).then()


@pytest.mark.parametrize(
    ("past", "request_", "rule"),
    [
        pytest.param([], issuing(), "member-known", id="a stranger"),
        pytest.param([p.registered()], issuing(), "member-approved", id="not approved"),
        pytest.param([*MEMBER, p.suspended()], issuing(), "member-not-suspended", id="suspended"),
        pytest.param(MEMBER, issuing(role="staff"), "badge-role", id="staff by badge"),
        pytest.param(MEMBER, issuing(role="admin"), "badge-role", id="administrator by badge"),
        pytest.param(MEMBER, issuing(buildings=("13",)), "building-known", id="a building that is not there"),
        pytest.param(MEMBER, issuing(station="rest-1"), "station-known", id="a station that is not open"),
        pytest.param(MEMBER, issuing(role="captain"), "badge-of-captain", id="captain of nothing"),
        pytest.param(MEMBER, issuing(role="captain", buildings=()), "badge-buildings", id="captain of no building"),
        pytest.param(
            [*MEMBER, p.captain_named()],
            issuing(role="captain", buildings=("11",)),
            "badge-of-captain",
            id="captain elsewhere",
        ),
        pytest.param(
            [*MEMBER, p.captain_named(), p.captain_relieved(-5)],
            issuing(role="captain"),
            "badge-of-captain",
            id="no longer captain",
        ),
        pytest.param(MEMBER, issuing(**p.window(0, 0)), "window-sane", id="no time at all"),
        pytest.param(MEMBER, issuing(**p.window(-600, 2)), "window-sane", id="over already"),
        pytest.param(MEMBER, issuing(**p.window(0, 73)), "window-sane", id="more than three days"),
        pytest.param(MEMBER, issuing(**p.window(60 * 24 * 40)), "window-sane", id="in forty days"),
    ],
)
def test_a_badge_is_refused(past, request_, rule):
    given(*p.compound(), *past).when(request_).then_refused(rule)


def test_a_captain_may_have_a_badge_for_their_own_buildings():
    past = [*p.compound(), *MEMBER, p.captain_named()]
    assert given(*past).when(issuing(role="captain")).refusal is None


def redeeming(minutes=-50, **other):
    return of_badge(RedeemBadge, minutes, device="phone-1", **other)


def test_a_badge_is_redeemed_once():
    request = redeeming()
    redeemed = BadgeRedeemed(**p.caused(request, member=p.MEMBER, badge=p.BADGE, device="phone-1"))
    given(*BADGED).when(request).then(redeemed)
    given(*BADGED, redeemed).when(redeeming()).then_refused("badge-unused")


@pytest.mark.parametrize(
    ("past", "request_", "rule"),
    [
        pytest.param([], redeeming(), "member-known", id="a stranger"),
        pytest.param(MEMBER, redeeming(), "badge-known", id="a guess"),
        pytest.param(BADGED, redeeming(500), "badge-in-window", id="after its time"),
        pytest.param([*BADGED, p.revoked(-55)], redeeming(), "badge-not-revoked", id="revoked"),
        pytest.param([*BADGED, p.suspended(-55)], redeeming(), "member-not-suspended", id="suspended"),
    ],
)
def test_a_badge_is_not_redeemed(past, request_, rule):
    given(*past).when(request_).then_refused(rule)


def test_a_badge_is_revoked_once():
    request = of_badge(RevokeBadge, actor=p.STAFF, reason="lost")
    revoked = BadgeRevoked(**p.caused(request, member=p.MEMBER, badge=p.BADGE, reason="lost"))
    given(*BADGED).when(request).then(revoked)
    given(*BADGED, revoked).when(of_badge(RevokeBadge, reason="lent")).then()
    given(*MEMBER).when(of_badge(RevokeBadge, reason="lent")).then_refused("badge-known")


def starting(minutes=-45, **other):
    return of_badge(StartShift, minutes, **{"fit_for_duty": True} | other)


def test_a_shift_is_started_and_ended_once():
    request = starting()
    started = ShiftStarted(**p.caused(request, member=p.MEMBER, badge=p.BADGE, fit_for_duty=True))
    given(*READY).when(request).then(started)
    given(*READY, started).when(starting()).then()
    ending = of_badge(EndShift, 200)
    ended = ShiftEnded(**p.caused(ending, member=p.MEMBER, badge=p.BADGE))
    given(*READY, started).when(ending).then(ended)
    given(*READY, started, ended).when(of_badge(EndShift, 201)).then()
    given(*READY, started, p.revoked(100)).when(ending).then(ended)
    given(*READY, started, ended).when(starting(210)).then_refused("shift-not-over")


@pytest.mark.parametrize(
    ("past", "request_", "rule"),
    [
        pytest.param(READY, starting(fit_for_duty=False), "fit-for-duty", id="not fit for duty"),
        pytest.param(BADGED, starting(), "badge-redeemed", id="not redeemed"),
        pytest.param(READY, starting(-70), "badge-in-window", id="too early"),
        pytest.param(READY, starting(481), "badge-in-window", id="too late"),
        pytest.param([*READY, p.revoked(-47)], starting(), "badge-not-revoked", id="revoked"),
        pytest.param([*READY, p.suspended(-47)], starting(), "member-not-suspended", id="suspended"),
        pytest.param(READY, starting(team=p.TEAM), "team-known", id="no such team"),
        pytest.param([*READY, p.team_formed()], starting(team=p.TEAM), "team-member", id="not in the team"),
        pytest.param(
            [*READY, p.team_formed(), p.team_joined(), p.team_disbanded(-60)],
            starting(team=p.TEAM),
            "team-known",
            id="a disbanded team",
        ),
        pytest.param(READY, of_badge(EndShift), "shift-started", id="ending what has not begun"),
    ],
)
def test_a_shift_is_refused(past, request_, rule):
    given(*past).when(request_).then_refused(rule)


def test_a_shift_is_worked_in_a_team():
    request = starting(team=p.TEAM)
    terms = {"badge": p.BADGE, "fit_for_duty": True, "team": p.TEAM}
    started = ShiftStarted(**p.caused(request, member=p.MEMBER, **terms))
    given(*READY, p.team_formed(), p.team_joined()).when(request).then(started)


def test_the_window_ends_with_its_last_moment():
    assert given(*READY).when(starting(480)).refusal is None
    assert e.at(480) == p.issued().until
