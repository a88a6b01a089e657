import asyncio
import threading
from uuid import uuid4

import pytest
from store_events import TOPICS, Boil, Tally, Watched, ticking
from structlog.testing import capture_logs

from domain.base import Refused
from infra.asks import ASKS_IN_A_TRANSACTION
from infra.committer import Answer, Committer
from infra.event_store import EventMapper, EventStore, StorageUnavailable


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


def test_what_gathers_becomes_one_transaction(committer, watched):
    watched.pause.clear()
    first = committer.submit([Boil()])
    gathered = [committer.submit([Boil(f"k{n}")]) for n in range(60)]
    watched.pause.set()
    for future in (first, *gathered):
        future.result(20)
    assert sum(watched.batches) == 61
    assert len(watched.batches) <= 3


def test_a_long_submission_is_split_and_a_full_one_is_not(committer, watched):
    watched.pause.clear()
    futures = [committer.submit([Boil(f"k{n}") for n in range(many)]) for many in (3, 499, 1201, 2)]
    watched.pause.set()
    assert [len(future.result(60)) for future in futures] == [3, 499, 1201, 2]
    assert all(isinstance(answer, Answer) for future in futures for answer in future.result())
    assert watched.batches == [3, 499, ASKS_IN_A_TRANSACTION, ASKS_IN_A_TRANSACTION, 203]


def test_too_much_is_refused_at_once_and_the_rest_is_answered(watched, store):
    committer = Committer(watched, Tally, lambda _: True, ticking(), queue_bound=10)
    waiting = committer.submit([Boil(f"k{n}") for n in range(9)])
    with pytest.raises(StorageUnavailable, match="waiting"):
        committer.submit([Boil(), Boil()])
    last = committer.submit([Boil()])
    committer.start()
    committer.stop()
    assert len(waiting.result(0)) == 9
    assert isinstance(last.result(0)[0], Answer)
    assert store.last_position() == 10
    with pytest.raises(StorageUnavailable, match="stopping"):
        committer.submit([Boil()])


def test_stopping_before_starting_answers_too(watched):
    committer = Committer(watched, Tally, lambda _: True, ticking())
    waiting = committer.submit([Boil(), Boil()])
    committer.stop()
    assert [type(answer) for answer in waiting.result(0)] == [StorageUnavailable] * 2


def test_the_order_of_asking_is_the_order_of_the_log(committer, store):
    futures = [committer.submit([Boil("red", litres=n), Boil("blue", litres=n)]) for n in range(1, 200)]
    for future in futures:
        future.result(20)
    assert [fact.event.litres for fact in store.read(0, 1000)] == [n for n in range(1, 200) for _ in range(2)]


def test_many_threads(committer, store):
    def work(name):
        for _ in range(25):
            (answer,) = ask(committer, Boil(name))
            assert isinstance(answer, Answer)

    threads = [threading.Thread(target=work, args=(f"k{n % 4}",)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [times(store, f"k{n}") for n in range(4)] == [100] * 4


def test_listeners_hear_the_last_position_and_cannot_harm(committer, watched):
    heard = []

    def deaf(position):
        raise OSError(position)

    committer.on_commit(deaf)
    committer.on_commit(heard.append)
    with capture_logs() as logs:
        ask(committer, Boil(), Boil())
        ask(committer, Boil(most=0))
        ask(committer, Boil("blue"))
        committer.stop()
    assert heard == [2, 3]
    assert [entry["event"] for entry in logs] == ["listener_failed"] * 2


def test_an_event_loop_is_woken_once_for_a_batch(committer, watched):
    async def main():
        loop = asyncio.get_running_loop()
        woken = 0
        call_soon = loop.call_soon_threadsafe

        def counted(*arguments):
            nonlocal woken
            woken += 1
            return call_soon(*arguments)

        loop.call_soon_threadsafe = counted
        watched.pause.clear()
        tasks = [asyncio.create_task(committer.ask_all([Boil(f"k{n}"), Boil(most=0)])) for n in range(33)]
        impatient = asyncio.create_task(committer.ask_all([Boil("late")]))
        await asyncio.sleep(0.01)
        impatient.cancel()
        watched.pause.set()
        answers = await asyncio.gather(*tasks)
        assert await committer.ask_all([]) == []
        return answers, woken

    answers, woken = asyncio.run(main())
    assert all([type(answer) for answer in pair] == [Answer, Refused] for pair in answers)
    assert woken == len(watched.batches) <= 3


def test_a_closed_event_loop_harms_nobody(committer, watched, store):
    watched.pause.clear()

    async def main():
        task = asyncio.create_task(committer.ask_all([Boil("gone")]))
        await asyncio.sleep(0.01)
        task.cancel()

    asyncio.run(main())
    waiting = committer.submit([Boil("here", command=uuid4())])
    watched.pause.set()
    assert isinstance(waiting.result(20)[0], Answer)
    assert store.last_position() == 2
