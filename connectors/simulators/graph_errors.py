"""The error bodies of the Graph API, by what happened. Wording after Meta's "Handle Errors" guide."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

_TRACE = "AbCdEfGhIjK"


@dataclass(frozen=True, kw_only=True, slots=True)
class GraphError(Exception):
    """An answer with an `error` object."""

    code: int | None
    message: str
    subcode: int | None = None
    status: int = 400
    kind: str = "OAuthException"
    transient: bool = False

    def body(self) -> dict[str, Any]:
        error = {
            "message": self.message,
            "type": self.kind,
            "code": self.code,
            "error_subcode": self.subcode,
            "is_transient": self.transient or None,
            "fbtrace_id": _TRACE,
        }
        return {"error": {key: value for key, value in error.items() if value is not None}}


def _token(subcode: int | None, message: str) -> GraphError:
    return GraphError(code=190, subcode=subcode, message=f"Error validating access token: {message}", status=401)


ERRORS = MappingProxyType(
    {
        "token invalid": GraphError(code=190, message="Invalid OAuth access token - Cannot parse access token"),
        "session gone": GraphError(code=102, message="Session key invalid or no longer valid"),
        "token unreadable": GraphError(code=None, message="Invalid OAuth access token data."),
        "app removed": _token(458, "The user has not authorized the application."),
        "checkpoint": _token(459, "The user needs to log in at www.facebook.com."),
        "password changed": _token(460, "The session was invalidated because the password was changed."),
        "token expired": _token(463, "Session has expired."),
        "unconfirmed": _token(464, "The user is not a confirmed user."),
        "token withdrawn": _token(467, "The session is invalid because the user logged out."),
        "role lost": _token(492, "The user does not have a role on the Page."),
        "subcode alone": GraphError(code=None, subcode=463, message="Session has expired."),
        "permission denied": GraphError(code=10, message="(#10) The page needs pages_read_engagement."),
        "permission missing": GraphError(code=200, message="(#200) Missing permissions", status=403),
        "permission of a range": GraphError(code=299, message="(#299) Missing permissions", status=403),
        "capability missing": GraphError(code=3, message="(#3) Application does not have the capability"),
        "bad parameter": GraphError(code=100, message="(#100) Invalid parameter"),
        "no such object": GraphError(
            code=100, subcode=33, kind="GraphMethodException", message="Unsupported get request. Object does not exist"
        ),
        "too much data": GraphError(
            code=1, message="Please reduce the amount of data you're asking for, then retry your request", status=500
        ),
        "unknown trouble": GraphError(code=1, message="An unknown error occurred", status=500),
        "down": GraphError(code=2, message="Service temporarily unavailable", status=503, transient=True),
        "transient": GraphError(code=5555, message="An unexpected error has occurred.", transient=True),
        "app throttled": GraphError(code=4, message="(#4) Application request limit reached", status=403),
        "user throttled": GraphError(code=17, message="(#17) User request limit reached"),
        "page throttled": GraphError(code=32, message="(#32) Page request limit reached", status=403),
        "app at its limit": GraphError(code=341, message="(#341) Feed action request limit reached"),
        "calls throttled": GraphError(code=613, message="(#613) Calls to this api have exceeded the rate limit."),
        "business throttled": GraphError(code=80001, message="There have been too many calls to this Page account."),
        "blocked": GraphError(code=368, message="The action attempted has been deemed abusive", status=403),
    }
)
