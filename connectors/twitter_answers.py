"""What an answer of X means (pure): posted, certainly not, never, perhaps, or not with this account."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from connectors.contract import AccountDown, MaybePosted, NotPosted, PostError, Refused
from connectors.twitter_problem import Answer, Problem

LONGEST_WAIT = timedelta(hours=24)  # X's longest window; a reset beyond it is a mistake of somebody's clock
WINDOW = timedelta(minutes=15)
CLOCKS_AGREE = timedelta(minutes=2)  # an answer may take a minute, and X refuses a clock that is a few minutes off

_QUEUE_WAITS = "The queue waits."
_LOOK_FIRST = "The timeline is looked at before anything is sent again."

# What is wrong with an account, by problem type, reason, or code of the older API: what X says, what to do.
_DOWN = {
    "credits": ("the account has no credits left", "Top up at console.x.com."),
    "user-suspended": ("the account is suspended", "Log in at x.com and appeal."),
    "64": ("the account is suspended", "Log in at x.com and appeal."),
    "326": ("the account is locked for now", "Log in at x.com and unlock it."),
    "client-forbidden": ("this app may not use the API", "Give it access at console.x.com."),
    "client-not-enrolled": ("this app is not enrolled for the API", "Enrol it at console.x.com."),
    "unsupported-authentication": ("these keys do not act for a user", "Make access tokens at console.x.com."),
    "oauth1-permissions": (
        "the app may only read",
        "Give it Read and write at console.x.com, then make new access tokens.",
    ),
    "261": ("the app may only read", "Give it Read and write at console.x.com, then make new access tokens."),
    "usage-capped": (
        "the usage cap of the account is reached",
        "Raise it at console.x.com or wait for the next period.",
    ),
}
_DOWN_BY_WORDS = {"is suspended": "user-suspended", "temporarily locked": "326"}
_DOWN_BY_STATUS = {
    401: ("it does not know these credentials", "Check the four keys and this machine's clock."),
    402: _DOWN["credits"],
    404: ("there is nothing at this address", "Check the account's api_url: it is not the X API."),
    405: ("this address takes no tweets", "Check the account's api_url: it is not the X API."),
    410: ("this address is gone", "Check the account's api_url: it is not the X API."),
}


def post_failed(answer: Answer, *, now: datetime) -> PostError:
    """Why an answer to POST /2/tweets that brought no id is none of ours to ignore."""
    problem = Problem.of(answer)
    if 300 <= answer.status < 400:
        return _redirected(problem)
    if answer.status == 429:
        return _too_many(answer, problem, now)
    if not 400 <= answer.status < 500 or answer.status == 408:
        return MaybePosted(f"X answered {problem} and did not say whether the tweet is out. {_LOOK_FIRST}")
    if problem.is_duplicate:
        return MaybePosted(f"X says that it has this tweet already ({problem}). {_LOOK_FIRST}")
    return _clock_is_wrong(answer, problem, now) or _account_down(answer, problem) or _refused_words(problem)


def look_failed(answer: Answer, *, now: datetime) -> PostError:
    """Why a request that only reads brought nothing to read: `NotPosted`, `AccountDown` or `Refused`."""
    problem = Problem.of(answer)
    if 300 <= answer.status < 400:
        return _redirected(problem)
    if answer.status == 429:
        return _too_many(answer, problem, now)
    if not 400 <= answer.status < 500 or answer.status == 408:
        return NotPosted(f"X answered {problem} where data was expected. The next run asks again.")
    if off := _clock_is_wrong(answer, problem, now):
        return off
    if answer.status in {401, 402} or _trouble(problem):
        return _account_down(answer, problem) or NotPosted(str(problem))
    return Refused(f"X does not let this account look ({problem}). Look at the account at x.com and decide by hand.")


def clock(answer: Answer, *, now: datetime) -> datetime:
    """What X's clock showed when it answered; ours, `now`, if it does not say."""
    try:
        shown = parsedate_to_datetime(answer.headers.get("date", ""))
        return shown.astimezone(UTC) if shown.tzinfo else now
    except (TypeError, ValueError, OverflowError):
        return now


def _trouble(problem: Problem) -> str:
    """The first of the account's troubles that this answer names."""
    by_words = [mark for words, mark in _DOWN_BY_WORDS.items() if words in problem.words and problem.status == 403]
    return next((mark for mark in _DOWN if mark in problem.marks or mark in by_words), "")


def _clock_is_wrong(answer: Answer, problem: Problem, now: datetime) -> AccountDown | None:
    """Whether X does not know these credentials because they were signed at another time than its own."""
    off = clock(answer, now=now) - now
    if answer.status != 401 or abs(off) <= CLOCKS_AGREE:
        return None
    where = (
        f"{round(abs(off) / timedelta(minutes=1))} minutes {'behind' if off > timedelta() else 'ahead of'} that of X"
    )
    remedy = "Set it (`timedatectl set-ntp true`); if it is right, check the four keys."
    return AccountDown(f"The clock of this machine is {where}, and X refuses that ({problem}). {remedy} {_QUEUE_WAITS}")


def _account_down(answer: Answer, problem: Problem) -> AccountDown | None:
    says, remedy = _DOWN.get(_trouble(problem)) or _DOWN_BY_STATUS.get(answer.status) or ("", "")
    return AccountDown(f"X says {says} ({problem}). {remedy} {_QUEUE_WAITS}") if says else None


def _refused_words(problem: Problem) -> Refused:
    return Refused(f"X refuses this tweet ({problem}). Change the words or the template, then let it wait again.")


def _redirected(problem: Problem) -> NotPosted:
    return NotPosted(
        f"The account's api_url answers with a redirect ({problem.status}), so it is not the X API. "
        "Nothing is out; correct the address."
    )


def _too_many(answer: Answer, problem: Problem, now: datetime) -> PostError:
    if "usage-capped" in problem.marks:
        return _account_down(answer, problem) or NotPosted(str(problem))
    after = now + _wait(answer.headers, now)
    return NotPosted(f"X asks to wait until {after:%Y-%m-%d %H:%M %Z} ({problem}). {_QUEUE_WAITS}", after=after)


def _wait(headers: Mapping[str, str], now: datetime) -> timedelta:
    """How long X asks to wait, from whichever headers it sent; a quarter of an hour if none makes sense."""
    resets = [headers.get("x-rate-limit-reset")]
    # Undocumented, and absent on pay-per-use: only an emptied daily window says anything about this answer.
    for who in ("app", "user"):
        if headers.get(f"x-{who}-limit-24hour-remaining") == "0":
            resets.append(headers.get(f"x-{who}-limit-24hour-reset"))
    waits = [_number(reset) - now.timestamp() for reset in resets]
    waits.append(_retry_after(headers.get("retry-after", ""), now))
    seconds = max((wait for wait in waits if wait > 0), default=WINDOW.total_seconds())
    return timedelta(seconds=math.ceil(min(seconds, LONGEST_WAIT.total_seconds())))


def _retry_after(value: str, now: datetime) -> float:
    try:
        return (parsedate_to_datetime(value) - now).total_seconds()
    except (TypeError, ValueError, OverflowError):
        return _number(value)


def _number(value: str | None) -> float:
    try:
        return float(int(value or ""))
    except (ValueError, OverflowError):
        return 0.0
