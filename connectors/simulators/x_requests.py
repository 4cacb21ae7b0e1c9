"""What the simulated X reads: a request, its signature, and which part of the timeline it asks for."""

import base64
import binascii
import email.message
import email.parser
import email.policy
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, unquote

from connectors.oauth1 import signature
from connectors.simulators.x_tweets import Tweet

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

# The parameters of GET /2/users/:id/tweets, beside the one for the fields of a tweet.
PAGE_PARAMETERS = {
    *("max_results", "pagination_token", "start_time", "end_time", "since_id", "until_id", "exclude"),
    *("expansions", "user.fields", "media.fields", "poll.fields", "place.fields"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One HTTP request; `url` is without its query."""

    method: str
    url: str
    path: str
    query: tuple[tuple[str, str], ...]
    authorization: str = field(repr=False)
    content_type: str
    body: bytes

    @classmethod
    def of(cls, environ: "WSGIEnvironment") -> "Request":
        path = environ.get("PATH_INFO", "") or "/"
        length = int(environ.get("CONTENT_LENGTH") or 0)
        return cls(
            method=environ["REQUEST_METHOD"],
            url=f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST', '')}{quote(path)}",
            path=path,
            query=tuple(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)),
            authorization=environ.get("HTTP_AUTHORIZATION", ""),
            content_type=environ.get("CONTENT_TYPE", ""),
            body=environ["wsgi.input"].read(length),
        )

    def json(self) -> dict[str, Any] | None:
        """The body as an object, or None if it is none."""
        try:
            value = json.loads(self.body)
        except ValueError:
            return None
        return value if isinstance(value, dict) else None

    def form(self) -> dict[str, bytes]:
        """The fields of a multipart body."""
        head = f"Content-Type: {self.content_type}\r\n\r\n".encode()
        message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + self.body)
        parts = message.iter_parts() if message.is_multipart() else ()
        return {str(part.get_param("name", header="content-disposition")): _payload(part) for part in parts}


def _payload(part: email.message.Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _oauth(request: Request) -> dict[str, str]:
    """The parameters of the header; none if it is of another kind."""
    kind, _, rest = request.authorization.partition(" ")
    pairs = (pair.strip().partition("=") for pair in rest.split(","))
    return {key: unquote(value.strip('"')) for key, _, value in pairs} if kind == "OAuth" else {}


def signed_at(request: Request) -> datetime:
    """When it was signed, by the clock of whoever signed it."""
    return datetime.fromtimestamp(int(_oauth(request)["oauth_timestamp"]), UTC)


def is_signed(request: Request, credentials: Mapping[str, str], nonces: set[str]) -> bool:
    """Whether the request carries the OAuth 1.0a signature of these credentials, with a nonce that is new."""
    oauth = _oauth(request)
    given, nonce = oauth.pop("oauth_signature", ""), oauth.get("oauth_nonce", "")
    expected = signature(
        request.method,
        request.url,
        [*request.query, *oauth.items()],
        secret=credentials["api_secret"],
        token_secret=credentials["access_token_secret"],
    )
    known = (oauth.get("oauth_consumer_key"), oauth.get("oauth_token"))
    is_ours = known == (credentials["api_key"], credentials["access_token"])
    if not is_ours or not nonce or nonce in nonces or not hmac.compare_digest(given, expected):
        return False
    nonces.add(nonce)
    return True


@dataclass(frozen=True, kw_only=True, slots=True)
class PageQuery:
    """Which tweets a request wants to see, and how much of each."""

    size: int
    fields: frozenset[str]
    start: datetime | None
    end: datetime | None
    after_id: int
    before_id: int

    def answer(self, tweets: Sequence[Tweet]) -> dict[str, Any]:
        """One page of `tweets`, which are sorted newest first."""
        wanted = [tweet for tweet in tweets if self._wants(tweet)]
        page = wanted[: self.size]
        if not page:
            return {"meta": {"result_count": 0}}
        meta: dict[str, Any] = {"result_count": len(page), "newest_id": page[0].id, "oldest_id": page[-1].id}
        if len(wanted) > len(page):
            meta["next_token"] = base64.b32hexencode(page[-1].id.encode()).decode().lower().rstrip("=")
        return {"data": [tweet.as_json(set(self.fields)) for tweet in page], "meta": meta}

    def _wants(self, tweet: Tweet) -> bool:
        in_time = (self.start is None or tweet.created_at >= self.start) and (
            self.end is None or tweet.created_at < self.end
        )
        return in_time and self.after_id < int(tweet.id) < self.before_id


def page_query(query: Sequence[tuple[str, str]], fields_parameter: str) -> PageQuery:
    """Read the query of GET /2/users/:id/tweets. Raises ValueError where X would answer 400."""
    given = dict(query)
    if unknown := set(given) - PAGE_PARAMETERS - {fields_parameter}:
        raise ValueError(f"The query parameter [{min(unknown)}] is not one of those that exist.")
    size = int(given.get("max_results", "10"))
    if not 5 <= size <= 100:
        raise ValueError(f"The `max_results` query parameter value [{size}] is not between 5 and 100.")
    return PageQuery(
        size=size,
        fields=frozenset(given.get(fields_parameter, "").split(",")),
        start=_moment(given.get("start_time")),
        end=_moment(given.get("end_time")),
        after_id=int(given.get("since_id", "0")),
        before_id=min(int(given.get("until_id", 1 << 63)), _decode(given.get("pagination_token"))),
    )


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"The time [{text}] has no zone.")
    return at


def _decode(token: str | None) -> int:
    if token is None:
        return 1 << 63
    try:
        return int(base64.b32hexdecode(token.upper() + "=" * (-len(token) % 8)))
    except (binascii.Error, ValueError):
        raise ValueError(f"The `pagination_token` query parameter value [{token}] is not valid.") from None
