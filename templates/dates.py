"""Days in words."""

from datetime import datetime

_MONTHS = {
    "de": (
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ),
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}


def day(moment: datetime, language: str, *, this_year: int | None = None) -> str:
    """30. November or 30 November; with its year if that is not `this_year`."""
    known = "de" if language == "de" else "en"
    words = f"{moment.day}{'.' if known == 'de' else ''} {_MONTHS[known][moment.month - 1]}"
    return words if this_year in (None, moment.year) else f"{words} {moment.year}"
