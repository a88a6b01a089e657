"""Every rule that can doubt a fact of goods, one by one: what keeps it and what breaks it."""

from datetime import UTC, datetime, timedelta

import examples as e
import pytest
from given import given, reading

from domain.base import Holder
from domain.goods.codes import code_from_bits
from domain.goods.facts import PrintedLabel
from domain.procurement.group_buys import OrderLine, OrderPlaced, OrderWithdrawn

SORTED = e.declared_to_sorted()
BEFORE_SORTING = SORTED[:-1]
OUT = [*SORTED, e.handed_over()]
DOOR_LABEL = PrintedLabel(code=e.TWIN, meant=e.PIECE)


def handed_to(household, minutes=120):
    return e.handed_over(minutes, taker=Holder(kind="household", id=household))


def order(household):
    return OrderPlaced(
        **e.said(-60),
        group_buy=e.PIECE.group_buy,
        household=household,
        source="import",
        lines=(OrderLine(item="苹果", quantity=1),),
    )


def withdrawn(household):
    return OrderWithdrawn(**e.said(-50), group_buy=e.PIECE.group_buy, household=household, source="import")


def test_goods_that_come_as_declared_raise_no_doubt_from_gate_to_door():
    facts = [*SORTED, e.crate_packed(), e.crate_handed_over(), e.crate_opened(), e.delivered(household="12-501")]
    for place, fact in enumerate(facts):
        given(*facts[:place]).when(fact).then(fact)
    assert reading(e.PARCEL, facts).doubts == {}


