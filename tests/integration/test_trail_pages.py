import asyncio
import csv
import io
import re
from uuid import UUID, uuid4

import pytest
from compound import APPLES, COMPOUND, ask, client, found, said, scan, scanned

from domain.base import Event
from domain.community.compound import AddHouseholds, BuildingDoors
from domain.community.door_settings import DoorSettings
from domain.goods.codes import code_from_bits, piece_code
from domain.goods.facts import DoubtSettled, PieceName, PrintedLabel
from domain.goods.labels import LabelsPrinted
from domain.procurement.group_buys import ImportOrders, OrderLine, TableOrder
from projections.parcel_trail import parcel_trail
from services.office import Noted, Report
from services.pages.sentences import SENTENCES, sentence
from services.wiring import now

ENGLISH = {"accept-language": "en"}
RUNNER = {"kind": "volunteer", "id": "runner-1"}
CRATE = code_from_bits("crate", 77)
FACES = ["top", "bottom", "front", "back", "left", "right"]


@pytest.fixture
def compound(house):
    found(house)
    return house


def page(house, path, role=None):
    async def get():
        async with client(house, role) as browser:
            return await browser.get(path, headers=ENGLISH)

    return asyncio.run(get())


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def came_in(house, *, minutes=(200, 190, 180, 170, 130)):
    declared, arrived, admitted, started, finished = minutes
    (delivery,) = scanned(house, scan("declare", declared, group_buys=[APPLES], pieces=3, supplier="果园"))
    scanned(
        house,
        scan("arrive", arrived, code=delivery, station="gate"),
        scan("admit", admitted, code=delivery),
        scan("disinfect-start", started, code=delivery, agent="chlorine", mg_per_litre=500, faces=FACES),
        scan("disinfect-finish", finished, code=delivery),
    )
    return delivery


def sorted_for(house, door, minutes_ago=90, **more):
    (code,) = scanned(house, scan("sort", minutes_ago, group_buy=APPLES, door=door, station="sorting", **more))
    return code


def printed(house, *labels):
    run = LabelsPrinted(compound=COMPOUND, actor="staff-1", command=uuid4(), happened_at=now(), labels=labels)
    house.office.take_now([Noted(run)])
    assert house.shown(house.log.last_position())


def test_every_fact_of_the_record_has_a_sentence():
    assert set(SENTENCES) == set(Event.by_name)


def test_a_household_sees_the_way_of_its_parcel_and_nothing_about_others(compound):
    came_in(compound)
    code = sorted_for(compound, "12-201", of=3)
    scanned(compound, scan("hand-over", 60, code=code, taker=RUNNER))
    answer = page(compound, f"/p/{code}")
    shown = text_of(answer.text)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "A volunteer is on the way with your parcel" in shown
    assert "1 of 3" in shown
    assert "For building 12" in shown
    assert "12-201" not in answer.text
    assert "runner-1" not in answer.text
    assert "/audit/" not in answer.text


def test_the_upper_case_address_on_the_label_works_too(compound):
    code = sorted_for(compound, "12-201")
    assert page(compound, f"/P/{code}").text == page(compound, f"/p/{code}").text.replace("/p/", "/P/")


def test_a_villa_is_a_household_so_its_number_is_not_shown(compound):
    code = sorted_for(compound, "29")
    assert "For building" not in page(compound, f"/p/{code}").text


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([("deliver", {})], "Your parcel has been delivered"),
        ([("deliver", {"how": "downstairs"})], "Please fetch it soon"),
        ([("deliver", {"how": "downstairs"}), ("deliver", {})], "Your parcel has been picked up"),
        ([("deliver", {"how": "captain"})], "with the captain of your building"),
        ([("report", {"problem": "missing"})], "What is missing is looked for"),
        ([("hold", {"reason": "contamination-suspected"})], "A precaution, not an accusation"),
        ([("return", {})], "It will be sent out again"),
        ([("return", {"reason": "refused"})], "It was not accepted at the door"),
        ([("return", {"reason": "damaged"})], "It went back because it is damaged"),
        ([("return", {"reason": "contamination-suspected"})], "It is kept apart while it is checked"),
        ([("destroy", {"reason": "spoiled"})], "You will hear from the committee"),
    ],
)
def test_each_turn_is_told_in_calm_words(compound, steps, told):
    code = sorted_for(compound, "12-201")
    for place, (step, fields) in enumerate(steps):
        scanned(compound, scan(step, 50 - place, code=code, **fields))
    html = page(compound, f"/p/{code}").text
    assert told in text_of(html)
    assert "contamination" not in html


