from uuid import uuid4

from examples import COMPOUND, MORNING, said
from given import given

from domain.community.compound import CareForHousehold, HouseholdCaredFor, HouseholdsAdded


def listed():
    return HouseholdsAdded(**said(0, building="12", rooms=("501", "502")))


def care_for(door="12-501", **other):
    return CareForHousehold(
        id=uuid4(), compound=COMPOUND, actor="captain-1", happened_at=MORNING, household=door, **other
    )


def cared_for(door="12-501", **other):
    return HouseholdCaredFor(**said(1, household=door) | other)


def test_the_captain_cares_for_a_door_of_the_roster():
    asked = care_for()
    told = {"actor": "captain-1", "command": asked.id, "happened_at": MORNING}
    given(listed()).when(asked).then(cared_for(**told))


def test_nobody_cares_for_a_door_that_is_not_there():
    given(listed()).when(care_for("12-999")).then_refused("household-known")


def test_caring_twice_says_nothing_new():
    given(listed(), cared_for()).when(care_for()).then()


def test_care_ends_even_where_the_door_is_gone():
    asked = care_for(cared_for=False)
    told = {"actor": "captain-1", "command": asked.id, "happened_at": MORNING, "cared_for": False}
    given(cared_for()).when(asked).then(cared_for(**told))
    given(listed()).when(care_for(cared_for=False)).then()


def test_the_fact_has_no_room_for_why():
    own = set(HouseholdCaredFor.model_fields) - set(HouseholdsAdded.model_fields)
    assert own == {"household", "cared_for"}