@pytest.mark.parametrize(
    ("past", "fact", "rules"),
    [
        pytest.param([], e.arrived(), {"declared-first", "label-known"}, id="an arrival that nobody declared"),
        pytest.param([e.printed()], e.arrived(), {"declared-first"}, id="an undeclared arrival with our label"),
        pytest.param([e.declared(30)], e.arrived(10), {"declared-first"}, id="declared only after it had arrived"),
        pytest.param([e.declared()], e.arrived(14 * 60), {"within-hours"}, id="frozen goods at 23 o'clock"),
        pytest.param([e.declared()], e.admitted(), {"in-order"}, id="let in before it arrived"),
        pytest.param([e.declared(), e.arrived()], e.counted(), {"admitted-first"}, id="counted before it was let in"),
        pytest.param([e.declared(), e.arrived(), e.turned_away()], e.counted(), {"admitted-first"}, id="turned away"),
        pytest.param(BEFORE_SORTING[:3], e.counted(pieces=1), {"count-matches"}, id="one piece short"),
        pytest.param(BEFORE_SORTING[:3], e.counted(damaged=1), {"count-matches"}, id="one piece damaged"),
        pytest.param(BEFORE_SORTING[:4], e.arrived(30), {"in-order"}, id="arrived after it was counted"),
        pytest.param(BEFORE_SORTING[:2], e.disinfection_started(), {"admitted-first"}, id="disinfected at the gate"),
        pytest.param(BEFORE_SORTING[:3], e.disinfection_started(mg_per_litre=250), {"concentration-kept"}, id="weak"),
        pytest.param(BEFORE_SORTING[:3], e.disinfection_started(mg_per_litre=None), {"concentration-kept"}, id="?"),
        pytest.param(BEFORE_SORTING[:5], e.disinfection_finished(40), {"contact-time-kept"}, id="after 15 minutes"),
        pytest.param(BEFORE_SORTING[:5], e.disinfection_finished(40, minutes=30), set(), id="timed by hand"),
        pytest.param(BEFORE_SORTING[:4], e.disinfection_finished(), {"contact-time-kept"}, id="nobody saw the start"),
        pytest.param(BEFORE_SORTING, e.packed(70), {"rest-kept"}, id="sorted ten minutes after disinfection"),
        pytest.param(BEFORE_SORTING[:2], e.packed(), {"admitted-first"}, id="sorted before it was let in"),
        pytest.param(BEFORE_SORTING, e.packed(delivery=None), set(), id="the delivery is found by its group buy"),
        pytest.param(SORTED, e.packed(104, said=e.OTHER_PIECE), {"right-door"}, id="one label for two doors"),
        pytest.param(SORTED, e.packed(104), set(), id="sorted twice"),
        pytest.param(
            [*SORTED, e.printed()],
            e.packed(104, parcel=code_from_bits("parcel", 900)),
            {"label-once"},
            id="two labels for one piece",
        ),
        pytest.param(
            [order("12-502"), *BEFORE_SORTING], e.packed(), {"order-known"}, id="sorted for a door that ordered nothing"
        ),
        pytest.param([order("12-501"), *BEFORE_SORTING], e.packed(), set(), id="sorted for a door that ordered"),
        pytest.param(
            [
                order("12-501"),
                order("12-502"),
                withdrawn("12-501"),
                e.printed(labels=(DOOR_LABEL,)),
                *BEFORE_SORTING[1:],
            ],
            e.packed(parcel=e.TWIN, said=None, twin=None),
            {"order-known"},
            id="sorted by the label of a withdrawn order",
        ),
        pytest.param(
            [order("12-501"), withdrawn("12-501"), *BEFORE_SORTING], e.packed(), set(), id="no order at all is known"
        ),
        pytest.param(
            [order("12-501"), order("12-502"), withdrawn("12-501"), *SORTED, e.handed_over()],
            e.delivered(),
            set(),
            id="doubted once, where the door was named",
        ),
        pytest.param([], e.handed_over(), {"label-known", "disinfected-first"}, id="a label that nobody printed"),
        pytest.param([e.printed()], e.handed_over(), {"disinfected-first"}, id="handed out without disinfection"),
        pytest.param(SORTED, e.handed_over(giver=e.SORTING), set(), id="given by who has it"),
        pytest.param(SORTED, e.handed_over(giver=e.RUNNER), {"giver-holds"}, id="given by who has it not"),
        pytest.param(SORTED, e.delivered(), {"giver-holds"}, id="delivered though nobody took it"),
        pytest.param(OUT, e.delivered(household="12-502"), {"right-door"}, id="the neighbour's door"),
        pytest.param(OUT, e.delivered(household="11-501"), {"right-building"}, id="the next building"),
        pytest.param([*OUT, e.delivered()], e.delivered(125), {"delivered-once"}, id="delivered twice"),
        pytest.param([*OUT, e.delivered(how="downstairs")], e.delivered(125), set(), id="picked up downstairs"),
        pytest.param([*OUT, e.delivered()], e.handed_over(126), {"in-order"}, id="handed over after delivery"),
        pytest.param(OUT, e.packed(115), {"in-order", "rest-kept"} - {"rest-kept"}, id="sorted after it went out"),
        pytest.param([*SORTED, e.held()], e.handed_over(), {"not-held"}, id="held goods that move"),
        pytest.param([*SORTED, e.held(), e.released()], e.handed_over(), {"not-held"}, id="one signature is not two"),
        pytest.param(
            [*SORTED, e.held(), e.released(), e.released(107)], e.handed_over(), {"not-held"}, id="the same hand twice"
        ),
        pytest.param(
            [*SORTED, e.held(), e.released(), e.released(107, actor=e.SECOND_SIGNER)],
            e.handed_over(),
            set(),
            id="two people",
        ),
        pytest.param([*OUT, e.destroyed(115)], e.delivered(), {"not-destroyed"}, id="destroyed goods at a door"),
        pytest.param([*SORTED, e.held()], e.crate_packed(106), set(), id="packing is not moving"),
        pytest.param(
            [*SORTED, e.crate_packed(), e.held()], e.crate_handed_over(), {"not-held"}, id="a held parcel in a crate"
        ),
        pytest.param(SORTED, e.crate_packed(building="11"), {"right-building"}, id="the crate of another building"),
        pytest.param(
            [*SORTED, e.crate_packed()], e.crate_packed(103, building="11"), {"right-building"}, id="two buildings"
        ),
        pytest.param([], e.crate_handed_over(), {"label-known"}, id="a crate that nobody packed"),
        pytest.param([e.printed()], e.crate_opened(), {"in-order"}, id="an empty crate opened"),
        pytest.param(
            [*SORTED, e.crate_packed()],
            e.crate_handed_over(giver=Holder(kind="team", id="3")),
            {"giver-holds"},
            id="a crate given by who has it not",
        ),
        pytest.param(
            SORTED,
            e.handed_over(clock_reading=datetime(2099, 1, 1, tzinfo=UTC)),
            {"clock-sane"},
            id="a clock in the year 2099",
        ),
        pytest.param(OUT, e.annulled(OUT[-1], minutes=150), {"undo-in-time"}, id="undone after forty minutes"),
        pytest.param(OUT, e.annulled(OUT[-1], minutes=150, reason="wrong-label"), set(), id="annulled with a reason"),
        pytest.param(OUT, e.annulled(OUT[-1], actor="someone-else"), {"undo-in-time"}, id="undone by another hand"),
        pytest.param([], e.packed(said=None, twin=None, delivery=None), {"label-known"}, id="sorted, but what is it"),
        pytest.param(OUT, e.delivered(said=e.OTHER_PIECE), {"right-door"}, id="another door named with the label"),
        pytest.param(OUT, handed_to("11-101"), {"right-building"}, id="handed to a household elsewhere"),
        pytest.param([*OUT, handed_to("12-501")], handed_to("12-501", 125), {"delivered-once"}, id="into hands twice"),
        pytest.param([*OUT, e.delivered()], e.crate_packed(150), {"in-order"}, id="a crate filled after delivery"),
        pytest.param(OUT, e.annulled(SORTED[1], code=e.PARCEL), {"scan-known"}, id="undone under another code"),
        pytest.param(
            [e.declared(), e.arrived(), e.turned_away()],
            e.arrived(90),
            set(),
            id="a truck that was sent away comes back",
        ),
        pytest.param(
            [*BEFORE_SORTING[:5], e.disinfection_finished(40)],
            e.disinfection_finished(60),
            set(),
            id="finished properly",
        ),
        pytest.param(
            [*OUT, e.delivered(), e.reported(problem="wrong-door")],
            e.delivered(140),
            set(),
            id="brought to the right door",
        ),
        pytest.param(
            [*OUT, e.delivered(), e.reported(problem="never-came")],
            e.delivered(140),
            set(),
            id="brought again after it never came",
        ),
        pytest.param(
            [*SORTED, e.handed_over(taker=Holder(kind="station", id="lobby-12"))],
            e.delivered(),
            set(),
            id="from the lobby",
        ),
    ],
)
def test_rule(past, fact, rules):
    given(*past).when(fact).then_doubts(*rules)


