import sqlite3
from collections import Counter

import pytest
from store_events import NOON, TOPICS, Boil, Tally, Watched, boiled, opened, ticking
from structlog.testing import capture_logs

from domain.base import Refused
from infra.committer import Answer, Committer
from infra.event_store import Conflict, EventMapper, EventStore, NewEvent, StorageUnavailable
from infra.stream_cache import StrayEvent


@pytest.fixture
def path(tmp_path):
    return tmp_path / "log.db"


@pytest.fixture
def store(path):
    store = EventStore.open(path, mapper=EventMapper(TOPICS), busy_timeout=0.2)
    yield store
    store.close()


@pytest.fixture
def watched(store):
    return Watched(store)


@pytest.fixture
def committer(watched):
    committer = Committer(watched, Tally, lambda subject: not subject.startswith("kitchen"), ticking())
    committer.start()
    yield committer
    committer.stop()


def ask(committer, *asks):
    return committer.submit(asks).result(20)


def times(store, kettle="red", compound="shengdu"):
    return len(store.load([f"{compound}/kettle-{kettle}"])[f"{compound}/kettle-{kettle}"])


class Peek(Boil):
    """Decides nothing, but tells what it saw."""

    def wanted(self):
        return ()

    def decide(self, past):
        self.saw = past.state(f"kettle-{self.kettle}")
        self.related = past.related(f"kettle-{self.kettle}")
        return []


class Broken(Boil):
    def decide(self, _past):
        raise ValueError(f"the number of {self.kettle} is 13812345678")


def test_an_answer_holds_what_was_recorded(committer, store):
    boil = Boil()
    (answer,) = ask(committer, boil)
    assert isinstance(answer, Answer)
    assert not answer.duplicate
    assert answer.events == tuple(store.read(0, 10))
    assert answer.events[0].recorded_at == NOON
    assert answer.events[0].event.command == boil.command


def test_every_ask_sees_what_the_ones_before_it_did(committer, store):
    answers = ask(committer, *(Boil(most=3) for _ in range(5)), Boil("blue", most=3))
    assert [type(answer) for answer in answers] == [Answer, Answer, Answer, Refused, Refused, Answer]
    assert [fact.version for fact in store.load(["shengdu/kettle-red"])["shengdu/kettle-red"]] == [1, 2, 3]
    assert isinstance(ask(committer, Boil(most=3))[0], Refused)


def test_a_retry_gets_the_first_answer(committer, store):
    boil = Boil(most=1)
    (first,) = ask(committer, boil)
    (again,) = ask(committer, boil)
    assert again == Answer(first.events, duplicate=True)
    assert store.last_position() == 1


def test_the_same_command_twice_in_one_batch(committer, store):
    boil = Boil(most=1)
    elsewhere = Boil(most=1, compound="other", command=boil.command)
    first, again, other = ask(committer, boil, boil, elsewhere)
    assert (first.duplicate, again.duplicate, other.duplicate) == (False, True, False)
    assert first.events == again.events
    assert store.last_position() == 2


def test_a_decision_without_facts_records_nothing(committer, store):
    assert ask(committer, Boil(times=0)) == [Answer((), duplicate=False)]
    assert store.last_position() == 0
    assert ask(committer) == []


def test_one_ask_may_lead_to_thousands_of_facts(committer, store):
    (answer,) = ask(committer, Boil(times=3000))
    assert len(answer.events) == store.last_position() == 3000


def test_a_broken_ask_spoils_no_other_and_its_words_stay_out_of_the_log(committer, store):
    with capture_logs() as logs:
        answers = ask(committer, Boil(), Broken(), Boil())
    assert [type(answer) for answer in answers] == [Answer, ValueError, Answer]
    assert times(store) == 2
    assert [(entry["event"], entry["whose"], entry["error"]) for entry in logs] == [
        ("ask_failed", "Broken", "ValueError")
    ]
    assert "13812345678" not in repr(logs)


def test_a_fact_of_another_compound_or_command_is_not_recorded(committer, store):
    class Stray(Boil):
        def decide(self, _past):
            return [boiled(compound="other", command=self.command)]

    class Forgetful(Boil):
        def decide(self, _past):
            return [boiled(command=self.command), boiled()]

    answers = ask(committer, Stray(), Forgetful(), Boil(most=1))
    assert [type(answer) for answer in answers] == [StrayEvent, StrayEvent, Answer]
    assert store.last_position() == 1


