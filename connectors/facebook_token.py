"""What Facebook says about a token (pure): valid or not, how long, and what it may."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.facebook_values import plain

NEEDED = ("pages_read_engagement", "pages_read_user_content")
_WARN_DAYS = (0, 1, 7, 14)


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenHealth:
    """`ends` is when the token or its access to data lapses, whichever is first; None is never.

    `told` is whether Facebook says so for both, in a way that can be read.
    """

    valid: bool
    told: bool
    ends: datetime | None
    missing: tuple[str, ...]
    problem: str

    def warning(self, now: datetime) -> str:
        """A sentence that changes 14, 7 and 1 days before the end and at the end; empty before."""
        if not self.valid:
            reason = f" ({self.problem})" if self.problem else ""
            return f"Facebook says that the token is not valid{reason}: make a new Page token and put it into .env"
        days = self._days_ahead(now)
        if self.ends is None or days is None:
            return ""
        when = "has lapsed: now" if days == 0 else f"lapses within {days} day{'s' * (days > 1)}: before that"
        return (
            f"the token, or its access to data, {when} make a new Page token and put it into .env ({_date(self.ends)})"
        )

    def sentence(self, now: datetime) -> str:
        """How long the token lasts, for `crosspost check`."""
        if warning := self.warning(now):
            return warning
        if not self.told:
            return "the token is valid, but Facebook does not tell how long it lasts"
        return f"the token is valid until {_date(self.ends)}" if self.ends else "the token is valid and does not expire"

    def _days_ahead(self, now: datetime) -> int | None:
        if self.ends is None:
            return None
        return next((days for days in _WARN_DAYS if self.ends - now <= timedelta(days=days)), None)


def read_token(data: Mapping[str, Any]) -> TokenHealth | None:
    """The health in the `data` of a /debug_token answer, or None where the answer says nothing about it."""
    if not isinstance(data.get("is_valid"), bool):
        return None
    seconds = [_seconds(data.get("expires_at")), _seconds(data.get("data_access_expires_at", 0))]
    ends = [datetime.fromtimestamp(end, UTC) for end in seconds if end]
    scopes = data.get("scopes")
    return TokenHealth(
        valid=data["is_valid"],
        told=None not in seconds,
        ends=min(ends, default=None),
        missing=tuple(scope for scope in NEEDED if scope not in scopes) if isinstance(scopes, list) else (),
        problem=plain(data.get("problem"))[:200],
    )


def _seconds(value: object) -> int | None:
    """A Unix time, as a number or as its digits; 0 is never. None is whatever else stands there, or nothing."""
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,12}(\.[0-9]+)?", str(value)):
        return None
    seconds = int(float(str(value)))
    return seconds if seconds < 253_000_000_000 else None  # the year 9987


def _date(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
