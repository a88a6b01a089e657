"""What a scanner is told about hands: no valid badge, not on shift, a taker whom nobody knows; and two people's release."""

import examples as e
import examples_people as p
import pytest
from given import given, reading

from domain.base import Holder

SORTED = e.declared_to_sorted()
ON_SHIFT = p.on_shift()
NO_SHIFT = ON_SHIFT[:-1]
NOT_REDEEMED = ON_SHIFT[:-2]
NO_BADGE = ON_SHIFT[:2]
RUNNER = Holder(kind="volunteer", id=p.MEMBER)


def delivered(minutes=120, **other):
    """By the member, of a parcel that they took."""
    return e.delivered(minutes, **{"actor": p.MEMBER} | other)


TAKEN = [*SORTED, e.handed_over(taker=RUNNER, actor="sorter-1")]


@pytest.mark.parametrize(
    ("people", "scan", "rules"),
    [
        pytest.param(ON_SHIFT, delivered(), set(), id="on shift"),
        pytest.param(NO_SHIFT, delivered(), {"on-shift"}, id="a badge but no shift"),
        pytest.param(NOT_REDEEMED, delivered(), {"on-shift", "badge-valid"}, id="a badge that no phone has opened"),
        pytest.param(NO_BADGE, delivered(), set(), id="never issued a badge"),
        pytest.param(ON_SHIFT, delivered(actor="runner-7f3k"), set(), id="an old link is no member"),
        pytest.param([*ON_SHIFT, p.shift_ended(119)], delivered(), {"on-shift"}, id="after the shift"),
        pytest.param([*ON_SHIFT, p.shift_ended(120)], delivered(), set(), id="with the end of the shift"),
        pytest.param([*ON_SHIFT, p.revoked(119)], delivered(), {"badge-valid"}, id="after the badge was revoked"),
        pytest.param([*ON_SHIFT, p.revoked(130)], delivered(), set(), id="before the badge was revoked"),
        pytest.param(ON_SHIFT, delivered(481), {"badge-valid"}, id="after the time of the badge"),
        pytest.param(
            [*ON_SHIFT[:2], p.issued(from_=e.at(130)), *ON_SHIFT[3:]],
            delivered(),
            {"badge-valid"},
            id="before the time of the badge",
        ),
        pytest.param([*NO_SHIFT, p.role_given()], delivered(), set(), id="staff with a badge besides"),
        pytest.param(
            [*NO_SHIFT, p.role_given(role="viewer")], delivered(), {"on-shift"}, id="a role that scans nothing"
        ),
        pytest.param(
            [*NO_SHIFT, p.role_given(), p.role_withdrawn(100)], delivered(), {"on-shift"}, id="no longer staff"
        ),
        pytest.param([*NO_SHIFT, p.captain_named()], delivered(), set(), id="a captain with a badge besides"),
        pytest.param(
            [*NO_SHIFT, p.captain_named(until=e.at(119))], delivered(), {"on-shift"}, id="a captain whose time is over"
        ),
        pytest.param(
            [*NO_SHIFT, p.captain_named(), p.captain_relieved(100)], delivered(), {"on-shift"}, id="relieved as captain"
        ),
        pytest.param(
            [*NO_BADGE, p.issued(125), p.redeemed(126)],
            delivered(),
            set(),
            id="what was scanned before the first badge",
        ),
        pytest.param(
            [*ON_SHIFT, p.shift_ended(60), *(make(badge="c" * 32) for make in (p.issued, p.redeemed, p.shift_started))],
            delivered(),
            set(),
            id="on shift by the second badge",
        ),
    ],
)
def test_the_hand_of_a_scan(people, scan, rules):
    given(*people, *TAKEN).when(scan).then_doubts(*rules)


def handed_to(kind, name, minutes=110):
    return e.handed_over(minutes, taker=Holder(kind=kind, id=name))


VOLUNTEERS = [*p.compound(), *NO_BADGE]


