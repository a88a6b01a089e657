import pytest
from argon2 import PasswordHasher

from infra.auth import AccessStore, PasswordRefused

MEMBER = "m7kq2x9d4"
GOOD = "白菜 土豆 cabbage 7"
WEAK = (
    "1234567890", "0123456789", "9876543210", "12345678901234", "0987654321", "1234554321", "1234567812345678",
    "abcdefghij", "aaaaaaaaaa", "!!!!!!!!!!", "1212121212", "abcabcabcabc", "Password-123!", "QWERTYUIOP", "woaini5201314",
    "1-2-3-4-5-6-7-8-9-0", "保保保保保保保保保保",
)  # fmt: skip
WORD_AND_DIGITS = (
    "Shanghai-20220401",
    "保供2022保供2022！",
    "admin 888888 !!",
    "志愿者20220401",
    "woaini19990101",
    "baogong@shanghai",
)
OF_THE_PLACE = (
    "shengdu2022",
    "Sheng-Du 2022!",
    "shengduhui2022",
    "圣都汇20220401",
    "2022shengdu0401",
    "圣都汇保供2022加油",
)
NOT_WEAK = (
    "three green cabbages",
    "19491001 kitchen",
    "mn7 kq2 zz9 1",
    "红苹果三箱送到十二号楼",
    "1234 blue doors",
    "shengdu smells of lilac",
    "in Shanghai fährt kein Bus",
)


@pytest.fixture
def access(tmp_path, monkeypatch):
    monkeypatch.setattr(AccessStore, "hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    store = AccessStore(tmp_path / "access.db")
    yield store
    store.close()


def test_a_member_signs_in_by_id_or_alias_and_password(access):
    access.set_password(MEMBER, GOOD, login="office-2")
    assert access.check_password("office-2", GOOD) == MEMBER
    assert access.check_password(MEMBER, GOOD) == MEMBER
    assert access.check_password("office-2", GOOD + "x") is None
    assert access.check_password("office-3", GOOD) is None
    assert access.has_password(MEMBER)


def test_only_an_argon2_hash_is_stored(access, tmp_path):
    access.set_password(MEMBER, GOOD)
    access.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert GOOD.encode() not in stored
    assert b"$argon2id$" in stored


def test_it_is_changed_only_with_the_old_one_and_keeps_its_alias(access):
    access.set_password(MEMBER, GOOD, login="office-2")
    assert not access.change_password(MEMBER, "not the old one", "another good one")
    assert access.change_password(MEMBER, GOOD, "another good one")
    assert access.check_password("office-2", GOOD) is None
    assert access.check_password("office-2", "another good one") == MEMBER


@pytest.mark.parametrize(
    ("password", "login", "reason"),
    [
        ("short", None, "too-short"),
        ("x" * 201, None, "too-long"),
        (f"my {MEMBER} password", None, "like-the-login"),
        (f"my {MEMBER} password", "desk-2", "like-the-login"),
        ("the door of Desk-2", "desk-2", "like-the-login"),
        *((weak, None, "too-common") for weak in (*WEAK, *WORD_AND_DIGITS)),
        (f"{MEMBER[:4]}-{MEMBER[4:]} 2022", None, "like-the-login"),
        (GOOD, "13812345678", "login-not-opaque"),
        (GOOD, "王阿姨", "login-not-opaque"),
        (GOOD, "taken", "login-taken"),
        (GOOD, "m1a2b3c4d", "login-taken"),
    ],
)
def test_what_is_no_good_password_or_login_is_refused_by_name(access, password, login, reason):
    access.set_password("m1a2b3c4d", GOOD, login="taken")
    with pytest.raises(PasswordRefused) as refused:
        access.set_password(MEMBER, password, login=login)
    assert refused.value.reason == reason
    assert not access.has_password(MEMBER)


@pytest.mark.parametrize("password", OF_THE_PLACE)
def test_what_the_compound_is_called_is_tried_first(access, password):
    with pytest.raises(PasswordRefused) as refused:
        access.set_password(MEMBER, password, words=["shengdu", "圣都汇"])
    assert refused.value.reason == "too-common"


@pytest.mark.parametrize("password", NOT_WEAK)
def test_a_few_words_are_good_enough(access, password):
    access.set_password(MEMBER, password, words=["shengdu", "圣都汇"])
    assert access.check_password(MEMBER, password) == MEMBER


def test_a_password_from_before_goes_on_opening(access, monkeypatch):
    with monkeypatch.context() as before:
        before.setattr("infra.auth.passwords.is_weak", lambda _password, _words: False)
        access.set_password(MEMBER, "1234567890")
    assert access.check_password(MEMBER, "1234567890") == MEMBER


def test_a_hash_with_old_parameters_is_renewed_at_the_next_sign_in(access, monkeypatch):
    access.set_password(MEMBER, GOOD)
    dearer = PasswordHasher(time_cost=2, memory_cost=128, parallelism=1)
    monkeypatch.setattr(AccessStore, "hasher", dearer)
    assert access.check_password(MEMBER, "wrong password") is None
    assert dearer.check_needs_rehash(stored_hash(access))
    assert access.check_password(MEMBER, GOOD) == MEMBER
    assert not dearer.check_needs_rehash(stored_hash(access))
    assert access.check_password(MEMBER, GOOD) == MEMBER


def stored_hash(access):
    return access._read("SELECT hash FROM passwords")[0][0]  # noqa: SLF001


def test_an_unknown_login_costs_as_many_hashes_as_a_known_one(access, monkeypatch):
    access.set_password(MEMBER, GOOD)
    access.check_password("nobody", GOOD)
    checked = []
    real = access.hasher.verify

    class Counting(PasswordHasher):
        def verify(self, hashed, password):
            checked.append(hashed.split("$")[3])
            return real(hashed, password)

        def hash(self, _password):
            pytest.fail("a hash more than for a known login")

    monkeypatch.setattr(AccessStore, "hasher", Counting(time_cost=1, memory_cost=64, parallelism=1))
    assert access.check_password(MEMBER, "wrong password") is None
    assert access.check_password("nobody", "wrong password") is None
    assert checked == ["m=64,t=1,p=1"] * 2


def test_a_forgotten_password_opens_nothing_until_it_is_set_anew(access):
    access.set_password(MEMBER, GOOD)
    assert access.forget_password(MEMBER)
    assert access.check_password(MEMBER, GOOD) is None
    assert not access.has_password(MEMBER)
