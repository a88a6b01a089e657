from datetime import UTC, datetime, timedelta

import pytest

from infra.auth import AccessStore, BadgeWanted, Scope

SIX = datetime(2022, 4, 9, 6, 0, tzinfo=UTC)
MEMBER = "m7kq2x9d4"


class Clock:
    def __init__(self):
        self.moment = SIX

    def __call__(self):
        return self.moment

    def later(self, **span):
        self.moment += timedelta(**span)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def access(tmp_path, clock):
    store = AccessStore(tmp_path / "access.db", now=clock)
    yield store
    store.close()


def wanted(badge="b1", **more):
    said = {"compound": "shengdu", "member": MEMBER, "role": "runner", "begins": SIX, "ends": SIX + timedelta(hours=16)}
    return BadgeWanted(badge, **{**said, **more})


def test_a_badge_opens_one_session_bound_to_all_that_it_says(access):
    scope = Scope.of(stations={"lobby-3"}, buildings={"3"})
    token = access.issue_badge(wanted(station="lobby-3", scope=scope))
    redeemed = access.redeem_badge(token, "phone-1")
    session = access.session(redeemed.session)
    assert (session.role, session.compound, session.actor, session.station) == (
        "runner", "shengdu", MEMBER, "lobby-3",
    )  # fmt: skip
    assert (session.badge, session.device, session.scope, session.how) == ("b1", "phone-1", scope, "badge")
    assert session.expires == SIX + timedelta(hours=16)
    assert access.badges("shengdu")[0].device == "phone-1"


def test_a_badge_used_twice_opens_nothing_the_second_time(access):
    token = access.issue_badge(wanted())
    assert access.redeem_badge(token, "phone-1")
    assert access.redeem_badge(token, "phone-2") == "used"
    assert len(access.sessions()) == 1


def test_a_badge_opens_nothing_outside_of_its_window(access, clock):
    token = access.issue_badge(wanted(begins=SIX + timedelta(hours=1)))
    assert access.redeem_badge(token, "phone-1") == "not-yet"
    clock.later(hours=1)
    other = access.issue_badge(wanted("b2"))
    assert access.redeem_badge(token, "phone-1").badge.id == "b1"
    clock.later(hours=15)
    assert access.redeem_badge(other, "phone-1") == "over"


def test_a_rolled_badge_makes_the_old_token_and_what_it_opened_useless(access):
    old = access.issue_badge(wanted())
    before = access.redeem_badge(old, "lost-phone")
    new = access.roll_badge("b1")
    assert access.session(before.session) is None
    assert access.redeem_badge(old, "lost-phone") == "unknown"
    assert access.session(access.redeem_badge(new, "phone-2").session).device == "phone-2"
    access.revoke_badge("b1")
    assert access.roll_badge("b1") is None
    assert access.roll_badge("nobody's") is None


@pytest.mark.parametrize("way", ["revoke_badge", "end_shift"])
def test_a_revoked_badge_and_an_ended_shift_count_at_once(access, way):
    token = access.issue_badge(wanted())
    redeemed = access.redeem_badge(token, "phone-1")
    assert access.session(redeemed.session)
    assert getattr(access, way)("b1")
    assert access.session(redeemed.session) is None
    assert access.redeem_badge(token, "phone-1") == "revoked"
    assert not getattr(access, way)("b1")


def test_a_badge_is_issued_once(access):
    access.issue_badge(wanted())
    with pytest.raises(ValueError, match="roll it"):
        access.issue_badge(wanted())


def test_neither_badge_nor_upload_key_stand_in_the_file(access, tmp_path):
    token = access.issue_badge(wanted())
    redeemed = access.redeem_badge(token, "phone-1")
    access.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for secret in (token, redeemed.session, redeemed.upload_key):
        assert secret.encode() not in stored


def test_no_token_passes_for_one_of_another_kind(access):
    badge = access.issue_badge(wanted())
    redeemed = access.redeem_badge(badge, "phone-1")
    key = access.create_api_key("admin", None)
    link = access.issue_link("admin")
    assert access.session(redeemed.session)
    assert access.upload_key(redeemed.upload_key)
    assert access.api_key(key)
    for token in (badge, redeemed.upload_key, key, link):
        assert access.session(token) is None
    for token in (badge, redeemed.session, key, link):
        assert access.upload_key(token) is None
    for token in (badge, redeemed.session, redeemed.upload_key, link):
        assert access.api_key(token) is None
    for token in (redeemed.session, redeemed.upload_key, key, link):
        assert access.redeem_badge(token, "phone-1") == "unknown"
    for token in (badge, redeemed.session, redeemed.upload_key, key):
        assert access.redeem(token) is None


def test_an_upload_key_covers_the_window_and_is_accepted_for_72_hours_more(access, clock):
    key = access.redeem_badge(access.issue_badge(wanted()), "phone-1").upload_key
    known = access.upload_key(key)
    assert not known.is_late(clock())
    assert known.covers(SIX)
    assert not known.covers(SIX - timedelta(seconds=1))
    assert not known.covers(SIX + timedelta(hours=16))
    clock.later(hours=16)
    assert access.upload_key(key).is_late(clock())
    clock.later(hours=71, minutes=59)
    assert access.upload_key(key)
    clock.later(minutes=1)
    assert access.upload_key(key) is None


@pytest.mark.parametrize(
    "end",
    [
        lambda access, _: access.end_shift("b1"),
        lambda access, _: access.revoke_actor(MEMBER),
        lambda access, redeemed: access.sign_out(redeemed.session),
        lambda access, _: access.sign_out_everywhere(MEMBER),
        lambda access, _: access.withdraw_role(MEMBER, "runner", "shengdu"),
        lambda access, _: access.roll_badge("b1"),
    ],
)
def test_what_ends_a_session_cuts_its_upload_key_there(access, clock, end):
    redeemed = access.redeem_badge(access.issue_badge(wanted()), "phone-1")
    clock.later(hours=2)
    end(access, redeemed)
    clock.later(hours=1)
    key = access.upload_key(redeemed.upload_key)
    assert key.ends == SIX + timedelta(hours=2)
    assert key.is_late(clock())
    assert key.covers(SIX + timedelta(hours=1))
    assert not key.covers(SIX + timedelta(hours=2, minutes=30))
    clock.later(hours=71)
    assert access.upload_key(redeemed.upload_key) is None


def test_whom_staff_shut_out_has_no_badge_any_more(access):
    token = access.issue_badge(wanted())
    assert access.revoke_actor(MEMBER) == 1
    assert access.redeem_badge(token, "phone-1") == "revoked"
