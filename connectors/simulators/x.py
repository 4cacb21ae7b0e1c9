"""X in memory, as a WSGI app: signatures, rate limits and faults around one account, and its timeline as a page."""

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from connectors.simulators import x_faults as faults
from connectors.simulators.x_account import Account
from connectors.simulators.x_faults import Fault, Reply
from connectors.simulators.x_requests import Request, is_signed, signed_at

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

WINDOW = timedelta(minutes=15)
LIMITS = {"post": 100, "look": 900, "whoami": 75, "upload": 500, "describe": 500}  # requests per user and window
LONGEST_HANG = 300.0  # seconds; nobody should wait for them


class X(Account):
    """An account behind the five endpoints that Crosspost uses. See `Account` for what can be set.

    `next` queues faults; `policy` is asked about every request that no queued fault awaits. Hanging answers end when
    `released` is set.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.faults: defaultdict[str, deque[Fault | Reply]] = defaultdict(deque)
        self.policy: Callable[[str, Request], Fault | Reply | None] = lambda _endpoint, _request: None
        self.released = threading.Event()
        self._nonces: set[str] = set()
        self._windows: dict[str, tuple[datetime, int]] = {}

    def next(self, *queued: Fault | Reply, on: str = "post") -> None:
        """Spoil the next requests to an endpoint (post look whoami upload describe), one each; a `Reply` refuses."""
        self.faults[on].extend(queued)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request.of(environ)
        reply = self._api(request) if request.path.startswith("/2/") else self._show(request)
        date = format_datetime(self.clock().astimezone(UTC), usegmt=True)
        headers = {"content-length": str(len(reply.body)), "date": date, **reply.headers}
        start_response(f"{reply.status} X", list(headers.items()))
        return [reply.body]

    def _api(self, request: Request) -> Reply:
        with self._lock:
            endpoint, answer = self._endpoint(request)
            if not endpoint:
                return faults.NOT_FOUND
            if not is_signed(request, self.credentials, self._nonces) or not self._is_timely(request):
                return faults.UNAUTHORIZED
            fault = self._next_fault(endpoint, request)
            if fault is None:
                return self._counted(endpoint, answer, request)
            reply = self._counted(endpoint, answer, request) if fault.accepted else None
        return self._spoil(fault, reply)

    def _is_timely(self, request: Request) -> bool:
        return self.clock_tolerance is None or abs(signed_at(request) - self.clock()) <= self.clock_tolerance

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

    def _counted(self, endpoint: str, answer: Callable[[Request], Reply], request: Request) -> Reply:
        has_room, headers = self._count(endpoint)
        reply = answer(request) if has_room else faults.TOO_MANY
        return replace(reply, headers={**reply.headers, **headers})

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
        # wsgiref takes this error for a client that went away: it closes the connection without a word.
        raise ConnectionAbortedError("the simulated X lost the answer")

    def _show(self, request: Request) -> Reply:
        known = {"/"} | {f"/i/web/status/{tweet.id}" for tweet in self.tweets}
        status = 200 if request.path in known else 404
        return Reply(status=status, body=self.page().encode(), headers={"content-type": "text/html; charset=utf-8"})