@pytest.mark.parametrize(("problem", "at_door"), [("damaged", "here now"), ("never-came", "still ahead")])
def test_what_never_came_is_not_shown_at_the_door(compound, problem, at_door):
    code = sorted_for(compound, "12-201")
    scanned(compound, scan("deliver", 50, code=code), scan("report", 40, code=code, problem=problem))
    assert re.search(rf"Your door [-\d: ]*{at_door}", text_of(page(compound, f"/p/{code}").text))


def test_nothing_is_called_done_that_nobody_recorded(compound):
    code = sorted_for(compound, "12-201")
    scanned(compound, scan("deliver", 50, code=code, how="neighbour"))
    shown = text_of(page(compound, f"/p/{code}").text)
    assert "Disinfection not recorded" in shown
    assert "left with a neighbour for you" in shown


def test_a_printed_label_tells_where_the_delivery_of_its_group_buy_is(compound):
    code = piece_code(compound.secret, COMPOUND, APPLES, "12-201", 1)
    printed(compound, PrintedLabel(code=code, meant=PieceName(group_buy=APPLES, household="12-201"), of=1))
    assert "Your goods are not here yet" in page(compound, f"/p/{code}").text
    came_in(compound, minutes=(90, 80, 70, 60, 10))
    shown = text_of(page(compound, f"/p/{code}").text)
    assert "Your goods rest after disinfection until" in shown


def test_what_was_never_sorted_inherits_nothing_from_the_delivery_of_its_group_buy(compound):
    came_in(compound)
    code = piece_code(compound.secret, COMPOUND, APPLES, "12-201", 1)
    printed(compound, PrintedLabel(code=code, meant=PieceName(group_buy=APPLES, household="12-201")))
    scanned(compound, scan("deliver", 20, code=code))
    own = text_of(page(compound, f"/p/{code}").text)
    audit = text_of(page(compound, f"/audit/parcels/{code}", "admin").text)
    assert "Gate not recorded" in own
    assert "Disinfection not recorded" in own
    assert "inherited from its delivery" not in audit
    assert "none recorded" in audit


def test_a_delivery_that_nobody_named_is_told_as_the_likeliest(compound):
    guess = "The likeliest of 2 of this group buy"
    came_in(compound)
    named = came_in(compound, minutes=(120, 115, 110, 108, 100))
    code, other = sorted_for(compound, "12-201"), sorted_for(compound, "12-202", delivery=named)
    assert guess in text_of(page(compound, f"/audit/parcels/{code}", "admin").text)
    assert guess not in text_of(page(compound, f"/audit/parcels/{other}", "admin").text)


def test_unknown_and_mistyped_codes_are_each_told_what_is_wrong(compound):
    unknown, mistyped = code_from_bits("parcel", 12345), code_from_bits("parcel", 12345)[:-2] + "00"
    for path, told in (
        (unknown, "Nothing is known of this parcel yet"),
        (mistyped, "One symbol was probably misread"),
        ("P123", "eleven symbols"),
        ("X" + unknown[1:], "begins with the letter P"),
    ):
        answer = page(compound, f"/p/{path}")
        assert answer.status_code == 404
        assert told in answer.text


