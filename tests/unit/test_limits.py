import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.limits import MOST_KEYS, OF_PEOPLE, Limits, TooManyRequests, network_of


class Clock:
    moment = 0.0

    def __call__(self):
        return self.moment


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def limits(clock):
    return Limits(clock)


def spent(limits, kind, key, cost=1, most=100_000):
    """How often until it was refused."""
    for count in range(most):
        try:
            limits.spend(kind, key, cost)
        except TooManyRequests:
            return count
    return most


def test_ten_redemptions_a_minute_and_address(limits, clock):
    assert spent(limits, "redeem", "192.0.2.1") == 10
    assert spent(limits, "redeem", "192.0.2.2") == 10
    clock.moment += 120
    assert spent(limits, "redeem", "192.0.2.1") == 10


def test_a_refusal_says_when_it_works_again_and_then_it_does(limits, clock):
    spent(limits, "redeem", "a")
    with pytest.raises(TooManyRequests) as refused:
        limits.spend("redeem", "a")
    assert refused.value.status_code == 429
    wait = int(refused.value.headers["Retry-After"])
    clock.moment += wait - 1.5
    with pytest.raises(TooManyRequests):
        limits.spend("redeem", "a")
    clock.moment += 1.5
    limits.spend("redeem", "a")


def test_what_was_given_back_may_be_spent_again_and_no_more_than_that(limits, clock):
    for _ in range(30):
        limits.spend("redeem", "a")
        limits.give_back("redeem", "a")
    for _ in range(5):
        limits.give_back("redeem", "a")
        limits.give_back("redeem", "never-seen")
    assert spent(limits, "redeem", "a") == 10
    clock.moment += 61
    limits.give_back("redeem", "a")
    assert spent(limits, "redeem", "a") == 1, "what was given back belongs to the minute before"


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(0, 90), st.integers(1, 9)), max_size=20))
def test_who_waits_as_long_as_told_is_let_through(steps):
    clock = Clock()
    limits = Limits(clock)
    for pause, cost in steps:
        clock.moment += pause
        try:
            limits.spend("redeem", "a", cost)
        except TooManyRequests as refused:
            clock.moment += refused.wait
            limits.spend("redeem", "a", cost)


def test_a_queue_of_five_minutes_comes_through_at_once_and_then_600_a_minute(limits, clock):
    assert spent(limits, "scan", "session", cost=500) == 6
    for _ in range(20):
        clock.moment += 60
        spent(limits, "scan", "session", cost=50)
    clock.moment += 60
    assert spent(limits, "scan", "session") <= 700


def test_no_hour_holds_more_than_the_limit_and_a_burst(limits, clock):
    passed = 0
    for _ in range(3600):
        clock.moment += 1
        passed += spent(limits, "scan", "session", cost=10)
    assert passed * 10 <= 600 * 60 + 3000


def test_programs_have_limits_of_their_own(limits):
    for _ in range(400):
        limits.spend("scan", "key", 500, program=True)
    with pytest.raises(TooManyRequests):
        limits.spend("scan", "key", 500, program=True)


def test_what_was_refused_costs_nothing(limits):
    limits.spend("scan", "session", 2900)
    with pytest.raises(TooManyRequests):
        limits.spend("scan", "session", 500)
    assert spent(limits, "scan", "session") == 100


def test_unknown_labels_cost_five_and_known_ones_one(limits):
    assert spent(limits, "label", "unknown", cost=5) == 24
    known = 0
    try:
        while True:
            limits.spend("label", "known", 5)
            limits.spend("label", "known", -4)
            known += 1
    except TooManyRequests:
        pass
    assert 115 < known <= 120


def test_guesses_from_ever_new_addresses_do_not_fill_the_memory(limits):
    for number in range(MOST_KEYS + 10):
        limits.spend("redeem", str(number))
    assert len(limits.counts.windows) <= MOST_KEYS


def test_one_network_of_new_addresses_is_one_neighbour():
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:1") != network_of("2001:db8:0:1::1")
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1") == "192.0.2.1"
    assert network_of("fe80::1%eth0") == "fe80::"
    assert network_of("testclient") == "testclient"
    assert network_of(None) == "-"


def test_every_kind_has_a_limit_that_holds_a_whole_upload():
    assert OF_PEOPLE["scan"].amount >= 500
    assert str(OF_PEOPLE["export"]) == "6 per 1 hour"
