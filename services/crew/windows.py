"""From when until when a badge is good: the usual windows of a shift, and windows as people write them."""

from datetime import datetime, time, timedelta
from typing import Final, Literal, NamedTuple

from domain.base import Refused
from domain.goods.handling import PLACE_TIME

Preset = Literal["today", "next-hours", "tomorrow", "own"]

BEGINS: Final = time(6)
ENDS: Final = time(22)
NEXT_HOURS: Final = timedelta(hours=12)
A_NIGHT: Final = timedelta(hours=12)
A_DAY: Final = timedelta(days=1)
UNREADABLE: Final = "This is no time. Write it as 22:00 or as 2022-04-20 22:00."
DAY_OVER: Final = "The usual shift of today is over. Choose 12 hours from now, tomorrow or another time."


class Window(NamedTuple):
    begins: datetime
    ends: datetime


def usual_day(moment: datetime, days: int = 0) -> Window:
    """06:00 to 22:00 in the compound's time, so many days from that moment's day."""
    day = moment.astimezone(PLACE_TIME).date() + timedelta(days=days)
    return Window(datetime.combine(day, BEGINS, PLACE_TIME), datetime.combine(day, ENDS, PLACE_TIME))


def window_of(preset: Preset, moment: datetime, begins: str = "", ends: str = "") -> Window:
    """``begins`` and ``ends`` count for ``own`` only. Raises Refused for what cannot be read and a day that is over."""
    match preset:
        case "today":
            day = usual_day(moment)
            if day.ends <= moment:
                raise Refused("day-not-over", DAY_OVER)
            return day
        case "tomorrow":
            return usual_day(moment, 1)
        case "next-hours":
            return Window(moment, moment + NEXT_HOURS)
        case "own":
            first = moment_said(begins, moment) if begins else moment
            return Window(first, end_said(ends, first))


def offered(moment: datetime) -> dict[Preset, Window]:
    """The presets that are not over yet."""
    today: dict[Preset, Window] = {"today": usual_day(moment)} if usual_day(moment).ends > moment else {}
    return today | {"next-hours": window_of("next-hours", moment), "tomorrow": window_of("tomorrow", moment)}


def first_offered(moment: datetime) -> Preset:
    return next(iter(offered(moment)))


def moment_said(written: str, near: datetime) -> datetime:
    """``06:00`` today, ``2022-04-20 06:00`` or ISO 8601, in the compound's time unless it says another."""
    text = written.strip()
    try:
        if len(text) <= len("06:00"):
            said = datetime.combine(near.astimezone(PLACE_TIME).date(), time.fromisoformat(text.zfill(5)))
        else:
            said = datetime.fromisoformat(text)
    except ValueError:
        raise Refused("time-readable", UNREADABLE) from None
    return said if said.tzinfo else said.replace(tzinfo=PLACE_TIME)


def end_said(written: str, begins: datetime) -> datetime:
    """As ``moment_said``; earlier on the day of the beginning means the next morning where that makes a night of it.

    22:00 until 06:00 does; 20:10 until 20:05 was typed the wrong way round, and is left for the record to refuse.
    """
    said = moment_said(written, begins)
    same_day = said.astimezone(PLACE_TIME).date() == begins.astimezone(PLACE_TIME).date()
    is_a_night = same_day and said <= begins and said + A_DAY - begins <= A_NIGHT
    return said + A_DAY if is_a_night else said


def end_of_day(written: str) -> datetime:
    """Until the end of a date, in the compound's time. Raises Refused."""
    try:
        day = datetime.fromisoformat(written.strip()).date()
    except ValueError:
        raise Refused("until-sane", "Name a captain until a date to come, at most a year from now.") from None
    return datetime.combine(day, time(23, 59), PLACE_TIME)


def window_shown(begins: datetime, ends: datetime) -> str:
    """``04-20 06:00 – 22:00``; with both dates where it ends on another day."""
    begin, end = begins.astimezone(PLACE_TIME), ends.astimezone(PLACE_TIME)
    last = f"{end:%H:%M}" if begin.date() == end.date() else f"{end:%m-%d %H:%M}"
    return f"{begin:%m-%d %H:%M} – {last}"