def test_labels_of_crates_and_deliveries_say_so_and_link_helpers_only(compound):
    delivery = came_in(compound)
    anyone, staff = page(compound, f"/p/{delivery}").text, page(compound, f"/p/{delivery}", "staff").text
    assert "This is the label of a delivery" in anyone
    assert "果园" not in anyone
    assert "/audit/" not in anyone
    assert f'href="/audit/deliveries/{delivery}"' in staff
    assert f'href="/scan?code={delivery}"' in staff


def test_a_parcel_shows_with_what_it_inherited_from_delivery_and_crate(compound):
    delivery = came_in(compound)
    code = sorted_for(compound, "12-201")
    scanned(
        compound,
        scan("fill-crate", 80, code=CRATE, building="12", parcels=[code]),
        scan("disinfect-start", 79, code=CRATE, agent="chlorine", mg_per_litre=300),
        scan("disinfect-finish", 40, code=CRATE),
        scan("hand-over", 30, code=CRATE, taker=RUNNER),
        scan("open-crate", 20, code=CRATE),
        scan("hand-over", 10, code=CRATE, taker={"kind": "volunteer", "id": "runner-2"}),
        scan("deliver", 15, code=code),
    )
    with compound.read.reading() as rows:
        trail = parcel_trail(rows, COMPOUND, code)
    names = [type(step.event).__name__ for step in trail.steps]
    assert names == [
        "DeliveryDeclared", "DeliveryArrived", "DeliveryAdmitted", "DisinfectionStarted", "DisinfectionFinished",
        "ParcelPacked", "CratePacked", "DisinfectionStarted", "DisinfectionFinished", "CrateHandedOver", "CrateOpened",
        "ParcelDelivered",
    ]  # fmt: skip
    assert [step.inherited_from for step in trail.steps] == [*[delivery] * 5, None, *[CRATE] * 5, None]
    shown = text_of(page(compound, f"/audit/parcels/{code}", "auditor").text)
    assert "inherited from its crate" in shown
    assert "inherited from its delivery" in shown
    assert "500 mg/L · strong enough" in shown
    assert "300 mg/L · too weak" in shown
    assert "recorded 3 h 20 min later" in shown


def test_what_was_taken_back_is_struck_through_with_who_and_why(compound):
    code = sorted_for(compound, "12-201")
    wrong = scan("deliver", 50, code=code)
    scanned(compound, wrong, scan("annul", 45, code=code, scan=wrong["id"], reason="wrong-door"))
    html = page(compound, f"/audit/parcels/{code}", "staff").text
    assert re.search(rf'<li class="undone quiet[^"]*" id="scan-{wrong["id"]}"', html)
    assert re.search(r"Taken back by admin-\w+ at \d\d-\d\d \d\d:\d\d: wrong door\.", html)
    assert "sorted" in text_of(html)


def test_doubts_are_open_settled_or_explained_since(compound):
    code = sorted_for(compound, "12-201")
    first, second = scan("deliver", 50, code=code), scan("deliver", 40, code=code)
    scanned(compound, first, second)
    settling = DoubtSettled(
        compound=COMPOUND,
        actor="staff-9",
        command=uuid4(),
        happened_at=now(),
        code=code,
        scan=UUID(second["id"]),
        rule="delivered-once",
        reason="scanned-twice",
    )
    compound.office.take_now([Report(settling)])
    assert compound.shown(compound.log.last_position())
    came_in(compound)
    with compound.read.reading() as rows:
        steps = {step.event.command: step for step in parcel_trail(rows, COMPOUND, code).steps}
    assert steps[UUID(second["id"])].settled["delivered-once"].actor == "staff-9"
    assert "disinfected-first" in steps[UUID(first["id"])].healed
    assert "giver-holds" in steps[UUID(first["id"])].open_doubts
    shown = text_of(page(compound, f"/audit/parcels/{code}", "auditor").text)
    assert "Open doubt · The person who gave it away did not have it" in shown
    assert re.search(r"Settled by staff-9 at [\d: -]+: scanned twice\.", shown)
    assert (
        "Told then, explained since · The goods left the station, and no finished disinfection of them is known"
        in shown
    )


