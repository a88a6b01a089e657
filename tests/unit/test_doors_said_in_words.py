"""Doors with 第, with their floor between, and in English: what can mean nothing else is read."""

import pytest
from order_files import roster

from domain.community.doors import read_door


def door(text, blocks="same"):
    read = read_door(text, roster(blocks=blocks))
    return read.household or read.reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第12幢502", "12-502"),
        ("锦绣苑第十二栋第五层502室", "12-502"),
        ("第12栋第6层502室", "floor-differs"),
        ("12栋502号", "12-502"),
        ("12号楼 502号", "12-502"),
        ("12栋502号楼", "words-behind"),
        ("12栋5号", "words-behind"),
        ("12栋502号503", "columns-differ"),
        ("12栋502号 13栋501", "several-doors"),
        ("12栋502号(隔壁)", "note-names-door"),
        ("12-5-502", "12-502"),
        ("12-6-502", "unreadable"),
        ("168-5-502", "unreadable"),
        ("12、502", "unreadable"),
        ("Bldg 12, Rm 502", "12-502"),
        ("Building 12 Room 503", "12-503"),
        ("Apt 502, Building 12", "12-502"),
        ("Lane 168 No.12 Room 602", "12-602"),
        ("Rm 504, No. 12, Lane 168", "12-504"),
        ("Lane 188 No.12 Room 602", "other-place"),
        ("No.12 Room 502 or 503", "words-before"),
    ],
)
def test_a_door_is_read_as_it_is_said(text, expected):
    assert door(text) == expected


@pytest.mark.parametrize("blocks", [None, "different", {"12": ("5", "6")}])
def test_where_a_block_is_no_entrance_three_numbers_may_be_both(blocks):
    assert door("12-5-502", blocks) == "unreadable"
    assert door("Building 12 Room 503", blocks) != "12-503"
    assert door("第12幢502", blocks) != "12-502"
