"""What a later step does not undo: goods that are on their way, a problem nobody dealt with, a parcel at a wrong door."""

import examples as e
import pytest
from given import given, reading

from domain.base import Holder
from domain.goods.codes import code_from_bits

SORTED = e.declared_to_sorted()
OUT = e.handed_over(105)
OTHER_DELIVERY = code_from_bits("delivery", 77)
NEIGHBOUR, OTHER_BUILDING = "12-502", "5-501"


def household(door):
    return Holder(kind="household", id=door)


def captain(of):
    return Holder(kind="captain", id=of)


def now(*facts):
    """Stage, whose hands, and the problem that is open."""
    view = reading(e.PARCEL, [*SORTED, *facts])
    return view.stage, view.holder and view.holder.id, view.problem


def doubts(*facts):
    view = reading(e.PARCEL, [*SORTED, *facts])
    return {rule for doubted in view.doubts.values() for rule in doubted.rules}


@pytest.mark.parametrize(
    ("on_the_way", "left"),
    [
        ([OUT, e.delivered(110)], ("delivered", "12-501", None)),
        ([OUT], ("with-volunteer", "runner-1", None)),
        ([OUT, e.delivered(110, how="downstairs")], ("downstairs", "runner-1", None)),
        ([OUT, e.delivered(110, how="captain")], ("with-captain", "12", None)),
        ([OUT, e.delivered(110), e.reported(115)], ("problem", "12-501", "damaged")),
        ([OUT, e.delivered(110, household="5-501")], ("problem", "5-501", "wrong-door")),
    ],
)
def test_a_sorting_that_is_scanned_late_moves_nothing(on_the_way, left):
    assert now(*on_the_way, e.packed(200)) == left
    assert doubts(*on_the_way, e.packed(200)) - {"right-building"} == {"in-order"}


def test_a_label_that_is_bound_after_the_delivery_leaves_it_delivered():
    facts = [*SORTED[:-1], e.delivered(110, said=e.PIECE), e.packed(200)]
    assert reading(e.PARCEL, facts).stage == "delivered"


@pytest.mark.parametrize(
    "back",
    [
        [e.handed_over(110), e.handed_over(120, taker=e.SORTING)],
        [e.delivered(110), e.returned(120)],
        [e.delivered(110), e.reported(120, problem="never-came")],
    ],
)
def test_what_came_back_is_sorted_again(back):
    assert now(*back, e.packed(200))[:2] == ("sorted", "sorting")


@pytest.mark.parametrize("problem", ["damaged", "spoiled"])
@pytest.mark.parametrize(
    "later",
    [
        [e.crate_packed(132), e.crate_handed_over(133), e.crate_handed_over(140, taker=captain("12"))],
        [e.handed_over(140)],
        [e.handed_over(140), e.delivered(150)],
        [e.delivered(140), e.delivered(141)],
        [e.packed(140)],
        [e.delivered(140, household=NEIGHBOUR)],
        [e.reported(140, problem="never-came"), e.delivered(150)],
    ],
)
def test_bad_goods_stay_a_problem_wherever_they_go(problem, later):
    stage, _, known = now(e.reported(130, problem=problem), *later)
    assert (stage, known) == ("problem", problem)


@pytest.mark.parametrize(
    ("dealt_with", "stage"),
    [(e.returned(140), "returned"), (e.destroyed(140), "destroyed"), (e.annulled(e.reported(130), 131), "sorted")],
)
def test_until_somebody_deals_with_them(dealt_with, stage):
    reported = e.reported(130)
    if stage == "sorted":
        dealt_with = e.annulled(reported, 131)
    assert now(reported, dealt_with)[0] == stage


def test_after_they_came_back_they_are_sorted_and_delivered_as_others():
    assert now(e.reported(130), e.returned(140), e.packed(150), e.delivered(160)) == ("delivered", "12-501", None)


@pytest.mark.parametrize("problem", ["missing", "wrong-door", "never-came", "refused"])
def test_what_comes_after_all_is_no_problem_any_more(problem):
    assert now(e.delivered(120), e.reported(130, problem=problem))[0] == "problem"
    assert now(e.delivered(120), e.reported(130, problem=problem), e.delivered(140))[0] == "delivered"


@pytest.mark.parametrize(("door", "rule"), [(NEIGHBOUR, "right-door"), (OTHER_BUILDING, "right-building")])
@pytest.mark.parametrize("way", ["delivered", "handed over"])
def test_what_was_left_at_a_wrong_door_waits_there(door, rule, way):
    left = e.delivered(120, household=door) if way == "delivered" else e.handed_over(120, taker=household(door))
    assert now(OUT, left) == ("problem", door, "wrong-door")
    assert doubts(OUT, left) == {rule}
    fetched = [OUT, left, e.delivered(130, household="12-501")]
    assert now(*fetched) == ("delivered", "12-501", None)
    assert doubts(*fetched) == {rule}, "who puts it right is not doubted again"


def test_a_neighbour_of_the_building_may_take_it():
    taken = e.delivered(120, how="neighbour", household=NEIGHBOUR)
    assert (now(OUT, taken), doubts(OUT, taken)) == (("delivered", NEIGHBOUR, None), set())
    far = e.delivered(120, how="neighbour", household=OTHER_BUILDING)
    assert (now(OUT, far)[2], doubts(OUT, far)) == ("wrong-door", {"right-building"})


@pytest.mark.parametrize(
    ("taker", "rules"),
    [(captain("7"), {"right-building"}), (captain("12"), set()), (captain("m7kq2x9d4"), set())],
)
def test_the_captain_of_another_building_is_doubted(taker, rules):
    assert doubts(e.handed_over(110, taker=taker)) == rules
    assert doubts(e.crate_packed(), e.crate_handed_over(taker=taker)) == rules


def test_a_piece_comes_from_one_delivery_that_brings_its_group_buy():
    other = [
        e.declared(5, delivery=OTHER_DELIVERY, group_buys=("eggs",)),
        e.arrived(6, delivery=OTHER_DELIVERY),
        e.admitted(7, delivery=OTHER_DELIVERY),
    ]
    from_other = e.packed(180, delivery=OTHER_DELIVERY)
    given(*SORTED[:-1], *other).when(from_other).then_doubts("delivery-fits")
    given(*SORTED, *other).when(from_other).then_doubts("delivery-fits")
    view = reading(e.PARCEL, [*SORTED, *other, from_other])
    assert (view.delivery.code, view.treatments) == (OTHER_DELIVERY, ()), "it inherits nothing of the one before"
    assert "disinfected-first" in doubts(*other, from_other, e.handed_over(190))


def test_a_delivery_that_was_only_the_likeliest_may_be_named_otherwise():
    other = [e.declared(5, delivery=OTHER_DELIVERY), e.arrived(6, delivery=OTHER_DELIVERY)]
    guessed = [*SORTED[:-1], *other, e.packed(delivery=None)]
    named = e.packed(180, delivery=OTHER_DELIVERY)
    assert reading(e.PARCEL, guessed).delivery.code == e.DELIVERY
    view = reading(e.PARCEL, [*guessed, named])
    assert "delivery-fits" not in {rule for doubted in view.doubts.values() for rule in doubted.rules}
