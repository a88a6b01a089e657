import hashlib
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest

from infra.auth import NO_LIMIT, AccessStore, Scope
from infra.errors import StorageUnavailable

EARLIER = """
CREATE TABLE links (
  id TEXT PRIMARY KEY, digest BLOB NOT NULL UNIQUE, role TEXT NOT NULL, compound TEXT, actor TEXT NOT NULL,
  station TEXT, reusable INTEGER NOT NULL, created REAL NOT NULL, expires REAL NOT NULL, used_at REAL,
  revoked_at REAL, session_seconds REAL NOT NULL
) STRICT;
CREATE TABLE sessions (
  id TEXT PRIMARY KEY, digest BLOB NOT NULL UNIQUE, link TEXT NOT NULL, role TEXT NOT NULL, compound TEXT,
  actor TEXT NOT NULL, station TEXT, created REAL NOT NULL, expires REAL NOT NULL, language TEXT
) STRICT;
"""
NINE = datetime(2022, 4, 9, 9, 0, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.moment = NINE

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


def test_a_link_opens_one_session_with_its_role_place_and_an_opaque_name(access):
    token = access.issue_link("gate", compound="shengdu", station="gate-east")
    opened = access.session(access.redeem(token))
    assert (opened.role, opened.compound, opened.station) == ("gate", "shengdu", "gate-east")
    assert opened.actor.startswith("gate-")
    assert len(opened.actor) == len("gate-7f3k")
    assert access.redeem(token) is None


def test_a_reusable_link_opens_as_many_as_are_asked_for(access):
    token = access.issue_link("runner", reusable=True)
    assert access.redeem(token) != access.redeem(token)


def test_a_link_that_is_over_opens_nothing(access, clock):
    token = access.issue_link("runner", valid_for=timedelta(hours=1))
    clock.later(hours=1)
    assert access.redeem(token) is None


def test_a_session_ends_by_itself_even_while_it_is_remembered(access, clock):
    session = access.redeem(access.issue_link("runner", session_for=timedelta(hours=2)))
    assert access.session(session) is not None
    clock.later(hours=2)
    assert access.session(session) is None
    assert access.sessions() == []


def test_no_token_is_stored_only_its_digest(access, tmp_path):
    token = access.issue_link("staff")
    session = access.redeem(token)
    access.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert token.encode() not in stored
    assert session.encode() not in stored
    assert hashlib.sha256(token.encode()).digest() in stored


def test_the_file_is_for_its_owner_only(access, tmp_path):
    assert (tmp_path / "access.db").stat().st_mode & 0o077 == 0


def test_withdrawing_a_link_ends_its_sessions_at_once(access):
    session = access.redeem(access.issue_link("runner"))
    assert access.session(session) is not None
    link = access.links()[0]
    assert access.revoke_link(link.id)
    assert access.session(session) is None
    assert access.links()[0].revoked_at == NINE
    assert not access.revoke_link(link.id)


def test_withdrawing_an_unused_link_makes_it_useless(access):
    token = access.issue_link("runner")
    access.revoke_link(access.links()[0].id)
    assert access.redeem(token) is None


def test_withdrawing_a_person_ends_everything_of_theirs_and_nothing_else(access):
    mine = access.redeem(access.issue_link("runner", actor="runner-aaaa"))
    other = access.redeem(access.issue_link("runner", actor="runner-bbbb"))
    assert access.revoke_actor("runner-aaaa") == 2
    assert access.session(mine) is None
    assert access.session(other).actor == "runner-bbbb"


def test_signing_out_ends_only_this_session(access):
    token = access.issue_link("runner", reusable=True)
    here, there = access.redeem(token), access.redeem(token)
    access.sign_out(here)
    assert access.session(here) is None
    assert access.session(there) is not None


def by_another_process(tmp_path, words):
    """What it printed; ``store`` is its own AccessStore."""
    program = (
        "import sys, pathlib; from infra.auth import AccessStore;"
        f" store = AccessStore(pathlib.Path(sys.argv[1])); {words}"
    )
    command = [sys.executable, "-c", program, tmp_path / "access.db"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_what_another_process_withdraws_is_over_at_the_next_look_up(tmp_path):
    access = AccessStore(tmp_path / "access.db")
    session = access.redeem(access.issue_link("runner"))
    assert access.session(session) is not None
    link = by_another_process(tmp_path, "store.revoke_link(store.links()[0].id); print(store.issue_link('staff'))")
    assert access.session(session) is None
    assert access.session(access.redeem(link)).role == "staff"
    access.close()


def test_a_file_of_an_earlier_version_is_taken_over(tmp_path):
    before = sqlite3.connect(tmp_path / "access.db")
    before.executescript(EARLIER)
    before.execute(
        "INSERT INTO sessions VALUES ('s', ?, 'l', 'gate', 'shengdu', 'gate-7f3k', NULL, 0, 9e9, NULL)",
        (hashlib.sha256(b"old").digest(),),
    )
    before.commit()
    before.close()
    access = AccessStore(tmp_path / "access.db")
    assert access.session("old")[:4] == ("s", "gate", "shengdu", "gate-7f3k")
    assert access.session("old").scope == NO_LIMIT
    assert access.redeem(access.issue_link("runner"))
    access.close()


def test_a_session_knows_its_limits(access):
    scope = Scope.of(buildings={"3", "4"}, group_buys=())
    opened = access.session(access.redeem(access.issue_link("captain", actor="m7kq2x9d4", scope=scope)))
    assert opened.actor == "m7kq2x9d4"
    assert opened.scope == (None, frozenset({"3", "4"}), frozenset())


def test_signing_out_everywhere_leaves_only_the_session_that_asked(access):
    link = access.issue_link("staff", actor="m7kq2x9d4", reusable=True)
    here, there = access.redeem(link), access.redeem(link)
    other = access.redeem(access.issue_link("staff", actor="m00000000"))
    assert access.sign_out_everywhere("m7kq2x9d4", but=access.session(here).id) == 1
    assert access.session(here)
    assert access.session(there) is None
    assert access.session(other)
    assert access.sign_out_everywhere("m7kq2x9d4") == 1
    assert [session.actor for session in access.sessions()] == ["m00000000"]


def test_a_withdrawn_role_ends_what_it_opened_and_no_other_role(access):
    member = "m7kq2x9d4"
    access.give_role(member, "staff", "shengdu")
    access.give_role(member, "captain", "shengdu", scope=Scope.of(buildings={"3"}))
    opened = {grant.role: access.open_session(grant, how="password") for grant in access.roles_of(member)}
    invitation = access.issue_link("staff", compound="shengdu", actor=member)
    assert access.withdraw_role(member, "staff", "shengdu") == 2
    assert access.session(opened["staff"]) is None
    assert access.redeem(invitation) is None
    assert access.session(opened["captain"]).scope.buildings == {"3"}
    assert [grant.role for grant in access.roles_of(member)] == ["captain"]


def test_a_role_that_another_process_withdraws_counts_at_the_next_look_up(tmp_path):
    access = AccessStore(tmp_path / "access.db")
    access.give_role("m7kq2x9d4", "staff", "shengdu")
    session = access.open_session(access.roles_of("m7kq2x9d4")[0], how="password")
    assert access.session(session)
    by_another_process(tmp_path, "store.withdraw_role('m7kq2x9d4', 'staff', 'shengdu')")
    assert access.session(session) is None
    access.close()


def test_a_role_given_with_other_limits_ends_the_sessions_with_the_old_ones(access):
    access.give_role("m7kq2x9d4", "captain", "shengdu", scope=Scope.of(buildings={"3", "4"}))
    session = access.open_session(access.roles_of("m7kq2x9d4")[0], how="password")
    access.give_role("m7kq2x9d4", "captain", "shengdu", scope=Scope.of(buildings={"3"}))
    assert access.session(session) is None


def test_a_role_and_its_sessions_end_on_their_day(access, clock):
    access.give_role("m7kq2x9d4", "captain", "shengdu", until=NINE + timedelta(hours=1))
    held = access.roles_of("m7kq2x9d4")[0]
    session = access.open_session(held, how="password")
    clock.later(hours=1)
    assert access.session(session) is None
    assert access.roles_of("m7kq2x9d4") == []
    assert access.open_session(held, how="password") is None


def test_all_sessions_of_a_role_can_be_ended(access):
    tokens = [access.redeem(access.issue_link(role, compound="a")) for role in ("runner", "runner", "gate")]
    assert access.revoke_role("runner", "b") == 0
    assert access.revoke_role("runner", "a") == 2
    assert [access.session(token) is None for token in tokens] == [True, True, False]


def test_a_subject_belongs_to_the_member_who_linked_it(access):
    assert access.member_of_subject("https://id.test", "s-1") is None
    assert access.link_subject("https://id.test", "s-1", "m7kq2x9d4")
    assert access.link_subject("https://id.test", "s-1", "m7kq2x9d4")
    assert not access.link_subject("https://id.test", "s-1", "m00000000")
    assert access.member_of_subject("https://id.test", "s-1") == "m7kq2x9d4"
    assert access.member_of_subject("https://other.test", "s-1") is None
    assert access.linked_since("https://id.test", "m7kq2x9d4") is not None
    assert access.linked_since("https://other.test", "m7kq2x9d4") is None
    assert access.unlink_subjects("https://id.test", "m7kq2x9d4") == 1
    assert access.linked_since("https://id.test", "m7kq2x9d4") is None


def test_a_one_time_link_opens_once_however_many_tap_together(access):
    token = access.issue_link("runner")
    opened = []
    threads = [threading.Thread(target=lambda: opened.append(access.redeem(token))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([session for session in opened if session]) == 1


def test_lists_are_of_one_compound_or_of_all(access):
    for compound in ("a", "b"):
        access.redeem(access.issue_link("runner", compound=compound))
    assert len(access.links()) == len(access.sessions()) == 2
    assert [link.compound for link in access.links("a")] == ["a"]
    assert [session.compound for session in access.sessions("b")] == ["b"]


def test_the_language_is_remembered_with_the_session(access):
    token = access.redeem(access.issue_link("runner"))
    access.remember_language(access.session(token).id, "en")
    assert access.session(token).language == "en"


def test_what_could_not_be_read_is_kept_once_cut_short_and_purged(access, clock):
    access.add_set_aside("s-1", "x" * 9000, compound="shengdu")
    access.add_set_aside("s-1", "again", compound="shengdu")
    clock.later(days=1)
    access.add_set_aside("s-2", "{}", compound="other")
    assert [kept.id for kept in access.set_aside()] == ["s-2", "s-1"]
    assert len(access.set_aside("shengdu")[0].raw) == 4000
    assert access.purge_set_aside(before=NINE + timedelta(hours=1)) == 1
    assert [kept.id for kept in access.set_aside()] == ["s-2"]
    assert access.purge_set_aside() == 1


def test_a_locked_file_is_named_as_such(tmp_path):
    access = AccessStore(tmp_path / "access.db")
    other = sqlite3.connect(tmp_path / "access.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageUnavailable):
        access.issue_link("runner")
    other.execute("ROLLBACK")
    other.close()
    assert access.issue_link("runner")
    access.close()
