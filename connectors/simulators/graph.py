"""Facebook's Graph API in memory, as a WSGI app: a page's posts, its tokens, its limits and its error bodies."""

import base64
import json
import re
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode
from wsgiref.util import application_uri

from connectors.simulators.graph_errors import ERRORS, GraphError
from connectors.simulators.graph_fields import DEFAULT, read_fields, select
from connectors.simulators.graph_pages import HERE, Page
from connectors.simulators.graph_tokens import Token, Tokens
from connectors.simulators.pictures import png

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MOST_POSTS = 100  # a higher `limit` is an error
_VERSION = re.compile(r"/v\d+\.\d/")


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One request, as it came in."""

    path: str
    parameters: Mapping[str, str]
    in_header: bool  # whether the token was in the Authorization header


class Graph:
    """The pages and tokens that are known, the calls that came in.

    `usage` is the percentage of the page's limit that is used up. `most_data` is how many posts fit into one answer.
    """

    def __init__(
        self,
        *,
        app_secret: str = "",
        requires_proof: bool = False,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.usage = 1
        self.most_data = MOST_POSTS
        self.calls: list[Call] = []
        self._clock = clock
        self._pages: dict[str, Page] = {}
        self._tokens = Tokens(app_secret=app_secret, requires_proof=requires_proof, clock=clock)
        self._faults: deque[tuple[str, GraphError]] = deque()
        self._throttled_until: datetime | None = None
        self._lock = threading.Lock()

    def add(self, page: Page, *, token: str, **about: Any) -> Token:
        """Know a page and a token for it."""
        known = Token(value=token, owner=page.id, **about)
        self._pages[page.id] = page
        self._tokens.add(known)
        return known

    def fail(self, what: str, *, times: int = 1, path: str = "") -> None:
        """Answer the next `times` calls whose path ends in `path` with one of ERRORS."""
        self._faults.extend([(path, ERRORS[what])] * times)

    def throttle(self, wait: timedelta) -> None:
        """Refuse every call for `wait`; each one that comes nevertheless makes it five minutes longer."""
        self._throttled_until = self._clock() + wait

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        here = application_uri(environ).rstrip("/")
        path = environ.get("PATH_INFO") or "/"
        if path.startswith("/pictures/"):
            start_response("200 OK", [("Content-Type", "image/png")])
            return [png(path.rpartition("/")[2], width=720, height=480)]
        with self._lock:
            status, answer = self._answer(environ, _VERSION.sub("/", path, count=1).strip("/"), here)
            headers = [("Content-Type", "application/json; charset=UTF-8"), *self._usage_headers()]
        start_response(f"{status} {'OK' if status == 200 else 'Error'}", headers)
        text = json.dumps(answer).replace(HERE, here).replace(quote(HERE, safe=""), quote(here, safe=""))
        return [text.encode()]

    def _answer(self, environ: "WSGIEnvironment", path: str, here: str) -> tuple[int, dict[str, Any]]:
        parameters = dict(parse_qsl(environ.get("QUERY_STRING", "")))
        kind, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        in_header = kind in ("Bearer", "OAuth")
        self.calls.append(Call(path=path, parameters=parameters, in_header=in_header))
        try:
            self._meet_faults(path)
            value = token if in_header else parameters.get("access_token", "")
            asker = self._tokens.asker(value, proof=parameters.get("appsecret_proof", ""))
            return 200, self._read(path, parameters, asker, f"{here}{environ.get('PATH_INFO', '')}")
        except GraphError as error:
            return error.status, error.body()

    def _meet_faults(self, path: str) -> None:
        if self._wait():
            self._throttled_until = (self._throttled_until or self._clock()) + timedelta(minutes=5)
            raise ERRORS["business throttled"]
        if self._faults and path.endswith(self._faults[0][0]):
            raise self._faults.popleft()[1]

    def _wait(self) -> timedelta:
        until = self._throttled_until
        return max(until - self._clock(), timedelta()) if until else timedelta()

    def _usage_headers(self) -> list[tuple[str, str]]:
        minutes = -(-self._wait() // timedelta(minutes=1))
        percent = 100 if minutes else self.usage
        counts = {"call_count": percent, "total_cputime": percent // 2, "total_time": percent // 2}
        entry = {"type": "pages", **counts, "estimated_time_to_regain_access": minutes}
        return [("X-Business-Use-Case-Usage", json.dumps({page: [entry] for page in self._pages}))]

    def _read(self, path: str, parameters: Mapping[str, str], asker: Token, url: str) -> dict[str, Any]:
        if path == "debug_token":
            return {"data": self._tokens.debug(parameters.get("input_token", ""))}
        name, _, edge = path.partition("/")
        if "_" in name and not edge:
            return self._post(name, parameters, asker)
        page = self._page(asker.owner if name == "me" else name)
        if edge == "published_posts":
            return self._posts(page, parameters, asker, url)
        if edge:
            raise GraphError(code=2500, message=f"Unknown path components: /{edge}")
        about = {"id": page.id, "name": page.name, "username": page.username}
        wanted = {"id", *parameters.get("fields", "id,name").split(",")}
        return {key: value for key, value in about.items() if key in wanted and value}

    def _post(self, post_id: str, parameters: Mapping[str, str], asker: Token) -> dict[str, Any]:
        page = self._page(post_id.partition("_")[0])
        post = page.posts.get(post_id, {})
        if not post or post.get("withheld") or asker.owner != page.id:
            raise ERRORS["no such object"]
        found: dict[str, Any] = select(post, read_fields(parameters.get("fields", DEFAULT)))
        return found

    def _page(self, name: str) -> Page:
        for page in self._pages.values():
            if name in (page.id, page.username):
                return page
        raise ERRORS["no such object"]

    def _posts(self, page: Page, parameters: Mapping[str, str], asker: Token, url: str) -> dict[str, Any]:
        if asker.owner != page.id or "pages_read_engagement" not in asker.scopes:
            raise ERRORS["permission denied"]
        wanted = parameters.get("limit", "25")
        limit = int(wanted) if wanted.isdecimal() else 0
        if not 1 <= limit <= MOST_POSTS:
            raise GraphError(code=100, message="(#100) The parameter limit must be at most 100")
        fields = read_fields(parameters.get("fields", DEFAULT))
        posts = sorted(page.posts.values(), key=lambda post: str(post["created_time"]), reverse=True)
        if asker.kind != "PAGE" or not posts:
            return {"data": []}  # the wrong kind of token is no error
        start = _place(posts, parameters.get("after", ""))
        listed = posts[start : start + limit]
        # What the reader may not see is taken out after the page is cut, so a page may be empty and not the last.
        shown = [post for post in listed if not post.get("withheld")]
        if len(shown) > self.most_data:
            raise ERRORS["too much data"]
        return {
            "data": [select(post, fields) for post in shown],
            "paging": _paging(listed, start + limit < len(posts), parameters, f"{url}?", asker),
        }


def _cursor(post: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(str(post["id"]).encode()).decode()


def _place(posts: list[dict[str, Any]], after: str) -> int:
    """Where the page after a cursor begins."""
    places = {_cursor(post): number + 1 for number, post in enumerate(posts)} | {"": 0}
    if after not in places:
        raise GraphError(code=100, message="(#100) Invalid cursors values")
    return places[after]


def _paging(
    listed: list[dict[str, Any]], more: bool, parameters: Mapping[str, str], url: str, asker: Token
) -> dict[str, Any]:
    """The cursors, and where there is more a whole address with the token in it, as Facebook gives it."""
    if not listed:
        return {}
    cursors = {"before": _cursor(listed[0]), "after": _cursor(listed[-1])}
    query = urlencode({**parameters, "access_token": asker.value, "after": cursors["after"]})
    return {"cursors": cursors, **({"next": url + query} if more else {})}
