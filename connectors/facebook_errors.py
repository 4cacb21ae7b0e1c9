"""What an error body of the Graph API means for us (pure): wait, try again, or a person must act.

The HTTP status is mostly 400 whatever happened, so the body decides. Sources: Meta's "Handle Errors" and
"Rate Limiting" guides; the sub-codes 33 and 492 and the code 80001 come from its reference of object comments.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from connectors.contract import SourceBroken, SourceDown, SourceError

THROTTLED = frozenset({4, 17, 32, 341, 613, 80001})
_TOKEN_DEAD = frozenset({102, 190})
_TRANSIENT = frozenset({1, 2})
_BAD_REQUEST = 100
_MISSING = 33  # sub-code of _BAD_REQUEST

_SHORTEST_REST = timedelta(hours=1)
_LONGEST_REST = timedelta(days=7)  # a wrong number must not silence a source for good

_NEW_TOKEN = "make a new Page token and put it into .env"  # noqa: S105
_TOKEN_TROUBLE = {
    458: f"the person behind the token has removed the app: let it in again, then {_NEW_TOKEN}",
    459: "Facebook wants the person behind the token to log in: do so at facebook.com, then try again",
    460: f"the person behind the token has changed the password: {_NEW_TOKEN}",
    463: f"the token has expired: {_NEW_TOKEN}",
    464: "the person behind the token is not confirmed: do so at facebook.com, then try again",
    467: f"the token was withdrawn: {_NEW_TOKEN}",
    492: "the person behind the token has no role on the Page any more: give it back; a new token will not help",
}
_NO_PERMISSION = (
    "the token lacks a permission: make a Page token with pages_read_engagement and pages_read_user_content,"
    " as a person who may create content on the Page"
)
_REMEDIES = {
    **dict.fromkeys((3, 10, *range(200, 300)), _NO_PERMISSION),
    _BAD_REQUEST: "Facebook refuses the question: check `page` and `api_url`",
    368: "Facebook has blocked the app or the person behind the token: see the Page's Support Inbox",
}


class TooMuchData(SourceDown):
    """The API could not put this much into one answer; fewer posts may work."""


class NoSuchObject(SourceBroken):
    """Facebook knows nothing under this id, or the token may not see it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """How much of a limit is used up, in percent, and how long the API wants to be left alone."""

    percent: float = 0
    wait: timedelta = timedelta()

    def rest(self) -> timedelta:
        """How long to leave a throttled page alone: what the API names, or an hour."""
        return min(self.wait, _LONGEST_REST) if self.wait else _SHORTEST_REST


def usage(headers: Mapping[str, str]) -> Usage:
    """The fullest limit that the usage headers of an answer name; header names are in lower case."""
    entries = [*_limits(headers.get("x-app-usage", "")), *_limits(headers.get("x-business-use-case-usage", ""))]
    percents = [_number(entry.get(key)) for entry in entries for key in ("call_count", "total_time", "total_cputime")]
    minutes = [_number(entry.get("estimated_time_to_regain_access")) for entry in entries]
    longest = min(max(minutes, default=0), _LONGEST_REST / timedelta(minutes=1))
    return Usage(percent=max(percents, default=0), wait=timedelta(minutes=longest))


def refusal(headers: Mapping[str, str]) -> Usage:
    """What the headers of an answer with an error name; beside the usage headers, whatever stands before Facebook."""
    used = usage(headers)
    return replace(used, wait=min(max(used.wait, _retry_after(headers)), _LONGEST_REST))


def _retry_after(headers: Mapping[str, str]) -> timedelta:
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return timedelta(seconds=int(value))
    try:
        return parsedate_to_datetime(value) - parsedate_to_datetime(headers.get("date", ""))
    except (TypeError, ValueError, IndexError):
        return timedelta()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Error:
    """The `error` object of an answer, whatever really stood in it."""

    code: int | None
    subcode: int | None
    kind: str
    message: str
    transient: bool
    trace: str

    def __str__(self) -> str:
        numbers = "/".join(str(number) for number in (self.code, self.subcode) if number is not None)
        return f"(Facebook says: {self.message[:200]!r}, code {numbers or 'none'}, trace {self.trace[:40]})"


def error_of(body: Mapping[str, Any], *, status: int, page: str, used: Usage, now: datetime) -> SourceError:
    """The exception for the `error` object of an answer about `page`; its message quotes what Facebook wrote."""
    error = _read(body)
    if error.code in THROTTLED:
        until = now + used.rest()
        told = f"Facebook throttles the page {page}: it is left alone until {until:%Y-%m-%d %H:%M %Z}"
        return SourceDown(f"{told} {error}", after=until)
    if error.code == 1 and "reduce the amount of data" in error.message.lower():
        return TooMuchData(
            f"Facebook could not put the posts of {page} into one answer; the next run tries again {error}"
        )
    if error.code == _BAD_REQUEST and error.subcode == _MISSING and not error.transient:
        told = "there is no such page, or the token may not see it: check `page` and whose token this is"
        return NoSuchObject(f"the page {page} cannot be read: {told} {error}")
    if remedy := _remedy(error, status):
        return SourceBroken(f"the page {page} cannot be read: {remedy} {error}")
    after = now + used.rest() if used.wait else None
    return SourceDown(f"Facebook could not answer for the page {page}; the next run tries again {error}", after=after)


def _remedy(error: _Error, status: int) -> str:
    """What a person must do, and about what; empty if the trouble may pass by itself."""
    if error.code in _TOKEN_DEAD or error.subcode in _TOKEN_TROUBLE:
        return _TOKEN_TROUBLE.get(error.subcode or 0, f"the token is not valid: {_NEW_TOKEN}")
    if error.transient or error.code in _TRANSIENT:
        return ""
    return _REMEDIES.get(error.code or 0, "") or _remedy_of_unknown(error, status)


def _remedy_of_unknown(error: _Error, status: int) -> str:
    if status >= 500 or status == 429:
        return ""
    if error.code is None and error.kind == "OAuthException":
        return f"the token is not valid: {_NEW_TOKEN}"
    return "look the code up in Meta's error reference"


def _read(body: Mapping[str, Any]) -> _Error:
    return _Error(
        code=_code(body.get("code")),
        subcode=_code(body.get("error_subcode")),
        kind=str(body.get("type")),
        message=" ".join(str(body.get("message") or "nothing more").split()),
        transient=body.get("is_transient") is True,
        trace=str(body.get("fbtrace_id") or "none"),
    )


def _limits(header: str) -> Iterator[Mapping[str, Any]]:
    """The entries of a usage header: one object, or per object id a list of them."""
    try:
        value = json.loads(header) if header else {}
    except (ValueError, RecursionError):
        return
    for part in [value, *(value.values() if isinstance(value, dict) else ())]:
        for entry in part if isinstance(part, list) else [part]:
            if isinstance(entry, dict):
                yield entry


def _code(value: object) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"\d{1,9}", value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _number(value: object) -> float:
    """A percentage or a count of minutes; 0 for everything that is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    return float(min(value, 1e6)) if value > 0 else 0
