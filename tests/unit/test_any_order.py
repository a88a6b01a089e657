"""Whatever the order of arrival and however often a scan is sent, the trail reads the same."""

import random
from datetime import timedelta

import examples as e
from given import RecordInMemory, reading
from hypothesis import given, settings
from hypothesis import strategies as some

from domain.base import Holder
from domain.goods.codes import code_from_bits

LABELS = [e.PARCEL, code_from_bits("parcel", 11), e.TWIN]
CRATES = [e.CRATE, code_from_bits("crate", 12)]
HOLDERS = [e.RUNNER, Holder(kind="captain", id="12"), e.SORTING]
PIECES = [(e.PIECE, e.TWIN), (e.OTHER_PIECE, code_from_bits("parcel", 78))]


@some.composite
def facts(draw):
    """Some scans by some hands, sensible or not, some of them taken back."""
    minute = some.integers(0, 240)
    label, crate = some.sampled_from(LABELS), some.sampled_from(CRATES)
    actor = some.sampled_from(["a", e.SIGNER, e.SECOND_SIGNER])
    drawn = []
    for _ in range(draw(some.integers(1, 9))):
        said = {"actor": draw(actor)}
        when = draw(minute)
        piece, twin = draw(some.sampled_from(PIECES))
        make = draw(
            some.sampled_from(
                [
                    lambda: e.declared(when, **said),
                    lambda: e.arrived(when, **said),
                    lambda: e.admitted(when, **said),
                    lambda: e.turned_away(when, **said),
                    lambda: e.disinfection_started(
                        when, subject=draw(some.sampled_from([e.DELIVERY, e.CRATE])), **said
                    ),
                    lambda: e.disinfection_finished(
                        when, subject=draw(some.sampled_from([e.DELIVERY, e.CRATE])), **said
                    ),
                    lambda: e.packed(when, parcel=draw(label), said=piece, twin=twin, **said),
                    lambda: e.packed(when, parcel=draw(label), said=piece, twin=twin, delivery=None, **said),
                    lambda: e.handed_over(when, parcel=draw(label), taker=draw(some.sampled_from(HOLDERS)), **said),
                    lambda: e.delivered(when, parcel=draw(label), **said),
                    lambda: e.returned(when, parcel=draw(label), **said),
                    lambda: e.held(when, parcel=draw(label), **said),
                    lambda: e.released(when, parcel=draw(label), **said),
                    lambda: e.crate_packed(when, crate=draw(crate), parcels=(draw(label),), **said),
                    lambda: e.crate_handed_over(when, crate=draw(crate), **said),
                    lambda: e.crate_opened(when, crate=draw(crate), **said),
                    lambda: e.printed(when, **said),
                ]
            )
        )
        fact = make()
        drawn.append(fact)
        if draw(some.integers(0, 5)) == 0:
            drawn.append(e.annulled(fact, **said) if not fact.stream.startswith("labels-") else e.printed(when, **said))
    return drawn


def readings(drawn):
    return [reading(code, drawn) for code in (*LABELS, PIECES[1][1], *CRATES, e.DELIVERY)]


@settings(max_examples=300, deadline=timedelta(seconds=5))
@given(facts(), some.randoms(use_true_random=False), some.data())
def test_any_order_and_any_repetition_read_the_same(drawn, chance: random.Random, data):
    again = [*drawn, *data.draw(some.lists(some.sampled_from(drawn), max_size=4))]
    chance.shuffle(again)
    assert readings(again) == readings(drawn)


@settings(max_examples=100, deadline=timedelta(seconds=5))
@given(facts())
def test_a_state_evolves_to_the_same_value_from_any_order(drawn):
    forward, backward = RecordInMemory(drawn), RecordInMemory(reversed(drawn))
    for subject, state in forward.states.items():
        assert getattr(state, "facts", None) == getattr(backward.states[subject], "facts", None)
