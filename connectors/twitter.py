"""X, formerly Twitter: posts a draft, finds it again, and says what became of it."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import chain
from typing import Annotated, Any, Literal

import httpx
from pydantic import AfterValidator, Field, SecretStr

from connectors.contract import (
    AccountDown,
    AccountSettings,
    Draft,
    Look,
    MaybePosted,
    NotPosted,
    Posted,
    PostError,
    Profile,
    Refused,
)
from connectors.oauth1 import OAuth1
from connectors.transport import deadline, guarded_transport
from connectors.tweet_length import find_links, tweet_length
from connectors.twitter_answers import clock, look_failed, post_failed
from connectors.twitter_match import has_link, is_alike
from connectors.twitter_problem import Answer, Problem, identifier, moment, table
from connectors.twitter_timeline import TwitterTimeline, match
from connectors.unpacking import read_body

# X's price list of August 2026, in USD.
PRICE = Decimal("0.015")
PRICE_WITH_LINK = Decimal("0.200")

LOOK_TIMEOUT = timedelta(seconds=30)
UPLOAD_TIMEOUT = timedelta(seconds=60)

# `since` is told by our clock, the timeline by X's. X refuses signatures (401) of a clock that is minutes off, so this
# covers both; more would only let words without a link match an older tweet.
CLOCK_MARGIN = timedelta(minutes=15)
# What finding needs to see of a tweet, by the parameter's name since 2026-08-07 and, where that is refused, before.
FIELDS = {"post.fields": "created_at,entities,note_post"}
FIELDS_BEFORE = {"tweet.fields": "created_at,entities,note_tweet"}
PAGES = 32  # X shows the newest 3,200 tweets, 100 a page
LARGEST_ANSWER = 10 * 1024 * 1024  # bytes; a page of the longest tweets takes 3 MB

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)

logger = logging.getLogger("crosspost")

# httpx writes a line per request at INFO, into every run's log.
logging.getLogger("httpx").setLevel(logging.WARNING)


def _base_url(text: str) -> str:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme not in {"http", "https"} or not url.host or url.query or url.fragment or url.userinfo:
        raise ValueError("write the address of the X API with nothing behind it, such as https://api.x.com")
    return text.rstrip("/")


Secret = Annotated[SecretStr, Field(min_length=1)]


class _NoMore(Refused):
    """X shows no older tweets."""


class Twitter(AccountSettings):
    """An account on X, by the four keys of OAuth 1.0a: an app with Read and write, and the account's own tokens."""

    kind: Literal["twitter"] = "twitter"
    api_key: Secret
    api_secret: Secret
    access_token: Secret
    access_token_secret: Secret
    api_url: Annotated[str, AfterValidator(_base_url)] = "https://api.x.com"
    limit: int = Field(default=280, ge=1, le=25_000)  # in X's weighted characters; 25000 with Premium

    @property
    def owner(self) -> str:
        """An access token of OAuth 1.0a begins with the user id of its account (X's docs, POST oauth/access_token)."""
        user_id, dash, _ = self.access_token.get_secret_value().partition("-")
        return user_id if dash and user_id.isdecimal() else ""

    def length(self, text: str) -> int:
        """The weighted length: a link counts 23, an emoji 2."""
        return tweet_length(text)

    def links(self, text: str) -> list[tuple[int, int]]:
        """Where X would make a link."""
        return find_links(text)

    def price(self, text: str) -> Decimal:
        """The price of a tweet with these words."""
        return PRICE_WITH_LINK if find_links(text) else PRICE

    def whoami(self) -> Profile:
        """Whose keys these are. Costs $0.010, so ask once and remember."""
        try:
            data = table(self._read("GET", "/2/users/me").json().get("data"))
        except Refused as error:
            raise AccountDown(str(error)) from error
        if not (user_id := identifier(data)):
            raise NotPosted("X did not say whose account this is. The next run asks again.")
        return Profile(id=user_id, username=str(data.get("username", "")))

    def post(self, draft: Draft, *, timeout: timedelta, now: datetime, media: Sequence[str] = ()) -> Posted:
        """Publish the draft, with the pictures of `media`: at most four ids from `upload`."""
        pictures = {"media": {"media_ids": list(media)}} if media else {}
        try:
            answer = self._send("POST", "/2/tweets", timeout=timeout, json={"text": draft.text, **pictures})
        except _NEVER_SENT as error:
            raise self._unreachable(error) from error
        except httpx.HTTPError as error:
            raise MaybePosted(
                f"X broke off before it said whether the tweet is out ({_reason(error)}). "
                "The timeline is looked at before anything is sent again."
            ) from error
        if answer.ok and (tweet_id := identifier(answer.json().get("data"))):
            return Posted(id=tweet_id, url=self._tweet_url(tweet_id), at=now)
        raise post_failed(answer, now=now)

    def find(self, draft: Draft, *, user_id: str, since: datetime) -> Look:
        """Look for the newest tweet since then with the draft's words or link. Costs $0.001 per tweet that X shows."""
        earliest = since - CLOCK_MARGIN
        with deadline(LOOK_TIMEOUT.total_seconds()):
            pages = self._pages(user_id, earliest)
            newest = next(pages)
            tweets = chain.from_iterable(map(_tweets, chain([newest], pages)))
            since_then = (tweet for tweet in tweets if _at(tweet) >= earliest)
            found = match(draft, since_then, by_link=lambda tweet: has_link(draft, tweet) and is_alike(draft, tweet))
        posted = self._as_posted(found) if found else None
        return Look(posted=posted, at=clock(newest, now=datetime.now(UTC)))

    def timeline(self, *, user_id: str, since: datetime) -> TwitterTimeline:
        """The account's tweets since then, 3,200 at most. Costs $0.001 for each. Raises as `find` does."""
        tweets: list[Mapping[str, Any]] = []
        with suppress(_NoMore):
            for page in self._pages(user_id, since - CLOCK_MARGIN):
                tweets += _tweets(page)
        return TwitterTimeline(tweets, as_posted=self._as_posted, length=self.length, price=self.price)

    def upload(self, image: bytes, *, media_type: str, alt: str = "") -> str:
        """Hand X a picture of at most 5 MB; its id is good for a day, and nothing public comes of it.

        Raises `NotPosted`, `AccountDown` or `Refused`. A failing picture costs the picture, not the tweet; a failing
        alternative text costs that text, and a warning says so: most readers miss less by that than by no picture.
        """
        media = self._read(
            "POST",
            "/2/media/upload",
            timeout=UPLOAD_TIMEOUT,
            failed=_picture_failed,
            files={"media": ("picture", image, media_type)},
            data={"media_category": "tweet_image"},
        )
        if not (media_id := identifier(media.json().get("data"))):
            raise NotPosted("X took the picture but gave it no id. The tweet can go without it.")
        if alt:
            self._describe(media_id, alt)
        return media_id

    def _describe(self, media_id: str, alt: str) -> None:
        metadata = {"alt_text": {"text": alt[:1000]}}
        try:
            self._read("POST", "/2/media/metadata", failed=_picture_failed, json={"id": media_id, "metadata": metadata})
        except PostError as error:
            logger.warning("%s: a picture goes without its alternative text “%s”: %s", self.name, alt[:60], error)

    def _pages(self, user_id: str, since: datetime) -> Iterator[Answer]:
        """The account's own tweets, newest first, without retweets; at least one page."""
        start = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        query = {"max_results": "100", "exclude": "retweets", "start_time": start}
        for _ in range(PAGES):
            page = self._page(user_id, query)
            meta = table(page.json().get("meta"))
            if not isinstance(page.json().get("data"), list) and meta.get("result_count") != 0:
                # X answers some requests it cannot fulfil with 200 and errors; that must not read as "not there".
                raise NotPosted("X answered without a timeline. The next run looks again.")
            yield page
            if not (token := meta.get("next_token")):
                return
            query["pagination_token"] = str(token)
        raise _NoMore("The tweet is not among the 3,200 that X shows. Look at the account and decide by hand.")

    def _page(self, user_id: str, query: Mapping[str, str]) -> Answer:
        path = f"/2/users/{user_id}/tweets"
        try:
            return self._read("GET", path, params={**query, **FIELDS})
        except Refused:
            return self._read("GET", path, params={**query, **FIELDS_BEFORE})

    def _read(
        self,
        method: str,
        path: str,
        *,
        timeout: timedelta = LOOK_TIMEOUT,
        failed: Callable[..., PostError] = look_failed,
        **request: Any,
    ) -> Answer:
        """What X answers to a request that publishes nothing: an object."""
        try:
            answer = self._send(method, path, timeout=timeout, **request)
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error
        if answer.ok and answer.json():
            return answer
        raise failed(answer, now=datetime.now(UTC))

    def _send(self, method: str, path: str, *, timeout: timedelta, **request: Any) -> Answer:
        seconds = timeout.total_seconds()
        with (
            deadline(seconds),
            self._client.stream(method, f"{self.api_url}{path}", timeout=seconds, **request) as response,
        ):
            return Answer(
                status=response.status_code,
                headers=dict(response.headers),
                body=read_body(response, max_bytes=LARGEST_ANSWER),
                secrets=tuple(key.get_secret_value() for key in self._keys),
            )

    @property
    def _keys(self) -> tuple[SecretStr, ...]:
        return self.api_key, self.api_secret, self.access_token, self.access_token_secret

    @cached_property
    def _client(self) -> httpx.Client:
        api_key, api_secret, access_token, access_token_secret = (key.get_secret_value() for key in self._keys)
        return httpx.Client(
            transport=guarded_transport(allow_private_hosts=True),  # api_url is the operator's own word
            auth=OAuth1(
                api_key=api_key,
                api_secret=api_secret,
                access_token=access_token,
                access_token_secret=access_token_secret,
            ),
            # On a kept connection that X is just closing, a tweet would be lost in doubt for nothing.
            headers={"Connection": "close", "User-Agent": "Crosspost", "Accept-Encoding": "gzip, deflate"},
            follow_redirects=False,
            trust_env=False,
        )

    def _tweet_url(self, tweet_id: str) -> str:
        is_x = httpx.URL(self.api_url).host in {"api.x.com", "api.twitter.com"}
        return f"{'https://x.com' if is_x else self.api_url}/i/web/status/{tweet_id}"

    def _as_posted(self, tweet: Mapping[str, Any]) -> Posted:
        tweet_id = identifier(tweet)
        return Posted(id=tweet_id, url=self._tweet_url(tweet_id), at=_at(tweet))

    def _unreachable(self, error: httpx.HTTPError) -> NotPosted:
        return NotPosted(
            f"{self.api_url} could not be reached ({_reason(error)}): nothing is out. The next run tries again."
        )


def _tweets(page: Answer) -> list[Mapping[str, Any]]:
    return [tweet for tweet in page.json().get("data") or () if isinstance(tweet, dict)]


def _at(tweet: Mapping[str, Any]) -> datetime:
    return moment(tweet.get("created_at")) or datetime.now(UTC)


def _picture_failed(answer: Answer, *, now: datetime) -> PostError:
    error = look_failed(answer, now=now)
    return Refused(f"X does not take this picture ({Problem.of(answer)}).") if isinstance(error, Refused) else error


def _reason(error: httpx.HTTPError) -> str:
    return str(error).rstrip(".") or type(error).__name__