def test_what_is_wrong_with_its_neighbour_in_the_crate_is_not_told_of_a_parcel(compound):
    right, wrong = sorted_for(compound, "12-201"), sorted_for(compound, "10-101")
    scanned(compound, scan("fill-crate", 30, code=CRATE, building="12", parcels=[right, wrong]))
    rule = "The parcel belongs to another building."
    assert rule not in text_of(page(compound, f"/audit/parcels/{right}", "auditor").text)
    assert f"Open doubt · {rule}" in text_of(page(compound, f"/audit/parcels/{wrong}", "auditor").text)


def test_a_wrong_clock_is_kept_beside_the_time_that_counts(compound):
    code = sorted_for(compound, "12-201")
    scanned(compound, scan("deliver", code=code) | {"happened_at": "2098-12-31T16:00:00+00:00"})
    shown = page(compound, f"/audit/parcels/{code}", "gate").text
    assert "the phone's clock said 2099-01-01 00:00</span>" in shown, "in the compound's time, as all others"


def test_a_hold_names_its_signatures(compound):
    code = sorted_for(compound, "12-201")
    scanned(compound, scan("hold", 50, code=code, reason="recall"))
    scanned(compound, scan("release", 41, code=code, reason="checked"))
    scanned(compound, scan("release", 40, code=code, reason="checked"), actor="m0000000s")
    shown = text_of(page(compound, f"/audit/parcels/{code}", "staff").text)
    assert re.search(r"Held by admin-\w+", shown)
    assert re.findall(r"Signed by (\S+)", shown) == ["m0000000s"]
    assert "One more person has to sign" in shown


def test_a_bound_label_leads_to_the_piece_it_belongs_to(compound):
    label = code_from_bits("parcel", 4711)
    printed(compound, PrintedLabel(code=label))
    scanned(compound, scan("sort", 30, code=label, group_buy=APPLES, door="12-201"))
    piece = piece_code(compound.secret, COMPOUND, APPLES, "12-201", 1)
    html = page(compound, f"/audit/parcels/{label}", "staff").text
    assert "is bound to this piece" in html
    assert f"/audit/parcels/{piece}.csv" in html
    assert "Labels printed in this run: 1." in html


def test_crates_and_deliveries_name_their_parcels(compound):
    delivery = came_in(compound)
    code = sorted_for(compound, "12-201")
    filled = scan("fill-crate", 80, code=CRATE, building="12", parcels=[code])
    scanned(compound, filled)
    for path in (f"/audit/crates/{CRATE}", f"/audit/deliveries/{delivery}"):
        assert f'href="/audit/parcels/{code}"' in page(compound, path, "staff").text
    assert "<dt>Crates</dt>" in page(compound, f"/audit/parcels/{code}", "staff").text
    scanned(compound, scan("annul", code=CRATE, scan=filled["id"], reason="wrong-label"))
    taken_back = page(compound, f"/audit/parcels/{code}", "staff").text
    assert "<dt>Crates</dt>" not in taken_back


def test_the_wrong_folder_or_writing_leads_to_the_right_address(compound):
    code = sorted_for(compound, "12-201")
    spoken = f"{code[:4]}-{code[4:8]}-{code[8:]}".lower()
    for path in (f"/audit/crates/{code}", f"/audit/parcels/{spoken}"):
        assert page(compound, path, "staff").headers["location"] == f"/audit/parcels/{code}"
    assert page(compound, f"/audit/parcels/{code_from_bits('parcel', 1)}", "staff").status_code == 404
    assert page(compound, "/audit/parcels/P00", "staff").status_code == 404