@pytest.mark.parametrize(
    ("people", "scan", "rules"),
    [
        pytest.param([], handed_to("volunteer", "runner-1"), set(), id="nobody is registered here"),
        pytest.param([p.registered()], handed_to("volunteer", "runner-1"), set(), id="nobody is approved yet"),
        pytest.param(VOLUNTEERS, handed_to("volunteer", p.MEMBER), set(), id="an approved volunteer"),
        pytest.param(VOLUNTEERS, handed_to("volunteer", "runner-1"), {"taker-known"}, id="a volunteer nobody knows"),
        pytest.param(VOLUNTEERS, handed_to("volunteer", p.OTHER), {"taker-known"}, id="a number nobody has"),
        pytest.param(
            [*VOLUNTEERS, p.registered(member=p.OTHER)],
            handed_to("volunteer", p.OTHER),
            {"taker-known"},
            id="one who is not approved",
        ),
        pytest.param(
            [p.registered(body="committee"), p.approved(body="committee")],
            handed_to("volunteer", "runner-1"),
            set(),
            id="only staff are registered",
        ),
        pytest.param(
            [*p.compound(), p.registered(), p.approved(115)],
            handed_to("volunteer", "runner-1"),
            set(),
            id="before the first volunteer was approved",
        ),
        pytest.param(VOLUNTEERS, handed_to("team", "3"), set(), id="no teams are formed here"),
        pytest.param([*VOLUNTEERS, p.team_formed()], handed_to("team", p.TEAM), set(), id="a team"),
        pytest.param(
            [*VOLUNTEERS, p.team_formed()], handed_to("team", "3"), {"taker-known"}, id="a team nobody formed"
        ),
        pytest.param(VOLUNTEERS, handed_to("captain", "11"), {"right-building"}, id="no captains are named here"),
        pytest.param([*VOLUNTEERS, p.captain_named()], handed_to("captain", "12"), set(), id="captain of the building"),
        pytest.param([*VOLUNTEERS, p.captain_named()], handed_to("captain", p.MEMBER), set(), id="captain by number"),
        pytest.param(
            [*VOLUNTEERS, p.captain_named()],
            handed_to("captain", "11"),
            {"taker-known", "right-building"},
            id="a building without one",
        ),
        pytest.param(VOLUNTEERS, handed_to("station", "gate"), set(), id="a station"),
        pytest.param(VOLUNTEERS, handed_to("station", "lobby-3"), {"taker-known"}, id="a station nobody opened"),
        pytest.param(VOLUNTEERS, handed_to("household", "12-501"), set(), id="a household has its door"),
    ],
)
def test_the_taker_of_goods(people, scan, rules):
    given(*people, *SORTED).when(scan).then_doubts(*rules)


def test_a_crate_is_taken_by_somebody_known():
    stranger = e.crate_handed_over(taker=Holder(kind="volunteer", id="runner-1"))
    given(*VOLUNTEERS, *SORTED, e.crate_packed()).when(stranger).then_doubts("taker-known")


HELD = [*SORTED, e.held()]


@pytest.mark.parametrize(
    ("signed", "doubted", "stage"),
    [
        pytest.param([e.released(107, emergency=True)], True, "sorted", id="one alone"),
        pytest.param([e.released(107, emergency=True), e.released(110)], True, "sorted", id="the same hand again"),
        pytest.param(
            [e.released(107, emergency=True), e.released(110, actor=e.SECOND_SIGNER)],
            False,
            "sorted",
            id="a second person",
        ),
        pytest.param(
            [e.released(106, actor=e.SECOND_SIGNER), e.released(107, emergency=True)],
            False,
            "sorted",
            id="as the second one",
        ),
        pytest.param(
            [e.released(107, emergency=True), e.released(108, actor=e.SECOND_SIGNER, emergency=True)],
            False,
            "sorted",
            id="both in a hurry",
        ),
        pytest.param([e.released(107)], False, "held", id="one of two without an emergency"),
    ],
)
def test_one_releases_in_an_emergency_and_a_second_person_signs_afterwards(signed, doubted, stage):
    view = reading(e.PARCEL, [*HELD, *signed])
    alone = {scan for scan, broken in view.doubts.items() if "two-people" in broken.rules}
    assert alone == ({signed[0].command} if doubted else set())
    assert view.stage == stage
    assert reading(e.PARCEL, [*reversed(signed), *HELD]).doubts == view.doubts


def test_who_releases_alone_in_an_emergency_is_told_and_the_parcel_may_move():
    alone = e.released(107, emergency=True)
    given(*HELD).when(alone).then_doubts("two-people")
    given(*HELD, alone).when(e.handed_over()).then_doubts()
