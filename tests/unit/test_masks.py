import pytest

from services.masks import masked_door, masked_name, masked_phone


@pytest.mark.parametrize(
    ("door", "shown"),
    [("12-501", "12-5**"), ("12-1701", "12-17**"), ("3-12", "3-**"), ("12-201甲", "12-20**"), ("29", "2*"), ("8", "*")],
)
def test_a_door_keeps_its_building_and_floor(door, shown):
    assert masked_door(door) == shown


@pytest.mark.parametrize(("name", "shown"), [("王小明", "王**"), ("王", "王**"), ("Alice", "A**"), ("", "")])
def test_a_name_keeps_its_first_sign_and_tells_no_length(name, shown):
    assert masked_name(name) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13812341234", "138****1234"),
        ("+86 138 1234 1234", "138****1234"),
        ("5566778", "****78"),
        ("778", "****"),
        ("wx_laowang", "****"),
        ("", ""),
    ],
)
def test_a_number_keeps_its_ends(phone, shown):
    assert masked_phone(phone) == shown