def test_a_finish_that_names_the_start_of_another_delivery_disinfects_only_its_own():
    other = code_from_bits("delivery", 33)
    start = e.disinfection_started()
    let_in = [make(delivery=code) for code in (e.DELIVERY, other) for make in (e.declared, e.arrived, e.admitted)]
    facts = [*let_in, start, e.disinfection_finished(subject=other, start=start.command)]
    assert reading(e.DELIVERY, facts).stage == "disinfecting"
    assert [doubted.rules for doubted in reading(other, facts).doubts.values()] == [("contact-time-kept",)]


@pytest.mark.parametrize(
    "second",
    [
        pytest.param([("declared", 1), ("arrived", 95)], id="at the gate"),
        pytest.param([("declared", 1), ("arrived", 90), ("turned_away", 92)], id="turned away"),
    ],
)
def test_a_second_truck_does_not_take_over_what_came_with_the_first(second):
    other = code_from_bits("delivery", 33)
    truck = [getattr(e, name)(minutes, delivery=other) for name, minutes in second]
    view = reading(e.PARCEL, [*BEFORE_SORTING, *truck, e.packed(delivery=None), e.handed_over()])
    assert (view.delivery.code, view.doubts) == (e.DELIVERY, {})


def test_labels_of_two_doors_that_were_swapped_are_two_parcels_in_doubt():
    other = code_from_bits("parcel", 77)
    facts = [e.packed(parcel=e.TWIN, said=e.OTHER_PIECE, twin=other), e.packed(parcel=other, twin=e.TWIN)]
    facts.append(
        e.printed(labels=(PrintedLabel(code=e.TWIN, meant=e.PIECE), PrintedLabel(code=other, meant=e.OTHER_PIECE)))
    )
    views = [reading(code, facts) for code in (e.TWIN, other)]
    assert [view.household for view in views] == ["12-502", "12-501"]
    assert all("right-door" in next(iter(view.doubts.values())).rules for view in views)


