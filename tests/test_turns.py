"""When an account may speak."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from connectors.opening_hours import OpeningHours

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("hours", "moment", "opens"),
    [
        ("Mon-Fri 08:00-18:00", "2026-11-23 09:00", "2026-11-23 09:00"),
        ("Mon-Fri 08:00-18:00", "2026-11-23 07:59", "2026-11-23 08:00"),
        ("Mon-Fri 08:00-18:00", "2026-11-23 18:00", "2026-11-24 08:00"),
        ("Mon-Fri 08:00-18:00", "2026-11-27 20:00", "2026-11-30 08:00"),
        ("Mon-Fri 08:00-18:00, Sat 10:00-14:00", "2026-11-27 20:00", "2026-11-28 10:00"),
        ("08:00-18:00", "2026-11-29 07:00", "2026-11-29 08:00"),
        ("Sat-Mon 10:00-12:00", "2026-11-29 11:00", "2026-11-29 11:00"),
        ("Wed 10:00-12:00", "2026-11-25 12:00", "2026-12-02 10:00"),
        ("Sun 01:00-04:00", "2026-10-24 12:00", "2026-10-25 01:00"),
    ],
)
def test_an_account_speaks_in_its_hours(hours: str, moment: str, opens: str) -> None:
    assert OpeningHours.parse(hours).next_open(at(moment)) == at(opens)


def test_summer_time_does_not_move_the_hours() -> None:
    before = at("2026-10-24 20:00")
    assert OpeningHours.parse("08:00-18:00").next_open(before).isoformat() == "2026-10-25T08:00:00+01:00"


@pytest.mark.parametrize("text", ["always", "Mon-Fri", "Mo-Fr 08:00-18:00", "08:00-25:00", "18:00-08:00", "", 8])
def test_hours_that_cannot_be_read_are_told_with_an_example(text: object) -> None:
    with pytest.raises(ValueError, match=r"write hours like|two windows"):
        OpeningHours.parse(text)


def test_an_open_account_may_speak_at_once() -> None:
    now = at("2026-11-23 09:00") + timedelta(microseconds=1)
    assert OpeningHours.parse("Mon 09:00-10:00").next_open(now) == now
