"""A Mastodon server with one account, in memory, as a WSGI app: its public API, and a page for each post."""

import itertools
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

ACCOUNT_ID = "109000000000000001"
_MOST = 40  # a higher `limit` means this


class Mastodon:
    """Every method that makes a post gives its id. `instead`, while set, answers for the API (see `faults`)."""

    def __init__(self, *, name: str, server: str) -> None:
        self.name = name
        self.url = f"https://{server}"
        self.instead: WSGIApplication | None = None
        self.requests: list[str] = []
        self.statuses: dict[str, dict[str, Any]] = {}
        self._numbers = itertools.count(115_600_000_000_000_001)

    def say(self, words: str, *, at: datetime, link: str = "", **more: Any) -> str:
        """A post of one paragraph, with a link after its words; `more` are fields of the status."""
        text = f"{escape(words)} {_anchor(link)}".strip() if link else escape(words)
        return self._add(at, content=f"<p>{text}</p>", **more)

    def show(self, words: str, pictures: Sequence[tuple[str, str]], *, at: datetime) -> str:
        """A post with pictures: the address and the alternative text of each."""
        media = [
            {"id": str(number), "type": "image", "url": url, "preview_url": url, "description": alt, "blurhash": "U"}
            for number, (url, alt) in enumerate(pictures, start=1)
        ]
        return self._add(at, content=f"<p>{escape(words)}</p>", media_attachments=media)

    def boost(self, *, at: datetime) -> str:
        """Somebody else's post, shown to one's own followers."""
        return self._add(at, content="<p>Schön gesagt.</p>", reblog={"id": "1", "content": "<p>Schön gesagt.</p>"})

    def delete(self, status_id: str) -> None:
        del self.statuses[status_id]

    def _add(self, at: datetime, **fields: Any) -> str:
        number = str(next(self._numbers))
        self.statuses[number] = {
            "id": number,
            "created_at": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z",
            "in_reply_to_id": None,
            "in_reply_to_account_id": None,
            "sensitive": False,
            "spoiler_text": "",
            "visibility": "public",
            "language": "de",
            "uri": f"{self.url}/users/{self.name}/statuses/{number}",
            "url": f"{self.url}/@{self.name}/{number}",
            **dict.fromkeys(("replies_count", "reblogs_count", "favourites_count"), 0),
            "edited_at": None,
            "content": "",
            "reblog": None,
            "account": {"id": ACCOUNT_ID, "username": self.name, "acct": self.name},
            **{name: [] for name in ("media_attachments", "mentions", "tags", "emojis")},
            "card": None,
            "poll": None,
            **fields,
        }
        return number

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO") or "/"
        self.requests.append(path)
        if path.startswith("/api/") and self.instead:
            return self.instead(environ, start_response)
        kind, answer = "text/html; charset=utf-8", "<!doctype html><title>Mastodon</title>"
        found = path in self._pages()
        if path.startswith("/api/"):
            told = self._api(path, parse_qs(environ.get("QUERY_STRING", "")))
            found, kind = told is not None, "application/json; charset=utf-8"
            answer = json.dumps(told if found else {"error": "Record not found"})
        start_response("200 OK" if found else "404 Not Found", [("Content-Type", kind)])
        return [answer.encode()]

    def _api(self, path: str, query: dict[str, list[str]]) -> Any:
        """What the API answers; None where it knows nothing."""
        if path == "/api/v1/accounts/lookup" and query.get("acct") == [self.name]:
            return {"id": ACCOUNT_ID, "username": self.name, "acct": self.name, "url": f"{self.url}/@{self.name}"}
        if path == f"/api/v1/accounts/{ACCOUNT_ID}/statuses":
            without_boosts = query.get("exclude_reblogs", ["0"])[0] in ("1", "true")
            newest = sorted(self.statuses.values(), key=lambda status: str(status["id"]), reverse=True)
            told = [status for status in newest if status["visibility"] in ("public", "unlisted")]
            shown = [status for status in told if not (without_boosts and status["reblog"])]
            return shown[: min(int(query.get("limit", ["20"])[0]), _MOST)]
        return None

    def _pages(self) -> set[str]:
        return {"/", f"/@{self.name}", *(f"/@{self.name}/{number}" for number in self.statuses)}


def _anchor(link: str) -> str:
    """A link as Mastodon writes it: what is too long to be shown is there all the same."""
    scheme, _, rest = link.partition("://")
    shown, hidden = rest[:30], rest[30:]
    parts = [
        f'<span class="invisible">{scheme}://</span>',
        f'<span class="{"ellipsis" if hidden else ""}">{escape(shown)}</span>',
        f'<span class="invisible">{escape(hidden)}</span>',
    ]
    marks = 'target="_blank" rel="nofollow noopener" translate="no"'
    return f'<a href="{escape(link)}" {marks}>{"".join(parts)}</a>'
