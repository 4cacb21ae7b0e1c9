"""An account's own tweets, read once and looked through as often as needed. Pure."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from connectors.contract import Draft, Posted
from connectors.twitter_match import has_link, has_words, leads_to, words_of
from connectors.twitter_problem import identifier

Tweet = Mapping[str, Any]


class TwitterTimeline:
    """As `Timeline`. `tweets` are those of X, newest first."""

    def __init__(
        self,
        tweets: Sequence[Tweet],
        *,
        as_posted: Callable[[Tweet], Posted],
        length: Callable[[str], int],
        price: Callable[[str], Decimal],
    ) -> None:
        self._tweets = tweets
        self._as_posted = as_posted
        self._length = length
        self._price = price

    def find(self, draft: Draft, *, since: datetime | None = None, but: Collection[str] = ()) -> Posted | None:
        """As `Timeline.find`. The words may be another template's by now, so the link decides alone."""
        tweets = (tweet for tweet in self._tweets if identifier(tweet) not in but)
        if since:
            tweets = (tweet for tweet in tweets if self._as_posted(tweet).at >= since)
        tweet = match(draft, tweets, by_link=partial(has_link, draft))
        return self._as_posted(tweet) if tweet else None

    def linking(self) -> Iterator[tuple[Posted, Draft]]:
        """As `Timeline.linking`."""
        for tweet in filter(identifier, self._tweets):
            if link := leads_to(tweet):
                text = words_of(tweet)
                draft = Draft(text=text, link=link, weight=self._length(text), price=self._price(text))
                yield self._as_posted(tweet), draft


def match(draft: Draft, tweets: Iterable[Tweet], *, by_link: Callable[[Tweet], bool]) -> Tweet | None:
    """The tweet with the draft's words, or else the first that its link tells: two posts may lead to one page."""
    first = None
    for tweet in filter(identifier, tweets):
        if has_words(draft, tweet):
            return tweet
        if first is None and by_link(tweet):
            first = tweet
    return first
