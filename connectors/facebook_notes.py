"""What one look at a page has to tell ops, each thing once; what was told is noted for the next look (pure)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from connectors.contract import WARNING, SourceBroken, SourceDown, SourceError
from connectors.facebook_errors import Usage
from connectors.facebook_posts import Skipped
from connectors.facebook_token import TokenHealth
from connectors.facebook_values import moment

_NEARLY_FULL = 75  # percent
_NEXT_TOKEN_CHECK = timedelta(days=1)
_SECOND_TOKEN_CHECK = timedelta(hours=1)


class Notes:
    """`kept` are the notes for the next look, `notices` the sentences for ops."""

    def __init__(self, last: Mapping[str, str], *, page: str, now: datetime) -> None:
        self._last = last
        self._page = page
        self._now = now
        self.kept = {key: value for key, value in last.items() if key in ("token_check", WARNING)}
        self.notices: list[str] = []

    def posts(self, count: int, skipped: Iterable[Skipped]) -> None:
        """How many posts were listed, and which of them are no news."""
        self.kept["posts"] = "some" if count else "none"
        if not count and self._last.get("posts") != "none":
            self.notices.append(
                f"Facebook lists no post of the page {self._page}: if it has some, the token is of the wrong kind or"
                " lacks a permission; make a Page token with pages_read_engagement"
            )
        told = set(self._last.get("skipped", "").split())
        new = Counter(post.why for post in skipped if (post.id or post.why) not in told)
        self.kept["skipped"] = " ".join(sorted(post.id or post.why for post in skipped))
        if new:
            reasons = ", ".join(f"{number} {why}" for why, number in sorted(new.items()))
            self.notices.append(f"{new.total()} posts of the page {self._page} are left out: {reasons}")

    def usage(self, used: Usage) -> None:
        """A page near its limit is left alone for a while, before Facebook locks it out for longer."""
        if used.percent <= _NEARLY_FULL and not used.wait:
            return
        until = self._now + used.rest()
        self._rest(until)
        if "rest_until" not in self._last:
            self.notices.append(
                f"{used.percent:.0f} % of what Facebook allows for the page {self._page} is used up: it is asked less"
                f" often, next at {until:%Y-%m-%d %H:%M %Z}; have whatever else uses the app ask less"
            )

    def token(self, health: TokenHealth | None) -> None:
        """The token was looked at; the same warning is told once."""
        self.kept["token_check"] = (self._now + _NEXT_TOKEN_CHECK).isoformat()
        if health is None:
            return
        warning = health.warning(self._now)
        if warning and warning != self._last.get(WARNING):
            self.notices.append(f"page {self._page}: {warning}")
        self.kept[WARNING] = warning

    def token_unknown(self, error: SourceError) -> None:
        """The token could not be looked at. The posts could be read, so this alone is no failure."""
        pause = _NEXT_TOKEN_CHECK if isinstance(error, SourceBroken) else _SECOND_TOKEN_CHECK
        self.kept["token_check"] = (self._now + pause).isoformat()
        if isinstance(error, SourceDown) and error.after:
            self._rest(error.after)
        told = "Facebook does not tell how long the token lasts"
        if isinstance(error, SourceBroken) and told != self._last.get(WARNING):
            self.notices.append(f"page {self._page}: {told}; look at it by hand now and then ({error})")
            self.kept[WARNING] = told

    def _rest(self, until: datetime) -> None:
        self.kept["rest_until"] = max(until, moment(self.kept.get("rest_until")) or until).isoformat()


def is_resting(notes: Mapping[str, str], now: datetime) -> bool:
    return now < (moment(notes.get("rest_until")) or now)


def is_token_check_due(notes: Mapping[str, str], now: datetime) -> bool:
    return now >= (moment(notes.get("token_check")) or now)
