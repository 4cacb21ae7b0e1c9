"""Dates as feeds really write them: ISO, RFC 822, German, American, epochs; with and without a zone (pure)."""

import re
from datetime import UTC, datetime, timedelta, timezone

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)

_MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "jan jän jae",
            "feb",
            "mar mär mae mrz",
            "apr",
            "may mai",
            "jun",
            "jul",
            "aug",
            "sep",
            "oct okt",
            "nov",
            "dec dez",
        ],
        start=1,
    )
    for name in names.split()
}
_HOURS = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "cet": 1, "mez": 1, "bst": 1, "west": 1, "cest": 2, "mesz": 2,
    "eet": 2, "eest": 3, "msk": 3, "ist": 5.5, "jst": 9, "aest": 10, "aedt": 11, "ast": -4, "edt": -4, "est": -5,
    "cdt": -5,
    "cst": -6, "mdt": -6, "mst": -7, "pdt": -7, "pst": -8, "akst": -9, "hst": -10,
}  # fmt: skip

_TIME = (
    r"(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?(?:\s?(?P<half>[ap])\.?m\.?)?(?:\s?Uhr)?"
)
_TIME_AND_ZONE = rf"(?:(?:\s*,?\s|T|\s?-\s)(?:um\s|at\s)?{_TIME})?\s?(?P<zone>[^\d\s][^\n]{{0,40}})?"
_WEEKDAY = r"(?:[^\W\d_]{2,10}(?:\.?,\s?|\.?\s))?"
_MONTH = r"(?P<name>[^\W\d_]{3,9})\.?"
_FORMS = [
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?P<year>\d{{4}})-(?P<month>\d\d?)-(?P<day>\d\d?){_TIME_AND_ZONE}",
        rf"{_WEEKDAY}(?P<day>\d\d?)\.\s?(?P<month>\d\d?)\.\s?(?P<year>\d{{4}}){_TIME_AND_ZONE}",
        rf"{_WEEKDAY}(?P<day>\d\d?)\.?[\s-]{_MONTH},?[\s-](?P<year>\d{{4}}|\d\d){_TIME_AND_ZONE}",
        rf"{_WEEKDAY}{_MONTH}\s(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s(?P<year>\d{{4}}){_TIME_AND_ZONE}",
        rf"{_WEEKDAY}{_MONTH}\s(?P<day>\d\d?)\s{_TIME}\s(?:(?P<zone>[A-Z]{{3,4}})\s)?(?P<year>\d{{4}})",
    )
]
_OFFSET = re.compile(r"(?:UTC|GMT)?\s?(?P<sign>[+−-])(?P<hours>\d\d?):?(?P<minutes>\d\d)?(?!\d)", re.IGNORECASE)


def read_date(written: str, *, latest: datetime | None = None, fallback: str = "") -> datetime | None:
    """The moment that `written` means, in UTC; without a zone it is taken for UTC.

    None if it cannot be read, or lies before 2000 or after `latest`. `fallback` is somebody else's reading, in ISO.
    """
    written = " ".join(written.split())[:100]
    moment = _read_safely(written) or (_read_safely(fallback) if fallback else None)
    if moment is None or moment < EARLIEST or (latest is not None and moment > latest):
        return None
    return moment


def _read_safely(written: str) -> datetime | None:
    try:
        return _epoch(written) if written.isdecimal() else _calendar(written)
    except (ValueError, OverflowError, LookupError):  # no such day, no such year, no such month name
        return None


def _epoch(digits: str) -> datetime | None:
    """Seconds or milliseconds since 1970, or all digits of a date."""
    if len(digits) in (10, 13):
        return datetime.fromtimestamp(int(digits[:10]), UTC)
    if len(digits) in (8, 14):
        return datetime.strptime(digits.ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return None


def _calendar(written: str) -> datetime | None:
    found = next((match for form in _FORMS if (match := form.fullmatch(written))), None)
    if found is None:
        return None
    part = found.groupdict()
    month = int(part["month"]) if part.get("month") else _MONTHS[part["name"][:3].lower()]
    year = int(part["year"])
    day = datetime(year + 2000 if year < 100 else year, month, int(part["day"]), tzinfo=_zone(part["zone"] or ""))
    return (day + _time_of_day(part)).astimezone(UTC)


def _time_of_day(part: dict[str, str | None]) -> timedelta:
    """Since midnight; 24:00 is the end of the day."""
    hour, minute, second = (int(part[name] or 0) for name in ("hour", "minute", "second"))
    if part["half"]:
        hour = hour % 12 + (12 if part["half"].lower() == "p" else 0)
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and minute + second):
        raise ValueError("no such time of day")
    return timedelta(hours=hour, minutes=minute, seconds=min(second, 59))


def _zone(written: str) -> timezone:
    offset = _OFFSET.match(written)
    if offset:
        away = timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"] or 0))
        return timezone(away if offset["sign"] == "+" else -away)
    name = written.strip(" ()").split(" ")[0].lower()
    return timezone(timedelta(hours=_HOURS.get(name, 0.0)))
