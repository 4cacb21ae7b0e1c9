"""X in memory, as a WSGI app: the five endpoints that Crosspost uses, and the timeline as a page."""

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from connectors.simulators import x_faults as faults
from connectors.simulators.x_faults import Fault, Reply
from connectors.simulators.x_requests import Request, is_signed, page_query
from connectors.simulators.x_timeline import timeline_page
from connectors.simulators.x_tweets import Tweet, cashtags, publish
from connectors.tweet_length import tweet_length

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

WINDOW = timedelta(minutes=15)
LIMITS = {"post": 100, "look": 900, "whoami": 75, "upload": 500, "describe": 500}  # requests per user and window
LONGEST_HANG = 300.0  # seconds; nobody should wait for them

# What POST /2/tweets takes; anything else in the body is refused.
_POST_KEYS = {
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


class X:
    """One account on X. `tweets` and `media` are what it holds; `credentials` are the keys it knows.

    `next` queues faults; `policy` is asked about every request that no queued fault awaits. A tweet is in the timeline
    `lag` after it was accepted. `fields_parameter` is the name that this X knows for the fields of a tweet.
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
    ) -> None:
        self.username = username
        self.user_id = user_id
        self.limit = limit
        self.duplicate_check = duplicate_check
        self.lag = lag
        self.fields_parameter = fields_parameter
        self.clock = clock
        self.credentials = {
            "api_key": "simulated-api-key",
            "api_secret": "simulated-api-secret",
            "access_token": f"{user_id}-simulated-access-token",
            "access_token_secret": "simulated-access-token-secret",
        }
        self.tweets: list[Tweet] = []
        self.media: dict[str, Media] = {}
        self.faults: defaultdict[str, deque[Fault | Reply]] = defaultdict(deque)
        self.policy: Callable[[str, Request], Fault | Reply | None] = lambda _endpoint, _request: None
        self.released = threading.Event()  # set it, and every hanging answer ends
        self._lock = threading.RLock()
        self._nonces: set[str] = set()
        self._windows: dict[str, tuple[datetime, int]] = {}
        self._last_id = 0

    def next(self, *queued: Fault | Reply, on: str = "post") -> None:
        """Spoil the next requests to an endpoint (post look whoami upload describe), one each; a `Reply` refuses."""
        self.faults[on].extend(queued)

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

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request.of(environ)
        reply = self._api(request) if request.path.startswith("/2/") else self._show(request)
        headers = {"content-length": str(len(reply.body)), **reply.headers}
        start_response(f"{reply.status} X", list(headers.items()))
        return [reply.body]

    # --- Every request ------------------------------------------------------------------------------------------------

    def _api(self, request: Request) -> Reply:
        with self._lock:
            endpoint, answer = self._endpoint(request)
            if not endpoint:
                return faults.NOT_FOUND
            if not is_signed(request, self.credentials, self._nonces):
                return faults.UNAUTHORIZED
            fault = self._next_fault(endpoint, request)
            if fault and not fault.accepted:
                return self._spoil(fault, None)
            allowed, headers = self._count(endpoint)
            reply = answer(request) if allowed else faults.TOO_MANY
            reply = replace(reply, headers={**reply.headers, **headers})
        return self._spoil(fault, reply) if fault else reply

    def _endpoint(self, request: Request) -> tuple[str, Callable[[Request], Reply]]:
        match request.method, *request.path.split("/")[2:]:
            case "POST", "tweets":
                return "post", self._post
            case "GET", "users", "me":
                return "whoami", self._whoami
            case "GET", "users", _, "tweets":
                return "look", self._look
            case "POST", "media", "upload":
                return "upload", self._upload
            case "POST", "media", "metadata":
                return "describe", self._describe
        return "", self._show

    def _next_fault(self, endpoint: str, request: Request) -> Fault | None:
        queued = self.faults[endpoint]
        fault = queued.popleft() if queued else self.policy(endpoint, request)
        return Fault(reply=fault) if isinstance(fault, Reply) else fault

    def _count(self, endpoint: str) -> tuple[bool, dict[str, str]]:
        """Whether the window has room for one more request, and the headers that tell."""
        now, limit = self.clock(), LIMITS[endpoint]
        start, used = self._windows.get(endpoint, (now, 0))
        if now >= start + WINDOW:
            start, used = now, 0
        self._windows[endpoint] = start, used + 1
        left, reset = max(limit - used - 1, 0), int((start + WINDOW).timestamp())
        return used < limit, {
            "x-rate-limit-limit": str(limit),
            "x-rate-limit-remaining": str(left),
            "x-rate-limit-reset": str(reset),
        }

    def _spoil(self, fault: Fault, reply: Reply | None) -> Reply:
        if fault.reply:
            return fault.reply
        if fault.truncated and reply:
            half = reply.body[: len(reply.body) // 2]
            return replace(reply, body=half, headers={**reply.headers, "content-length": str(len(reply.body))})
        if fault.hang:
            self.released.wait(LONGEST_HANG)
        # wsgiref, and every server that takes this error for what it says, closes the connection without a word.
        raise ConnectionAbortedError("the simulated X lost the answer")

    # --- Endpoints ----------------------------------------------------------------------------------------------------

    def _post(self, request: Request) -> Reply:
        body = request.json()
        if body is None or set(body) - _POST_KEYS:
            return _invalid("The request body has a key that is not allowed.")
        text, media = body.get("text", ""), tuple(body.get("media", {}).get("media_ids", ()))
        if refusal := self._refusal(text, media):
            return refusal
        return Reply.of(201, {"data": self.add(text, *media).as_json(set())})

    def _refusal(self, text: Any, media: tuple[str, ...]) -> Reply | None:
        if not isinstance(text, str) or not (text.strip() or media):
            return _invalid("A Tweet needs text or media.")
        if tweet_length(text) > self.limit:
            return faults.TOO_LONG
        if cashtags(text) > 1:
            return faults.CASHTAGS
        if len(media) > 4 or not set(media) <= set(self.media):
            return _invalid("Your media IDs are invalid.")
        if self.duplicate_check and any(tweet.raw == text and not media for tweet in self.tweets):
            return faults.DUPLICATE
        return None

    def _whoami(self, _request: Request) -> Reply:
        return Reply.of(200, {"data": {"id": self.user_id, "name": self.username.title(), "username": self.username}})

    def _look(self, request: Request) -> Reply:
        if request.path.split("/")[3] != self.user_id:
            return Reply.of(200, {"errors": [faults.no_such_user(request.path.split("/")[3])]})
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

    def _show(self, request: Request) -> Reply:
        known = {f"/i/web/status/{tweet.id}" for tweet in self.tweets}
        status = 200 if request.path == "/" or request.path in known else 404
        return Reply(status=status, body=self.page().encode(), headers={"content-type": "text/html; charset=utf-8"})

    def _new_id(self) -> str:
        """An id as X makes them: ordered in time."""
        milliseconds = int((self.clock() - _SNOWFLAKE_EPOCH) / timedelta(milliseconds=1))
        self._last_id = max(milliseconds << 22, self._last_id + 1)
        return str(self._last_id)


def _invalid(message: str) -> Reply:
    return Reply.of(400, faults.invalid(message))
