"""A hundred thousand guesses get nowhere: counted, not hoped for."""

import random
from fractions import Fraction

import pytest

from domain.goods.codes import CODE_LENGTH, read_code
from infra.auth import AccessStore, BadgeWanted
from services.limits import UNKNOWN_LABEL, Kind, Limits, TooManyRequests
from services.wiring import now

GUESSES = 100_000
A_YEAR = 365 * 24 * 60
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
TOKEN_LENGTH = 32
SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@pytest.fixture
def access(tmp_path):
    store = AccessStore(tmp_path / "access.db")
    yield store
    store.close()


def guesses(length, letters, start=""):
    chance = random.Random(168)
    return (start + "".join(chance.choices(letters, k=length)) for _ in range(GUESSES))


def passed_in_a_minute(kind: Kind, cost=1, tries=GUESSES):
    """How many of the guesses a limiter lets through, all from one address within one minute."""
    limits = Limits(lambda: 0.0)
    passed = 0
    for _ in range(tries):
        try:
            limits.spend(kind, "203.0.113.7", cost)
        except TooManyRequests:
            continue
        passed += 1
    return passed


def test_badge_tokens(access):
    real = [
        access.issue_badge(BadgeWanted(f"b{n}", "shengdu", f"m{n}", "runner", now(), now().replace(year=2099)))
        for n in range(50)
    ]
    assert {len(token) for token in real} == {TOKEN_LENGTH}
    answers = {access.redeem_badge(guess, "phone") for guess in guesses(TOKEN_LENGTH, LETTERS)}
    assert answers == {"unknown"}
    assert access.sessions() == []
    assert all(badge.redeemed_at is None for badge in access.badges())
    assert passed_in_a_minute("redeem") == 10


def test_links_sessions_and_upload_keys(access):
    session = access.redeem(access.issue_link("admin"))
    access.issue_link("admin")
    for guess in guesses(TOKEN_LENGTH, LETTERS):
        assert access.session(guess) is None
    for number, guess in enumerate(guesses(TOKEN_LENGTH, LETTERS)):
        if number % 10 == 0:
            assert access.redeem(guess) is None
            assert access.upload_key(guess) is None
    assert [each.id for each in access.sessions()] == [access.session(session).id]


def test_api_keys(access):
    real = [access.create_api_key("admin", "shengdu") for _ in range(50)]
    assert {len(token) for token in real} == {TOKEN_LENGTH + len("bgk_")}
    assert {access.api_key(guess) for guess in guesses(TOKEN_LENGTH, LETTERS, "bgk_")} == {None}
    assert {key.last_used for key in access.api_keys()} == {None}
    assert passed_in_a_minute("credential") == 60


def test_a_token_has_more_possibilities_than_guesses_can_count(access):
    token = access.issue_link("admin")
    possibilities = len(LETTERS) ** len(token)
    assert set(token) <= set(LETTERS)
    assert possibilities >= 2**128
    assert Fraction(GUESSES * 100_000, possibilities) < Fraction(1, 2**128)


def test_label_codes():
    """Most guesses are no codes at all; of the others 24 a minute are answered and 120 looked up, in a space of 45 bits."""
    shaped = sum(read_code(guess) is not None for guess in guesses(CODE_LENGTH - 1, SYMBOLS, "P"))
    assert GUESSES / 40 < shaped < GUESSES / 25, "the check character lets one of 32 through"
    assert passed_in_a_minute("label", UNKNOWN_LABEL) == 24
    through = passed_in_a_minute("guess")
    assert through == 120
    possibilities = len(SYMBOLS) ** (CODE_LENGTH - 2)
    assert possibilities == 2**45
    labels_of_a_month = 100_000
    minutes_to_one_hit = Fraction(possibilities, labels_of_a_month * through)
    assert minutes_to_one_hit > 5 * A_YEAR, "five years of guessing for one parcel's way, without a name"


def test_passwords_are_tried_ten_times_in_a_quarter_of_an_hour_login_and_place():
    assert passed_in_a_minute("password-login", tries=1000) == 10
    assert passed_in_a_minute("password-address", tries=1000) == 30
    assert passed_in_a_minute("password-everywhere", tries=1000) == 60