def test_what_cannot_be_stored_or_wanted_spoils_no_other(committer, store):
    class Unstorable(Boil):
        def decide(self, _past):
            return [boiled(command=self.command).model_copy(update={"place": "\ud800"})]

    class Unwanted(Boil):
        def wanted(self):
            raise KeyError(self.kettle)

    answers = ask(committer, Boil(), Unstorable("blue"), Boil(), Unwanted("green"))
    assert [isinstance(answer, Answer) for answer in answers] == [True, False, True, False]
    assert store.last_position() == 2
    assert isinstance(ask(committer, Boil("blue", most=1))[0], Answer)


def test_a_stream_that_cannot_be_read_spoils_only_those_who_need_it(committer, store, path):
    store.append([NewEvent("shengdu/kettle-red", 1, boiled(), NOON)])
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE stored_events SET topic = 'TeapotBroken'")
    connection.close()
    answers = ask(committer, Boil("red"), Boil("blue"))
    assert [isinstance(answer, Answer) for answer in answers] == [False, True]
    assert "TeapotBroken" in str(answers[0])


class Pot:
    """A state that is changed in place, and breaks over the fact with 13 litres."""

    def __init__(self):
        self.times = 0

    def evolve(self, event):
        self.times += 1
        if event.litres == 13:
            raise ArithmeticError("unlucky")
        return self


@pytest.fixture
def in_place(watched):
    committer = Committer(watched, lambda _: Pot(), lambda _: True, ticking())
    committer.start()
    yield committer
    committer.stop()


def test_a_state_changed_in_place_forgets_what_was_not_written(in_place, watched, store):
    ask(in_place, Boil())
    for failure in (StorageUnavailable("disk full"), Conflict("once"), OSError("odd")):
        watched.failures = [failure]
        with capture_logs():
            ask(in_place, Boil(times=5))
        peek = Peek()
        ask(in_place, peek)
        assert peek.saw.times == times(store)


def test_a_state_that_breaks_over_a_fact_spoils_only_that_ask(in_place, store):
    ask(in_place, Boil())
    with capture_logs():
        answers = ask(in_place, Boil(most=2), Boil(litres=13), Boil(most=3), Boil(most=3))
    assert [type(answer) for answer in answers] == [Answer, ArithmeticError, Answer, Refused]
    peek = Peek()
    ask(in_place, peek)
    assert peek.saw.times == times(store) == 3


# what is loaded


def test_everything_linked_is_loaded_beforehand_but_not_into_what_is_not_followed(committer, watched, store):
    store.append(
        [
            NewEvent("shengdu/kettle-red", 1, boiled(inside="cupboard-a"), NOON),
            NewEvent("shengdu/cupboard-a", 1, opened("a", inside="cupboard-b"), NOON),
            NewEvent("shengdu/cupboard-b", 1, opened("b", inside="cupboard-a"), NOON),
            NewEvent("shengdu/cupboard-b", 2, opened("b", inside="kitchen-1"), NOON),
        ]
    )
    seen = []

    class Look(Boil):
        def decide(self, past):
            seen.extend((past.related("cupboard-b"), past.state("cupboard-b").times, past.state("cupboard-a").times))
            return []

    ask(committer, Look())
    assert seen == [("cupboard-a", "kitchen-1"), 2, 1]
    assert sorted(watched.loaded) == ["shengdu/cupboard-a", "shengdu/cupboard-b", "shengdu/kettle-red"]
    assert watched.calls["load"] == 3
    ask(committer, Look())
    assert watched.calls["load"] == 3


def test_links_made_in_a_batch_are_seen_in_it_and_after_it(committer, store):
    store.append([NewEvent("shengdu/cupboard-a", 1, opened("a"), NOON)])
    seen = []

    class Look(Boil):
        def decide(self, past):
            seen.append([past.state(subject).times for subject in past.related("kettle-red")])
            return []

    ask(committer, Look(), Boil(inside="cupboard-a"), Look())
    ask(committer, Look())
    assert seen == [[], [1], [1]]