def test_a_late_report_of_disinfection_heals_what_was_handed_out_before_it_was_known():
    early = [fact for fact in OUT if fact not in BEFORE_SORTING[4:]]
    assert [doubted.rules for doubted in reading(e.PARCEL, early).doubts.values()] == [("disinfected-first",)]
    assert reading(e.PARCEL, [*early, *BEFORE_SORTING[4:]]).doubts == {}


def test_a_late_scan_cannot_move_a_parcel_back():
    facts = [*OUT, e.delivered(), e.handed_over(112, taker=Holder(kind="captain", id="12"))]
    assert reading(e.PARCEL, facts).stage == "delivered"
    assert reading(e.PARCEL, facts).holder == Holder(kind="household", id="12-501")


def test_a_crates_handover_counts_only_while_the_parcel_is_inside():
    inside = [*SORTED, e.crate_packed(), e.crate_handed_over()]
    assert reading(e.PARCEL, inside).holder == e.RUNNER
    assert reading(e.PARCEL, inside).stage == "with-volunteer"
    opened_before = [*SORTED, e.crate_packed(), e.crate_opened(105), e.crate_handed_over()]
    assert reading(e.PARCEL, opened_before).holder == e.SORTING
    taken_out = [*SORTED, e.crate_packed(), e.handed_over(105, taker=Holder(kind="captain", id="12"))]
    assert reading(e.PARCEL, [*taken_out, e.crate_handed_over()]).stage == "with-captain"


def test_a_blank_label_and_the_door_it_is_bound_to_are_one_parcel():
    by_door = e.delivered(parcel=e.TWIN, said=e.PIECE)
    facts = [*OUT, by_door]
    assert reading(e.PARCEL, facts) == reading(e.TWIN, facts)
    assert reading(e.TWIN, facts).stage == "delivered"
    given(*facts).when(e.delivered(125)).then_doubts("delivered-once")


def test_a_label_bound_to_a_wrong_door_and_undone_belongs_to_the_right_one():
    wrong = e.packed(100)
    right = e.packed(103, said=e.OTHER_PIECE, twin=code_from_bits("parcel", 77))
    facts = [*BEFORE_SORTING, wrong, e.annulled(wrong), right]
    assert reading(e.PARCEL, facts).household == "12-502"
    assert reading(e.PARCEL, facts).doubts == {}
    assert reading(e.TWIN, facts).packed_at is None


def test_a_label_printed_for_a_door_knows_it_before_it_is_sorted():
    run = e.printed(labels=(PrintedLabel(code=e.PARCEL, meant=e.PIECE, of=2),))
    view = reading(e.PARCEL, [run])
    assert (view.household, view.of, view.stage, view.known) == ("12-501", 2, "declared", True)


def test_a_label_printed_for_a_door_finds_its_delivery_when_it_is_sorted_by_its_code_alone():
    run = e.printed(labels=(PrintedLabel(code=e.PARCEL, meant=e.PIECE),))
    bare = e.packed(said=None, twin=None, delivery=None)
    facts = [*BEFORE_SORTING, run, bare, e.handed_over()]
    view = reading(e.PARCEL, facts)
    assert (view.delivery.code, view.doubts) == (e.DELIVERY, {})


def test_a_held_parcel_shows_its_hold_and_later_its_stage_again():
    facts = [*SORTED, e.held()]
    assert reading(e.PARCEL, facts).stage == "held"
    facts += [e.released(), e.released(107, actor=e.SECOND_SIGNER)]
    assert reading(e.PARCEL, facts).stage == "sorted"


def test_an_annulled_delivery_is_none():
    delivery = e.delivered()
    facts = [*OUT, delivery, e.annulled(delivery)]
    assert reading(e.PARCEL, facts).stage == "with-volunteer"
    assert reading(e.PARCEL, facts).delivered_at is None


def test_a_named_start_is_finished_by_its_own_finish():
    first, second = e.disinfection_started(20), e.disinfection_started(30)
    finish = e.disinfection_finished(55, start=first.command)
    view = reading(e.DELIVERY, [*BEFORE_SORTING[:3], first, second, finish])
    assert [pair.contact_time for pair in view.treatments] == [timedelta(minutes=35), None]
