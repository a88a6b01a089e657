import re

from services.pages.scan import LIKE_A_DOOR


def test_what_reads_like_a_door_and_what_does_not():
    doors = ("12-502", "12 - 502", "12号502", "12号楼502室", "12栋", "3幢1201室", "29号")
    assert [each for each in doors if not re.fullmatch(LIKE_A_DOOR, each)] == []
    others = ("P7K2M9QX4T3", "6901234567892", "12", "502", "JD-0012-34", "P7K2-M9QX-4T3", "12-502-1-1", "号")
    assert [each for each in others if re.fullmatch(LIKE_A_DOOR, each)] == []
