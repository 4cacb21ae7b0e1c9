"""A company blog that can be written to, told to misbehave and asked like any other: a WSGI app in memory."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from html import escape
from typing import TYPE_CHECKING, Any
from wsgiref.util import application_uri

from connectors.simulators import feed_formats
from connectors.simulators.pictures import png
from connectors.simulators.samples import BLOG_TITLE, Post

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_FEEDS = {
    "/feed/": (feed_formats.rss, "application/rss+xml; charset=UTF-8"),
    "/atom": (feed_formats.atom, "application/atom+xml; charset=UTF-8"),
    "/feed.json": (feed_formats.json_feed, "application/feed+json; charset=utf-8"),
}


class Blog:
    """Its newest posts at /feed/ (RSS 2.0), /atom and /feed.json, with ETag and Last-Modified; every post has a page.

    `url` is what its links start with; by default the address that is asked. `instead`, while set, answers for the
    feeds (see `faults`). `requests` lists what was asked: "GET /feed/ 200".
    """

    def __init__(self, posts: Iterable[Post] = (), *, title: str = BLOG_TITLE, url: str = "") -> None:
        self.title = title
        self.url = url.rstrip("/")
        self.instead: WSGIApplication | None = None
        self.requests: list[str] = []
        self._posts: dict[str, Post] = {}
        for post in posts:
            self.publish(post)

    @property
    def posts(self) -> list[Post]:
        """The newest first."""
        return sorted(self._posts.values(), key=lambda post: post.published, reverse=True)

    def publish(self, post: Post) -> None:
        """Add a post. Raises ValueError if there is one with its id."""
        if post.id in self._posts:
            raise ValueError(f"there is a post {post.id} already: edit it")
        self._posts[post.id] = post

    def edit(self, post_id: str, **changes: Any) -> Post:
        """Change fields of a post, its id (its guid in the feed) included. Raises KeyError if there is none."""
        post = replace(self._posts.pop(post_id), **changes)
        self._posts[post.id] = post
        return post

    def remove(self, post_id: str) -> None:
        """Take a post off the blog. Raises KeyError if there is none."""
        del self._posts[post_id]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO") or "/"

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            self.requests.append(f"{environ['REQUEST_METHOD']} {path} {status[:3]}")
            return start_response(status, headers, *rest)

        if path in _FEEDS:
            return (self.instead or self._feed)(environ, start)
        status, kind, body = self._page(path, self._address(environ))
        start(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    def _address(self, environ: "WSGIEnvironment") -> str:
        return self.url or application_uri(environ).rstrip("/")

    def _feed(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        write, kind = _FEEDS[environ["PATH_INFO"]]
        body = write(self.posts, self._address(environ), self.title)
        validators = _validators(body, self.posts)
        if _is_known(environ, validators):
            start_response("304 Not Modified", list(validators.items()))
            return [b""]
        start_response("200 OK", [("Content-Type", kind), ("Content-Length", str(len(body))), *validators.items()])
        return [body]

    def _page(self, path: str, url: str) -> tuple[str, str, bytes]:
        if path.startswith("/images/") and path.endswith(".png"):
            return "200 OK", "image/png", png(path.removeprefix("/images/").removesuffix(".png"))
        if path == "/":
            return "200 OK", "text/html; charset=utf-8", self._home(url)
        for post in self.posts:
            if feed_formats.link(post, url) == url + path:
                text = f"<h1>{escape(post.title)}</h1>{feed_formats.body_html(post, url)}"
                return "200 OK", "text/html; charset=utf-8", _html(post.title, text)
        return "404 Not Found", "text/html; charset=utf-8", _html("Nicht gefunden", "<p>Diese Seite gibt es nicht.</p>")

    def _home(self, url: str) -> bytes:
        posts = (f'<li><a href="{feed_formats.link(post, url)}">{escape(post.title)}</a>' for post in self.posts)
        return _html(self.title, f"<h1>{escape(self.title)}</h1><ul>{''.join(posts)}</ul>")


def _html(title: str, body: str) -> bytes:
    feed = '<link rel="alternate" type="application/rss+xml" href="/feed/">'
    return f'<!doctype html><html lang="de"><head><title>{escape(title)}</title>{feed}</head>{body}</html>'.encode()


def _validators(body: bytes, posts: Sequence[Post]) -> dict[str, str]:
    validators = {"ETag": f'"{hashlib.sha256(body).hexdigest()[:16]}"'}
    changed = feed_formats.changed(posts)
    if changed:
        validators["Last-Modified"] = format_datetime(changed.astimezone(UTC), usegmt=True)
    return validators


def _is_known(environ: "WSGIEnvironment", validators: dict[str, str]) -> bool:
    """If-None-Match goes before If-Modified-Since (RFC 9110, 13.2.2)."""
    if "HTTP_IF_NONE_MATCH" in environ:
        return bool(environ["HTTP_IF_NONE_MATCH"] == validators["ETag"])
    since, changed = environ.get("HTTP_IF_MODIFIED_SINCE"), validators.get("Last-Modified")
    return bool(since and changed) and _moment(changed) <= _moment(since)


def _moment(http_date: Any) -> datetime:
    return parsedate_to_datetime(str(http_date))
