"""The hours in which an account speaks: "Mon-Fri 08:00-18:00", several of them apart by commas. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Self

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WINDOW = re.compile(
    r"(?:(?P<first>[A-Z][a-z]{2})(?:-(?P<last>[A-Z][a-z]{2}))? )?(?P<opens>\d\d:\d\d)-(?P<closes>\d\d:\d\d)"
)
_REMEDY = 'write hours like "Mon-Fri 08:00-18:00" or "Mon-Fri 08:00-18:00, Sat 10:00-14:00"'


@dataclass(frozen=True, kw_only=True)
class _Window:
    days: frozenset[int]
    opens: time
    closes: time

    @classmethod
    def parse(cls, text: str) -> Self:
        match = _WINDOW.fullmatch(text.strip())
        if match is None:
            raise ValueError(_REMEDY)
        first, last = match["first"] or "Mon", match["last"] or match["first"] or "Sun"
        try:
            start, end = DAYS.index(first), DAYS.index(last)
            opens, closes = time.fromisoformat(match["opens"]), time.fromisoformat(match["closes"])
        except ValueError:
            raise ValueError(_REMEDY) from None
        if opens >= closes:
            raise ValueError(f"{text.strip()} ends before it begins; for a night, write two windows")
        days = frozenset((start + step) % 7 for step in range((end - start) % 7 + 1))
        return cls(days=days, opens=opens, closes=closes)


class OpeningHours:
    """Windows of the week, in whatever time zone the asked moment is in."""

    def __init__(self, windows: Iterable[_Window]) -> None:
        self._windows = tuple(windows)

    @classmethod
    def parse(cls, text: object) -> "OpeningHours":
        """Raises ValueError with the remedy."""
        if isinstance(text, OpeningHours):
            return text
        if not isinstance(text, str):
            raise ValueError(_REMEDY)  # noqa: TRY004  (pydantic makes a message of this one)
        return cls(_Window.parse(part) for part in text.split(","))

    def next_open(self, moment: datetime) -> datetime:
        """`moment` itself if it lies within the hours, else the next opening; in the time zone of `moment`."""
        return min(self._openings(moment))

    def _openings(self, moment: datetime) -> Iterable[datetime]:
        for ahead in range(8):
            day = (moment + timedelta(days=ahead)).date()
            for window in self._windows:
                if day.weekday() in window.days:
                    opens = datetime.combine(day, window.opens, moment.tzinfo)
                    closes = datetime.combine(day, window.closes, moment.tzinfo)
                    if moment < closes:
                        yield max(moment, opens)
