"""How X misbehaves: answers that were seen in the field, and ways to lose one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

PROBLEMS = "https://api.x.com/2/problems"  # at api.twitter.com until the summer of 2026


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """One HTTP answer."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, status: int, value: object, **headers: str) -> "Reply":
        """An answer whose body is `value` as JSON; an underscore in a header's name stands for a hyphen."""
        extra = {name.replace("_", "-"): header for name, header in headers.items()}
        body = json.dumps(value, ensure_ascii=False).encode()
        return cls(status=status, body=body, headers={"content-type": "application/json; charset=utf-8", **extra})


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What happens to one request: `accepted` says whether X does what was asked before it goes wrong.

    Without a `reply` the connection is closed and nothing is sent; with `hang` it stays open in silence;
    `truncated` sends half of what would have been the answer.
    """

    accepted: bool = False
    reply: Reply | None = None
    hang: bool = False
    truncated: bool = False


def problem(status: int, title: str, detail: str, kind: str = "", **more: object) -> Mapping[str, object]:
    """A problem body as X writes it."""
    uri = f"{PROBLEMS}/{kind}" if kind else "about:blank"
    return {"title": title, "detail": detail, "type": uri, "status": status, **more}


def invalid(message: str) -> Mapping[str, object]:
    """The body of a 400."""
    outer = "One or more parameters to your request was invalid."
    return problem(400, "Invalid Request", outer, "invalid-request", errors=[{"message": message}])


def no_such_user(user_id: str) -> Mapping[str, object]:
    """What stands in `errors`, of a 200, for a user that X does not know."""
    detail = f"Could not find user with id: [{user_id}]."
    return problem(404, "Not Found Error", detail, "resource-not-found", resource_type="user", resource_id=user_id)


def _forbidden(detail: str, kind: str = "", **more: object) -> Reply:
    return Reply.of(403, problem(403, "Forbidden", detail, kind, **more))


_HTML = b"<!DOCTYPE html><html><head><title>503 Service Temporarily Unavailable</title></head><body>cloudflare"
_GATEWAY = Reply(status=503, body=_HTML, headers={"content-type": "text/html"})
_LOCKED = (
    "To protect our users from spam and other malicious activity, this account is temporarily locked. "
    "Please log in to https://twitter.com to unlock your account."
)

# The tweet is out, but nobody hears of it.
ANSWER_LOST = Fault(accepted=True)
ANSWER_LATE = Fault(accepted=True, hang=True)
ANSWER_TRUNCATED = Fault(accepted=True, truncated=True)
GATEWAY_ERROR = Fault(accepted=True, reply=_GATEWAY)

# Nothing is out, and nobody hears of that either.
REQUEST_LOST = Fault()
REQUEST_HANGS = Fault(hang=True)
GATEWAY_DOWN = Fault(reply=_GATEWAY)
UNAVAILABLE = Reply.of(503, problem(503, "Service Unavailable", "Service Unavailable"))

# X says no.
TOO_LONG = Reply.of(
    400,
    invalid(
        "Your Tweet text is too long. For more information on how Twitter determines text length see "
        "https://github.com/twitter/twitter-text."
    ),
)
UNAUTHORIZED = Reply.of(401, problem(401, "Unauthorized", "Unauthorized"))
NO_CREDITS = Reply.of(
    402,
    problem(
        402,
        "CreditsDepleted",
        "Your enrolled account [1000001] does not have any credits to fulfill this request.",
        "credits",
        account_id=1000001,
    ),
)
DUPLICATE = _forbidden("You are not allowed to create a Tweet with duplicate content.")
SUSPENDED = _forbidden("The user used for authentication is suspended", "user-suspended")
NOT_PERMITTED = Reply.of(
    403, {"title": "Forbidden", "detail": "You are not permitted to perform this action.", "status": 403}
)
CASHTAGS = _forbidden("Posts may contain a maximum of one cashtag.")
INVALID_URL = _forbidden("The Tweet contains an invalid URL.")
NOT_ENROLLED = _forbidden(
    "When authenticating requests to the Twitter API v2 endpoints, you must use keys and tokens from a Twitter "
    "developer App that is attached to a Project.",
    "client-forbidden",
    reason="client-not-enrolled",
)
APP_ONLY = _forbidden(
    "Authenticating with this kind of token is forbidden for this endpoint.", "unsupported-authentication"
)
READ_ONLY_APP = _forbidden(
    "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.",
    "oauth1-permissions",
)
LOCKED = Reply.of(
    403,
    {
        "errors": [
            {
                "code": 326,
                "message": _LOCKED,
                "sub_error_code": 0,
                "bounce_location": "https://twitter.com/account/access",
            }
        ]
    },
)
TOO_MANY = Reply.of(429, problem(429, "Too Many Requests", "Too Many Requests"))
NOT_FOUND = Reply.of(404, problem(404, "Not Found", "Not Found"))
USAGE_CAPPED = Reply.of(
    429,
    problem(
        429,
        "UsageCapExceeded",
        "Usage cap exceeded: Monthly product cap",
        "usage-capped",
        period="Monthly",
        scope="Product",
    ),
)