def test_what_was_not_wanted_is_loaded_when_asked_for(committer, store):
    store.append([NewEvent("shengdu/kettle-blue", 1, boiled("blue", litres=5, inside="cupboard-a"), NOON)])
    peek, nothing = Peek("blue"), Peek("green")
    ask(committer, peek, nothing)
    assert peek.saw == Tally("kettle-blue", 1, 5)
    assert peek.related == ("cupboard-a",)
    assert nothing.saw is None


def test_the_cache_is_bounded_and_loads_again_what_it_forgot(watched, store):
    committer = Committer(watched, Tally, lambda _: True, ticking(), cache_size=10)
    committer.start()
    for n in range(50):
        ask(committer, Boil(f"k{n}"))
    assert len(committer._cache) == 10  # noqa: SLF001 — its size is not told elsewhere
    assert isinstance(ask(committer, Boil("k0", most=1))[0], Refused)
    answers = ask(committer, *(Boil(f"k{n}", most=2) for n in range(50)))
    assert all(isinstance(answer, Answer) for answer in answers)
    assert len(committer._cache) == 10  # noqa: SLF001 — as above
    committer.stop()


# others write, storage fails


def test_what_others_wrote_is_seen(committer, store, path):
    ask(committer, Boil())
    other = EventStore.open(path, mapper=EventMapper(TOPICS))
    other.append([NewEvent("shengdu/kettle-red", 2, boiled(litres=7), NOON)])
    other.close()
    peek = Peek()
    ask(committer, peek)
    assert peek.saw == Tally("kettle-red", 2, 8)
    (answer,) = ask(committer, Boil())
    assert answer.events[0].version == 3


def test_two_committers_on_one_log_lose_and_double_nothing(path):
    stores = [EventStore.open(path, mapper=EventMapper(TOPICS)) for _ in range(2)]
    committers = [Committer(store, Tally, lambda _: True, ticking()) for store in stores]
    for committer in committers:
        committer.start()
    asks = [Boil(report=True) for _ in range(100)]
    futures = [committer.submit([ask]) for ask in asks for committer in committers]
    answers = [answer for future in futures for answer in future.result(60)]
    answered = {answer.events[0].event.command for answer in answers if isinstance(answer, Answer)}
    assert all(isinstance(answer, Answer | StorageUnavailable) for answer in answers)
    for committer in committers:
        committer.stop()
    facts = stores[0].load(["shengdu/kettle-red"])["shengdu/kettle-red"]
    assert [fact.version for fact in facts] == list(range(1, len(facts) + 1))
    assert Counter(fact.event.command for fact in facts) == Counter(answered)
    for store in stores:
        store.close()


def test_a_conflict_is_decided_again(committer, watched, store):
    ask(committer, Boil())
    watched.failures = [Conflict("first"), Conflict("second")]
    answers = ask(committer, Boil(), Boil("blue"), Broken())
    assert [type(answer) for answer in answers] == [Answer, Answer, ValueError]
    assert times(store) == 2


def test_who_is_beaten_every_time_is_told_and_a_report_may_come_again(committer, watched, store):
    watched.failures = [Conflict("always")] * 9
    answers = ask(committer, Boil(), Boil(report=True))
    assert [type(answer) for answer in answers] == [Conflict, StorageUnavailable]
    assert store.last_position() == 0
    assert watched.failures == []
    assert isinstance(ask(committer, Boil(most=1))[0], Answer)


def test_nothing_of_a_failed_transaction_stays_in_the_cache(committer, watched, store):
    ask(committer, Boil())
    watched.failures = [StorageUnavailable("disk full")]
    boil = Boil(most=2, inside="cupboard-a")
    with capture_logs():
        answers = ask(committer, boil, Boil("blue"))
    assert [str(answer) for answer in answers] == ["disk full", "disk full"]
    assert answers[0] is not answers[1]
    peek = Peek()
    ask(committer, peek)
    assert (peek.saw.times, peek.related) == (1, ())
    (answer,) = ask(committer, boil)
    assert (answer.duplicate, answer.events[0].version) == (False, 2)


def test_a_locked_log_answers_everybody_and_recovers(committer, path, store):
    ask(committer, Boil())
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with capture_logs():
        answers = ask(committer, Boil(), Boil("blue"))
    assert [type(answer) for answer in answers] == [StorageUnavailable, StorageUnavailable]
    blocker.execute("ROLLBACK")
    blocker.close()
    assert isinstance(ask(committer, Boil(most=2))[0], Answer)
