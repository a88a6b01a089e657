"""Booking tables: the same again, a newer one, a filtered one, and taking it back."""

from uuid import uuid4

import examples as e
from given import given

from domain.procurement.group_buys import (
    GroupBuy,
    GroupBuyOpened,
    ImportOrders,
    ImportUndone,
    OrderChanged,
    OrderLine,
    OrderPlaced,
    OrdersImported,
    OrderWithdrawn,
    RowCorrection,
    RowsCorrected,
    TableOrder,
    UndoImport,
)

APPLES = (OrderLine(item="苹果", unit="箱", quantity=1),)
MORE_APPLES = (OrderLine(item="苹果", unit="箱", quantity=3),)
DOORS = [f"12-{floor}01" for floor in range(1, 11)]


def common(request):
    return {
        "compound": e.COMPOUND,
        "actor": "leader-1",
        "command": request.id,
        "happened_at": request.happened_at,
        "group_buy": "apples",
    }


def table(orders, **other):
    usual = {
        "id": uuid4(),
        "compound": e.COMPOUND,
        "actor": "leader-1",
        "happened_at": e.at(0),
        "group_buy": "apples",
        "title": "苹果",
        "source": "import",
        "digest": "a" * 64,
        "orders": tuple(TableOrder(household=door, lines=lines) for door, lines in orders.items()),
        "rows": len(orders),
    }
    return ImportOrders(**usual | other)


def facts_of(request, *past):
    return given(*past).when(request).facts


def everybody(lines=APPLES):
    return dict.fromkeys(DOORS, lines)


def undo(**other):
    usual = {"id": uuid4(), "compound": e.COMPOUND, "actor": "leader-1", "happened_at": e.at(9), "group_buy": "apples"}
    return UndoImport(**usual | other)


def test_a_first_table_opens_the_group_buy_and_places_every_order():
    request = table({"12-501": APPLES, "29": MORE_APPLES})
    said = common(request)
    given().when(request).then(
        GroupBuyOpened(**said, title="苹果"),
        OrderPlaced(**said, household="12-501", source="import", lines=APPLES),
        OrderPlaced(**said, household="29", source="import", lines=MORE_APPLES),
        OrdersImported(**said, source="import", digest="a" * 64, rows=2, booked=2),
    )


def test_the_same_table_again_changes_nothing():
    first = facts_of(table(everybody()))
    given(*first).when(table(everybody())).then()


def test_a_newer_table_is_booked_as_the_difference():
    first = facts_of(table(everybody()))
    newer = everybody() | {"12-101": MORE_APPLES, "12-1801": APPLES}
    del newer["12-201"]
    request = table(newer, digest="b" * 64)
    said = common(request)
    given(*first).when(request).then(
        OrderChanged(**said, household="12-101", source="import", lines=MORE_APPLES),
        OrderPlaced(**said, household="12-1801", source="import", lines=APPLES),
        OrderWithdrawn(**said, household="12-201", source="import"),
        OrdersImported(**said, source="import", digest="b" * 64, rows=10, booked=10),
    )


def test_a_door_that_is_present_but_unclear_is_never_withdrawn():
    first = facts_of(table(everybody()))
    newer = everybody()
    del newer["12-201"]
    given(*first).when(table(newer, kept=frozenset({"12-201"}))).then()


def test_a_door_with_a_clear_and_an_unclear_row_keeps_its_order_and_a_new_door_gets_the_clear_one():
    first = facts_of(table(everybody()))
    newer = everybody() | {"12-201": MORE_APPLES, "12-1801": APPLES}
    request = table(newer, kept=frozenset({"12-201", "12-1801"}))
    said = common(request)
    given(*first).when(request).then(
        OrderPlaced(**said, household="12-1801", source="import", lines=APPLES),
        OrdersImported(**said, source="import", digest="a" * 64, rows=11, booked=10),
    )


def test_a_table_of_other_goods_is_asked_about():
    first = facts_of(table(everybody()))
    other = everybody((OrderLine(item="牛奶", quantity=1),))
    given(*first).when(table(other)).then_refused("import-replaces")
    assert sum(isinstance(fact, OrderChanged) for fact in facts_of(table(other, sure=True), *first)) == len(DOORS)
    half = everybody() | dict(list(other.items())[:5])
    assert sum(isinstance(fact, OrderChanged) for fact in facts_of(table(half), *first)) == 5
    with_eggs = everybody((*APPLES, OrderLine(item="鸡蛋", quantity=1)))
    assert sum(isinstance(fact, OrderChanged) for fact in facts_of(table(with_eggs), *first)) == len(DOORS)


LEFT_OUT = RowCorrection(digest="c" * 64, leave_out=True)
TO_ANOTHER_DOOR = RowCorrection(digest="c" * 64, building="12", room="301")


def test_a_correction_without_a_change_of_orders_is_kept():
    first = facts_of(table(everybody()))
    request = table(everybody(), corrections=(LEFT_OUT,))
    said = common(request)
    facts = tuple(facts_of(request, *first))
    assert facts == (
        RowsCorrected(**said, rows=(LEFT_OUT,)),
        OrdersImported(**said, source="import", digest="a" * 64, rows=10, booked=10),
    )
    given(*first, *facts).when(table(everybody(), corrections=(LEFT_OUT,))).then()


def test_an_import_that_is_taken_back_takes_its_corrections_along():
    first = facts_of(table(everybody(), corrections=(LEFT_OUT,)))
    second = facts_of(table(everybody(), corrections=(TO_ANOTHER_DOOR,)), *first)
    undone = facts_of(undo(), *first, *second)
    past = GroupBuy()
    for fact in (*first, *second):
        past.evolve(fact)
    assert past.corrections == {"c" * 64: TO_ANOTHER_DOOR}
    for fact in undone:
        past.evolve(fact)
    assert past.corrections == {"c" * 64: LEFT_OUT}
    for fact in facts_of(undo(), *first, *second, *undone):
        past.evolve(fact)
    assert past.corrections == {}


def test_a_filtered_table_is_asked_about():
    first = facts_of(table(everybody()))
    few = dict(list(everybody().items())[:7])
    given(*first).when(table(few)).then_refused("import-shrinks")
    assert sum(isinstance(fact, OrderWithdrawn) for fact in facts_of(table(few, sure=True), *first)) == 3


def test_what_another_source_ordered_is_never_touched():
    first = facts_of(table(everybody()))
    by_captain = OrderPlaced(**common(table({})), household="12-501", source="captain", lines=MORE_APPLES)
    given(*first, by_captain).when(table(everybody())).then()


def test_an_import_is_taken_back_to_what_stood_before():
    first = facts_of(table(everybody()))
    newer = everybody() | {"12-101": MORE_APPLES, "12-1801": APPLES}
    del newer["12-201"]
    second_request = table(newer, digest="b" * 64)
    second = facts_of(second_request, *first)
    request = undo()
    said = common(request)
    given(*first, *second).when(request).then(
        OrderChanged(**said, household="12-101", source="import", lines=APPLES),
        OrderWithdrawn(**said, household="12-1801", source="import"),
        OrderPlaced(**said, household="12-201", source="import", lines=APPLES),
        ImportUndone(**said, undone=second_request.id),
    )
    undone = facts_of(request, *first, *second)
    given(*first, *second, *undone).when(table(everybody())).then()


def test_only_the_latest_import_can_be_taken_back():
    request = table(everybody())
    first = facts_of(request)
    second = facts_of(table(everybody(MORE_APPLES), digest="b" * 64), *first)
    given(*first, *second).when(undo(undone=request.id)).then_refused("import-latest")
    given().when(undo()).then_refused("import-known")
