"""From when until when a badge is good, as people write it and as the desk offers it."""

from datetime import timedelta

import pytest

from domain.base import Refused
from services.crew.windows import end_said, first_offered, moment_said, offered, usual_day, window_of
from services.wiring import now


def test_windows_are_read_as_people_write_them():
    moment = moment_said("2022-04-20 12:00", now())
    assert usual_day(moment).begins.hour == 6
    assert window_of("next-hours", moment).ends - moment == timedelta(hours=12)
    night = window_of("own", moment, "22:00", "06:00")
    assert night == (moment_said("2022-04-20 22:00", moment), moment_said("2022-04-21 06:00", moment))
    assert window_of("own", moment, "2022-04-20T22:00", "2022-04-20T06:00") == night, "as the form sends it"
    for first, last in (("2022-04-20T20:10", "2022-04-20T20:05"), ("14:00", "06:00"), ("22:00", "22:00")):
        turned = window_of("own", moment, first, last)
        assert turned.ends <= turned.begins, "typed the wrong way round"
    assert end_said("2022-04-19 06:00", moment) < moment
    assert moment_said("6:00", moment) == usual_day(moment).begins
    for written in ("", "noon", "25:00"):
        with pytest.raises(Refused, match="This is no time"):
            moment_said(written, moment)


def test_a_day_that_is_over_is_not_offered_and_is_refused_in_words():
    evening, night = (moment_said(f"2022-04-20 {hour}", now()) for hour in ("21:59", "22:00"))
    assert list(offered(evening)) == ["today", "next-hours", "tomorrow"]
    assert first_offered(evening) == "today"
    assert list(offered(night)) == ["next-hours", "tomorrow"]
    assert first_offered(night) == "next-hours"
    with pytest.raises(Refused, match="is over"):
        window_of("today", night)
