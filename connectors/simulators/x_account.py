"""One account on the simulated X: its tweets and pictures, and what each endpoint does with them."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from connectors.simulators import x_faults as faults
from connectors.simulators.x_faults import Reply
from connectors.simulators.x_requests import Request, page_query
from connectors.simulators.x_timeline import timeline_page
from connectors.simulators.x_tweets import Tweet, cashtags, publish
from connectors.tweet_length import tweet_length

# What POST /2/tweets takes; anything else in the body is refused.
POST_KEYS = {
    *("text", "media", "reply", "reply_settings", "quote_tweet_id", "poll", "geo", "nullcast", "made_with_ai"),
    *("paid_partnership", "community_id", "share_with_followers", "card_uri", "edit_options"),
    *("for_super_followers_only", "direct_message_deep_link"),
}
_SNOWFLAKE_EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657000, tzinfo=UTC)
_IMAGE_TYPES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"RIFF": "image/webp"}
_IMAGE_BYTES = 5 * 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Media:
    """A picture that was uploaded."""

    id: str
    body: bytes = field(repr=False)
    type: str
    alt: str = ""


class Account:
    """`tweets` and `media` are what the account holds, `credentials` the keys that open it.

    A tweet is in the timeline `lag` after it was accepted. Where `clock_tolerance` is set, a request that was signed
    further from `clock` is refused. `fields_parameter` is the name under which this X lets itself be asked for the
    fields of a tweet.
    """

    def __init__(
        self,
        *,
        username: str = "office",
        user_id: str = "1000001",
        limit: int = 280,
        duplicate_check: bool = True,
        lag: timedelta = timedelta(),
        fields_parameter: str = "post.fields",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock_tolerance: timedelta | None = None,
    ) -> None:
        self.username = username
        self.user_id = user_id
        self.limit = limit
        self.duplicate_check = duplicate_check
        self.lag = lag
        self.fields_parameter = fields_parameter
        self.clock = clock
        self.clock_tolerance = clock_tolerance
        self.credentials: Mapping[str, str] = {
            "api_key": "simulated-api-key",
            "api_secret": "simulated-api-secret",
            "access_token": f"{user_id}-simulated-access-token",
            "access_token_secret": "simulated-access-token-secret",
        }
        self.tweets: list[Tweet] = []
        self.media: dict[str, Media] = {}
        self._lock = threading.RLock()
        self._last_id = 0

    def add(self, text: str, *media: str) -> Tweet:
        """Publish a tweet as if by hand, at x.com."""
        with self._lock:
            tweet = publish(text, tweet_id=self._new_id(), username=self.username, media=media, at=self.clock())
            self.tweets.append(tweet)
            return tweet

    def page(self) -> str:
        """The timeline as an HTML page that needs nothing else."""
        with self._lock:
            return timeline_page(self.username, self.tweets, self.media, limit=self.limit)

    def _post(self, request: Request) -> Reply:
        body = request.json()
        if body is None or set(body) - POST_KEYS:
            return _invalid("The request body has a key that is not allowed.")
        text, media = body.get("text", ""), tuple(body.get("media", {}).get("media_ids", ()))
        return self._refusal(text, media) or Reply.of(201, {"data": self.add(text, *media).as_json(set())})

    def _refusal(self, text: object, media: tuple[str, ...]) -> Reply | None:
        if not isinstance(text, str) or not (text.strip() or media):
            return _invalid("A Tweet needs text or media.")
        if tweet_length(text) > self.limit:
            return faults.TOO_LONG
        if cashtags(text) > 1:
            return faults.CASHTAGS
        if len(media) > 4 or not set(media) <= set(self.media):
            return _invalid("Your media IDs are invalid.")
        if self.duplicate_check and not media and any(tweet.raw == text for tweet in self.tweets):
            return faults.DUPLICATE
        return None

    def _whoami(self, _request: Request) -> Reply:
        return Reply.of(200, {"data": {"id": self.user_id, "name": self.username.title(), "username": self.username}})

    def _look(self, request: Request) -> Reply:
        user_id = request.path.split("/")[3]
        if user_id != self.user_id:
            return Reply.of(200, {"errors": [faults.no_such_user(user_id)]})
        try:
            query = page_query(request.query, self.fields_parameter)
        except ValueError as error:
            return _invalid(str(error))
        visible = [tweet for tweet in reversed(self.tweets) if tweet.created_at + self.lag <= self.clock()]
        return Reply.of(200, query.answer(visible))

    def _upload(self, request: Request) -> Reply:
        form = request.form()
        body = form.get("media", b"")
        image_type = next((kind for magic, kind in _IMAGE_TYPES.items() if body.startswith(magic)), "")
        if form.get("media_category") != b"tweet_image" or not image_type or len(body) > _IMAGE_BYTES:
            return _invalid("The media is no picture that a Tweet can have.")
        media = Media(id=self._new_id(), body=body, type=image_type)
        self.media[media.id] = media
        data = {"id": media.id, "media_key": f"3_{media.id}", "size": len(body), "expires_after_secs": 86_400}
        return Reply.of(200, {"data": data | {"image": {"image_type": image_type}}})

    def _describe(self, request: Request) -> Reply:
        body = request.json() or {}
        media_id, alt = body.get("id"), body.get("metadata", {}).get("alt_text", {}).get("text", "")
        if media_id not in self.media or len(alt) > 1000:
            return _invalid("There is no such media, or its alt text is longer than 1000 characters.")
        self.media[media_id] = replace(self.media[media_id], alt=alt)
        return Reply.of(200, {"data": {"id": media_id, "associated_metadata": {"alt_text": {"text": alt}}}})

    def _new_id(self) -> str:
        """An id as X makes them: ordered in time."""
        milliseconds = int((self.clock() - _SNOWFLAKE_EPOCH) / timedelta(milliseconds=1))
        self._last_id = max(milliseconds << 22, self._last_id + 1)
        return str(self._last_id)


def _invalid(message: str) -> Reply:
    return Reply.of(400, faults.invalid(message))
