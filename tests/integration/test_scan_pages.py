"""The scan page as it answers without a script."""

import pytest
from compound import found
from visitor import Visitor

from domain.goods.codes import code_from_bits, spaced
from services.app import create_app

PARCEL = code_from_bits("parcel", 9)


@pytest.fixture
def app(house):
    found(house)
    return create_app(house)


@pytest.fixture
def staff(app):
    return Visitor(app, accept="text/html").signed_in("staff")


@pytest.mark.parametrize("typed", [PARCEL, PARCEL.lower(), spaced(PARCEL), f"http://bg.test/P/{PARCEL}"])
def test_a_code_is_told_as_it_stands_on_the_label_recorded_or_not(staff, typed):
    recorded = staff.post("/scan?step=deliver", data={"codes": typed, "how": "door"})
    assert f'data-part="code">{spaced(PARCEL)}<' in recorded.text
    aside = staff.post("/scan?step=report", data={"codes": typed, "problem": "no such problem"})
    assert 'class="answer bad"' in aside.text
    assert f'data-part="code">{spaced(PARCEL)}<' in aside.text


def test_what_is_no_code_is_told_as_it_was_typed(staff):
    assert 'data-part="code">apples-1<' in staff.post("/scan?step=deliver", data={"codes": "apples-1"}).text


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_step_that_nobody_knows_is_told_apart_from_one_that_is_not_allowed(app, staff, method):
    unknown = getattr(staff, method)("/scan?step=nope")
    assert unknown.status_code == 404
    assert "Nobody knows this step" in unknown.text
    assert getattr(Visitor(app).signed_in("gate"), method)("/scan?step=admit").status_code == 403
