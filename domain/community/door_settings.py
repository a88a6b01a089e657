"""What a compound says about its doors, so that its own street is not taken for a building."""

from typing import Literal

from domain.base import Message

DoorPart = Literal["弄", "期", "号", "单元", "室"]


class DoorSettings(Message):
    names: tuple[str, ...] = ()
    """The compound's own names, as people write them in front of a door."""

    streets: tuple[str, ...] = ()
    """Own streets with their number as written: 某路168弄."""

    towns: tuple[str, ...] = ()
    """Own city, district and town words that may stand in front."""

    blocks: Literal["same", "different"] | dict[str, tuple[str, ...]] | None = None
    """Whether 栋, 幢, 楼 mean the same as 号; a table gives the entrances (号) of each block."""

    parts: tuple[DoorPart, ...] = ("号", "室")
    """Which parts a door has here; what is not named here is never needed and never guessed."""