def test_only_those_who_may_see_trails_and_only_those_who_may_export(compound):
    code = sorted_for(compound, "12-201")
    assert page(compound, f"/audit/parcels/{code}").status_code == 401
    assert page(compound, f"/audit/parcels/{code}", "viewer").status_code == 403
    assert page(compound, f"/audit/parcels/{code}", "runner").status_code == 200
    assert page(compound, f"/audit/parcels/{code}.csv", "runner").status_code == 403


def test_the_table_of_a_trail_holds_every_fact_and_no_formula(compound):
    (delivery,) = scanned(compound, scan("declare", 90, supplier="=cmd()", group_buys=[APPLES]))
    scanned(compound, scan("arrive", 80, code=delivery, station="gate"))
    answer = page(compound, f"/audit/deliveries/{delivery}.csv", "auditor")
    assert answer.content.startswith("\ufeff".encode())
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row[4] for row in rows] == ["Fact", "DeliveryDeclared", "DeliveryArrived"]
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_sentences_say_what_was_said(compound):
    came_in(compound)
    code = sorted_for(compound, "12-201", of=2)
    with compound.read.reading() as rows:
        told = [sentence("en", step.event, {APPLES: "红苹果"}) for step in parcel_trail(rows, COMPOUND, code).steps]
    assert told[0] == "The delivery was declared. Group buy: “红苹果”. Supplier: 果园. Pieces expected: 3."
    assert told[-1] == "Sorted. For door 12-201, “红苹果”, piece 1 of 2."


def also_founded(house, compound):
    """With one door that has ordered something, too."""
    own = {"compound": compound}
    roster = (BuildingDoors(building="1", rooms=("101",)),)
    ask(house, AddHouseholds(**said() | own, doors=DoorSettings(), roster=roster))
    orders = (TableOrder(household="1-101", lines=(OrderLine(item="梨", unit="箱", quantity=1),)),)
    named = {"group_buy": "pears", "title": "梨", "source": "import", "digest": "c" * 64}
    answer = ask(house, ImportOrders(**said() | own, **named, orders=orders, rows=1))
    assert house.shown(answer.events[-1])
    house.places.forget()


def scanned_abroad(house, *items, role="runner"):
    async def post():
        async with client(house) as browser:
            session = house.access.redeem(house.access.issue_link(role, compound="other"))
            signed = {"Authorization": f"Bearer {session}"}
            return (await browser.post("/api/scans", json={"scans": list(items)}, headers=signed)).json()["answers"]

    answers = asyncio.run(post())
    assert {answer["outcome"] for answer in answers} == {"recorded"}
    assert house.shown(house.log.last_position())


def test_another_compounds_scans_do_not_change_what_a_household_sees(compound):
    also_founded(compound, "other")
    sorted_here = sorted_for(compound, "12-201")
    of_a_run = piece_code(compound.secret, COMPOUND, APPLES, "12-202", 1)
    printed(compound, PrintedLabel(code=of_a_run, meant=PieceName(group_buy=APPLES, household="12-202"), of=1))
    before = [page(compound, f"/p/{code}").text for code in (sorted_here, of_a_run)]
    for code in (sorted_here, of_a_run):
        lies = scan("deliver", code=code), scan("return", code=code), scan("report", code=code, problem="spoiled")
        scanned_abroad(compound, *lies)
        scanned_abroad(compound, scan("sort", code=code, group_buy="pears", door="1-101"), role="sorter")
    assert [page(compound, f"/p/{code}").text for code in (sorted_here, of_a_run)] == before


def test_a_label_that_was_only_scanned_is_unknown_but_to_those_who_scanned_it(compound):
    stray = code_from_bits("parcel", 4711)
    scanned(compound, scan("deliver", code=stray))
    answer = page(compound, f"/p/{stray}")
    assert answer.status_code == 404
    assert "Nothing is known of this parcel yet" in answer.text
    assert f"/audit/parcels/{stray}" in page(compound, f"/p/{stray}", "staff").text
