"""A declaration whose field is wrong: the form comes again with all else that was filled in, and what is wrong beside the field."""

import re
import uuid

import first_day
import pytest
from visitor import Visitor

from services.app import create_app


@pytest.fixture
def staff(house):
    first_day.found(house)
    first_day.import_orders(house)
    assert house.shown(house.log.last_position())
    return Visitor(create_app(house)).signed_in("staff")


def said(**fields):
    return {
        "declaration": str(uuid.uuid4()),
        "group_buys": "milk",
        "supplier": "光明乳业",
        "vehicle": "沪A·12345",
    } | fields


@pytest.mark.parametrize(
    ("field", "typed", "text"),
    [
        ("vehicle", "%%%", "must be a number plate"),
        ("pieces", "a few", "must be a whole number"),
        ("pieces", "1000000", "must be at most 99999"),
        ("supplier", "x" * 61, "must have at most 60 characters"),
        ("supplier", "Zhang 13800138000", "must not hold a phone number"),
    ],
)
def test_the_form_comes_again_as_it_was_filled_in(staff, field, typed, text):
    form = said(**{field: typed})
    answer = staff.post("/deliveries?lang=en", data=form)
    assert answer.status_code == 422
    page = answer.text
    assert f'value="{form["declaration"]}"' in page
    assert re.search(r'value="milk"[^>]* checked', page)
    assert "光明乳业" in page or field == "supplier"
    (wrong,) = re.findall(r'<input[^>]*aria-invalid="true"[^>]*>', page)
    assert f'name="{field}"' in wrong
    assert text in page[page.index(f'id="wrong-{field}"') :]
    assert typed not in page, "it may be a name or a phone number"
    assert staff.post("/deliveries", data=said(declaration=form["declaration"])).status_code == 303


def test_nothing_at_all_is_told_at_the_group_buys(staff):
    page = staff.post("/deliveries?lang=en", data={"declaration": str(uuid.uuid4())})
    assert page.status_code == 422
    assert "say what else is known of the delivery" in page.text[page.text.index('id="wrong-group_buys"') :]


def test_a_code_that_is_none_is_explained(staff):
    for written in ("DZZZ", "P1"):
        page = staff.get(f"/deliveries/{written}?lang=en")
        assert page.status_code == 404
        assert "This is not one of our codes" in page.text
        assert "well-formed" not in page.text
